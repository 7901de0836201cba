"""Performance against spending, large adjustments, last year (D13, D19, D20, D25)."""

from collections.abc import Iterator

from assistant.assessment.rule_packs import Thresholds
from assistant.audit.dossier import (
    Dossier,
    DraftFinding,
    Sheet,
    named,
    of_passage,
    of_row,
    sources,
    whole,
)
from assistant.audit.indicator_matching import comparable, row_names
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.calculations import UnitMismatch, difference, rate, term
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted
from assistant.types import Severity
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Indicator

MIN_COPIED_CHARACTERS = 40
"""Minimum length of a passage that counts as copied where last year's document has it, too."""


def check_execution(sheet: Sheet, limits: Thresholds) -> Iterator[DraftFinding]:
    """D19: far too little or too much of the budget spent."""
    if sheet.form not in (Form.SELF_EVALUATION, Form.REPORT, Form.PROJECT_SELF_EVALUATION):
        return
    for task in dict.fromkeys(f.task for f in sheet.figures):
        pool = whole(sheet, task)
        spent, final = pool.first(BudgetTerm.SPENDING), pool.first(BudgetTerm.FINAL_BUDGET)
        if spent is None or final is None:
            continue
        try:
            calculation = rate(term(spent), term(final))
        except UnitMismatch:
            continue
        low, high = (
            calculation.result < limits.execution_low,
            calculation.result > limits.execution_high,
        )
        if not low and not high:
            continue
        about = quoted(task) if task else "部门整体支出"
        limit = limits.execution_low if low else limits.execution_high
        word = "低于" if low else "高于"
        yield DraftFinding(
            "D19",
            Severity.NOTE,
            f"{about}预算执行率为{plain(calculation.result)}%（{calculation.formula}），{word}{plain(limit)}%，"
            "建议说明原因，并核对绩效完成情况是否与支出进度匹配。",
            sources([spent, final]),
            calculation.formula,
            (),
            task or "预算执行率",
        )


def check_changed(sheet: Sheet, limits: Thresholds) -> Iterator[DraftFinding]:
    """D20: an adjustment above the limit, which needs a reason."""
    pool = whole(sheet)
    initial, final = pool.first(BudgetTerm.INITIAL_BUDGET), pool.first(BudgetTerm.FINAL_BUDGET)
    if initial is None or final is None or sheet.form is Form.SUMMARY:
        return
    try:
        gap = difference(term(final), term(initial))
        calculation = rate(term(final), term(initial))
    except UnitMismatch:
        return
    share = abs(calculation.result - 100)
    if share > limits.adjustment:
        shown = f"|{gap.formula.split(' = ')[0]}| ÷ {plain(initial.quantity.values[0])}"
        yield DraftFinding(
            "D20",
            Severity.WARNING,
            f"全年预算比年初预算变动{plain(gap.result)}{gap.unit}，调整幅度{plain(share)}%，超过"
            f"{plain(limits.adjustment)}%，建议核实是否附有书面说明。",
            sources([initial, final]),
            f"{shown} × 100% = {plain(share)}%",
            (),
            BudgetTerm.ADJUSTMENT_RATE,
        )


def check_last_year(
    now: Dossier, before: Dossier, words: AuditVocabulary
) -> Iterator[DraftFinding]:
    """D13: targets lower than last year's; D25: passages taken over word by word."""
    yield from _lower(now, before, words)
    yield from _copied(now, before, words)


def _lower(now: Dossier, before: Dossier, words: AuditVocabulary) -> Iterator[DraftFinding]:
    past = _targets(before, words)
    lowered: list[tuple[Indicator, Indicator]] = []
    for key, row in _targets(now, words).items():
        old = past.get(key)
        if old is None or row.target is None or old.target is None:
            continue
        if not comparable(row.target, old.target) or row.target.unit != old.target.unit:
            continue
        less = row.target.values[0] < old.target.values[0]
        upward = row.target.comparator in (">", ">=", "=") and not any(
            w in row.name for w in words.lower_better
        )
        if less and upward:
            lowered.append((row, old))
    if not lowered:
        return
    yield DraftFinding(
        "D13",
        Severity.NOTE,
        f"{len(lowered)}项指标的目标低于上年：{named([row.name for row, _ in lowered])}，"
        "建议说明调整依据。",
        tuple(of_row(row) for pair in lowered for row in pair),
        "",
        tuple(
            f"{row.name}：{old.year}年{goal(old.target)}，{row.year}年{goal(row.target)}"
            for row, old in lowered
            if row.target and old.target
        ),
        "年度目标值",
    )


def _targets(dossier: Dossier, words: AuditVocabulary) -> dict[str, Indicator]:
    """The indicators with a numeric target that the year has once, by name and task."""
    rows = [
        row
        for sheet in dossier.sheets
        if sheet.form in (Form.TARGET, Form.SELF_EVALUATION, Form.PROJECT_SELF_EVALUATION)
        for row in sheet.indicators
        if row.target and len(row.target.values) == 1
    ]
    return {
        key: same_name[0]
        for key, same_name in row_names(rows, words.synonyms).items()
        if len({row.target.values for row in same_name if row.target}) == 1
    }


def _copied(now: Dossier, before: Dossier, words: AuditVocabulary) -> Iterator[DraftFinding]:
    for label, headings in (
        ("存在问题", words.problem_headings),
        ("改进措施", words.measure_headings),
    ):
        past = {
            text: p
            for sheet in before.sheets
            for p in sheet.section(headings)
            if len(text := "".join(p.text.split())) >= MIN_COPIED_CHARACTERS
        }
        for sheet in now.sheets:
            same = [p for p in sheet.section(headings) if "".join(p.text.split()) in past]
            if same:
                old = past["".join(same[0].text.split())]
                yield DraftFinding(
                    "D25",
                    Severity.NOTE,
                    f"{label}有{len(same)}段与{before.year}年的文字完全相同，疑似照抄上年，建议核实。",
                    (*(of_passage(p) for p in same), of_passage(old)),
                    "",
                    (),
                    label,
                )
                break
