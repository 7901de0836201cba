"""Which form is this, and which cell plays which role (表种与表头识别).

A table is read row by row: a header row says what the columns below it mean, a section name in the
left column says which block of the form the row belongs to, and a label says what the value beside
it is. All words are data (`data/lexicon/forms.toml`); nothing depends on fixed positions.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ingest.clean import normalise, squeeze
from ingest.concepts import find_concept
from ingest.lexicon import read_pack
from ingest.quantities import parse_value
from ingest.tables import Grid, shifts, spread
from ingest.types import Cell, Form, TableBlock

EXACT, LIKE, SECTION_BONUS = 3.0, 1.5, 4.0
HEADER_CELL_LENGTH = 24
"""Header words are short; a longer cell is content."""


@dataclass(frozen=True, slots=True)
class RoleCell:
    """A cell with the role its header gives it. `fresh`: the cell begins in this row."""

    role: str
    head: str
    cell: Cell
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class FormRow:
    """A table row as understood. `kind` is a table kind of forms.toml, "pair" (label and value) or
    "text" (a cell that is read as running text)."""

    kind: str
    section: str
    cells: tuple[RoleCell, ...]
    total: str = ""
    """The label of a row that sums up the rows above it (合计, 总分)."""

    def get(self, role: str) -> RoleCell | None:
        return next((c for c in self.cells if c.role == role), None)

    def text(self, role: str) -> str:
        found = self.get(role)
        return found.cell.text.strip() if found else ""


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns below a header row mean: column → (role, header text)."""

    kind: str
    columns: Mapping[int, tuple[str, str]]
    key: str


_NOTE = re.compile(r"[（(][^（）()]*[)）]")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[.、．])")


def label_key(text: str) -> str:
    """A label without spaces, notes in brackets, numbering and colons: for comparing.

    >>> label_key("其中：一般公共预算 （万元）："), label_key("五、改进措施")
    ('一般公共预算', '改进措施')
    """
    key = _NUMBERING.sub("", squeeze(text)).removeprefix("其中").strip("：:;；，,。")
    bare = _NOTE.sub("", key)
    return bare or key


@dataclass(frozen=True, slots=True)
class _Column:
    words: frozenset[str]
    like: re.Pattern[str] | None

    def score(self, key: str) -> float:
        if key in self.words:
            return EXACT
        return LIKE if self.like and self.like.search(key) else 0.0


@cache
def _kinds() -> dict[str, tuple[list[list[str]], dict[str, _Column]]]:
    return {
        kind: (
            spec["require"],
            {
                role: _Column(
                    frozenset(label_key(w) for w in column["is"]),
                    re.compile(column["like"]) if "like" in column else None,
                )
                for role, column in spec["columns"].items()
            },
        )
        for kind, spec in read_pack("forms")["kinds"].items()
    }


@cache
def _names(group: str) -> dict[str, str]:
    return {
        label_key(word): name
        for name, spec in read_pack("forms")[group].items()
        for word in spec["is"]
    }


def section_of(text: str) -> str:
    """The form block that a text names (存在问题 → "problems"), or ""."""
    return _names("sections").get(label_key(text), "")


def label_of(text: str) -> str:
    """The single fact that a label announces (部门名称 → "department"), or ""."""
    return _names("labels").get(label_key(text), "")


def form_of(title: str) -> Form:
    """The form that a title names, `Form.UNKNOWN` when it names none."""
    key = squeeze(title)
    for name, pattern in read_pack("forms")["forms"].items():
        if re.search(pattern, key):
            return Form(name)
    return Form.UNKNOWN


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(squeeze(w) for w in read_pack("forms")["placeholders"]["words"])


def is_placeholder(text: str) -> bool:
    """Whether a cell only marks that nothing is filled in (—, 无, /)."""
    key = squeeze(text)
    return not key or key in _placeholders()


_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")


def is_people_line(text: str) -> bool:
    """Whether a text gives contact persons or telephone numbers of the form's authors."""
    key = normalise(text).strip()
    first = re.split(r"[：:\s]", key, maxsplit=1)[0]
    return section_of(first) == "people" or (len(key) < 40 and bool(_PHONE.search(key)))


# Header rows

_SECTION_KINDS = {
    "funds": "funds",
    "goals": "goals",
    "key_indicators": "indicators",
    "indicators": "indicators",
    "tasks": "tasks",
}


def read_header(cells: Sequence[Cell], section: str) -> Header | None:
    """The header that a row of cells is, under the form block `section`, or None."""
    keys = {cell.column: label_key(cell.text) for cell in cells}
    words = {c: k for c, k in keys.items() if k and len(k) <= HEADER_CELL_LENGTH}
    if len(words) < 2 or any(parse_value(cell.text) for cell in cells):
        return None
    best: tuple[float, str, dict[int, str]] | None = None
    for kind, (require, columns) in _kinds().items():
        roles = _assign(words, columns)
        taken = set(roles.values())
        if not _fulfils(taken, require) or len(roles) < 0.6 * len(words):
            continue
        score = sum(columns[role].score(words[c]) for c, role in roles.items())
        score += SECTION_BONUS if _SECTION_KINDS.get(section) == kind else 0.0
        if best is None or score > best[0]:
            best = score, kind, roles
    if best is None:
        return None
    _, kind, roles = best
    spans = {cell.column: cell for cell in cells}
    named: dict[int, tuple[str, str]] = {}
    for column, role in roles.items():
        for covered in range(column, column + spans[column].column_span):
            named[covered] = role, spans[column].text.strip()
    return Header(kind, named, "|".join(words.values()))


def _fulfils(taken: set[str], require: list[list[str]]) -> bool:
    """Whether each group of required roles can be met by a role of its own."""
    if len(require) == 1:
        return bool(taken & set(require[0]))
    first, rest = require[0], require[1:]
    return any(_fulfils(taken - {role}, rest) for role in first if role in taken)


def _assign(words: Mapping[int, str], columns: Mapping[str, _Column]) -> dict[int, str]:
    """Each column's best role, a role used once: strongest matches first, left to right."""
    scored = [
        (-column.score(key), c, order, role)
        for c, key in words.items()
        for order, (role, column) in enumerate(columns.items())
        if column.score(key)
    ]
    roles: dict[int, str] = {}
    for _, c, _, role in sorted(scored):
        if c not in roles and role not in roles.values():
            roles[c] = role
    return roles


# Rows that lost cells


@cache
def _levels() -> frozenset[str]:
    levels = read_pack("forms")["levels"]
    return frozenset((*levels["level1"], *levels["level2"]))


def is_level(text: str) -> bool:
    """Whether a text names an indicator family (数量指标), not an indicator."""
    key = label_key(text)
    return key in _levels() or (key.endswith("指标") and len(key) <= 8)


@cache
def _qualitative() -> tuple[str, ...]:
    return tuple(read_pack("forms")["qualitative"]["words"])


def looks_like_value(text: str) -> bool:
    """Whether a cell prints a target or actual value: a quantity or a short judgement."""
    key = squeeze(text)
    return parse_value(text) is not None or (len(key) <= 8 and key.startswith(_qualitative()))


_LEVEL_ROLES = ("level1", "level2")
_VALUE_ROLES = ("target", "period_target", "actual", "weight", "score", "actual_forecast")


def _fit(row: Sequence[Cell], header: Header) -> float:
    """How well the cells' contents fit the roles of the columns they stand in."""
    score = 0.0
    for column, cell in enumerate(row):
        text = cell.text
        if not squeeze(text) or column not in header.columns:
            score -= 1.0 if squeeze(text) and column not in header.columns else 0.0
            continue
        role = header.columns[column][0]
        level, value = is_level(text), looks_like_value(text)
        if role in _LEVEL_ROLES:
            score += 2.0 if level else -2.0
        elif role == "name":
            score += -2.0 if level or parse_value(text) else 2.0
        elif role in _VALUE_ROLES:
            score += 2.0 if value else -1.0
    texts = {role: squeeze(row[c].text) for c, (role, _) in header.columns.items() if c < len(row)}
    if not texts.get("name"):
        score -= 2.0
    if texts.get("target") and texts["target"] == texts.get("period_target"):
        score += 2.0
    return score


def realign(row: Sequence[Cell], header: Header) -> Sequence[Cell]:
    """The row, moved sideways when its contents clearly fit the header better there.

    A text dump loses leading tabs; a name then stands in the family's column and a value in the
    name's. Merged rows of a drawn table are never moved.
    """
    if header.kind != "indicators" or any(c.column_span > 1 or c.row_span > 1 for c in row):
        return row
    options = [(_fit(moved, header), -abs(step), moved) for step, moved in shifts(row)]
    stay = _fit(row, header)
    best = max(options, key=lambda option: option[:2])
    return best[2] if best[0] >= stay + 2.0 else row


# Reading a table


@dataclass(frozen=True, slots=True)
class Context:
    """What a table inherits when it goes on from the one before."""

    header: Header | None = None
    section: str = ""


def read_table(table: TableBlock, context: Context) -> tuple[list[FormRow], Context]:
    """The rows of a table as understood, and the context in which a continuation is read."""
    grid = spread(table)
    header = context.header if table.continues else None
    section = context.section
    rows: list[FormRow] = []
    skip_to = 0
    for number in range(table.row_count):
        if number < skip_to:
            continue
        filled = grid.filled(number)
        if not filled:
            continue
        left, rest = _split_section(filled)
        if left and left != section:
            section = left
            if header and _SECTION_KINDS.get(left) != header.kind:
                header = None
        found = read_header(rest, section) or read_header(filled, section)
        if found:
            header = found
            skip_to = number + max(
                c.row_span for c in filled if c.column in found.columns and c.row == number
            ) if any(c.row == number and c.column in found.columns for c in filled) else number + 1
            continue
        if header and not _is_pair_row(rest, header):
            rows.append(_data_row(grid, number, header, section))
        else:
            header = None if header and header.kind != "tasks" else header
            rows.extend(_loose_row(rest, section))
    return rows, Context(header, section)


def _split_section(filled: list[Cell]) -> tuple[str, list[Cell]]:
    """The block name in the leftmost cell, if there is one, and the cells beside it."""
    name = section_of(filled[0].text)
    if name and len(filled) > 1 and name not in ("total", "people"):
        return name, filled[1:]
    return "", filled


def _is_pair_row(cells: list[Cell], header: Header) -> bool:
    """Whether the row has left the header's reach: it starts with a label of its own."""
    if not cells:
        return False
    first = cells[0]
    if section_of(first.text) in ("people", "notes"):
        return True
    if header.kind in ("funds", "tasks", "indicators") and label_of(first.text):
        return first.column not in {
            c for c, (role, _) in header.columns.items() if role in ("item", "task", "department")
        } or len(cells) <= 4
    return False


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
        if named is None:
            if squeeze(cell.text) and not section_of(cell.text):
                unnamed.append(cell)
            continue
        cells.append(RoleCell(named[0], named[1], cell, cell.row == number))
    first_role = min(header.columns, default=0)
    for cell in unnamed:
        role = {"tasks": "task", "funds": "item"}.get(header.kind, "")
        if role and cell.column < first_role and not any(c.role == role for c in cells):
            cells.insert(0, RoleCell(role, "", cell, cell.row == number))
    total = next((c for c in grid.filled(number)[:4] if section_of(c.text) == "total"), None)
    return FormRow(header.kind, section, tuple(cells), label_key(total.text) if total else "")


def _loose_row(cells: list[Cell], section: str) -> Iterator[FormRow]:
    """Labels with the values beside them; any other cell is running text."""
    i = 0
    while i < len(cells):
        cell = cells[i]
        after = cells[i + 1] if i + 1 < len(cells) else None
        label = label_of(cell.text)
        concept = find_concept(label_key(cell.text)) if len(squeeze(cell.text)) <= 24 else None
        numeric = after is not None and parse_value(after.text) is not None
        if after is not None and (label or (concept and numeric)):
            role = label or "concept"
            yield FormRow(
                "pair", section, (RoleCell(role, cell.text.strip(), after),)
            )
            i += 2
            continue
        if after is not None and numeric and not parse_value(cell.text):
            yield FormRow("pair", section, (RoleCell("concept", cell.text.strip(), after),))
            i += 2
            continue
        if not section_of(cell.text) and not (concept and parse_value(cell.text) is None and after):
            yield FormRow("text", section, (RoleCell("text", "", cell),))
        i += 1
