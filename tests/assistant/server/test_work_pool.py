"""Work in turn: whoever used least is next, limits are each visitor's own, what is left ends."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from assistant.errors import OutOfTime, TooBusy, WorkAbandoned
from assistant.server.work_pool import AHEAD_SECONDS, Bounds, PieceOfWork, Terms, WorkPool
from assistant.time_limit import check, outside

PATIENT = 60


@pytest.fixture
def pool() -> Iterator[WorkPool]:
    made = WorkPool("tried", Bounds(slots=2, at_once=1, waiting=3, total=5))
    yield made
    made.close()


async def never() -> None:
    await asyncio.Event().wait()


async def do(pool: WorkPool, owner: str, work: Callable[[], object], seconds: float = 60) -> object:
    return await pool.run(owner, work, Terms(seconds, never()))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def endless(begun: Event, ended: Event) -> None:
    """Work that goes on until a check ends it."""
    begun.set()
    try:
        while True:
            check()
            sleep(0.001)
    finally:
        ended.set()


async def begun_by(
    pool: WorkPool, owner: str, work: Callable[[], object]
) -> "asyncio.Task[object]":
    """The task of work that has come to the pool."""
    task = asyncio.create_task(do(pool, owner, work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


def test_one_visitors_work_leaves_a_slot_to_others_and_their_turn_comes_first(
    pool: WorkPool,
) -> None:
    order: list[str] = []
    go_on = Event()

    def blocked(name: str) -> Callable[[], None]:
        def work() -> None:
            order.append(name)
            assert go_on.wait(PATIENT)

        return work

    async def tried() -> None:
        tasks = [await begun_by(pool, "much", blocked(f"much {n}")) for n in range(3)]
        assert await do(pool, "little", lambda: "answered") == "answered"
        await until(lambda: order != [])
        assert order == ["much 0"]
        go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(tried())
    assert order == [f"much {n}" for n in range(3)]


def test_of_those_who_wait_the_one_who_used_least_is_next() -> None:
    pool = WorkPool("tried", Bounds(slots=1, at_once=1))
    order: list[str] = []
    go_on = Event()

    async def tried() -> None:
        await do(pool, "much", lambda: sleep(0.2))
        await do(pool, "some", lambda: sleep(0.05))
        first = await begun_by(pool, "other", lambda: go_on.wait(PATIENT))
        await until(lambda: pool._in_slots == 1)
        tasks = [
            await begun_by(pool, name, lambda name=name: order.append(name))  # type: ignore[misc]
            for name in ("much", "some", "none", "none")
        ]
        go_on.set()
        await asyncio.gather(first, *tasks)

    asyncio.run(tried())
    assert order == ["none", "none", "some", "much"]
    pool.close()


def test_what_goes_beyond_a_visitors_queue_is_refused_to_that_visitor_only(pool: WorkPool) -> None:
    go_on = Event()

    async def tried() -> None:
        tasks = [await begun_by(pool, "much", lambda: go_on.wait(PATIENT))]
        await until(lambda: pool._in_slots == 1)
        tasks += [await begun_by(pool, "much", lambda: go_on.wait(PATIENT)) for _ in range(3)]
        with pytest.raises(TooBusy, match="已有3个在等待"):
            await do(pool, "much", lambda: None)
        assert await do(pool, "other", lambda: 1) == 1
        tasks.append(await begun_by(pool, "other", lambda: go_on.wait(PATIENT)))
        await until(lambda: pool._waiting == 3)
        tasks += [await begun_by(pool, "other", lambda: go_on.wait(PATIENT)) for _ in range(2)]
        with pytest.raises(TooBusy, match="使用的人太多"):
            await do(pool, "third", lambda: None)
        go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(tried())


def test_work_that_nobody_waits_for_ends_and_what_waits_behind_it_never_begins(
    pool: WorkPool,
) -> None:
    begun, ended, later = Event(), Event(), Event()

    async def tried() -> None:
        gone = asyncio.Event()
        left = pool.run("one", lambda: endless(begun, ended), Terms(60, gone.wait()))
        going = asyncio.create_task(left)
        await until(begun.is_set)
        behind = await begun_by(pool, "one", later.set)
        behind.cancel()
        gone.set()
        with pytest.raises(WorkAbandoned):
            await going
        await until(ended.is_set)
        assert await do(pool, "one", lambda: "next") == "next"

    asyncio.run(tried())
    assert not later.is_set()


def test_work_ends_when_its_time_is_over_and_waiting_is_none_of_it(pool: WorkPool) -> None:
    def checked() -> str:
        check()
        return "in time"

    def waits_outside() -> str:
        with outside():
            sleep(0.4)
        check()
        return "in time"

    async def tried() -> None:
        with pytest.raises(OutOfTime):
            await do(pool, "one", lambda: endless(Event(), Event()), seconds=0.1)
        before = await begun_by(pool, "one", lambda: sleep(0.4))
        assert await do(pool, "one", checked, seconds=0.3) == "in time"
        await before
        assert await do(pool, "one", waits_outside, seconds=0.3) == "in time"

    asyncio.run(tried())


def test_who_waits_for_another_program_takes_no_slot() -> None:
    pool = WorkPool("tried", Bounds(slots=1, at_once=1))
    away, back = Event(), Event()

    def asks_elsewhere() -> None:
        with outside():
            away.set()
            assert back.wait(PATIENT)

    async def tried() -> None:
        task = await begun_by(pool, "one", asks_elsewhere)
        await until(away.is_set)
        assert await do(pool, "one", lambda: "same") == "same"
        assert await do(pool, "two", lambda: "other") == "other"
        back.set()
        await task

    asyncio.run(tried())
    pool.close()


def test_what_has_an_order_is_done_in_it_even_while_its_first_waits_outside(
    pool: WorkPool,
) -> None:
    order: list[str] = []
    away, back = Event(), Event()

    def first() -> None:
        with outside():
            away.set()
            assert back.wait(PATIENT)
        order.append("first")

    async def tried() -> None:
        def asked(work: Callable[[], object]) -> "asyncio.Task[object]":
            return asyncio.create_task(pool.run("one", work, Terms(60, never(), "panel")))

        tasks = [asked(first), asked(lambda: order.append("second"))]
        await until(away.is_set)
        await do(pool, "one", lambda: order.append("of no order"))
        back.set()
        await asyncio.gather(*tasks)

    asyncio.run(tried())
    assert order == ["of no order", "first", "second"]


def test_work_in_progress_lets_others_go_first_that_used_less() -> None:
    pool = WorkPool("tried", Bounds(slots=1, at_once=1))
    begun, ended = Event(), Event()

    async def tried() -> None:
        gone = asyncio.Event()
        left = pool.run("much", lambda: endless(begun, ended), Terms(PATIENT, gone.wait()))
        going = asyncio.create_task(left)
        await until(begun.is_set)
        same = await begun_by(pool, "much", lambda: "same visitor")
        assert await do(pool, "little", lambda: "other visitor") == "other visitor"
        assert not ended.is_set()
        assert not same.done()
        gone.set()
        with pytest.raises(WorkAbandoned):
            await going
        assert await same == "same visitor"

    asyncio.run(tried())
    pool.close()


def test_a_stream_is_made_as_it_goes_and_ends_when_it_is_left(pool: WorkPool) -> None:
    made: list[int] = []
    ended = Event()

    def numbers() -> Iterator[int]:
        try:
            for number in range(1_000_000):
                made.append(number)
                yield number
                sleep(0.001)
        finally:
            ended.set()

    async def tried() -> None:
        stream = pool.stream("one", numbers, Terms(60, never()))
        assert [await anext(stream) for _ in range(3)] == [0, 1, 2]
        await stream.aclose()
        await until(ended.is_set)

    asyncio.run(tried())
    assert len(made) < 1_000_000


def test_errors_of_the_work_reach_who_asked(pool: WorkPool) -> None:
    def fails() -> None:
        raise LookupError("missing")

    with pytest.raises(LookupError, match="missing"):
        asyncio.run(do(pool, "one", fails))


def test_many_at_once_are_all_done() -> None:
    pool = WorkPool("tried", Bounds(slots=3, at_once=2, waiting=100))

    async def all_of(owner: str) -> list[object]:
        return await asyncio.gather(*(do(pool, owner, lambda n=n: n) for n in range(50)))  # type: ignore[misc]

    with ThreadPoolExecutor(4) as loops:  # from several event loops
        done = list(loops.map(lambda name: asyncio.run(all_of(name)), "abcd"))
    assert done == [list(range(50))] * 4
    pool.close()


def test_a_closed_pool_takes_nothing_on_and_ends_what_is_in_progress(pool: WorkPool) -> None:
    begun, ended = Event(), Event()

    async def tried() -> None:
        going = asyncio.create_task(do(pool, "one", lambda: endless(begun, ended)))
        await until(begun.is_set)
        pool.close()
        with pytest.raises(WorkAbandoned):
            await going
        with pytest.raises(TooBusy, match="正在停止"):
            await do(pool, "one", lambda: None)

    asyncio.run(tried())
    assert ended.is_set()


def test_work_rests_for_those_who_have_used_less_by_far_and_for_no_others() -> None:
    pool = WorkPool("tried", Bounds(slots=2, at_once=1))
    go_on = Event()
    rested: list[str] = []
    rest = pool.rest

    def noted(piece: PieceOfWork) -> None:
        rested.append(piece.owner)
        rest(piece)

    pool.rest = noted  # type: ignore[method-assign]

    def checking() -> None:
        while not go_on.is_set():
            check()
            sleep(0.001)

    async def tried() -> None:
        first = await begun_by(pool, "much", lambda: sleep(AHEAD_SECONDS * 1.5))
        await first
        tasks = [await begun_by(pool, name, checking) for name in ("much", "little")]
        await until(lambda: len(rested) >= 2)
        go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(tried())
    assert set(rested) == {"much"}
    pool.close()
