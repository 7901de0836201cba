"""The JSON that every channel speaks."""
