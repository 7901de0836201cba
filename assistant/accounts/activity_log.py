"""The log of what visitors did (操作记录): signed in, asked, opened, took in, deleted, exported.

What comes in numbers (failed log-ins, lists that were read, what was refused) is one line an hour
for who did it from where, with how often.

It never keeps anybody from working: what cannot be written down, because the disk is full, is
counted, told in the program's log and in the state of the system, and the gap is noted in the log
itself as soon as that can be written again.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, insert, select, update

from assistant.accounts.permissions import Visitor, acting
from assistant.accounts.schema import ACTIVITY
from ingest.errors import StoreError
from ingest.records.database import OwnTables

RETENTION_SECONDS = 2 * 365 * 24 * 3600
"""Time after which what was done is forgotten, at the next start."""
MAX_SUBJECT_LENGTH = 500
"""Maximum number of characters that are kept of what something was done with."""
MAX_NAME_LENGTH = 60
"""The same of a name that was tried at a log-in, and of an address."""
SUM_SECONDS = 3600
"""What one name does of a kind from one address is one line, as long as it is no older."""
MAX_SUMS = 100
"""Maximum number of such lines of strangers in that time; all others of them are one."""
WARN_SECONDS = 600
"""Seconds between two lines in the program's log about what could not be written down."""

_log = logging.getLogger("jiwen.activity")


class Action(StrEnum):
    """What somebody did (操作)."""

    SIGNED_IN = "登录"
    SIGN_IN_FAILED = "登录失败"
    SIGN_IN_REFUSED = "登录受限"
    REFUSED = "无权被拒"
    SIGNED_OUT = "退出登录"
    SESSION_ENDED = "结束登录"
    ASKED = "提问"
    OPENED = "查看原文"
    READ = "查阅"
    DRAFTED = "起草"
    EXPORTED = "导出"
    TAKEN_IN = "收入"
    REMOVED = "删除"
    CORRECTED = "更正"
    WITHDRAWN = "撤销更正"
    TEMPLATE_CONFIRMED = "确认表样"
    TEMPLATE_FORGOTTEN = "撤销表样"
    FORGOTTEN = "删除对话"
    DRAFT_FORGOTTEN = "删除初稿"
    USERS = "管理用户"
    TOKENS = "管理令牌"
    GAP = "记录缺失"


COUNTED = frozenset({Action.READ, Action.REFUSED})
"""What is one line an hour, not one each time."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that somebody did; `at` is in seconds since 1970.

    `user_id` is "" where nobody was signed in, `address` where it came over no network. `action` is
    an `Action`, or what an older program called one.
    """

    at: int
    user: str
    user_id: str
    address: str
    action: str
    subject: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines of the log are looked for; times in seconds since 1970, `until` not included."""

    user: str = ""
    action: str = ""
    since: int = 0
    until: int | None = None


@dataclass(slots=True)
class Sum:
    """A line that stands for several of a kind: which one, how many, and since when."""

    number: int | None
    count: int
    begun: float


class _Kind(NamedTuple):
    """What is counted together; the fields are those of an `Activity`."""

    action: Action
    subject: str
    user: str
    user_id: str
    address: str


class ActivityLog:
    """What was done with one library. `now` gives the seconds since 1970."""

    def __init__(self, tables: OwnTables, now: Callable[[], float]) -> None:
        self._tables = tables
        self._now = now
        self._writing = Lock()
        self._sums: dict[_Kind, Sum] = {}
        self._lost = 0
        self._warned = 0.0
        old = delete(ACTIVITY).where(ACTIVITY.c.at < int(now()) - RETENTION_SECONDS)
        self._write(lambda connection: connection.execute(old), lines=0)

    @property
    def lost(self) -> int:
        """How many lines could not be written of late."""
        return self._lost

    def add(self, action: Action, subject: str, visitor: Visitor | None = None) -> None:
        """Writes down that the visitor, or whoever acts at the moment, did something with what."""
        visitor = visitor or acting()
        if action in COUNTED:
            self._count(_Kind(action, subject, visitor.name, visitor.id, visitor.address))
            return
        line = self._line(visitor.name, visitor.address, action, subject) | {"user_id": visitor.id}
        self._write(lambda connection: connection.execute(insert(ACTIVITY).values(line)))

    def add_refused(self, action: Action, name: str, address: str) -> None:
        """Counts a log-in that came to nothing."""
        self._count(_Kind(action, "", name[:MAX_NAME_LENGTH], "", address[:MAX_NAME_LENGTH]))

    def _count(self, kind: _Kind) -> None:
        now = self._now()
        with self._writing:
            self._sums = {k: s for k, s in self._sums.items() if 0 <= now - s.begun < SUM_SECONDS}
            strangers = sum(not known.user_id for known in self._sums)
            if kind not in self._sums and not kind.user_id and strangers >= MAX_SUMS:
                kind = kind._replace(user="（其他）", address="")
            summed = self._sums.setdefault(kind, Sum(None, 0, now))
            summed.count += 1
            subject = f"{kind.subject} {summed.count}次".strip()

        def write(connection: Connection) -> None:
            if summed.number is not None:
                same = ACTIVITY.c.number == summed.number
                connection.execute(update(ACTIVITY).where(same).values(subject=subject))
                return
            line = self._line(kind.user, kind.address, kind.action, subject)
            made = connection.execute(insert(ACTIVITY).values(line | {"user_id": kind.user_id}))
            summed.number = made.inserted_primary_key[0] if made.inserted_primary_key else None

        self._write(write)

    def activities(self, sought: Sought | None = None, *, limit: int = 200) -> tuple[Activity, ...]:
        """What was done, the newest first."""
        query = _matching(sought or Sought()).order_by(ACTIVITY.c.number.desc()).limit(limit)
        with self._tables.connected() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Activity(row.at, row.user, row.user_id, row.address, row.action, row.subject)
            for row in rows
        )

    def actions(self) -> tuple[str, ...]:
        """Every kind of thing that was done."""
        with self._tables.connected() as connection:
            return tuple(
                connection.scalars(select(ACTIVITY.c.action).distinct().order_by("action"))
            )

    def _line(self, name: str, address: str, action: Action, subject: str) -> dict[str, Any]:
        return {
            "at": int(self._now()),
            "user": _one_line(name),
            "address": address[:MAX_NAME_LENGTH],
            "action": action.value,
            "subject": _one_line(subject[:MAX_SUBJECT_LENGTH]),
        }

    def _write(self, write: Callable[[Connection], object], *, lines: int = 1) -> None:
        """Writes, and with it that lines are missing if some are; else counts and warns."""
        # In turn: where all wait for SQLite's lock at once, it is not the longest who gets it.
        with self._writing:
            try:
                with self._tables.connected() as connection:
                    if self._lost:
                        gap = self._line("", "", Action.GAP, f"此前有{self._lost}条没能写下")
                        connection.execute(insert(ACTIVITY).values(gap))
                    write(connection)
                self._lost = 0
            except StoreError as error:
                self._lost += lines
                if time.monotonic() - self._warned > WARN_SECONDS or not self._warned:
                    self._warned = time.monotonic()
                    _log.error("操作记录无法写入，已缺%d条：%s", self._lost, error)


def _one_line(text: str) -> str:
    """The text without line breaks and marks that turn its direction.

    >>> _one_line("自评\\n,root,删除\\u202e")
    '自评 ,root,删除 '
    """
    return "".join(one if one.isprintable() else " " for one in text)


def _matching(sought: Sought) -> Select[Any]:
    query = select(ACTIVITY).where(ACTIVITY.c.at >= sought.since)
    if sought.until is not None:
        query = query.where(ACTIVITY.c.at < sought.until)
    if sought.user:
        query = query.where(ACTIVITY.c.user == sought.user)
    return query.where(ACTIVITY.c.action == sought.action) if sought.action else query
