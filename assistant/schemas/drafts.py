"""The JSON of drafts: paragraphs, problems with their measures, blanks and sources."""

from typing_extensions import TypedDict

from assistant.drafting.types import Blank, Draft, Paragraph, Remedy, TableRow
from assistant.schemas.answers import (
    CalculationJson,
    CheckedFigureJson,
    CitationJson,
    calculation,
    checked_figure,
    citation,
)


class ParagraphJson(TypedDict):
    """A paragraph; `level` 0 is text, others are headings."""

    text: str
    level: int
    mode: str
    figures: list[CheckedFigureJson]
    calculations: list[CalculationJson]


class RemedyJson(TypedDict):
    """A problem with the measure against it."""

    kind: str
    subject: str
    problem: str
    measure: str
    pace: str
    own: bool
    indicator_ids: list[str]


class BlankJson(TypedDict):
    """Something left to fill in, in the paragraph of that number."""

    label: str
    paragraph: int
    about: str


class TableRowJson(TypedDict):
    """A row of the table of indicators; `markers` are its sources."""

    task: str
    family: str
    name: str
    target: str
    actual: str
    status: str
    markers: list[int]


class DraftJson(TypedDict):
    """A draft with all it rests on; `text` is its paragraphs, one a line."""

    section: str
    title: str
    department: str
    year: int | None
    tone: str
    emphasis: str
    text: str
    paragraphs: list[ParagraphJson]
    problems: list[RemedyJson]
    table: list[TableRowJson]
    blanks: list[BlankJson]
    citations: list[CitationJson]
    figures: list[CheckedFigureJson]
    calculations: list[CalculationJson]
    sources: list[str]
    settings_hash: str
    mode: str
    elapsed_ms: int


def paragraph(paragraph: Paragraph) -> ParagraphJson:
    """A paragraph with its numbers."""
    return {
        "text": paragraph.text,
        "level": paragraph.level,
        "mode": paragraph.mode.value,
        "figures": [checked_figure(figure) for figure in paragraph.figures],
        "calculations": [calculation(one) for one in paragraph.calculations],
    }


def remedy(remedy: Remedy) -> RemedyJson:
    """A problem with its measure."""
    return {
        "kind": remedy.kind.value,
        "subject": remedy.subject,
        "problem": remedy.problem,
        "measure": remedy.measure,
        "pace": remedy.pace,
        "own": remedy.own,
        "indicator_ids": list(remedy.indicator_ids),
    }


def blank(blank: Blank) -> BlankJson:
    """Something left to fill in."""
    return {"label": blank.label, "paragraph": blank.paragraph, "about": blank.about}


def row(row: TableRow) -> TableRowJson:
    """A row of the table of indicators."""
    return {
        "task": row.task,
        "family": row.family,
        "name": row.name,
        "target": row.target,
        "actual": row.actual,
        "status": row.status,
        "markers": list(row.markers),
    }


def draft(draft: Draft) -> DraftJson:
    """A draft with all it rests on; `text` is its paragraphs, one a line."""
    return {
        "section": draft.section.value,
        "title": draft.title,
        "department": draft.department,
        "year": draft.year,
        "tone": draft.tone,
        "emphasis": draft.emphasis,
        "text": draft.text,
        "paragraphs": [paragraph(one) for one in draft.paragraphs],
        "problems": [remedy(one) for one in draft.remedies],
        "table": [row(one) for one in draft.rows],
        "blanks": [blank(one) for one in draft.blanks],
        "citations": [citation(source) for source in draft.citations],
        "figures": [checked_figure(figure) for figure in draft.figures],
        "calculations": [calculation(one) for one in draft.calculations],
        "sources": list(draft.sources),
        "settings_hash": draft.settings_hash,
        "mode": draft.mode.value,
        "elapsed_ms": draft.elapsed_ms,
    }
