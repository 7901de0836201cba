"""How indicators fell short, in words: one in a sentence, several by weight, the lesser in a table
(未达标指标的写法)."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.assessment.status import StatusRules
from assistant.drafting.material import Line, has_digit, of_row
from assistant.drafting.paragraphs import (
    EXCEEDED,
    Block,
    amount,
    attained,
    bared,
    brief,
    cited,
    completion_phrase,
    gap,
    paragraph,
    tabled,
)
from assistant.grounding.calculations import Term, count, difference, total
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.grounding.composition import TableOfAnswers
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation
from ingest.types.facts import Figure, Quantity

MAX_NAMED = 6
"""Maximum number of indicators named in a row; the table has them all."""
NOT_REACHED = "，未达到目标"
MAX_IN_LABEL = 3
"""Maximum number of indicators that a label names."""
SMALL_COLUMNS = ("指标名称", "年度目标值", "实际完成值", "差距", "填报的原因")
Words = tuple[list[Statement | str], list[Calculation]]
"""A part of a sentence with its calculations."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A missed indicator with the reason that the form gives, "" where it gives none."""

    line: Line
    reason: str = ""


def shortfall(line: Line, rules: StatusRules) -> Words:
    """Target, actual value, gap and lost points of a missed indicator, in one sentence."""
    distance = gap(line, rules)
    if distance and line.goal is not None:
        out, calculations = _compared(line, line.goal, *distance)
    else:
        out, calculations = [*_beside(line), NOT_REACHED], []
    points = lost(line)
    if points is not None and line.points is not None:
        out.append(cited(f"，自评扣{amount(points)}", *map(of_figure, line.points)))
        calculations.append(points)
    return out, calculations


def _compared(line: Line, wanted: Quantity, distance: Calculation, word: str) -> Words:
    """Actual value and target by their difference: 比年度目标（不低于91%）低8.1个百分点."""
    share = attained(line)
    target = cited(f"年度目标（{goal(wanted)}", line.goal_source)
    out: list[Statement | str] = [
        cited(f"{quoted(line.name)}{completion_phrase(line)}", line.actual_source)
    ]
    if word == EXCEEDED:
        out += ["，超出", target, f"）{amount(distance)}"]
    elif share is not None:
        out += ["，为", target, f"）的{plain(share.result)}%，相差{amount(distance)}"]
        return out, [share, distance]
    else:
        out += ["，比", target, f"）低{amount(distance)}"]
    return out, [distance]


def _beside(line: Line) -> list[Statement | str]:
    """Target and completion beside each other, where they are not numbers to be compared."""
    name = quoted(line.name)
    if line.goal is None:
        return [cited(f"{name}{completion_phrase(line)}", line.actual_source)]
    return [
        cited(f"{name}目标为{goal(line.goal)}", line.goal_source),
        cited(f"，{completion_phrase(line)}", line.actual_source),
    ]


def lost(line: Line) -> Calculation | None:
    """The points that the form itself takes off, None where it takes none."""
    if line.points is None:
        return None
    points = difference(*(Term(f.quantity.values[0], "分") for f in line.points))
    return bared(points) if points.result > 0 else None


def stake(lines: Sequence[Line]) -> Block | None:
    """Number, weight and lost points of several missed indicators, by one form."""
    missed = [line for line in lines if line.status.is_unmet]
    points = [line.points for line in missed if line.points is not None]
    documents = {line.row.document_id for line in missed}
    if len(missed) < 2 or len(points) < len(missed) or len(documents) > 1:
        return None
    number = count("未达到目标的指标", [line.row.id for line in missed], unit="项")
    weights, scores = together(points)
    off = difference(Term(weights.result, "分"), Term(scores.result, "分"))
    out: list[Statement | str] = [
        f"{plain(number.result)}项指标未达到年度目标",
        cited(f"，分值合计{amount(weights)}", *(of_figure(weight) for weight, _ in points)),
    ]
    if off.result > 0:
        out.append(cited(f"，自评共扣{amount(off)}", *(of_figure(score) for _, score in points)))
    return paragraph(*out, "。", calculations=[number, weights, scores, bared(off)])


def together(points: Sequence[tuple[Figure, Figure]]) -> tuple[Calculation, Calculation]:
    """The weights of several indicators added up, and their scores."""
    weights, scores = (
        bared(total([Term(figure.quantity.values[0], "分") for figure in figures]))
        for figures in zip(*points, strict=True)
    )
    return weights, scores


def marked_down(rows: Sequence[tuple[Line, Calculation]]) -> tuple[str, Block, Calculation]:
    """The rows of a scoring sheet that lost points, those that lost most by name.

    Their name together, the sentence, and the points that they lost.
    """
    out: list[Statement | str] = []
    for line, _ in rows[:MAX_NAMED]:
        assert line.points is not None
        weight, score = line.points
        out.append(cited(f"{'、' if out else ''}{quoted(line.name)}", of_figure(weight)))
        out.append(cited(f"（分值{plain(weight.quantity.values[0])}分，", of_figure(weight)))
        out.append(cited(f"得{plain(score.quantity.values[0])}分", of_figure(score)))
        rule = "、".join(map(quoted, line.remarks))
        out.append(cited(f"，评分表写明{rule}）", of_figure(weight)) if rule else "）")
    number = count("失分的指标", [line.row.id for line, _ in rows], unit="项")
    off = bared(total([Term(points.result, "分") for _, points in rows]))
    joint = "等" if len(rows) > MAX_NAMED else "这" if len(rows) > 1 else ""
    counted = f"{joint}{plain(number.result)}项指标" if joint else ""
    out.append(f"{counted}按评分标准失分，共扣{amount(off)}。")
    names = "、".join(quoted(line.name) for line, _ in rows[:MAX_IN_LABEL])
    names += "等" if len(rows) > MAX_IN_LABEL else ""
    sums = [number, *(points for _, points in rows), off]
    return names, paragraph(*out, calculations=sums), off


def lesser(small: Sequence[Explained], rules: StatusRules) -> tuple[Block, Block]:
    """The lesser misses by name, and their table, a row each."""
    rows = []
    calculations = []
    for one in small:
        line = one.line
        distance = gap(line, rules)
        if distance:
            calculations.append(distance[0])
        actual = line.row.actual
        done = value(actual) if actual and actual.values else brief(line.row.actual_text)
        reason = Statement("有待查明")
        if line.deviation is not None and one.reason:
            reason = cited(brief(one.reason), reason_source(line))
        rows.append(
            (
                Statement(line.name, (line.goal_source,) if has_digit(line.name) else ()),
                cited(goal(line.goal), line.goal_source) if line.goal else Statement(""),
                cited(done, line.actual_source),
                Statement(f"{distance[1]}{amount(distance[0])}" if distance else ""),
                reason,
            )
        )
    lines = [one.line for one in small]
    table = TableOfAnswers(SMALL_COLUMNS, tuple(rows))
    return (
        named(lines, "与目标有一定差距，见下表。", longest=len(lines)),
        tabled("其他未达到目标的指标", table, calculations),
    )


def named(lines: Sequence[Line], words: str, *, longest: int = MAX_NAMED) -> Block:
    """Some indicators by name, and how many they are."""
    out: list[Statement | str] = []
    for number, line in enumerate(lines[:longest]):
        name = f"{'、' if number else ''}{quoted(line.name)}"
        out.append(cited(name, line.goal_source) if has_digit(line.name) else name)
    if len(lines) == 1:
        return paragraph(*out, words)
    whole = count(words, [line.row.id for line in lines], unit="项")
    joint = "等" if len(lines) > longest else "这"
    return paragraph(*out, f"{joint}{plain(whole.result)}项指标{words}", calculations=[whole])


def reason_source(line: Line) -> Source:
    """The cell that gives the reason of a deviation."""
    row = line.deviation
    assert row is not None
    return of_row(row, row.deviation.strip())
