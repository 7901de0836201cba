"""Which threads do what (分道): questions and lists, files taken in, log-ins each have their own.

So none of them waits for another kind: taking files in is slow and done one after the other, and
whoever signs in must not stand behind those who are in.
"""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator
from enum import Enum, auto
from math import inf
from typing import TypeVar

from starlette.requests import Request

from assistant.server.work_pool import Bounds, Terms, WorkPool

Function = TypeVar("Function", bound=Callable[..., object])
Item = TypeVar("Item")
Result = TypeVar("Result")

REPORT_FACTOR = 6
"""How much longer than a question a list, a board or a draft may take."""
LANE = "__lane__"


class Lane(Enum):
    """A kind of work."""

    QUESTION = auto()
    """A question is answered."""
    REPORT = auto()
    """Anything else that is read or written for a visitor; in the same threads as questions."""
    INTAKE = auto()
    """Documents change: one writer at a time, for as long as it takes."""
    ACCOUNT = auto()
    """Users and sessions, before and after signing in."""


def in_lane(lane: Lane) -> Callable[[Function], Function]:
    """Says of a function of a door that its work is of another kind than REPORT."""

    def marked(function: Function) -> Function:
        setattr(function, LANE, lane)
        return function

    return marked


def lane_of(function: Callable[..., object]) -> Lane:
    """The kind of work that a function of a door does."""
    lane: Lane = getattr(function, LANE, Lane.REPORT)
    return lane


async def left(request: Request) -> None:
    """Waits until the client has gone; the whole request must have come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


class WorkLanes:
    """The threads of all lanes of one web app."""

    def __init__(self, question_seconds: float = 20) -> None:
        slots = max(2, os.cpu_count() or 1)
        answers = WorkPool("answers", Bounds(slots=slots, at_once=slots // 2))
        intake = WorkPool("intake", Bounds(slots=4, at_once=2, waiting=200))
        accounts = WorkPool("accounts", Bounds(slots=2, at_once=1))
        self._pools = {
            Lane.QUESTION: answers,
            Lane.REPORT: answers,
            Lane.INTAKE: intake,
            Lane.ACCOUNT: accounts,
        }
        self._seconds = {
            Lane.QUESTION: question_seconds,
            Lane.REPORT: question_seconds * REPORT_FACTOR,
            Lane.INTAKE: inf,
            Lane.ACCOUNT: question_seconds,
        }

    async def run(
        self, lane: Lane, owner: str, work: Callable[[], Result], left: Awaitable[object]
    ) -> Result:
        """The result of the work, see `WorkPool.run`."""
        return await self._pools[lane].run(owner, work, Terms(self._seconds[lane], left))

    def stream(
        self,
        lane: Lane,
        owner: str,
        steps: Callable[[], Iterator[Item]],
        left: Awaitable[object],
        *,
        order: Hashable = None,
    ) -> AsyncGenerator[Item, None]:
        """What the generator yields as it comes, see `WorkPool.stream` and `Terms`."""
        return self._pools[lane].stream(owner, steps, Terms(self._seconds[lane], left, order))

    def close(self) -> None:
        """Takes nothing on any more and tells what is in progress to end."""
        for pool in self._pools.values():
            pool.close()
