"""Taking in (入库): what was read of files → all the stores, a group of files at a time.

A group's rows are staged and its original files kept; its vectors are made and kept while the next
group is read and staged; then one transaction publishes it. Each document is there as a whole or
not at all, whatever happens in between. What is large is written in slices (`ingest.slices`), and
nobody else's writing waits for vectors.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TypeVar

from ingest.errors import IngestError, StoreError
from ingest.intake.identity import OUT_OF_SCOPE, Placement, Placing
from ingest.intake.originals import Originals
from ingest.records.document_rows import ROWS_AT_ONCE
from ingest.records.rows import Packed
from ingest.storage.stores import Stores
from ingest.types.library import DocumentRecord, FileReport, Outcome
from ingest.workers.parse_file import UNEXPECTED, Parsed
from ingest.workers.pool import NO_LONGER, always

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
PASSAGES_PER_GROUP = 256
"""Number of passages at which a group of files is embedded and stored."""
POLL_SECONDS = 0.5
"""Time between two looks at whether a group whose vectors are being made may still be shown."""
MAX_WAIT_SECONDS = 0.5
"""Maximum time that a file which was read waits for others to be stored with."""


@dataclass(frozen=True, slots=True)
class _Staged:
    """A document that is written and not yet seen, and where it goes."""

    file: str
    data: bytes
    place: Placement

    @property
    def packed(self) -> Packed:
        return self.place.packed

    @property
    def record(self) -> DocumentRecord:
        return self.packed.record

    @property
    def claims(self) -> tuple[str, str]:
        """What nobody else may store until this is published: these bytes, and a file of this name
        from the same department."""
        return self.record.id, f"{self.file}（{self.record.department}）"


Step = _Staged | FileReport


@dataclass(frozen=True, slots=True)
class _Group:
    """A group whose vectors are being made; `seconds` is what each file took up to here.

    `embedding` says why there are none, "" once there are.
    """

    items: tuple[Parsed | FileReport, ...]
    steps: tuple[Step, ...]
    embedding: "Future[str | FileReport]"
    seconds: float


class BatchWriter:
    """Stores what is put in, in order; reports come back as documents are published."""

    def __init__(
        self, stores: Stores, placing: Placing, may_go_on: Callable[[], bool] = always
    ) -> None:
        """`may_go_on` is asked before a group is published, and nothing is where it is not true."""
        self._stores = stores
        self._may_go_on = may_go_on
        self._placing = placing
        self._items: list[Parsed | FileReport] = []
        self._since = 0.0
        self._group: _Group | None = None
        self._open: set[str] = set()
        self._stopped = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._originals = Originals(stores.records, placing.part.visible)

    @property
    def waiting(self) -> int:
        """Files put in that no report has been given on."""
        return len(self._items) + (len(self._group.items) if self._group else 0)

    def put(self, item: Parsed | FileReport) -> list[FileReport]:
        """Takes a file that was read, or the report on one that needs no reading."""
        if isinstance(item, FileReport) and not self.waiting:
            return [item]
        reports = self.finish() if isinstance(item, Parsed) and self._clashes(item) else []
        self._since = self._since if self._items else perf_counter()
        self._items.append(item)
        waiting = (one.packed for one in self._items if isinstance(one, Parsed))
        if sum(len(packed.passages) for packed in waiting if packed) >= PASSAGES_PER_GROUP:
            reports += self._begin()
        return reports

    def pause(self) -> list[FileReport]:
        """What is put in next may take a while: nothing that is read waits long for it."""
        return (
            self._begin()
            if self.waiting and perf_counter() - self._since > MAX_WAIT_SECONDS
            else []
        )

    def finish(self) -> list[FileReport]:
        """Stores all that was put in."""
        return self._begin() + self._publish()

    def close(self) -> None:
        """Undoes what was begun and not finished."""
        self._stopped.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._clean()

    def _clashes(self, parsed: Parsed) -> bool:
        """Whether a file has the name or the bytes of one that is not published yet."""
        items = (*self._items, *(self._group.items if self._group else ()))
        uploads = [item.upload for item in items if isinstance(item, Parsed)]
        upload = parsed.upload
        return any(upload.file == one.file or upload.data == one.data for one in uploads)

    def _begin(self) -> list[FileReport]:
        """Stages what was put in and has it embedded; publishes the group before meanwhile."""
        started = perf_counter()
        before, self._group = self._group, None
        if self._items:
            items, self._items = tuple(self._items), []
            with self._stores.turn:
                steps = self._stage(items)
            staged = [step for step in steps if isinstance(step, _Staged)]
            embedding = self._thread.submit(guarded, "", partial(self._embed, staged))
            seconds = (perf_counter() - started) / len(items)
            self._group = _Group(items, steps, embedding, seconds)
        return self._published(before) if before else []

    def _publish(self) -> list[FileReport]:
        group, self._group = self._group, None
        return self._published(group) if group else []

    # A group's way into the stores

    def _stage(self, items: Sequence[Parsed | FileReport]) -> tuple[Step, ...]:
        """Rows first, then the files: a file without a record would be nobody's."""

        def one_by_one() -> Iterator[Step]:
            for item in items:
                if isinstance(item, FileReport):
                    yield item
                else:
                    yield guarded(item.upload.file, partial(self._stage_rows, item))

        def together() -> tuple[Step, ...]:
            with self._stores.records.together():
                return tuple(one_by_one())

        packed = [item.packed for item in items if isinstance(item, Parsed) and item.packed]
        large = sum(one.rows for one in packed) > ROWS_AT_ONCE
        rows = None if large else guarded("", together)
        # A transaction that failed as a whole does not tell over which file.
        steps = rows if isinstance(rows, tuple) else tuple(one_by_one())
        return _each(steps, self._save)

    def _stage_rows(self, parsed: Parsed) -> Step:
        file, packed = parsed.upload.file, parsed.packed
        if packed is None:
            if parsed.trace:
                logger.error("入库失败：%s\n%s", file, parsed.trace)
            return FileReport(file, Outcome.FAILED, error=parsed.error)
        place = self._placing.place(file, packed)
        if isinstance(place, DocumentRecord):
            return report_on(file, Outcome.UNCHANGED, place)
        staged = _Staged(file, parsed.upload.data, place)
        if self._stores.busy.intersection(staged.claims) - self._open:
            raise StoreError(f"“{file}”正由另一批文件入库，请等它完成后再试。")
        self._open.update(staged.claims)
        self._stores.busy.update(staged.claims)
        self._stores.records.stage(
            place.packed, lineage=place.lineage, replaces=place.replaces or None
        )
        return staged

    def _save(self, staged: _Staged) -> Step:
        self._stores.home.save(staged.record.id, staged.data)
        return staged

    def _embed(self, staged: Sequence[_Staged]) -> str:
        """In the thread that embeds: what is not shown in the end is erased with its vectors."""
        passages = [passage for one in staged for passage in one.packed.passages]
        forms = {one.record.id: one.record.form for one in staged}
        return self._stores.write_vectors(passages, forms, stopped=self._stopped.is_set)

    def _published(self, group: _Group) -> list[FileReport]:
        """Shows a group's documents; the reports on its files."""
        note = self._embedded(group)
        started = perf_counter()

        def together() -> tuple[Step, ...]:
            if isinstance(note, FileReport):
                raise StoreError(note.error)
            if not self._may_go_on():
                raise StoreError(NO_LONGER)
            with self._stores.records.together():
                return _each(group.steps, partial(self._show, note=note))

        with self._stores.turn:
            shown = guarded("", together)
        self._clean()
        each = group.seconds + (perf_counter() - started) / len(group.items)
        return [
            _timed(item, _report(step, shown), each)
            for item, step in zip(
                group.items, group.steps if isinstance(shown, FileReport) else shown, strict=True
            )
        ]

    def _embedded(self, group: _Group) -> str | FileReport:
        """Waits for a group's vectors, for as long as they may be shown at all."""
        while not wait([group.embedding], POLL_SECONDS).done:
            if not self._may_go_on():
                self._stopped.set()
        return group.embedding.result()

    def _show(self, staged: _Staged, *, note: str) -> FileReport:
        original = self._originals.of(staged.packed, replaces=staged.place.replaces)
        replaces, note = staged.place.replaces, note + staged.place.note
        if replaces:
            old = self._stores.records.document(replaces)
            if old and not self._placing.part.visible(old):  # it became another's meanwhile
                raise StoreError(OUT_OF_SCOPE.format(file=staged.file))
            self._open.add(replaces)
            self._stores.busy.add(replaces)
        self._stores.records.publish(staged.record.id, like=original.id if original else "")
        outcome = Outcome.REPLACED if replaces else Outcome.ADDED
        if original:
            note += f"内容与“{original.file}”相同，统计时只计一次。"
        return report_on(staged.file, outcome, staged.record, note=note)

    def _clean(self) -> None:
        """Erases what this batch began and has not shown, and the versions that it replaced.

        A group that is being embedded stays. What cannot be erased, as the disk is full, is seen
        by nobody and erased before the library writes again.
        """
        group = self._group.steps if self._group and not self._stopped.is_set() else ()
        in_progress = {claim for s in group if isinstance(s, _Staged) for claim in s.claims}
        try:
            for document_id in self._stores.records.interrupted():
                if document_id in self._open - in_progress:
                    self._stores.erase(document_id)
        except StoreError as error:
            logger.warning("未完成的入库暂时无法撤销：%s", error)
        self._stores.busy.difference_update(self._open - in_progress)
        self._open &= in_progress


def _each(
    steps: Sequence[Step], action: Callable[[_Staged], Result]
) -> "tuple[Result | FileReport, ...]":
    """What becomes of each document; one that fails is told, and the others go on."""
    return tuple(
        step if isinstance(step, FileReport) else guarded(step.file, partial(action, step))
        for step in steps
    )


def _report(step: Step, failed: object) -> FileReport:
    """The report on a file; why its whole group failed where it was not even tried."""
    if isinstance(step, FileReport):
        return step
    assert isinstance(failed, FileReport)
    return replace(failed, file=step.file)


def _timed(item: Parsed | FileReport, report: FileReport, seconds: float) -> FileReport:
    if isinstance(item, FileReport):
        return report
    return replace(report, elapsed_ms=int((item.seconds + seconds) * 1000))


def guarded(file: str, step: Callable[[], Result]) -> Result | FileReport:
    """The step's result, or the report that says why it failed: the next file is not touched."""
    try:
        return step()
    except Exception as error:
        reason = str(error)
        if isinstance(error, IngestError):
            if error.in_full != reason:
                logger.warning("入库失败：%s：%s", file, error.in_full)
        else:
            logger.exception("入库失败：%s", file)
            reason = UNEXPECTED.format(file=file, kind=type(error).__name__)
        return FileReport(file, Outcome.FAILED, error=reason)


def report_on(file: str, outcome: Outcome, record: DocumentRecord, *, note: str = "") -> FileReport:
    """The ingest report's line for a stored document."""
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
        needs_attention=record.needs_attention,
    )
