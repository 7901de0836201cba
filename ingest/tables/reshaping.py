"""Tables that are not read from left to right by one header (横排与并排的表).

Indicators may stand side by side with the roles in the first column (a table turned on its side),
two tables may stand beside each other in one sheet, and a row may tell a project's money first and
its indicators after that. Cells keep the places they were read at.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from ingest.language.form_vocabulary import looks_like_value
from ingest.language.normalise import squeeze
from ingest.language.quantities import parse_value
from ingest.tables.headers import AMOUNTS, HEADER_CELL_LENGTH, Header, read_header
from ingest.tables.transposed import turned_amounts
from ingest.types.blocks import Cell, TableBlock
from ingest.types.tables import ColumnRole, TableKind

TALLEST = 14
"""Rows of a table whose roles stand in the first column: no form has more roles."""
TITLES = 4
"""Rows that may stand over a table in its sheet: a title, a unit, a department."""
MOST = 0.6
"""A row is one of values when this share of its cells is."""


def shaped(table: TableBlock) -> Iterator[TableBlock]:
    """The tables that a table block holds, each with its header in a row."""
    if table.column_count < 3 or table.row_count < 3:
        yield table
        return
    for part in _beside(table):
        for strip in _repeated(part):
            for half in _money_and_indicators(strip):
                for piece in turned_amounts(half):
                    yield from _upright(piece)


def _upright(table: TableBlock) -> Iterator[TableBlock]:
    """The table, turned when its first column is a header of indicators and no row is one."""
    start = _turned_from(table)
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


def _turned_from(table: TableBlock) -> int | None:
    """The row at which a table turned on its side begins, or None."""
    if table.row_count > TALLEST:
        return None
    first = [cell for cell in table.cells if cell.column == 0]
    for start in range(min(TITLES, table.row_count - 2)):
        heads = [
            Cell(0, cell.row - start, cell.runs, 1, cell.row_span)
            for cell in first
            if cell.row >= start
        ]
        if not all(squeeze(h.text) and len(squeeze(h.text)) <= HEADER_CELL_LENGTH for h in heads):
            continue
        header = read_header(heads, "")
        if header and header.kind is TableKind.INDICATORS and _holds(table, header, start):
            return start
    return None


def _holds(table: TableBlock, header: Header, start: int) -> bool:
    """Whether the rows of target and actual hold values, and no row is a header of its own."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if squeeze(cell.text):
            rows.setdefault(cell.row, []).append(cell)
    if any(read_header(cells, "") for cells in rows.values()):
        return False
    wanted = [start + c for c in header.with_role(ColumnRole.TARGET, ColumnRole.ACTUAL)]
    texts = [cell.text for row in wanted for cell in rows.get(row, []) if cell.column]
    return len(texts) > 1 and sum(map(looks_like_value, texts)) >= MOST * len(texts)


def _beside(table: TableBlock) -> Iterator[TableBlock]:
    """The tables left and right of columns that hold nothing, where each has its own header."""
    covered = {
        column
        for cell in table.cells
        if squeeze(cell.text)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    gaps = [c for c in range(1, table.column_count - 1) if c not in covered]
    for gap in gaps:
        left = [cell for cell in table.cells if cell.column < gap]
        right = [cell for cell in table.cells if cell.column > gap]
        if _headed(left) and _headed(right):
            yield replace(table, cells=tuple(left), column_count=gap)
            moved = tuple(replace(cell, column=cell.column - gap - 1) for cell in right)
            width = table.column_count - gap - 1
            yield from _beside(replace(table, cells=moved, column_count=width, continues=False))
            return
    yield table


def _repeated(table: TableBlock) -> Iterator[TableBlock]:
    """The strips of a table that goes on beside itself: 指标、目标、完成、指标、目标、完成."""
    for row in range(min(TITLES, table.row_count - 1)):
        heads = [c for c in table.cells if c.row == row and squeeze(c.text)]
        width = _period([squeeze(c.text) for c in heads])
        if not width or heads[0].column or any(parse_value(c.text) for c in heads):
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


def _money_and_indicators(table: TableBlock) -> Iterator[TableBlock]:
    """Of rows that tell money and then indicators (项目、预算、支出、指标、目标、完成) both halves.

    The columns before the money, which say whose row it is, stand in either half.
    """
    for row in range(min(TITLES, table.row_count - 1)):
        heads = [c for c in table.cells if c.row == row and squeeze(c.text)]
        for place in range(2, len(heads) - 1):
            start = heads[place].column
            money, named = read_header(heads[:place], ""), read_header(heads[place:], "")
            if not (
                money
                and named
                and money.kind is TableKind.FUNDS
                and named.kind is TableKind.INDICATORS
            ):
                continue
            own = min(money.with_role(*AMOUNTS))
            if own and named.role(start) in (
                ColumnRole.LEVEL1,
                ColumnRole.LEVEL2,
                ColumnRole.NAME,
            ):
                yield _left(table, start)
                yield _right(table, own, start, row)
                return
    yield table


def _left(table: TableBlock, end: int) -> TableBlock:
    """The columns before `end`, with what begins there and goes on behind them."""
    cells = [
        replace(cell, column_span=min(cell.column_span, end - cell.column))
        for cell in table.cells
        if cell.column < end
    ]
    return replace(table, cells=tuple(cells), column_count=end)


def _right(table: TableBlock, own: int, start: int, top: int) -> TableBlock:
    """The columns from `start` on, the first `own` before them, from row `top` on."""
    cells = [
        replace(cell, column=cell.column if cell.column < own else cell.column - start + own)
        for cell in table.cells
        if cell.row >= top and (cell.column >= start or cell.column + cell.column_span <= own)
    ]
    width = table.column_count - start + own
    return replace(table, cells=tuple(cells), column_count=width, continues=False)


def _period(words: list[str]) -> int:
    """After how many words a row of heads begins again; 0 where it does not."""
    widths = range(2, len(words) // 2 + 1)
    fits = (n for n in widths if len(words) % n == 0 and words == words[:n] * (len(words) // n))
    return next((n for n in fits if len(set(words[:n])) == n), 0)


def _headed(cells: list[Cell]) -> bool:
    """Whether one of the upper rows is a header."""
    rows = sorted({cell.row for cell in cells if squeeze(cell.text)})
    return any(
        read_header([c for c in cells if c.row == row and squeeze(c.text)], "")
        for row in rows[: TITLES + 1]
    )
