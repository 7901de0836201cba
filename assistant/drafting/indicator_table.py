"""The indicators of a draft as a table: target, actual value and status in one row (指标表)."""

from collections.abc import Iterable

from assistant.drafting.material import Line
from assistant.drafting.paragraphs import brief, clause
from assistant.drafting.types import TableRow
from assistant.grounding.citations import Source, Statement
from assistant.language.wording import goal, value


def table(lines: Iterable[Line]) -> list[tuple[TableRow, tuple[Source, ...]]]:
    """One row an indicator, without markers yet, with the sources of the row."""
    return [(_row(line), tuple(_sources(line))) for line in lines]


def _row(line: Line) -> TableRow:
    actual = line.row.actual
    completion = (
        value(actual) if actual is not None and actual.values else brief(line.row.actual_text)
    )
    return TableRow(
        task=clause(line.row.task),
        family=line.family,
        name=line.name,
        target=goal(line.goal).strip("“”") if line.goal is not None else "",
        actual=completion,
        status=line.status.value,
    )


def _sources(line: Line) -> Iterable[Source]:
    if line.goal is not None:
        yield line.goal_source
    if line.row.actual is not None or line.row.actual_text.strip():
        yield line.actual_source


def statement(sources: tuple[Source, ...]) -> Statement:
    """A statement that carries the sources of a row, so that they are numbered with the text."""
    return Statement("表", sources)
