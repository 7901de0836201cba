"""API tokens (令牌): how programs say on whose behalf they ask.

A token is a secret of its own, beside the user's password: it may do at most what its scope and
its owner's role allow, at every door, and ends at its time, with a new password of the owner, and
when the owner is disabled or removed.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select, update

from assistant.accounts.activity_log import Action, ActivityLog
from assistant.accounts.credentials import digest, new_secret
from assistant.accounts.permissions import Right, Visitor
from assistant.accounts.schema import TOKENS, USERS
from assistant.accounts.users import find_user, read_user
from assistant.errors import AccountError, NotSignedIn
from ingest.errors import StoreError
from ingest.records.database import OwnTables

TOKEN_PREFIX = "jw-"
"""How every token begins, so that one left lying about is recognised."""
DAY_SECONDS = 24 * 3600
DEFAULT_TOKEN_DAYS = 365
"""Days that a token lives unless asked otherwise; of tokens older than this, from the upgrade."""
MAX_TOKEN_DAYS = 730
"""Maximum number of days that a token may live."""
USE_WRITTEN_SECONDS = 3600
"""Seconds within which the use of a token is written down once."""


class TokenScope(StrEnum):
    """What a token is good for (令牌范围), at most what its owner may do."""

    ASK = "ask"
    ALL = "all"


SCOPE_NAMES: Mapping[TokenScope, str] = {
    TokenScope.ASK: "只提问和查看",
    TokenScope.ALL: "主人能做的都能做",
}
SCOPE_RIGHTS: Mapping[TokenScope, frozenset[Right]] = {
    TokenScope.ASK: frozenset({Right.ASK}),
    TokenScope.ALL: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as listings show it: the secret itself is shown once and not kept.

    `user` is the name of whose it is. Times are in seconds since 1970; `used` is written at most
    once an hour, and None for one never used.
    """

    number: int
    user: str
    label: str
    created: int
    scope: TokenScope
    expires: int
    used: int | None


class ApiTokens:
    """The API tokens of all users. `now` gives the seconds since 1970."""

    def __init__(self, tables: OwnTables, log: ActivityLog, now: Callable[[], float]) -> None:
        self._tables = tables
        self._log = log
        self._now = now

    def add(
        self,
        user: str,
        *,
        label: str = "",
        days: int = DEFAULT_TOKEN_DAYS,
        scope: TokenScope = TokenScope.ASK,
    ) -> str:
        """A new token of the user named: the only time that it can be seen.

        Raises AccountError.
        """
        if not 1 <= days <= MAX_TOKEN_DAYS:
            raise AccountError(f"令牌的有效天数要在1到{MAX_TOKEN_DAYS}之间，而不是{days}。")
        secret = TOKEN_PREFIX + new_secret()
        now = int(self._now())
        with self._tables.connected() as connection:
            owner = find_user(connection, user)
            connection.execute(
                insert(TOKENS).values(
                    secret=digest(secret),
                    user=owner.id,
                    label=label,
                    created=now,
                    scope=scope.value,
                    expires=now + days * DAY_SECONDS,
                )
            )
        self._log.add(Action.TOKENS, f"为 {user} 新建 {label}（{SCOPE_NAMES[scope]}，{days}天）")
        return secret

    def all(self, user: str = "") -> tuple[Token, ...]:
        """The tokens of the user named, or of all users; also those that have expired."""
        query = select(TOKENS, USERS.c.name).join(USERS, TOKENS.c.user == USERS.c.id)
        query = query.order_by(TOKENS.c.number)
        with self._tables.connected() as connection:
            rows = connection.execute(query.where(USERS.c.name == user) if user else query).all()
        return tuple(
            Token(
                row.number,
                row.name,
                row.label,
                row.created,
                TokenScope(row.scope),
                row.expires,
                row.used,
            )
            for row in rows
        )

    def remove(self, number: int, *, user: str = "") -> None:
        """Makes a token nobody's; raises AccountError if nobody, or not the user named, has it."""
        with self._tables.connected() as connection:
            removal = delete(TOKENS).where(TOKENS.c.number == number)
            if user:
                removal = removal.where(TOKENS.c.user == find_user(connection, user).id)
            removed = connection.execute(removal.returning(TOKENS.c.label, TOKENS.c.user)).first()
            names = select(USERS.c.name).where(USERS.c.id == removed.user) if removed else None
            owner = "" if names is None else connection.scalar(names)
        if removed is None:
            words = f"没有编号为{number}的令牌，请刷新后再看，或用 jiwen tokens list 查看。"
            raise AccountError(words)
        # A number may be given again: whose it was and what for tells which one is meant.
        self._log.add(Action.TOKENS, f"作废 {owner} 的第{number}个 {removed.label}".rstrip())

    def visitor(self, secret: str) -> Visitor | None:
        """Whose token it is; None if it is nobody's.

        Raises NotSignedIn where it has expired: only who has the token hears that there was one.
        """
        now = int(self._now())
        with self._tables.connected() as connection:
            row = connection.execute(
                select(USERS, TOKENS.c.number, TOKENS.c.scope, TOKENS.c.expires, TOKENS.c.used)
                .join(TOKENS, TOKENS.c.user == USERS.c.id)
                .where(TOKENS.c.secret == digest(secret))
            ).one_or_none()
        if row is None or not row.active:
            return None
        if row.expires <= now:
            day = datetime.fromtimestamp(row.expires, UTC).date().isoformat()
            raise NotSignedIn(f"这个令牌已在{day}到期，请新建一个令牌来换它。")
        if row.used is None or now - row.used >= USE_WRITTEN_SECONDS:
            with suppress(StoreError), self._tables.connected() as connection:  # a full disk
                used = update(TOKENS).where(TOKENS.c.number == row.number).values(used=now)
                connection.execute(used)
        return replace(read_user(row).visitor, limits=SCOPE_RIGHTS[TokenScope(row.scope)])
