"""The embedding model and the vector store."""
