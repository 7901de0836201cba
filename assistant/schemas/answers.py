"""The JSON every channel speaks: one type and one pure function an object.

A `Decimal` becomes a JSON number: a whole number as an integer, any other as the shortest
floating-point literal, which is exact for up to 15 digits. Keys are never left out.
"""

from decimal import Decimal

from typing_extensions import TypedDict

from assistant.assessment.department_totals import DepartmentTotals
from assistant.schemas.markdown import readable
from assistant.types import (
    Answer,
    AnswerBlock,
    AnswerScope,
    BlockKind,
    Calculation,
    CheckedFigure,
    Citation,
    Doubt,
    Finding,
    FindingMark,
    IndicatorStatus,
)
from ingest.types.blocks import Location
from ingest.types.facts import Figure, Quantity

Number = int | float


class LocationJson(TypedDict):
    """A place in a file: `bbox` in points, all other numbers from 1; null where it has none."""

    page: int | None
    sheet: str | None
    table: int | None
    row: int | None
    column: int | None
    line_start: int | None
    line_end: int | None
    bbox: list[float] | None


class CitationJson(TypedDict):
    """A source of an answer; `marker` is its [n] in the text."""

    marker: int
    document_id: str
    file: str
    title: str
    department: str
    year: int | None
    location: LocationJson
    quote: str
    figure_ids: list[str]


class CheckedFigureJson(TypedDict):
    """A number in a text, and whether it was found again in the sources."""

    raw: str
    value: Number
    unit: str
    verdict: str
    marker: int | None


class CalculationJson(TypedDict):
    """A formula with the numbers put in, and its result."""

    formula: str
    result: Number


class ScopeJson(TypedDict):
    """What an answer covers; `carried` and `years_carried` where that is of the turn before."""

    departments: list[str]
    years: list[int]
    forms: list[str]
    documents: list[str]
    carried: bool
    years_carried: bool


class DoubtJson(TypedDict):
    """What speaks against a figure that an answer tells."""

    code: str
    message: str
    figure_ids: list[str]


class BlockJson(TypedDict):
    """A piece of an answer; `span` is [start, end] in a quote's text, null where it has none."""

    kind: str
    text: str
    columns: list[str]
    rows: list[list[str]]
    chart: str
    marker: int | None
    span: list[int] | None


class AnswerJson(TypedDict):
    """An answer; `abstained` where the documents do not say: it is refused or asked back."""

    id: str
    question: str
    text: str
    abstained: bool
    mode: str
    citations: list[CitationJson]
    figures: list[CheckedFigureJson]
    calculations: list[CalculationJson]
    elapsed_ms: int
    state: str
    confidence: Number
    scope: ScopeJson
    doubts: list[DoubtJson]
    blocks: list[BlockJson]
    suggestions: list[str]


class FigureJson(TypedDict):
    """A number as a document prints it; `value` is null where it is not one number."""

    id: str
    document_id: str
    file: str
    department: str
    year: int | None
    section: str
    subject: str
    role: str
    raw: str
    value: Number | None
    values: list[Number]
    comparator: str
    unit: str
    approximate: bool
    location: LocationJson
    quote: str
    confidence: Number
    how: str


class QuantityJson(TypedDict):
    """A value as printed (`raw`) and as read."""

    raw: str
    value: Number | None
    values: list[Number]
    comparator: str
    unit: str


class IndicatorJson(TypedDict):
    """A performance indicator with its values and its status."""

    id: str
    document_id: str
    file: str
    department: str
    year: int | None
    task: str
    level1: str
    level2: str
    name: str
    target: QuantityJson | None
    period_target: QuantityJson | None
    actual: QuantityJson | None
    weight: QuantityJson | None
    score: QuantityJson | None
    deviation: str
    status: str
    reason: str
    location: LocationJson
    confidence: Number
    how: str


class ScoreJson(TypedDict):
    """A project's score as reported and as recomputed from its indicators."""

    task: str
    reported: Number | None
    recomputed: Number
    formula: str
    rating: str


class LightJson(TypedDict):
    """A monitoring light with the reason for its colour."""

    subject: str
    light: str
    reason: str


class TotalsJson(TypedDict):
    """A department's year; amounts in 万元, rates in percent, scores in 分."""

    department: str
    year: int | None
    documents: int
    counts: dict[str, int]
    budget: Number | None
    spent: Number | None
    execution_rate: Number | None
    execution_formula: str
    reported_score: Number | None
    recomputed_score: Number | None
    score_formula: str
    rating: str
    scores: list[ScoreJson]
    lights: list[LightJson]
    rules: str
    source: str
    evidence: list[CitationJson]


class MarkJson(TypedDict):
    """What a person said of a finding: 已看, 误报 or 已整改, who and when."""

    handling: str
    by: str
    at: str


class FindingJson(TypedDict):
    """A finding of the audit, with the places that it rests on."""

    code: str
    severity: str
    document_id: str
    file: str
    message: str
    evidence: list[CitationJson]
    formula: str
    candidates: list[str]
    key: str
    mark: MarkJson | None


def number(value: Decimal) -> Number:
    """A Decimal as a JSON number.

    >>> number(Decimal("1103.35")), number(Decimal("800000.00"))
    (1103.35, 800000)
    """
    return int(value) if value == value.to_integral_value() else float(value)


def location(place: Location) -> LocationJson:
    """A place; what it does not have is null."""
    return {
        "page": place.page,
        "sheet": place.sheet,
        "table": place.table,
        "row": place.row,
        "column": place.column,
        "line_start": place.line_start,
        "line_end": place.line_end,
        "bbox": list(place.bbox) if place.bbox else None,
    }


def citation(source: Citation) -> CitationJson:
    """A source of an answer."""
    return {
        "marker": source.marker,
        "document_id": source.document_id,
        "file": source.file,
        "title": source.title,
        "department": source.department,
        "year": source.year,
        "location": location(source.location),
        "quote": source.quote,
        "figure_ids": list(source.figure_ids),
    }


def checked_figure(checked: CheckedFigure) -> CheckedFigureJson:
    """A checked number of a text."""
    return {
        "raw": checked.raw,
        "value": number(checked.value),
        "unit": checked.unit,
        "verdict": checked.verdict.value,
        "marker": checked.marker,
    }


def calculation(calculation: Calculation) -> CalculationJson:
    """A formula with its result."""
    return {"formula": calculation.formula, "result": number(calculation.result)}


def answer(answer: Answer, *, id: str = "") -> AnswerJson:
    """An answer; `id` is the asker's name for the question.

    `text` shows the passages quoted, too; in `blocks` the first is the text without them.
    """
    return {
        "id": id,
        "question": answer.question,
        "text": readable(answer),
        "abstained": answer.abstained,
        "mode": answer.mode.value,
        "citations": [citation(source) for source in answer.citations],
        "figures": [checked_figure(checked) for checked in answer.figures],
        "calculations": [calculation(one) for one in answer.calculations],
        "elapsed_ms": answer.elapsed_ms,
        "state": answer.state.value,
        "confidence": number(answer.confidence),
        "scope": scope(answer.scope),
        "doubts": [doubt(one) for one in answer.doubts],
        "blocks": [block(AnswerBlock(BlockKind.TEXT, answer.text)), *map(block, answer.blocks)],
        "suggestions": list(answer.suggestions),
    }


def scope(covered: AnswerScope) -> ScopeJson:
    """What an answer covers."""
    return {
        "departments": list(covered.departments),
        "years": list(covered.years),
        "forms": [form.value for form in covered.forms],
        "documents": list(covered.documents),
        "carried": covered.carried,
        "years_carried": covered.years_carried,
    }


def doubt(doubt: Doubt) -> DoubtJson:
    """What speaks against a figure."""
    return {"code": doubt.code, "message": doubt.message, "figure_ids": list(doubt.figure_ids)}


def block(part: AnswerBlock) -> BlockJson:
    """A piece of an answer; what its kind does not have is empty."""
    return {
        "kind": part.kind.value,
        "text": part.text,
        "columns": list(part.columns),
        "rows": [list(row) for row in part.rows],
        "chart": part.chart,
        "marker": part.marker,
        "span": list(part.span) or None,
    }


def figure(fact: Figure, *, file: str) -> FigureJson:
    """A figure with the name of its file."""
    quantity = fact.quantity
    return {
        "id": fact.id,
        "document_id": fact.document_id,
        "file": file,
        "department": fact.department,
        "year": fact.year,
        "section": fact.section,
        "subject": fact.subject,
        "role": fact.role.value,
        "raw": quantity.raw,
        "value": None if quantity.value is None else number(quantity.value),
        "values": [number(value) for value in quantity.values],
        "comparator": quantity.comparator,
        "unit": quantity.unit,
        "approximate": quantity.approximate,
        "location": location(fact.location),
        "quote": fact.quote,
        "confidence": number(fact.confidence),
        "how": fact.how.value,
    }


def quantity(printed: Quantity | None) -> QuantityJson | None:
    """A printed value, None where there is none."""
    if printed is None:
        return None
    return {
        "raw": printed.raw,
        "value": None if printed.value is None else number(printed.value),
        "values": [number(value) for value in printed.values],
        "comparator": printed.comparator,
        "unit": printed.unit,
    }


def indicator(status: IndicatorStatus, *, file: str) -> IndicatorJson:
    """An indicator with its status and the name of its file."""
    fact = status.indicator
    return {
        "id": fact.id,
        "document_id": fact.document_id,
        "file": file,
        "department": fact.department,
        "year": fact.year,
        "task": fact.task,
        "level1": fact.level1,
        "level2": fact.level2,
        "name": fact.name,
        "target": quantity(fact.target),
        "period_target": quantity(fact.period_target),
        "actual": quantity(fact.actual),
        "weight": quantity(fact.weight),
        "score": quantity(fact.score),
        "deviation": fact.deviation,
        "status": status.status.value,
        "reason": status.reason,
        "location": location(fact.location),
        "confidence": number(fact.confidence),
        "how": fact.how.value,
    }


def totals(totals: DepartmentTotals) -> TotalsJson:
    """A department's year; amounts in 万元, rates in percent, scores in 分."""
    return {
        "department": totals.department,
        "year": totals.year,
        "documents": totals.documents,
        "counts": {status.value: count for status, count in totals.counts},
        "budget": None if totals.budget is None else number(totals.budget),
        "spent": None if totals.spent is None else number(totals.spent),
        "execution_rate": number(totals.execution.result) if totals.execution else None,
        "execution_formula": totals.execution.formula if totals.execution else "",
        "reported_score": None if totals.reported is None else number(totals.reported),
        "recomputed_score": number(totals.recomputed.result) if totals.recomputed else None,
        "score_formula": totals.recomputed.formula if totals.recomputed else "",
        "rating": totals.rating,
        "scores": [
            {
                "task": line.task,
                "reported": None if line.reported is None else number(line.reported),
                "recomputed": number(line.recomputed),
                "formula": line.formula,
                "rating": line.rating,
            }
            for line in totals.scores
        ],
        "lights": [
            {"subject": light.subject, "light": light.colour.value, "reason": light.reason}
            for light in totals.lights
        ],
        "rules": totals.rules,
        "source": totals.source,
        "evidence": [citation(source) for source in totals.evidence],
    }


def finding(finding: Finding, *, file: str) -> FindingJson:
    """A finding with the name of its file."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "document_id": finding.document_id,
        "file": file,
        "message": finding.message,
        "evidence": [citation(source) for source in finding.evidence],
        "formula": finding.formula,
        "candidates": list(finding.candidates),
        "key": finding.key,
        "mark": _mark(finding.mark) if finding.mark else None,
    }


def _mark(mark: FindingMark) -> MarkJson:
    return {"handling": mark.handling.value, "by": mark.by, "at": mark.at}
