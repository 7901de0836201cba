"""A part of the library (可见范围): the records and vectors of some documents only.

For those who may not see everything. Whatever is read goes through here; what is not named here
cannot be read at all, so that a new way of reading is closed until it is thought of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from typing_extensions import override

from ingest.corrections.types import Correction, Wanted
from ingest.errors import CorrectionError
from ingest.records.record_reader import WHOLE, Corrections, RecordReader
from ingest.types.blocks import Block
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import DocumentRecord, Scope
from ingest.vectors.exact_search import Vectors
from ingest.vectors.vector_store import NearestPassages

NO_DOCUMENT = ("",)
"""The ids of a scope in which nothing is."""


class RestrictedRecords(RecordReader):
    """The records of those documents that `visible` is true of."""

    def __init__(self, whole: RecordReader, visible: Callable[[DocumentRecord], bool]) -> None:
        self._whole = whole
        self._visible = visible
        self._corrections = RestrictedCorrections(whole.corrections, self)
        self._latest: tuple[tuple[int, int], tuple[DocumentRecord, ...], frozenset[str]] | None = (
            None
        )

    def narrowed(self, scope: Scope) -> Scope:
        """The scope without what may not be seen."""
        ids = self._ids()
        asked = [id for id in scope.document_ids if id in ids] if scope.document_ids else ids
        return replace(scope, document_ids=tuple(asked) or NO_DOCUMENT)

    @override
    @property
    def corrections(self) -> Corrections:
        return self._corrections

    @override
    def revision(self) -> tuple[int, int]:
        return self._whole.revision()

    @override
    def count(self) -> int:
        return len(self._ids())

    @override
    def amendments(self) -> Mapping[str, tuple[int, ...]]:
        ids = self._ids()
        return {id: numbers for id, numbers in self._whole.amendments().items() if id in ids}

    @override
    def documents(self) -> tuple[DocumentRecord, ...]:
        return self._seen()[0]

    @override
    def document(self, document_id: str) -> DocumentRecord | None:
        return self._whole.document(document_id) if document_id in self._ids() else None

    @override
    def named(self, file: str) -> DocumentRecord | None:
        return next((record for record in self.documents() if record.file == file), None)

    @override
    def blocks(self, document_id: str) -> tuple[Block, ...]:
        return self._whole.blocks(document_id) if document_id in self._ids() else ()

    @override
    def coverage(self) -> tuple[tuple[str, str, int | None], ...]:
        ids = self._ids()
        return tuple(row for row in self._whole.coverage() if row[0] in ids)

    @override
    def figures(self, scope: Scope = WHOLE, *, name: str = "") -> tuple[Figure, ...]:
        return self._whole.figures(self.narrowed(scope), name=name)

    @override
    def figures_by_id(self, ids: Sequence[str]) -> tuple[Figure, ...]:
        visible = self._ids()
        return tuple(f for f in self._whole.figures_by_id(ids) if f.document_id in visible)

    @override
    def indicators(self, scope: Scope = WHOLE) -> tuple[Indicator, ...]:
        return self._whole.indicators(self.narrowed(scope))

    @override
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        rows = self.indicators()
        tasks = {task.name for task in self.tasks()} | {row.task for row in rows if row.task}
        return tuple({row.name: None for row in rows}), tuple(sorted(tasks))

    @override
    def tasks(self, scope: Scope = WHOLE) -> tuple[Task, ...]:
        return self._whole.tasks(self.narrowed(scope))

    @override
    def passages_of(self, scope: Scope = WHOLE) -> tuple[Passage, ...]:
        return self._whole.passages_of(self.narrowed(scope))

    @override
    def passages(self, ids: Sequence[str]) -> tuple[Passage, ...]:
        visible = self._ids()
        return tuple(p for p in self._whole.passages(ids) if p.document_id in visible)

    @override
    def search(self, tokens: Sequence[str], scope: Scope, limit: int) -> list[tuple[str, float]]:
        return self._whole.search(tokens, self.narrowed(scope), limit)

    def _ids(self) -> frozenset[str]:
        return self._seen()[1]

    def _seen(self) -> tuple[tuple[DocumentRecord, ...], frozenset[str]]:
        """What may be seen, and its ids; looked up anew when the library has changed."""
        revision = self._whole.revision()
        if self._latest is None or self._latest[0] != revision:
            records = tuple(r for r in self._whole.documents() if self._visible(r))
            self._latest = revision, records, frozenset(record.id for record in records)
        return self._latest[1], self._latest[2]


class RestrictedCorrections(Corrections):
    """The corrections of what may be seen, and nothing else to be corrected."""

    def __init__(self, whole: Corrections, records: RestrictedRecords) -> None:
        self._whole = whole
        self._records = records

    @override
    def all(self, document_id: str = "") -> tuple[Correction, ...]:
        if document_id and self._records.document(document_id) is None:
            return ()
        return tuple(one for one in self._whole.all(document_id) if self._may_see(one))

    @override
    def printed(self, document_id: str) -> Mapping[str, Figure]:
        known = self._records.document(document_id)
        return {} if known is None else self._whole.printed(document_id)

    @override
    def add(self, wanted: Wanted) -> Correction:
        if self._records.document(wanted.document_id) is None:
            raise CorrectionError("要更正的文件已经不在资料库里，请刷新后重试。")
        return self._whole.add(wanted)

    @override
    def remove(self, number: int) -> Correction:
        if all(one.number != number for one in self.all()):
            raise CorrectionError(f"没有编号为{number}的更正，请用 jiwen corrections 查看。")
        return self._whole.remove(number)

    def _may_see(self, correction: Correction) -> bool:
        """A version that replaced the corrected one counts as that."""
        return (
            self._records.document(correction.document_id) is not None
            or self._records.named(correction.file) is not None
        )


class RestrictedVectors(NearestPassages):
    """The nearest vectors among what may be seen."""

    def __init__(self, whole: NearestPassages, records: RestrictedRecords) -> None:
        self._whole = whole
        self._records = records

    @override
    def search(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]:
        return self._whole.search(vector, self._records.narrowed(scope), limit)
