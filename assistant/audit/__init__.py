"""Checks of what documents say against themselves, each other and last year (校核, D01–D27)."""
