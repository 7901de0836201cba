"""The score an indicator's numbers earn (计分), by 财预〔2020〕10号 as production systems apply it.

Upward targets earn in proportion, downward ones lose in proportion to the excess; nothing reported
earns nothing. Words are scored by people: there is no formula for them.
"""

from dataclasses import dataclass
from decimal import Decimal

from assistant.compute import rounded
from assistant.numbers import convert, plain
from assistant.status import StatusRules, direction
from assistant.types import Calculation
from ingest.types import Indicator

NOTHING = Decimal(0)


def earned(row: Indicator, rules: StatusRules) -> Calculation | None:
    """The score by formula, shown; None where no formula applies."""
    if row.weight is None or row.weight.value is None or row.target is None:
        return None
    weight, target = row.weight.value, row.target.value
    if target is None or len(row.target.values) != 1:
        return None
    if row.actual is None or row.actual.value is None:
        return _score("没有实际完成值，得分 = 0", NOTHING)
    if len(row.actual.values) > 1:
        return None
    actual = convert(row.actual.value, row.actual.unit or row.target.unit, row.target.unit)
    actual = row.actual.value if actual is None else actual
    a, t, w = plain(actual), plain(target), plain(weight)
    if direction(row, rules) < 0:
        if actual <= target:
            return _score(f"{a} ≤ {t}，得满分 = {w}", weight)
        if target <= 0 or actual >= 2 * target:
            return _score(f"{a} ≥ 2 × {t}，得分 = 0", NOTHING)
        result = rounded((1 - (actual - target) / target) * weight)
        return _score(f"（1 −（{a} − {t}）÷ {t}）× {w} = {plain(result)}", result)
    if actual >= target or target <= 0:
        return _score(f"{a} ≥ {t}，得满分 = {w}", weight)
    result = max(NOTHING, rounded(actual / target * weight))
    return _score(f"{a} ÷ {t} × {w} = {plain(result)}", result)


def _score(formula: str, result: Decimal) -> Calculation:
    return Calculation(f"{formula}（分）", (), result, "分")


def alternative(row: Indicator, rules: StatusRules) -> Calculation | None:
    """The score of a missed downward target where a place takes target ÷ actual instead."""
    if (
        row.weight is None
        or row.target is None
        or row.actual is None
        or not (row.weight.values and row.target.values and row.actual.values)
        or direction(row, rules) > 0
    ):
        return None
    weight, target, actual = row.weight.values[0], row.target.values[0], row.actual.values[0]
    if actual <= target or row.actual.unit != row.target.unit:
        return None
    result = rounded(target / actual * weight)
    return _score(f"{plain(target)} ÷ {plain(actual)} × {plain(weight)} = {plain(result)}", result)


@dataclass(frozen=True, slots=True)
class Points:
    """What a row's numbers earn: by the rule, and by the other formulas that places use."""

    earned: Calculation
    others: tuple[Calculation, ...] = ()

    @property
    def candidates(self) -> tuple[str, ...]:
        return tuple(made.formula for made in (self.earned, *self.others))


def points(row: Indicator, rules: StatusRules) -> Points | None:
    """The score by formula with its alternatives; None where no formula applies."""
    made = earned(row, rules)
    if made is None:
        return None
    other = alternative(row, rules)
    return Points(made, (other,) if other else ())
