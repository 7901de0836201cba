"""Files read in confined processes, or on Ray."""
