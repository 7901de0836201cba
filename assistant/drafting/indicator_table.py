"""The indicators of a draft as a table: target, actual value and status in one row (指标表)."""

from collections.abc import Iterable

from assistant.drafting.material import Line
from assistant.drafting.paragraphs import brief, clause
from assistant.drafting.types import TableRow
from assistant.grounding.citations import Source, Statement
from assistant.language.wording import goal, value


def table(lines: Iterable[Line]) -> list[tuple[TableRow, tuple[Source, ...]]]:
    """A row an indicator, without markers yet, and what it rests on."""
    return [(_row(line), tuple(_sources(line))) for line in lines]


def _row(line: Line) -> TableRow:
    actual = line.row.actual
    told = value(actual) if actual is not None and actual.values else brief(line.row.actual_text)
    return TableRow(
        task=clause(line.row.task),
        family=line.family,
        name=line.name,
        target=goal(line.goal).strip("“”") if line.goal is not None else "",
        actual=told,
        status=line.status.value,
    )


def _sources(line: Line) -> Iterable[Source]:
    if line.goal is not None:
        yield line.goal_source
    if line.row.actual is not None or line.row.actual_text.strip():
        yield line.actual_source


def statement(sources: tuple[Source, ...]) -> Statement:
    """The sources of a row as a piece of text, so that they get their markers with the rest."""
    return Statement("表", sources)
