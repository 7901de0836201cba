"""Tables as grids (表格): merged cells spread out, cells put back where shifted rows lost them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell, ReadTable

MAX_SHIFT = 2
"""Maximum number of columns that a row is moved sideways."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as rows of equal length; a merged cell stands at every position it covers."""

    rows: tuple[tuple[ReadCell, ...], ...]
    _filled: tuple[tuple[ReadCell, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_filled", tuple(map(_distinct, self.rows)))

    def filled(self, row: int) -> tuple[ReadCell, ...]:
        """The row's distinct cells that hold text, from left to right."""
        return self._filled[row]

    def begun(self, row: int) -> list[ReadCell]:
        """The row's cells that hold text and began in no row above."""
        return [cell for cell in self._filled[row] if cell.row == row]


def _distinct(row: Sequence[ReadCell]) -> tuple[ReadCell, ...]:
    """The cells of a row that hold text, a merged one once."""
    cells: list[ReadCell] = []
    for cell in row:
        if cell.content.squeezed and not (cells and cells[-1] is cell):
            cells.append(cell)
    return tuple(cells)


def spread(table: ReadTable, vocabulary: Vocabulary) -> Grid:
    """The grid of a table; positions that no cell covers get empty cells."""
    rows: list[list[ReadCell | None]] = [
        [None] * table.column_count for _ in range(table.row_count)
    ]
    for cell in table.cells:
        for row in range(cell.row, min(cell.row + cell.row_span, table.row_count)):
            for column in range(
                cell.column, min(cell.column + cell.column_span, table.column_count)
            ):
                rows[row][column] = cell
    return Grid(
        tuple(
            tuple(cell or ReadCell(r, c, vocabulary=vocabulary) for c, cell in enumerate(row))
            for r, row in enumerate(rows)
        )
    )


def shifts(row: Sequence[ReadCell]) -> list[tuple[int, tuple[ReadCell, ...]]]:
    """The row moved by up to `MAX_SHIFT` columns either way, where no text falls off an edge;
    unmoved first."""
    filled = [i for i, cell in enumerate(row) if cell.content.squeezed]
    if not filled:
        return [(0, tuple(row))]
    moves = []
    for step in sorted(range(-MAX_SHIFT, MAX_SHIFT + 1), key=abs):
        if filled[0] + step < 0 or filled[-1] + step >= len(row):
            continue
        moved = tuple(
            row[i - step] if 0 <= i - step < len(row) else row[0].empty_at(row[0].row, i)
            for i in range(len(row))
        )
        moves.append((step, moved))
    return moves
