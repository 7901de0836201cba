"""Which public body (部门) a text means."""
