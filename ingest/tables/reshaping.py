"""Tables that are not read from left to right by one header (横排与并排的表).

Indicators may stand side by side with the roles in the first column (a table turned on its side),
two tables may stand beside each other in one sheet, and a row may tell a project's money first and
its indicators after that. Cells keep the places they were read at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell, ReadTable
from ingest.tables.headers import Header, is_head, read_header
from ingest.tables.transposed import turned_amounts
from ingest.types.tables import AMOUNTS, ColumnRole, TableKind

MAX_ROLES = 14
"""Rows of a table whose roles stand in the first column: no form has more roles."""
MAX_TITLES = 4
"""Rows that may stand over a table in its sheet: a title, a unit, a department."""
MIN_SHARE = 0.6
"""A row is one of values when this share of its cells is."""


def shaped(table: ReadTable, vocabulary: Vocabulary) -> Iterator[ReadTable]:
    """The tables that a table block holds, each with its header in a row."""
    if table.column_count < 3 or table.row_count < 3:
        yield table
        return
    for part in _beside(table, vocabulary):
        for strip in _repeated(part):
            for half in _money_and_indicators(strip, vocabulary):
                for piece in turned_amounts(half, vocabulary):
                    yield from _upright(piece, vocabulary)


def _upright(table: ReadTable, vocabulary: Vocabulary) -> Iterator[ReadTable]:
    """The table, turned when its first column is a header of indicators and no row is one."""
    start = _turned_from(table, vocabulary)
    if start is None:
        yield table
        return
    above = [cell for cell in table.cells if cell.row < start]
    if above:
        yield replace(table, cells=tuple(above), row_count=start)
    cells = [
        replace(
            cell,
            row=cell.column,
            column=cell.row - start,
            row_span=cell.column_span,
            column_span=cell.row_span,
        )
        for cell in table.cells
        if cell.row >= start
    ]
    yield replace(
        table,
        cells=tuple(sorted(cells, key=lambda c: (c.row, c.column))),
        row_count=table.column_count,
        column_count=table.row_count - start,
        continues=False,
    )


def _turned_from(table: ReadTable, vocabulary: Vocabulary) -> int | None:
    """The row at which a table turned on its side begins, or None."""
    if table.row_count > MAX_ROLES:
        return None
    first = [cell for cell in table.cells if cell.column == 0]
    for start in range(min(MAX_TITLES, table.row_count - 2)):
        heads = [
            replace(cell, row=0, column=cell.row - start, row_span=1, column_span=cell.row_span)
            for cell in first
            if cell.row >= start
        ]
        if not all(head.content.squeezed and is_head(head.content) for head in heads):
            continue
        header = read_header(heads, None, vocabulary)
        turned = header is not None and header.kind is TableKind.INDICATORS
        if header and turned and _holds(table, header, start, vocabulary):
            return start
    return None


def _holds(table: ReadTable, header: Header, start: int, vocabulary: Vocabulary) -> bool:
    """Whether the rows of target and actual hold values, and no row is a header of its own."""
    rows: dict[int, list[ReadCell]] = {}
    for cell in table.cells:
        if cell.content.squeezed:
            rows.setdefault(cell.row, []).append(cell)
    if any(read_header(cells, None, vocabulary) for cells in rows.values()):
        return False
    wanted = [start + c for c in header.with_role(ColumnRole.TARGET, ColumnRole.ACTUAL)]
    values = [
        cell.content.looks_like_value for row in wanted for cell in rows.get(row, []) if cell.column
    ]
    return len(values) > 1 and sum(values) >= MIN_SHARE * len(values)


def _beside(table: ReadTable, vocabulary: Vocabulary) -> Iterator[ReadTable]:
    """The tables left and right of columns that hold nothing, where each has its own header."""
    covered = {column for cell in table.cells if cell.content.squeezed for column in cell.columns}
    gaps = [c for c in range(1, table.column_count - 1) if c not in covered]
    for gap in gaps:
        left = [cell for cell in table.cells if cell.column < gap]
        right = [cell for cell in table.cells if cell.column > gap]
        if _headed(left, vocabulary) and _headed(right, vocabulary):
            yield replace(table, cells=tuple(left), column_count=gap)
            moved = tuple(replace(cell, column=cell.column - gap - 1) for cell in right)
            width = table.column_count - gap - 1
            rest = replace(table, cells=moved, column_count=width, continues=False)
            yield from _beside(rest, vocabulary)
            return
    yield table


def _repeated(table: ReadTable) -> Iterator[ReadTable]:
    """The strips of a table that goes on beside itself: 指标、目标、完成、指标、目标、完成."""
    for row in range(min(MAX_TITLES, table.row_count - 1)):
        heads = [c for c in table.cells if c.row == row and c.content.squeezed]
        width = _period([c.content.squeezed for c in heads])
        if not width or heads[0].column or any(c.content.value for c in heads):
            continue
        starts = [head.column for head in heads[::width]]
        for start, end in pairwise([*starts, table.column_count]):
            cells = [
                replace(cell, column=cell.column - start)
                for cell in table.cells
                if start <= cell.column < end and (cell.row >= row or not start)
            ]
            yield replace(
                table,
                cells=tuple(replace(c, column_span=min(c.column_span, end - start)) for c in cells),
                column_count=end - start,
                continues=table.continues and not start,
            )
        return
    yield table


def _money_and_indicators(table: ReadTable, vocabulary: Vocabulary) -> Iterator[ReadTable]:
    """Of rows that tell money and then indicators (项目、预算、支出、指标、目标、完成) both halves.

    The columns before the money, which say whose row it is, stand in either half.
    """
    for row in range(min(MAX_TITLES, table.row_count - 1)):
        heads = [c for c in table.cells if c.row == row and c.content.squeezed]
        for place in range(2, len(heads) - 1):
            start = heads[place].column
            money = read_header(heads[:place], None, vocabulary)
            if not money or money.kind is not TableKind.FUNDS:
                continue
            indicators = read_header(heads[place:], None, vocabulary)
            if not indicators or indicators.kind is not TableKind.INDICATORS:
                continue
            whose = min(money.with_role(*AMOUNTS))
            if whose and indicators.role(start) in _NAMES:
                yield _left(table, start)
                yield _right(table, whose, start, row)
                return
    yield table


_NAMES = (ColumnRole.LEVEL1, ColumnRole.LEVEL2, ColumnRole.NAME)


def _left(table: ReadTable, end: int) -> ReadTable:
    """The columns before `end`, with what begins there and goes on behind them."""
    cells = [
        replace(cell, column_span=min(cell.column_span, end - cell.column))
        for cell in table.cells
        if cell.column < end
    ]
    return replace(table, cells=tuple(cells), column_count=end)


def _right(table: ReadTable, whose: int, start: int, top: int) -> ReadTable:
    """The columns from `start` on, the first `whose` before them, from row `top` on."""
    cells = [
        replace(cell, column=cell.column if cell.column < whose else cell.column - start + whose)
        for cell in table.cells
        if cell.row >= top and (cell.column >= start or cell.column + cell.column_span <= whose)
    ]
    width = table.column_count - start + whose
    return replace(table, cells=tuple(cells), column_count=width, continues=False)


def _period(words: list[str]) -> int:
    """After how many words a row of heads begins again; 0 where it does not."""
    widths = range(2, len(words) // 2 + 1)
    fits = (n for n in widths if len(words) % n == 0 and words == words[:n] * (len(words) // n))
    return next((n for n in fits if len(set(words[:n])) == n), 0)


def _headed(cells: Sequence[ReadCell], vocabulary: Vocabulary) -> bool:
    """Whether one of the upper rows is a header."""
    filled = [cell for cell in cells if cell.content.squeezed]
    rows = sorted({cell.row for cell in filled})[: MAX_TITLES + 1]
    return any(
        read_header([cell for cell in filled if cell.row == row], None, vocabulary) for row in rows
    )
