"""What is tried against the program, by class (docs/security.md); whole servers, real requests."""
