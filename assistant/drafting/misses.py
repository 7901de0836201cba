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
    is_work,
    paragraph,
    tabled,
)
from assistant.grounding.calculations import Term, count, difference, total
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.grounding.composition import TableOfAnswers
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Status
from ingest.types.facts import Figure, Quantity

FAR = 80
"""Share of the target, in percent, below which it is told: nearer by, the gap says enough."""
SHARES = ("个百分点", "%", "‰")
MAX_MARKED = 3
"""Maximum number of rows of a scoring sheet that are told one by one."""
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
    if word == EXCEEDED and not any(wanted.values):
        none = f"，没有实现年度目标（{value(wanted)}"
        return [*out, cited(none, line.goal_source), "）"], [distance]
    if word == EXCEEDED:
        over = "高出" if distance.unit in SHARES else "超出"
        out += [f"，{over}", target, f"）{amount(distance)}"]
    elif share is not None and share.result < FAR:
        out += ["，只达到", target, f"）的{plain(share.result)}%，相差{amount(distance)}"]
        return out, [share, distance]
    else:
        out += ["，比", target, f"）{'少' if is_work(line) else '低'}{amount(distance)}"]
    return out, [distance]


def _beside(line: Line) -> list[Statement | str]:
    """Target and completion beside each other, where they are not numbers to be compared."""
    name = quoted(line.name)
    if line.goal is None:
        return [cited(f"{name}{completion_phrase(line)}", line.actual_source)]
    target = cited(f"{name}目标为{goal(line.goal)}", line.goal_source)
    if line.status is Status.UNREPORTED:
        return [target, "，没有填报实际完成值"]
    return [target, cited(f"，{completion_phrase(line)}", line.actual_source)]


def lost(line: Line) -> Calculation | None:
    """The points that the form itself takes off, None where it takes none."""
    if line.points is None:
        return None
    points = difference(*(Term(f.quantity.values[0], "分") for f in line.points))
    return bared(points) if points.result > 0 else None


def stake(lines: Sequence[Line], silent: Sequence[Line] = ()) -> Block | None:
    """Number, weight and lost points of several missed indicators, by one form; which of them are
    `silent`, without a reason."""
    missed = [line for line in lines if line.status.is_unmet]
    points = [line.points for line in missed if line.points is not None]
    documents = {line.row.document_id for line in missed}
    number = count("未达到目标的指标", [line.row.id for line in missed], unit="项")
    if len(missed) < 2:
        return None
    why = _without_reason(missed, silent)
    if len(points) < len(missed) or len(documents) > 1:
        told = [f"{plain(number.result)}项指标未达到年度目标", *why, "。"]
        return paragraph(*told, calculations=[number]) if why else None
    weights, scores = together(points)
    off = difference(Term(weights.result, "分"), Term(scores.result, "分"))
    out: list[Statement | str] = [
        f"{plain(number.result)}项指标未达到年度目标",
        cited(f"，分值合计{amount(weights)}", *(of_figure(weight) for weight, _ in points)),
    ]
    if off.result > 0:
        out.append(cited(f"，自评共扣{amount(off)}", *(of_figure(score) for _, score in points)))
    return paragraph(*out, *why, "。", calculations=[number, weights, scores, bared(off)])


def _without_reason(missed: Sequence[Line], silent: Sequence[Line]) -> list[Statement | str]:
    """That no reason is given for several of the missed indicators, told once for all of them."""
    if len(silent) < 2:
        return []
    if len(silent) == len(missed):
        return ["，填报资料均没有写明原因"]
    return ["。其中", *enumerated(silent), "，填报资料没有写明原因"]


def enumerated(lines: Sequence[Line]) -> list[Statement | str]:
    """The names of some indicators, those that hold a number with their row."""
    shown: list[Statement | str] = []
    for number, line in enumerate(lines[:MAX_NAMED]):
        sources = (line.goal_source,) if has_digit(line.name) else ()
        shown.append(Statement(f"{'、' if number else ''}{quoted(line.name)}", sources))
    return [*shown, "等多项指标"] if len(lines) > MAX_NAMED else shown


def together(points: Sequence[tuple[Figure, Figure]]) -> tuple[Calculation, Calculation]:
    """The weights of several indicators added up, and their scores."""
    weights, scores = (
        bared(total([Term(figure.quantity.values[0], "分") for figure in figures]))
        for figures in zip(*points, strict=True)
    )
    return weights, scores


def marked_down(rows: Sequence[tuple[Line, Calculation]]) -> tuple[str, Block, Calculation]:
    """The rows of a scoring sheet that lost points, those that lost most one by one.

    Their name together, the sentences, and the points that they lost.
    """
    number = count("失分的指标", [line.row.id for line, _ in rows], unit="项")
    off = bared(total([Term(points.result, "分") for _, points in rows]))
    out: list[Statement | str] = []
    if len(rows) > 1:
        out.append(f"有{plain(number.result)}项指标按评分标准失分，共扣{amount(off)}。")
    for line, points in rows[:MAX_MARKED]:
        assert line.points is not None
        weight, score = line.points
        lead = f"{quoted(line.name)}按评分标准" if len(rows) == 1 else quoted(line.name)
        full = f"{lead}扣{amount(points)}（分值{plain(weight.quantity.values[0])}分）"
        rule = "、".join(map(quoted, line.remarks))
        out.append(cited(full, of_figure(weight), of_figure(score)))
        out.append(cited(f"，评分表注明{rule}", of_figure(weight)) if rule else "")
        out.append("。")
    if rest := rows[MAX_MARKED:]:
        named_rest = (
            cited(quoted(ln.name), of_figure(ln.points[0])) for ln, _ in rest if ln.points
        )
        for position, name in enumerate(named_rest):
            out += ["、" if position else "另有", name]
        lost_rest = "、".join(amount(points) for _, points in rest)
        out.append(f"{'分别' if len(rest) > 1 else ''}扣{lost_rest}。")
    names = "、".join(quoted(line.name) for line, _ in rows[:MAX_IN_LABEL])
    names += "等" if len(rows) > MAX_IN_LABEL else ""
    sums = [number, *(points for _, points in rows), off]
    return names, paragraph(*out, calculations=sums), off


def half_met(rows: Sequence[tuple[Line, Calculation]]) -> tuple[str, Block, Calculation]:
    """Rows told in words that the form does not give all their points, though it calls them met:
    each with its reason, those without one in a sentence.

    Their name together, the sentences, and the points that they lost.
    """
    out: list[Statement | str] = []
    silent = [(line, points) for line, points in rows if line.deviation is None]
    for line, points in rows:
        if line.points is not None and line.deviation is not None:
            out.append(cited(f"{quoted(line.name)}{completion_phrase(line)}", line.actual_source))
            out.append(cited(f"，自评扣{amount(points)}", *map(of_figure, line.points)))
            out += [
                "，填报的原因是",
                cited(brief(line.deviation.deviation), reason_source(line)),
                "。",
            ]
    if silent:
        out += enumerated([line for line, _ in silent])
        alike = len({points.result for _, points in silent}) == 1
        several = len(silent) > 1
        out.append(f"自评{('各' if alike else '分别') if several else ''}扣")
        for number, (line, points) in enumerate(silent):
            words = "" if number and alike else f"{'、' if number else ''}{amount(points)}"
            out.append(cited(words, *map(of_figure, line.points or ())))
        out.append("，填报资料没有写明原因。")
    off = bared(total([Term(points.result, "分") for _, points in rows]))
    names = "、".join(quoted(line.name) for line, _ in rows[:MAX_IN_LABEL])
    names += "等" if len(rows) > MAX_IN_LABEL else ""
    return names, paragraph(*out, calculations=[*(points for _, points in rows), off]), off


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
        reason = Statement("未填报")
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
