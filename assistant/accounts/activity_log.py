"""The log of what visitors did (操作记录): asked, took in, deleted, drafted, exported."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import delete, insert, select

from assistant.accounts.permissions import Visitor
from assistant.accounts.schema import ACTIVITY
from ingest.records.database import OwnTables

RETENTION_SECONDS = 2 * 365 * 24 * 3600
"""Time after which what was done is forgotten, at the next start."""
MAX_SUBJECT_LENGTH = 500
"""Maximum number of characters that are kept of what something was done with."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that somebody did; `at` is in seconds since 1970."""

    at: int
    user: str
    action: str
    subject: str


class ActivityLog:
    """What was done with one library. `now` gives the seconds since 1970."""

    def __init__(self, tables: OwnTables, now: Callable[[], float]) -> None:
        self._tables = tables
        self._now = now
        self._writing = Lock()
        with tables.connected() as connection:
            connection.execute(
                delete(ACTIVITY).where(ACTIVITY.c.at < int(now()) - RETENTION_SECONDS)
            )

    def add(self, visitor: Visitor, action: str, subject: str) -> None:
        """Writes down that the visitor did something (提问, 收入, 删除, 导出…) with what."""
        # In turn: where all wait for SQLite's lock at once, it is not the longest who gets it.
        with self._writing, self._tables.connected() as connection:
            connection.execute(
                insert(ACTIVITY).values(
                    at=int(self._now()),
                    user=visitor.name,
                    action=action,
                    subject=subject[:MAX_SUBJECT_LENGTH],
                )
            )

    def activities(
        self, *, limit: int = 200, user: str = "", action: str = ""
    ) -> tuple[Activity, ...]:
        """What was done, by all or one user, of every kind or one, the newest first."""
        query = select(ACTIVITY).order_by(ACTIVITY.c.number.desc()).limit(limit)
        for column, wanted in ((ACTIVITY.c.user, user), (ACTIVITY.c.action, action)):
            query = query.where(column == wanted) if wanted else query
        with self._tables.connected() as connection:
            rows = connection.execute(query).all()
        return tuple(Activity(row.at, row.user, row.action, row.subject) for row in rows)

    def actions(self) -> tuple[str, ...]:
        """Every kind of thing that was done."""
        with self._tables.connected() as connection:
            return tuple(
                connection.scalars(select(ACTIVITY.c.action).distinct().order_by("action"))
            )
