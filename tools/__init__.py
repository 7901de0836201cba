"""Programs for those who build, check and install JiWen."""
