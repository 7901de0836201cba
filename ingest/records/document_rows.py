"""The rows of one document in all tables (文件的各行): written, deleted, read as they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

from sqlalchemy import Connection, Select, Table, delete, func, select

from ingest.records.correction_log import AS_READ
from ingest.records.database import Database
from ingest.records.engines import write_rows
from ingest.records.rows import DocumentRow, FactRow, Packed
from ingest.records.schema import COVERAGE, DOCUMENTS, FACTS, READY
from ingest.records.template_log import LAYOUTS
from ingest.slices import slices

ROWS_AT_ONCE = 2000
"""Maximum number of rows written or deleted before others may write."""


@dataclass(frozen=True, slots=True)
class StoredRows:
    """A document as it is stored, nothing decoded: beside its facts, what it is found by."""

    document: DocumentRow
    facts: tuple[tuple[FactRow, ...], ...]
    """In the order of `schema.FACTS`."""
    coverage: frozenset[tuple[object, object]]


def write_facts(connection: Connection, packed: Packed) -> None:
    """The rows of all that a document says."""
    for write in fact_writes(packed):
        write(connection)


def fact_writes(packed: Packed) -> Iterator[Callable[[Connection], None]]:
    """The same in slices, each to be written in a transaction of its own."""
    for table, rows in (
        *zip(FACTS, packed.facts, strict=True),
        (COVERAGE, packed.coverage),
        (AS_READ, packed.as_read),
        (LAYOUTS, packed.layouts),
    ):
        for part in slices(rows, ROWS_AT_ONCE):
            yield partial(write_rows, table=table, rows=part)


def delete_facts(connection: Connection, document_id: str) -> None:
    """Deletes all that a document says; the document stays."""
    for table in (*FACTS, COVERAGE, AS_READ, LAYOUTS):
        connection.execute(delete(table).where(table.c.document_id == document_id))


def delete_hidden(database: Database, document_id: str) -> None:
    """Deletes what a document says that is staged or retired, in slices."""
    for table in FACTS:
        rows = _hidden(table, document_id)
        with database.reading() as connection:
            counted = select(func.count()).select_from(rows.subquery())
            count = connection.execute(counted).scalar_one()
        some = delete(table).where(table.c.number.in_(rows.limit(ROWS_AT_ONCE)))
        for _ in slices(range(count), ROWS_AT_ONCE):
            with database.writing() as connection:
                connection.execute(some)


def _hidden(table: Table, document_id: str) -> Select[int]:
    rows = select(table.c.number).join(DOCUMENTS)
    return rows.where(DOCUMENTS.c.id == document_id, DOCUMENTS.c.state != READY)


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
