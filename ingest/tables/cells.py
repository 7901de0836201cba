"""Table cells whose text is read once (已读单元格), for all the steps that ask what it says."""

from dataclasses import dataclass, field, replace

from ingest.language.vocabulary import ReadText, Vocabulary
from ingest.types.blocks import Cell, Run, TableBlock


@dataclass(frozen=True, slots=True)
class ReadCell(Cell):
    """A cell that knows what its text says; one with other runs is read anew."""

    vocabulary: Vocabulary = field(kw_only=True, compare=False, repr=False)
    content: ReadText = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.vocabulary.read(self.text))

    def part(self, start: int, end: int) -> "ReadCell":
        """The cell with the characters [start, end) alone, in their place."""
        return replace(self, runs=(Run(self.text[start:end], self.locate(start, end)),))

    def empty_at(self, row: int, column: int) -> "ReadCell":
        """An empty cell at a place of the same grid."""
        return ReadCell(row, column, vocabulary=self.vocabulary)

    @property
    def columns(self) -> range:
        """The columns that the cell covers."""
        return range(self.column, self.column + self.column_span)


@dataclass(frozen=True, slots=True)
class ReadTable(TableBlock):
    """A table whose cells are read."""

    cells: tuple[ReadCell, ...]


def read_cell(cell: Cell, vocabulary: Vocabulary) -> ReadCell:
    """The cell with what its text says by a vocabulary."""
    return ReadCell(
        cell.row,
        cell.column,
        cell.runs,
        cell.row_span,
        cell.column_span,
        cell.ticked,
        vocabulary=vocabulary,
    )


def read_contents(table: TableBlock, vocabulary: Vocabulary) -> ReadTable:
    """The table with what its cells say by a vocabulary."""
    return ReadTable(
        tuple(read_cell(cell, vocabulary) for cell in table.cells),
        table.row_count,
        table.column_count,
        table.location,
        table.continues,
    )
