"""Forms as people paste them, whose words no list needs to have."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from ingest.extraction.understand import understand
from ingest.language.normalise import squeeze
from ingest.loaders import load
from ingest.types.facts import Indicator, Quantity, Understanding
from tests.support.builders import ROOT

DUMPS = ROOT / "tests" / "files" / "dumps"
EXPECTED: dict[str, Any] = tomllib.loads((DUMPS / "expected.toml").read_text(encoding="utf-8"))
LEAST = 0.8
"""The share of the figures of all dumps that have their role."""


def _read(name: str) -> Understanding:
    return understand(load(name, (DUMPS / name).read_bytes()))


def _raw(quantity: Quantity | None) -> str:
    return squeeze(quantity.raw) if quantity else ""


def _told(found: Indicator) -> list[str]:
    actual = _raw(found.actual) or squeeze(found.actual_text or "")
    return [_raw(found.target), actual, _raw(found.weight), _raw(found.score)]


def _figures(name: str) -> Iterator[bool]:
    """For each figure of a dump, whether it is read with its role."""
    understood = _read(name)
    for row in EXPECTED[name]["indicators"]:
        wanted, *values = map(squeeze, row)
        named = (one for one in understood.indicators if squeeze(one.name) == wanted)
        told = next((_told(one) for one in named), [""] * 4)
        yield from (one == value for one, value in zip(told, values, strict=True) if value)
    for subject, role, raw in EXPECTED[name]["amounts"]:
        yield any(
            squeeze(figure.quantity.raw) == raw
            and figure.role.value == role
            and subject in squeeze(figure.subject + figure.task + figure.section)
            for figure in understood.figures
        )


def test_most_figures_of_pasted_forms_have_their_role() -> None:
    read = [right for name in EXPECTED for right in _figures(name)]
    assert sum(read) >= LEAST * len(read)


@pytest.mark.parametrize(
    "name", ["01_word_tabs.txt", "09_vertical_labels.txt", "12_score_sheet_two_spaces.txt"]
)
def test_every_figure_of_a_dump(name: str) -> None:
    assert all(_figures(name))
