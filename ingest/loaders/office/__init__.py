"""What Word and Excel files are made of: packages, numbering, formats, sheets."""
