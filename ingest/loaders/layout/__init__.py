"""A page of words and lines → paragraphs and tables."""
