"""A table's head decided as a whole (整表判定表头): by words, meaning, contents and arithmetic.

Each head has a probability for every role, by the lists and by the label reader
(`ingest.semantics`); what stands below it and the sums that must hold are weighed with it. Of all
ways to give the heads roles of one kind of table the likeliest is taken. How much likelier it is
than those that give a column another role is that column's confidence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log

from ingest.language.form_vocabulary import LIKE
from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell
from ingest.tables.column_evidence import Column, arithmetic
from ingest.tables.grid import Grid
from ingest.tables.headers import AMOUNTS, SECTION_KINDS, HeadedColumn, Header, fulfils, is_head
from ingest.types.tables import ColumnRole, FormSection, How, TableKind

CONTENT = "content"
"""What the label reader calls a text that heads no column."""
LISTED, ALIKE = 0.9, 0.4
"""How much the lists count beside the label reader, for a head to the letter and for one alike."""
UNEXPLAINED = 0.02
"""How probable it is that a head plays no role in its kind of table."""
MIN_ROLE = 0.01
"""Roles less probable are not tried."""
AGAIN = 0.3
"""What a role counts that another column plays already, where several may."""
ANNOUNCED = 1.5
"""What the name of the block adds to its kind of table."""
BEAM = 48
"""Ways to give roles that are kept from one head to the next."""
MIN_HEADING = 0.6
"""How probable it must be that a row's texts head columns, on average."""
MIN_SCORE = -1.6
"""How well a header must explain each of its heads and columns, on average (a logarithm)."""
BLANK_BELOW = 0.15
"""What a head with nothing at all below it takes from that."""
HOLDERS = frozenset({ColumnRole.OTHER, ColumnRole.REMARK, ColumnRole.CAUSE})
"""Roles that columns play whose cells are told apart by their heads."""

_MONEY = {
    "department": ColumnRole.DEPARTMENT,
    "operator": ColumnRole.ITEM,
    "place": ColumnRole.ITEM,
    "item": ColumnRole.ITEM,
    "project": ColumnRole.ITEM,
    "task": ColumnRole.ITEM,
    "number": ColumnRole.NUMBER,
    "initial": ColumnRole.INITIAL,
    "final": ColumnRole.FINAL,
    "spent": ColumnRole.SPENT,
    "spent_interim": ColumnRole.SPENT,
    "forecast_spent": ColumnRole.FORECAST_SPENT,
    "rate": ColumnRole.RATE,
    "adjustment": ColumnRole.ADJUSTMENT,
    "left": ColumnRole.LEFT,
    "allocated": ColumnRole.FUND,
    "fund": ColumnRole.FUND,
    "project_fund": ColumnRole.FUND,
    "fund_fiscal": ColumnRole.FUND_FISCAL,
    "fund_other": ColumnRole.FUND_OTHER,
    "weight": ColumnRole.WEIGHT,
    "score": ColumnRole.SCORE,
    "grade": ColumnRole.GRADE,
} | dict.fromkeys(
    (
        *("received", "last_year_amount", "quantity", "price", "change", "other"),
        *("completion_rate", "score_rate", "review_score", "deduction"),
    ),
    ColumnRole.OTHER,
)
_TEXTS = dict.fromkeys(
    (
        *("description", "rule", "source", "met", "measure", "remark", "problem", "person"),
        *("date", "document", "code", "period", "cause", "deviation"),
    ),
    ColumnRole.REMARK,
)
_INDICATORS = {
    "number": ColumnRole.NUMBER,
    "level1": ColumnRole.LEVEL1,
    "level2": ColumnRole.LEVEL2,
    "name": ColumnRole.NAME,
    "target": ColumnRole.TARGET,
    "period_target": ColumnRole.PERIOD_TARGET,
    "actual": ColumnRole.ACTUAL,
    "actual_interim": ColumnRole.ACTUAL,
    "actual_forecast": ColumnRole.ACTUAL_FORECAST,
    "last_year": ColumnRole.LAST_YEAR,
    "change": ColumnRole.CHANGE,
    "comparator": ColumnRole.COMPARATOR,
    "unit": ColumnRole.UNIT,
    "weight": ColumnRole.WEIGHT,
    "score": ColumnRole.SCORE,
    "review_score": ColumnRole.OTHER,
    "deduction": ColumnRole.OTHER,
    "score_rate": ColumnRole.SCORE_RATE,
    "completion_rate": ColumnRole.COMPLETION_RATE,
    "deviation": ColumnRole.DEVIATION,
    "cause": ColumnRole.CAUSE,
    "likelihood": ColumnRole.LIKELIHOOD,
    "project": ColumnRole.PROJECT,
    "project_fund": ColumnRole.PROJECT_FUND,
    "department": ColumnRole.DEPARTMENT,
    "operator": ColumnRole.REMARK,
    "grade": ColumnRole.REMARK,
}
_TASKS = {
    "number": ColumnRole.NUMBER,
    "task": ColumnRole.TASK,
    "project": ColumnRole.TASK,
    "task_content": ColumnRole.TASK_CONTENT,
    "task_goal": ColumnRole.TASK_GOAL,
    "task_completion": ColumnRole.TASK_COMPLETION,
    "name_target": ColumnRole.NAME_TARGET,
    "fund": ColumnRole.FUND,
    "fund_fiscal": ColumnRole.FUND_FISCAL,
    "fund_other": ColumnRole.FUND_OTHER,
}
_GOALS = {"goal": ColumnRole.GOAL, "goal_completion": ColumnRole.GOAL_COMPLETION}
KINDS: Mapping[TableKind, Mapping[str, ColumnRole]] = {
    TableKind.INDICATORS: {**_TEXTS, **_INDICATORS},
    TableKind.TASKS: {**_TEXTS, **_TASKS},
    TableKind.FUNDS: {**_TEXTS, **_MONEY},
    TableKind.GOALS: _GOALS,
}
"""What the label reader's roles are in each kind of table; any other has no place in it."""
WHOSE, WHOSE_NOT_WHAT = ("place", "operator"), 0.3
"""Whose money it is names the rows of a list; beside what it is for, it only says whose."""
_NAMES_OF_MONEY = frozenset({ColumnRole.ITEM, ColumnRole.DEPARTMENT})
_ALLOCATED = frozenset({*AMOUNTS, ColumnRole.FUND, ColumnRole.FUND_FISCAL, ColumnRole.FUND_OTHER})
NEEDS: Mapping[TableKind, tuple[frozenset[ColumnRole], ...]] = {
    TableKind.FUNDS: (_NAMES_OF_MONEY, _ALLOCATED),
}
"""What else makes rows of a kind: an allocation list (分配表) names whose money, and how much."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One head: its cell, the words over it, and what stands below it."""

    cell: ReadCell
    over: str
    column: Column


@dataclass(frozen=True, slots=True)
class Decided:
    """A header, the first row below it, and how well it explains the heads, on average."""

    header: Header
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to give the first heads roles, in one kind of table."""

    score: float
    roles: tuple[ColumnRole | None, ...]


def decide(
    grid: Grid,
    row: int,
    cells: Sequence[ReadCell],
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> Decided | None:
    """The header that begins in a row, or None where none is likely; `cells` are the row's.

    `section` is the block around it.
    """
    begun = [cell for cell in cells if cell.row == row]
    found = [
        decided
        for leaves, end in _heads(grid, row, begun)
        if (decided := _decided(grid, leaves, end, section, vocabulary))
    ]
    best = max(found, key=lambda one: one.score, default=None)
    return best if best and best.score >= MIN_SCORE else None


def _heads(grid: Grid, row: int, cells: Sequence[ReadCell]) -> Iterator[tuple[list[Leaf], int]]:
    """The heads of a row alone, and those of the row with the one below it, left to right."""
    if len(cells) < 2 or not all(map(_may_head, cells)):
        return
    end = max(cell.row + cell.row_span for cell in cells)
    if end == row + 1 and end < len(grid.rows):
        yield _leaves(grid, [(cell, "") for cell in cells], end), end
    if row + 1 >= len(grid.rows) or end > row + 2:
        return
    lower = grid.begun(row + 1)
    if not lower or not all(map(_may_head, lower)):
        return
    if parts := _divided(grid, row, cells, lower):
        yield _leaves(grid, parts, row + 2), row + 2


def _leaves(grid: Grid, heads: Sequence[tuple[ReadCell, str]], end: int) -> list[Leaf]:
    below = grid.rows[end:]
    return [Leaf(cell, over, Column.below(below, cell.columns[-1])) for cell, over in heads]


_LABELLED = re.compile(r"[：:]\s*\S")


def _may_head(cell: ReadCell) -> bool:
    """Whether a cell can be a head: short, no value, no label with what it labels behind it."""
    content = cell.content
    return not (
        not is_head(content)
        or content.value
        or content.is_placeholder
        or _LABELLED.search(cell.text)
    )


def _divided(
    grid: Grid, row: int, cells: Sequence[ReadCell], lower: Sequence[ReadCell]
) -> list[tuple[ReadCell, str]]:
    """The heads of two rows, each lower one with the words of the one over it, or none.

    A wide head stands over what it spans; where nothing is merged, over what follows it.
    """
    over: dict[int, ReadCell] = {}
    starts = {cell.column: cell for cell in cells}
    last: ReadCell | None = None
    for column, cell in enumerate(grid.rows[row]):
        last = starts.get(column, last if not cell.content.squeezed or cell is last else None)
        if last is not None:
            over[column] = last
    above = [over.get(cell.column) for cell in lower]
    if any(one is None or one.row_span > 1 for one in above):
        return []
    parents = {id(one) for one in above}
    whole = [cell for cell in cells if id(cell) not in parents]
    if not whole and len(lower) <= len(cells):
        return []  # a row of its own below
    heads = [(cell, "") for cell in whole]
    heads += [(cell, one.text.strip()) for cell, one in zip(lower, above, strict=True) if one]
    return sorted(heads, key=lambda head: head[0].column)


def _decided(
    grid: Grid,
    leaves: Sequence[Leaf],
    end: int,
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> Decided | None:
    """The header that some heads make, if they are heads at all."""
    filled = [leaf for leaf in leaves if leaf.column.filled]
    if vocabulary.meaning is None or len(leaves) < 2 or 2 * len(filled) < len(leaves):
        return None
    readings = vocabulary.meaning().heads(
        [leaf.cell.text for leaf in leaves],
        over=[leaf.over for leaf in leaves],
        section=vocabulary.forms.sections.names[section] if section else "",
        below=[leaf.column.texts for leaf in leaves],
    )
    heading = sum(1 - one.get(CONTENT, 0.0) for one in readings) / len(leaves)
    heading -= BLANK_BELOW * (len(leaves) - len(filled)) / len(leaves)
    if heading < MIN_HEADING:
        return None
    ways = {kind: _ways(leaves, readings, kind, section, vocabulary) for kind in KINDS}
    ranked = sorted(
        ((way, kind) for kind, several in ways.items() for way in several),
        key=lambda one: -one[0].score,
    )
    if not ranked:
        return None
    (best, kind), total = ranked[0], 0.0
    weights = [exp(way.score - best.score) for way, _ in ranked]
    total = sum(weights)
    columns: dict[int, HeadedColumn] = {}
    for at, role in enumerate(best.roles):
        if role is None:
            continue
        leaf = leaves[at]
        same = sum(
            weight
            for weight, (way, other) in zip(weights, ranked, strict=True)
            if other is kind and way.roles[at] is role
        )
        words = leaf.cell.content.is_listed_head(kind)
        headed = HeadedColumn(
            role,
            f"{leaf.over}{leaf.cell.text.strip()}",
            How.WORDS if words else How.MEANING,
            Decimal(round(same / total, 3)).quantize(Decimal("0.001")),
        )
        columns |= dict.fromkeys(leaf.cell.columns, headed)
    return Decided(Header(kind, columns), end, best.score / len(leaves))


def _ways(
    leaves: Sequence[Leaf],
    readings: Sequence[Mapping[str, float]],
    kind: TableKind,
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> list[_Way]:
    """The likeliest ways to give heads the roles of one kind of table, with all that it needs."""
    beam = [_Way(ANNOUNCED if section and SECTION_KINDS.get(section) is kind else 0.0, ())]
    for leaf, reading in zip(leaves, readings, strict=True):
        shares = _shares(leaf, reading, kind)
        grown = [
            _Way(way.score + score, (*way.roles, role))
            for way in beam
            for role, score in _choices(leaf, shares, kind, way.roles)
        ]
        beam = sorted(grown, key=lambda way: -way.score)[:BEAM]
    needs = (NEEDS.get(kind), vocabulary.forms.kinds[kind].require)
    return [
        _Way(way.score + arithmetic(_by_role(way, leaves)), way.roles)
        for way in beam
        if any(need and fulfils({role for role in way.roles if role}, need) for need in needs)
    ]


def _shares(leaf: Leaf, reading: Mapping[str, float], kind: TableKind) -> dict[ColumnRole, float]:
    """Role → how probably the head's words mean it in a kind of table: the reader's roles that
    are one here, and what the lists say of it."""
    shares: dict[ColumnRole, float] = {}
    for name, role in KINDS[kind].items():
        shares[role] = shares.get(role, 0.0) + reading.get(name, 0.0)
    if kind is TableKind.FUNDS:
        place = sum(reading.get(name, 0.0) for name in WHOSE)
        shares[ColumnRole.DEPARTMENT] += WHOSE_NOT_WHAT * place
    listed = dict(leaf.cell.content.roles(kind))
    if not listed:
        return shares
    surest = max(listed.values())
    trust = LISTED if surest > LIKE else ALIKE
    named = [role for role, score in listed.items() if score > LIKE or surest <= LIKE]
    shares = {role: (1 - trust) * share for role, share in shares.items()}
    for role in named:
        shares[role] = shares.get(role, 0.0) + trust / len(named)
    return shares


def _choices(
    leaf: Leaf,
    shares: Mapping[ColumnRole, float],
    kind: TableKind,
    taken: Sequence[ColumnRole | None],
) -> Iterator[tuple[ColumnRole | None, float]]:
    """The roles that a head may play beside those of the heads left of it, and none."""
    yield None, log(UNEXPLAINED)
    for role, share in shares.items():
        if share < MIN_ROLE:
            continue
        again = 0.0
        if role in taken and role not in HOLDERS:
            if kind is not TableKind.FUNDS or role not in _ALLOCATED:
                continue
            again = log(AGAIN)
        yield role, log(share) + leaf.column.fit(role) + again


def _by_role(way: _Way, leaves: Sequence[Leaf]) -> dict[ColumnRole, Column]:
    """The columns of a way by their roles, the first of several."""
    columns: dict[ColumnRole, Column] = {}
    for role, leaf in zip(way.roles, leaves, strict=True):
        if role is not None:
            columns.setdefault(role, leaf.column)
    return columns
