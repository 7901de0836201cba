"""Users, sessions, tokens and the activity log."""
