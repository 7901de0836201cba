"""Many requests at once are read in turn: the first few at once, the others one after another."""

import pytest

from assistant.server.middleware import (
    AT_A_TIME,
    BYTES_A_PACE,
    LONGEST_PACE_SECONDS,
    MAX_PACED,
    PACE_SECONDS,
    Pace,
)


def test_the_first_few_do_not_wait_and_the_others_wait_in_turn() -> None:
    pace = Pace(lambda: 100.0)
    waits = [pace.wait("much") for _ in range(AT_A_TIME + 3)]
    assert waits[:AT_A_TIME] == pytest.approx([0.0] * AT_A_TIME)
    assert waits[AT_A_TIME:] == pytest.approx([PACE_SECONDS * n for n in (1, 2, 3)])
    assert pace.wait("other") == 0.0


def test_whoever_has_paused_waits_no_more() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    for _ in range(44):
        pace.wait("much")
    now += 44 * PACE_SECONDS
    assert [pace.wait("much") for _ in range(AT_A_TIME)] == pytest.approx([0.0] * AT_A_TIME)
    assert (pace.wait("much") or 0) > 0


def test_those_who_would_not_wait_are_forgotten_before_others() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    for number in range(MAX_PACED):
        pace.wait(f"stranger {number}")
    now += 10.0
    for _ in range(AT_A_TIME + 1):
        pace.wait("much")
    assert set(pace._due) == {"much"}
    assert (pace.wait("much") or 0) > 0


def test_nobody_waits_long_and_what_is_refused_counts_for_nothing() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    waits = [pace.wait("much") for _ in range(100)]
    assert None in waits
    assert max(wait for wait in waits if wait is not None) <= LONGEST_PACE_SECONDS
    now += LONGEST_PACE_SECONDS + 2 * PACE_SECONDS
    assert pace.wait("much") is not None


def test_a_large_request_counts_as_many() -> None:
    pace = Pace(lambda: 100.0)
    assert pace.wait("much", 100 * BYTES_A_PACE) == 0.0
    assert pace.wait("much") is None
    assert pace.wait("other") == 0.0
