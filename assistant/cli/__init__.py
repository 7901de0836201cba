"""The command line, `jiwen`."""
