"""The JSON of documents, of ingest reports and of faults of the store."""

from collections.abc import Iterable

from typing_extensions import TypedDict

from assistant.schemas.answers import LocationJson, location
from ingest.corrections.types import Correction
from ingest.types.facts import Oddity
from ingest.types.library import DocumentRecord, FileReport, StoreFault


class OddityJson(TypedDict):
    """A text that was not understood, and why."""

    text: str
    reason: str
    location: LocationJson


class AttentionJson(TypedDict):
    """What was read with doubt and waits to be confirmed: why, and what it would be."""

    reason: str
    text: str
    location: LocationJson
    proposal: str


class DocumentJson(TypedDict):
    """A document of the library; counts of what was understood of it.

    `copy_of` is the id of another document with the same content, "" where there is none.
    """

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
    needs_attention: list[AttentionJson]
    copy_of: str
    tags: list[str]


class ReportJson(TypedDict):
    """What became of one file that was taken in."""

    id: str
    file: str
    title: str
    form: str
    department: str
    year: int | None
    status: str
    unread: bool
    error: str
    tables_rows: int
    indicators: int
    figures: int
    passages: int
    not_understood: list[OddityJson]
    needs_attention: list[AttentionJson]
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
    """One report a file, or a file in an archive."""

    documents: list[ReportJson]


class FaultJson(TypedDict):
    """A part of the library that does not agree with the rest."""

    document_id: str
    file: str
    message: str


class FaultsJson(TypedDict):
    """All that does not agree; empty where the library is whole."""

    faults: list[FaultJson]


def oddities(oddities: Iterable[Oddity]) -> list[OddityJson]:
    """What was not understood of a document."""
    return [
        {"text": oddity.text, "reason": oddity.reason, "location": location(oddity.location)}
        for oddity in oddities
    ]


def attention(doubts: Iterable[Oddity]) -> list[AttentionJson]:
    """What of a document waits to be confirmed."""
    return [
        {
            "reason": doubt.reason,
            "text": doubt.text,
            "location": location(doubt.location),
            "proposal": doubt.proposal,
        }
        for doubt in doubts
    ]


def document(record: DocumentRecord, tags: Iterable[str] = ()) -> DocumentJson:
    """A document of the library."""
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
        "needs_attention": attention(record.needs_attention),
        "copy_of": record.copy_of,
        "tags": [*tags],
    }


def report(line: FileReport) -> ReportJson:
    """The report on one file."""
    return {
        "id": line.id,
        "file": line.file,
        "title": line.title,
        "form": line.form.value,
        "department": line.department,
        "year": line.year,
        "status": line.outcome.value,
        "unread": line.unread,
        "error": line.error,
        "tables_rows": line.table_rows,
        "indicators": line.indicators,
        "figures": line.figures,
        "passages": line.passages,
        "not_understood": oddities(line.oddities),
        "needs_attention": attention(line.needs_attention),
        "elapsed_ms": line.elapsed_ms,
    }


def reports(lines: Iterable[FileReport]) -> ReportsJson:
    """The reports on all files."""
    return {"documents": [report(line) for line in lines]}


def fault(fault: StoreFault) -> FaultJson:
    """One fault of the store."""
    return {"document_id": fault.document_id, "file": fault.file, "message": fault.message}


def faults(faults: Iterable[StoreFault]) -> FaultsJson:
    """All faults of the store."""
    return {"faults": [fault(one) for one in faults]}


def correction(correction: Correction) -> CorrectionJson:
    """A correction; of one figure, or of the whole document."""
    mark = correction.mark
    return {
        "number": correction.number,
        "document_id": correction.document_id,
        "file": correction.file,
        "aspect": correction.aspect.value,
        "figure_id": mark.figure_id if mark else None,
        "subject": mark.subject if mark else None,
        "location": location(mark.location) if mark else None,
        "old": correction.old,
        "new": correction.new,
        "by": correction.by,
        "at": correction.at,
        "reason": correction.reason,
    }
