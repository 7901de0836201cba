"""The tables of users, sessions, API tokens and the activity log, beside the record store's."""

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text, false

SCHEMA = MetaData()
USERS = Table(
    "users",
    SCHEMA,
    Column("name", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("departments", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created", Integer, nullable=False),
    Column("temporary", Boolean, nullable=False, server_default=false()),
    Column("earlier", Text, nullable=False, server_default="[]"),
)
"""`id` is random and is `user` of the other tables: who is given a used name is somebody else.
`departments` is a JSON list, `password` an argon2 hash, which is `temporary` where somebody else
chose the password; `earlier` is a JSON list of the hashes before it, the latest first. Times are
seconds since 1970."""
SESSIONS = Table(
    "sessions",
    SCHEMA,
    Column("secret", Text, primary_key=True),
    Column("user", Text, nullable=False, index=True),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False, index=True),
    Column("used", Integer),
)
"""`secret` is the sha256 of what the cookie has; `used` is when it was last written that it was."""
TOKENS = Table(
    "tokens",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("secret", Text, nullable=False, unique=True),
    Column("user", Text, nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Column("scope", Text, nullable=False, server_default="all"),
    Column("expires", Integer, nullable=False, server_default="0"),
    Column("used", Integer),
)
"""`secret` is the sha256 of what a program sends, `scope` a `TokenScope`, `used` as in SESSIONS."""
ACTIVITY = Table(
    "activity",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("at", Integer, nullable=False, index=True),
    Column("user", Text, nullable=False),
    Column("user_id", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
)
"""`user` is the name at the time, or the one that was tried at a log-in; `action` an `Action`."""
