"""Scanned pages → words with their places."""
