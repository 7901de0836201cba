"""A part of the library (可见范围): the records and vectors of some documents only.

For those who may not see everything. Whatever is read goes through here; what is not named here
cannot be read at all, so that a new way of reading is closed until it is thought of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from typing_extensions import override

from ingest.corrections.types import Correction, Wanted
from ingest.errors import CorrectionError
from ingest.records.lexical_index import PartOfLibrary
from ingest.records.record_reader import (
    WHOLE,
    Corrections,
    FormTemplates,
    RecordReader,
    Visible,
    everything,
)
from ingest.records.template_log import GONE
from ingest.templates.types import FormTemplate, WantedTemplate
from ingest.types.blocks import Block, Form
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.layouts import MetLayout
from ingest.types.library import DocumentRecord, Scope
from ingest.vectors.exact_search import Vectors
from ingest.vectors.vector_store import NearestPassages

OF_ALL = "这个表样对全部部门有效，请交给不限部门的同事撤销；您可以另行确认，只对您部门的文件有效。"
NO_DOCUMENT = ("",)
"""The ids of a scope in which nothing is."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What may be seen of the library at one revision: its documents by id, and as a part."""

    revision: tuple[int, int]
    known: Mapping[str, DocumentRecord]
    part: PartOfLibrary


class RestrictedRecords(RecordReader):
    """The records of those documents that `visible` is true of."""

    def __init__(self, whole: RecordReader, visible: Visible) -> None:
        self._whole = whole
        self._visible = visible
        self._corrections = RestrictedCorrections(whole.corrections, self, visible)
        self._templates = RestrictedTemplates(whole.templates, self, visible)
        self._latest: _Seen | None = None

    def narrowed(self, scope: Scope) -> Scope:
        """The scope without what may not be seen, and without copies of what may be."""
        known = self._seen()
        asked = tuple(
            id
            for id in scope.document_ids or known
            if id in known and (scope.copies or not known[id].copy_of)
        )
        return replace(scope, document_ids=asked or NO_DOCUMENT, copies=True)

    def searched(self, scope: Scope) -> Scope:
        """The scope of a search, without what may not be seen: searching leaves no copies out."""
        return self.narrowed(replace(scope, copies=True))

    @override
    @property
    def corrections(self) -> Corrections:
        return self._corrections

    @override
    @property
    def templates(self) -> FormTemplates:
        return self._templates

    @override
    def revision(self) -> tuple[int, int]:
        return self._whole.revision()

    @override
    def count(self) -> int:
        return len(self._seen())

    @override
    def amendments(self) -> Mapping[str, tuple[int, ...]]:
        known = self._seen()
        return {id: numbers for id, numbers in self._whole.amendments().items() if id in known}

    def own_numbers(self) -> frozenset[int]:
        """The numbers of the corrections that are about nothing but what may be seen."""
        known = self._seen()
        own: set[int] = set()
        others: set[int] = set()
        for id, numbers in self._whole.amendments().items():
            (own if id in known else others).update(numbers)
        return frozenset(own - others)

    @override
    def lineages(self) -> Mapping[str, str]:
        known = self._seen()
        return {id: lineage for id, lineage in self._whole.lineages().items() if id in known}

    @override
    def documents(self) -> tuple[DocumentRecord, ...]:
        return tuple(self._seen().values())

    @override
    def document(self, document_id: str) -> DocumentRecord | None:
        return self._seen().get(document_id)

    @override
    def departed(self, document_id: str) -> str | None:
        return None  # who may not see everything is told nothing of what was

    @override
    def moved(self) -> Mapping[str, int]:
        return {}

    @override
    def named(self, file: str) -> tuple[DocumentRecord, ...]:
        return tuple(record for record in self.documents() if record.file == file)

    @override
    def blocks(self, document_id: str) -> tuple[Block, ...]:
        return self._whole.blocks(document_id) if document_id in self._seen() else ()

    @override
    def coverage(self) -> tuple[tuple[str, str, int | None], ...]:
        known = self._seen()
        return tuple(row for row in self._whole.coverage() if row[0] in known)

    @override
    def figures(self, scope: Scope = WHOLE, *, name: str = "") -> tuple[Figure, ...]:
        return self._whole.figures(self.narrowed(scope), name=name)

    @override
    def figures_by_id(self, ids: Sequence[str]) -> tuple[Figure, ...]:
        known = self._seen()
        return tuple(f for f in self._whole.figures_by_id(ids) if f.document_id in known)

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
        known = self._seen()
        return tuple(p for p in self._whole.passages(ids) if p.document_id in known)

    @override
    def search(
        self,
        tokens: Sequence[str],
        scope: Scope,
        limit: int,
        *,
        part: PartOfLibrary | None = None,
    ) -> list[tuple[str, float]]:
        part = part or self._now().part
        return self._whole.search(tokens, self.searched(scope), limit, part=part)

    def _seen(self) -> Mapping[str, DocumentRecord]:
        """What may be seen, by id."""
        return self._now().known

    def _now(self) -> _Seen:
        """What may be seen; looked up anew when the library has changed."""
        revision = self._whole.revision()
        latest = self._latest
        if latest is None or latest.revision != revision:
            known = _as_known([one for one in self._whole.documents() if self._visible(one)])
            self._latest = latest = _Seen(
                revision, known, PartOfLibrary(tuple(known) or NO_DOCUMENT)
            )
        return latest


class RestrictedCorrections(Corrections):
    """The corrections of what may be seen, and nothing else to be corrected."""

    def __init__(self, whole: Corrections, records: RestrictedRecords, visible: Visible) -> None:
        self._whole = whole
        self._records = records
        self._visible = visible

    @override
    def all(self, document_id: str = "") -> tuple[Correction, ...]:
        if document_id and self._records.document(document_id) is None:
            return ()
        numbers = self._records.own_numbers()
        return tuple(one for one in self._whole.all(document_id) if one.number in numbers)

    @override
    def printed(self, document_id: str) -> Mapping[str, Figure]:
        known = self._records.document(document_id)
        return {} if known is None else self._whole.printed(document_id)

    @override
    def add(self, wanted: Wanted, *, within: Visible = everything) -> Correction:
        if self._records.document(wanted.document_id) is None:
            raise CorrectionError("要更正的文件已经不在资料库里，请刷新后重试。")
        return self._whole.add(wanted, within=self._both(within))

    @override
    def remove(self, number: int, *, within: Visible = everything) -> Correction:
        if all(one.number != number for one in self.all()):
            raise CorrectionError(f"没有编号为{number}的更正，请用 jiwen corrections 查看。")
        return self._whole.remove(number, within=self._both(within))

    def _both(self, within: Visible) -> Visible:
        return lambda record: within(record) and self._visible(record)


class RestrictedTemplates(FormTemplates):
    """The templates that hold for what may be seen; one made here holds for nothing else.

    Those of all departments are shown where a document has their layout, and are not changed from
    here. One that holds for other departments, too, is not shown.
    """

    def __init__(self, whole: FormTemplates, records: RestrictedRecords, visible: Visible) -> None:
        self._whole = whole
        self._records = records
        self._visible = visible

    @override
    def all(self) -> tuple[FormTemplate, ...]:
        held = {met.layout.signature for met in self.layouts()}
        return tuple(
            one
            for one in self._whole.all()
            if (self._is_own(one) if one.departments else one.signature in held)
        )

    @override
    def layouts(
        self, document_id: str = "", *, within: frozenset[str] | None = None
    ) -> tuple[MetLayout, ...]:
        seen = self._seen()
        return self._whole.layouts(document_id, within=seen if within is None else seen & within)

    @override
    def readings(self) -> Mapping[str, int]:
        seen = self._seen()
        return {id: count for id, count in self._whole.readings().items() if id in seen}

    @override
    def add(
        self,
        wanted: WantedTemplate,
        *,
        departments: tuple[str, ...] = (),
        within: frozenset[str] | None = None,
    ) -> FormTemplate:
        """Keeps it for the departments of the documents seen here that have its layout."""
        layouts = self.layouts(within=within)
        fitting = (met for met in layouts if met.layout.signature == wanted.signature)
        ids = {id for met in fitting for id in met.documents}
        own = {record.department for record in self._records.documents() if record.id in ids}
        named = own & set(departments) if departments else own
        return self._whole.add(
            wanted, departments=tuple(sorted(named)) or NO_DOCUMENT, within=frozenset(ids)
        )

    @override
    def remove(self, number: int) -> FormTemplate:
        template = next((one for one in self.all() if one.number == number), None)
        if template is None:
            raise CorrectionError(GONE.format(number=number))
        if not self._is_own(template):
            raise CorrectionError(OF_ALL)
        return self._whole.remove(number)

    def _seen(self) -> frozenset[str]:
        return frozenset(record.id for record in self._records.documents())

    def _is_own(self, template: FormTemplate) -> bool:
        """Whether a template holds for nothing but departments that may be seen."""
        return bool(template.departments) and all(
            self._visible(_of_department(name)) for name in template.departments
        )


def _of_department(name: str) -> DocumentRecord:
    """A document of which nothing is known but the department: who sees it sees all of that."""
    return DocumentRecord("", "", "", Form.UNKNOWN, name, None, 0, 0, 0, 0)


def _as_known(records: Sequence[DocumentRecord]) -> Mapping[str, DocumentRecord]:
    """The records by id as those know them who see no others.

    Where the original of copies may not be seen, the first of them takes its place.
    """
    ids = {record.id for record in records}
    first: dict[str, str] = {}
    known: dict[str, DocumentRecord] = {}
    for record in records:
        if record.copy_of and record.copy_of not in ids:
            original = first.setdefault(record.copy_of, record.id)
            record = replace(record, copy_of="" if original == record.id else original)
        known[record.id] = record
    return known


class RestrictedVectors(NearestPassages):
    """The nearest vectors among what may be seen."""

    def __init__(self, whole: NearestPassages, records: RestrictedRecords) -> None:
        self._whole = whole
        self._records = records

    @override
    def search(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]:
        return self._whole.search(vector, self._records.searched(scope), limit)
