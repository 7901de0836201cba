"""The cards of a document as the tables that they are rows of (表格): rows, columns, cells."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.extraction.cards import CELL, HEADS, common_beginning
from ingest.language.normalise import squeeze
from ingest.types.cards import Card, CardKind
from ingest.types.facts import LEDGER_ROLES, Figure, Role

MIN_PARTS = 2
"""From so many rows on the one above them may be their sum."""
MIN_NAME = 2
"""Minimum number of characters of a name that only the heads of a row tell."""
_WORD = re.compile(r"[^\W\d_]")
_BREAK = re.compile("[，。；：、（）]")
_SUM_ERROR = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Column:
    """What the figures of a column have in common: its head, and what it is in its row.

    `nth` tells columns apart that have the same head, from 0 on.
    """

    head: str
    role: Role
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its name, with the texts of its other cells and its figures by their columns.

    `path` are the headings that it stands under. `whole` says that it tells of all other rows
    together: it is called a total, or its figures are the sums of those below it.
    """

    name: str
    card: Card
    cells: tuple[str, ...]
    figures: tuple[tuple[Column, Figure], ...]
    whole: bool = False

    @property
    def path(self) -> str:
        """The headings that it stands under, without its own name."""
        return squeeze(self.card.section.replace(self.name, ""))

    def figure(self, column: Column) -> Figure | None:
        """Its figure in a column, if it has one."""
        return next((figure for own, figure in self.figures if own == column), None)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that have columns in common, in reading order, all of one document and one project."""

    kind: CardKind
    rows: tuple[Row, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order in which rows tell them."""
        return tuple(dict.fromkeys(column for row in self.rows for column, _ in row.figures))

    @property
    def task(self) -> str:
        """The project that all rows are of; "" where each is of its own, or of none."""
        tasks = {figure.task for row in self.rows for _, figure in row.figures}
        return tasks.pop() if len(tasks) == 1 else ""

    @property
    def of_tasks(self) -> bool:
        """Whether each row tells of a project of its own."""
        tasks = {figure.task for row in self.parts for _, figure in row.figures[:1]}
        return len(self.parts) > 1 and len(tasks - {""}) == len(self.parts)

    @property
    def total(self) -> Column | None:
        """The column of amounts that is the sum of all others: what a row has altogether."""
        amounts = [one for one in self.columns if one.role in LEDGER_ROLES]
        for column in amounts if len(amounts) > MIN_PARTS else ():
            others = [one for one in amounts if one != column]
            if all(_adds_up(row.figure(column), map(row.figure, others)) for row in self.rows):
                return column
        return None

    @property
    def parts(self) -> tuple[Row, ...]:
        """The rows that tell of a part."""
        return tuple(row for row in self.rows if not row.whole)

    @property
    def wholes(self) -> tuple[Row, ...]:
        """The rows that tell of all others together."""
        return tuple(row for row in self.rows if row.whole)


def tables_of(cards: Sequence[Card], is_total: Callable[[str], bool]) -> Iterator[Table]:
    """The tables of a document's cards; `is_total` says whether a name is that of a total.

    A table goes on for as long as rows share a column and no name comes again: a form that tells
    of two projects one below the other names the same sources of money twice.
    """
    some: list[Row] = []
    for card in cards:
        if card.kind not in (CardKind.INDICATOR, CardKind.MONEY) or not card.marks:
            continue
        row = _row(card, is_total)
        if some and not _goes_on(some, row):
            yield _table(some)
            some = []
        some.append(row)
    if some:
        yield _table(some)


def _goes_on(rows: Sequence[Row], row: Row) -> bool:
    """Whether a row is one more of a table."""
    last = rows[-1].card
    if last.kind is not row.card.kind or any(one.name == row.name for one in rows):
        return False
    if row.card.indicator and last.indicator and row.card.indicator.task != last.indicator.task:
        return False
    heads = {column for one in rows for column, _ in one.figures}
    return any(column in heads for column, _ in row.figures)


def _table(rows: Sequence[Row]) -> Table:
    summed = (
        replace(row, whole=row.whole or _is_sum(row, rows[at + 1 :])) for at, row in enumerate(rows)
    )
    return Table(rows[0].card.kind, tuple(summed))


def _row(card: Card, is_total: Callable[[str], bool]) -> Row:
    """A card as a row of its table."""
    marks = [mark for mark in card.marks if card.indicator or mark.figure.quantity.values]
    marks = marks or [*card.marks]  # what is told in words picks rows out, as other cells do
    figures = [mark.figure for mark in marks]
    cells = [squeeze(cell) for cell in figures[0].quote.split(CELL)]
    if card.indicator:
        name = squeeze(card.indicator.name)
        columns = [Column(HEADS.get(one.role, ""), one.role) for one in figures]
    else:
        name = _name(card, [squeeze(one.subject) for one in figures], cells)
        heads = (_head(card, mark.start, mark.figure, name) for mark in marks)
        columns = [Column(head, one.role) for head, one in zip(heads, figures, strict=True)]
    seen = Counter[Column]()
    for at, column in enumerate(columns):
        columns[at] = replace(column, nth=seen[column])
        seen[column] += 1
    told = {squeeze(one.quantity.raw) for one in figures} | {name}
    words = (cell for cell in dict.fromkeys(cells) if cell not in told and _WORD.search(cell))
    pairs = tuple(zip(columns, figures, strict=True))
    return Row(name, card, tuple(words), pairs, is_total(name))


def _name(card: Card, subjects: Sequence[str], cells: Sequence[str]) -> str:
    """What a row of amounts is called: its own words, or what its figures and a cell begin with."""
    lead, found, _ = card.body.partition("：")
    if found and "，" not in lead:
        return squeeze(lead)
    if len(subjects) == 1:
        return subjects[0]
    common = common_beginning(subjects)
    ends = (common[:size] for size in range(len(common), MIN_NAME - 1, -1))
    return next((end for end in ends if any(end in cell for cell in cells)), "")


def _head(card: Card, start: int, figure: Figure, name: str) -> str:
    """The head of the column that a value stands in."""
    before = squeeze(_BREAK.split(card.text[card.body_start : start])[-1])
    return (before or squeeze(figure.subject)).removeprefix(name)


def _is_sum(row: Row, below: Sequence[Row]) -> bool:
    """Whether in each column of amounts a row is the sum of as many rows below it."""
    amounts = [(column, one) for column, one in row.figures if one.role in LEDGER_ROLES]
    return bool(amounts) and any(
        all(
            one.quantity.value and _adds_up(one, (part.figure(column) for part in below[:count]))
            for column, one in amounts
        )
        for count in range(MIN_PARTS, len(below) + 1)
    )


def _adds_up(whole: Figure | None, parts: Iterable[Figure | None]) -> bool:
    """Whether an amount is the sum of others; what is left blank adds nothing."""
    value = whole.quantity.value if whole else None
    told = (one.quantity.value for one in parts if one)
    return value is not None and abs(sum(filter(None, told)) - value) <= _SUM_ERROR
