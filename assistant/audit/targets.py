"""Targets against each other and as such (目标核对: D03, D04, D13–D15, D17, D18)."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from assistant.audit.dossier import DraftFinding, Sheet, named, of_row
from assistant.audit.indicator_matching import (
    comparable,
    equal,
    longest_first,
    overlap,
    owner,
    row_names,
    unmatched,
)
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.citations import of_figure
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Severity
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Role

MIN_OVERLAP_OF_ANSWER = 0.5
"""Minimum share of a promise's pairs of characters that its answer has."""
MIN_OVERLAP_OF_DUPLICATES = 0.34
"""Two indicators of one unit whose names share this much, and end alike, are near-duplicates."""
PERCENT = "%"


def check_goals(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D14: a target stated in the text that is not the one in the table of indicators."""
    named_rows = row_names(sheet.indicators, words.synonyms)
    known = longest_first(named_rows)
    seen: set[tuple[str, str]] = set()
    for figure in unmatched(sheet, Role.TARGET):
        key = owner(figure.subject, known, words.synonyms)
        rows = named_rows.get(key, []) if key else _satisfaction(figure, sheet, words)
        targets = [r for r in rows if r.target and comparable(figure.quantity, r.target)]
        if figure.task:
            targets = [r for r in targets if r.task in ("", figure.task)] or targets
        if not targets or any(r.target and equal(figure.quantity, r.target) for r in targets):
            continue
        mark = (targets[0].name, plain(figure.quantity.values[0]))
        if mark not in seen:
            seen.add(mark)
            yield _two_targets(figure, targets[0])
    yield from _restated(sheet)


def _satisfaction(figure: Figure, sheet: Sheet, words: AuditVocabulary) -> list[Indicator]:
    """The one satisfaction indicator of the task that promises a satisfaction in other words."""
    if not words.satisfaction.search(figure.subject) or not figure.task:
        return []
    rows = [
        row
        for row in sheet.indicators
        if row.task == figure.task and words.satisfaction.search(row.name)
    ]
    return rows if len(rows) == 1 else []


def _two_targets(figure: Figure, row: Indicator) -> DraftFinding:
    assert row.target is not None
    reached, subject = "", "".join(figure.subject.split())
    where = "" if subject in "".join(row.name.split()) else f"（{figure.subject}）"
    if row.actual is not None and row.actual.values:
        reached = f"，实际为{value(row.actual)}"
    return DraftFinding(
        "D14",
        Severity.WARNING,
        f"{quoted(row.name)}在文字目标中为{goal(figure.quantity)}{where}，在指标表中为"
        f"{goal(row.target)}{reached}，同一事项目标不一致，是否达标取决于采用哪一个，建议核实。",
        (of_figure(figure), of_row(row)),
        "",
        (f"文字目标：{figure.quantity.raw}", f"指标表：{row.target.raw}"),
        row.name,
    )


def _restated(sheet: Sheet) -> Iterator[DraftFinding]:
    """D14: a row that repeats its own target differently (达到不低于85%的目标)."""
    by_id = {figure.id: figure for figure in sheet.figures}
    for row in sheet.indicators:
        if row.target is None or not row.target.values:
            continue
        for id in row.figure_ids:
            figure = by_id.get(id)
            if figure is None or figure.role is not Role.TARGET:
                continue
            again = figure.quantity
            if again.raw not in row.actual_text or not comparable(again, row.target):
                continue
            if not equal(again, row.target):
                yield _two_targets(figure, row)


def check_measurable(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D03: targets with a direction and no standard; D04: numbers without a unit."""
    rows = [row for row in sheet.indicators if row.target is not None]
    vague = [
        row
        for row in rows
        if row.target and not row.target.values and words.vague.match(row.target.raw.strip())
    ]
    if vague:
        listed = named([row.name for row in vague])
        yield DraftFinding(
            "D03",
            Severity.NOTE,
            f"{len(vague)}项指标的目标只有定性描述、没有衡量标准：{listed}，"
            "建议写明可核查的标准（如名次、比例、佐证材料）。",
            tuple(of_row(row) for row in vague),
            "",
            tuple(f"{row.name}：{row.target.raw}" for row in vague if row.target),
            "目标值",
        )
    bare = [row for row in rows if row.target and row.target.values and not row.target.unit]
    if bare:
        yield DraftFinding(
            "D04",
            Severity.NOTE,
            f"{len(bare)}项指标的目标值没有计量单位：{named([row.name for row in bare])}，"
            "建议补充。",
            tuple(of_row(row) for row in bare),
            "",
            tuple(f"{row.name}：{row.target.raw}" for row in bare if row.target),
            "计量单位",
        )


def check_direction(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D18: a lower-is-better indicator with ≥, a share above 100%."""
    for row in sheet.indicators:
        target = row.target
        if target is None or not target.values:
            continue
        lower = next((w for w in words.lower_better if w in row.name), "")
        falls = any(w in row.name for w in words.falling)
        if lower and not falls and target.comparator in (">", ">="):
            yield DraftFinding(
                "D18",
                Severity.WARNING,
                f"{quoted(row.name)}数值越低越好，目标却为{goal(target)}，疑似方向写反，建议核实。",
                (of_row(row),),
                "",
                (
                    f"≥{plain(target.values[0])}{target.unit}",
                    f"≤{plain(target.values[0])}{target.unit}",
                ),
                row.name,
            )
        over = target.unit == PERCENT and target.values[0] > 100
        if over and not words.may_exceed.search(row.name):
            yield DraftFinding(
                "D18",
                Severity.WARNING,
                f"{quoted(row.name)}的目标为{goal(target)}，比率超过100%，建议核实。",
                (of_row(row),),
                "",
                (),
                row.name,
            )


def check_period(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D13: yearly targets that are the same as those of the whole period."""
    both = [
        row
        for row in sheet.indicators
        if row.target and row.period_target and row.target.values and row.period_target.values
    ]
    same = [
        row
        for row in both
        if row.target
        and row.period_target
        and row.target.values == row.period_target.values
        and row.target.unit == row.period_target.unit
    ]
    counted = [row for row in same if row.target and row.target.unit not in words.not_counts]
    if not counted or len(same) * 2 < len(both):
        return
    yield DraftFinding(
        "D13",
        Severity.NOTE,
        f"{len(both)}项定量指标中有{len(same)}项的年度指标值与实施周期指标值相同，其中数量类"
        f"{len(counted)}项：{named([row.name for row in counted])}，未体现分年度安排，建议核实。",
        tuple(of_row(row) for row in counted),
        f"{len(same)} ÷ {len(both)}",
        tuple(f"{r.name}：年度{r.target.raw}，周期{r.period_target.raw}"
              for r in counted if r.target and r.period_target),
        "年度指标值",
    )  # fmt: skip


def check_duplicates(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D15: near-duplicates in two families; D14 where their targets differ."""
    rows = [row for row in sheet.indicators if row.target and row.target.values]
    plain_names = {row.id: words.synonyms.plain(row.name) for row in rows}
    for one, other in combinations(rows, 2):
        if one.task != other.task or not _alike(plain_names[one.id], plain_names[other.id]):
            continue
        assert one.target is not None
        assert other.target is not None
        if one.target.unit != other.target.unit or one.target.values != other.target.values:
            continue
        if one.level2 == other.level2 and one.target.comparator == other.target.comparator:
            continue
        differ = one.target.comparator != other.target.comparator
        families = "、".join(dict.fromkeys(r.level2 for r in (one, other) if r.level2))
        yield DraftFinding(
            "D14" if differ else "D15",
            Severity.NOTE,
            f"{quoted(one.name)}（{one.target.raw}）与{quoted(other.name)}（{other.target.raw}）疑似重复设置"
            + (f"（{families}）" if families else "")
            + ("，且比较符不同" if differ else "")
            + "，建议合并或区分口径。",
            (of_row(one), of_row(other)),
            "",
            (f"{one.name}：{one.target.raw}", f"{other.name}：{other.target.raw}"),
            one.name,
        )


def _alike(one: str, other: str) -> bool:
    """Whether two names say nearly the same and end alike."""
    if one == other or one[-1:] != other[-1:]:
        return one == other
    return min(overlap(one, other), overlap(other, one)) >= MIN_OVERLAP_OF_DUPLICATES and bool(
        set(_pairs(one[-4:])) & set(_pairs(other[-4:]))
    )


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


def check_promises(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D17: numbers promised in a task's goal that nothing in the document reports on."""
    if sheet.form is not Form.SELF_EVALUATION:
        return
    known = longest_first(row_names(sheet.indicators, words.synonyms))
    actuals = [f for f in sheet.figures if f.role is Role.ACTUAL and f.quantity.values]
    by_task: dict[str, list[Figure]] = {}
    for figure in unmatched(sheet, Role.TARGET):
        if not figure.task or figure.quantity.values[0] == 1:
            continue
        if owner(figure.subject, known, words.synonyms) or _satisfaction(figure, sheet, words):
            continue
        if not _answered(figure, actuals, sheet.indicators, words):
            by_task.setdefault(figure.task, []).append(figure)
    for task, figures in by_task.items():
        listed = "、".join(f"{f.subject}{value(f.quantity)}" for f in figures)
        done = next((t.completion for t in sheet.tasks if t.name == task and t.completion), "")
        claimed = f"，而目标完成情况填写“{done[:30]}”" if done else ""
        yield DraftFinding(
            "D17",
            Severity.WARNING,
            f"{quoted(task)}预期目标中的{len(figures)}项没有报告实际完成情况：{listed}{claimed}，"
            "建议逐项补充实际值。",
            tuple(of_figure(f) for f in figures),
            "",
            tuple(f"{f.subject}：{f.quantity.raw}" for f in figures),
            task,
        )


def _answered(
    promise: Figure, reported: Sequence[Figure], rows: Sequence[Indicator], words: AuditVocabulary
) -> bool:
    """Whether some row or reported number of the same unit speaks of the same thing."""
    plain_name = words.synonyms.plain(promise.subject)
    for figure in reported:
        same = comparable(promise.quantity, figure.quantity)
        if (
            same
            and overlap(plain_name, words.synonyms.plain(figure.subject)) >= MIN_OVERLAP_OF_ANSWER
        ):
            return True
    return any(
        row.target is not None
        and comparable(promise.quantity, row.target)
        and overlap(words.synonyms.plain(row.name), plain_name) >= MIN_OVERLAP_OF_ANSWER
        for row in rows
    )
