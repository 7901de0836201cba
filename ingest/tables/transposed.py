"""Amounts whose sources stand side by side (资金来源横排): 一般公共预算、政府性基金、合计 over the
columns, 年初预算数、执行数、执行率 down the rows. Turned, it reads as any other table of amounts.
"""

from collections.abc import Iterator
from dataclasses import replace

from ingest.language.budget_terms import find_concept
from ingest.language.form_vocabulary import is_placeholder, label_key, section_of
from ingest.language.lexicon import read_pack
from ingest.language.normalise import squeeze
from ingest.language.quantities import parse_value
from ingest.tables.headers import AMOUNTS, role_by_words
from ingest.types.blocks import Cell, TableBlock
from ingest.types.budget_terms import BudgetTerm
from ingest.types.tables import TableKind

_SOURCES = (BudgetTerm.OTHER_FUNDS, BudgetTerm.LOCAL_FUNDS, BudgetTerm.CARRIED_OVER_FUNDS)


def turned_amounts(table: TableBlock) -> Iterator[TableBlock]:
    """The table, the rows from a head of sources on turned where each row tells one amount."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if squeeze(cell.text):
            rows.setdefault(cell.row, []).append(cell)
    for top, heads in sorted(rows.items()):
        heads = _without_block(heads)
        if len(heads) < 3 or not all(map(_is_source, heads[1:])):
            continue
        end = top + 1
        while end in rows and _is_amount_row(_without_block(rows[end]), heads):
            end += 1
        if end > top + 2:
            yield from _parts(table, heads, top, end)
            return
    yield table


def _without_block(cells: list[Cell]) -> list[Cell]:
    """The cells of a row beside the name of its block, which stands beside other rows too."""
    return cells[1:] if cells[0].row_span > 1 and len(cells) > 3 else cells


def _is_source(cell: Cell) -> bool:
    """Whether a head names where money comes from, or the sum of it."""
    named = find_concept(label_key(cell.text))
    parts = (*read_pack("statements")["parts"], *_SOURCES)
    return section_of(cell.text) == "total" or (named is not None and named.name in parts)


def _is_amount_row(cells: list[Cell], heads: list[Cell]) -> bool:
    """Whether a row is one amount of all sources: its term, then numbers under their heads."""
    columns = {head.column for head in heads}
    return (
        bool(cells)
        and role_by_words(cells[0].text, TableKind.FUNDS) in AMOUNTS
        and all(c.column in columns for c in cells)
        and all(parse_value(c.text) or is_placeholder(c.text) for c in cells[1:])
    )


def _parts(table: TableBlock, heads: list[Cell], top: int, end: int) -> Iterator[TableBlock]:
    """What stands above the amounts, the amounts turned, what stands below them."""
    above = tuple(c for c in table.cells if c.row < top)
    if any(squeeze(c.text) for c in above):
        yield replace(table, cells=above, row_count=top)
    left = heads[0].column
    cells = [
        replace(
            cell,
            row=cell.column - left,
            column=cell.row - top,
            row_span=cell.column_span,
            column_span=min(cell.row_span, end - cell.row),
        )
        for cell in table.cells
        if top <= cell.row < end and cell.column >= left
    ]
    ordered = tuple(sorted(cells, key=lambda c: (c.row, c.column)))
    yield replace(
        table,
        cells=ordered,
        row_count=table.column_count - left,
        column_count=end - top,
        continues=False,
    )
    below = tuple(replace(c, row=c.row - end) for c in table.cells if c.row >= end)
    if any(squeeze(c.text) for c in below):
        yield replace(table, cells=below, row_count=table.row_count - end, continues=False)
