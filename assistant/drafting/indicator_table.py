"""The indicators of a draft as a table: target, actual value and status in one row (指标表)."""

from collections.abc import Iterable

from assistant.drafting.material import Line, has_digit, of_row
from assistant.drafting.misses import lost
from assistant.drafting.paragraphs import brief, cited, clause
from assistant.grounding.citations import Statement, of_figure
from assistant.grounding.composition import TableOfAnswers
from assistant.language.wording import goal, value
from assistant.types import Status

COLUMNS = ("任务（项目）", "指标名称", "年度目标值", "实际完成值", "完成情况")
MARK_COLUMNS = ("指标名称", "分值", "自评得分")
WHOLE = "部门整体"
UNREPORTED, MARKED_DOWN = "未填报", "（有扣分）"


def table(lines: Iterable[Line]) -> TableOfAnswers:
    """One row an indicator, those of the whole first, those of a task together, each value with
    its source."""
    tasks: dict[str, list[Line]] = {"": []}
    for line in lines:
        tasks.setdefault(clause(line.row.task), []).append(line)
    return _of_tasks(tuple(_row(ln) for rows in tasks.values() for ln in rows))


def marks(lines: Iterable[Line]) -> TableOfAnswers:
    """The rows of a scoring sheet: weight and score."""
    return TableOfAnswers(
        MARK_COLUMNS,
        tuple(
            (_named(line.name, line), *(cited(value(f.quantity), of_figure(f)) for f in points))
            for line in lines
            if (points := line.points) is not None
        ),
    )


def goals(lines: Iterable[Line]) -> TableOfAnswers:
    """The targets of the year, where nothing is reported yet."""
    return _of_tasks(tuple(_row(line)[:3] for line in lines))


def _of_tasks(rows: tuple[tuple[Statement, ...], ...]) -> TableOfAnswers:
    """The rows under their columns, without that of the tasks where no row has one."""
    columns = COLUMNS[: len(rows[0])] if rows else COLUMNS
    first = 0 if any(row[0].text != WHOLE for row in rows) else 1
    return TableOfAnswers(columns[first:], tuple(row[first:] for row in rows))


def _row(line: Line) -> tuple[Statement, ...]:
    actual = line.row.actual
    completion = (
        value(actual) if actual is not None and actual.values else brief(line.row.actual_text)
    )
    if line.status is Status.UNREPORTED:
        completion = UNREPORTED  # the form prints a dash
    wanted = goal(line.goal).strip("“”") if line.goal is not None else ""
    return (
        _named(clause(line.row.task) or WHOLE, line),
        _named(line.name, line),
        cited(wanted, line.goal_source) if wanted else Statement(""),
        cited(completion, line.actual_source) if completion else Statement(UNREPORTED),
        Statement(_verdict(line)),
    )


def _verdict(line: Line) -> str:
    """The status; what is met is met, by how much stands beside it. Points that were taken off
    what is met in words are mentioned: its value does not show it."""
    if line.status is Status.EXCEEDED:
        return Status.MET.value
    if line.status is Status.QUALITATIVE_MET and lost(line):
        return f"{line.status.value}{MARKED_DOWN}"
    return line.status.value


def _named(name: str, line: Line) -> Statement:
    """A name, with its row where it holds a number (“12345”热线)."""
    return cited(name, of_row(line.row, name)) if has_digit(name) else Statement(name)
