"""Documents in: load, understand, split and store."""
