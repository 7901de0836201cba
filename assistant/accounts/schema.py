"""The tables of users, sessions, API tokens and the activity log, beside the record store's."""

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text

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
)
"""`id` is random and is `user` of the other tables: who is given a used name is somebody else.
`departments` is a JSON list, `password` an argon2 hash; times are seconds since 1970."""
SESSIONS = Table(
    "sessions",
    SCHEMA,
    Column("secret", Text, primary_key=True),
    Column("user", Text, nullable=False, index=True),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False, index=True),
)
"""`secret` is the sha256 of what the cookie has."""
TOKENS = Table(
    "tokens",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("secret", Text, nullable=False, unique=True),
    Column("user", Text, nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("created", Integer, nullable=False),
)
"""`secret` is the sha256 of what a program sends."""
ACTIVITY = Table(
    "activity",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("at", Integer, nullable=False, index=True),
    Column("user", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
)
