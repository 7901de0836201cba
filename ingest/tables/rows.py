"""Tables read row by row (表行): data rows under their header, labels with values, running text.

A section name in the left column says which block of the form a row belongs to.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.language.form_vocabulary import unit_announced
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell, ReadTable
from ingest.tables.form_rows import FormRow, RoleCell, by_body, by_name
from ingest.tables.grid import Grid, spread
from ingest.tables.header_search import Context, find, heads_over
from ingest.tables.headers import NAMING_ROLES, SECTION_KINDS, Header
from ingest.tables.kind_roles import MONEY
from ingest.tables.layouts import Place, met, unread_head
from ingest.tables.loose_rows import all_labelled, loose_rows
from ingest.tables.realignment import realign
from ingest.tables.taught_header import taught
from ingest.types.blocks import Form
from ingest.types.layouts import Layout
from ingest.types.tables import AMOUNTS, ColumnRole, FormSection, TableKind


def read_table(
    table: ReadTable, context: Context, vocabulary: Vocabulary
) -> tuple[list[FormRow], Context]:
    """The rows of a table as understood, and the context in which a continuation is read."""
    grid = spread(table, vocabulary)
    goes_on = table.continues or table.column_count == context.columns
    header = context.header if goes_on else None
    context = replace(context, header=header, columns=table.column_count)
    rows: list[FormRow] = []
    first_unread = 0
    unread: Layout | None = None
    for number in range(table.row_count):
        filled = grid.filled(number)
        if number < first_unread or not filled:
            continue
        if _titles_form(filled):
            context = replace(context, header=None)
        if heads_over(grid, number, vocabulary) and not _is_taught(grid, number, context):
            continue
        cells, context = _in_block(filled, context)
        place = Place(grid, number, cells, context.section)
        found = find(grid, number, cells, context, vocabulary)
        if found:
            context = replace(context, header=found.header).met(met(place, found.header, found.end))
            first_unread = found.end
            continue
        if _announces_unit(filled):
            rows.extend(loose_rows(cells, context.section, vocabulary))
            continue
        header = context.header
        unread = unread or (None if header else unread_head(place, vocabulary))
        if header and header.kind is TableKind.FUNDS and all_labelled(filled):
            rows.extend(loose_rows(grid.begun(number), context.section, vocabulary))
        elif header and _repeats(cells, header):
            continue
        elif header and not _leaves(cells, header, vocabulary):
            data = _data_row(grid, number, header, context.section, vocabulary)
            for named in by_name(data):
                for row in by_body(named):
                    _add(rows, row)
        else:
            if header and header.kind is not TableKind.TASKS:
                context = replace(context, header=None)
            rows.extend(loose_rows(cells, context.section, vocabulary))
    return rows, context.met(unread)


def _is_taught(grid: Grid, number: int, context: Context) -> bool:
    """Whether a template fits the head that begins in a row."""
    cells, context = _in_block(grid.filled(number), context)
    return taught(grid, number, cells, context.templates, context.section) is not None


def _announces_unit(filled: Sequence[ReadCell]) -> bool:
    """Whether a row only gives the unit of the amounts below it (单位：万元)."""
    alone = filled[0]
    return len(filled) == 1 and alone.content.value is None and bool(unit_announced(alone.text))


def _titles_form(filled: Sequence[ReadCell]) -> bool:
    """Whether a row is the title of another form in the same sheet."""
    return len(filled) == 1 and filled[0].content.form is not Form.UNKNOWN


def _in_block(filled: Sequence[ReadCell], context: Context) -> tuple[Sequence[ReadCell], Context]:
    """The row's cells without the name of the block it is in, and the context in that block."""
    section, cells = _split_section(filled)
    header = context.header
    if header and _is_worded(cells, header, begins=_stands_beside(filled)):
        header = None  # the header of another block, in words that no pack lists
    if section and section is not context.section:
        if header and SECTION_KINDS.get(section) is not header.kind:
            header = None
        context = replace(context, section=section)
    if section is None and _stands_beside(filled):
        cells = filled[1:]  # a block's name that no pack lists, beside its header
    return cells, replace(context, header=header)


def _split_section(
    filled: Sequence[ReadCell],
) -> tuple[FormSection | None, Sequence[ReadCell]]:
    """The block that the leftmost cell names, if it does, and the cells beside it."""
    section = filled[0].content.section
    if section in (None, FormSection.TOTAL, FormSection.PEOPLE) or len(filled) == 1:
        return None, filled
    return section, filled[1:]


def _stands_beside(filled: Sequence[ReadCell]) -> bool:
    """Whether the first cell of a row goes on beside the rows below, unlike all the others."""
    return len(filled) > 3 and filled[0].row_span > max(c.row_span for c in filled[1:])


def _is_worded(cells: Sequence[ReadCell], header: Header, *, begins: bool) -> bool:
    """Whether a row of an amounts table holds words where the amounts should stand: two, or one
    where the name of a block `begins` beside it."""
    if header.kind is not TableKind.FUNDS:
        return False
    roles = MONEY if begins else AMOUNTS
    amounts = [c.content for c in cells if header.role(c.column) in roles]
    worded = [a for a in amounts if not a.is_placeholder and not a.quantities]
    return len(worded) > (not begins) and not any(a.value for a in amounts)


def _repeats(cells: Sequence[ReadCell], header: Header) -> bool:
    """Whether a row is the header again, over the next family of indicators."""
    headed = [(header.columns.get(cell.column), cell) for cell in cells]
    again = sum(
        column is not None and column.head != "" and squeeze(column.head) == cell.content.squeezed
        for column, cell in headed
    )
    return again > 1 and again >= len(cells) - 1


_LABEL_END = re.compile("[：:]")
_LABELLED_KINDS = (TableKind.FUNDS, TableKind.TASKS, TableKind.INDICATORS)
_NAMING = (ColumnRole.ITEM, ColumnRole.TASK, ColumnRole.DEPARTMENT)
MAX_PAIR_CELLS = 4
"""Cells of the longest row of labels and values whose first label stands under a name's head."""


def _leaves(cells: Sequence[ReadCell], header: Header, vocabulary: Vocabulary) -> bool:
    """Whether the row has left the header's reach: it starts with a label of its own."""
    if not cells:
        return False
    first = cells[0]
    label = vocabulary.read(_LABEL_END.split(first.text, maxsplit=1)[0])
    if label.section in (FormSection.PEOPLE, FormSection.NOTES):
        return True
    if any(c.content.value for c in cells if header.role(c.column) in _POINTS):
        return False  # points of all rows, whatever they are called
    if header.kind in _LABELLED_KINDS and first.content.label:
        named = first.column in header.with_role(*_NAMING)
        return not named or len(cells) <= MAX_PAIR_CELLS
    return False


def _data_row(
    grid: Grid,
    number: int,
    header: Header,
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> FormRow:
    """A row under a header."""
    headed, others = _under_heads(realign(grid.rows[number], header), number, header)
    naming = NAMING_ROLES.get(header.kind)
    first = min(header.columns, default=0)
    left = [cell for cell in others if cell.column < first]
    if naming and left and not any(cell.role is naming for cell in headed):
        name = left[-1]  # what stands nearest to the values names them
        headed.insert(0, RoleCell(naming, "", name, name.row == number))
    headed = _nearest_of_one_head(headed, naming)
    labels = grid.filled(number)[:4]
    total = next((c for c in labels if _sums_up(c, header.kind, vocabulary)), None)
    total = total or _of_all(headed, header)
    return FormRow(header.kind, section, tuple(headed), total.content.key if total else "")


def _nearest_of_one_head(headed: Sequence[RoleCell], naming: ColumnRole | None) -> list[RoleCell]:
    """The cells, of those that name a row under one merged head only the last that is filled in:
    those before it name the block (项目资金 beside 中央补助、县级配套)."""
    named = [cell for cell in headed if cell.role is naming and cell.cell.text.strip()]
    last = {cell.head: cell for cell in named}
    return [cell for cell in headed if cell.role is not naming or last.get(cell.head, cell) is cell]


def _under_heads(
    row: Sequence[ReadCell], number: int, header: Header
) -> tuple[list[RoleCell], list[ReadCell]]:
    """The cells that stand under heads, and the others that hold text of their own."""
    headed: list[RoleCell] = []
    others: list[ReadCell] = []
    seen: set[int] = set()
    for column, cell in enumerate(row):
        if id(cell) in seen:
            continue
        seen.add(id(cell))
        named = header.columns.get(column)
        if named and named.role is ColumnRole.LEVEL2 and cell.column_span > 1:
            named = header.columns.get(column + cell.column_span - 1, named)
        if named:
            fresh = cell.row == number
            headed.append(
                RoleCell(
                    named.role, named.head, cell, fresh, named.how, named.confidence, named.body
                )
            )
        elif cell.content.squeezed and not cell.content.section:
            others.append(cell)
    return headed, others


def _sums_up(cell: ReadCell, kind: TableKind, vocabulary: Vocabulary) -> bool:
    """Whether a row's label says that it is a total: 合计, and of money 年度支出合计."""
    if cell.content.section is FormSection.TOTAL:
        return True
    label = cell.content.key
    if kind is not TableKind.FUNDS or not label.endswith(vocabulary.forms.totals):
        return False
    of = vocabulary.terms.find(label[:-2])
    parts = (*vocabulary.statements.parts, *vocabulary.forms.amounts.twins)
    return of is None or of.name not in parts


_FAMILIES = frozenset({ColumnRole.LEVEL1, ColumnRole.LEVEL2})
_POINTS = frozenset({ColumnRole.WEIGHT, ColumnRole.SCORE})
_NO_POINTS = frozenset(
    {ColumnRole.NAME, ColumnRole.TARGET, ColumnRole.PERIOD_TARGET, ColumnRole.ACTUAL}
)


def _of_all(headed: Sequence[RoleCell], header: Header) -> ReadCell | None:
    """The label of a row under indicators that tells the points of them all: it stands where their
    families do, and nothing of an indicator beside it (自评总分, 财政部门复核得分)."""
    if header.kind is not TableKind.INDICATORS or ColumnRole.NAME not in header.roles():
        return None
    filled = [c for c in headed if c.fresh and not c.content.is_placeholder]
    label = filled[0] if filled else None
    if label is None or label.role not in _FAMILIES or label.content.is_level:
        return None
    beside = {c.role for c in filled[1:]}
    pointed = any(c.role in _POINTS and c.content.value for c in filled)
    alone = label.cell.row_span == 1 and not beside & (_FAMILIES | _NO_POINTS)
    return label.cell if pointed and alone and not label.content.quantities else None


_TEXT_ROLES = frozenset(
    {
        ColumnRole.NAME,
        ColumnRole.DEVIATION,
        ColumnRole.REMARK,
        ColumnRole.ACTUAL,
        ColumnRole.TARGET,
    }
)
_VALUE_ROLES = (ColumnRole.TARGET, ColumnRole.ACTUAL, ColumnRole.SCORE)
_WHOLE = ({ColumnRole.NAME, ColumnRole.TARGET}, {ColumnRole.NAME, ColumnRole.ACTUAL})
"""What a row holds that is one of its own and not the rest of another."""


def _add(rows: list[FormRow], row: FormRow) -> None:
    """Adds a row to those above it, or to the last of them what was cut off from it."""
    if rows and _is_rest(row, rows[-1]):
        rows[-1] = _joined(rows[-1], row)
    else:
        rows.append(row)


def _is_rest(row: FormRow, above: FormRow) -> bool:
    """Whether a row only holds the rest of cells that were cut over two rows: texts, no value."""
    if any(one.kind is not TableKind.INDICATORS or one.total for one in (row, above)):
        return False
    filled = {c.role for c in row.cells if c.fresh and c.cell.content.squeezed}
    if not filled or not filled <= _TEXT_ROLES or any(filled >= whole for whole in _WHOLE):
        return False
    if any(cell.cell.content.value for role in filled if (cell := row.get(role))):
        return False
    return all(_is_filled(above, role) for role in filled) and any(
        _is_filled(above, role) for role in _VALUE_ROLES if role not in filled
    )


def _is_filled(row: FormRow, role: ColumnRole) -> bool:
    cell = row.get(role)
    return cell is not None and bool(cell.cell.content.squeezed)


def _joined(above: FormRow, rest: FormRow) -> FormRow:
    """The row with its cells' cut-off ends put back."""
    ends = {c.role: c.cell.runs for c in rest.cells if c.fresh and c.cell.content.squeezed}
    cells = tuple(
        replace(c, cell=replace(c.cell, runs=c.cell.runs + ends.get(c.role, ())))
        for c in above.cells
    )
    return replace(above, cells=cells)
