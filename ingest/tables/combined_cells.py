"""Target and result in one cell (同格的目标与完成值): 目标值：≥3600次；完成值：3842次. Pure."""

from dataclasses import replace

from ingest.language.form_vocabulary import FormVocabulary
from ingest.tables.form_rows import FormRow, RoleCell
from ingest.types.tables import ColumnRole

_BOTH = (ColumnRole.TARGET, ColumnRole.ACTUAL)


def parted(row: FormRow, forms: FormVocabulary) -> FormRow:
    """The row with such a cell as two, where it has no target or no result of its own."""
    if all(row.get(role) for role in _BOTH):
        return row
    for place, cell in enumerate(row.cells):
        match = forms.both.fullmatch(cell.cell.text) if cell.role in _BOTH else None
        if match:
            both = tuple(_part(cell, role, *match.span(role)) for role in _BOTH)
            return replace(row, cells=(*row.cells[:place], *both, *row.cells[place + 1 :]))
    return row


def _part(cell: RoleCell, role: ColumnRole, start: int, end: int) -> RoleCell:
    return replace(cell, role=role, cell=cell.cell.part(start, end))
