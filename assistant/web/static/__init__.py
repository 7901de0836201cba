"""Styles, scripts and plain pages of the web app, read by name as package resources."""
