"""A department's year in numbers: statuses, execution, scores beside recomputed ones (汇总)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.assessment.department_totals import Light, ScoreLine
from assistant.assessment.rule_packs import Rules
from assistant.assessment.scoring import Scoring, execution_weight, recomputed
from assistant.assessment.status import StatusRules, judge
from assistant.audit.dossier import Account, Dossier, Sheet, rows, whole
from assistant.audit.monitoring_lights import lights
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.calculations import Term, UnitMismatch, average, rate, rounded, term
from assistant.grounding.form_order import INDICATOR_ROWS, WHOLE_DEPARTMENT
from assistant.language.numbers import convert, plain
from assistant.types import Calculation, Status
from ingest.language.vocabulary import default_vocabulary
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Indicator, Role

AMOUNT_UNIT = "万元"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the documents of one department and year add up to; figures are its sources."""

    counts: tuple[tuple[Status, int], ...]
    execution: Calculation | None
    used: tuple[Figure, ...]
    budget: Decimal | None
    spent: Decimal | None
    reported: Figure | None
    recomputed: Calculation | None
    rating: str
    scores: tuple[ScoreLine, ...]
    lights: tuple[Light, ...]


def tally(dossier: Dossier, rules: Rules, status: StatusRules, words: AuditVocabulary) -> Tally:
    """The numbers of one department and year."""
    spent, final = _whole_budget(dossier)
    execution = None
    if spent is not None and final is not None:
        try:
            execution = rate(term(spent), term(final))
        except UnitMismatch:
            execution = None
    scores = tuple(_scores(dossier, rules.scoring, status, words))
    department_lines = [line for line in scores if not line.task] or list(scores)
    total = (
        average([Term(line.recomputed, "分") for line in department_lines])
        if department_lines
        else None
    )
    reported = _reported(dossier, words)
    rated = reported.quantity.values[0] if reported else (total.result if total else None)
    used = tuple(f for f in (spent, final, reported) if f is not None)
    return Tally(
        counts=_counts(dossier, status, words),
        execution=execution,
        used=used,
        budget=_in_ten_thousands(final),
        spent=_in_ten_thousands(spent),
        reported=reported,
        recomputed=total,
        rating=rules.scoring.rating(rated) if rated is not None else "",
        scores=scores,
        lights=tuple(lights(dossier, rules, status, scores)),
    )


# -- statuses --------------------------------------------------------------------------------------


def _counts(
    dossier: Dossier, status: StatusRules, words: AuditVocabulary
) -> tuple[tuple[Status, int], ...]:
    counted = Counter(judge(row, status).status for row in indicators(dossier, words))
    return tuple((kind, counted[kind]) for kind in Status)


def indicators(dossier: Dossier, words: AuditVocabulary) -> list[Indicator]:
    """Each indicator once: the row of the first form that has it, by name and task."""
    rows: list[Indicator] = []
    names: set[str] = set()
    for form in INDICATOR_ROWS:
        added: set[str] = set()
        seen: set[tuple[str, str]] = set()
        for sheet in dossier.sheets:
            for row in sheet.indicators if sheet.form is form else ():
                key = words.synonyms.plain(row.name)
                if key not in names and (key, row.task) not in seen:
                    rows.append(row)
                    seen.add((key, row.task))
                    added.add(key)
        names |= added
    return rows


# -- the budget ------------------------------------------------------------------------------------


def _whole_budget(dossier: Dossier) -> tuple[Figure | None, Figure | None]:
    """The department's spending and budget, of one document and, if it can be, of one row."""
    for form in WHOLE_DEPARTMENT:
        for sheet in dossier.sheets:
            if sheet.form is not form:
                continue
            best: Sequence[Account] = sorted(
                (row for row, figures in rows(sheet) if not row.task and figures[0].concept),
                key=lambda row: -len(row.entries),
            )
            for account in (*best, whole(sheet)):
                spent, final = (
                    account.first(BudgetTerm.SPENDING),
                    account.first(BudgetTerm.FINAL_BUDGET),
                )
                if spent is not None and final is not None:
                    return spent, final
    return None, None


def _in_ten_thousands(figure: Figure | None) -> Decimal | None:
    """An amount in 万元."""
    if figure is None:
        return None
    return convert(figure.quantity.values[0], figure.quantity.unit or AMOUNT_UNIT, AMOUNT_UNIT)


# -- scores ----------------------------------------------------------------------------------------


def _reported(dossier: Dossier, words: AuditVocabulary) -> Figure | None:
    """The score that the department reports for itself as a whole."""
    for form in WHOLE_DEPARTMENT:
        for sheet in dossier.sheets:
            for figure in sheet.figures if sheet.form is form else ():
                values = figure.quantity.values
                whole_score = figure.role is Role.SCORE and figure.concept == BudgetTerm.SELF_SCORE
                if whole_score and not figure.task and len(values) == 1 and values[0] > 20:
                    return figure
    return None


def _scores(
    dossier: Dossier, scoring: Scoring, status: StatusRules, words: AuditVocabulary
) -> list[ScoreLine]:
    """Each scored form and project once."""
    lines: dict[str, ScoreLine] = {}
    for sheet in dossier.sheets:
        if not sheet.reports:
            continue
        for task in dict.fromkeys(row.task for row in sheet.indicators):
            rows = [row for row in sheet.indicators if row.task == task]
            if task not in lines and (
                line := score_line(sheet, task, rows, scoring, status, words)
            ):
                lines[task] = line
    return list(lines.values())


def score_line(
    sheet: Sheet,
    task: str,
    rows: Sequence[Indicator],
    scoring: Scoring,
    status: StatusRules,
    words: AuditVocabulary,
) -> ScoreLine | None:
    """The score of one form by its printed weights; None where they are not all there."""
    left = execution_weight(rows, default_vocabulary().terms)
    execution = _execution(sheet, task, left, scoring, words) if left else None
    if left is None or (left > 0 and execution is None):
        return None
    shown: list[str] = [f"预算执行率：{execution.formula}"] if execution else []
    total = execution.result if execution else Decimal(0)
    for row in rows:
        assert row.weight is not None
        result, formula = recomputed(row, status, scoring, row.weight.values[0])
        total += result
        shown.append(f"{row.name}：{formula}")
    reported = reported_total(sheet, task, words)
    rated = total if reported is None else reported
    return ScoreLine(task, reported, total, "；".join(shown), scoring.rating(rated))


def reported_total(sheet: Sheet, task: str, words: AuditVocabulary) -> Decimal | None:
    """The total score that a form prints, its last one."""
    totals = [
        f.quantity.values[0]
        for f in sheet.figures
        if f.role is Role.SCORE
        and f.task == task
        and len(f.quantity.values) == 1
        and words.score_totals.match(f.subject)
    ]
    return totals[-1] if totals else None


def _execution(
    sheet: Sheet, task: str, left: Decimal, scoring: Scoring, words: AuditVocabulary
) -> Calculation | None:
    """The score of the execution rate: B ÷ A × its weight, at most the weight.

    None where its weight, as printed or as the rules have it, is not what the rows leave of 100:
    then some of them were not read.
    """
    pool = whole(sheet, task)
    spent, final = pool.first(BudgetTerm.SPENDING), pool.first(BudgetTerm.FINAL_BUDGET)
    if spent is None or final is None:
        return None
    try:
        calculation = rate(term(spent), term(final))
    except UnitMismatch:
        return None
    printed = (
        f.quantity.values[0]
        for f in sheet.figures
        if f.role is Role.WEIGHT
        and f.task == task
        and f.quantity.values
        and words.execution_weight.search(f.subject)
    )
    weight = next(printed, min(left, scoring.execution_weight))
    if weight != left:
        return None
    result = min(weight, max(Decimal(0), rounded(calculation.result * weight / 100)))
    formula = f"{calculation.formula.split(' × ')[0]} × {plain(weight)} = {plain(result)}（分）"
    return Calculation(formula, calculation.inputs, result, "分")
