"""Rows of forms as understood (表行): each cell with the role that its header or label gives it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.language.vocabulary import ReadText
from ingest.tables.cells import ReadCell
from ingest.types.tables import ColumnRole, FormSection, How, LooseRow, RowKind, TableKind


@dataclass(frozen=True, slots=True)
class RoleCell:
    """A cell with the role its header gives it, and how sure that is (see `HeadedColumn`).

    `fresh`: the cell begins in this row.
    """

    role: ColumnRole
    head: str
    cell: ReadCell
    fresh: bool = True
    how: How = How.WORDS
    confidence: Decimal = Decimal(1)
    body: str = ""

    @property
    def content(self) -> ReadText:
        """What the cell says."""
        return self.cell.content

    @property
    def headed(self) -> ReadText:
        """What its head says."""
        return self.cell.vocabulary.read(self.head)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A table row as understood: of a table of some kind, or outside any header."""

    kind: RowKind
    section: FormSection | None
    cells: tuple[RoleCell, ...]
    total: str = ""
    """The label of a row that sums up the rows above it (合计, 总分)."""
    body: str = ""
    """Whose values these are, in a table of indicators that tells those of several bodies."""

    def get(self, role: ColumnRole) -> RoleCell | None:
        """The first cell that plays a role."""
        return next((c for c in self.cells if c.role == role), None)

    def text(self, role: ColumnRole) -> str:
        """What stands in the first cell that plays a role, "" for none."""
        cell = self.get(role)
        return cell.cell.text.strip() if cell else ""


def by_name(row: FormRow) -> Iterator[FormRow]:
    """A row of indicators, in two where it names two beside each other, each with its values."""
    names = [at for at, cell in enumerate(row.cells) if cell.role is ColumnRole.NAME]
    if row.kind is not TableKind.INDICATORS or len(names) != 2:
        yield row
        return
    first, second = names
    other = row.cells[second].content
    if other.is_placeholder or other.squeezed == row.cells[first].content.squeezed:
        yield replace(row, cells=(*row.cells[:second], *row.cells[second + 1 :]))
        return
    yield replace(row, cells=row.cells[:second])
    yield replace(row, cells=(*row.cells[:first], *row.cells[second:]))


def by_body(row: FormRow) -> Iterator[FormRow]:
    """A row of indicators, one for each body whose values it tells."""
    bodies = dict.fromkeys(cell.body for cell in row.cells if cell.body)
    if row.kind is not TableKind.INDICATORS or not bodies:
        yield row
        return
    for number, body in enumerate(bodies):
        shared = row.cells if number == 0 else [c for c in row.cells if c.role not in _OF_THE_ROW]
        cells = tuple(cell for cell in shared if cell.body in ("", body))
        yield replace(row, cells=cells, body=body)


_OF_THE_ROW = (ColumnRole.WEIGHT, ColumnRole.SCORE, ColumnRole.DEVIATION)
"""What a row tells once, for all its bodies."""


def pair_row(section: FormSection | None, value: RoleCell, label: ReadCell) -> FormRow:
    """A value under its label; the label stands behind it, for whoever shows the row."""
    return FormRow(LooseRow.PAIR, section, (value, RoleCell(ColumnRole.LABEL, "", label)))
