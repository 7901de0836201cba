"""Paragraphs of a draft as statements with sources, and the wording of values (段落)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.assessment.status import StatusRules, direction
from assistant.drafting.material import Line, has_digit
from assistant.drafting.self_report import Item
from assistant.drafting.types import Length
from assistant.grounding.calculations import Term, UnitMismatch, difference, rate
from assistant.grounding.citations import Source, Statement
from assistant.grounding.composition import TableOfAnswers
from assistant.language.numbers import convert, plain
from assistant.language.wording import COMPARED, goal, unquoted, value
from assistant.types import Calculation
from ingest.types.facts import Quantity

MAX_QUOTE_LENGTH = 60
"""Maximum length, in characters, of a quoted completion; it is cut at a clause if it can be."""
MAX_HEADLINE_LENGTH = 140
"""Maximum length, in characters, of a goal that is told whole."""
_ENDS = "。；，、"
IN_MYRIADS = 1_000_000
"""From here on numbers are told in 万, as documents print them."""
MYRIAD, ROUND = 10_000, 100
"""From here on those are that need no more than two places (1.5万人次)."""
_PART = re.compile(r"[^；;。]+[；;。]*")
NUMERALS = "一二三四五六七八九十"
EXCEEDED, SHORT = "超出", "相差"
CAPS = ("≤", "<=", "<")
"""Comparators of targets that are not to be passed."""
_NO_WORK = re.compile(r"[%‰/元]|百分点|^(?:[个]?(?:工作日|小时|分钟|月)|天|日|年|分)$")
"""Units of what is not done piece by piece: shares, money, time."""
"""On which side of its target an actual value lies that misses it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph before its markers are numbered, a heading where `level` is above 0.

    `key` identifies the problem that it belongs to (`problem 3`, `measure 3`), "" for all others.
    `fallback` is the same without numbers: used where the wording of a check has numbers that no
    source shows. With a `table`, the statements are its caption; `listing` says that its cells are
    findings as the checks word them, with their places, whose numbers are not checked again.
    """

    statements: tuple[Statement, ...]
    level: int = 0
    calculations: tuple[Calculation, ...] = ()
    key: str = ""
    fallback: tuple[Statement, ...] = ()
    table: TableOfAnswers | None = None
    listing: bool = False

    @property
    def text(self) -> str:
        """Its words without markers."""
        return "".join(statement.text for statement in self.statements)


@dataclass(frozen=True, slots=True)
class Style:
    """The phrase for the department, the level of detail, and the labels of blanks (口吻)."""

    department_phrase: str
    blanks: Mapping[str, str]
    length: Length = Length.MEDIUM
    reviewing: bool = False
    emphasis: tuple[str, ...] = ()

    @property
    def brief(self) -> bool:
        """Whether only conclusions and what was missed are told."""
        return self.length is Length.SHORT

    @property
    def full(self) -> bool:
        """Whether all is told that there is."""
        return self.length is Length.FULL

    def blank(self, key: str) -> str:
        """A marked blank: 【待填：责任单位】."""
        return f"【待填：{self.blanks[key]}】"

    def weight(self, *texts: str) -> int:
        """The number of emphasised words that occur in the texts."""
        return sum(any(word in text for text in texts) for word in self.emphasis)


def heading(text: str, level: int) -> Block:
    """A heading of level 1 (一、) or 2 (（一）)."""
    return Block((Statement(text),), level)


def paragraph(*parts: Statement | str, calculations: Sequence[Calculation] = ()) -> Block:
    """A paragraph of statements with their sources; bare text is a statement without one."""
    statements = tuple(part if isinstance(part, Statement) else Statement(part) for part in parts)
    return Block(statements, 0, tuple(calculations))


def tabled(
    title: str,
    table: TableOfAnswers,
    calculations: Sequence[Calculation] = (),
    *,
    listing: bool = False,
) -> Block:
    """A table under its caption, which is numbered when the draft is put together."""
    return Block((Statement(title),), 0, tuple(calculations), table=table, listing=listing)


def itemised(blocks: Sequence[Block], key: str) -> list[Block]:
    """The paragraphs as a list (1. 2.), or as they are where there is only one; tables stay."""
    texts = [block for block in blocks if block.table is None]
    number = 0
    out = []
    for block in blocks:
        if block.table is None and len(texts) > 1:
            number += 1
            block = _numbered(block, number)
        out.append(replace(block, key=key))
    return out


def _numbered(block: Block, number: int) -> Block:
    """The paragraph as an item of a list: 3.…"""
    first = block.statements[0].text
    # 1.3项 would be read as one number.
    lead = f"{number}. " if first[:1].isdigit() else f"{number}."
    return replace(
        block,
        statements=(Statement(lead), *block.statements),
        fallback=(Statement(f"{number}."), *block.fallback) if block.fallback else (),
    )


def cited(text: str, *sources: Source) -> Statement:
    """A piece of a sentence with its sources."""
    return Statement(text, sources)


def quotation(item: Item, after: str = "") -> list[Statement]:
    """An item in the department's own words, its last part and each part with a number cited."""
    parts = _PART.findall(clause(item.text))
    last = len(parts) - 1
    return [
        Statement(
            f"{part}{after if number == last else ''}",
            (item.source,) if number == last or has_digit(part) else (),
        )
        for number, part in enumerate(parts)
    ]


def clause(text: str) -> str:
    """Words of a document to be put into a sentence: on one line, without closing punctuation."""
    return "".join(text.split()).strip("。；;，, ")


def brief(text: str) -> str:
    """Words of a document cut at a clause when they are too long to be quoted."""
    whole = clause(text)
    if len(whole) <= MAX_QUOTE_LENGTH:
        return whole
    cut = max(whole.rfind(mark, 0, MAX_QUOTE_LENGTH) for mark in _ENDS)
    return (whole[:cut] if cut > MAX_QUOTE_LENGTH // 3 else whole[:MAX_QUOTE_LENGTH]) + "……"


def headline(text: str) -> str:
    """The first sentence of a goal, or its first clauses where that is long."""
    first = _first(text)
    return brief(first).rstrip("…") if is_cut(text) else first


def is_cut(text: str) -> bool:
    """Whether the first sentence of a goal is too long to be told whole."""
    return len(_first(text)) > MAX_HEADLINE_LENGTH


def _first(text: str) -> str:
    return clause(re.split(r"[。；]", text, maxsplit=1)[0])


def completion_phrase(line: Line) -> str:
    """The completion of an indicator in words: 实际完成1624个, 实际为95%, 完成情况为“……”."""
    actual = line.row.actual
    if actual is not None and actual.values:
        if len(actual.values) > 1:
            return f"实际分别{'完成' if is_work(line) else '为'}{value(actual)}"
        return f"实际{'完成' if is_work(line) else '为'}{value(actual)}"
    return f"完成情况为“{unquoted(brief(line.row.actual_text))}”"


def is_work(line: Line) -> bool:
    """Whether a number counts work done: no rate, money or time, nothing to be kept low."""
    actual, target = line.row.actual, line.goal
    if actual is None or not any(actual.values):
        return False
    capped = target is not None and target.comparator in CAPS
    return not capped and not _NO_WORK.search(actual.unit)


def goal_phrase(quantity: Quantity, downward: bool, label: str) -> str:
    """The goal of a measure in words: 使该指标不低于1950个, 将该指标控制在5%以内."""
    if not quantity.values:
        return f"使{label}达到{value(quantity)}的要求"
    if downward and not any(quantity.values):
        return f"确保{label}为{value(quantity)}"
    if quantity.comparator in ("≤", "<=") or (downward and quantity.comparator not in COMPARED):
        return f"将{label}控制在{value(quantity)}以内"
    if quantity.comparator in COMPARED:
        return f"使{label}{goal(quantity)}"
    return f"使{label}达到{goal(quantity)}"


def gap(line: Line, rules: StatusRules) -> tuple[Calculation, str] | None:
    """How far the worst actual value is from the target, and in which direction (相差, 超出)."""
    target, actual = line.goal, line.row.actual
    if target is None or actual is None or len(target.values) != 1 or not actual.values:
        return None
    downward = direction(line.row, rules) < 0
    unit = target.unit or actual.unit
    values = [(convert(v, actual.unit or unit, unit), v) for v in actual.values]
    if any(number is None for number, _ in values):
        if {actual.unit, unit} <= set().union(*(g for g in rules.same_units if unit in g)):
            values = [(v, v) for v in actual.values]
        else:
            return None
    ordered = sorted(((n, v) for n, v in values if n is not None), key=lambda pair: pair[0])
    worst = ordered[-1 if downward else 0][0]
    goal_term = Term(target.values[0], unit)
    actual_term = Term(worst, unit)
    if downward:
        distance = difference(actual_term, goal_term)
    else:
        distance = difference(goal_term, actual_term)
    if distance.result <= 0:
        return None
    return bared(distance), EXCEEDED if downward else SHORT


def attained(line: Line) -> Calculation | None:
    """The share of the target that was reached; None for percentages and several values."""
    target, actual = line.goal, line.row.actual
    if target is None or actual is None or target.unit == "%" or len(actual.values) != 1:
        return None
    if len(target.values) != 1 or target.values[0] <= 0 or actual.unit != target.unit:
        return None
    try:
        return rate(Term(actual.values[0], actual.unit), Term(target.values[0], target.unit))
    except UnitMismatch:
        return None


def bared(calculation: Calculation) -> Calculation:
    """The calculation without the unit behind its formula: the sentence around it names it."""
    return replace(calculation, formula=re.sub(r"（[^（）=]{1,8}）$", "", calculation.formula))


def amount(calculation: Calculation) -> str:
    """The result of a calculation without its sign, with its unit: 326个, 2700万美元."""
    number, unit = abs(calculation.result), calculation.unit
    round_ = number >= MYRIAD and not number % ROUND
    if (number >= IN_MYRIADS or round_) and not unit.startswith(("万", "亿", "元")):
        return f"{plain(number / 10_000)}万{unit}"
    return f"{plain(number)}{unit}"


def close(one: Decimal, other: Decimal) -> bool:
    """Equal but for rounding to two places."""
    return abs(abs(one) - abs(other)) <= Decimal("0.011")
