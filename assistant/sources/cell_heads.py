"""What a cell of a table stands for: the words beside it and the words over it (行头与列头)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.sources.excerpt import meets
from ingest.types.blocks import Block, Cell, Location, TableBlock

MAX_HEAD = 40
"""Characters of a head that are told."""
_NUMBER = re.compile(r"[\d\s.,，%％≥≤＞＜<>=~±+()（）/-]*")


@dataclass(frozen=True, slots=True)
class CellHeads:
    """The cell's own text with its heads; a head is "" where the table has none."""

    text: str
    row: str
    column: str


def cell_heads(blocks: Iterable[Block], location: Location) -> CellHeads | None:
    """The heads of the first cell at the place; None where no cell of a table is named."""
    if location.column is None:
        return None
    for block in blocks:
        if isinstance(block, TableBlock):
            for cell in block.cells:
                if cell.runs and meets(cell.location, location):
                    return CellHeads(
                        _short(cell), _row_head(block, cell), _column_head(block, cell)
                    )
    return None


def _row_head(block: TableBlock, cell: Cell) -> str:
    """The nearest words left of the cell that are no number."""
    left = [
        one
        for one in block.cells
        if one.row <= cell.row < one.row + one.row_span and one.column < cell.column
    ]
    return next((_short(one) for one in reversed(left) if _names(one)), "")


def _column_head(block: TableBlock, cell: Cell) -> str:
    """The words over the cell: the lowest of those that head the column."""
    above = [
        one
        for one in block.cells
        if one.column <= cell.column < one.column + one.column_span and one.row < cell.row
    ]
    return next((_short(one) for one in reversed(above) if _names(one)), "")


def _names(cell: Cell) -> bool:
    text = cell.text.strip()
    return bool(text) and not _NUMBER.fullmatch(text) and not cell.ticked


def _short(cell: Cell) -> str:
    text = " ".join(cell.text.split())
    return text if len(text) <= MAX_HEAD else text[:MAX_HEAD] + "…"
