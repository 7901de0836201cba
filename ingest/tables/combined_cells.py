"""Target and result in one cell (同格的目标与完成值): 目标值：≥3600次；完成值：3842次. Pure."""

import re
from dataclasses import replace
from functools import cache

from ingest.language.lexicon import read_pack
from ingest.tables.rows import FormRow, RoleCell, part
from ingest.types.tables import ColumnRole


@cache
def _both() -> re.Pattern[str]:
    words = read_pack("forms")["shared"]
    return re.compile(
        rf"\s*(?:{words['target']})[：:为]?\s*(?P<target>\S.*?)\s*[；;，,、\n/]\s*"
        rf"(?:{words['actual']})[：:为]?\s*(?P<actual>\S.*?)[。；;]?\s*",
        re.DOTALL,
    )


def parted(row: FormRow) -> FormRow:
    """The row with such a cell as two, where it has no target or no result of its own."""
    if row.get(ColumnRole.TARGET) and row.get(ColumnRole.ACTUAL):
        return row
    for place, cell in enumerate(row.cells):
        found = (
            _both().fullmatch(cell.cell.text)
            if cell.role in (ColumnRole.TARGET, ColumnRole.ACTUAL)
            else None
        )
        if found:
            both = tuple(
                _part(cell, role, *found.span(role))
                for role in (ColumnRole.TARGET, ColumnRole.ACTUAL)
            )
            return replace(row, cells=(*row.cells[:place], *both, *row.cells[place + 1 :]))
    return row


def _part(cell: RoleCell, role: ColumnRole, start: int, end: int) -> RoleCell:
    return replace(cell, role=role, cell=part(cell.cell, start, end))
