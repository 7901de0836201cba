"""Where an indicator stands, and why, in one sentence (指标状态). Pure: facts in, verdict out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from assistant.language.dates import Timing, timing
from assistant.language.numbers import convert, plain
from assistant.language.wording import goal
from assistant.types import IndicatorStatus, Status
from ingest.language.normalise import normalise
from ingest.language.packs import PackTable, open_pack
from ingest.types.facts import Indicator, Quantity

_UPWARD = ("", "≥", ">=", ">")
_COMPARE = {
    "≥": lambda a, t: a >= t,
    ">=": lambda a, t: a >= t,
    ">": lambda a, t: a > t,
    "≤": lambda a, t: a <= t,
    "<=": lambda a, t: a <= t,
    "<": lambda a, t: a < t,
}


@dataclass(frozen=True, slots=True)
class StatusRules:
    """The vocabulary the verdicts rest on (data/lexicon/status.toml)."""

    exceeded_at: Decimal
    never_exceeded_units: frozenset[str]
    not_done: tuple[str, ...]
    blank: frozenset[str]
    unmet_words: tuple[str, ...]
    not_negations: tuple[str, ...]
    met_words: tuple[str, ...]
    cost_families: tuple[str, ...]
    reversed_names: tuple[str, ...]
    not_reversed: tuple[str, ...]
    same_units: tuple[frozenset[str], ...]
    day_words: tuple[str, ...]

    @classmethod
    def from_pack(cls, pack: PackTable) -> "StatusRules":
        """The pack `status`; raises PackError where it is wrong."""
        rules = cls(
            exceeded_at=pack.decimal("exceeded_at"),
            never_exceeded_units=frozenset(pack.words("never_exceeded_units")),
            not_done=pack.words("not_done"),
            blank=frozenset(pack.words("blank")),
            unmet_words=pack.words("unmet_words"),
            not_negations=pack.words("not_negations"),
            met_words=pack.words("met_words"),
            cost_families=pack.words("cost_families"),
            reversed_names=pack.words("reversed_names"),
            not_reversed=pack.words("not_reversed"),
            same_units=tuple(map(frozenset, pack.word_lists("same_units"))),
            day_words=tuple(sorted(pack.words("day_words"), key=len, reverse=True)),
        )
        pack.reject_unread()
        return rules


@cache
def read_status_rules() -> StatusRules:
    """The vocabulary of data/lexicon/status.toml, compiled on first use."""
    return StatusRules.from_pack(open_pack("status"))


def judge(indicator: Indicator, rules: StatusRules) -> IndicatorStatus:
    """The indicator with its status and the reason in one sentence."""
    status, reason = _judge(indicator, rules)
    return IndicatorStatus(indicator, status, reason)


def _judge(indicator: Indicator, rules: StatusRules) -> tuple[Status, str]:
    target, actual = indicator.target or indicator.period_target, indicator.actual
    completion = normalise(indicator.actual_text or (actual.raw if actual else "")).strip()
    bare = completion.strip(" 。，；") in rules.blank
    measured = actual is not None and bool(actual.values)
    if bare and not measured:
        return Status.UNREPORTED, "没有填报实际完成值。"
    if target is None or not target.values:
        return _qualitative(target, completion, rules)
    not_done = next((word for word in rules.not_done if word in completion), "")
    if not_done and not measured:
        return (
            Status.UNMET,
            f"目标为{goal(target)}，完成情况写明“{_clause(completion, not_done)}”。",
        )
    if not measured or actual is None:
        return _claimed(target, completion, rules)
    values = _in_unit(actual, target.unit, rules)
    if values is None:
        return (
            Status.UNVERIFIABLE,
            f"目标为{goal(target)}，填报的是“{actual.raw}”，不是同一口径的数值，无法核实。",
        )
    return _measured(indicator, target, actual, values, rules)


def _qualitative(
    target: Quantity | None, completion: str, rules: StatusRules
) -> tuple[Status, str]:
    wanted = (target.qualitative or target.raw) if target else ""
    lead = f"目标为“{wanted}”，" if wanted else "没有设定目标值，"
    if when := timing(wanted, completion, rules.day_words):
        status, told = _IN_TIME[when]
        return status, f"{lead}完成情况为“{_brief(completion)}”，{told}。"
    denied = _denied(completion, wanted, rules)
    if denied or _negative(completion, rules):
        if not denied and _of_something_else(wanted, completion, rules):
            return (
                Status.UNVERIFIABLE,
                f"{lead}完成情况为“{_brief(completion)}”，说法不一，看不出是否达成。",
            )
        return Status.QUALITATIVE_UNMET, f"{lead}完成情况为“{_brief(completion)}”。"
    if (wanted and normalise(wanted) in completion) or any(
        word in completion for word in rules.met_words
    ):
        return Status.QUALITATIVE_MET, f"{lead}完成情况为“{_brief(completion)}”。"
    return Status.UNVERIFIABLE, f"{lead}完成情况为“{_brief(completion)}”，看不出是否达成。"


_IN_TIME = {
    Timing.KEPT: (Status.MET, "按时"),
    Timing.LATE: (Status.UNMET, "晚于目标"),
    Timing.OPEN: (Status.UNVERIFIABLE, "看不出是否按时"),
}
"""A day is measured as a number is: what keeps it reaches its target."""


def _of_something_else(wanted: str, completion: str, rules: StatusRules) -> bool:
    """Whether one clause tells what was wanted, and what another denies is not that (目标“建立”：
    已建立，尚未对外开放)."""
    told, wanted = _CLAUSE.split(completion), normalise(wanted)
    denied = [clause for clause in told if _negative(clause, rules)]
    said = [clause for clause in told if wanted and wanted in clause and clause not in denied]
    return bool(said) and not any(wanted in clause for clause in denied)


def _claimed(target: Quantity, completion: str, rules: StatusRules) -> tuple[Status, str]:
    """A numeric target answered by words alone."""
    lead = f"目标为{goal(target)}，"
    if _negative(completion, rules):
        return Status.UNMET, f"{lead}完成情况为“{_brief(completion)}”，未写实际数值。"
    return Status.UNVERIFIABLE, f"{lead}完成情况为“{_brief(completion)}”，没有可核对的实际值。"


def _measured(
    row: Indicator,
    target: Quantity,
    actual: Quantity,
    values: Sequence[Decimal],
    rules: StatusRules,
) -> tuple[Status, str]:
    comparator = target.comparator if target.comparator in _COMPARE else ""
    if not comparator and _lower_is_better(row, rules):
        comparator = "≤"
    wanted, got = goal(target), "、".join(plain(v) for v in actual.values) + actual.unit
    low, high = target.values[0], target.values[-1]
    if len(target.values) == 2 and not target.comparator:
        met = all(min(low, high) <= v <= max(low, high) for v in values)
    elif len(target.values) == len(values) > 1:
        met = all(_meets(v, t, comparator) for v, t in zip(values, target.values, strict=True))
    else:
        met = all(_meets(v, low, comparator) for v in values)
    if met and _exceeds(values, low, comparator, target.unit, rules):
        return Status.EXCEEDED, f"目标为{wanted}，实际为{got}，超出目标较多。"
    if met:
        return Status.MET, f"目标为{wanted}，实际为{got}，达到目标。"
    worst = min(values) if comparator in _UPWARD else max(values)
    gap = f"相差{plain(abs(worst - low))}{'个百分点' if target.unit == '%' else target.unit}"
    return Status.UNMET, f"目标为{wanted}，实际为{got}，{gap}。"


def _meets(value: Decimal, target: Decimal, comparator: str) -> bool:
    # A bare target (100%, 6个) is one to reach: more is no failure.
    return bool(_COMPARE[comparator or "≥"](value, target))


def _exceeds(
    values: Sequence[Decimal], target: Decimal, comparator: str, unit: str, rules: StatusRules
) -> bool:
    return (
        comparator in _UPWARD
        and unit not in rules.never_exceeded_units
        and target > 0
        and all(value >= target * rules.exceeded_at for value in values)
    )


def _in_unit(actual: Quantity, unit: str, rules: StatusRules) -> list[Decimal] | None:
    """The actual values in the target's unit; None where 34个 answers a target in %."""
    a, b = actual.unit or unit, unit or actual.unit
    if any({a, b} <= group for group in rules.same_units):
        return list(actual.values)
    values = [convert(value, a, b) for value in actual.values]
    return None if None in values else [value for value in values if value is not None]


def direction(row: Indicator, rules: StatusRules) -> int:
    """−1 where a lower value is better, by the target's comparator, the family or the name."""
    comparator = row.target.comparator if row.target else ""
    if comparator in _COMPARE:
        return 1 if comparator in _UPWARD else -1
    return -1 if _lower_is_better(row, rules) else 1


def _lower_is_better(row: Indicator, rules: StatusRules) -> bool:
    """Whether less is better where the target prints no comparator: costs, accidents, delays."""
    if any(word in row.name for word in rules.not_reversed):
        return False
    family = row.level1 + row.level2
    return any(word in family for word in rules.cost_families) or any(
        word in row.name for word in rules.reversed_names
    )


def _negative(completion: str, rules: StatusRules) -> bool:
    for phrase in rules.not_negations:
        completion = completion.replace(phrase, "")
    return any(word in completion for word in (*rules.unmet_words, *rules.not_done))


def _denied(completion: str, wanted: str, rules: StatusRules) -> bool:
    """Whether what was wanted (合规: 不合规), or that a thing was done (未完工), is denied."""
    done = [f"未{word}" for word in rules.day_words if len(word) > 1]
    return any(word in completion for word in done) or bool(
        wanted and any(f"{no}{normalise(wanted)}" in completion for no in _NO)
    )


_NO = ("不", "未", "没有", "无法")
_CLAUSE = re.compile("[。；，,;]")


def _clause(text: str, word: str) -> str:
    """The clause of `text` that holds `word`."""
    at = text.find(word)
    start = max(text.rfind(mark, 0, at) for mark in "。；，") + 1
    stops = [i for mark in "。；，" if (i := text.find(mark, at)) >= 0]
    return text[start : min(stops, default=len(text))].strip()


def _brief(text: str, limit: int = 60) -> str:
    text = "".join(text.split()).rstrip("。")
    return text if len(text) <= limit else text[:limit] + "……"
