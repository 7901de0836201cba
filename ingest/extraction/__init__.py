"""Rows and prose → figures, indicators, tasks and passages."""
