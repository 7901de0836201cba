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
    text: str
    level: int
    mode: str
    figures: list[CheckedFigureJson]
    calculations: list[CalculationJson]


class RemedyJson(TypedDict):
    kind: str
    subject: str
    problem: str
    measure: str
    pace: str
    own: bool
    indicator_ids: list[str]


class BlankJson(TypedDict):
    label: str
    paragraph: int
    about: str


class TableRowJson(TypedDict):
    task: str
    family: str
    name: str
    target: str
    actual: str
    status: str
    markers: list[int]


class DraftJson(TypedDict):
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


def paragraph(given: Paragraph) -> ParagraphJson:
    return {
        "text": given.text,
        "level": given.level,
        "mode": given.mode.value,
        "figures": [checked_figure(figure) for figure in given.figures],
        "calculations": [calculation(made) for made in given.calculations],
    }


def remedy(given: Remedy) -> RemedyJson:
    return {
        "kind": given.kind.value,
        "subject": given.subject,
        "problem": given.problem,
        "measure": given.measure,
        "pace": given.pace,
        "own": given.own,
        "indicator_ids": list(given.indicator_ids),
    }


def blank(given: Blank) -> BlankJson:
    return {"label": given.label, "paragraph": given.paragraph, "about": given.about}


def row(given: TableRow) -> TableRowJson:
    return {
        "task": given.task,
        "family": given.family,
        "name": given.name,
        "target": given.target,
        "actual": given.actual,
        "status": given.status,
        "markers": list(given.markers),
    }


def draft(given: Draft) -> DraftJson:
    """A draft with all it rests on; `text` is its paragraphs, one a line."""
    return {
        "section": given.section.value,
        "title": given.title,
        "department": given.department,
        "year": given.year,
        "tone": given.tone,
        "emphasis": given.emphasis,
        "text": given.text,
        "paragraphs": [paragraph(one) for one in given.paragraphs],
        "problems": [remedy(one) for one in given.remedies],
        "table": [row(one) for one in given.rows],
        "blanks": [blank(one) for one in given.blanks],
        "citations": [citation(source) for source in given.citations],
        "figures": [checked_figure(figure) for figure in given.figures],
        "calculations": [calculation(made) for made in given.calculations],
        "sources": list(given.sources),
        "settings_hash": given.settings_hash,
        "mode": given.mode.value,
        "elapsed_ms": given.elapsed_ms,
    }
