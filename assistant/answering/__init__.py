"""Evidence → worded answer."""
