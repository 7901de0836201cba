"""Scores against weights, against what the numbers earn, against their total (得分核对, D09)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.assessment.scoring import Points, Scoring, points
from assistant.assessment.status import StatusRules, judge
from assistant.audit.dossier import DraftFinding, Sheet, of_row, sources
from assistant.audit.rounding import step
from assistant.grounding.calculations import term as as_term
from assistant.grounding.calculations import total
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Severity
from ingest.types.facts import Figure, Indicator, Quantity, Role

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ScoreSum:
    """A printed total score beside the sum of its rows.

    `complete`: the rows' weights make 100, so that no row can be missing from the sum. `unscored`
    are the points of 100 that no printed score accounts for, such as those of the execution rate.
    """

    whole: Figure
    parts: tuple[Figure, ...]
    calculation: Calculation
    complete: bool
    unscored: Decimal = Decimal(0)

    @property
    def contradicted(self) -> bool:
        """Whether the total cannot be: not even with points for what has no score printed.

        Rows that make it twice tell the same points at two levels (一级、三级指标).
        """
        twice = self.calculation.result == 2 * self.whole.quantity.values[0]
        return not (0 <= self.gap <= self.unscored or twice)

    @property
    def gap(self) -> Decimal:
        """The total less the sum of its rows, in points."""
        return self.whole.quantity.values[0] - self.calculation.result


def score_sum(figures: Sequence[Figure], totals: re.Pattern[str], task: str) -> ScoreSum | None:
    """The total score of a task, or of the department, with the scores of its rows."""
    task_figures = [f for f in figures if f.task == task and len(f.quantity.values) == 1]
    scores = [f for f in task_figures if f.role is Role.SCORE]
    whole = next((f for f in reversed(scores) if is_total(f, totals)), None)
    if whole is None:
        return None
    parts = [f for f in scores if not is_total(f, totals) and f.document_id == whole.document_id]
    if len(parts) < 2:
        return None
    weights = [
        f
        for f in task_figures
        if f.role is Role.WEIGHT and not is_total(f, totals) and f.document_id == whole.document_id
    ]
    weight = sum((f.quantity.values[0] for f in weights), Decimal(0))
    weighted = [part for part in parts if any(part.quote == f.quote for f in weights)]
    if sum(part.quantity.values[0] for part in weighted) == whole.quantity.values[0]:
        parts = weighted  # a second total (复核得分) has no weight
    calculation = total([as_term(part) for part in parts])
    scored_rows = {part.quote for part in parts}
    scored = sum((f.quantity.values[0] for f in weights if f.quote in scored_rows), Decimal(0))
    unscored = HUNDRED - scored if scored else Decimal(0)
    return ScoreSum(whole, tuple(parts), calculation, weight == HUNDRED, max(unscored, Decimal(0)))


def is_total(figure: Figure, totals: re.Pattern[str]) -> bool:
    """Whether a score is of the whole form, not of a row or of the execution rate."""
    return totals.match(figure.subject) is not None


def check_total(
    sheet: Sheet, totals: re.Pattern[str], tolerance: Decimal
) -> Iterator[DraftFinding]:
    """A total score that is not the sum of its rows, or above 100 (D09)."""
    for task in dict.fromkeys(f.task for f in sheet.figures if f.role is Role.SCORE):
        check = score_sum(sheet.figures, totals, task)
        if check is None:
            continue
        about = quoted(task) if task else ""
        printed = check.whole.quantity.values[0]
        if printed > HUNDRED:
            yield DraftFinding(
                "D09",
                Severity.ERROR,
                f"{about}自评总分填报为{plain(printed)}分，超过100分，疑似填报有误，建议核实。",
                sources([check.whole]),
                "",
                (),
                check.whole.subject,
            )
        total_of_rows = plain(check.calculation.result)
        allowed = max(tolerance, step(check.whole.quantity))
        if abs(check.gap) <= allowed or not check.contradicted:
            continue
        yield DraftFinding(
            "D09",
            Severity.ERROR if check.complete else Severity.WARNING,
            f"{about}自评总分填报为{plain(printed)}分，各项得分相加为{total_of_rows}分，"
            f"相差{plain(abs(check.gap))}分，疑似合计有误，建议核实。",
            sources([check.whole, *check.parts]),
            check.calculation.formula,
            (
                f"如各项得分无误，总分应为{total_of_rows}分",
                f"相差：{plain(printed)} − {total_of_rows} = {plain(check.gap)}（分）",
            ),
            check.whole.subject,
        )


def check_weights(sheet: Sheet, totals: re.Pattern[str]) -> Iterator[DraftFinding]:
    """Weights that do not make 100 although the form prints a total (D09, a suspicion)."""
    for task in dict.fromkeys(f.task for f in sheet.figures if f.role is Role.WEIGHT):
        task_weights = [
            f
            for f in sheet.figures
            if f.role is Role.WEIGHT and f.task == task and len(f.quantity.values) == 1
        ]
        weights = [f for f in task_weights if not is_total(f, totals)]
        if len(weights) < 3 or not any(is_total(f, totals) for f in task_weights):
            continue
        calculation = total([as_term(f) for f in weights])
        scored = score_sum(sheet.figures, totals, task)
        apart = HUNDRED - calculation.result  # the points of the execution rate, in no row
        if not apart or (
            scored is not None and 0 < scored.gap <= apart and not scored.contradicted
        ):
            continue
        about = quoted(task) if task else ""
        yield DraftFinding(
            "D09",
            Severity.WARNING,
            f"{about}各项分值相加为{plain(calculation.result)}分，不是100分，建议核实分值设置。",
            sources(weights),
            calculation.formula,
            (),
            "分值",
        )


def check_rows(
    sheet: Sheet, rules: StatusRules, scoring: Scoring, tolerance: Decimal
) -> Iterator[DraftFinding]:
    """Each row's score against its weight and against what its numbers earn (D09)."""
    for row in sheet.indicators:
        if row.score is not None and row.score.values:
            yield from _row(row, row.score, rules, scoring, tolerance)


def _row(
    row: Indicator, score: Quantity, rules: StatusRules, scoring: Scoring, tolerance: Decimal
) -> Iterator[DraftFinding]:
    reported = score.values[0]
    weight = row.weight.value if row.weight else None
    if weight is not None and reported > weight:
        yield DraftFinding(
            "D09",
            Severity.ERROR,
            f"{quoted(row.name)}得分{plain(reported)}分，高于分值{plain(weight)}分，疑似填报有误，"
            f"最高只能得{plain(weight)}分，建议核实。",
            (of_row(row),),
            f"{plain(reported)} > {plain(weight)}（分）",
            (),
            row.name,
        )
        return
    calculation = points(row, rules, scoring)
    if calculation is None or weight is None:
        return
    status = judge(row, rules).status
    if reported - calculation.earned.result <= tolerance:
        if (
            calculation.earned.result - reported > max(tolerance, weight / 4)
            and not status.is_unmet
        ):
            yield _lower(row, reported, calculation)
        return
    if status.is_open and (row.actual is None or not row.actual.values):
        yield DraftFinding(
            "D09",
            Severity.WARNING,
            f"{quoted(row.name)}没有可核对的实际完成值，却计{plain(reported)}分（分值{plain(weight)}分），"
            f"按规则应为{plain(calculation.earned.result)}分，疑似计分有误，建议核实。",
            (of_row(row),),
            calculation.earned.formula,
            calculation.candidates,
            row.name,
        )
    elif status.is_unmet:
        yield _unearned(row, reported, weight, calculation)


def _unearned(
    row: Indicator, reported: Decimal, weight: Decimal, calculation: Points
) -> DraftFinding:
    full = "仍得满分" if reported == weight else f"得{plain(reported)}分"
    assert row.target is not None
    actual = f"实际为{value(row.actual)}" if row.actual and row.actual.values else "未完成"
    return DraftFinding(
        "D09",
        Severity.WARNING,
        f"{quoted(row.name)}目标为{goal(row.target)}，{actual}，未达到目标{full}（分值{plain(weight)}分），"
        f"按比例应为{plain(calculation.earned.result)}分，疑似得分偏高，建议核实。",
        (of_row(row),),
        calculation.earned.formula,
        calculation.candidates,
        row.name,
    )


def _lower(row: Indicator, reported: Decimal, calculation: Points) -> DraftFinding:
    return DraftFinding(
        "D09",
        Severity.NOTE,
        f"{quoted(row.name)}得{plain(reported)}分，按公式可得{plain(calculation.earned.result)}分，"
        "建议核实扣分依据。",
        (of_row(row),),
        calculation.earned.formula,
        calculation.candidates,
        row.name,
    )
