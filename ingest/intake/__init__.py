"""What is handed in → published, whole or not at all."""
