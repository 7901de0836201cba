"""The JSON of documents, of ingest reports and of faults of the store."""

from collections.abc import Iterable

from typing_extensions import TypedDict

from assistant.schemas.answers import LocationJson, location
from ingest.corrections.types import Correction
from ingest.types.facts import Oddity
from ingest.types.library import DocumentRecord, FileReport, StoreFault


class OddityJson(TypedDict):
    text: str
    reason: str
    location: LocationJson


class DocumentJson(TypedDict):
    id: str
    file: str
    title: str
    form: str
    department: str
    year: int | None
    tables_rows: int
    indicators: int
    figures: int
    passages: int
    not_understood: list[OddityJson]


class ReportJson(TypedDict):
    id: str
    file: str
    title: str
    form: str
    department: str
    year: int | None
    status: str
    error: str
    tables_rows: int
    indicators: int
    figures: int
    passages: int
    not_understood: list[OddityJson]
    elapsed_ms: int


class CorrectionJson(TypedDict):
    """`figure_id`, `subject` and `location` are null where the whole document was corrected."""

    number: int
    document_id: str
    file: str
    aspect: str
    figure_id: str | None
    subject: str | None
    location: LocationJson | None
    old: str
    new: str
    by: str
    at: str
    reason: str


class ReportsJson(TypedDict):
    documents: list[ReportJson]


class FaultJson(TypedDict):
    document_id: str
    file: str
    message: str


class FaultsJson(TypedDict):
    faults: list[FaultJson]


def oddities(found: Iterable[Oddity]) -> list[OddityJson]:
    return [
        {"text": oddity.text, "reason": oddity.reason, "location": location(oddity.location)}
        for oddity in found
    ]


def document(record: DocumentRecord) -> DocumentJson:
    return {
        "id": record.id,
        "file": record.file,
        "title": record.title,
        "form": record.form.value,
        "department": record.department,
        "year": record.year,
        "tables_rows": record.table_rows,
        "indicators": record.indicators,
        "figures": record.figures,
        "passages": record.passages,
        "not_understood": oddities(record.oddities),
    }


def report(line: FileReport) -> ReportJson:
    return {
        "id": line.id,
        "file": line.file,
        "title": line.title,
        "form": line.form.value,
        "department": line.department,
        "year": line.year,
        "status": line.outcome.value,
        "error": line.error,
        "tables_rows": line.table_rows,
        "indicators": line.indicators,
        "figures": line.figures,
        "passages": line.passages,
        "not_understood": oddities(line.oddities),
        "elapsed_ms": line.elapsed_ms,
    }


def reports(lines: Iterable[FileReport]) -> ReportsJson:
    return {"documents": [report(line) for line in lines]}


def fault(found: StoreFault) -> FaultJson:
    return {"document_id": found.document_id, "file": found.file, "message": found.message}


def faults(found: Iterable[StoreFault]) -> FaultsJson:
    return {"faults": [fault(one) for one in found]}


def correction(made: Correction) -> CorrectionJson:
    mark = made.mark
    return {
        "number": made.number,
        "document_id": made.document_id,
        "file": made.file,
        "aspect": made.aspect.value,
        "figure_id": mark.figure_id if mark else None,
        "subject": mark.subject if mark else None,
        "location": location(mark.location) if mark else None,
        "old": made.old,
        "new": made.new,
        "by": made.by,
        "at": made.at,
        "reason": made.reason,
    }
