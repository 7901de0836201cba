"""The log of what visitors did (操作记录): signed in, asked, opened, took in, deleted, exported.

What comes in numbers (failed log-ins, lists that were read, what was refused) is one line an hour
for who did it from where, with how often.

It never keeps anybody from working: lines are written by a thread of the log, in the order in which
they came. What cannot be written, because the disk is full or another program holds the database,
waits in memory and is told in the program's log and in the state of the system; what there is no
room for is counted, and the gap is noted in the log itself as soon as that can be written again.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Condition, Event, Lock, Thread
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
MAX_WAITING = 10_000
"""Maximum number of lines that wait in memory to be written."""
PATIENCE_SECONDS = 0.1
"""Seconds that who did something waits for its line, so that it usually stands before the reply."""
GATHER_SECONDS = 0.5
"""Seconds in which what is counted is gathered before it is written."""
RETRY_SECONDS = 2.0
"""Seconds after which it is tried again to write what could not be written."""

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
    USED = "其他操作"
    DRAFTED = "起草"
    EXPORTED = "导出"
    TAKEN_IN = "收入"
    REMOVED = "删除"
    CORRECTED = "更正"
    WITHDRAWN = "撤销更正"
    MARKED = "处理发现"
    TAGGED = "打标签"
    TEMPLATE_CONFIRMED = "确认表样"
    TEMPLATE_FORGOTTEN = "撤销表样"
    FORGOTTEN = "删除对话"
    DRAFT_FORGOTTEN = "删除初稿"
    DRAFT_SHARED = "共享初稿"
    COMMENTED = "批注"
    SUBSCRIBED = "订阅"
    USERS = "管理用户"
    TOKENS = "管理令牌"
    GAP = "记录缺失"


COUNTED = frozenset({Action.READ, Action.USED, Action.REFUSED})
"""What is one line an hour, not one each time."""
NOTED: ContextVar[set[Action] | None] = ContextVar("noted", default=None)
"""What was noted in the request in hand: what leaves no line of its own is counted at the door."""


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


@dataclass(slots=True, eq=False)
class _Line:
    """A line that is to be written."""

    values: dict[str, Any]
    written: Event = field(default_factory=Event)


@dataclass(slots=True, eq=False)
class _Sum:
    """A line that stands for several of a kind: as which row it was written, and how many."""

    kind: "_Kind"
    begun: float
    row: int | None = None
    count: int = 0
    waits: bool = False
    """Whether it is to be written, for the first time or anew."""


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
        self._sums: dict[_Kind, _Sum] = {}
        self._waiting: deque[_Line | _Sum] = deque()
        self._changed = Condition()
        self._writing = Lock()
        self._urgent = self._failing = self._closed = False
        self._dropped = 0
        self._warned = 0.0
        self._writer: Thread | None = None
        old = delete(ACTIVITY).where(ACTIVITY.c.at < int(now()) - RETENTION_SECONDS)
        try:
            with tables.connected() as connection:
                connection.execute(old)
        except StoreError as error:  # at the next start
            self._warn(error)

    @property
    def lost(self) -> int:
        """How many lines could not be written of late."""
        return self._dropped + (len(self._waiting) if self._failing else 0)

    def close(self) -> None:
        """Writes what waits, if it can be written, and what comes later at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()
        self._write_waiting()
        if lost := self.lost:
            _log.error("程序停止时还有%d条操作记录没能写下", lost)

    def add(self, action: Action, subject: str, visitor: Visitor | None = None) -> None:
        """Writes down that the visitor, or whoever acts at the moment, did something with what."""
        visitor = visitor or acting()
        if action in COUNTED:
            self._count(_Kind(action, subject, visitor.name, visitor.id, visitor.address))
            return
        values = _values(self._now(), visitor.name, visitor.address, action, subject)
        line = _Line(values | {"user_id": visitor.id})
        self._take(line, action, urgent=True)
        if self._closed:  # of work that ends after the program was told to stop
            self._write_waiting()
        elif not self._failing:
            line.written.wait(PATIENCE_SECONDS)

    def add_refused(self, action: Action, name: str, address: str) -> None:
        """Counts what came to nothing of somebody who is not signed in."""
        self._count(_Kind(action, "", name[:MAX_NAME_LENGTH], "", address[:MAX_NAME_LENGTH]))

    def _count(self, kind: _Kind) -> None:
        now = self._now()
        with self._changed:
            counted = self._sums.get(kind)
            if counted is None or not 0 <= now - counted.begun < SUM_SECONDS:
                counted = self._begun(kind, now)
            counted.count += 1
            self._take(counted, kind.action)

    def _begun(self, kind: _Kind, now: float) -> _Sum:
        """The line in which one of the kind is counted, where it has none that is young enough."""
        self._sums = {k: s for k, s in self._sums.items() if 0 <= now - s.begun < SUM_SECONDS}
        strangers = sum(not known.user_id for known in self._sums)
        if not kind.user_id and strangers >= MAX_SUMS:
            kind = kind._replace(user="（其他）", address="")
        return self._sums.setdefault(kind, _Sum(kind, now))

    def _take(self, entry: _Line | _Sum, action: Action, *, urgent: bool = False) -> None:
        """Puts what is to be written behind all else."""
        if (noted := NOTED.get()) is not None:
            noted.add(action)
        with self._changed:
            if isinstance(entry, _Sum) and entry.waits:
                return
            if len(self._waiting) >= MAX_WAITING:
                self._dropped += 1
                return
            if isinstance(entry, _Sum):
                entry.waits = True
            self._waiting.append(entry)
            if self._writer is None and not self._closed:
                self._writer = Thread(target=self._write_on, name="activity", daemon=True)
                self._writer.start()
            if urgent and not self._urgent:
                self._urgent = True
                self._changed.notify_all()
            elif len(self._waiting) == 1:
                self._changed.notify_all()

    def _write_on(self) -> None:
        """What the writer does until the log is closed."""
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if self._failing:
                    self._changed.wait_for(lambda: self._closed, RETRY_SECONDS)
                else:
                    self._changed.wait_for(lambda: self._closed or self._urgent, GATHER_SECONDS)
            self._write_waiting()

    def _write_waiting(self) -> None:
        """Writes all that waits in one transaction; what cannot be written waits on."""
        with self._writing:
            with self._changed:
                entries, self._waiting = list(self._waiting), deque()
                counts = {entry: entry.count for entry in entries if isinstance(entry, _Sum)}
                for counted in counts:
                    counted.waits = False
                self._urgent, dropped = False, self._dropped
            if not entries:
                return
            rows: dict[_Sum, int | None] = {}
            try:
                with self._tables.connected() as connection:
                    if dropped:
                        gap = _values(self._now(), "", "", Action.GAP, f"此前有{dropped}条没能写下")
                        connection.execute(insert(ACTIVITY).values(gap))
                    for entry in entries:
                        if isinstance(entry, _Line):
                            connection.execute(insert(ACTIVITY).values(entry.values))
                        else:
                            rows[entry] = self._sum_written(connection, entry, counts[entry])
            except StoreError as error:
                self._failing = True
                with self._changed:
                    later = [one for one in self._waiting if one not in counts]
                    self._waiting = deque([*entries, *later])
                    for counted in counts:
                        counted.waits = True
                self._warn(error)
                return
            self._failing = False
            with self._changed:
                self._dropped -= dropped
            for written, row in rows.items():
                written.row = row
            for entry in entries:
                if isinstance(entry, _Line):
                    entry.written.set()

    def _sum_written(self, connection: Connection, counted: _Sum, count: int) -> int | None:
        """The row of the line that says how many there were."""
        kind = counted.kind
        subject = f"{kind.subject} {count}次".strip()
        if counted.row is not None:
            same = ACTIVITY.c.number == counted.row
            connection.execute(update(ACTIVITY).where(same).values(subject=subject))
            return counted.row
        values = _values(counted.begun, kind.user, kind.address, kind.action, subject)
        made = connection.execute(insert(ACTIVITY).values(values | {"user_id": kind.user_id}))
        return int(made.inserted_primary_key[0]) if made.inserted_primary_key else None

    def _warn(self, error: StoreError) -> None:
        if time.monotonic() - self._warned > WARN_SECONDS or not self._warned:
            self._warned = time.monotonic()
            _log.error("操作记录无法写入，已缺%d条，过一会儿再写：%s", self.lost, error)

    def activities(self, sought: Sought | None = None, *, limit: int = 200) -> tuple[Activity, ...]:
        """What was done, the newest first."""
        self._write_waiting()
        query = _matching(sought or Sought()).order_by(ACTIVITY.c.number.desc()).limit(limit)
        with self._tables.connected() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Activity(row.at, row.user, row.user_id, row.address, row.action, row.subject)
            for row in rows
        )

    def actions(self) -> tuple[str, ...]:
        """Every kind of thing that was done, as far as it is written."""
        with self._tables.connected() as connection:
            return tuple(
                connection.scalars(select(ACTIVITY.c.action).distinct().order_by("action"))
            )


def _values(at: float, name: str, address: str, action: Action, subject: str) -> dict[str, Any]:
    return {
        "at": int(at),
        "user": _one_line(name),
        "address": address[:MAX_NAME_LENGTH],
        "action": action.value,
        "subject": _one_line(subject[:MAX_SUBJECT_LENGTH]),
    }


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
