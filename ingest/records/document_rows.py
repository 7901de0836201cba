"""The rows of one document in all tables (文件的各行): written, deleted, read as they are."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, Table, delete, select

from ingest.records.correction_log import AS_READ
from ingest.records.engines import write_rows
from ingest.records.rows import DocumentRow, FactRow, Packed
from ingest.records.schema import COVERAGE, DOCUMENTS, FACTS
from ingest.records.template_log import LAYOUTS


@dataclass(frozen=True, slots=True)
class StoredRows:
    """A document as it is stored, nothing decoded: beside its facts, what it is found by."""

    document: DocumentRow
    facts: tuple[tuple[FactRow, ...], ...]
    """In the order of `schema.FACTS`."""
    coverage: frozenset[tuple[object, object]]


def write_facts(connection: Connection, packed: Packed) -> None:
    """The rows of all that a document says."""
    for table, rows in (
        *zip(FACTS, packed.facts, strict=True),
        (COVERAGE, packed.coverage),
        (AS_READ, packed.as_read),
        (LAYOUTS, packed.layouts),
    ):
        if rows:
            write_rows(connection, table, rows)


def delete_facts(connection: Connection, document_id: str) -> None:
    """Deletes all that a document says; the document stays."""
    for table in (*FACTS, COVERAGE, AS_READ, LAYOUTS):
        connection.execute(delete(table).where(table.c.document_id == document_id))


def stored_rows(connection: Connection, document_id: str) -> StoredRows:
    """All rows of a document."""
    query = select(DOCUMENTS).where(DOCUMENTS.c.id == document_id)
    document = cast(DocumentRow, dict(connection.execute(query).mappings().one()))
    facts = tuple(_fact_rows(connection, table, document_id) for table in FACTS)
    pairs = select(COVERAGE.c.department, COVERAGE.c.year)
    covered = connection.execute(pairs.where(COVERAGE.c.document_id == document_id))
    coverage = frozenset((department, year) for department, year in covered)
    return StoredRows(document, facts, coverage)


def _fact_rows(connection: Connection, table: Table, document_id: str) -> tuple[FactRow, ...]:
    columns = [column for column in table.c if column.name != "number"]
    rows = connection.execute(select(*columns).where(table.c.document_id == document_id))
    return tuple(dict(row) for row in rows.mappings())
