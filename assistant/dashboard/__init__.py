"""Boards (看板) and their Excel."""
