"""The library (资料库): the only place that knows the order load → understand → store.

What was begun and not finished when a program ended is undone before the next thing is written.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from ingest.config import MEGABYTE, IngestSettings
from ingest.corrections.types import DOCUMENT_ASPECTS, Correction, Wanted
from ingest.errors import LoadError, ModelError, StoreError, place
from ingest.extraction.reading_version import reading_version
from ingest.intake.batch_writer import BatchWriter, guarded, report_on
from ingest.intake.identity import Part, Placing
from ingest.intake.progress import BatchProgress, Say
from ingest.intake.rereading import Rereading
from ingest.intake.sources import Source, sources
from ingest.language.tokenizer import Tokenizer
from ingest.loaders.page_images import PageImage
from ingest.records.record_reader import Visible, everything
from ingest.records.record_store import RecordStore
from ingest.records.template_log import TEMPLATE_COUNT
from ingest.storage.backup import Contents, write_backup
from ingest.storage.home import Home
from ingest.storage.integrity_check import check_library
from ingest.storage.migrations import sqlite_file, upgrade
from ingest.storage.restricted_view import RestrictedRecords, RestrictedVectors
from ingest.storage.stores import REOWNING, Encoder, Stores
from ingest.templates.types import FormTemplate, WantedTemplate
from ingest.types.library import DocumentRecord, FileReport, Outcome, Progress, Scope, StoreFault
from ingest.vectors.vector_store import NearestPassages, VectorStore
from ingest.workers.parse_file import Parsed, Upload
from ingest.workers.pool import NICENESS, ReaderPool, always, parse_all
from ingest.workers.protocol import Files
from ingest.workers.ray_cluster import parse_on_cluster

logger = logging.getLogger(__name__)

REBUILDING = "rebuilding"
"""The entry of the library that says that its vectors were cleared to be computed again."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What an open library is made of; the views of it share it."""

    settings: IngestSettings
    tokenizer: Tokenizer
    database: str
    stores: Stores
    viewer: ReaderPool


class Library:
    """Documents in, documents out; `records` and `nearest` are open for reading.

    One process writes at a time; others may read. `open` makes one.
    """

    def __init__(self, resources: Resources, part: Part, nearest: NearestPassages) -> None:
        self._resources = resources
        self._stores = resources.stores
        self.settings = resources.settings
        self.tokenizer = resources.tokenizer
        self.home = resources.stores.home
        self.vectors = resources.stores.vectors
        self.embedder = resources.stores.encoder
        self._part = part
        self._rereading = Rereading(resources.stores, part.visible)
        self.records = part.records
        self.nearest = nearest

    @classmethod
    def open(cls, settings: IngestSettings, embedder: Encoder) -> "Library":
        """The library in the folder of the settings, made where there is none.

        What a program that ended left unfinished is undone, if no other program is at work.
        """
        tokenizer = Tokenizer()
        home = Home(settings.home)
        database = settings.database_url or home.database_url
        if home.restoring.exists():
            raise StoreError(
                f"资料库 {place(home.folder)} 的恢复没有完成，请重新运行 jiwen restore。"
            )
        upgrade(home, database)
        records = RecordStore(database, cut=tokenizer.cut)
        vectors = VectorStore(settings.chroma_url or home.chroma, identity=_identity(embedder))
        viewer = ReaderPool(1, keep_contacts=settings.keep_contacts, limits=settings.limits)
        stores = Stores(home, records, vectors, embedder)
        whole = Part(records, everything)
        library = cls(Resources(settings, tokenizer, database, stores, viewer), whole, vectors)
        if library._only_writer():  # else the owner is at work, and what is unfinished is its own
            try:
                library._recover()
            except StoreError as error:  # a server is away: reading goes on, writing tries again
                logger.warning("未完成的入库暂时无法撤销：%s", error)
                home.release()
        return library

    def part(self, visible: Visible) -> "Library":
        """This library with only the documents that `visible` is true of; no other is written.

        Upkeep (`verify`, `backup`, `rebuild`) is still that of the whole library.
        """

        def of_both(record: DocumentRecord) -> bool:
            return self._part.visible(record) and visible(record)

        records = RestrictedRecords(self.records, visible)
        nearest = RestrictedVectors(self.nearest, records)
        return Library(self._resources, Part(records, of_both), nearest)

    def close(self) -> None:
        """Lets go of every store, and lets another process write."""
        self._resources.viewer.close()
        self._stores.records.close()
        self._stores.vectors.close()
        self.home.release()

    def add(
        self,
        paths: Sequence[Path],
        *,
        replace: bool = False,
        password: str = "",
        progress: Say | None = None,
        may_go_on: Callable[[], bool] = always,
    ) -> Iterator[FileReport]:
        """Takes in files and folders, one report a file as it is done, those that fail too.

        Files that are locked are opened with `password`, which is kept nowhere: they are kept open.

        A known name with other contents fails unless `replace` says that it is a new version; from
        another department it is another document, and both stay. `may_go_on` is asked before
        anything is published: once it is not true, nothing more is.
        """
        say = progress or (lambda step: None)
        self._own()
        self.complete_vectors(say)
        taught = self._stores.records.meta(TEMPLATE_COUNT)
        taken_in: list[str] = []
        placing = Placing(self._stores.records, self._part, replace=replace)
        intake = BatchWriter(self._stores, placing, may_go_on)
        batch = BatchProgress(say, list(sources(paths)))
        for report in self._take_in(batch, intake, password, may_go_on):
            taken_in += [report.id] if report.id else []
            yield report
        if self._stores.records.meta(TEMPLATE_COUNT) != taught:  # while files were being read
            self._rereading.wait(taken_in)
        self.read_waiting(say)

    def remove(self, document_id: str) -> None:
        """Deletes a document from every store and makes sure that nothing of it is left."""
        self._own()
        with self._stores.turn:
            if self.records.document(document_id) is None:
                raise StoreError(f"资料库中没有编号为 {document_id[:12]} 的文件。")
            self._stores.records.retire(document_id)
            self._stores.busy.add(document_id)
        try:
            self._stores.erase(document_id)
        finally:
            self._stores.busy.discard(document_id)
        if self.vectors.count(document_id) or document_id in self.home.originals():
            raise StoreError(f"文件 {document_id[:12]} 没有删除干净，请重新启动后再试。")

    def correct(self, wanted: Wanted) -> Correction:
        """Sets right what was misread; raises CorrectionError where that makes no sense."""
        with self._rewritten(wanted):
            return self.records.corrections.add(wanted)

    def withdraw(self, number: int) -> Correction:
        """Takes a correction back; raises CorrectionError if there is none of that number."""
        corrections = self.records.corrections
        correction = next((one for one in corrections.all() if one.number == number), None)
        if correction is None:
            return corrections.remove(number)
        with self._rewritten(correction):
            return corrections.remove(number)

    def confirm(self, wanted: WantedTemplate) -> FormTemplate:
        """Keeps what the columns of a layout mean (表样); raises CorrectionError.

        The documents that have the layout wait to be read anew: see `read_waiting`.
        """
        self._own()
        with self._stores.turn:
            template = self.records.templates.add(wanted)
            self._rereading.wait(self._stores.records.templates.reach(template))
        return template

    def forget(self, number: int) -> FormTemplate:
        """Takes a template back, as `confirm` makes one; an earlier version holds again."""
        self._own()
        with self._stores.turn:
            template = self.records.templates.remove(number)
            self._rereading.wait(self._stores.records.templates.reach(template))
        return template

    def waiting(self) -> int:
        """How many documents wait to be read anew."""
        return len(self._rereading.waiting())

    def read_waiting(self, progress: Say | None = None, *, seconds: float | None = None) -> int:
        """Reads anew the documents that wait for it, no new one after `seconds`; how many still do.

        A document is what was read of it before until it is replaced as a whole.
        """
        if not self.waiting():
            return 0
        self._own()
        settings = self.settings
        parse = partial(
            parse_all,
            keep_contacts=settings.keep_contacts,
            limits=settings.limits,
            workers=settings.workers,
        )
        say = progress or (lambda step: None)
        return self._rereading.go_on(parse, say, seconds=seconds)

    @contextmanager
    def _rewritten(self, by: Wanted | Correction) -> Iterator[None]:
        """While facts are rewritten nothing else is written, and vectors learn whose they are."""
        self._own()
        with self._stores.turn:
            of_document = by.aspect in DOCUMENT_ASPECTS
            ids = self._stores.records.corrections.reach(by) if of_document else ()
            with self._stores.reowned(ids):
                yield

    def verify(self) -> tuple[StoreFault, ...]:
        """The faults of the stores: each stored fact and passage compared with file and index."""
        return tuple(check_library(self.home, self._stores.records, self.vectors, self.settings))

    def backup(self, target: Path) -> Contents:
        """Writes the library to one file while it is in use; another process may be its writer."""
        return write_backup(
            self.home,
            target,
            database=sqlite_file(self._resources.database),
            documents=lambda: [record.id for record in self._stores.records.documents()],
        )

    def original(self, document_id: str) -> bytes | None:
        """The bytes of a stored document, for a viewer; None if there is no such document."""
        known = self.records.document(document_id)
        return None if known is None else self.home.original(document_id)

    def page_image(self, document_id: str, page: int) -> PageImage | None:
        """A page of a stored document as a picture, from 1; None where there is no such page."""
        data = self.original(document_id)
        if data is None:
            return None
        return self._resources.viewer.picture(Upload(document_id[:12], data), page)

    @property
    def embedding(self) -> str:
        """The embedding model in use, "" where it cannot be loaded."""
        return _identity(self.embedder)

    def lacking_vectors(self) -> tuple[DocumentRecord, ...]:
        """Documents that the present embedding model has not read: another one did, or none."""
        counts = self.vectors.counts()
        return tuple(
            record
            for record in self._stores.records.documents()
            if counts[record.id] < record.passages
        )

    def complete_vectors(self, progress: Say | None = None) -> bool:
        """Gives vectors to the documents that lack them; False if the model cannot be loaded."""
        say = progress or (lambda step: None)
        self._own()
        lacking = self.lacking_vectors()
        for number, record in enumerate(lacking, 1):
            say(Progress("正在补建向量", record.file, number, len(lacking)))
            passages = self._stores.records.passages_of(Scope(document_ids=(record.id,)))
            if self._stores.write_vectors(passages, {record.id: record.form}):
                return False
            if self._stores.records.document(record.id) is None:  # deleted or replaced meanwhile
                self.vectors.delete(record.id)
        if lacking:
            self.vectors.drop_other_models()
        if self._stores.records.meta(REBUILDING):
            self._stores.records.set_meta(REBUILDING, "")
        return True

    def rebuild(self, progress: Say | None = None, *, reread: bool = False) -> None:
        """Makes the words and the vectors anew from the records.

        With `reread`, what another version of the program read is read anew first. A rebuild that
        was ended goes on where it was. Raises ModelError, and leaves the vectors as they are, where
        the embedding model cannot be loaded.
        """
        say = progress or (lambda step: None)
        self._own()
        self.embedder.encode_passages(["重建"])
        if reread:
            version = reading_version()
            listed = self._stores.records.documents()
            self._rereading.wait(r.id for r in listed if not r.reader.startswith(version))
        self.read_waiting(say)
        say(Progress("正在重建词语索引", "", 1, 1))
        with self._stores.turn:
            self._stores.records.rebuild_words(self.tokenizer.version)
            if not self._stores.records.meta(REBUILDING):
                self.vectors.clear()
                self._stores.records.set_meta(REBUILDING, "vectors")
        self.complete_vectors(say)

    def _take_in(
        self,
        batch: BatchProgress,
        intake: BatchWriter,
        password: str,
        may_go_on: Callable[[], bool],
    ) -> Iterator[FileReport]:
        """Parses and stores files one after the other; a report on each, archives file by file."""
        settings = self.settings

        def on_page(file: str, page: int, count: int) -> None:
            batch.at(file, intake.waiting + 1, page=page, page_count=count)

        parse = (
            partial(parse_on_cluster, address=settings.cluster)
            if settings.cluster
            else partial(parse_all, workers=settings.workers, may_go_on=may_go_on)
        )
        unpacker = ReaderPool(
            1,
            keep_contacts=settings.keep_contacts,
            limits=settings.limits,
            niceness=NICENESS,
        )
        unpack = partial(unpacker.unpacked, may_go_on=may_go_on)
        try:
            for item in parse(
                self._uploads(batch, password, unpack),
                keep_contacts=settings.keep_contacts,
                limits=settings.limits,
                on_page=on_page,
            ):
                if isinstance(item, Upload):
                    batch.at(item.file, intake.waiting + 1)
                    reports = intake.pause()
                else:
                    if isinstance(item, Parsed):
                        batch.pages += item.packed.pages if item.packed else 0
                        batch.at(item.upload.file, intake.waiting + 1)
                    reports = intake.put(item)
                yield from map(batch.passed, reports)
            yield from map(batch.passed, intake.finish())
        finally:
            unpacker.close()
            intake.close()

    def _uploads(
        self, batch: BatchProgress, password: str, unpack: Callable[[Upload], Files]
    ) -> Iterator[Upload | FileReport]:
        """The files to read; a report for each that needs no reading or cannot be had."""
        for source in batch.sources:
            files = guarded(source.file, partial(self._unpacked, source, password, unpack))
            if isinstance(files, FileReport):
                yield files
                continue
            batch.total += len(files) - 1
            for file, data in files:
                id = sha256(data).hexdigest()
                known = guarded(file, partial(self.records.document, id))
                if isinstance(known, DocumentRecord):
                    known = report_on(file, Outcome.UNCHANGED, known)
                yield known or Upload(file, data, self._stores.records.templates.taught())

    def _unpacked(self, source: Source, password: str, unpack: Callable[[Upload], Files]) -> Files:
        files = unpack(Upload(source.file, self._read(source), password=password))
        if not files:
            raise LoadError(f"压缩包“{source.file}”里没有文件，请检查后重新上传。")
        return files

    def _read(self, source: Source) -> bytes:
        if source.problem:
            raise LoadError(source.problem)
        limit = self.settings.limits.file_bytes
        try:
            if source.path.stat().st_size > limit:
                size = limit // MEGABYTE
                raise LoadError(f"“{source.file}”超过{size}MB，请拆分后再入库。")
            return source.path.read_bytes()
        except OSError as error:
            raise LoadError(f"“{source.file}”无法打开，请检查文件是否存在及其权限。") from error

    def _undo(self) -> None:
        """Erases what was begun and not finished, also what a full disk kept from being erased."""
        with self._stores.turn:
            for document_id in self._stores.records.interrupted():
                if document_id not in self._stores.busy:
                    self._stores.erase(document_id)

    def _recover(self) -> None:
        self._undo()
        if self._stores.records.meta(REOWNING):
            self._stores.reown()
        if self._stores.records.meta("tokenizer") != self.tokenizer.version:
            self._stores.records.rebuild_words(self.tokenizer.version)

    def _own(self) -> None:
        begun = self.home.owned
        if not self._only_writer():
            raise StoreError(
                f"资料库 {place(self.home.folder)} 正由另一个绩问程序写入，"
                "请在那个程序里操作，或关闭它后重试。"
            )
        if begun:
            self._undo()
        else:
            self._recover()

    def _only_writer(self) -> bool:
        """Whether this program is the one that writes: on this machine, and to the database."""
        if not self.home.own():
            return False
        if self._stores.records.own():
            return True
        self.home.release()
        return False


def _identity(embedder: Encoder) -> str:
    """Whose vectors to look for; a model that cannot be loaded has none."""
    try:
        return embedder.identity
    except ModelError:
        return ""
