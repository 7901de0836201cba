"""Cells one a line (一行一格): how many lines fit under a row of column heads as its rows.

Where nothing but the order of lines is left of a table, its rows are told by their rhythm: names
stand where names belong and values where values do, row after row.
"""

from collections.abc import Sequence

from ingest.language.vocabulary import ReadText, Vocabulary
from ingest.types.tables import AMOUNTS, ColumnRole

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
MIN_ROWS = 2
"""Rows that make a rhythm."""


def rows_in_step(texts: Sequence[str], roles: Sequence[ColumnRole], vocabulary: Vocabulary) -> int:
    """How many rows of cells the first lines are; 0 where fewer than two rows fit.

    >>> from ingest.language.vocabulary import default_vocabulary
    >>> roles = [ColumnRole.ITEM, ColumnRole.FINAL]
    >>> rows_in_step(["一般公共预算", "85.00", "合计", "90.00"], roles, default_vocabulary())
    2
    """
    width = len(roles)
    rows = 0
    while (rows + 1) * width <= len(texts):
        row = texts[rows * width : (rows + 1) * width]
        if not all(
            _fits(vocabulary.read(text), role) for text, role in zip(row, roles, strict=True)
        ):
            break
        rows += 1
    return rows if rows >= MIN_ROWS and _VALUES & set(roles) else 0


def _fits(content: ReadText, role: ColumnRole) -> bool:
    if role in _WORDS:
        return content.value is None
    if role not in _VALUES:
        return True
    return content.looks_like_value or content.is_placeholder or any(map(str.isdigit, content.text))
