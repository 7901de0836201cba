"""How long one piece of work may take (时限), and whether anybody still waits for it.

Python cannot end a thread from outside, so whatever may take long asks by itself, in its loops:
`check()`. What nobody limits (the command line, tests, benchmarks) is never stopped.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

from assistant.errors import OutOfTime, WorkAbandoned


class TimeLimit:
    """The time of one piece of work: it ends by itself, or by `abandon` from another thread."""

    def __init__(self, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seconds = seconds
        self._end = now() + seconds
        self._abandoned = False

    def abandon(self) -> None:
        """Nobody waits for the work any more: the next check ends it."""
        self._abandoned = True

    def postpone(self, seconds: float) -> None:
        """Gives so much more time: what was spent in waiting is not the work's."""
        self._end += seconds

    @contextmanager
    def untimed(self) -> Iterator[None]:
        """What is done inside takes none of the time."""
        left = self._now()
        try:
            yield
        finally:
            self.postpone(self._now() - left)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """What is done inside waits for another program, and takes none of the time."""
        with self.untimed():
            yield

    def check(self) -> None:
        """Raises WorkAbandoned or OutOfTime where the work must not go on."""
        if self._abandoned:
            raise WorkAbandoned("提问的一方已经离开，回答已停止。")
        if self._now() > self._end:
            raise OutOfTime(
                f"这个问题{self._seconds:g}秒内没有算完，已停止，请把问题改短，或分成几个问题再问。"
            )


_CURRENT: ContextVar[TimeLimit | None] = ContextVar("time_limit", default=None)


def check() -> None:
    """Ends the work in hand where its time is over; does nothing where it has no limit."""
    limit = _CURRENT.get()
    if limit is not None:
        limit.check()


def going_on() -> bool:
    """Whether the work in hand may go on: for what asks in its loops and ends by itself."""
    try:
        check()
    except (OutOfTime, WorkAbandoned):
        return False
    return True


@contextmanager
def outside() -> Iterator[None]:
    """What is done inside waits for another program: neither time nor a place is taken."""
    limit = _CURRENT.get()
    with limit.outside() if limit is not None else nullcontext():
        yield


@contextmanager
def untimed() -> Iterator[None]:
    """What is done inside is done once for all questions, as models are loaded: the one that comes
    first does not pay for it."""
    limit = _CURRENT.get()
    with limit.untimed() if limit is not None else nullcontext():
        yield


@contextmanager
def limited(limit: TimeLimit) -> Iterator[None]:
    """What is done inside has this limit. For one thread; generators set it at each step."""
    before = _CURRENT.set(limit)
    try:
        yield
    finally:
        _CURRENT.reset(before)
