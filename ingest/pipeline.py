"""The library (资料库): the only place that knows the order load → understand → store.

A document is staged in the records, its file kept and its vectors written; publishing it is one
commit. Whatever was begun and not finished is undone before the next thing is written.
"""

import dataclasses
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import RLock
from time import perf_counter
from typing import Protocol, TypeVar

import numpy as np

from ingest.config import IngestSettings
from ingest.errors import IngestError, LoadError, ModelError, StoreError
from ingest.exact_search import Vectors
from ingest.home import Home
from ingest.loaders import load, unpack
from ingest.record_rows import record_of
from ingest.record_store import RecordStore
from ingest.sources import Source, sources
from ingest.store_check import check_library
from ingest.tokenizer import Tokenizer
from ingest.types import (
    DocumentRecord,
    FileReport,
    Form,
    Outcome,
    Passage,
    Scope,
    StoreFault,
    Understanding,
)
from ingest.understand import understand
from ingest.vector_store import VectorStore

logger = logging.getLogger(__name__)

Say = Callable[[str], None]
Result = TypeVar("Result")


class Encoder(Protocol):
    """What the library needs of an embedding model."""

    @property
    def identity(self) -> str: ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


class Library:
    """Documents in, documents out; `records` and `vectors` are open for reading.

    One process writes at a time; others may read.
    """

    def __init__(self, settings: IngestSettings, embedder: Encoder) -> None:
        self.settings = settings
        self.embedder = embedder
        self.tokenizer = Tokenizer()
        self.home = Home(settings.home)
        self.records = RecordStore(
            settings.database_url or self.home.database_url, cut=self.tokenizer.cut
        )
        self.vectors = VectorStore(
            settings.chroma_url or self.home.chroma, identity=_identity(embedder)
        )
        self._turn = RLock()
        if self.home.own():  # else the owner is at work, and what is unfinished is its own
            self._recover()

    def close(self) -> None:
        self.records.close()
        self.vectors.close()
        self.home.release()

    def add(
        self, paths: Sequence[Path], *, replace: bool = False, progress: Say | None = None
    ) -> Iterator[FileReport]:
        """Takes in files and folders, one report a file as it is done; one that fails is told.

        A known name with other contents fails unless `replace` says that it is a new version.
        """
        say = progress or (lambda words: None)
        self._own()
        self.complete_vectors(say)
        told = ""
        for source in sources(paths):
            for report in self._take_in(source, replace=replace, say=say):
                repeated = report.note == told
                told = report.note or told
                yield dataclasses.replace(report, note="") if repeated else report

    def remove(self, document_id: str) -> None:
        """Deletes a document from every store and makes sure that nothing of it is left."""
        self._own()
        if self.records.document(document_id) is None:
            raise StoreError(f"资料库中没有编号为 {document_id[:12]} 的文件。")
        with self._turn:
            self.records.retire(document_id)
            self._erase(document_id)
        if self.vectors.count(document_id) or document_id in self.home.originals():
            raise StoreError(f"文件 {document_id[:12]} 没有删除干净，请重新启动后再试。")

    def verify(self) -> tuple[StoreFault, ...]:
        """Every stored fact and passage is looked for in its file and in each index."""
        return tuple(check_library(self.home, self.records, self.vectors))

    def original(self, document_id: str) -> bytes | None:
        """The bytes of a stored document, for a viewer; None if there is no such document."""
        known = self.records.document(document_id)
        return None if known is None else self.home.original(document_id)

    def lacking_vectors(self) -> tuple[DocumentRecord, ...]:
        """Documents that the present embedding model has not read: another one did, or none."""
        return tuple(
            record
            for record in self.records.documents()
            if record.passages and not self.vectors.holds(record.id)
        )

    def complete_vectors(self, progress: Say | None = None) -> bool:
        """Gives vectors to the documents that lack them; False if the model cannot be loaded."""
        say = progress or (lambda words: None)
        self._own()
        lacking = self.lacking_vectors()
        for record in lacking:
            say(f"正在为已入库的文件补建向量：{record.file}")
            passages = self.records.passages_of(Scope(document_ids=(record.id,)))
            with self._turn:
                if self._write_vectors(passages, record.form):
                    return False
        if lacking:
            self.vectors.drop_other_models()
        return True

    def _take_in(self, source: Source, *, replace: bool, say: Say) -> Iterator[FileReport]:
        """What became of a file, or of each file in an archive."""
        files = _guarded(source.file, lambda: self._unpacked(source))
        if isinstance(files, FileReport):
            yield files
            return
        for file, data in files:
            say(f"正在入库：{file}")
            started = perf_counter()
            with self._turn:
                keep = partial(self._keep, file, data, replace=replace)
                report = _guarded(file, keep)
            elapsed = int((perf_counter() - started) * 1000)
            yield dataclasses.replace(report, elapsed_ms=elapsed)

    def _unpacked(self, source: Source) -> tuple[tuple[str, bytes], ...]:
        files = unpack(source.file, self._read(source))
        if not files:
            raise LoadError(f"压缩包“{source.file}”里没有文件，请检查后重新上传。")
        return files

    def _keep(self, file: str, data: bytes, *, replace: bool) -> FileReport:
        known = self.records.document(sha256(data).hexdigest())
        if known is not None:
            return _report(file, Outcome.UNCHANGED, known)
        old = self.records.named(file)
        if old is not None and not replace:
            raise StoreError(
                f"资料库中已有同名文件“{file}”的另一个版本，"
                "如要用新文件替换它，请确认替换（命令行加 --replace）后重试。"
            )
        understanding = understand(load(file, data), keep_contacts=self.settings.keep_contacts)
        note = self._store(understanding, data, replaces=old.id if old else None)
        outcome = Outcome.REPLACED if old else Outcome.ADDED
        return _report(file, outcome, record_of(understanding), note=note)

    def _read(self, source: Source) -> bytes:
        if source.problem:
            raise LoadError(source.problem)
        limit = self.settings.max_file_bytes
        try:
            if source.path.stat().st_size > limit:
                size = limit // (1024 * 1024)
                raise LoadError(f"“{source.file}”超过{size}MB，请拆分后再入库。")
            return source.path.read_bytes()
        except OSError as error:
            raise LoadError(f"“{source.file}”无法打开，请检查文件是否存在及其权限。") from error

    def _store(self, understanding: Understanding, data: bytes, *, replaces: str | None) -> str:
        """One unit of work; returns why there are no vectors, "" when there are."""
        document = understanding.document
        try:
            self.records.stage(understanding, replaces=replaces)
            self.home.save(document.id, data)
            note = self._write_vectors(understanding.passages, document.form)
            self.records.publish(document.id)
        except BaseException:
            if self.records.document(document.id) is None:
                self._erase(document.id)
            raise
        if replaces is not None:
            self._erase(replaces)
        return note

    def _write_vectors(self, passages: Sequence[Passage], form: Form) -> str:
        """Each different text is embedded once in the life of the library."""
        vectors = self.vectors.known([passage.text for passage in passages])
        new = list(dict.fromkeys(p.text for p in passages if p.text not in vectors))
        if new:
            try:
                vectors |= dict(zip(new, self.embedder.encode_passages(new), strict=True))
            except ModelError as error:
                return f"暂无向量，只能按数据和词语检索：{error}"
        if passages:
            self.vectors.add(passages, np.stack([vectors[p.text] for p in passages]), form=form)
        return ""

    def _erase(self, document_id: str) -> None:
        """Nothing of a document that is not published remains; its record goes last."""
        self.vectors.delete(document_id)
        self.home.remove(document_id)
        self.records.discard(document_id)

    def _recover(self) -> None:
        for document_id in self.records.interrupted():
            self._erase(document_id)
        if self.records.meta("tokenizer") != self.tokenizer.version:
            self.records.rebuild_words(self.tokenizer.version)

    def _own(self) -> None:
        if self.home.owned:
            return
        if not self.home.own():
            raise StoreError(
                f"资料库 {self.home.folder} 正由另一个绩问程序写入，"
                "请在那个程序里操作，或关闭它后重试。"
            )
        self._recover()


def _guarded(file: str, step: Callable[[], Result]) -> Result | FileReport:
    """The step's result, or the report that says why it failed: the next file is not touched."""
    try:
        return step()
    except Exception as error:
        reason = str(error)
        if not isinstance(error, IngestError):
            logger.exception("入库失败：%s", file)
            reason = (
                f"“{file}”处理时出现意外错误（{type(error).__name__}），"
                "其他文件不受影响，请把该文件反馈给维护人员。"
            )
        return FileReport(file, Outcome.FAILED, error=reason)


def _identity(embedder: Encoder) -> str:
    """Whose vectors to look for; a model that cannot be loaded has none."""
    try:
        return embedder.identity
    except ModelError:
        return ""


def _report(file: str, outcome: Outcome, record: DocumentRecord, *, note: str = "") -> FileReport:
    return FileReport(
        file=file,
        outcome=outcome,
        id=record.id,
        title=record.title,
        form=record.form,
        department=record.department,
        year=record.year,
        table_rows=record.table_rows,
        indicators=record.indicators,
        figures=record.figures,
        passages=record.passages,
        oddities=record.oddities,
        note=note,
    )
