"""Query plan → evidence."""
