"""An answer as statements before its markers are numbered, and the answers that decline."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.grounding.citations import Source, Statement
from assistant.types import Calculation, Doubt, State

NOTHING_FOUND = "没有找到能够回答这个问题的数据。"


@dataclass(frozen=True, slots=True)
class QuotedPassage:
    """A passage as it stands in its document; `span` is where in it the answer is, if anywhere."""

    source: Source
    text: str
    span: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TableOfAnswers:
    """Rows of values with their sources; `chart` says how they may be drawn."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Statement, ...], ...]
    chart: str = ""


@dataclass(frozen=True, slots=True)
class Composition:
    """An answer as statements, before its markers are numbered; a refusal has no sources.

    `blocks` stand below the text, in their order.
    """

    statements: tuple[Statement, ...]
    calculations: tuple[Calculation, ...] = ()
    state: State = State.ANSWERED
    offers: tuple[Statement, ...] = ()
    """What the library has instead; left out where another part of the question is answered."""
    blocks: tuple[QuotedPassage | TableOfAnswers, ...] = ()
    confidence: Decimal = Decimal(1)
    doubts: tuple[Doubt, ...] = ()
    suggestions: tuple[str, ...] = ()
    denies: bool = False
    """Whether it says that no document has what is asked: to be upheld by what a reader finds."""

    @property
    def abstained(self) -> bool:
        """Whether it declines: nothing of the documents is told or shown."""
        return self.state.abstains


def refuse(*lines: str) -> Composition:
    """An answer that declines: what is missing, and what the library has instead."""
    return Composition(_lines(lines), state=State.REFUSED)


def deny(said: str) -> Composition:
    """A refusal that says that the documents do not have what is asked."""
    return Composition(_lines((said,)), state=State.REFUSED, denies=True)


def ask_back(*lines: str) -> Composition:
    """A question to the asker, as theirs fits several things or names too little."""
    return Composition(_lines(lines), state=State.ASKED_BACK)


def _lines(lines: tuple[str, ...]) -> tuple[Statement, ...]:
    return tuple(Statement(line) for line in lines if line)
