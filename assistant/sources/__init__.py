"""A cited place shown in its file."""
