"""Grids, headers and rows; tables that a format has lost."""
