"""Chinese text in normal form: quantities, terms, tokens."""
