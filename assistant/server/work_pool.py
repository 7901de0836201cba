"""Work for visitors in threads of its own (工作队列), in turn, so that none can stall the others.

Each visitor has a queue. Whoever has used least time lately is served next, at most `at_once` of
a visitor's pieces of work have one of the few slots, and what a visitor asks for beyond `waiting`
is refused. A piece of work is its own `TimeLimit`: in its loops it calls `time_limit.check()`,
which ends it when its time is over or nobody waits for it any more, and lets it rest where it
holds up work of others that have used less.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import aclosing, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import TypeVar

from assistant.errors import TooBusy, WorkAbandoned
from assistant.time_limit import TimeLimit, check, limited

Item = TypeVar("Item")
Result = TypeVar("Result")

HALF_LIFE_SECONDS = 30.0
"""Seconds after which time that a visitor used counts half."""
SLICE_SECONDS = 0.002
"""Seconds that work goes on before it looks whether it holds others up."""
AHEAD_SECONDS = 0.3
"""By how much more time than somebody else a visitor must have used for his work to rest. What
anybody uses who asks now and then stays below: those do not hold each other up."""
REST_SECONDS = 0.05
"""Seconds that it rests then. Bounded, for it may hold what the others wait for."""
MAX_BEGUN = 4
"""Maximum number of pieces of work of one visitor that have begun: in a slot, or waiting outside
for an answer over the network."""
MAX_THREADS = 64
"""The same of all visitors together: each has a thread."""
MAX_QUEUES = 1000
"""Number of visitors from which on those are forgotten that have nothing to do here."""
MAX_WAIT_SECONDS = 60.0
"""Seconds after which work that still waits is refused instead of begun."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of what a pool takes on."""

    slots: int
    """Pieces of work in progress at the same time, those outside not counted."""
    at_once: int
    """The same of one visitor."""
    waiting: int = 16
    """Pieces of work of one visitor that wait."""
    total: int = 512
    """The same of all visitors together."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a piece of work is done."""

    seconds: float
    """How long it may take, from when it begins."""
    left: Awaitable[object]
    """Done once nobody waits for it any more."""
    order: Hashable = None
    """Pieces of work of one visitor with the same are done one after the other, as they came."""


@dataclass(slots=True, eq=False)
class VisitorQueue:
    """What one visitor waits for and has used."""

    waiting: "deque[PieceOfWork]" = field(default_factory=deque)
    begun: "set[PieceOfWork]" = field(default_factory=set)
    in_slots: int = 0
    used: float = 0.0
    """Seconds in slots, the older the less, as of `counted`."""
    counted: float = 0.0

    def recently_used(self, now: float) -> float:
        """The seconds used, as they count now, with what is in progress."""
        in_progress = sum(now - piece.since for piece in self.begun if piece.in_slot)
        return float(self.used * 0.5 ** ((now - self.counted) / HALF_LIFE_SECONDS) + in_progress)

    def next(self) -> "PieceOfWork | None":
        """The first that waits and must not wait for another, None if there is none."""
        if len(self.begun) >= MAX_BEGUN:
            return None
        orders = {piece.order for piece in self.begun if piece.order is not None}
        return next((piece for piece in self.waiting if piece.order not in orders), None)

    def add(self, seconds: float, now: float) -> None:
        """Counts the seconds as used."""
        self.used = self.used * 0.5 ** ((now - self.counted) / HALF_LIFE_SECONDS) + seconds
        self.counted = now


class PieceOfWork(TimeLimit):
    """One piece of work of one visitor; only time in its slot counts."""

    def __init__(
        self, pool: "WorkPool", owner: str, work: Callable[[], None], terms: Terms
    ) -> None:
        super().__init__(terms.seconds)
        self.owner = owner
        self.order = terms.order
        self.asked = self.since = self._look_at = time.monotonic()
        self.in_slot = False
        self.done: Future[None] = Future()
        self._pool = pool
        self._work = work
        self._context = copy_context()

    def abandon(self) -> None:
        """Nobody waits for it: what has not begun never does, what has begun ends at a check."""
        super().abandon()
        self._pool.drop(self)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Gives the slot to others; it is taken back at once, for locks may be held meanwhile."""
        with super().outside():
            self._pool.leave_slot(self)
            try:
                yield
            finally:
                self._pool.take_slot(self)

    def check(self) -> None:
        """Ends the work where it must not go on; rests where it holds others up."""
        super().check()
        now = time.monotonic()
        if self.in_slot and now >= self._look_at:
            if self._pool.holds_up(self, now):
                self._pool.rest(self)
            self._look_at = time.monotonic() + SLICE_SECONDS

    def do(self) -> None:
        """Does the work, in a thread of the pool."""
        if not self.done.set_running_or_notify_cancel():
            return
        try:
            self._context.run(self._do_limited)
        except BaseException as error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)

    def _do_limited(self) -> None:
        with limited(self):
            self._work()


class WorkPool:
    """The queues and threads of one kind of work."""

    def __init__(self, name: str, bounds: Bounds) -> None:
        self._name = name
        self._bounds = bounds
        self._queues: dict[str, VisitorQueue] = {}
        self._changed = Condition()  # a lock that its holder may take again
        self._idle = 0
        self._threads = 0
        self._waiting = 0
        self._in_slots = 0
        self._closed = False

    async def run(self, owner: str, work: Callable[[], Result], terms: Terms) -> Result:
        """The result of the work; raises TooBusy, OutOfTime, or WorkAbandoned when who asked left.

        Whatever the work itself raises is raised as well.
        """

        def once() -> Iterator[Result]:
            yield work()

        async with aclosing(self.stream(owner, once, terms)) as steps:
            return await anext(steps)

    async def stream(
        self, owner: str, steps: Callable[[], Iterator[Item]], terms: Terms
    ) -> AsyncGenerator[Item, None]:
        """What the generator yields, as it comes: one piece of work, however slowly it is read.

        To close it is to abandon the work.
        """
        loop = asyncio.get_running_loop()
        came: asyncio.Queue[Item | Future[None] | asyncio.Future[object]] = asyncio.Queue()

        def tell(item: Item | Future[None]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(came.put_nowait, item)

        def work() -> None:
            for item in steps():
                tell(item)
                check()

        leaving = asyncio.ensure_future(terms.left)
        try:
            piece = self._ask(owner, work, terms)
        except TooBusy:
            leaving.cancel()
            raise
        piece.done.add_done_callback(tell)
        leaving.add_done_callback(came.put_nowait)
        try:
            while not isinstance(item := await came.get(), Future | asyncio.Future):
                yield item
            if item is leaving:
                raise WorkAbandoned("提问的一方已经离开，回答已停止。")
            piece.done.result()
        finally:
            leaving.cancel()
            piece.abandon()

    def close(self) -> None:
        """Drops what waits, tells what is in progress to end, and takes nothing on any more."""
        with self._changed:
            self._closed = True
            pieces = [p for queue in self._queues.values() for p in (*queue.waiting, *queue.begun)]
            self._changed.notify_all()
        for piece in pieces:
            piece.abandon()

    def _ask(self, owner: str, work: Callable[[], None], terms: Terms) -> PieceOfWork:
        """Puts the work in its queue; raises TooBusy where that or the whole is full."""
        piece = PieceOfWork(self, owner, work, terms)
        with self._changed:
            if len(self._queues) >= MAX_QUEUES:
                self._queues = {o: q for o, q in self._queues.items() if q.waiting or q.begun}
            queue = self._queues.setdefault(owner, VisitorQueue())
            if self._closed:
                raise TooBusy("绩问正在停止，请在它重新启动后再试。")
            if len(queue.waiting) >= self._bounds.waiting:
                raise TooBusy(
                    f"您同时提出的请求太多（已有{len(queue.waiting)}个在等待），"
                    "请等前面的完成后再试。"
                )
            if self._waiting >= self._bounds.total:
                raise TooBusy("现在使用的人太多，请过一会儿再试。")
            queue.waiting.append(piece)
            self._waiting += 1
            self._wake()
        return piece

    def drop(self, piece: PieceOfWork) -> None:
        """Takes the piece of work out of its queue, if it still waits there."""
        with self._changed:
            queue = self._queues.get(piece.owner)
            if queue is None or piece not in queue.waiting:
                return
            queue.waiting.remove(piece)
            self._waiting -= 1
        piece.done.cancel()

    def holds_up(self, piece: PieceOfWork, now: float) -> bool:
        """Whether somebody who has used less has work in progress, or work that could begin."""
        with self._changed:
            used = self._queues[piece.owner].recently_used(now) - AHEAD_SECONDS
            return any(
                (queue.in_slots or queue.next()) and queue.recently_used(now) < used
                for owner, queue in self._queues.items()
                if owner != piece.owner
            )

    def rest(self, piece: PieceOfWork) -> None:
        """Lets others have its slot for a moment; none of the same visitor begins meanwhile."""
        began = time.monotonic()
        with self._changed:
            self._in_slots -= 1
            self._wake()
        time.sleep(REST_SECONDS)
        with self._changed:
            self._in_slots += 1
            rested = time.monotonic() - began
            piece.since += rested
            piece.postpone(rested)

    def leave_slot(self, piece: PieceOfWork) -> None:
        """Others may use its slot from now on."""
        with self._changed:
            now = time.monotonic()
            queue = self._queues[piece.owner]
            queue.add(now - piece.since, now)
            queue.in_slots -= 1
            self._in_slots -= 1
            piece.in_slot = False
            self._wake()

    def take_slot(self, piece: PieceOfWork) -> None:
        """It has a slot from now on, whether there is one free or not."""
        with self._changed:
            self._queues[piece.owner].in_slots += 1
            self._in_slots += 1
            piece.since = time.monotonic()
            piece.in_slot = True

    def _serve(self) -> None:
        """What each thread does, for as long as the pool is open."""
        while (piece := self._next()) is not None:
            piece.do()
            with self._changed:
                self._queues[piece.owner].begun.remove(piece)
                self.leave_slot(piece)

    def _next(self) -> PieceOfWork | None:
        """Waits for a piece of work that may begin; None once the pool is closed."""
        with self._changed:
            while not self._closed:
                piece = self._pick()
                if piece is not None:
                    self._wake()  # for what waits beside it
                    return piece
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
        return None

    def _pick(self) -> PieceOfWork | None:
        """The next piece of work of the visitor who has used least, now in its slot."""
        now = time.monotonic()
        while able := self._able():
            queue = min(able, key=lambda queue: queue.recently_used(now))
            piece = able[queue]
            queue.waiting.remove(piece)
            self._waiting -= 1
            if now - piece.asked > MAX_WAIT_SECONDS:
                piece.done.set_exception(TooBusy("等待的时间太长，请过一会儿再试。"))
                continue
            queue.begun.add(piece)
            self.take_slot(piece)
            piece.postpone(piece.since - piece.asked)
            return piece
        return None

    def _able(self) -> dict[VisitorQueue, PieceOfWork]:
        """The queues of which a piece of work may begin, with that piece."""
        if self._in_slots >= self._bounds.slots:
            return {}
        return {
            queue: piece
            for queue in self._queues.values()
            if queue.in_slots < self._bounds.at_once and (piece := queue.next()) is not None
        }

    def _wake(self) -> None:
        """Has a thread look for work, an idle one or a new one, where some may begin."""
        if not self._able():
            return
        if self._idle:
            self._changed.notify()
        elif self._threads < MAX_THREADS:
            self._threads += 1
            name = f"{self._name}-{self._threads}"
            Thread(target=self._serve, name=name, daemon=True).start()
