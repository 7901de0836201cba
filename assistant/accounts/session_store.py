"""Sessions as they are stored (登录会话): in the database, or in memory until it is written.

Without room on the disk people can still sign in and out. What could not be written is tried again
now and then; a program that ends before has forgotten it: who signed in signs in again.
"""

import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy import Connection, delete, insert, select, update

from assistant.accounts.schema import SESSIONS, USERS
from assistant.accounts.users import User, read_user
from ingest.errors import StoreError
from ingest.records.database import OwnTables

RETRY_SECONDS = 20
"""Seconds after which it is tried again to write what could not be written."""
MAX_WAITING = 10_000
"""Maximum number of sessions that wait in memory to be written."""


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session, or that it has `ended`; `key` is the sha256 of its secret.

    `password` is the hash of the user's at the log-in: with another one the session is over.
    """

    key: str
    user: str = ""
    password: str = ""
    created: int = 0
    expires: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class FoundSession:
    """Whose session it is, and its times in seconds since 1970."""

    user: User
    created: int
    expires: int


class SessionStore:
    """The sessions of one library. Safe to call from several threads."""

    def __init__(self, tables: OwnTables) -> None:
        self._tables = tables
        self._lock = Lock()
        self._waiting: OrderedDict[str, KeptSession] = OrderedDict()
        self._next_try = 0.0

    def begin(self, session: KeptSession) -> None:
        """Keeps a new session."""
        self._write(session)

    def end(self, key: str) -> None:
        """Ends a session, if it is one."""
        self._write(KeptSession(key, ended=True))

    def find(self, key: str) -> FoundSession | None:
        """The session of this key, None if there is none."""
        if self._waiting and time.monotonic() > self._next_try:
            self._settle()
        waiting = self._waiting.get(key)
        if waiting and waiting.ended:
            return None
        with self._tables.connected() as connection:
            if waiting:
                same = (USERS.c.id == waiting.user) & (USERS.c.password == waiting.password)
                row = connection.execute(select(USERS).where(same)).one_or_none()
                if row is None:
                    return None
                return FoundSession(read_user(row), waiting.created, waiting.expires)
            row = connection.execute(
                select(USERS, SESSIONS.c.created.label("begun"), SESSIONS.c.expires)
                .join(SESSIONS, SESSIONS.c.user == USERS.c.id)
                .where(SESSIONS.c.secret == key)
            ).one_or_none()
        return FoundSession(read_user(row), row.begun, row.expires) if row else None

    def lengthen(self, key: str, *, expires: int, used: int) -> None:
        """Lets a session last longer; one that cannot be written now lasts as it did."""
        with self._lock:
            if waiting := self._waiting.get(key):
                self._waiting[key] = replace(waiting, expires=expires)
                return
        with suppress(StoreError), self._tables.connected() as connection:
            connection.execute(
                update(SESSIONS).where(SESSIONS.c.secret == key).values(expires=expires, used=used)
            )

    def _write(self, session: KeptSession) -> None:
        with self._lock:
            self._waiting[session.key] = session
            while len(self._waiting) > MAX_WAITING:
                self._waiting.popitem(last=False)
        self._settle()

    def _settle(self) -> None:
        """Writes what waits, all or nothing."""
        with self._lock:
            waiting = tuple(self._waiting.values())
        try:
            with self._tables.connected() as connection:
                for session in waiting:
                    _settle_one(connection, session)
        except StoreError:
            self._next_try = time.monotonic() + RETRY_SECONDS
            return
        with self._lock:
            for session in waiting:
                if self._waiting.get(session.key) is session:
                    del self._waiting[session.key]


def _settle_one(connection: Connection, session: KeptSession) -> None:
    connection.execute(delete(SESSIONS).where(SESSIONS.c.secret == session.key))
    password = select(USERS.c.password).where(USERS.c.id == session.user)
    if session.ended or connection.scalar(password) != session.password:
        return
    connection.execute(delete(SESSIONS).where(SESSIONS.c.expires <= session.created))
    connection.execute(
        insert(SESSIONS).values(
            secret=session.key,
            user=session.user,
            created=session.created,
            used=session.created,
            expires=session.expires,
        )
    )
