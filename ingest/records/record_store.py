"""Documents, facts and the lexical index in one database, SQLite or PostgreSQL.

A document's rows are staged first and seen by nobody; publishing shows all of them in one commit,
and retiring hides them in one. What is neither staged nor published is not in the library.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import TypeVar, cast

from sqlalchemy import (
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from typing_extensions import override

from ingest.errors import StoreError, place
from ingest.records import duplicate_links
from ingest.records.codec import decode
from ingest.records.correction_log import CorrectionLog
from ingest.records.database import Database
from ingest.records.document_rows import (
    StoredRows,
    delete_facts,
    delete_hidden,
    fact_writes,
    stored_rows,
    write_facts,
)
from ingest.records.engines import SQLITE
from ingest.records.fts5_index import Fts5Index
from ingest.records.lexical_index import LexicalIndex, PartOfLibrary
from ingest.records.record_reader import WHOLE, RecordReader
from ingest.records.rows import Packed, folded, unpacked
from ingest.records.schema import (
    CHANGES,
    COVERAGE,
    DEPARTED,
    DOCUMENTS,
    FIGURES,
    FORMAT,
    INDICATORS,
    LEAVING,
    META,
    MOVED,
    PASSAGES,
    READY,
    SCHEMA,
    STAGED,
    TASKS,
    changes,
    count_up,
    format_of,
    meta,
    note_move,
    set_meta,
)
from ingest.records.scope_filters import VISIBLE, names, within
from ingest.records.template_log import READINGS, TemplateLog
from ingest.records.tsvector_index import TsvectorIndex
from ingest.types.blocks import Block
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import DocumentRecord, Scope

MAX_FACTS_CACHED = 30_000
"""Maximum number of facts kept decoded: most questions read the same ones again."""
IDS_PER_QUERY = 500
"""Maximum number of ids that one query asks for."""

# These are run for every file that is taken in: building a statement once costs a third of
# building it anew each time.
_OF_ID, _OF_FILE = (
    select(DOCUMENTS.c.record).where(column == bindparam("sought"), DOCUMENTS.c.state == READY)
    for column in (DOCUMENTS.c.id, DOCUMENTS.c.file)
)
_KIN = select(DOCUMENTS.c.record).where(
    DOCUMENTS.c.lineage == bindparam("sought"), DOCUMENTS.c.state != LEAVING
)
_RECORD = select(DOCUMENTS.c.record).where(DOCUMENTS.c.id == bindparam("sought"))
_PASSAGES = select(PASSAGES.c.number, PASSAGES.c.fact).where(
    PASSAGES.c.document_id == bindparam("sought")
)

Fact = TypeVar("Fact", Figure, Indicator, Task, Passage)


class RecordStore(RecordReader):
    """The library's records. Reads see published documents only; writes are all or nothing.

    `cut` segments a passage for the lexical index; questions must be cut by the same.
    """

    def __init__(self, url: str, *, cut: Callable[[str], list[str]]) -> None:
        self._database = Database(url)
        self._cut = cut
        kind = self._database.kind
        self._words: LexicalIndex = Fts5Index() if kind == SQLITE else TsvectorIndex()
        self._decoded = lru_cache(maxsize=MAX_FACTS_CACHED)(decode)
        self._corrections = CorrectionLog(self._database, self._reindex)
        self._templates = TemplateLog(self._database)
        with self._database.writing() as connection:
            version = format_of(connection)
            if version in (None, FORMAT):
                SCHEMA.create_all(connection)
                self._words.create(connection)
            if version is None:
                connection.execute(insert(META).values(name="format", value=FORMAT))
        if version not in (None, FORMAT):
            raise StoreError(
                f"资料库 {place(self._database.name)} 的格式是 {version}，本程序只认识 {FORMAT}，"
                "请换用对应版本的程序。"
            )

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def own(self) -> bool:
        """Makes this program the one that writes to the database, among all machines.

        False where another is; a file is owned through its folder.
        """
        return self._database.own()

    # -- writing ---------------------------------------------------------------------------------

    def together(self) -> AbstractContextManager[None]:
        """All that this thread reads and writes inside is one transaction, for speed.

        A step that fails inside is undone alone.
        """
        return self._database.together()

    def stage(self, packed: Packed, *, lineage: str = "", replaces: str | None = None) -> None:
        """All rows of a document, not yet visible; `replaces` leaves when it is published.

        `lineage` is the identity that it has of earlier versions, "" where it is the first. Those
        of a large document are written in slices: where one fails, the document is `interrupted`.
        """
        with self._database.writing() as connection:
            connection.execute(
                insert(DOCUMENTS).values(
                    state=STAGED,
                    lineage=lineage or packed.record.id,
                    replaces=replaces,
                    **packed.document,
                )
            )
        for write in fact_writes(packed):
            with self._database.writing() as connection:
                write(connection)

    def reread(self, packed: Packed) -> None:
        """What a published document says, read anew: in the place of what was read of it before.

        It repeats no other document any more, as long as `link` does not say so.
        """
        id = packed.record.id
        with self._database.writing() as connection:
            before = _department(connection, id)
            duplicate_links.inherit(connection, id)
            self._words.remove(connection, id)
            delete_facts(connection, id)
            kept = update(DOCUMENTS).where(DOCUMENTS.c.id == id)
            connection.execute(kept.values(**packed.document))
            write_facts(connection, packed)
            self._index(connection, id)
            connection.execute(insert(READINGS).values(document_id=id))
            count_up(connection, CHANGES)
            note_move(connection, before, packed.record.department)

    def link(self, document_id: str, like: str) -> None:
        """Makes a published document a copy of another, or of that one's original."""
        with self._database.writing() as connection:
            duplicate_links.link(connection, document_id, like)

    def publish(self, document_id: str, *, like: str = "") -> str | None:
        """Shows a staged document and hides the one it replaces, whose id is returned.

        `like` is a document it says the same as: it becomes a copy of that one, or of its original.
        """
        with self._database.writing() as connection:
            staged = connection.execute(
                select(DOCUMENTS.c.replaces).where(
                    DOCUMENTS.c.id == document_id, DOCUMENTS.c.state == STAGED
                )
            ).one_or_none()
            if staged is None:
                raise StoreError(f"文件 {document_id[:12]} 尚未写入资料库，请重新入库。")
            self._show(connection, document_id)
            if staged.replaces is not None:
                self._hide(connection, staged.replaces)
                whose = (_department(connection, id) for id in (staged.replaces, document_id))
                note_move(connection, *whose)
            if like:
                duplicate_links.link(connection, document_id, like)
            replaced: str | None = staged.replaces
            return replaced

    def retire(self, document_id: str) -> None:
        """Hides a published document at once; `discard` then deletes its rows."""
        with self._database.writing() as connection:
            self._hide(connection, document_id)

    def discard(self, document_id: str) -> None:
        """Deletes every row of a staged or retired document in slices, its words included."""
        delete_hidden(self._database, document_id)
        with self._database.writing() as connection:
            connection.execute(
                delete(DOCUMENTS).where(DOCUMENTS.c.id == document_id, DOCUMENTS.c.state != READY)
            )

    def set_meta(self, name: str, value: str) -> None:
        """Keeps a value about the library itself: see `meta`."""
        with self._database.writing() as connection:
            set_meta(connection, name, value)

    def rebuild_words(self, version: str) -> None:
        """The lexical index anew, cut by the present tokenizer, whose version is kept."""
        with self._database.writing() as connection:
            self._words.clear(connection)
            ready = select(DOCUMENTS.c.id).where(DOCUMENTS.c.state == READY)
            for document_id in connection.scalars(ready).all():
                self._index(connection, document_id)
        self.set_meta("tokenizer", version)

    def _show(self, connection: Connection, document_id: str) -> None:
        _set_state(connection, document_id, READY)
        count_up(connection, CHANGES)
        self._index(connection, document_id)

    def _hide(self, connection: Connection, document_id: str) -> None:
        _note_departure(connection, document_id)
        _set_state(connection, document_id, LEAVING)
        count_up(connection, CHANGES)
        duplicate_links.inherit(connection, document_id)
        self._words.remove(connection, document_id)

    def _reindex(self, connection: Connection, document_id: str) -> None:
        count_up(connection, CHANGES)
        self._words.remove(connection, document_id)
        self._index(connection, document_id)

    def _index(self, connection: Connection, document_id: str) -> None:
        sought = {"sought": document_id}
        document = decode(DocumentRecord, connection.scalars(_RECORD, sought).one())
        rows = connection.execute(_PASSAGES, sought)
        numbered = [(row.number, decode(Passage, row.fact)) for row in rows]
        self._words.add(connection, document, [(n, p, self._words_of(p)) for n, p in numbered])

    def _words_of(self, passage: Passage) -> str:
        return " ".join(self._cut(passage.text))

    # -- reading ---------------------------------------------------------------------------------

    def meta(self, name: str) -> str | None:
        """A value kept about the library itself: its format, tokenizer, embedding model."""
        with self._database.reading() as connection:
            return meta(connection, name)

    def interrupted(self) -> tuple[str, ...]:
        """Documents that were being added or removed when the program ended."""
        with self._database.reading() as connection:
            query = select(DOCUMENTS.c.id).where(DOCUMENTS.c.state != READY)
            return tuple(connection.scalars(query).all())

    @override
    @property
    def corrections(self) -> CorrectionLog:
        return self._corrections

    @override
    @property
    def templates(self) -> TemplateLog:
        return self._templates

    @override
    def revision(self) -> tuple[int, int]:
        with self._database.reading() as connection:
            published = select(func.count()).where(DOCUMENTS.c.state == READY)
            count = int(connection.scalars(published).one())
            return count, changes(connection)

    @override
    def count(self) -> int:
        with self._database.reading() as connection:
            query = select(func.count()).where(DOCUMENTS.c.state == READY)
            return connection.scalars(query).one()

    @override
    def amendments(self) -> Mapping[str, tuple[int, ...]]:
        return self._corrections.numbers()

    @override
    def lineages(self) -> Mapping[str, str]:
        with self._database.reading() as connection:
            columns = DOCUMENTS.c
            query = select(columns.id, columns.lineage).where(columns.state == READY)
            return {id: lineage for id, lineage in connection.execute(query)}

    @override
    def documents(self) -> tuple[DocumentRecord, ...]:
        with self._database.reading() as connection:
            query = select(DOCUMENTS.c.record).where(DOCUMENTS.c.state == READY)
            records = [decode(DocumentRecord, text) for text in connection.scalars(query)]
        return tuple(sorted(records, key=lambda record: record.file))

    @override
    def document(self, document_id: str) -> DocumentRecord | None:
        return next(iter(self._found(_OF_ID, document_id)), None)

    @override
    def departed(self, document_id: str) -> str | None:
        left = DEPARTED.c
        known = select(left.lineage).where(left.document_id == document_id)
        with self._database.reading() as connection:
            lineage = connection.scalars(known).one_or_none()
            if lineage is None:
                return None
            versions = select(DOCUMENTS.c.record).where(
                DOCUMENTS.c.lineage == lineage, DOCUMENTS.c.state == READY
            )
            newest = versions.order_by(DOCUMENTS.c.number.desc()).limit(1)
            if record := connection.scalars(newest).one_or_none():
                return decode(DocumentRecord, record).department
            last = select(left.department).where(left.lineage == lineage)
            latest = last.order_by(left.number.desc()).limit(1)
            return str(connection.scalars(latest).one())

    @override
    def moved(self) -> Mapping[str, int]:
        with self._database.reading() as connection:
            rows = connection.execute(select(MOVED.c.department, MOVED.c.change))
            return {row.department: row.change for row in rows}

    @override
    def named(self, file: str) -> tuple[DocumentRecord, ...]:
        return self._found(_OF_FILE, file)

    def listed(self) -> tuple[tuple[str, str, str], ...]:
        """Id, file and record, as it is written, of each published document, by file."""
        columns = (DOCUMENTS.c.id, DOCUMENTS.c.file, DOCUMENTS.c.record)
        query = select(*columns).where(DOCUMENTS.c.state == READY).order_by(DOCUMENTS.c.file)
        with self._database.reading() as connection:
            return tuple((str(id), str(file), text) for id, file, text in connection.execute(query))

    def kin(self, lineage: str) -> tuple[DocumentRecord, ...]:
        """Every document of this identity, also those not published yet."""
        return self._found(_KIN, lineage)

    def alike(self, record: DocumentRecord, *, share: float) -> list[DocumentRecord]:
        """Published documents of the same year with about as many figures, the oldest first."""
        with self._database.reading() as connection:
            return duplicate_links.alike(connection, record, share)

    @override
    def blocks(self, document_id: str) -> tuple[Block, ...]:
        with self._database.reading() as connection:
            query = select(DOCUMENTS.c.blocks).where(
                DOCUMENTS.c.id == document_id, DOCUMENTS.c.state == READY
            )
            packed = connection.scalars(query).one_or_none()
        return unpacked(packed) if packed else ()

    @override
    def coverage(self) -> tuple[tuple[str, str, int | None], ...]:
        columns = (COVERAGE.c.document_id, COVERAGE.c.department, COVERAGE.c.year)
        query = select(*columns).distinct().join(DOCUMENTS).where(DOCUMENTS.c.state == READY)
        with self._database.reading() as connection:
            return tuple((id, name, year) for id, name, year in connection.execute(query))

    @override
    def figures(self, scope: Scope = WHOLE, *, name: str = "") -> tuple[Figure, ...]:
        return self._facts(Figure, FIGURES, scope, name=name)

    @override
    def figures_by_id(self, ids: Sequence[str]) -> tuple[Figure, ...]:
        return self._by_id(Figure, FIGURES, ids)

    @override
    def indicators(self, scope: Scope = WHOLE) -> tuple[Indicator, ...]:
        return self._facts(Indicator, INDICATORS, scope)

    @override
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        with self._database.reading() as connection:
            tasks = {*names(connection, TASKS), *names(connection, INDICATORS, "task")}
            return names(connection, INDICATORS), tuple(sorted(tasks))

    @override
    def tasks(self, scope: Scope = WHOLE) -> tuple[Task, ...]:
        return self._facts(Task, TASKS, scope)

    @override
    def passages_of(self, scope: Scope = WHOLE) -> tuple[Passage, ...]:
        return self._facts(Passage, PASSAGES, scope)

    @override
    def passages(self, ids: Sequence[str]) -> tuple[Passage, ...]:
        return self._by_id(Passage, PASSAGES, ids)

    @override
    def search(
        self,
        tokens: Sequence[str],
        scope: Scope,
        limit: int,
        *,
        part: PartOfLibrary | None = None,
    ) -> list[tuple[str, float]]:
        if not tokens:
            return []
        with self._database.reading() as connection:
            return self._words.search(connection, tokens, scope, limit, part=part)

    def rows_of(self, document_id: str) -> StoredRows:
        """What was written of a published document."""
        with self._database.reading() as connection:
            return stored_rows(connection, document_id)

    def unindexed(self, document_id: str) -> tuple[str, ...]:
        """Passages whose words in the lexical index are not those of their text."""
        document = self.document(document_id)
        if document is None:
            return ()
        passages = self.passages_of(Scope(document_ids=(document_id,)))
        rows = [(passage, self._words_of(passage)) for passage in passages]
        with self._database.reading() as connection:
            mismatched = self._words.mismatched(connection, document, rows)
        return tuple(passage.id for passage in passages if passage.id in mismatched)

    def orphan_words(self) -> int:
        """Entries of the lexical index that belong to no passage."""
        with self._database.reading() as connection:
            return self._words.orphans(connection)

    # -- within ----------------------------------------------------------------------------------

    def _facts(
        self, kind: type[Fact], table: Table, scope: Scope, *, name: str = ""
    ) -> tuple[Fact, ...]:
        query = select(table.c.fact).join(DOCUMENTS).where(*within(table, scope))
        if name:
            query = query.where(table.c.label.contains(folded(name), autoescape=True))
        with self._database.reading() as connection:
            facts = connection.scalars(query.order_by(table.c.number)).all()
        return tuple(self._recall(kind, fact) for fact in facts)

    def _by_id(self, kind: type[Fact], table: Table, ids: Sequence[str]) -> tuple[Fact, ...]:
        facts: dict[str, str] = {}
        with self._database.reading() as connection:
            for start in range(0, len(ids), IDS_PER_QUERY):
                query = (
                    select(table.c.id, table.c.fact)
                    .join(DOCUMENTS)
                    .where(VISIBLE, table.c.id.in_(ids[start : start + IDS_PER_QUERY]))
                )
                facts |= {row.id: row.fact for row in connection.execute(query)}
        return tuple(self._recall(kind, facts[id]) for id in ids if id in facts)

    def _found(self, query: Select[str], sought: str) -> tuple[DocumentRecord, ...]:
        with self._database.reading() as connection:
            texts = connection.scalars(query, {"sought": sought}).all()
        return tuple(decode(DocumentRecord, text) for text in texts)

    def _recall(self, kind: type[Fact], text: str) -> Fact:
        return cast(Fact, self._decoded(cast(Hashable, kind), text))


def _note_departure(connection: Connection, document_id: str) -> None:
    columns = DOCUMENTS.c
    leaving = select(columns.lineage, columns.record).where(columns.id == document_id)
    row = connection.execute(leaving).one_or_none()
    if row is None:
        return
    department = decode(DocumentRecord, row.record).department
    connection.execute(delete(DEPARTED).where(DEPARTED.c.document_id == document_id))
    noted = {"document_id": document_id, "lineage": row.lineage, "department": department}
    connection.execute(insert(DEPARTED).values(noted))


def _department(connection: Connection, document_id: str) -> str:
    """Whose a document is; "" where it is gone."""
    query = select(DOCUMENTS.c.record).where(DOCUMENTS.c.id == document_id)
    record = connection.scalars(query).one_or_none()
    return decode(DocumentRecord, record).department if record else ""


def _set_state(connection: Connection, document_id: str, state: str) -> None:
    connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(state=state))
