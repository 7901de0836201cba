"""The library on disk as a whole: opened, checked, migrated, backed up."""
