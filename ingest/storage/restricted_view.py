"""A part of the library (可见范围): the records and vectors of some documents only.

For those who may not see everything. Whatever is read goes through here; what is not named here
cannot be read at all, so that a new way of reading is closed until it is thought of.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ingest.corrections.types import Correction, Wanted
from ingest.errors import CorrectionError
from ingest.records.correction_log import Corrections
from ingest.records.record_store import RecordStore
from ingest.types.blocks import Block
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import DocumentRecord, Scope
from ingest.vectors.vector_store import VectorStore

WHOLE = Scope()
NOTHING = ("",)
"""The ids of no document."""


class RestrictedRecords(RecordStore):
    """The records of those documents that `visible` is true of; only for reading and removing."""

    def __init__(self, whole: RecordStore, visible: Callable[[DocumentRecord], bool]) -> None:
        self._whole = whole
        self._visible = visible
        self._kept: tuple[tuple[int, int], tuple[DocumentRecord, ...], frozenset[str]] | None = None
        self.corrections = VisibleCorrections(whole.corrections, self)

    def narrowed(self, scope: Scope) -> Scope:
        """The scope without what may not be seen."""
        ids = self._ids()
        asked = [id for id in scope.document_ids if id in ids] if scope.document_ids else ids
        return replace(scope, document_ids=tuple(asked) or NOTHING)

    def together(self) -> AbstractContextManager[None]:
        return self._whole.together()

    def revision(self) -> tuple[int, int]:
        return self._whole.revision()

    def count(self) -> int:
        return len(self._ids())

    def amendments(self) -> Mapping[str, tuple[int, ...]]:
        return {id: made for id, made in self._whole.amendments().items() if id in self._ids()}

    def documents(self) -> tuple[DocumentRecord, ...]:
        return self._seen()[0]

    def document(self, document_id: str) -> DocumentRecord | None:
        return self._whole.document(document_id) if document_id in self._ids() else None

    def named(self, file: str) -> DocumentRecord | None:
        return next((record for record in self.documents() if record.file == file), None)

    def alike(self, record: DocumentRecord, *, share: float) -> list[DocumentRecord]:
        found = self._whole.alike(record, share=share)
        return [one for one in found if one.id in self._ids()]

    def blocks(self, document_id: str) -> tuple[Block, ...]:
        return self._whole.blocks(document_id) if document_id in self._ids() else ()

    def coverage(self) -> tuple[tuple[str, str, int | None], ...]:
        return tuple(row for row in self._whole.coverage() if row[0] in self._ids())

    def departments(self) -> tuple[str, ...]:
        return tuple(sorted({department for _, department, _ in self.coverage() if department}))

    def years(self) -> tuple[int, ...]:
        return tuple(sorted({year for _, _, year in self.coverage() if year is not None}))

    def figures(self, scope: Scope = WHOLE, *, name: str = "") -> tuple[Figure, ...]:
        return self._whole.figures(self.narrowed(scope), name=name)

    def figures_by_id(self, ids: Sequence[str]) -> tuple[Figure, ...]:
        return tuple(f for f in self._whole.figures_by_id(ids) if f.document_id in self._ids())

    def indicators(self, scope: Scope = WHOLE) -> tuple[Indicator, ...]:
        return self._whole.indicators(self.narrowed(scope))

    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        rows = self.indicators()
        tasks = {task.name for task in self.tasks()} | {row.task for row in rows if row.task}
        return tuple({row.name: None for row in rows}), tuple(sorted(tasks))

    def tasks(self, scope: Scope = WHOLE) -> tuple[Task, ...]:
        return self._whole.tasks(self.narrowed(scope))

    def passages_of(self, scope: Scope = WHOLE) -> tuple[Passage, ...]:
        return self._whole.passages_of(self.narrowed(scope))

    def passages(self, ids: Sequence[str]) -> tuple[Passage, ...]:
        return tuple(p for p in self._whole.passages(ids) if p.document_id in self._ids())

    def search(self, tokens: Sequence[str], scope: Scope, limit: int) -> list[tuple[str, float]]:
        return self._whole.search(tokens, self.narrowed(scope), limit)

    def retire(self, document_id: str) -> None:
        if document_id in self._ids():
            self._whole.retire(document_id)

    def _ids(self) -> frozenset[str]:
        return self._seen()[1]

    def _seen(self) -> tuple[tuple[DocumentRecord, ...], frozenset[str]]:
        revision = self._whole.revision()
        if self._kept is None or self._kept[0] != revision:
            records = tuple(r for r in self._whole.documents() if self._visible(r))
            self._kept = revision, records, frozenset(record.id for record in records)
        return self._kept[1], self._kept[2]


class VisibleCorrections(Corrections):
    """The corrections of what may be seen, and nothing else to be corrected."""

    def __init__(self, whole: Corrections, records: RestrictedRecords) -> None:
        self._whole = whole
        self._records = records

    def all(self, document_id: str = "") -> tuple[Correction, ...]:
        if document_id and self._records.document(document_id) is None:
            return ()
        return tuple(one for one in self._whole.all(document_id) if self._may(one))

    def printed(self, document_id: str) -> Mapping[str, Figure]:
        known = self._records.document(document_id)
        return {} if known is None else self._whole.printed(document_id)

    def add(self, wanted: Wanted) -> Correction:
        if self._records.document(wanted.document_id) is None:
            raise CorrectionError("要更正的文件已经不在资料库里，请刷新后重试。")
        return self._whole.add(wanted)

    def remove(self, number: int) -> Correction:
        if all(one.number != number for one in self.all()):
            raise CorrectionError(f"没有编号为{number}的更正，请用 jiwen corrections 查看。")
        return self._whole.remove(number)

    def _may(self, correction: Correction) -> bool:
        """A version that replaced the corrected one counts as that."""
        return (
            self._records.document(correction.document_id) is not None
            or self._records.named(correction.file) is not None
        )


class VisibleVectors:
    """The nearest vectors among what may be seen."""

    def __init__(self, whole: VectorStore, records: RestrictedRecords) -> None:
        self._whole = whole
        self._records = records

    def search(
        self, vector: NDArray[np.float32], scope: Scope, limit: int
    ) -> list[tuple[str, float]]:
        return self._whole.search(vector, self._records.narrowed(scope), limit)
