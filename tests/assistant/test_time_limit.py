"""The time of one piece of work: over by itself, or because nobody waits."""

import pytest

from assistant.errors import OutOfTime, WorkAbandoned
from assistant.time_limit import TimeLimit, check, limited, untimed


def test_work_ends_when_its_time_is_over() -> None:
    clock = [100.0]
    with limited(TimeLimit(5, now=lambda: clock[0])):
        clock[0] = 105
        check()
        clock[0] = 105.1
        with pytest.raises(OutOfTime, match="5秒"):
            check()


def test_abandoned_work_ends_at_the_next_check() -> None:
    limit = TimeLimit(60)
    with limited(limit):
        check()
        limit.abandon()
        with pytest.raises(WorkAbandoned):
            check()


def test_work_without_a_limit_goes_on_and_a_limit_holds_inside_only() -> None:
    with limited(TimeLimit(-1)):
        pass
    check()


def test_what_is_loaded_once_for_all_takes_no_time_of_the_first() -> None:
    clock = [100.0]
    with limited(TimeLimit(5, now=lambda: clock[0])):
        with untimed():
            clock[0] = 160
        check()
        clock[0] = 165.1
        with pytest.raises(OutOfTime):
            check()
    with untimed():
        check()
