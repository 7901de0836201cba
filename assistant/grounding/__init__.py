"""A sentence's sources and formulas, and the check of its numbers."""
