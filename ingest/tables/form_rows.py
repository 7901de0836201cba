"""Rows of forms as understood (表行): each cell with the role that its header or label gives it."""

from dataclasses import dataclass
from decimal import Decimal

from ingest.language.vocabulary import ReadText
from ingest.tables.cells import ReadCell
from ingest.types.tables import ColumnRole, FormSection, How, LooseRow, RowKind


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

    def get(self, role: ColumnRole) -> RoleCell | None:
        """The first cell that plays a role."""
        return next((c for c in self.cells if c.role == role), None)

    def text(self, role: ColumnRole) -> str:
        """What stands in the first cell that plays a role, "" for none."""
        cell = self.get(role)
        return cell.cell.text.strip() if cell else ""


def pair_row(section: FormSection | None, value: RoleCell, label: ReadCell) -> FormRow:
    """A value under its label; the label stands behind it, for whoever shows the row."""
    return FormRow(LooseRow.PAIR, section, (value, RoleCell(ColumnRole.LABEL, "", label)))
