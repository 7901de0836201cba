"""Corrections by hand (更正) as values, and facts after them."""
