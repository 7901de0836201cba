"""What flows through ingestion: blocks of a file, the facts in them, what the library tells."""
