"""The JSON every channel speaks: one type and one pure function an object.

A `Decimal` becomes a JSON number: a whole number as an integer, any other as the shortest
floating-point literal, which is exact for up to 15 digits. Keys are never left out.
"""

from decimal import Decimal

from typing_extensions import TypedDict

from assistant.assessment.department_totals import DepartmentTotals
from assistant.types import Answer, Calculation, CheckedFigure, Citation, Finding, IndicatorStatus
from ingest.types.blocks import Location
from ingest.types.facts import Figure, Quantity

Number = int | float


class LocationJson(TypedDict):
    page: int | None
    sheet: str | None
    table: int | None
    row: int | None
    column: int | None
    line_start: int | None
    line_end: int | None
    bbox: list[float] | None


class CitationJson(TypedDict):
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
    raw: str
    value: Number
    unit: str
    verdict: str
    marker: int | None


class CalculationJson(TypedDict):
    formula: str
    result: Number


class AnswerJson(TypedDict):
    id: str
    question: str
    text: str
    abstained: bool
    mode: str
    citations: list[CitationJson]
    figures: list[CheckedFigureJson]
    calculations: list[CalculationJson]
    elapsed_ms: int


class FigureJson(TypedDict):
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


class QuantityJson(TypedDict):
    raw: str
    value: Number | None
    values: list[Number]
    comparator: str
    unit: str


class IndicatorJson(TypedDict):
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


class ScoreJson(TypedDict):
    task: str
    reported: Number | None
    recomputed: Number
    formula: str
    rating: str


class LightJson(TypedDict):
    subject: str
    light: str
    reason: str


class TotalsJson(TypedDict):
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


class FindingJson(TypedDict):
    code: str
    severity: str
    document_id: str
    file: str
    message: str
    evidence: list[CitationJson]
    formula: str
    candidates: list[str]


def number(value: Decimal) -> Number:
    """A Decimal as a JSON number.

    >>> number(Decimal("1103.35")), number(Decimal("800000.00"))
    (1103.35, 800000)
    """
    return int(value) if value == value.to_integral_value() else float(value)


def location(place: Location) -> LocationJson:
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
    return {
        "raw": checked.raw,
        "value": number(checked.value),
        "unit": checked.unit,
        "verdict": checked.verdict.value,
        "marker": checked.marker,
    }


def calculation(made: Calculation) -> CalculationJson:
    return {"formula": made.formula, "result": number(made.result)}


def answer(given: Answer, *, id: str = "") -> AnswerJson:
    """An answer; `id` is the asker's own name for the question."""
    return {
        "id": id,
        "question": given.question,
        "text": given.text,
        "abstained": given.abstained,
        "mode": given.mode.value,
        "citations": [citation(source) for source in given.citations],
        "figures": [checked_figure(checked) for checked in given.figures],
        "calculations": [calculation(made) for made in given.calculations],
        "elapsed_ms": given.elapsed_ms,
    }


def figure(fact: Figure, *, file: str) -> FigureJson:
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
    }


def quantity(printed: Quantity | None) -> QuantityJson | None:
    if printed is None:
        return None
    return {
        "raw": printed.raw,
        "value": None if printed.value is None else number(printed.value),
        "values": [number(value) for value in printed.values],
        "comparator": printed.comparator,
        "unit": printed.unit,
    }


def indicator(standing: IndicatorStatus, *, file: str) -> IndicatorJson:
    fact = standing.indicator
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
        "status": standing.status.value,
        "reason": standing.reason,
        "location": location(fact.location),
    }


def totals(made: DepartmentTotals) -> TotalsJson:
    """A department's year; amounts in 万元, rates in percent, scores in 分."""
    return {
        "department": made.department,
        "year": made.year,
        "documents": made.documents,
        "counts": {status.value: count for status, count in made.counts},
        "budget": None if made.budget is None else number(made.budget),
        "spent": None if made.spent is None else number(made.spent),
        "execution_rate": number(made.execution.result) if made.execution else None,
        "execution_formula": made.execution.formula if made.execution else "",
        "reported_score": None if made.reported is None else number(made.reported),
        "recomputed_score": number(made.recomputed.result) if made.recomputed else None,
        "score_formula": made.recomputed.formula if made.recomputed else "",
        "rating": made.rating,
        "scores": [
            {
                "task": line.task,
                "reported": None if line.reported is None else number(line.reported),
                "recomputed": number(line.recomputed),
                "formula": line.formula,
                "rating": line.rating,
            }
            for line in made.scores
        ],
        "lights": [
            {"subject": light.subject, "light": light.colour.value, "reason": light.reason}
            for light in made.lights
        ],
        "rules": made.rules,
        "source": made.source,
        "evidence": [citation(source) for source in made.evidence],
    }


def finding(found: Finding, *, file: str) -> FindingJson:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "document_id": found.document_id,
        "file": file,
        "message": found.message,
        "evidence": [citation(source) for source in found.evidence],
        "formula": found.formula,
        "candidates": list(found.candidates),
    }
