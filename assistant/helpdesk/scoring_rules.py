"""Questions on how things are scored (评分规则) → what the rule packs say, with their source.

Only what stands in data/rules, or in a library's own packs, is told: thresholds, bands and formulas
of the packs that hold for a place and year, and the wordings of data/rules/definitions.toml.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assistant.assessment.rule_packs import Origin, RuleBook, Rules, read_rules
from assistant.assessment.scoring import Band, Kind
from assistant.language.numbers import plain
from ingest.language.budget_terms import BudgetTerms

RECALLED = "(R)"
"""Marks a source that was recalled from the published rule."""
TO_BE_CHECKED = "以上按公开制度整理，请对照原文；本地另有规定的，以本地的为准。"
_RATES = re.compile(r"[“”\w]*?率")
_MOST_FORMULAS = 6
"""Maximum number of formulas told where a question names none."""


class RuleTopic(StrEnum):
    """What is asked of the rules; the values are ids of data/help/rules.toml."""

    RATING = "rating"
    TOTAL = "total"
    WEIGHTS = "weights"
    EXECUTION_SCORE = "execution_score"
    EXECUTION_LOW = "execution_low"
    ADJUSTMENT_LIMIT = "adjustment_limit"
    OVER_COMPLETION = "over_completion"
    QUANTITATIVE = "quantitative"
    DOWNWARD = "downward"
    QUALITATIVE = "qualitative"
    SATISFACTION = "satisfaction"
    REASON_REQUIRED = "reason_required"
    FORMULA = "formula"
    LIGHTS = "lights"
    GOAL_REVIEW = "goal_review"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule says, and where it stands."""

    text: str
    source: str


class ScoringRules:
    """Words what holds for a place and year; it reckons nothing."""

    def __init__(self, book: RuleBook, terms: BudgetTerms) -> None:
        self._book = book
        self._terms = terms
        self._definitions = read_rules("definitions")

    def answer(
        self, topic: RuleTopic, question: str, places: Sequence[str] = (), year: int | None = None
    ) -> str:
        """What the rules say, one line a source; "" where they say nothing."""
        rules = self._book.rules(places, year)

        def origin(*path: str) -> str:
            return _source(self._book.origin(places, year, path))

        told = [one for one in self._told(topic, question, rules, origin) if one.text]
        lines = [f"评分规则（{_plain(one.source)}）：{one.text}。" for one in told]
        recalled = any(RECALLED in one.source for one in told)
        return "\n".join([*lines, TO_BE_CHECKED] if recalled else lines)

    def _told(
        self, topic: RuleTopic, question: str, rules: Rules, origin: Callable[..., str]
    ) -> list[Told]:
        if topic is RuleTopic.FORMULA:
            return self._formulas(question, rules)
        if topic in _DEFINED:
            return [self._defined(name) for name in _DEFINED[topic]]
        word, *paths = _WORDED[topic]
        told = [Told(word(rules), origin(*paths))]
        if topic is RuleTopic.SATISFACTION and not rules.scoring.satisfaction:
            told.append(self._defined("满意度区间"))
        return told

    def _defined(self, name: str) -> Told:
        rule = self._definitions[name]
        return Told(rule["text"], rule["source"])

    def _formulas(self, question: str, rules: Rules) -> list[Told]:
        """The formulas of the rates that a question names; of the usual ones where of none."""
        rates = _RATES.findall(question)
        named = [name for rate in rates if (name := self._named(rate, rules))]
        usual = [name for name, rule in rules.formulas.items() if "numerator" in rule]
        told = named if rates else usual[:_MOST_FORMULAS]
        return [self._formula(name, rules) for name in dict.fromkeys(told)]

    def _named(self, rate: str, rules: Rules) -> str:
        """The formula or definition that a rate is known under, "" if under none."""
        also = {other: name for name, rule in self._definitions.items()
                for other in (name, *rule.get("also", ()))}  # fmt: skip
        for start in range(len(rate)):
            tail = rate[start:]
            if tail in rules.formulas:
                return tail
            if tail in also:
                return also[tail]
            concept = self._terms.find(tail)
            if concept and concept.name in rules.formulas:
                return concept.name
        return ""

    def _formula(self, name: str, rules: Rules) -> Told:
        if name not in rules.formulas:
            defined = self._defined(name)
            return Told(f"{name} = {defined.text}", defined.source)
        rule = rules.formulas[name]
        first, *others = rule["denominators"]
        above = f"|{rule['numerator']}|" if rule.get("absolute") else rule["numerator"]
        also = f"，分母也有用{'、'.join(others)}的" if others else ""
        return Told(f"{name} = {above} ÷ {first} × 100%{also}", rule["source"])


def _source(origin: Origin) -> str:
    """The pack by its source; what one place's pack says is told with its name, too."""
    return f"{origin.name}：{origin.source}" if origin.local else origin.source


def _plain(source: str) -> str:
    return source.replace(RECALLED, "").replace(" ；", "；").strip()


# -- what each topic says: the words, and where in a pack the values stand -------------------------


def _rating(rules: Rules) -> str:
    return "，".join(_bands(rules.scoring.ratings, "分"))


def _bands(bands: Sequence[Band], unit: str) -> list[str]:
    """优90分及以上，良80分及以上不满90分，…"""
    told: list[str] = []
    above: Decimal | None = None
    for band in bands:
        least, below = plain(band.least), "" if above is None else f"不满{plain(above)}{unit}"
        bounds = [f"{least}{unit}及以上"] if band.least else []
        told.append(band.name + "、".join([*bounds, *([below] if below else [])]))
        above = band.least
    return told


def _total(rules: Rules) -> str:
    weight = plain(rules.scoring.execution_weight)
    return (
        "总分 = 各项指标得分之和 + 预算执行率得分，满分100分；"
        f"表中印有分值的按印出的，没有印的预算执行率计{weight}分"
    )


def _execution_score(rules: Rules) -> str:
    weight = plain(rules.scoring.execution_weight)
    return (
        f"预算执行率{weight}分（表中印有分值的按印出的），"
        f"得分 = 全年执行数 ÷ 全年预算数 × {weight}，保留两位小数，最高得满分"
    )


def _execution_low(rules: Rules) -> str:
    limits = rules.thresholds
    return (
        f"预算执行率低于{plain(limits.execution_low)}%或高于{plain(limits.execution_high)}%的，"
        f"提示关注、请说明原因；（预算数 − 支出数）÷ 预算数超过{plain(limits.balance)}%的，亮黄灯"
    )


def _adjustment(rules: Rules) -> str:
    return f"预算调整率超过{plain(rules.thresholds.adjustment)}%的，须有书面说明"


def _over_completion(rules: Rules) -> str:
    over = plain(rules.thresholds.over_completion)
    return f"实际完成达到目标的{over}%以上的，请说明原因，并看目标是否定得偏低"


def _quantitative(rules: Rules) -> str:
    if rules.scoring.upward is Kind.ALL_OR_NOTHING:
        return "达到目标得满分，没有达到的不得分"
    return (
        "达到目标得满分；没有达到的，得分 = 实际完成值 ÷ 目标值 × 分值，保留两位小数；"
        "没有实际完成值的不得分"
    )


def _downward(rules: Rules) -> str:
    lead = "越低越好的指标（≤、不超过、控制在）不超过目标得满分；超过的，"
    match rules.scoring.downward:
        case Kind.ALL_OR_NOTHING:
            return lead + "不得分"
        case Kind.RATIO:
            return lead + "得分 = 目标值 ÷ 实际完成值 × 分值"
        case _:
            return lead + (
                "得分 =（1 −（实际完成值 − 目标值）÷ 目标值）× 分值，达到目标值两倍的不得分"
            )


def _qualitative(rules: Rules) -> str:
    met, partly, unmet = map(plain, rules.scoring.qualitative)
    return (
        f"定性指标达成年度指标的，得分值的{met}%—100%；部分达成并具有一定效果的，"
        f"得{partly}%（含）—{met}%；未达成且效果较差的，得{unmet}%—{partly}%"
    )


def _satisfaction(rules: Rules) -> str:
    bands = rules.scoring.satisfaction
    if not bands:
        return f"满意度指标没有另定区间的，按定量指标计分：{_quantitative(rules)}"
    shares = [Band(band.least, f"满意度得分值的{band.name}%：") for band in bands]
    return "；".join([*_bands(shares, "%"), f"不满{plain(bands[-1].least)}%不得分"])


def _lights(rules: Rules) -> str:
    lights, limits = rules.lights, rules.thresholds
    red, yellow, blue = map(plain, (lights.red_below, lights.yellow_below, lights.blue_from))
    return (
        f"监控按完成进度与序时进度之比亮灯：低于{red}%红灯，{red}%—{yellow}%黄灯，"
        f"{yellow}%—{blue}%绿灯，{blue}%及以上蓝灯；自评时（预算数 − 支出数）÷ 预算数超过"
        f"{plain(limits.balance)}%亮黄灯，指标得分率超前于执行率{plain(limits.alarm)}%以上亮红灯"
    )


_WORDED: Mapping[RuleTopic, tuple[Any, ...]] = {
    RuleTopic.RATING: (_rating, "rating"),
    RuleTopic.TOTAL: (_total, "scoring", "execution_weight"),
    RuleTopic.EXECUTION_SCORE: (_execution_score, "scoring", "execution_weight"),
    RuleTopic.EXECUTION_LOW: (_execution_low, "thresholds", "execution_low"),
    RuleTopic.ADJUSTMENT_LIMIT: (_adjustment, "thresholds", "adjustment"),
    RuleTopic.OVER_COMPLETION: (_over_completion, "thresholds", "over_completion"),
    RuleTopic.QUANTITATIVE: (_quantitative, "scoring", "upward"),
    RuleTopic.DOWNWARD: (_downward, "scoring", "downward"),
    RuleTopic.QUALITATIVE: (_qualitative, "scoring", "qualitative", "met"),
    RuleTopic.SATISFACTION: (_satisfaction, "scoring", "satisfaction"),
    RuleTopic.LIGHTS: (_lights, "lights", "red_below"),
}
_DEFINED: Mapping[RuleTopic, tuple[str, ...]] = {
    RuleTopic.WEIGHTS: ("指标权重", "有成本指标的权重"),
    RuleTopic.REASON_REQUIRED: ("偏差原因",),
    RuleTopic.GOAL_REVIEW: ("绩效目标审核",),
    RuleTopic.VALUES: ("完成值取值",),
}
