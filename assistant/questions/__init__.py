"""Question and earlier turns → query plan."""
