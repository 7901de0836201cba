"""Users of older libraries brought up to the present tables (用户表升级).

A column that was added is made by `OwnTables`; what stands here is all that this cannot do. It
speaks SQL of its own where tables have changed since: those of `schema` are today's.
"""

import time
from uuid import uuid4

from sqlalchemy import Connection, inspect, text

from assistant.accounts.tokens import DAY_SECONDS, DEFAULT_TOKEN_DAYS
from ingest.records.database import Upgrade

OWNED = ("sessions", "tokens", "conversations", "drafts")
"""The tables that say by `user` whose a row is."""
ENDED = ("sessions", "tokens")
"""Those of them whose rows let somebody in."""


def _knows_names_only(connection: Connection) -> bool:
    tables = inspect(connection)
    return tables.has_table("users") and "id" not in {
        c["name"] for c in tables.get_columns("users")
    }


def _give_ids(connection: Connection) -> None:
    """Up to 0.2 a name was who somebody is: every user gets an id, and what is theirs goes along.

    What belongs to a name that nobody has any more becomes nobody's, for the next one of that name
    is somebody else.
    """
    names = connection.execute(text("SELECT name FROM users")).scalars().all()
    ids = {name: uuid4().hex for name in names}
    for table in OWNED:
        if not inspect(connection).has_table(table):
            continue
        owners = connection.execute(text(f'SELECT DISTINCT "user" FROM {table}')).scalars().all()
        for owner in owners:
            if not owner:  # where nobody signs in
                continue
            if owner not in ids and table in ENDED:
                change = f'DELETE FROM {table} WHERE "user" = :owner'
            else:
                change = f'UPDATE {table} SET "user" = :id WHERE "user" = :owner'
            id = ids.get(owner) or uuid4().hex
            connection.execute(text(change), {"id": id, "owner": owner})
    connection.execute(
        text(
            "CREATE TABLE users_with_ids (name TEXT NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL,"
            " departments TEXT NOT NULL, password TEXT NOT NULL, active BOOLEAN NOT NULL,"
            " created INTEGER NOT NULL, PRIMARY KEY (name), UNIQUE (id))"
        )
    )
    columns = "role, departments, password, active, created"
    for name, id in ids.items():
        copied = f"SELECT name, :id, {columns} FROM users WHERE name = :name"
        connection.execute(
            text(f"INSERT INTO users_with_ids (name, id, {columns}) {copied}"),
            {"id": id, "name": name},
        )
    connection.execute(text("DROP TABLE users"))
    connection.execute(text("ALTER TABLE users_with_ids RENAME TO users"))


def _has_endless_tokens(connection: Connection) -> bool:
    tables = inspect(connection)
    return tables.has_table("tokens") and "expires" not in {
        c["name"] for c in tables.get_columns("tokens")
    }


def _end_tokens_in_time(connection: Connection) -> None:
    """Up to 0.2 tokens lived for ever: they get their days from today on."""
    expires = int(time.time()) + DEFAULT_TOKEN_DAYS * DAY_SECONDS
    connection.execute(text("ALTER TABLE tokens ADD COLUMN expires INTEGER NOT NULL DEFAULT 0"))
    connection.execute(text("UPDATE tokens SET expires = :expires"), {"expires": expires})


UPGRADES = (
    Upgrade(_knows_names_only, _give_ids),
    Upgrade(_has_endless_tokens, _end_tokens_in_time),
)
"""What is done to the tables of older programs, in order."""
