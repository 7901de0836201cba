"""The indicators of a draft as a table: target, actual value and status in one row (指标表)."""

from collections.abc import Iterable

from assistant.drafting.material import Line, of_row
from assistant.drafting.paragraphs import brief, cited, clause
from assistant.grounding.citations import Statement
from assistant.grounding.composition import TableOfAnswers
from assistant.language.wording import goal, value
from assistant.types import Status

COLUMNS = ("任务（项目）", "指标名称", "年度目标值", "实际完成值", "完成情况")
WHOLE = "部门整体"


def table(lines: Iterable[Line]) -> TableOfAnswers:
    """One row an indicator, each value with its source."""
    return TableOfAnswers(COLUMNS, tuple(_row(line) for line in lines))


def _row(line: Line) -> tuple[Statement, ...]:
    actual = line.row.actual
    completion = (
        value(actual) if actual is not None and actual.values else brief(line.row.actual_text)
    )
    if line.status is Status.UNREPORTED:
        completion = ""  # the form prints a dash
    wanted = goal(line.goal).strip("“”") if line.goal is not None else ""
    return (
        _named(clause(line.row.task) or WHOLE, line),
        _named(line.name, line),
        cited(wanted, line.goal_source) if wanted else Statement(""),
        cited(completion, line.actual_source) if completion else Statement(""),
        Statement(line.status.value),
    )


def _named(name: str, line: Line) -> Statement:
    """A name, with its row where it holds a number (“12345”热线)."""
    digits = any(map(str.isdigit, name))
    return cited(name, of_row(line.row, name)) if digits else Statement(name)
