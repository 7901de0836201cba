"""The library (资料库): the only place that knows the order load → understand → store.

A document is staged in the records, its file kept and its vectors written; publishing it is one
commit. Whatever was begun and not finished is undone before the next thing is written. Documents
that are read by the time are written as a group, which the vector store takes at one go.
"""

import dataclasses
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import RLock
from time import perf_counter
from typing import Protocol, TypeVar

import numpy as np

from ingest.config import IngestSettings
from ingest.copies import LEAST, SHARE, same_contents, same_department, sayings
from ingest.course import Course, Say
from ingest.errors import IngestError, LoadError, ModelError, StoreError
from ingest.exact_search import Vectors
from ingest.home import Home
from ingest.loaders import unpack
from ingest.parsing import UNEXPECTED, Parsed, Upload, parse_all
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
    Progress,
    Scope,
    StoreFault,
    Understanding,
)
from ingest.vector_store import VectorStore

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
GROUP = 256
"""So many passages are enough to embed and store at one go."""


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
        say = progress or (lambda step: None)
        self._own()
        self.complete_vectors(say)
        yield from self._take_in(Course(say, list(sources(paths))), replace=replace)

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
        say = progress or (lambda step: None)
        self._own()
        lacking = self.lacking_vectors()
        for number, record in enumerate(lacking, 1):
            say(Progress("正在为已入库的文件补建向量", record.file, number, len(lacking)))
            passages = self.records.passages_of(Scope(document_ids=(record.id,)))
            with self._turn:
                if self._write_vectors(passages, {record.id: record.form}):
                    return False
        if lacking:
            self.vectors.drop_other_models()
        return True

    def _take_in(self, course: Course, *, replace: bool) -> Iterator[FileReport]:
        """What became of each file, and of each file in an archive."""
        uploads = self._uploads(course, replace=replace)
        settings = self.settings
        group: list[Parsed] = []
        for item in parse_all(
            uploads, keep_contacts=settings.keep_contacts, workers=settings.workers
        ):
            if not isinstance(item, Parsed) or _clash(item, group):
                yield from self._store(group, course, replace=replace)
            if isinstance(item, FileReport):
                yield course.passed(item)
            elif isinstance(item, Upload):
                course.at(item.file, 1)
            else:
                course.pages += item.pages
                group.append(item)
                course.at(item.upload.file, len(group))
                if sum(len(p.understanding.passages) for p in group if p.understanding) >= GROUP:
                    yield from self._store(group, course, replace=replace)
        yield from self._store(group, course, replace=replace)

    def _uploads(self, course: Course, *, replace: bool) -> Iterator[Upload | FileReport]:
        """The files to read; a report for each that needs no reading or cannot be had."""
        for source in course.sources:
            files = _guarded(source.file, partial(self._unpacked, source))
            if isinstance(files, FileReport):
                yield files
                continue
            course.total += len(files) - 1
            for file, data in files:
                known = _guarded(file, partial(self._known, file, data, replace=replace))
                yield known if isinstance(known, FileReport) else Upload(file, data)

    def _unpacked(self, source: Source) -> tuple[tuple[str, bytes], ...]:
        files = unpack(source.file, self._read(source))
        if not files:
            raise LoadError(f"压缩包“{source.file}”里没有文件，请检查后重新上传。")
        return files

    def _known(self, file: str, data: bytes, *, replace: bool) -> FileReport | str | None:
        """The report on bytes that are stored already; else the id of the document to replace."""
        known = self.records.document(sha256(data).hexdigest())
        if known is not None:
            return _report(file, Outcome.UNCHANGED, known)
        old = self.records.named(file)
        if old is not None and not replace:
            raise StoreError(
                f"资料库中已有同名文件“{file}”的另一个版本，"
                "如要用新文件替换它，请确认替换（命令行加 --replace）后重试。"
            )
        return old.id if old else None

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

    def _store(self, group: list[Parsed], course: Course, *, replace: bool) -> Iterator[FileReport]:
        """Takes a group in and empties it; each of its documents is there, or is not, as a whole.

        All are staged, embedded together, and published one by one.
        """
        if not group:
            return
        started = perf_counter()
        with self._turn:
            try:
                steps = [
                    _guarded(parsed.upload.file, partial(self._stage, parsed, replace=replace))
                    for parsed in group
                ]
                staged = [step for step in steps if isinstance(step, _Staged)]
                wrote = _guarded("", partial(self._embed, staged)) if staged else ""
                reports = [
                    step
                    if isinstance(step, FileReport)
                    else dataclasses.replace(wrote, file=step.file)
                    if isinstance(wrote, FileReport)
                    else _guarded(step.file, partial(self._publish, step, wrote))
                    for step in steps
                ]
            finally:
                for document_id in self.records.interrupted():
                    self._erase(document_id)
        each = (perf_counter() - started) / len(group)
        for parsed, report in zip(group, reports, strict=True):
            elapsed = int((parsed.seconds + each) * 1000)
            yield course.passed(dataclasses.replace(report, elapsed_ms=elapsed))
        group.clear()

    def _stage(self, parsed: Parsed, *, replace: bool) -> "_Staged | FileReport":
        file, data = parsed.upload.file, parsed.upload.data
        if parsed.understanding is None:
            if parsed.trace:
                logger.error("入库失败：%s\n%s", file, parsed.trace)
            return FileReport(file, Outcome.FAILED, error=parsed.error)
        known = self._known(file, data, replace=replace)
        if isinstance(known, FileReport):
            return known
        self.records.stage(parsed.understanding, replaces=known)
        record = record_of(parsed.understanding)
        self.home.save(record.id, data)
        return _Staged(file, record, parsed.understanding, known)

    def _embed(self, staged: "Sequence[_Staged]") -> str:
        passages = [passage for one in staged for passage in one.understanding.passages]
        return self._write_vectors(passages, {one.record.id: one.record.form for one in staged})

    def _publish(self, staged: "_Staged", note: str) -> FileReport:
        original = self._original_of(staged)
        self.records.publish(staged.record.id, like=original.id if original else "")
        outcome = Outcome.REPLACED if staged.replaces else Outcome.ADDED
        if original:
            note += f"内容与“{original.file}”相同，统计时只计一次。"
        return _report(staged.file, outcome, staged.record, note=note)

    def _original_of(self, staged: "_Staged") -> DocumentRecord | None:
        """The stored document that says the same as this one, in another file."""
        own = sayings(staged.record.department, staged.understanding.figures)
        if staged.record.figures < LEAST:
            return None
        for record in self.records.alike(staged.record, share=SHARE):
            if record.id == staged.replaces or not same_department(
                record.department, own.department
            ):
                continue
            figures = self.records.figures(Scope(document_ids=(record.id,)))
            if same_contents(own, sayings(record.department, figures)):
                return record
        return None

    def _write_vectors(self, passages: Sequence[Passage], forms: Mapping[str, Form]) -> str:
        """Each different text is embedded once in the life of the library.

        Returns why there are no vectors, "" when there are.
        """
        vectors = self.vectors.known([passage.text for passage in passages])
        new = list(dict.fromkeys(p.text for p in passages if p.text not in vectors))
        if new:
            try:
                vectors |= dict(zip(new, self.embedder.encode_passages(new), strict=True))
            except ModelError as error:
                return f"暂无向量，只能按数据和词语检索：{error}"
        if passages:
            self.vectors.add(passages, np.stack([vectors[p.text] for p in passages]), form=forms)
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


@dataclasses.dataclass(frozen=True, slots=True)
class _Staged:
    """A document that is written and not yet seen; `replaces` is the version that it replaces."""

    file: str
    record: DocumentRecord
    understanding: Understanding
    replaces: str | None


def _clash(parsed: Parsed, group: Sequence[Parsed]) -> bool:
    """Whether a file has the name or the bytes of one that is not stored yet."""
    held = [one.upload for one in group]
    return any(parsed.upload.file == one.file or parsed.upload.data == one.data for one in held)


def _guarded(file: str, step: Callable[[], Result]) -> Result | FileReport:
    """The step's result, or the report that says why it failed: the next file is not touched."""
    try:
        return step()
    except Exception as error:
        reason = str(error)
        if not isinstance(error, IngestError):
            logger.exception("入库失败：%s", file)
            reason = UNEXPECTED.format(file=file, kind=type(error).__name__)
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
