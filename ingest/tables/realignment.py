"""Rows that lost cells (错位行), moved back under the columns that their contents fit."""

from collections.abc import Sequence

from ingest.tables.cells import ReadCell
from ingest.tables.grid import shifts
from ingest.tables.headers import Header
from ingest.types.tables import ColumnRole, TableKind

MIN_GAIN = 2.0
"""How much better a row must fit where it is moved to."""

_LEVEL_ROLES = (ColumnRole.LEVEL1, ColumnRole.LEVEL2)
_VALUE_ROLES = (
    ColumnRole.TARGET,
    ColumnRole.PERIOD_TARGET,
    ColumnRole.ACTUAL,
    ColumnRole.WEIGHT,
    ColumnRole.SCORE,
    ColumnRole.ACTUAL_FORECAST,
)


def realign(row: Sequence[ReadCell], header: Header) -> Sequence[ReadCell]:
    """The row, moved sideways when its contents clearly fit the header better there.

    A text dump loses leading tabs; a name then stands in the family's column and a value in the
    name's. Merged rows of a drawn table are never moved.
    """
    if header.kind is not TableKind.INDICATORS or any(
        c.column_span > 1 or c.row_span > 1 for c in row
    ):
        return row
    if _tells_points(row, header):
        return row  # a row of all indicators' points
    options = [(_fit(moved, header), -abs(step), moved) for step, moved in shifts(row)]
    best = max(options, key=lambda option: option[:2])
    return best[2] if best[0] >= _fit(row, header) + MIN_GAIN else row


def _tells_points(row: Sequence[ReadCell], header: Header) -> bool:
    """Whether a row holds a label among the families, and both the points under their heads."""
    points = header.with_role(ColumnRole.WEIGHT, ColumnRole.SCORE)
    filled = [column for column, cell in enumerate(row) if cell.content.squeezed]
    if not filled or header.role(filled[0]) not in _LEVEL_ROLES:
        return False
    return len(points) == 2 and filled[1:] == points


def _fit(row: Sequence[ReadCell], header: Header) -> float:
    """How well the cells' contents fit the roles of the columns they stand in."""
    score = sum(_cell_fit(cell, header.role(column)) for column, cell in enumerate(row))
    texts = {
        headed.role: row[column].content.squeezed
        for column, headed in header.columns.items()
        if column < len(row)
    }
    if not texts.get(ColumnRole.NAME):
        score -= 2.0
    target = texts.get(ColumnRole.TARGET)
    if target and target == texts.get(ColumnRole.PERIOD_TARGET):
        score += 2.0
    return score


def _cell_fit(cell: ReadCell, role: ColumnRole | None) -> float:
    """How well one cell's content fits the role of a column."""
    content = cell.content
    if not content.squeezed:
        return 0.0
    # 满意度 may be a family or an indicator; only 满意度指标 is surely a family.
    family = content.is_level and content.key.endswith("指标")
    if role is None:
        return -1.0
    if role in _LEVEL_ROLES:
        return (2.0 if family else 1.0) if content.is_level else -2.0
    if role is ColumnRole.NAME:
        return -2.0 if family or content.value else 0.5 if content.is_level else 2.0
    if role in _VALUE_ROLES:
        return 2.0 if content.looks_like_value else -1.0
    return 0.0
