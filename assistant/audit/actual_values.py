"""What was reached: missing, contradicted, unexplained, far above the target (D05–D08, D12)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from assistant.assessment.rule_packs import Thresholds
from assistant.assessment.status import StatusRules, judge
from assistant.audit.dossier import DraftFinding, Sheet, of_row
from assistant.audit.vocabulary import AuditVocabulary
from assistant.language.numbers import convert, plain
from assistant.language.wording import goal, quoted, value
from assistant.types import IndicatorStatus, Severity, Status
from ingest.types.blocks import Form
from ingest.types.facts import Indicator

_HUNDRED = Decimal(100)


def check_actuals(
    sheet: Sheet, status: StatusRules, words: AuditVocabulary, limits: Thresholds
) -> Iterator[DraftFinding]:
    """Every row of a document that reports, by where it stands."""
    if not sheet.reports:
        return
    explained = _explains(sheet)
    for row in sheet.indicators:
        standing = judge(row, status)
        yield from _missing(standing)
        yield from _contradicted(standing, status, words)
        if explained:
            yield from _unexplained(standing, words)
        yield from _exceeded(row, limits, status)


def _explains(sheet: Sheet) -> bool:
    """Whether the form has a column for reasons: where no row has one, it may have none."""
    return sheet.form is Form.PROJECT_SELF_EVALUATION or any(r.deviation for r in sheet.indicators)


def _missing(standing: IndicatorStatus) -> Iterator[DraftFinding]:
    """D05: nothing reported, a claim without a number, or a number of another kind."""
    row = standing.indicator
    if standing.status is Status.UNREPORTED:
        yield _remark("D05", row, f"{quoted(row.name)}{standing.reason}建议补充核实。")
    elif standing.status is Status.UNVERIFIABLE and row.target and row.target.values:
        yield _remark(
            "D05", row, f"{quoted(row.name)}{standing.reason}建议补充与目标同口径的实际值。"
        )


def _contradicted(
    standing: IndicatorStatus, status: StatusRules, words: AuditVocabulary
) -> Iterator[DraftFinding]:
    """D06: called done although the numbers or words beside it say otherwise."""
    row = standing.indicator
    if not standing.status.is_unmet:
        return
    completion = row.actual_text.strip()
    stopped = next((w for w in status.not_done if w in completion), "")
    if stopped:
        reason = "，未填写偏差原因" if not row.deviation.strip() else ""
        yield _remark(
            "D06",
            row,
            f"{quoted(row.name)}{standing.reason.rstrip('。')}{reason}，与目标相矛盾，疑似未开展，建议核实。",
        )
    elif words.claims_done.match(completion) or words.claims_target.search(completion):
        excerpt = completion if len(completion) <= 60 else completion[:60] + "……"
        admitted = words.admits.search(completion) is not None
        yield _remark(
            "D06",
            row,
            f"{quoted(row.name)}填写“{excerpt}”，但{standing.reason.rstrip('。')}，"
            + (
                "标注与数值不完全一致，建议核实。"
                if admitted
                else "疑似未达标而标注完成，建议核实。"
            ),
            Severity.NOTE if admitted else Severity.WARNING,
        )


def _unexplained(standing: IndicatorStatus, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D07: a target missed or points lost without a reason; D08: a reason that says nothing."""
    row = standing.indicator
    reason = re.sub(r"\s", "", row.deviation)
    blank = reason in words.blank_reasons
    lost = (
        row.score is not None
        and row.weight is not None
        and bool(row.score.values and row.weight.values)
        and row.score.values[0] < row.weight.values[0]
    )
    if not standing.status.is_unmet and not lost:
        return
    if blank:
        points = (
            f"（分值{plain(row.weight.values[0])}分，得{plain(row.score.values[0])}分）"
            if row.weight and row.weight.values and row.score and row.score.values
            else ""
        )
        why = standing.reason.rstrip("。") if standing.status.is_unmet else "得分低于分值"
        yield _remark(
            "D07", row, f"{quoted(row.name)}{why}{points}，没有填写偏差原因，建议补充说明。"
        )
    elif len(reason) < words.shortest_reason or words.generic_reason.search(reason):
        yield _remark(
            "D08",
            row,
            f"{quoted(row.name)}的偏差原因“{row.deviation.strip()}”较笼统，建议写明主客观原因和影响。",
            Severity.NOTE,
        )


def _exceeded(row: Indicator, limits: Thresholds, status: StatusRules) -> Iterator[DraftFinding]:
    """D12: so far above the target that the target may have been low."""
    if row.target is None or row.actual is None or row.target.unit in status.never_exceeded_units:
        return
    if row.target.comparator in ("<", "<=") or len(row.target.values) != 1:
        return
    target = row.target.values[0]
    if target <= 0 or not row.actual.values:
        return
    values = [
        convert(v, row.actual.unit or row.target.unit, row.target.unit) for v in row.actual.values
    ]
    reached = [v for v in values if v is not None]
    if len(reached) != len(row.actual.values) or judge(row, status).status is not Status.EXCEEDED:
        return
    share = min(reached) / target * _HUNDRED
    if share >= limits.over_completion:
        shown = plain(share.quantize(Decimal("0.01")))
        yield DraftFinding(
            "D12",
            Severity.NOTE,
            f"{quoted(row.name)}目标为{goal(row.target)}，实际为{value(row.actual)}，达到目标的{shown}%，"
            f"超过{plain(limits.over_completion)}%，疑似目标设定偏低，建议说明。",
            (of_row(row),),
            f"{plain(min(reached))} ÷ {plain(target)} × 100% = {shown}%",
            (),
            row.name,
        )


def _remark(
    code: str, row: Indicator, message: str, severity: Severity = Severity.WARNING
) -> DraftFinding:
    return DraftFinding(code, severity, message, (of_row(row),), "", (), row.name)
