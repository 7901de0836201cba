"""What makes a probability of the reader's number."""

from random import Random

import pytest

from assistant.reading.reader import Calibration
from tools.reader_calibration import Measured, calibrated, reliability


def told(slope: float, shift: float) -> list[Measured]:
    random, wanted = Random(4), Calibration(slope, shift)
    scores = [random.uniform(-4, 4) for _ in range(4000)]
    return [
        Measured(at % 50, score, random.random() < wanted.probability(score))
        for at, score in enumerate(scores)
    ]


def test_slope_and_shift_are_found_again() -> None:
    found = calibrated(told(1.5, -0.7))
    assert found.slope == pytest.approx(1.5, abs=0.2)
    assert found.shift == pytest.approx(-0.7, abs=0.2)


def test_a_probability_is_how_often_it_is_right() -> None:
    rows = reliability(told(1.5, -0.7))
    assert sum(count for _, count, _, _ in rows) == 4000
    for _, count, share, right in rows:
        assert count < 100 or share == pytest.approx(right, abs=0.08)


def test_a_probability_has_its_number() -> None:
    one = Calibration(1.3, -0.9)
    for score in (-5.0, 0.0, 2.5):
        assert one.score(one.probability(score)) == pytest.approx(score)
