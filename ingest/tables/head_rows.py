"""Which cells of a table's rows head its columns (列头的行): one row of heads or several, each head
with the words over it and what stands below it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell
from ingest.tables.column_evidence import MAX_ROWS, Column
from ingest.tables.grid import Grid
from ingest.tables.headers import is_head, read_header

Overhead = tuple[ReadCell, str]
"""A head, and the words over it."""
MAX_HEAD_ROWS = 3
"""Rows that a head may be deep."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One head: its cell, the words over it, and what stands below it."""

    cell: ReadCell
    over: str
    column: Column
    body: str = ""
    """Whose column it is, where one head stands over several (区域目标值 over 东区、西区)."""

    @property
    def is_counted(self) -> bool:
        """Whether its head says that what stands below is measured and no money (亩, 人次)."""
        units = self.cell.vocabulary.units
        unit = units.in_brackets(self.cell.text) or units.in_brackets(self.over)
        return bool(unit) and unit != "%" and not unit.endswith("元")


def heads_at(
    grid: Grid, row: int, cells: Sequence[ReadCell], vocabulary: Vocabulary
) -> Iterator[tuple[list[Leaf], int]]:
    """The heads of a row alone, and those of the row with the ones below it, left to right."""
    if len(cells) < 2 or not all(map(_may_head, cells)):
        return
    heads: list[Overhead] = [(cell, "") for cell in cells]
    for end in range(row + 1, min(row + MAX_HEAD_ROWS, len(grid.rows) - 1) + 1):
        if max(cell.row + cell.row_span for cell, _ in heads) <= end:
            yield _leaves(grid, heads, end, vocabulary), end
        lower = grid.begun(end)
        if not lower or not all(map(_may_head, lower)):
            return
        heads = _divided(grid, end - 1, heads, lower)
        if not heads:
            return


def _leaves(
    grid: Grid, heads: Sequence[tuple[ReadCell, str]], end: int, vocabulary: Vocabulary
) -> list[Leaf]:
    last = min(len(grid.rows), end + MAX_ROWS)
    block = _Block.beside(grid, heads)
    stop = next(
        (
            row
            for row in range(end + 1, last)
            if block.ends_above(grid, row) or _heads_next(grid, row, vocabulary)
        ),
        last,
    )
    below = grid.rows[end:stop]
    return [Leaf(cell, over, Column.below(below, cell.columns[-1])) for cell, over in heads]


@dataclass(frozen=True, slots=True)
class _Block:
    """The cell left of heads that names the block they are in, where one does."""

    name: ReadCell | None
    column: int

    @classmethod
    def beside(cls, grid: Grid, heads: Sequence[Overhead]) -> "_Block":
        """The block that some heads are in."""
        first = min((cell for cell, _ in heads), key=lambda cell: cell.column)
        column = first.column - 1
        name = grid.rows[first.row][column] if column >= 0 else None
        return cls(name if name and name.content.squeezed else None, column)

    def ends_above(self, grid: Grid, row: int) -> bool:
        """Whether another block's name stands beside a row."""
        beside = grid.rows[row][self.column]
        return self.name is not None and beside is not self.name and bool(beside.content.squeezed)


def _heads_next(grid: Grid, row: int, vocabulary: Vocabulary) -> bool:
    """Whether the lists know a row as the head of the next table: it and what follows stand below
    that head."""
    cells = grid.filled(row)
    header = read_header(cells, None, vocabulary)
    return header is not None and all(cell.column in header.columns for cell in cells)


_DATED = re.compile(r"(?:20)?\d\d年?度?[一-龥]{2,}|[1-4]季度[一-龥]*")
"""A head that begins with its time (2023执行), which reads like a value."""
_BOXES = re.compile("[☐□☑☒■]")
"""Boxes to tick stand in what is filled in."""
_LABELLED = re.compile(r"^(?!其中[：:]).*[：:]\s*\S")


def _may_head(cell: ReadCell) -> bool:
    """Whether a cell can be a head: short, no value, no label with what it labels behind it."""
    content = cell.content
    return not (
        not is_head(content)
        or (content.value and not _DATED.fullmatch(content.squeezed))
        or content.is_placeholder
        or cell.ticked
        or _BOXES.search(cell.text)
        or _LABELLED.match(cell.text.strip())
    )


def _divided(
    grid: Grid, row: int, heads: Sequence[Overhead], lower: Sequence[ReadCell]
) -> list[Overhead]:
    """The heads down to a row with those begun in the next one, each of these with the words of
    those over it; none where these make a row of their own.

    A wide head stands over what it spans; where nothing is merged, over what follows it.
    """
    over: dict[int, Overhead] = {}
    starts = {head[0].column: head for head in heads}
    last: Overhead | None = None
    for column, cell in enumerate(grid.rows[row]):
        goes_on = last is not None and (not cell.content.squeezed or cell is last[0])
        last = starts.get(column, last if goes_on else None)
        if last is not None:
            over[column] = last
    above = [over.get(cell.column) for cell in lower]
    if any(one is None or one[0].row + one[0].row_span > row + 1 for one in above):
        return []
    parents = {id(one[0]) for one in above if one}
    whole = [head for head in heads if id(head[0]) not in parents]
    if not whole:
        return []
    under = [(cell, one[1] + _said(one[0])) for cell, one in zip(lower, above, strict=True) if one]
    return sorted([*whole, *under], key=lambda head: head[0].column)


def _said(upper: ReadCell) -> str:
    """What an upper head says of those below it; that they are parts (其中) says nothing more."""
    return "" if upper.content.squeezed.rstrip("：:") == "其中" else upper.text.strip()


def headless(grid: Grid, leaves: Sequence[Leaf], end: int) -> int:
    """How many columns of values beside those of the heads have none: a row of heads below these
    may stand over them."""
    headed = {column for leaf in leaves for column in leaf.cell.columns}
    places = range(min(headed) + 1, len(grid.rows[end]))
    below = [
        Column.below(grid.rows[end : end + MAX_ROWS], column)
        for column in places
        if column not in headed
    ]
    return sum(column.holds_values for column in below)
