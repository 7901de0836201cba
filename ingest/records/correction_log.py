"""Corrections by hand (人工更正) in the record store's database, and the facts rewritten by them.

They outlive the document they were made on: the same bytes taken in again, or a new version under
the same name, are corrected as they are stored. What was read is kept beside, so that a correction
can be taken back. Correcting and taking back are one transaction each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from typing_extensions import override

from ingest.corrections.apply import Facts, amended, mark_of, quantity_of, read_of
from ingest.corrections.types import DOCUMENT_ASPECTS, Aspect, Correction, Wanted, checked
from ingest.errors import CorrectionError
from ingest.records.codec import decode, encode
from ingest.records.database import Database
from ingest.records.duplicates import content_profile
from ingest.records.record_reader import Corrections
from ingest.records.rows import AnyFact, DocumentRow, FactRow, Packed, coverage_rows, fact_row
from ingest.records.schema import COVERAGE, DOCUMENTS, FACTS, LEAVING, META, READY, SCHEMA
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import DocumentRecord

CORRECTIONS = Table(
    "corrections",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("document_id", Text, nullable=False, index=True),
    Column("file", Text, nullable=False, index=True),
    Column("correction", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""No foreign key: a correction stays when its document goes, for when it comes back."""
AS_READ = Table(
    "as_read",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column(
        "document_id",
        Text,
        ForeignKey("documents.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("kind", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("fact", Text, nullable=False),
)
"""What corrected facts were read as; `kind` is the name of their table, `place` says which of the
document's facts there it is, from 0."""
CHANGES = "corrections"
"""The name in META under which corrections made and taken back are counted."""
KINDS: Mapping[str, type[AnyFact]] = {
    "figures": Figure,
    "indicators": Indicator,
    "tasks": Task,
    "passages": Passage,
}
Held = Mapping[str, Sequence[AnyFact]]
"""The facts of a document by the name of their table, in the order of reading."""


class CorrectionLog(Corrections):
    """All corrections of a library; `reindex` brings a document's words up to date."""

    def __init__(self, database: Database, reindex: Callable[[Connection, str], None]) -> None:
        self._database = database
        self._reindex = reindex

    @override
    def all(self, document_id: str = "") -> tuple[Correction, ...]:
        with self._database.reading() as connection:
            if not document_id:
                found = _held(connection)
            else:
                query = select(DOCUMENTS.c.file).where(DOCUMENTS.c.id == document_id)
                file = connection.scalars(query).one_or_none()
                found = _held(connection, document_id, file)
        return tuple(reversed(found))

    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the corrections made on each published document or its namesakes."""
        own = or_(
            CORRECTIONS.c.document_id == DOCUMENTS.c.id, CORRECTIONS.c.file == DOCUMENTS.c.file
        )
        query = select(DOCUMENTS.c.id, CORRECTIONS.c.number).join(CORRECTIONS, own)
        found: dict[str, tuple[int, ...]] = {}
        with self._database.reading() as connection:
            ready = query.where(DOCUMENTS.c.state == READY).order_by(CORRECTIONS.c.number)
            for id, number in connection.execute(ready):
                found[id] = (*found.get(id, ()), number)
        return found

    @override
    def printed(self, document_id: str) -> Mapping[str, Figure]:
        with self._database.reading() as connection:
            query = select(AS_READ.c.fact).where(
                AS_READ.c.document_id == document_id, AS_READ.c.kind == "figures"
            )
            read = [decode(Figure, text) for text in connection.scalars(query)]
        return {figure.id: figure for figure in read}

    @override
    def add(self, wanted: Wanted) -> Correction:
        try:
            new = checked(wanted.aspect, wanted.new)
        except ValueError as error:
            raise CorrectionError(str(error)) from error
        with self._database.writing() as connection:
            record, held = _as_read(connection, wanted.document_id)
            made = _made(replace(wanted, new=new), _facts(record, held), self._latest(connection))
            connection.execute(
                insert(CORRECTIONS).values(
                    number=made.number,
                    document_id=made.document_id,
                    file=made.file,
                    correction=encode(made),
                )
            )
            self._apply(connection, made)
        return made

    @override
    def remove(self, number: int) -> Correction:
        with self._database.writing() as connection:
            found = next((one for one in _held(connection) if one.number == number), None)
            if found is None:
                raise CorrectionError(f"没有编号为{number}的更正，请用 jiwen corrections 查看。")
            connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.number == number))
            self._apply(connection, found)
        return found

    def amend(self, packed: Packed) -> Packed:
        """A document that is about to be stored, with the corrections that are about it."""
        with self._database.reading() as connection:
            corrections = _held(connection, packed.record.id, packed.record.file)
        if not corrections:
            return packed
        held: Held = {
            table.name: [decode(KINDS[table.name], str(row["fact"])) for row in rows]
            for table, rows in zip(FACTS, packed.facts, strict=True)
        }
        read = _facts(packed.record, held)
        now = amended(read, corrections)
        return packed if now == read else _packed(packed, read, now)

    def _latest(self, connection: Connection) -> int:
        """A number above every one that was ever given."""
        changes = connection.scalars(select(META.c.value).where(META.c.name == CHANGES))
        return int(changes.one_or_none() or 0) + 1

    def _apply(self, connection: Connection, correction: Correction) -> None:
        """Rewrites the facts of every document that the correction may be about."""
        changes = self._latest(connection)
        connection.execute(delete(META).where(META.c.name == CHANGES))
        connection.execute(insert(META).values(name=CHANGES, value=str(changes)))
        columns = DOCUMENTS.c
        query = select(columns.id, columns.state).where(
            or_(columns.id == correction.document_id, columns.file == correction.file),
            columns.state != LEAVING,
        )
        for id, state in connection.execute(query).all():
            if _rewrite(connection, id) and state == READY:
                self._reindex(connection, id)


def _made(wanted: Wanted, read: Facts, number: int) -> Correction:
    """The correction as it is kept; raises CorrectionError where there is nothing to correct."""
    record, aspect = read.record, wanted.aspect
    made = Correction(
        number=number,
        document_id=record.id,
        file=record.file,
        aspect=aspect,
        old=read_of(record, aspect),
        new=wanted.new,
        by=wanted.by,
        at=datetime.now().astimezone().isoformat(timespec="seconds"),
        reason=" ".join(wanted.reason.split())[:200],
    )
    if aspect in DOCUMENT_ASPECTS:
        return made
    figure = next((f for f in read.figures if f.id == wanted.figure_id), None)
    if figure is None:
        raise CorrectionError("要更正的数据已经不在这个文件里，请刷新后重试。")
    old = {Aspect.ROLE: figure.role.value, Aspect.SUBJECT: figure.subject}
    if aspect is Aspect.VALUE and quantity_of(wanted.new, figure.quantity) is None:
        raise CorrectionError(
            f"“{wanted.new}”读不成一个数值，请照原文写，如 92.71% 或 1022.93 万元。"
        )
    return replace(
        made, old=old.get(aspect, figure.quantity.raw), mark=mark_of(figure, read.figures)
    )


def _held(
    connection: Connection, document_id: str = "", file: str | None = None
) -> list[Correction]:
    """Corrections made on a document or on a file of its name, the oldest first; or all."""
    query = select(CORRECTIONS.c.correction).order_by(CORRECTIONS.c.number)
    if document_id:
        columns = CORRECTIONS.c
        query = query.where(or_(columns.document_id == document_id, columns.file == file))
    return [decode(Correction, text) for text in connection.scalars(query)]


def _as_read(connection: Connection, document_id: str) -> tuple[DocumentRecord, Held]:
    """A document and its facts as they were read, without any correction."""
    query = select(DOCUMENTS.c.record).where(
        DOCUMENTS.c.id == document_id, DOCUMENTS.c.state != LEAVING
    )
    text = connection.scalars(query).one_or_none()
    if text is None:
        raise CorrectionError("要更正的文件已经不在资料库里，请刷新后重试。")
    record = decode(DocumentRecord, text)
    kept = select(AS_READ.c.kind, AS_READ.c.place, AS_READ.c.fact)
    before = {
        (kind, place): fact
        for kind, place, fact in connection.execute(
            kept.where(AS_READ.c.document_id == document_id)
        )
    }
    if own := before.get((DOCUMENTS.name, 0)):
        record = replace(decode(DocumentRecord, own), copy_of=record.copy_of)
    held: dict[str, Sequence[AnyFact]] = {}
    for table in FACTS:
        rows = select(table.c.fact).where(table.c.document_id == document_id)
        kind = KINDS[table.name]
        facts = connection.scalars(rows.order_by(table.c.number)).all()
        held[table.name] = [
            decode(kind, before.get((table.name, place), fact)) for place, fact in enumerate(facts)
        ]
    return record, held


def _facts(record: DocumentRecord, held: Held) -> Facts:
    return Facts(
        record,
        tuple(f for f in held["figures"] if isinstance(f, Figure)),
        tuple(f for f in held["indicators"] if isinstance(f, Indicator)),
        tuple(f for f in held["tasks"] if isinstance(f, Task)),
        tuple(f for f in held["passages"] if isinstance(f, Passage)),
    )


def _rewrite(connection: Connection, document_id: str) -> bool:
    """Stores a document's facts as they are with the corrections there are now.

    Returns whether its words have to be indexed anew: it is another department's, year's or form.
    """
    record, held = _as_read(connection, document_id)
    query = select(DOCUMENTS.c.record).where(DOCUMENTS.c.id == document_id)
    before = decode(DocumentRecord, connection.scalars(query).one())
    read = _facts(record, held)
    now = amended(read, _held(connection, document_id, record.file))
    kept = _as_read_rows(read, now)
    was = select(AS_READ.c.kind, AS_READ.c.place).where(AS_READ.c.document_id == document_id)
    touched = {(kind, place) for kind, place in connection.execute(was)}
    touched |= {(str(row["kind"]), row["place"]) for row in kept}
    connection.execute(delete(AS_READ).where(AS_READ.c.document_id == document_id))
    if kept:
        connection.execute(insert(AS_READ), kept)
    for table, facts in zip(FACTS, _kinds(now), strict=True):
        own = select(table.c.number).where(table.c.document_id == document_id)
        numbers = connection.scalars(own.order_by(table.c.number)).all()
        for place, (number, fact) in enumerate(zip(numbers, facts, strict=True)):
            if (table.name, place) in touched:
                row = update(table).where(table.c.number == number)
                connection.execute(row.values(fact_row(fact)))
    if now.record == before:
        return False
    values = {"form": now.record.form.value, "year": now.record.year, "record": encode(now.record)}
    connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(values))
    connection.execute(delete(COVERAGE).where(COVERAGE.c.document_id == document_id))
    connection.execute(insert(COVERAGE), _coverage(now))
    return True


def _packed(packed: Packed, read: Facts, now: Facts) -> Packed:
    """What is written of a document whose facts are not as they were read."""
    document: DocumentRow = {
        **packed.document,
        "form": now.record.form.value,
        "year": now.record.year,
        "record": encode(now.record),
    }
    return replace(
        packed,
        record=now.record,
        profile=content_profile(now.record.department, now.figures),
        passages=now.passages,
        document=document,
        facts=tuple(tuple(fact_row(fact) for fact in facts) for facts in _kinds(now)),
        coverage=_coverage(now),
        as_read=tuple(_as_read_rows(read, now)),
    )


def _as_read_rows(read: Facts, now: Facts) -> list[FactRow]:
    """What was read of all that is another now."""
    own: FactRow = {"document_id": read.record.id}
    rows: list[FactRow] = [
        own | {"kind": table.name, "place": place, "fact": encode(old)}
        for table, before, after in zip(FACTS, _kinds(read), _kinds(now), strict=True)
        for place, (old, new) in enumerate(zip(before, after, strict=True))
        if old != new
    ]
    if read.record != now.record:
        rows.append(own | {"kind": DOCUMENTS.name, "place": 0, "fact": encode(read.record)})
    return rows


def _kinds(facts: Facts) -> tuple[Sequence[AnyFact], ...]:
    """In the order of `schema.FACTS`."""
    return facts.figures, facts.indicators, facts.tasks, facts.passages


def _coverage(facts: Facts) -> tuple[FactRow, ...]:
    every = (fact for kind in _kinds(facts) for fact in kind)
    return coverage_rows(facts.record, every)
