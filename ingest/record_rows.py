"""What a document says as rows of the record store (入库行): pure, without the database."""

import unicodedata
import zlib
from collections.abc import Iterable

from ingest.codec import decode, encode
from ingest.types import (
    Block,
    DocumentRecord,
    Figure,
    Indicator,
    Passage,
    Task,
    Understanding,
)

AnyFact = Figure | Indicator | Task | Passage


def record_of(understanding: Understanding) -> DocumentRecord:
    """How a document stands in listings."""
    document = understanding.document
    return DocumentRecord(
        id=document.id,
        file=document.file,
        title=document.title,
        form=document.form,
        department=document.department,
        year=document.year,
        table_rows=understanding.table_rows,
        indicators=len(understanding.indicators),
        figures=len(understanding.figures),
        passages=len(understanding.passages),
        oddities=understanding.oddities,
    )


def document_row(understanding: Understanding) -> dict[str, str | bytes | int | None]:
    """The document itself, with what its file shows."""
    document = understanding.document
    return {
        "id": document.id,
        "file": document.file,
        "form": document.form.value,
        "copy_of": "",
        "year": document.year,
        "figures": len(understanding.figures),
        "record": encode(record_of(understanding)),
        "blocks": zlib.compress(encode(document.blocks).encode()),
    }


def unpacked(blocks: bytes) -> tuple[Block, ...]:
    """What `document_row` packed."""
    return decode(tuple[Block, ...], zlib.decompress(blocks).decode())


def fact_row(fact: AnyFact) -> dict[str, str | int | None]:
    """A fact whole, beside what it is found by."""
    return {
        "id": fact.id,
        "document_id": fact.document_id,
        "department": fact.department,
        "year": fact.year,
        "label": _label(fact),
        "fact": encode(fact),
    }


def _label(fact: AnyFact) -> str:
    """What `name` is looked for in."""
    match fact:
        case Figure():
            return folded(f"{fact.subject}\n{fact.concept}\n{fact.section}")
        case Indicator() | Task():
            return folded(fact.name)
        case _:
            return folded(fact.section)


def folded(text: str) -> str:
    """Text as names are compared: full width or half, either case, without blanks."""
    lines = unicodedata.normalize("NFKC", text).lower().split("\n")
    return "\n".join("".join(line.split()) for line in lines)


def coverage_rows(understanding: Understanding) -> list[dict[str, str | int | None]]:
    facts: Iterable[AnyFact] = (
        *understanding.figures,
        *understanding.indicators,
        *understanding.tasks,
        *understanding.passages,
    )
    document = understanding.document
    pairs = {(document.department, document.year)} | {(f.department, f.year) for f in facts}
    return [
        {"document_id": document.id, "department": department, "year": year}
        for department, year in pairs
    ]
