"""Cells one a line (一行一格): how many lines fit under a row of column heads as its rows.

Where nothing but the order of lines is left of a table, its rows are told by their rhythm: names
stand where names belong and values where values do, row after row.
"""

from collections.abc import Sequence

from ingest.language.form_vocabulary import is_placeholder, looks_like_value
from ingest.language.quantities import parse_value
from ingest.tables.headers import AMOUNTS
from ingest.types.tables import ColumnRole

_WORDS = frozenset(
    {
        ColumnRole.LEVEL1,
        ColumnRole.LEVEL2,
        ColumnRole.NAME,
        ColumnRole.ITEM,
        ColumnRole.TASK,
        ColumnRole.PROJECT,
        ColumnRole.DEPARTMENT,
    }
)
_VALUES = AMOUNTS | {
    ColumnRole.TARGET,
    ColumnRole.PERIOD_TARGET,
    ColumnRole.ACTUAL,
    ColumnRole.ACTUAL_FORECAST,
    ColumnRole.WEIGHT,
    ColumnRole.SCORE,
}
FEWEST = 2
"""Rows that make a rhythm."""


def rows_in_step(texts: Sequence[str], roles: Sequence[ColumnRole]) -> int:
    """How many rows of cells the first lines are; 0 where fewer than two rows fit.

    >>> roles = [ColumnRole.ITEM, ColumnRole.FINAL]
    >>> rows_in_step(["一般公共预算", "85.00", "合计", "90.00"], roles)
    2
    """
    width = len(roles)
    rows = 0
    while (rows + 1) * width <= len(texts):
        row = texts[rows * width : (rows + 1) * width]
        if not all(_fits(text, role) for text, role in zip(row, roles, strict=True)):
            break
        rows += 1
    return rows if rows >= FEWEST and _VALUES & set(roles) else 0


def _fits(text: str, role: ColumnRole) -> bool:
    if role in _WORDS:
        return parse_value(text) is None
    said = looks_like_value(text) or is_placeholder(text) or any(map(str.isdigit, text))
    return role not in _VALUES or said
