"""Amounts whose sources stand side by side (资金来源横排): 一般公共预算、政府性基金、合计 over the
columns, 年初预算数、执行数、执行率 down the rows. Turned, it reads as any other table of amounts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell, ReadTable
from ingest.types.budget_terms import BudgetTerm
from ingest.types.tables import AMOUNTS, FormSection, TableKind

MIN_AMOUNT_ROWS = 2
"""Rows of amounts that show that a table is turned."""

_SOURCES = (BudgetTerm.OTHER_FUNDS, BudgetTerm.LOCAL_FUNDS, BudgetTerm.CARRIED_OVER_FUNDS)
"""Sources of money beside those that `statements.toml` lists as parts of a whole."""


def turned_amounts(table: ReadTable, vocabulary: Vocabulary) -> Iterator[ReadTable]:
    """The table, the rows from a head of sources on turned where each row tells one amount."""
    rows: dict[int, list[ReadCell]] = {}
    for cell in table.cells:
        if cell.content.squeezed:
            rows.setdefault(cell.row, []).append(cell)
    sources = {*vocabulary.statements.parts, *_SOURCES}
    for top, heads in sorted(rows.items()):
        heads = list(_without_block(heads))
        if len(heads) < 3 or not all(_is_source(head, sources) for head in heads[1:]):
            continue
        end = top + 1
        while end in rows and _is_amount_row(_without_block(rows[end]), heads):
            end += 1
        if end > top + MIN_AMOUNT_ROWS:
            yield from _parts(table, heads, top, end)
            return
    yield table


def _without_block(cells: Sequence[ReadCell]) -> Sequence[ReadCell]:
    """The cells of a row beside the name of its block, which stands beside other rows too."""
    return cells[1:] if cells[0].row_span > 1 and len(cells) > 3 else cells


def _is_source(cell: ReadCell, sources: set[str]) -> bool:
    """Whether a head names where money comes from, or the sum of it."""
    concept = cell.content.concept
    total = cell.content.section is FormSection.TOTAL
    return total or (concept is not None and concept.name in sources)


def _is_amount_row(cells: Sequence[ReadCell], heads: Sequence[ReadCell]) -> bool:
    """Whether a row is one amount of all sources: its term, then numbers under their heads."""
    columns = {head.column for head in heads}
    return (
        bool(cells)
        and cells[0].content.likeliest_role(TableKind.FUNDS) in AMOUNTS
        and all(c.column in columns for c in cells)
        and all(c.content.value or c.content.is_placeholder for c in cells[1:])
    )


def _parts(table: ReadTable, heads: Sequence[ReadCell], top: int, end: int) -> Iterator[ReadTable]:
    """What stands above the amounts, the amounts turned, what stands below them."""
    above = tuple(c for c in table.cells if c.row < top)
    if any(c.content.squeezed for c in above):
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
    if any(c.content.squeezed for c in below):
        yield replace(table, cells=below, row_count=table.row_count - end, continues=False)
