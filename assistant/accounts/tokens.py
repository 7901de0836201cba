"""API tokens (令牌): how programs say on whose behalf they ask."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from assistant.accounts.credentials import digest, new_secret
from assistant.accounts.permissions import Visitor
from assistant.accounts.schema import TOKENS, USERS
from assistant.accounts.users import find_user, read_user
from assistant.errors import AccountError
from ingest.records.database import OwnTables

TOKEN_PREFIX = "jw-"
"""How every token begins, so that one left lying about is recognised."""


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as listings show it: the secret itself is shown once and not kept.

    `user` is the name of whose it is, `created` is in seconds since 1970.
    """

    number: int
    user: str
    label: str
    created: int


class ApiTokens:
    """The API tokens of all users. `now` gives the seconds since 1970."""

    def __init__(self, tables: OwnTables, now: Callable[[], float]) -> None:
        self._tables = tables
        self._now = now

    def add(self, user: str, *, label: str = "") -> str:
        """A new token of the user named: the only time that it can be seen.

        Raises AccountError.
        """
        secret = TOKEN_PREFIX + new_secret()
        with self._tables.connected() as connection:
            owner = find_user(connection, user)
            connection.execute(
                insert(TOKENS).values(
                    secret=digest(secret), user=owner.id, label=label, created=int(self._now())
                )
            )
        return secret

    def all(self, user: str = "") -> tuple[Token, ...]:
        """The tokens of the user named, or of all users."""
        query = select(TOKENS, USERS.c.name).join(USERS, TOKENS.c.user == USERS.c.id)
        query = query.order_by(TOKENS.c.number)
        with self._tables.connected() as connection:
            rows = connection.execute(query.where(USERS.c.name == user) if user else query).all()
        return tuple(Token(row.number, row.name, row.label, row.created) for row in rows)

    def remove(self, number: int) -> None:
        """Makes a token nobody's; raises AccountError if there is none of that number."""
        with self._tables.connected() as connection:
            deleted = connection.execute(delete(TOKENS).where(TOKENS.c.number == number))
        if not deleted.rowcount:
            raise AccountError(f"没有编号为{number}的令牌，请用 jiwen tokens list 查看。")

    def visitor(self, secret: str) -> Visitor | None:
        """Whose token it is; None if it is nobody's."""
        with self._tables.connected() as connection:
            row = connection.execute(
                select(USERS)
                .join(TOKENS, TOKENS.c.user == USERS.c.id)
                .where(TOKENS.c.secret == digest(secret))
            ).one_or_none()
        return read_user(row).visitor if row is not None and row.active else None
