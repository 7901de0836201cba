"""What columns hold speaks for their roles (列内容与勾稽): kinds of cells, and sums that must hold.

Each answer is a logarithm that `header_decision` adds to what the heads' words say.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import log

from ingest.language.vocabulary import ReadText
from ingest.tables.cells import ReadCell
from ingest.types.tables import ColumnRole

MAX_ROWS = 12
"""Rows below a header that are looked at."""
LEAST = 0.03
"""How probable contents are at least: any cell may be filled in wrongly."""
EMPTY = 0.35
"""How probable it is that nothing at all is filled in below a head."""
EMPTY_TEXT = 0.7
"""The same below a head over reasons and remarks, which most rows need not fill."""
HOLDS, BROKEN = 1.5, -2.0
"""What a sum that holds in its rows adds, and what one that does not."""
MIN_HOLDS = 0.7
"""The share of rows in which a sum must hold."""
MIN_SUMS = 3
"""In how many rows one column must be the sum of others, at least."""
MAX_POINTS = 100
_BARE = re.compile(r"-?[\d,，]+(\.\d+)?")
_RATE_ERROR = Decimal("0.011")
_SUM_ERROR = Decimal("0.02")
_HUNDRED = Decimal(100)
_SIGNS = frozenset("≥≤＞＜><=＝≧≦")

Row = Sequence[ReadCell]


@dataclass(frozen=True)
class Column:
    """What stands below a head: row by row, and each filled cell once."""

    cells: tuple[ReadCell, ...]

    @classmethod
    def below(cls, rows: Sequence[Row], column: int) -> "Column":
        """The column under a head, as far as it is looked at."""
        return cls(tuple(row[column] for row in rows[:MAX_ROWS] if column < len(row)))

    @cached_property
    def filled(self) -> tuple[ReadText, ...]:
        """What its cells say, a merged one once, without those where nothing is filled in."""
        distinct = {id(cell): cell for cell in self.cells}
        return tuple(c.content for c in distinct.values() if not c.content.is_placeholder)

    @cached_property
    def holds_values(self) -> bool:
        """Whether most of its filled cells hold a value."""
        return 2 * sum(content.value is not None for content in self.filled) > len(self.filled)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The words of its filled cells."""
        return tuple(content.squeezed for content in self.filled)

    @cached_property
    def numbers(self) -> tuple[Decimal | None, ...]:
        """Row by row the number that is printed, None where none is."""
        return tuple(
            value.value if (value := cell.content.value) and not value.qualitative else None
            for cell in self.cells
        )

    @cached_property
    def fits(self) -> dict[ColumnRole, float]:
        """The logarithms already asked for."""
        return {}

    def fit(self, role: ColumnRole) -> float:
        """How well what it holds goes with a role."""
        if role not in self.fits:
            self.fits[role] = log(self._likelihood(role))
        return self.fits[role]

    def _likelihood(self, role: ColumnRole) -> float:
        holds = _HOLDS.get(role, _any)
        if not self.filled:
            return EMPTY_TEXT if role in _OPTIONAL else EMPTY
        share = sum(map(holds, self.filled)) / len(self.filled)
        if role is ColumnRole.NUMBER:
            share = float(self.counts_rows)
        if role in (ColumnRole.NAME, ColumnRole.TASK) and self.counts_rows:
            share = 0.0
        if role is ColumnRole.NAME:  # finer than the families, one a row and in every row
            share *= self._singly**3 * self._rows / len(self.cells)
        return LEAST + (1 - LEAST) * share

    @cached_property
    def _singly(self) -> float:
        """The share of its filled rows that hold a cell of their own, not part of a merged one."""
        return len(self.filled) / self._rows if self._rows else 1.0

    @cached_property
    def _rows(self) -> int:
        """In how many of its rows something is filled in."""
        return sum(not cell.content.is_placeholder for cell in self.cells)

    @cached_property
    def counts_rows(self) -> bool:
        """Whether it only numbers its rows."""
        first = [text.rstrip(".、．") for text in self.texts[:3] if text[:1].isdigit()]
        return (len(first) > 1 and first == [str(n + 1) for n in range(len(first))]) or (
            len(self.texts) > 1 and set(self.texts[:3]) <= set("一二三四五六七八九十")
        )


def _any(content: ReadText) -> float:
    return 0.6 if content.value else 0.3


def _money(content: ReadText) -> float:
    value = content.value
    if value is None:
        return 0.0
    return 1.0 if (not value.unit or value.unit.endswith("元")) and _plain(content) else 0.1


def _percent(content: ReadText) -> float:
    value = content.value
    if value is None or value.value is None:
        return 0.0
    if value.unit == "%":
        return 1.0
    return 0.6 if not value.unit and abs(value.value) <= 3 * MAX_POINTS else 0.0


def _points(content: ReadText) -> float:
    value = content.value
    if value is None or value.value is None or not _plain(content):
        return 0.0
    if value.unit in ("", "分") and 0 <= value.value <= MAX_POINTS:
        return 1.0
    return 0.4 if value.unit == "%" and value.value <= MAX_POINTS else 0.02


def _aim(content: ReadText) -> float:
    value = content.value
    if value is None:
        return 0.8 if content.looks_like_value else 0.35
    return 1.0 if value.unit or not _plain(content) else 0.7


def _named(content: ReadText) -> float:
    if content.value is not None:
        return 0.0
    return 0.15 if content.is_level else 1.0


def _family(content: ReadText) -> float:
    if content.value is not None:
        return 0.0
    return 1.0 if content.is_level else 0.5 if len(content.squeezed) <= 12 else 0.05


def _short(content: ReadText) -> float:
    return 1.0 if content.value is None and len(content.squeezed) <= 6 else 0.05


def _sign(content: ReadText) -> float:
    text = content.squeezed
    worded = text[:2] in ("正向", "反向", "定性", "定量", "大于", "小于", "等于")
    return 1.0 if set(text) <= _SIGNS or worded else 0.02


def _text(content: ReadText) -> float:
    return 0.05 if content.value else 0.9


def _plain(content: ReadText) -> bool:
    value = content.value
    return value is not None and value.comparator in ("", "=") and content.squeezed[:1] not in "=＝"


_HOLDS: Mapping[ColumnRole, Callable[[ReadText], float]] = {
    **dict.fromkeys(
        (
            *(ColumnRole.INITIAL, ColumnRole.FINAL, ColumnRole.SPENT, ColumnRole.FORECAST_SPENT),
            *(ColumnRole.ADJUSTMENT, ColumnRole.LEFT, ColumnRole.FUND, ColumnRole.FUND_FISCAL),
            *(ColumnRole.FUND_OTHER, ColumnRole.PROJECT_FUND, ColumnRole.ALLOCATED),
        ),
        _money,
    ),
    **dict.fromkeys((ColumnRole.RATE, ColumnRole.SCORE_RATE, ColumnRole.COMPLETION_RATE), _percent),
    **dict.fromkeys((ColumnRole.WEIGHT, ColumnRole.SCORE), _points),
    **dict.fromkeys(
        (
            *(ColumnRole.TARGET, ColumnRole.PERIOD_TARGET, ColumnRole.ACTUAL),
            *(ColumnRole.ACTUAL_FORECAST, ColumnRole.LAST_YEAR),
        ),
        _aim,
    ),
    **dict.fromkeys(
        (
            *(ColumnRole.NAME, ColumnRole.TASK, ColumnRole.PROJECT, ColumnRole.DEPARTMENT),
            *(ColumnRole.ITEM, ColumnRole.TASK_CONTENT, ColumnRole.TASK_GOAL),
            *(ColumnRole.TASK_COMPLETION, ColumnRole.GOAL, ColumnRole.GOAL_COMPLETION),
        ),
        _named,
    ),
    ColumnRole.LEVEL1: _family,
    ColumnRole.LEVEL2: _family,
    ColumnRole.UNIT: _short,
    ColumnRole.COMPARATOR: _sign,
    ColumnRole.DEVIATION: _text,
    ColumnRole.REMARK: _text,
    ColumnRole.GRADE: _short,
    ColumnRole.LIKELIHOOD: _short,
}
"""How well one filled cell goes with a role, 0 to 1."""
_OPTIONAL = (
    *(ColumnRole.DEVIATION, ColumnRole.REMARK, ColumnRole.CAUSE, ColumnRole.LIKELIHOOD),
    *(ColumnRole.SCORE, ColumnRole.ACTUAL, ColumnRole.GRADE),
)
"""Roles of columns that may be left blank: a form not yet filled in, a row with nothing to say."""


Columns = Mapping[ColumnRole, Column]


def arithmetic(columns: Columns, beside: Sequence[Column]) -> float:
    """What the sums add that roles must keep: 执行率 = 执行 ÷ 预算, 得分 ≤ 分值, parts = total.

    `beside` are all columns: a rate may tell the share that another one is of the budget (到位率).
    """
    budget = columns.get(ColumnRole.FINAL) or columns.get(ColumnRole.INITIAL)
    spent, rate = columns.get(ColumnRole.SPENT), columns.get(ColumnRole.RATE)
    of_budget = _rule((rate, spent, budget), _is_rate)
    if of_budget < 0 and any(_rule((rate, one, budget), _is_rate) > 0 for one in beside):
        of_budget = 0.0
    told = [
        of_budget,
        _rule(
            tuple(
                columns.get(role)
                for role in (ColumnRole.SCORE_RATE, ColumnRole.SCORE, ColumnRole.WEIGHT)
            ),
            _is_rate,
        ),
        _rule((columns.get(ColumnRole.LEFT), budget, spent), _is_rest),
        _rule(
            tuple(
                columns.get(role)
                for role in (ColumnRole.ADJUSTMENT, ColumnRole.FINAL, ColumnRole.INITIAL)
            ),
            _is_rest,
        ),
        _rule(
            tuple(
                columns.get(role)
                for role in (ColumnRole.FUND_FISCAL, ColumnRole.FUND, ColumnRole.FUND_OTHER)
            ),
            _is_rest,
        ),
        min(0.0, _rule((columns.get(ColumnRole.WEIGHT), columns.get(ColumnRole.SCORE)), _covers)),
    ]
    return sum(told)


def added_up(
    columns: Sequence[Column], told_apart: Sequence[bool]
) -> tuple[int, frozenset[int]] | None:
    """Which column is the sum of neighbouring others in its rows, and which these are: 合计 of
    造林、抚育、湿地. There may be several such runs: by purpose, and by when it was paid.

    Only columns of bare numbers are looked at, without those that count the rows; a run with a
    column that is `told_apart` is something else, such as what was spent and what was left.
    """
    held = [
        at
        for at, one in enumerate(columns)
        if one.texts and all(map(_BARE.fullmatch, one.texts)) and not one.counts_rows
    ]
    runs = [
        held[start:end] for start in range(len(held)) for end in range(start + 2, len(held) + 1)
    ]
    for whole in held:
        parts = [
            run
            for run in runs
            if whole not in run and not any(told_apart[at] for at in run)
            if not told_apart[whole] and _adds_up(columns, whole, run)
        ]
        if parts:
            return whole, frozenset(at for run in parts for at in run)
    return None


def _adds_up(columns: Sequence[Column], whole: int, parts: Sequence[int]) -> bool:
    """Whether a column is the sum of others in its rows."""
    rows = zip(columns[whole].numbers, *(columns[at].numbers for at in parts), strict=True)
    told = [
        abs(sum(filter(None, some), Decimal(0)) - total) <= _SUM_ERROR
        for total, *some in rows
        if total and sum(map(bool, some)) > 1
    ]
    return len(told) >= MIN_SUMS and sum(told) >= MIN_HOLDS * len(told)


def _rule(columns: Sequence[Column | None], holds: Callable[..., bool]) -> float:
    """What a sum over columns adds, by the rows that print all its numbers."""
    present = [column.numbers for column in columns if column is not None]
    if len(present) < len(columns):
        return 0.0
    rows = [row for row in zip(*present, strict=True) if None not in row]
    if not rows:
        return 0.0
    return HOLDS if sum(holds(*row) for row in rows) >= MIN_HOLDS * len(rows) else BROKEN


def _is_rate(rate: Decimal, part: Decimal, whole: Decimal) -> bool:
    if not whole:
        return not rate
    share = part / whole
    return abs(share - rate / _HUNDRED) <= _RATE_ERROR or abs(share - rate) <= _RATE_ERROR


def _is_rest(rest: Decimal, whole: Decimal, part: Decimal) -> bool:
    return abs(whole - part - rest) <= max(_SUM_ERROR, abs(whole) / 1000)


def _covers(weight: Decimal, score: Decimal) -> bool:
    return score <= weight
