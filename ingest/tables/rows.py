"""Tables read row by row (表行): data rows under their header, labels with values, running text.

A section name in the left column says which block of the form a row belongs to.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.language.budget_terms import find_concept
from ingest.language.form_vocabulary import form_of, is_placeholder, label_key, label_of, section_of
from ingest.language.lexicon import read_pack
from ingest.language.normalise import squeeze
from ingest.language.quantities import find_quantities, parse_value
from ingest.tables.column_inference import completed, guessed, half_named, numbered
from ingest.tables.grid import Grid, spread
from ingest.tables.headers import (
    AMOUNTS,
    SECTION_KINDS,
    Header,
    read_header,
    realign,
    with_subheads,
)
from ingest.types.blocks import Cell, Form, Run, TableBlock
from ingest.types.tables import ColumnRole, LooseRow, RowKind, TableKind


@dataclass(frozen=True, slots=True)
class RoleCell:
    """A cell with the role its header gives it. `fresh`: the cell begins in this row."""

    role: ColumnRole
    head: str
    cell: Cell
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class FormRow:
    """A table row as understood: of a table of some kind, or outside any header."""

    kind: RowKind
    section: str
    cells: tuple[RoleCell, ...]
    total: str = ""
    """The label of a row that sums up the rows above it (合计, 总分)."""

    def get(self, role: ColumnRole) -> RoleCell | None:
        return next((c for c in self.cells if c.role == role), None)

    def text(self, role: ColumnRole) -> str:
        found = self.get(role)
        return found.cell.text.strip() if found else ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a table inherits when it goes on from the one before."""

    header: Header | None = None
    section: str = ""
    columns: int = 0
    """How many columns the table before had: one as wide right behind it goes on from it."""


def read_table(table: TableBlock, context: Context) -> tuple[list[FormRow], Context]:
    """The rows of a table as understood, and the context in which a continuation is read."""
    grid = spread(table)
    goes_on = table.continues or table.column_count == context.columns
    header = context.header if goes_on else None
    section = context.section
    rows: list[FormRow] = []
    skip_to = 0
    for number in range(table.row_count):
        if number < skip_to:
            continue
        filled = grid.filled(number)
        if not filled:
            continue
        if len(filled) == 1 and form_of(filled[0].text) is not Form.UNKNOWN:
            header = None  # the title of another form in the same sheet
        if _heads_over(grid, number):
            continue
        left, rest = _split_section(filled)
        if header and _is_worded(rest, header):
            header = None  # the header of another block, in words that no pack lists
        if left and left != section:
            section = left
            if header and SECTION_KINDS.get(left) != header.kind:
                header = None
        if rest is filled and _stands_beside(filled):
            rest = filled[1:]  # a block's name that no pack lists, beside its header
        found = read_header(rest, section)
        if found is None and rest is not filled:
            found = read_header(filled, section)
        if not found and not header:
            found = guessed(rest, grid.rows[number + 1 :])
            found = found or half_named(rest, grid.rows[number + 1 :])
            found = found or numbered(rest, grid.rows[number + 1 : number + 2])
        if found:
            depth = max(
                (c.row_span for c in filled if c.column in found.columns and c.row == number),
                default=1,
            )
            skip_to = number + depth
            if number and not header and found.kind is TableKind.FUNDS:
                # Of a header in two rows, the upper one names whose money the columns tell.
                upper = grid.filled(number - 1)
                if _heads_over(grid, number - 1) or not _has_pairs(upper):
                    found = with_subheads(found, upper, rest) or found
            if number + 1 < table.row_count:
                below = [c for c in grid.filled(number + 1) if c.row == number + 1]
                whole = with_subheads(found, rest, below)
                whole = whole or _lower(found, below, grid.rows[number + 2 :])
                if whole:
                    found = whole
                    skip_to = max(skip_to, number + 2)
            header = completed(found, rest, grid.rows[skip_to:])
            continue
        if header and header.kind is TableKind.FUNDS and _all_labelled(filled):
            rows.extend(_loose_row([c for c in filled if c.row == number], section))
        elif header and _repeats(rest, header):
            continue
        elif header and not _is_pair_row(rest, header):
            row = _data_row(grid, number, header, section)
            if rows and _is_rest(row, rows[-1]):
                rows[-1] = _joined(rows[-1], row)
            else:
                rows.append(row)
        else:
            header = None if header and header.kind is not TableKind.TASKS else header
            rows.extend(_loose_row(rest, section))
    return rows, Context(header, section, table.column_count)


def _heads_over(grid: Grid, number: int) -> bool:
    """Whether a row is the upper of two rows of heads: 项目名称 goes on beside 年初、调整后."""
    filled = grid.filled(number)
    deep = [c for c in filled if c.row == number and c.row_span == 2 and c.column_span == 1]
    wide = [c for c in filled if c.row == number and c.row_span == 1 and c.column_span > 1]
    if len(deep) < 2 or not wide or number + 1 >= len(grid.rows) or read_header(filled, ""):
        return False
    lower = read_header(grid.filled(number + 1), "")
    return lower is not None and all(c.column in lower.columns for c in deep[:2])


def _lower(above: Header, below: list[Cell], rows: Sequence[Sequence[Cell]]) -> Header | None:
    """The header in the lower of two rows of heads, where its words alone say more."""
    if len(below) <= len(above.columns) or any(parse_value(cell.text) for cell in below):
        return None
    lower = read_header(below, "") or half_named(below, rows)
    return lower if lower and len(lower.columns) > len(above.columns) else None


def _repeats(cells: list[Cell], header: Header) -> bool:
    """Whether a row is the header again, over the next family of indicators."""
    headed = [header.columns.get(cell.column) for cell in cells]
    again = [
        squeeze(one.head) == squeeze(cell.text)
        for one, cell in zip(headed, cells, strict=True)
        if one and one.head
    ]
    return sum(again) > 1 and sum(again) >= len(cells) - 1


def _split_section(filled: list[Cell]) -> tuple[str, list[Cell]]:
    """The block name in the leftmost cell, if there is one, and the cells beside it."""
    name = section_of(filled[0].text)
    if name and len(filled) > 1 and name not in ("total", "people"):
        return name, filled[1:]
    return "", filled


def _stands_beside(filled: list[Cell]) -> bool:
    """Whether the first cell of a row goes on beside the rows below, unlike all the others."""
    return len(filled) > 3 and filled[0].row_span > max(c.row_span for c in filled[1:])


def _is_worded(cells: list[Cell], header: Header) -> bool:
    """Whether a row of an amounts table holds words where the amounts should stand."""
    if header.kind is not TableKind.FUNDS:
        return False
    held = [c for c in cells if header.role(c.column) in AMOUNTS]
    worded = [c for c in held if not is_placeholder(c.text) and not find_quantities(c.text)]
    return len(worded) > 1 and not any(parse_value(c.text) for c in held)


def _is_pair_row(cells: list[Cell], header: Header) -> bool:
    """Whether the row has left the header's reach: it starts with a label of its own."""
    if not cells:
        return False
    first = cells[0]
    if section_of(re.split("[：:]", first.text, maxsplit=1)[0]) in ("people", "notes"):
        return True
    if header.kind in (TableKind.FUNDS, TableKind.TASKS, TableKind.INDICATORS) and label_of(
        first.text
    ):
        return (
            first.column
            not in header.with_role(ColumnRole.ITEM, ColumnRole.TASK, ColumnRole.DEPARTMENT)
            or len(cells) <= 4
        )
    return False


NAMING_ROLES = {
    TableKind.TASKS: ColumnRole.TASK,
    TableKind.FUNDS: ColumnRole.ITEM,
    TableKind.NUMBERS: ColumnRole.ITEM,
}
"""The role of the column that names the rows, in tables that may leave its head out."""


def _data_row(grid: Grid, number: int, header: Header, section: str) -> FormRow:
    row = realign(grid.rows[number], header)
    cells: list[RoleCell] = []
    seen: set[int] = set()
    unnamed: list[Cell] = []
    for column, cell in enumerate(row):
        if id(cell) in seen:
            continue
        seen.add(id(cell))
        named = header.columns.get(column)
        if named and named.role is ColumnRole.LEVEL2 and cell.column_span > 1:
            named = header.columns.get(column + cell.column_span - 1, named)
        if named is None:
            if squeeze(cell.text) and not section_of(cell.text):
                unnamed.append(cell)
            continue
        cells.append(RoleCell(named.role, named.head, cell, cell.row == number))
    first_role = min(header.columns, default=0)
    for cell in reversed(unnamed):  # what stands nearest to the values names them
        role = NAMING_ROLES.get(header.kind)
        if role and cell.column < first_role and not any(c.role == role for c in cells):
            cells.insert(0, RoleCell(role, "", cell, cell.row == number))
    total = next((c for c in grid.filled(number)[:4] if _sums_up(c.text, header.kind)), None)
    return FormRow(header.kind, section, tuple(cells), label_key(total.text) if total else "")


def _has_pairs(cells: list[Cell]) -> bool:
    """Whether a row holds labels with their values: then it heads no columns."""
    return any(
        label_of(one.text) and not section_of(other.text) and not label_of(other.text)
        for one, other in pairwise(cells)
    )


def _sums_up(text: str, kind: TableKind) -> bool:
    """Whether a row's label says that it is a total: 合计, and of money 年度支出合计."""
    if section_of(text) == "total":
        return True
    ends = tuple(read_pack("forms")["totals"]["ends"])
    label = label_key(text)
    if kind is not TableKind.FUNDS or not label.endswith(ends):
        return False
    of = find_concept(label[:-2])
    parts = (*read_pack("statements")["parts"], *read_pack("forms")["amounts"]["twins"])
    return of is None or of.name not in parts


_TEXT_ROLES = frozenset(
    {ColumnRole.NAME, ColumnRole.DEVIATION, ColumnRole.REMARK, ColumnRole.ACTUAL, ColumnRole.TARGET}
)


def _is_rest(row: FormRow, above: FormRow) -> bool:
    """Whether a row only holds the rest of cells that were cut over two rows: texts, no value."""
    filled = {c.role for c in row.cells if c.fresh and squeeze(c.cell.text)}
    if (
        row.kind is not TableKind.INDICATORS
        or row.total
        or above.kind is not TableKind.INDICATORS
        or above.total
    ):
        return False
    if (
        not filled
        or not filled <= _TEXT_ROLES
        or any(parse_value(row.text(role)) for role in filled)
    ):
        return False
    return (
        all(squeeze(above.text(role)) for role in filled)
        and any(
            squeeze(above.text(role)) and role not in filled
            for role in (ColumnRole.TARGET, ColumnRole.ACTUAL, ColumnRole.SCORE)
        )
        and not (
            filled >= {ColumnRole.NAME, ColumnRole.TARGET}
            or filled >= {ColumnRole.NAME, ColumnRole.ACTUAL}
        )
    )


def _joined(above: FormRow, rest: FormRow) -> FormRow:
    """The row with its cells' cut-off ends put back."""
    ends = {c.role: c.cell.runs for c in rest.cells if c.fresh and squeeze(c.cell.text)}
    cells = tuple(
        replace(c, cell=replace(c.cell, runs=c.cell.runs + ends.get(c.role, ())))
        for c in above.cells
    )
    return replace(above, cells=cells)


def _pair(section: str, role: ColumnRole, label: Cell, value: Cell) -> FormRow:
    """A value under its label; the label stands behind it, for whoever shows the row."""
    cells = (RoleCell(role, label.text.strip(), value), RoleCell(ColumnRole.LABEL, "", label))
    return FormRow(LooseRow.PAIR, section, cells)


_LABELLED = re.compile(
    r"((?:[^\d：:，。；]{2,24}[：:])+)\s*(-?\d[\d,]*(?:\.\d+)?\s*(?:[万亿千]?元)?)\s*"
)


_LISTED = re.compile(
    r"([^\d：:，。；%]{2,24})[：:]?\s*(-?\d[\d,]*(?:\.\d+)?\s*(?:[万亿千]?元|[%％])?)"
)
_BETWEEN = re.compile(r"[；;，\n。]+")


def _labelled(cell: Cell) -> list[tuple[Cell, Cell]]:
    """A cell that holds a label and an amount (其中：基本支出：986.20), as two cells; one that
    lists several (年初预算1,286.50；支出数1,299.98；执行率99.6%), as two cells each."""
    found = _LABELLED.fullmatch(cell.text)
    if found:
        return [_cut(cell, found, 0)]
    starts = [0, *(m.end() for m in _BETWEEN.finditer(cell.text))]
    ends = [*(m.start() for m in _BETWEEN.finditer(cell.text)), len(cell.text)]
    parts = [
        (s, _LISTED.fullmatch(cell.text[s:e])) for s, e in zip(starts, ends, strict=True) if e > s
    ]
    told = [(s, m) for s, m in parts if m and find_concept(label_key(m.group(1)))]
    return [_cut(cell, m, s) for s, m in told] if 1 < len(told) == len(parts) else []


def part(cell: Cell, start: int, end: int) -> Cell:
    """The cell with the characters [start, end) alone, in their place."""
    return replace(cell, runs=(Run(cell.text[start:end], cell.locate(start, end)),))


def _cut(cell: Cell, found: re.Match[str], start: int) -> tuple[Cell, Cell]:
    """The label and the amount that a match from `start` on tells apart."""
    label, amount = (part(cell, start + found.start(k), start + found.end(k)) for k in (1, 2))
    return label, amount


def _all_labelled(filled: list[Cell]) -> bool:
    """Whether a row among amounts holds labels with their own amounts in one cell."""
    first = filled[0].row if len(filled) == 1 else filled[-1].row
    own = [cell for cell in filled if cell.row == first]
    return bool(own) and all(map(_LABELLED.fullmatch, (cell.text for cell in own)))


def _loose_row(cells: list[Cell], section: str) -> Iterator[FormRow]:
    """Labels with the values beside them; any other cell is running text."""
    i = 0
    while i < len(cells):
        cell = cells[i]
        if listed := _labelled(cell):
            for both in listed:
                yield _pair(section, ColumnRole.CONCEPT, *both)
            i += 1
            continue
        after = cells[i + 1] if i + 1 < len(cells) else None
        if section_of(cell.text) == "people":
            # A contact's name stands beside its label: neither indexed nor echoed.
            yield FormRow(
                LooseRow.PAIR, "people", (RoleCell(ColumnRole.PERSON, cell.text, after or cell),)
            )
            i += 2
            continue
        label = None if after is not None and section_of(after.text) else label_of(cell.text)
        concept = find_concept(label_key(cell.text)) if len(squeeze(cell.text)) <= 24 else None
        numeric = after is not None and parse_value(after.text) is not None
        if after is not None and (label or (concept and numeric)):
            role = label or ColumnRole.CONCEPT
            yield _pair(section, role, cell, after)
            i += 2
            continue
        if after is not None and numeric and not parse_value(cell.text):
            yield _pair(section, ColumnRole.CONCEPT, cell, after)
            i += 2
            continue
        if not section_of(cell.text) and not (concept and parse_value(cell.text) is None and after):
            yield FormRow(LooseRow.TEXT, section, (RoleCell(ColumnRole.TEXT, "", cell),))
        i += 1
