"""What a document says as rows of the record store (入库行): pure, without the database."""

import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TypedDict

from ingest.corrections.pending import pending
from ingest.language.normalise import REMEMBERED
from ingest.language.vocabulary import default_vocabulary
from ingest.records.codec import decode, encode, encode_whole
from ingest.records.duplicates import ContentProfile, content_profile
from ingest.types.blocks import Block
from ingest.types.facts import Figure, Indicator, Passage, Task, Understanding
from ingest.types.layouts import Layout
from ingest.types.library import DocumentRecord

AnyFact = Figure | Indicator | Task | Passage
FactRow = dict[str, str | int | None]
CoverageRow = dict[str, str | int | None]
FACT_NAMES = ("数据", "指标", "任务", "片段")
"""What the kinds of facts are called, in the order of `schema.FACTS`."""
COMPRESSION = 3
"""Half the time of zlib's usual level for a tenth more bytes."""


class DocumentRow(TypedDict):
    """A document whole, beside what it is found by; `blocks` is packed."""

    id: str
    file: str
    form: str
    copy_of: str
    year: int | None
    figures: int
    record: str
    blocks: bytes


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
        scanned=document.scanned,
        operator=document.operator,
        reader=understanding.reader,
        needs_attention=(
            *understanding.open,
            *pending(
                understanding.figures, understanding.indicators, default_vocabulary().confidence
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Packed:
    """A document as it is written: rows for the database, beside what else is asked of it.

    Made where the file is read, so that what stores documents has little left to do.
    """

    record: DocumentRecord
    profile: ContentProfile
    passages: tuple[Passage, ...]
    pages: int
    document: DocumentRow
    facts: tuple[tuple[FactRow, ...], ...]
    """Figures, indicators, tasks, passages: in the order of `schema.FACTS`."""
    coverage: tuple[CoverageRow, ...]
    as_read: tuple[FactRow, ...] = ()
    """What was read of all that is corrected by hand."""
    layouts: tuple[FactRow, ...] = ()
    """The heads of its tables."""

    @property
    def rows(self) -> int:
        """How many rows its facts take."""
        return sum(map(len, self.facts))


def pack(understanding: Understanding) -> Packed:
    """All that is written of a document."""
    document = understanding.document
    record = record_of(understanding)
    kinds: tuple[Sequence[AnyFact], ...] = (
        understanding.figures,
        understanding.indicators,
        understanding.tasks,
        understanding.passages,
    )
    return Packed(
        record=record,
        profile=content_profile(document.department, understanding.figures),
        passages=understanding.passages,
        pages=max((block.location.page or 0 for block in document.blocks), default=0),
        document={
            "id": document.id,
            "file": document.file,
            "form": document.form.value,
            "copy_of": "",
            "year": document.year,
            "figures": len(understanding.figures),
            "record": encode(record),
            "blocks": zlib.compress(encode_whole(document.blocks), COMPRESSION),
        },
        facts=tuple(tuple(map(fact_row, facts)) for facts in kinds),
        coverage=coverage_rows(record, chain.from_iterable(kinds)),
        layouts=tuple(_layout_row(document.id, layout) for layout in understanding.layouts),
    )


def unpacked(blocks: bytes) -> tuple[Block, ...]:
    """What a document row holds of its file."""
    return decode(tuple[Block, ...], zlib.decompress(blocks))


def fact_row(fact: AnyFact) -> FactRow:
    """A fact whole, beside what it is found by."""
    return {
        "id": fact.id,
        "document_id": fact.document_id,
        "department": fact.department,
        "year": fact.year,
        "label": _label(fact),
        "confirmed": int(_is_confirmed(fact)),
        "fact": encode(fact),
    }


def _layout_row(document_id: str, layout: Layout) -> FactRow:
    return {
        "document_id": document_id,
        "signature": layout.signature,
        "confirmed": int(default_vocabulary().confidence.is_enough(layout.confidence)),
        "layout": encode(layout),
    }


def _is_confirmed(fact: AnyFact) -> bool:
    """Whether a fact counts; tasks and passages always do."""
    if isinstance(fact, Figure | Indicator):
        return default_vocabulary().confidence.is_confirmed(fact)
    return True


def _label(fact: AnyFact) -> str:
    """What `name` is looked for in."""
    match fact:
        case Figure():
            return folded(f"{fact.subject}\n{fact.concept}\n{fact.section}")
        case Indicator() | Task():
            return folded(fact.name)
        case _:
            return folded(fact.section)


@lru_cache(maxsize=REMEMBERED)
def folded(text: str) -> str:
    """Text as names are compared: full width or half, either case, without blanks."""
    lines = unicodedata.normalize("NFKC", text).lower().split("\n")
    return "\n".join("".join(line.split()) for line in lines)


def coverage_rows(record: DocumentRecord, facts: Iterable[AnyFact]) -> tuple[CoverageRow, ...]:
    """Each department and year that a document reports on."""
    pairs = {(record.department, record.year)} | {(f.department, f.year) for f in facts}
    return tuple(
        {"document_id": record.id, "department": department, "year": year}
        for department, year in pairs
    )
