"""Header rows (表头): which role each column of a table plays, found by its words.

A row is a header when most of its words play a role in one kind of table of `forms.toml` and the
roles that this kind cannot do without are there. Nothing depends on positions.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from ingest.language.form_vocabulary import is_level, label_key, looks_like_value, unit_in
from ingest.language.lexicon import pack_name, read_pack
from ingest.language.normalise import REMEMBERED, squeeze
from ingest.language.quantities import parse_value
from ingest.language.years import leading_year, without_leading_year
from ingest.tables.grid import shifts
from ingest.types.blocks import Cell, Run
from ingest.types.tables import ColumnRole, TableKind

EXACT, LIKE, SECTION_BONUS = 3.0, 1.5, 4.0
RANK = 0.001
HEADER_CELL_LENGTH = 24
"""Header words are short; a longer cell is content."""
ROWS = 2048
"""How many rows are kept with the header that each is, or that it is none."""


@dataclass(frozen=True, slots=True)
class HeadedColumn:
    """A column's role, and its head (列头) as printed."""

    role: ColumnRole
    head: str


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns below a header row mean (表头), by their number in the grid.

    `key` tells headers of the same words apart from others.
    """

    kind: TableKind
    columns: Mapping[int, HeadedColumn]
    key: str

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


@dataclass(frozen=True, slots=True)
class _Column:
    words: Mapping[str, int]
    """The listed words with their rank: what is listed first says most surely what it means."""
    like: re.Pattern[str] | None
    term: str
    """The budget term of the column, whatever its head is called; "" where the head says it."""

    def score(self, key: str) -> float:
        if key in self.words:
            return EXACT - RANK * self.words[key]
        return LIKE if self.like and self.like.search(key) else 0.0


@dataclass(frozen=True, slots=True)
class _Kind:
    """The words of a kind of table, and which roles it needs: one of each group at least."""

    require: tuple[frozenset[ColumnRole], ...]
    columns: Mapping[ColumnRole, _Column]


@cache
def _kinds() -> Mapping[TableKind, _Kind]:
    return read_kinds(read_pack("forms"))


def read_kinds(pack: Mapping[str, Any]) -> dict[TableKind, _Kind]:
    """The kinds of tables of the pack of forms; raises `VocabularyError` for unknown names."""
    kinds: dict[TableKind, _Kind] = {}
    for name, spec in pack["kinds"].items():
        kind = pack_name(TableKind, name, f"kinds.{name}")
        key = f"kinds.{kind}.require"
        kinds[kind] = _Kind(
            tuple(
                frozenset(pack_name(ColumnRole, r, key) for r in group) for group in spec["require"]
            ),
            {
                pack_name(ColumnRole, role, f"kinds.{kind}.columns.{role}"): _Column(
                    {label_key(w): rank for rank, w in enumerate(column["is"])},
                    re.compile(column["like"]) if "like" in column else None,
                    column.get("term", ""),
                )
                for role, column in spec["columns"].items()
            },
        )
    return kinds


AMOUNTS = frozenset(
    {
        ColumnRole.INITIAL,
        ColumnRole.FINAL,
        ColumnRole.SPENT,
        ColumnRole.FORECAST_SPENT,
        ColumnRole.RATE,
        ColumnRole.ADJUSTMENT,
        ColumnRole.LEFT,
    }
)
"""Roles of columns that hold amounts of money and their rates."""

SECTION_KINDS = {
    "funds": TableKind.FUNDS,
    "goals": TableKind.GOALS,
    "key_indicators": TableKind.INDICATORS,
    "indicators": TableKind.INDICATORS,
    "tasks": TableKind.TASKS,
}


def term_of(kind: TableKind, role: ColumnRole) -> str:
    """The budget term of a column of money, where its role alone says which; else ""."""
    column = _kinds()[kind].columns.get(role)
    return column.term if column else ""


def read_header(cells: Sequence[Cell], section: str) -> Header | None:
    """The header that a row of cells is, under the form block `section`, or None."""
    return _read(tuple((c.column, c.column_span, c.text) for c in cells), section)


@lru_cache(maxsize=ROWS)
def _read(cells: tuple[tuple[int, int, str], ...], section: str) -> Header | None:
    """The header that cells (column, columns covered, text) are: a row is asked about often."""
    keys = {column: _key(text) for column, _, text in cells}
    words = {c: k for c, k in keys.items() if k and len(k) <= HEADER_CELL_LENGTH}
    if len(words) < 2 or any(parse_value(text) for _, _, text in cells):
        return None
    best: tuple[float, TableKind, dict[int, ColumnRole]] | None = None
    years = {column: leading_year(label_key(text)) or 0 for column, _, text in cells}
    for kind, spec in _kinds().items():
        roles = _assign(words, kind, years)
        taken = set(roles.values())
        known = sum(c in roles or bool(_scores(kind, words[c])) for c in words)
        if known < 0.6 * len(words) or not _fulfils(taken, spec.require):
            continue
        score = sum(dict(_scores(kind, words[c]))[role] for c, role in roles.items())
        score += SECTION_BONUS if SECTION_KINDS.get(section) == kind else 0.0
        if best is None or score > best[0]:
            best = score, kind, roles
    if best is None:
        return None
    _, kind, roles = best
    spans = {column: (width, text.strip()) for column, width, text in cells}
    named: dict[int, HeadedColumn] = {}
    for column, role in roles.items():
        width, text = spans[column]
        for covered in range(column, column + width):
            # One head over families and names: the names stand beside the values.
            named_last = role is not ColumnRole.NAME or covered == column + width - 1
            named[covered] = HeadedColumn(role if named_last else ColumnRole.LEVEL2, text)
    return Header(kind, named, "|".join(words.values()))


def roles_by_words(cells: Sequence[Cell], kind: TableKind) -> dict[int, ColumnRole]:
    """Column → role, as far as a row's words say in a table of a kind."""
    keys = {cell.column: _key(cell.text) for cell in cells}
    return _assign({c: k for c, k in keys.items() if k}, kind)


def is_listed(head: str, kind: TableKind) -> bool:
    """Whether a column's head is one of the words listed for a kind of table, to the letter."""
    return any(score > LIKE for _, score in _scores(kind, _key(head)))


def role_by_words(head: str, kind: TableKind) -> ColumnRole | None:
    """The role that a column's head says in a table of a kind."""
    scored = _scores(kind, _key(head))
    return max(scored, key=lambda one: one[1])[0] if scored else None


_STAND_INS = ("三级指标", "资金来源")
"""Heads that say that what stands below them names the rows."""


def read_headed(cells: Sequence[Cell], section: str) -> Header | None:
    """The header of cells of which only the first, over the rows' names, may be unknown words.

    For lines of a text, where nothing else tells a header; all other words must be known.
    """
    header = read_header(cells, section)
    if header or len(cells) < 3 or _key(cells[0].text) == "":
        return header
    for word in _STAND_INS:
        first = replace(cells[0], runs=(Run(word, cells[0].location),))
        header = read_header([first, *cells[1:]], section)
        if header and len(header.columns) == len(cells):
            columns = dict(header.columns)
            role = columns[first.column].role
            columns[first.column] = HeadedColumn(role, cells[0].text.strip())
            return replace(header, columns=columns)
    return None


@lru_cache(maxsize=REMEMBERED)
def _key(text: str) -> str:
    """A header's words for comparing, without the year of the column (2023年决算数)."""
    key = label_key(text)
    return without_leading_year(key) or key


def with_subheads(above: Header, row: Sequence[Cell], below: Sequence[Cell]) -> Header | None:
    """The header that two rows make together (预算金额 over 总额、财政拨款), or None.

    The lower row refines some columns of the upper one; each of its words must find a role.
    """
    words = [cell for cell in below if squeeze(cell.text)]
    if not words or any(len(squeeze(c.text)) > HEADER_CELL_LENGTH for c in words):
        return None
    under = {cell.column for cell in words}
    kept = [c for c in row if not under & set(range(c.column, c.column + c.column_span))]
    whole = read_header(sorted([*kept, *words], key=lambda c: c.column), "")
    if (
        whole is None
        or whole.kind != above.kind
        or len(whole.roles()) <= len(above.roles())
        or not under <= whole.columns.keys()
    ):
        return _composed(above, row, words)
    units = {c: unit_in(headed.head) for c, headed in above.columns.items()}
    columns = {
        c: replace(headed, head=f"{headed.head}（{units[c]}）")
        if units.get(c) and not unit_in(headed.head)
        else headed
        for c, headed in whole.columns.items()
    }
    return replace(whole, columns=columns)


def _composed(above: Header, row: Sequence[Cell], words: Sequence[Cell]) -> Header | None:
    """The header of amounts whose lower words mean something only under the upper ones.

    预算总额 over 年初批复、调整后; 2023年决算数 over 合计、公务接待费. Each upper word that spans
    several columns must be divided by the lower row, and nothing else may stand there.
    """
    over = {c: cell for cell in row for c in range(cell.column, cell.column + cell.column_span)}
    divided = {id(cell): cell for cell in row if cell.column_span > 1}
    if any(re.search("[：:]", cell.text) for cell in divided.values()):
        return None  # a line of labels over the whole table
    words = [cell for cell in words if over.get(cell.column) is not cell]
    if above.kind is TableKind.INDICATORS:
        return _valued(above, words)
    if (
        above.kind not in (TableKind.FUNDS, TableKind.TASKS)
        or not divided
        or any(parse_value(c.text) for c in words)
    ):
        return None
    parents = [over.get(cell.column) for cell in words]
    if {id(p) for p in parents} != divided.keys():
        return None
    roles = {cell.column: _amount(over[cell.column].text, cell.text) for cell in words}
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
        for column in range(cell.column, cell.column + cell.column_span):
            before = columns.get(column)
            role = roles[cell.column] or (before.role if before else None)
            if role:
                columns[column] = HeadedColumn(role, head)
    return replace(above, kind=TableKind.FUNDS, columns=columns)


def _amount(parent: str, word: str) -> ColumnRole | None:
    """Which amount a lower word means under an upper one, else by itself."""
    for head in (f"{parent}{word}", word):
        role = _assign({0: _key(head)}, TableKind.FUNDS).get(0)
        if role in AMOUNTS:
            return role
    return None


def _valued(above: Header, words: Sequence[Cell]) -> Header | None:
    """The header of indicators whose values stand beside their units (数值、单位 under 目标值)."""
    beside = {c.column: _beside_value(c.text) for c in words}
    if not any(beside.values()) or not beside.keys() <= above.columns.keys():
        return None
    columns = dict(above.columns)
    columns |= {c: replace(columns[c], role=role) for c, role in beside.items() if role}
    return replace(above, columns=columns)


def _beside_value(text: str) -> ColumnRole | None:
    """What a column's head says of the value beside it: its unit or comparator."""
    roles = (role for role, _ in _scores(TableKind.INDICATORS, _key(text)))
    return next((role for role in roles if role in (ColumnRole.UNIT, ColumnRole.COMPARATOR)), None)


def _fulfils(taken: set[ColumnRole], require: Sequence[frozenset[ColumnRole]]) -> bool:
    """Whether each group of required roles can be met by a role of its own."""
    if len(require) == 1:
        return bool(taken & require[0])
    first, rest = require[0], require[1:]
    return any(_fulfils(taken - {role}, rest) for role in first if role in taken)


@lru_cache(maxsize=REMEMBERED)
def _scores(kind: TableKind, key: str) -> tuple[tuple[ColumnRole, float], ...]:
    """The roles that a header's words may play in a kind of table."""
    columns = _kinds()[kind].columns
    scored = ((role, column.score(key)) for role, column in columns.items())
    return tuple((role, score) for role, score in scored if score)


def _assign(
    words: Mapping[int, str], kind: TableKind, years: Mapping[int, int] | None = None
) -> dict[int, ColumnRole]:
    """Each column's best role, a role used once: strongest matches first, left to right; of the
    same words over two years' columns the later year's come first."""
    latest = years or {}
    scored = [
        (-score, -latest.get(c, 0), c, order, role)
        for c, key in words.items()
        for order, (role, score) in enumerate(_scores(kind, key))
    ]
    roles: dict[int, ColumnRole] = {}
    for _, _, c, _, role in sorted(scored):
        if c not in roles and role not in roles.values():
            roles[c] = role
    if kind is TableKind.FUNDS:
        for _, _, c, _, role in sorted(scored):
            # 2021年决算数、2022年预算数、2022年决算数: amounts of one kind in several columns.
            if c not in roles and role in AMOUNTS:
                roles[c] = role
    return roles


# Rows that lost cells

_LEVEL_ROLES = (ColumnRole.LEVEL1, ColumnRole.LEVEL2)
_VALUE_ROLES = (
    ColumnRole.TARGET,
    ColumnRole.PERIOD_TARGET,
    ColumnRole.ACTUAL,
    ColumnRole.WEIGHT,
    ColumnRole.SCORE,
    ColumnRole.ACTUAL_FORECAST,
)


def _fit(row: Sequence[Cell], header: Header) -> float:
    """How well the cells' contents fit the roles of the columns they stand in."""
    score = 0.0
    for column, cell in enumerate(row):
        text = cell.text
        if not squeeze(text) or column not in header.columns:
            score -= 1.0 if squeeze(text) and column not in header.columns else 0.0
            continue
        role = header.columns[column].role
        level, value = is_level(text), looks_like_value(text)
        # 满意度 may be a family or an indicator; only 满意度指标 is surely a family.
        sure = level and label_key(text).endswith("指标")
        if role in _LEVEL_ROLES:
            score += (2.0 if sure else 1.0) if level else -2.0
        elif role is ColumnRole.NAME:
            score += -2.0 if sure or parse_value(text) else 0.5 if level else 2.0
        elif role in _VALUE_ROLES:
            score += 2.0 if value else -1.0
    texts = {h.role: squeeze(row[c].text) for c, h in header.columns.items() if c < len(row)}
    if not texts.get(ColumnRole.NAME):
        score -= 2.0
    if texts.get(ColumnRole.TARGET) and texts[ColumnRole.TARGET] == texts.get(
        ColumnRole.PERIOD_TARGET
    ):
        score += 2.0
    return score


def realign(row: Sequence[Cell], header: Header) -> Sequence[Cell]:
    """The row, moved sideways when its contents clearly fit the header better there.

    A text dump loses leading tabs; a name then stands in the family's column and a value in the
    name's. Merged rows of a drawn table are never moved.
    """
    if header.kind is not TableKind.INDICATORS or any(
        c.column_span > 1 or c.row_span > 1 for c in row
    ):
        return row
    options = [(_fit(moved, header), -abs(step), moved) for step, moved in shifts(row)]
    stay = _fit(row, header)
    best = max(options, key=lambda option: option[:2])
    return best[2] if best[0] >= stay + 2.0 else row
