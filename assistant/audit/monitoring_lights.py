"""Monitoring lights: progress against the time of the year, performance against spending (C5)."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from assistant.assessment.department_totals import Colour, Light, ScoreLine
from assistant.assessment.rule_packs import Lights, Rules
from assistant.assessment.status import StatusRules, direction, judge
from assistant.audit.dossier import Dossier, Sheet, whole
from assistant.grounding.calculations import UnitMismatch, rate, rounded, term
from assistant.language.numbers import convert, plain
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Indicator

WHOLE = "部门整体支出"
"""What a light without a task watches."""
USUAL_MONTH = 7
"""Up to which month monitoring reports (财预〔2019〕136号: 1—7月), where the form does not say."""
ASSUMED = f"；表中没有写明截至月份，按1—{USUAL_MONTH}月"
HUNDRED, MONTHS_A_YEAR = Decimal(100), Decimal(12)
_MONTH = re.compile(r"1\D{0,2}[-至—~](\d{1,2})月")
COLOURS_WORST_FIRST = (Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.BLUE)


def lights(
    dossier: Dossier, rules: Rules, status: StatusRules, scores: Sequence[ScoreLine]
) -> Iterator[Light]:
    """The lights of a year: spending, scores far ahead of it, and the monitored goals."""
    for sheet in dossier.sheets:
        if sheet.form is Form.SELF_EVALUATION:
            yield from _balance(sheet, rules)
        if sheet.form is Form.MONITORING:
            yield from _monitored(sheet, rules.lights, status)
    for line in scores:
        yield from _ahead(line, dossier, rules)


def _balance(sheet: Sheet, rules: Rules) -> Iterator[Light]:
    """Yellow where more of the budget than the limit is left."""
    pool = whole(sheet)
    spent, final = pool.first(BudgetTerm.SPENDING), pool.first(BudgetTerm.FINAL_BUDGET)
    if spent is None or final is None:
        return
    try:
        calculation = rate(term(spent), term(final))
    except UnitMismatch:
        return
    left = HUNDRED - calculation.result
    limit = rules.thresholds.balance
    colour = Colour.YELLOW if left > limit else Colour.GREEN
    yield Light(
        "预算结余",
        colour,
        f"未支出部分占预算的{plain(left)}%（100% − {plain(calculation.result)}%），"
        f"界限{plain(limit)}%",
        sheet.form,
        (spent.id, final.id),
    )


def _ahead(line: ScoreLine, dossier: Dossier, rules: Rules) -> Iterator[Light]:
    """Red where the indicators' score is far ahead of the execution score: (S/90 − E/10) ÷ S/90."""
    weight = rules.scoring.execution_weight
    for sheet in dossier.sheets:
        pool = whole(sheet, line.task)
        spent, final = pool.first(BudgetTerm.SPENDING), pool.first(BudgetTerm.FINAL_BUDGET)
        if not sheet.reports or spent is None or final is None or line.reported is None:
            continue
        try:
            executed = min(rate(term(spent), term(final)).result, HUNDRED) / HUNDRED
        except UnitMismatch:
            continue
        share = (line.reported - executed * weight) / (HUNDRED - weight)
        if share <= 0:
            return
        ahead = rounded((share - executed) / share * HUNDRED)
        limit = rules.thresholds.alarm
        shown = f"（{plain(rounded(share * HUNDRED))}% − {plain(rounded(executed * HUNDRED))}%）"
        yield Light(
            line.task or WHOLE,
            Colour.RED if ahead > limit else Colour.GREEN,
            f"指标得分率超前于预算执行率{plain(ahead)}%：{shown}÷ "
            f"{plain(rounded(share * HUNDRED))}%，界限{plain(limit)}%",
            sheet.form,
            (spent.id, final.id),
        )
        return


def _monitored(sheet: Sheet, limits: Lights, status: StatusRules) -> Iterator[Light]:
    """The worst light of each task's indicators, and that of its spending."""
    month, assumed = _month(sheet)
    for task in dict.fromkeys(f.task for f in sheet.figures):
        task_rows = [row for row in sheet.indicators if row.task == task]
        rated = [
            (light, row) for row in task_rows if (light := _progress(row, month, limits, status))
        ]
        if rated:
            (colour, shown), row = min(
                rated, key=lambda pair: COLOURS_WORST_FIRST.index(pair[0][0])
            )
            yield Light(
                task or WHOLE, colour, f"{row.name}：{shown}{assumed}", sheet.form, row.figure_ids
            )
        pool = whole(sheet, task)
        spent, budget = (
            pool.first(BudgetTerm.SPENDING_TO_DATE),
            pool.first(BudgetTerm.FINAL_BUDGET) or pool.first(BudgetTerm.INITIAL_BUDGET),
        )
        if spent is None or budget is None:
            continue
        try:
            calculation = rate(term(spent), term(budget))
        except UnitMismatch:
            continue
        pace = rounded(calculation.result / (month / MONTHS_A_YEAR))
        yield Light(
            f"{task}预算执行",
            _spending_colour(pace, limits),
            f"{calculation.formula}，为序时进度（{plain(month)} ÷ 12）的{plain(pace)}%{assumed}",
            sheet.form,
            (spent.id, budget.id),
        )


def _progress(
    row: Indicator, month: Decimal, limits: Lights, status: StatusRules
) -> tuple[Colour, str] | None:
    """A counted target by its pace; any other by whether it is met so far."""
    if row.target is None or row.actual is None or not row.actual.values:
        return None
    if not row.target.values or row.target.unit in status.never_exceeded_units:
        met = judge(row, status).status
        return (Colour.GREEN if met.is_met else Colour.YELLOW), met.value
    target, actual = row.target.values[0], row.actual.values[0]
    value = convert(actual, row.actual.unit or row.target.unit, row.target.unit)
    if value is None or target <= 0:
        return None
    if direction(row, status) < 0:
        return (Colour.GREEN if value <= target else Colour.RED), f"{plain(value)}≤{plain(target)}"
    pace = rounded(value / (target * month / MONTHS_A_YEAR) * HUNDRED)
    shown = f"{plain(value)} ÷（{plain(target)} × {plain(month)} ÷ 12）= {plain(pace)}%"
    if pace >= limits.blue_from:
        return Colour.BLUE, shown
    return _spending_colour(pace, limits), shown


def _spending_colour(pace: Decimal, limits: Lights) -> Colour:
    if pace < limits.red_below:
        return Colour.RED
    return Colour.YELLOW if pace < limits.yellow_below else Colour.GREEN


def _month(sheet: Sheet) -> tuple[Decimal, str]:
    """Up to which month the form reports (1-7月执行数), and what is said where it is assumed."""
    texts = (sheet.record.title, *(figure.subject for figure in sheet.figures))
    month = next((int(found[1]) for text in texts if (found := _MONTH.search(text))), None)
    if month is None or not 1 <= month <= MONTHS_A_YEAR:
        return Decimal(USUAL_MONTH), ASSUMED
    return Decimal(month), ""
