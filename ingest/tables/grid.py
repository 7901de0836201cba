"""Tables as grids (表格): merged cells spread out, cells put back where shifted rows lost them."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.language.normalise import squeeze
from ingest.types.blocks import Cell, TableBlock


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as rows of equal length; a merged cell stands at every position it covers."""

    rows: tuple[tuple[Cell, ...], ...]

    def cells(self, row: int) -> list[Cell]:
        """The row's distinct cells from left to right."""
        found: list[Cell] = []
        for cell in self.rows[row]:
            if not found or found[-1] is not cell:
                found.append(cell)
        return found

    def filled(self, row: int) -> list[Cell]:
        """The row's distinct cells that hold text."""
        return [cell for cell in self.cells(row) if squeeze(cell.text)]


def spread(table: TableBlock) -> Grid:
    """The grid of a table; positions that no cell covers get empty cells."""
    rows: list[list[Cell | None]] = [[None] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        for row in range(cell.row, min(cell.row + cell.row_span, table.row_count)):
            for column in range(
                cell.column, min(cell.column + cell.column_span, table.column_count)
            ):
                rows[row][column] = cell
    return Grid(
        tuple(tuple(cell or Cell(r, c) for c, cell in enumerate(row)) for r, row in enumerate(rows))
    )


def shifts(row: Sequence[Cell], reach: int = 2) -> list[tuple[int, tuple[Cell, ...]]]:
    """The row moved by -reach…reach columns, where no text falls off an edge; unmoved first."""
    filled = [i for i, cell in enumerate(row) if squeeze(cell.text)]
    if not filled:
        return [(0, tuple(row))]
    found = []
    for step in sorted(range(-reach, reach + 1), key=abs):
        if filled[0] + step < 0 or filled[-1] + step >= len(row):
            continue
        moved = tuple(
            row[i - step] if 0 <= i - step < len(row) else Cell(row[0].row, i)
            for i in range(len(row))
        )
        found.append((step, moved))
    return found
