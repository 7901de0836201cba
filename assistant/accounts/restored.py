"""The users that come with a backup (恢复后的用户): who they are, and what of them is not let in.

Whoever was signed in has to sign in again. API tokens go too, unless they are asked to be kept:
one that was revoked since the backup was made would be valid again.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, inspect, select

from assistant.accounts.permissions import Role
from assistant.accounts.schema import SESSIONS, TOKENS, USERS
from ingest.records.engines import open_engine


@dataclass(frozen=True, slots=True)
class RestoredUsers:
    """How many users there are, the names of the administrators, and how many tokens there were."""

    users: int = 0
    administrators: tuple[str, ...] = ()
    tokens: int = 0


def admit(database: Path, *, keep_tokens: bool) -> RestoredUsers:
    """Ends all sessions, and all tokens unless they are kept, in a database that is restored."""
    engine = open_engine(f"sqlite:///{database}")
    try:
        with engine.begin() as connection:
            present = set(inspect(connection).get_table_names())
            if SESSIONS.name in present:
                connection.execute(delete(SESSIONS))
            tokens = _count(connection, TOKENS) if TOKENS.name in present else 0
            if tokens and not keep_tokens:
                connection.execute(delete(TOKENS))
            if USERS.name not in present:
                return RestoredUsers(tokens=tokens)
            rule = select(USERS.c.name).where(USERS.c.role == Role.ADMIN.value)
            administrators = tuple(connection.scalars(rule.order_by(USERS.c.name)))
            return RestoredUsers(_count(connection, USERS), administrators, tokens)
    finally:
        engine.dispose()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalars(select(func.count()).select_from(table)).one())
