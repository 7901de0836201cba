"""Cards (卡片): what a document says in one place as one sentence that can be judged by itself."""

from dataclasses import dataclass
from enum import StrEnum

from ingest.types.facts import Figure, Indicator, Passage, Task

BETWEEN_PARTS = "｜"
"""What stands between the title, the section and the body of a card."""


class CardKind(StrEnum):
    """What a card tells (卡片种类)."""

    INDICATOR = "indicator"
    """A row of an indicator, its values each with what it is."""
    MONEY = "money"
    """A row of amounts, rates or points that is no indicator's."""
    TASK = "task"
    """A row of a task or project: what it should do, what it did."""
    TEXT = "text"
    """A passage as it stands."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The stretch of a card's text, from `start` up to `end`, that prints a figure."""

    start: int
    end: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class Card:
    """One described sentence of a document: `title｜section｜body`, an empty part left out.

    The title names whose it is and of which year; the body of a row names each of its values, that
    of prose is the passage's own words. `passage` is what is quoted and cited. `marks` are the
    figures that count, in the order of the text; values read with doubt stand in it unmarked.
    """

    id: str
    kind: CardKind
    document_id: str
    department: str
    year: int | None
    title: str
    section: str
    body: str
    passage: Passage
    marks: tuple[Mark, ...] = ()
    indicator: Indicator | None = None
    task: Task | None = None

    @property
    def text(self) -> str:
        """What is found and read: the same form that the reader is trained on."""
        return BETWEEN_PARTS.join(filter(None, (self.title, self.section, self.body)))

    @property
    def body_start(self) -> int:
        """Where in the text the body begins."""
        return len(self.text) - len(self.body)

    def figures_in(self, start: int, end: int) -> tuple[Figure, ...]:
        """The figures that a stretch of the text prints, wholly or in part."""
        return tuple(mark.figure for mark in self.marks if mark.start < end and start < mark.end)
