"""The JSON of drafts: paragraphs, problems with their measures, blanks and sources."""

from typing_extensions import TypedDict

from assistant.drafting.types import Blank, CheckItem, Draft, DraftTable, Paragraph, Remedy
from assistant.schemas.answers import (
    CalculationJson,
    CheckedFigureJson,
    CitationJson,
    calculation,
    checked_figure,
    citation,
)


class DraftTableJson(TypedDict):
    """A table; its cells are text with markers [n]."""

    columns: list[str]
    rows: list[list[str]]


class ParagraphJson(TypedDict):
    """A paragraph; `level` 0 is text, or the caption of its table, others are headings."""

    text: str
    level: int
    mode: str
    figures: list[CheckedFigureJson]
    calculations: list[CalculationJson]
    table: DraftTableJson | None


class RemedyJson(TypedDict):
    """A headed problem with the measures against it, a paragraph a line."""

    kind: str
    subject: str
    problem: str
    measure: str
    own: bool
    indicator_ids: list[str]


class BlankJson(TypedDict):
    """Something left to fill in, in the paragraph of that number."""

    label: str
    paragraph: int
    about: str


class CheckItemJson(TypedDict):
    """Something to check before the draft is sent: where, what is printed, why, and what to do."""

    kind: str
    place: str
    printed: str
    matter: str
    action: str


class DraftJson(TypedDict):
    """A draft with all it rests on; `text` is its paragraphs, one a line."""

    section: str
    title: str
    department: str
    year: int | None
    tone: str
    emphasis: str
    length: str
    text: str
    paragraphs: list[ParagraphJson]
    problems: list[RemedyJson]
    checklist: list[CheckItemJson]
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
        "table": table(paragraph.table) if paragraph.table else None,
    }


def table(table: DraftTable) -> DraftTableJson:
    """A table."""
    return {"columns": list(table.columns), "rows": [list(row) for row in table.rows]}


def remedy(remedy: Remedy) -> RemedyJson:
    """A problem with its measure."""
    return {
        "kind": remedy.kind.value,
        "subject": remedy.subject,
        "problem": remedy.problem,
        "measure": remedy.measure,
        "own": remedy.own,
        "indicator_ids": list(remedy.indicator_ids),
    }


def blank(blank: Blank) -> BlankJson:
    """Something left to fill in."""
    return {"label": blank.label, "paragraph": blank.paragraph, "about": blank.about}


def check_item(item: CheckItem) -> CheckItemJson:
    """Something to check before the draft is sent."""
    return {
        "kind": item.kind,
        "place": item.place,
        "printed": item.printed,
        "matter": item.matter,
        "action": item.action,
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
        "length": draft.length.value,
        "text": draft.text,
        "paragraphs": [paragraph(one) for one in draft.paragraphs],
        "problems": [remedy(one) for one in draft.remedies],
        "checklist": [check_item(one) for one in draft.checklist],
        "blanks": [blank(one) for one in draft.blanks],
        "citations": [citation(source) for source in draft.citations],
        "figures": [checked_figure(figure) for figure in draft.figures],
        "calculations": [calculation(one) for one in draft.calculations],
        "sources": list(draft.sources),
        "settings_hash": draft.settings_hash,
        "mode": draft.mode.value,
        "elapsed_ms": draft.elapsed_ms,
    }
