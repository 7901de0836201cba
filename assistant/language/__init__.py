"""Numbers, names, days and official wording."""
