"""What a form lacks as a whole: blocks, families, tasks, links (完整性与匹配: D01, D02, D16)."""

from collections.abc import Iterator

from assistant.audit.dossier import DraftFinding, Sheet, of_row, sources
from assistant.audit.indicator_matching import overlap
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.citations import Source, of_figure
from assistant.language.wording import goal, quoted
from assistant.types import Severity
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Role, Task

MIN_SHARE_OF_PLACED_ROWS = 0.5
"""Minimum share of rows that name their family before a missing family is reported."""


def check_blocks(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D01: blocks that the form asks for and that are empty."""
    if sheet.form not in (Form.SELF_EVALUATION, Form.REPORT) or not sheet.passages:
        return
    for label, headings in (
        ("存在问题", words.problem_headings),
        ("改进措施", words.measure_headings),
    ):
        if not sheet.section(headings):
            yield _about(sheet, "D01", f"没有找到“{label}”的内容，建议补充核实。", label)
    if sheet.form is Form.SELF_EVALUATION and not sheet.indicators:
        yield _about(sheet, "D01", "没有找到绩效指标及完成值，建议补充核实。", "绩效指标")


def check_families(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D02: families of indicators that the table does not have."""
    rows = sheet.indicators
    placed = [row for row in rows if row.level1 or row.level2]
    if sheet.form not in (Form.TARGET, Form.PROJECT_SELF_EVALUATION) or not rows:
        return
    if len(placed) < len(rows) * MIN_SHARE_OF_PLACED_ROWS:
        return
    for task in dict.fromkeys(row.task for row in rows):
        task_rows = [row for row in rows if row.task == task]
        families_text = "".join(f"{row.level1}/{row.level2};" for row in task_rows)
        missing = [
            name
            for name, any_of in words.families.items()
            if not any(word in families_text for word in any_of)
        ]
        # One benefit family is enough for a project; all of them missing is not.
        benefits = [name for name in missing if name in words.benefits]
        vital = [name for name in missing if name not in words.benefits]
        if len(benefits) < len(words.benefits) and task:
            benefits = []
        missing = [*vital, *benefits]
        if not missing:
            continue
        about = quoted(task) if task else ""
        yield DraftFinding(
            "D02",
            Severity.NOTE,
            f"{about}绩效指标中没有{'、'.join(missing)}类指标，建议核实是否适用。",
            (of_row(task_rows[0]),),
            "",
            tuple(missing),
            "指标类别",
        )


def check_links(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D16: tasks that no indicator measures, money without a cost indicator, targets at odds."""
    for task in sheet.tasks:
        task_rows = [
            row
            for row in sheet.indicators
            if row.task == task.name or _speaks_of(row.name, task.name, words)
        ]
        if sheet.indicators and not task_rows:
            yield _of_task(task, f"{quoted(task.name)}没有对应的绩效指标，建议补充。")
        money = [
            f
            for f in sheet.figures
            if f.task == task.name and f.role is Role.FUND and f.quantity.unit.endswith("万元")
        ]
        cost = [row for row in task_rows if any(w in row.level1 + row.level2 for w in words.costs)]
        if sheet.form is Form.TARGET and money and task_rows and not cost:
            yield _no_cost(task, money[0])
    yield from _opposed(sheet, words)


def _no_cost(task: Task, money: Figure) -> DraftFinding:
    return DraftFinding(
        "D16",
        Severity.NOTE,
        f"{quoted(task.name)}涉及资金{money.quantity.raw}（{money.subject}），没有对应的成本指标，建议补充。",
        sources([money]),
        "",
        (),
        task.name,
    )


def _opposed(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """Saving a share of the cost and spending nearly all of the budget pull opposite ways."""
    saving = [r for r in sheet.indicators if words.saving.search(r.name) and r.target]
    spending = [r for r in sheet.indicators if words.spending.search(r.name) and r.target]
    for one in saving[:1]:
        for other in spending[:1]:
            if one.task != other.task or one.target is None or other.target is None:
                continue
            yield DraftFinding(
                "D16",
                Severity.NOTE,
                f"{quoted(one.name)}（{goal(one.target)}）与{quoted(other.name)}（{goal(other.target)}）"
                "相互牵制：节约越多，执行率越低，建议说明口径。",
                (of_row(one), of_row(other)),
                "",
                (f"{one.name}：{one.target.raw}", f"{other.name}：{other.target.raw}"),
                one.name,
            )


def _speaks_of(name: str, task: str, words: AuditVocabulary) -> bool:
    """Whether an indicator's name takes up what a task is called."""
    a, b = words.synonyms.plain(name), words.synonyms.plain(task)
    return overlap(b, a) >= 1 / 3 or overlap(a, b) >= 1 / 2


def _of_task(task: Task, message: str) -> DraftFinding:
    source = Source(task.document_id, task.location, task.name, (), task.department, task.year)
    return DraftFinding("D16", Severity.NOTE, message, (source,), "", (), task.name)


def _about(sheet: Sheet, code: str, message: str, subject: str) -> DraftFinding:
    """A remark on the document as a whole, placed at its beginning."""
    first = sheet.passages[0]
    if sheet.figures and not sheet.passages:
        return DraftFinding(code, Severity.WARNING, message, (of_figure(sheet.figures[0]),))
    source = Source(
        first.document_id, first.location, first.text[:60], (), first.department, first.year
    )
    return DraftFinding(code, Severity.WARNING, message, (source,), "", (), subject)
