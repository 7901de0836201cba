"""Sections of a report drafted from the facts of one department and year (起草)."""
