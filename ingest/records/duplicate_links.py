"""Which document repeats which (副本关系), in the database of the record store."""

from dataclasses import replace
from math import ceil, floor

from sqlalchemy import Connection, bindparam, select, update

from ingest.records.codec import decode, encode
from ingest.records.schema import DOCUMENTS, READY
from ingest.types.library import DocumentRecord

_ALIKE = (
    select(DOCUMENTS.c.record)
    .where(
        DOCUMENTS.c.state == READY,
        DOCUMENTS.c.year.is_not_distinct_from(bindparam("year_asked")),
        DOCUMENTS.c.figures.between(bindparam("least"), bindparam("most")),
        DOCUMENTS.c.id != bindparam("own"),
    )
    .order_by(DOCUMENTS.c.number)
)


def link(connection: Connection, document_id: str, like: str) -> None:
    """Makes a document a copy of `like`, or of the one that `like` is a copy of."""
    _set(connection, document_id, _record(connection, like).copy_of or like)


def inherit(connection: Connection, document_id: str) -> None:
    """The first copy of a document that goes takes its place; the others are copies of that."""
    copies = select(DOCUMENTS.c.id).where(DOCUMENTS.c.copy_of == document_id)
    heir = ""
    for copy in connection.scalars(copies.order_by(DOCUMENTS.c.number)).all():
        _set(connection, copy, heir)
        heir = heir or copy


def alike(connection: Connection, record: DocumentRecord, share: float) -> list[DocumentRecord]:
    """Published documents of the same year with about as many figures, the oldest first.

    The smaller of the two has at least `share` of the figures of the larger.
    """
    asked = {
        "own": record.id,
        "year_asked": record.year,
        "least": ceil(record.figures * share),
        "most": floor(record.figures / share),
    }
    return [decode(DocumentRecord, text) for text in connection.scalars(_ALIKE, asked)]


def _record(connection: Connection, document_id: str) -> DocumentRecord:
    query = select(DOCUMENTS.c.record).where(DOCUMENTS.c.id == document_id)
    return decode(DocumentRecord, connection.scalars(query).one())


def _set(connection: Connection, document_id: str, original: str) -> None:
    record = replace(_record(connection, document_id), copy_of=original)
    connection.execute(
        update(DOCUMENTS)
        .where(DOCUMENTS.c.id == document_id)
        .values(copy_of=original, record=encode(record))
    )
