"""A worded answer before its markers; the honest no."""

from dataclasses import dataclass

from assistant.grounding.citations import Statement
from assistant.types import Calculation


@dataclass(frozen=True, slots=True)
class Composition:
    """A worded answer before markers are given out; one that only refuses has no sources."""

    statements: tuple[Statement, ...]
    calculations: tuple[Calculation, ...] = ()
    abstained: bool = False
    offers: tuple[Statement, ...] = ()
    """What there is instead; left out where another part of the question is answered."""


def refuse(*lines: str) -> Composition:
    """An honest no: what is missing, and what there is instead."""
    return Composition(tuple(Statement(line) for line in lines if line), abstained=True)
