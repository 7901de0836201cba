"""The score an indicator's numbers earn (计分), by the rules of its place and year.

The usual rule is 财预〔2020〕10号 (R) as production systems apply it: upward targets earn in
proportion, downward ones lose in proportion to the excess; nothing reported earns nothing. Words
are scored by people: a pack gives the band that their score must lie in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assistant.assessment.status import StatusRules, direction, judge
from assistant.grounding.calculations import rounded
from assistant.language.numbers import convert, plain
from assistant.types import Calculation
from ingest.language.budget_terms import BudgetTerms
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Indicator

ZERO, HUNDRED = Decimal(0), Decimal(100)


class Kind(StrEnum):
    """How a missed target is scored (计分方式)."""

    LINEAR = "linear"
    """In proportion: A ÷ T upward, 1 − (A − T) ÷ T downward."""
    RATIO = "ratio"
    """Downward targets by T ÷ A."""
    ALL_OR_NOTHING = "all_or_nothing"
    """A missed target earns nothing (直接赋分)."""


@dataclass(frozen=True, slots=True)
class Band:
    """From this value on: a rating's name, or the share of the weight that is earned."""

    least: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """A pack's way of scoring ([scoring] and [rating] of data/rules/packs)."""

    upward: Kind
    downward: Kind
    execution_weight: Decimal
    satisfaction: tuple[Band, ...]
    satisfaction_words: tuple[str, ...]
    qualitative: tuple[Decimal, Decimal, Decimal]
    """The least share of the weight, in percent, for met, partly met, and unmet words."""
    ratings: tuple[Band, ...]

    @classmethod
    def from_pack(cls, pack: Mapping[str, Any]) -> "Scoring":
        """The scoring of a merged rule pack; raises KeyError or ValueError where it is wrong."""
        given = pack["scoring"]
        words = given["qualitative"]
        return cls(
            upward=Kind(given["upward"]),
            downward=Kind(given["downward"]),
            execution_weight=Decimal(given["execution_weight"]),
            satisfaction=_bands(given["satisfaction"]),
            satisfaction_words=tuple(given["satisfaction_words"]),
            qualitative=(Decimal(words["met"]), Decimal(words["partly"]), Decimal(words["unmet"])),
            ratings=_bands(pack["rating"]),
        )

    def rating(self, score: Decimal) -> str:
        """The rating of a total score (评级), "" where the place has none."""
        return next((band.name for band in self.ratings if score >= band.least), "")


def _bands(given: Mapping[str, str]) -> tuple[Band, ...]:
    """{"优" = "90", …} from the highest on."""
    bands = [Band(Decimal(least), name) for name, least in given.items()]
    return tuple(sorted(bands, key=lambda band: -band.least))


def execution_weight(rows: Sequence[Indicator], terms: BudgetTerms) -> Decimal | None:
    """The points that the rows of a form leave of 100: those of its execution rate.

    None where the weights are not all there: a row prints none, they make more than 100, or they
    leave points although the execution rate is one of the rows.
    """
    weights = [row.weight.value for row in rows if row.weight and row.weight.value is not None]
    if not rows or len(weights) < len(rows):
        return None
    left = HUNDRED - sum(weights, ZERO)
    concepts = [terms.find(row.name) for row in rows]
    counted = any(one and one.name == BudgetTerm.COMPLETION_RATE for one in concepts)
    return None if left < 0 or (left > 0 and counted) else left


def earned(
    row: Indicator, rules: StatusRules, scoring: Scoring, weight: Decimal | None = None
) -> Calculation | None:
    """The score by formula, shown; None where no formula applies. `weight` where none is printed.

    The unit of the result is 分.
    """
    if weight is None:
        weight = row.weight.value if row.weight else None
    if weight is None or row.target is None:
        return None
    target = row.target.value
    if target is None or len(row.target.values) != 1:
        return None
    if row.actual is None or row.actual.value is None:
        return _score("没有实际完成值，得分 = 0", ZERO)
    if len(row.actual.values) > 1:
        return None
    actual = convert(row.actual.value, row.actual.unit or row.target.unit, row.target.unit)
    actual = row.actual.value if actual is None else actual
    if direction(row, rules) < 0:
        return _downward(actual, target, weight, scoring.downward)
    if scoring.satisfaction and any(word in row.name for word in scoring.satisfaction_words):
        return _banded(actual, weight, scoring)
    return _upward(actual, target, weight, scoring.upward)


def _upward(actual: Decimal, target: Decimal, weight: Decimal, kind: Kind) -> Calculation:
    a, t, w = plain(actual), plain(target), plain(weight)
    if actual >= target or target <= 0:
        return _score(f"{a} ≥ {t}，得满分 = {w}", weight)
    if kind is Kind.ALL_OR_NOTHING:
        return _score(f"{a} < {t}，未达到目标，得分 = 0", ZERO)
    result = max(ZERO, rounded(actual / target * weight))
    return _score(f"{a} ÷ {t} × {w} = {plain(result)}", result)


def _downward(actual: Decimal, target: Decimal, weight: Decimal, kind: Kind) -> Calculation:
    a, t, w = plain(actual), plain(target), plain(weight)
    if actual <= target:
        return _score(f"{a} ≤ {t}，得满分 = {w}", weight)
    if kind is Kind.ALL_OR_NOTHING:
        return _score(f"{a} > {t}，未达到目标，得分 = 0", ZERO)
    if kind is Kind.RATIO:
        result = rounded(target / actual * weight)
        return _score(f"{t} ÷ {a} × {w} = {plain(result)}", result)
    if target <= 0 or actual >= 2 * target:
        return _score(f"{a} ≥ 2 × {t}，得分 = 0", ZERO)
    result = rounded((1 - (actual - target) / target) * weight)
    return _score(f"（1 −（{a} − {t}）÷ {t}）× {w} = {plain(result)}", result)


def _banded(actual: Decimal, weight: Decimal, scoring: Scoring) -> Calculation:
    """A satisfaction by its band: 80%–90% earns 8/10, as 财预〔2021〕101号 allows (R)."""
    share = next((Decimal(b.name) for b in scoring.satisfaction if actual >= b.least), ZERO)
    result = rounded(weight * share / HUNDRED)
    shown = f"满意度{plain(actual)}%按区间得{plain(share)}%：{plain(weight)} × {plain(share)}%"
    return _score(f"{shown} = {plain(result)}", result)


def _score(formula: str, result: Decimal) -> Calculation:
    return Calculation(f"{formula}（分）", (), result, "分")


@dataclass(frozen=True, slots=True)
class Points:
    """What a row's numbers earn: by the rule, and by the other formulas that places use."""

    earned: Calculation
    others: tuple[Calculation, ...] = ()

    @property
    def candidates(self) -> tuple[str, ...]:
        """The formulas, that of the rule first."""
        return tuple(calculation.formula for calculation in (self.earned, *self.others))


def points(row: Indicator, rules: StatusRules, scoring: Scoring) -> Points | None:
    """The score by formula with its alternatives; None where no formula applies."""
    calculation = earned(row, rules, scoring)
    if calculation is None:
        return None
    other = _other_way(row, rules, scoring)
    return Points(calculation, (other,) if other and other.formula != calculation.formula else ())


def _other_way(row: Indicator, rules: StatusRules, scoring: Scoring) -> Calculation | None:
    """A missed downward target by the other of the two usual formulas."""
    if (
        row.weight is None
        or row.target is None
        or row.actual is None
        or not (row.weight.values and row.target.values and row.actual.values)
        or direction(row, rules) > 0
        or row.actual.unit != row.target.unit
    ):
        return None
    kind = Kind.LINEAR if scoring.downward is Kind.RATIO else Kind.RATIO
    actual, target = row.actual.values[0], row.target.values[0]
    return _downward(actual, target, row.weight.values[0], kind) if actual > target else None


def recomputed(
    row: Indicator, rules: StatusRules, scoring: Scoring, weight: Decimal
) -> tuple[Decimal, str]:
    """A row's score with how it comes about: by formula, else what was reported, in its band."""
    calculation = earned(row, rules, scoring, weight)
    if calculation is not None:
        return calculation.result, calculation.formula
    status = judge(row, rules).status
    reported = row.score.values[0] if row.score and row.score.values else None
    if status.is_met:
        least = weight * scoring.qualitative[0] / HUNDRED
        result = weight if reported is None else min(max(reported, least), weight)
        return result, f"定性达成，计{plain(result)}"
    if status.is_unmet:
        most = weight * scoring.qualitative[1] / HUNDRED
        result = ZERO if reported is None else min(reported, most)
        return result, f"定性未达成，计{plain(result)}"
    result = ZERO if reported is None else min(reported, weight)
    return result, f"无法按公式核算，按填报计{plain(result)}"
