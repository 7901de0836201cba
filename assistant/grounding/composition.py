"""An answer as statements before its markers are numbered, and the answer that declines."""

from dataclasses import dataclass

from assistant.grounding.citations import Statement
from assistant.types import Calculation


@dataclass(frozen=True, slots=True)
class Composition:
    """An answer as statements, before its markers are numbered; a refusal has no sources."""

    statements: tuple[Statement, ...]
    calculations: tuple[Calculation, ...] = ()
    abstained: bool = False
    offers: tuple[Statement, ...] = ()
    """What the library has instead; left out where another part of the question is answered."""


def refuse(*lines: str) -> Composition:
    """An answer that declines: what is missing, and what the library has instead."""
    return Composition(tuple(Statement(line) for line in lines if line), abstained=True)
