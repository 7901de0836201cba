"""Corrections by hand (人工更正) in the record store's database, and the facts rewritten by them.

They are about a document in all its versions (its lineage), never about others of its name, and
outlive it: the same bytes taken in again, or a new version, are corrected as they are stored. What
was read is kept beside, so that a correction can be taken back. Correcting and taking back are one
transaction each.
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
from ingest.language.vocabulary import default_vocabulary
from ingest.records.codec import decode, encode
from ingest.records.database import Database
from ingest.records.duplicates import content_profile
from ingest.records.record_reader import Corrections, Visible, everything
from ingest.records.rows import AnyFact, DocumentRow, FactRow, Packed, coverage_rows, fact_row
from ingest.records.schema import (
    CHANGE_COUNT,
    COVERAGE,
    DOCUMENTS,
    FACTS,
    LEAVING,
    READY,
    SCHEMA,
    count_up,
    meta,
    note_move,
)
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import DocumentRecord

CORRECTIONS = Table(
    "corrections",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("document_id", Text, nullable=False, index=True),
    Column("lineage", Text, nullable=False, index=True),
    Column("file", Text, nullable=False),
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
FACT_TYPES: Mapping[str, type[AnyFact]] = {
    "figures": Figure,
    "indicators": Indicator,
    "tasks": Task,
    "passages": Passage,
}
BEYOND = "这样更正会涉及您不能更正的部门的文件，没有更正，请交给不限部门的同事处理。"
_ABOUT = or_(
    CORRECTIONS.c.document_id == DOCUMENTS.c.id, CORRECTIONS.c.lineage == DOCUMENTS.c.lineage
)
"""Which corrections are about a document: those of its identity, and of its very bytes."""
FactsByTable = Mapping[str, Sequence[AnyFact]]
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
                corrections = _stored_corrections(connection)
            else:
                lineage = _lineage(connection, document_id)
                corrections = _stored_corrections(connection, document_id, lineage)
        return tuple(reversed(corrections))

    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the corrections made on each published document or its versions."""
        query = select(DOCUMENTS.c.id, CORRECTIONS.c.number).join(CORRECTIONS, _ABOUT)
        numbers: dict[str, tuple[int, ...]] = {}
        with self._database.reading() as connection:
            ready = query.where(DOCUMENTS.c.state == READY).order_by(CORRECTIONS.c.number)
            for id, number in connection.execute(ready):
                numbers[id] = (*numbers.get(id, ()), number)
        return numbers

    @override
    def printed(self, document_id: str) -> Mapping[str, Figure]:
        with self._database.reading() as connection:
            query = select(AS_READ.c.fact).where(
                AS_READ.c.document_id == document_id, AS_READ.c.kind == "figures"
            )
            read = [decode(Figure, text) for text in connection.scalars(query)]
        return {figure.id: figure for figure in read}

    def lineage(self, document_id: str) -> str:
        """The identity of a document; of bytes that are gone, the one that was corrected."""
        with self._database.reading() as connection:
            return _lineage(connection, document_id)

    def reach(self, made: Wanted | Correction) -> tuple[str, ...]:
        """The documents that are rewritten when this is corrected, or taken back."""
        with self._database.reading() as connection:
            return _reach(connection, made.document_id, _lineage_of(connection, made))

    @override
    def add(self, wanted: Wanted, *, within: Visible = everything) -> Correction:
        try:
            new = checked(wanted.aspect, wanted.new)
        except ValueError as error:
            raise CorrectionError(str(error)) from error
        with self._database.writing() as connection:
            read = facts_as_read(connection, wanted.document_id)
            correction = _new_correction(replace(wanted, new=new), read, self._latest(connection))
            lineage = _lineage(connection, correction.document_id)
            connection.execute(
                insert(CORRECTIONS).values(
                    number=correction.number,
                    document_id=correction.document_id,
                    lineage=lineage,
                    file=correction.file,
                    correction=encode(correction),
                )
            )
            self._apply(connection, _reach(connection, correction.document_id, lineage), within)
        return correction

    @override
    def remove(self, number: int, *, within: Visible = everything) -> Correction:
        with self._database.writing() as connection:
            stored = _stored_corrections(connection)
            correction = next((one for one in stored if one.number == number), None)
            if correction is None:
                raise CorrectionError(f"没有编号为{number}的更正，请用 jiwen corrections 查看。")
            lineage = _lineage_of(connection, correction)
            connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.number == number))
            self._apply(connection, _reach(connection, correction.document_id, lineage), within)
        return correction

    def amend(self, packed: Packed, lineage: str) -> Packed:
        """A document that is about to be stored, with the corrections of its identity."""
        with self._database.reading() as connection:
            corrections = _stored_corrections(connection, packed.record.id, lineage)
        if not corrections:
            return packed
        by_table: FactsByTable = {
            table.name: [decode(FACT_TYPES[table.name], str(row["fact"])) for row in rows]
            for table, rows in zip(FACTS, packed.facts, strict=True)
        }
        read = _facts(packed.record, by_table)
        now = amended(read, corrections, default_vocabulary())
        return packed if now == read else _packed(packed, read, now)

    def _latest(self, connection: Connection) -> int:
        """A number above every one that was ever given."""
        return int(meta(connection, CHANGE_COUNT) or 0) + 1

    def _apply(self, connection: Connection, ids: Sequence[str], within: Visible) -> None:
        """Rewrites the facts of documents whose corrections are others now.

        Raises CorrectionError where one of them may not be seen, before or after.
        """
        count_up(connection, CHANGE_COUNT)
        columns = DOCUMENTS.c
        states = select(columns.id, columns.state).where(columns.id.in_(ids))
        _must_be_within(connection, ids, within)
        for id, state in connection.execute(states).all():
            if rewrite(connection, id) and state == READY:
                self._reindex(connection, id)
        _must_be_within(connection, ids, within)


def _new_correction(wanted: Wanted, read: Facts, number: int) -> Correction:
    """The correction as it is kept; raises CorrectionError where there is nothing to correct."""
    record, aspect = read.record, wanted.aspect
    correction = Correction(
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
        return correction
    figure = next((f for f in read.figures if f.id == wanted.figure_id), None)
    if figure is None:
        raise CorrectionError("要更正的数据已经不在这个文件里，请刷新后重试。")
    old = {Aspect.ROLE: figure.role.value, Aspect.SUBJECT: figure.subject}
    correction = replace(
        correction, old=old.get(aspect, figure.quantity.raw), mark=mark_of(figure, read.figures)
    )
    if (
        aspect is Aspect.VALUE
        and not correction.confirms
        and quantity_of(wanted.new, figure.quantity, default_vocabulary().units) is None
    ):
        raise CorrectionError(
            f"“{wanted.new}”读不成一个数值，请照原文写，如 92.71% 或 1022.93 万元。"
        )
    return correction


def _stored_corrections(
    connection: Connection, document_id: str = "", lineage: str = ""
) -> list[Correction]:
    """Corrections made on a document or a version of it, the oldest first; or all."""
    query = select(CORRECTIONS.c.correction).order_by(CORRECTIONS.c.number)
    if document_id:
        columns = CORRECTIONS.c
        query = query.where(or_(columns.document_id == document_id, columns.lineage == lineage))
    return [decode(Correction, text) for text in connection.scalars(query)]


def _lineage(connection: Connection, document_id: str) -> str:
    """The identity of a document, of bytes that are gone the one corrected, else a new one."""
    held = select(DOCUMENTS.c.lineage).where(DOCUMENTS.c.id == document_id)
    corrected = select(CORRECTIONS.c.lineage).where(CORRECTIONS.c.document_id == document_id)
    latest = corrected.order_by(CORRECTIONS.c.number.desc())
    return connection.scalars(held).first() or connection.scalars(latest).first() or document_id


def _lineage_of(connection: Connection, made: Wanted | Correction) -> str:
    """The identity of what is, or would be, corrected."""
    if isinstance(made, Wanted):
        return _lineage(connection, made.document_id)
    query = select(CORRECTIONS.c.lineage).where(CORRECTIONS.c.number == made.number)
    return connection.scalars(query).first() or made.document_id


def _reach(connection: Connection, document_id: str, lineage: str) -> tuple[str, ...]:
    """The documents that a correction is about, made on this one of this identity."""
    columns = DOCUMENTS.c
    query = select(columns.id).where(
        or_(columns.id == document_id, columns.lineage == lineage), columns.state != LEAVING
    )
    return tuple(connection.scalars(query).all())


def _must_be_within(connection: Connection, ids: Sequence[str], within: Visible) -> None:
    query = select(DOCUMENTS.c.record).where(DOCUMENTS.c.id.in_(ids))
    records = [decode(DocumentRecord, text) for text in connection.scalars(query)]
    if not all(map(within, records)):
        raise CorrectionError(BEYOND)


def _as_read(connection: Connection, document_id: str) -> tuple[DocumentRecord, FactsByTable]:
    """A document and its facts as they were read, without any correction."""
    query = select(DOCUMENTS.c.record).where(
        DOCUMENTS.c.id == document_id, DOCUMENTS.c.state != LEAVING
    )
    text = connection.scalars(query).one_or_none()
    if text is None:
        raise CorrectionError("要更正的文件已经不在资料库里，请刷新后重试。")
    record = decode(DocumentRecord, text)
    query_as_read = select(AS_READ.c.kind, AS_READ.c.place, AS_READ.c.fact)
    before = {
        (kind, place): fact
        for kind, place, fact in connection.execute(
            query_as_read.where(AS_READ.c.document_id == document_id)
        )
    }
    if document_as_read := before.get((DOCUMENTS.name, 0)):
        record = replace(decode(DocumentRecord, document_as_read), copy_of=record.copy_of)
    by_table: dict[str, Sequence[AnyFact]] = {}
    for table in FACTS:
        rows = select(table.c.fact).where(table.c.document_id == document_id)
        kind = FACT_TYPES[table.name]
        facts = connection.scalars(rows.order_by(table.c.number)).all()
        by_table[table.name] = [
            decode(kind, before.get((table.name, place), fact)) for place, fact in enumerate(facts)
        ]
    return record, by_table


def facts_as_read(connection: Connection, document_id: str) -> Facts:
    """What a document says without any correction; raises CorrectionError if it is not there."""
    return _facts(*_as_read(connection, document_id))


def _facts(record: DocumentRecord, by_table: FactsByTable) -> Facts:
    return Facts(
        record,
        tuple(f for f in by_table["figures"] if isinstance(f, Figure)),
        tuple(f for f in by_table["indicators"] if isinstance(f, Indicator)),
        tuple(f for f in by_table["tasks"] if isinstance(f, Task)),
        tuple(f for f in by_table["passages"] if isinstance(f, Passage)),
    )


def rewrite(connection: Connection, document_id: str) -> bool:
    """Stores a document's facts as they are with the corrections there are now.

    Returns whether its words have to be indexed anew: it is another department's, year's or form.
    """
    read = facts_as_read(connection, document_id)
    query = select(DOCUMENTS.c.record).where(DOCUMENTS.c.id == document_id)
    before = decode(DocumentRecord, connection.scalars(query).one())
    corrections = _stored_corrections(connection, document_id, _lineage(connection, document_id))
    now = amended(read, corrections, default_vocabulary())
    as_read_rows = _as_read_rows(read, now)
    was = select(AS_READ.c.kind, AS_READ.c.place).where(AS_READ.c.document_id == document_id)
    touched = {(kind, place) for kind, place in connection.execute(was)}
    touched |= {(str(row["kind"]), row["place"]) for row in as_read_rows}
    connection.execute(delete(AS_READ).where(AS_READ.c.document_id == document_id))
    if as_read_rows:
        connection.execute(insert(AS_READ), as_read_rows)
    for table, facts in zip(FACTS, _by_table(now), strict=True):
        own = select(table.c.number).where(table.c.document_id == document_id)
        numbers = connection.scalars(own.order_by(table.c.number)).all()
        for place, (number, fact) in enumerate(zip(numbers, facts, strict=True)):
            if (table.name, place) in touched:
                row = update(table).where(table.c.number == number)
                connection.execute(row.values(fact_row(fact)))
    if now.record == before:
        return False
    note_move(connection, before.department, now.record.department)
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
        facts=tuple(tuple(fact_row(fact) for fact in facts) for facts in _by_table(now)),
        coverage=_coverage(now),
        as_read=tuple(_as_read_rows(read, now)),
    )


def _as_read_rows(read: Facts, now: Facts) -> list[FactRow]:
    """What was read of all that is another now."""
    of_document: FactRow = {"document_id": read.record.id}
    rows: list[FactRow] = [
        of_document | {"kind": table.name, "place": place, "fact": encode(old)}
        for table, before, after in zip(FACTS, _by_table(read), _by_table(now), strict=True)
        for place, (old, new) in enumerate(zip(before, after, strict=True))
        if old != new
    ]
    if read.record != now.record:
        rows.append(of_document | {"kind": DOCUMENTS.name, "place": 0, "fact": encode(read.record)})
    return rows


def _by_table(facts: Facts) -> tuple[Sequence[AnyFact], ...]:
    """In the order of `schema.FACTS`."""
    return facts.figures, facts.indicators, facts.tasks, facts.passages


def _coverage(facts: Facts) -> tuple[FactRow, ...]:
    every = (fact for kind in _by_table(facts) for fact in kind)
    return coverage_rows(facts.record, every)
