"""Header rows (表头): which role each column of a table plays, found by its words.

A row is a header when most of its words play a role in one kind of table of `forms.toml` and the
roles that this kind cannot do without are there. Nothing depends on positions.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.language.form_vocabulary import unit_in
from ingest.language.vocabulary import ReadText, Vocabulary
from ingest.tables.cells import ReadCell
from ingest.types.blocks import Run
from ingest.types.tables import AMOUNTS, ColumnRole, FormSection, How, TableKind

SECTION_BONUS = 4.0
"""What the name of the block above a row adds to the kind of table that it announces."""
MIN_KNOWN_SHARE = 0.6
"""The share of a header's words that must play a role."""
MAX_HEAD_LENGTH = 24
"""Characters of the longest head; a longer cell is content."""

SECTION_KINDS = {
    FormSection.FUNDS: TableKind.FUNDS,
    FormSection.GOALS: TableKind.GOALS,
    FormSection.KEY_INDICATORS: TableKind.INDICATORS,
    FormSection.INDICATORS: TableKind.INDICATORS,
    FormSection.TASKS: TableKind.TASKS,
}
"""Blocks that a form draws as tables, with their kinds."""

NAMING_ROLES = {
    TableKind.TASKS: ColumnRole.TASK,
    TableKind.FUNDS: ColumnRole.ITEM,
    TableKind.NUMBERS: ColumnRole.ITEM,
}
"""The role of the column that names the rows, in tables that may leave its head out."""


@dataclass(frozen=True, slots=True)
class HeadedColumn:
    """A column's role, and its head (列头) as printed; how sure the role is, and what told it."""

    role: ColumnRole
    head: str
    how: How = How.WORDS
    confidence: Decimal = Decimal(1)
    body: str = ""
    """Whose column it is, where one head stands over several (区域目标值 over 东区、西区)."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns below a header row mean (表头), by their number in the grid."""

    kind: TableKind
    columns: Mapping[int, HeadedColumn]

    def role(self, column: int) -> ColumnRole | None:
        """The role of a column, None for one that the header does not name."""
        headed = self.columns.get(column)
        return headed.role if headed else None

    def roles(self) -> set[ColumnRole]:
        """The roles that its columns play."""
        return {headed.role for headed in self.columns.values()}

    def with_role(self, *roles: ColumnRole) -> list[int]:
        """The columns that play one of the roles, in their order."""
        return [column for column, headed in self.columns.items() if headed.role in roles]

    def roles_in_order(self) -> list[ColumnRole]:
        """The roles of its columns from left to right."""
        return [headed.role for _, headed in sorted(self.columns.items())]


def is_head(content: ReadText) -> bool:
    """Whether a text is short enough for the head of a column."""
    return len(content.squeezed) <= MAX_HEAD_LENGTH


def read_header(
    cells: Sequence[ReadCell], section: FormSection | None, vocabulary: Vocabulary
) -> Header | None:
    """The header that a row of cells is, under the form block `section`, or None."""
    words = {
        cell.column: cell.content
        for cell in cells
        if 0 < len(cell.content.head_key) <= MAX_HEAD_LENGTH
    }
    if len(words) < 2 or any(cell.content.value for cell in cells):
        return None
    best: tuple[float, TableKind, dict[int, ColumnRole]] | None = None
    for kind, spec in vocabulary.forms.kinds.items():
        known = sum(bool(content.roles(kind)) for content in words.values())
        if known < MIN_KNOWN_SHARE * len(words):
            continue
        roles = assign_roles(words, kind, latest_first=True)
        if not fulfils(set(roles.values()), spec.require):
            continue
        score = sum(dict(words[c].roles(kind))[role] for c, role in roles.items())
        score += SECTION_BONUS if section and SECTION_KINDS.get(section) is kind else 0.0
        if best is None or score > best[0]:
            best = score, kind, roles
    if best is None:
        return None
    _, kind, roles = best
    columns: dict[int, HeadedColumn] = {}
    for cell in cells:
        if cell.column in roles:
            columns |= spread_over(cell, HeadedColumn(roles[cell.column], cell.text.strip()))
    return Header(kind, columns)


def spread_over(cell: ReadCell, headed: HeadedColumn) -> dict[int, HeadedColumn]:
    """The columns that a head stands over; a wide one stands over several.

    One head over families and names: the names stand beside the values.
    """
    families = replace(headed, role=ColumnRole.LEVEL2)
    last = cell.columns[-1]
    return {
        place: families if headed.role is ColumnRole.NAME and place != last else headed
        for place in cell.columns
    }


_STAND_INS = ("三级指标", "资金来源")
"""Heads that say that what stands below them names the rows."""


def read_headed(
    cells: Sequence[ReadCell], section: FormSection | None, vocabulary: Vocabulary
) -> Header | None:
    """The header of cells of which only the first, over the rows' names, may be unknown words.

    For lines of a text, where nothing else tells a header; all other words must be known.
    """
    header = read_header(cells, section, vocabulary)
    if header or len(cells) < 3 or not cells[0].content.head_key:
        return header
    for word in _STAND_INS:
        first = replace(cells[0], runs=(Run(word, cells[0].location),))
        header = read_header([first, *cells[1:]], section, vocabulary)
        if header and len(header.columns) == len(cells):
            columns = dict(header.columns)
            role = columns[first.column].role
            columns[first.column] = HeadedColumn(role, cells[0].text.strip())
            return replace(header, columns=columns)
    return None


def with_subheads(
    above: Header, row: Sequence[ReadCell], below: Sequence[ReadCell], vocabulary: Vocabulary
) -> Header | None:
    """The header that two rows make together (预算金额 over 总额、财政拨款), or None.

    The lower row refines some columns of the upper one; each of its words must find a role.
    """
    words = [cell for cell in below if cell.content.squeezed]
    if not words or not all(is_head(cell.content) for cell in words):
        return None
    under = {cell.column for cell in words}
    upper = [cell for cell in row if not under & set(cell.columns)]
    whole = read_header(sorted([*upper, *words], key=lambda c: c.column), None, vocabulary)
    if (
        whole is None
        or whole.kind != above.kind
        or len(whole.roles()) <= len(above.roles())
        or not under <= whole.columns.keys()
    ):
        return _composed(above, row, words, vocabulary)
    units = {c: unit_in(headed.head) for c, headed in above.columns.items()}
    columns = {
        c: replace(headed, head=f"{headed.head}（{units[c]}）")
        if units.get(c) and not unit_in(headed.head)
        else headed
        for c, headed in whole.columns.items()
    }
    return replace(whole, columns=columns)


def _composed(
    above: Header, row: Sequence[ReadCell], words: Sequence[ReadCell], vocabulary: Vocabulary
) -> Header | None:
    """The header of two rows whose lower words mean something only under the upper ones."""
    if any(re.search("[：:]", cell.text) for cell in row if cell.column_span > 1):
        return None  # a line of labels over the whole table
    over = {column: cell for cell in row for column in cell.columns}
    words = [cell for cell in words if over.get(cell.column) is not cell]
    if above.kind is TableKind.INDICATORS:
        return _valued(above, words)
    if above.kind in (TableKind.FUNDS, TableKind.TASKS):
        return _divided(above, over, words, vocabulary)
    return None


def _divided(
    above: Header,
    over: Mapping[int, ReadCell],
    words: Sequence[ReadCell],
    vocabulary: Vocabulary,
) -> Header | None:
    """The header of amounts whose heads are divided: 预算总额 over 年初批复、调整后; 2023年决算数
    over 合计、公务接待费.

    Each upper word that spans several columns must be divided by the lower row, and nothing else
    may stand there.
    """
    wide = {id(cell) for cell in over.values() if cell.column_span > 1}
    parents = {id(over.get(cell.column)) for cell in words}
    if not wide or parents != wide or any(cell.content.value for cell in words):
        return None
    roles = {cell.column: _amount(over[cell.column].text, cell.text, vocabulary) for cell in words}
    columns = dict(above.columns)
    if above.kind is TableKind.TASKS:
        if len(words) < 2 or not all(roles.values()):
            return None
        columns = {
            c: replace(headed, role=ColumnRole.ITEM)
            for c, headed in columns.items()
            if headed.role is ColumnRole.TASK
        }
    for cell in words:
        head = f"{over[cell.column].text.strip()}{cell.text.strip()}"
        for column in cell.columns:
            before = columns.get(column)
            role = roles[cell.column] or (before.role if before else None)
            if role:
                columns[column] = HeadedColumn(role, head)
    return replace(above, kind=TableKind.FUNDS, columns=columns)


def _amount(parent: str, word: str, vocabulary: Vocabulary) -> ColumnRole | None:
    """Which amount a lower word means under an upper one, else by itself."""
    for head in (f"{parent}{word}", word):
        role = assign_roles({0: vocabulary.read(head)}, TableKind.FUNDS).get(0)
        if role in AMOUNTS:
            return role
    return None


def _valued(above: Header, words: Sequence[ReadCell]) -> Header | None:
    """The header of indicators whose values stand beside their units (数值、单位 under 目标值)."""
    beside = {c.column: _beside_value(c.content) for c in words}
    if not any(beside.values()) or not beside.keys() <= above.columns.keys():
        return None
    columns = dict(above.columns)
    columns |= {c: replace(columns[c], role=role) for c, role in beside.items() if role}
    return replace(above, columns=columns)


def _beside_value(content: ReadText) -> ColumnRole | None:
    """What a column's head says of the value beside it: its unit or comparator."""
    roles = (role for role, _ in content.roles(TableKind.INDICATORS))
    return next((r for r in roles if r in (ColumnRole.UNIT, ColumnRole.COMPARATOR)), None)


def of_their_years(header: Header, vocabulary: Vocabulary) -> Header:
    """The header with what came before its targets' year as that: 2024年实际值 beside 2025年目标值
    is no result of the target."""
    years = {c: vocabulary.read(headed.head).year for c, headed in header.columns.items()}
    wanted = max((years[c] for c in header.with_role(ColumnRole.TARGET)), default=0)
    columns = {
        c: replace(headed, role=ColumnRole.LAST_YEAR)
        if headed.role is ColumnRole.ACTUAL and 0 < years[c] < wanted
        else headed
        for c, headed in header.columns.items()
    }
    return replace(header, columns=columns)


def fulfils(taken: set[ColumnRole], require: Sequence[frozenset[ColumnRole]]) -> bool:
    """Whether each group of required roles can be met by a role of its own."""
    if len(require) == 1:
        return bool(taken & require[0])
    first, rest = require[0], require[1:]
    return any(fulfils(taken - {role}, rest) for role in first if role in taken)


def assign_roles(
    words: Mapping[int, ReadText], kind: TableKind, *, latest_first: bool = False
) -> dict[int, ColumnRole]:
    """Column → role, as far as heads say in a kind of table; a role is used once.

    Strongest matches first, then the columns of the latest year where `latest_first`, then left to
    right. Amounts of one kind may stand in several columns.
    """
    scored = sorted(
        (-score, -content.year if latest_first else 0, column, order, role)
        for column, content in words.items()
        for order, (role, score) in enumerate(content.roles(kind))
    )
    roles: dict[int, ColumnRole] = {}
    for _, _, column, _, role in scored:
        if column not in roles and role not in roles.values():
            roles[column] = role
    if kind is TableKind.FUNDS:
        for _, _, column, _, role in scored:
            # 2021年决算数、2022年预算数、2022年决算数
            if column not in roles and role in AMOUNTS:
                roles[column] = role
    return roles
