"""What may be asked of stored records (读取), of a whole library or of the part that may be seen.

Whoever only reads takes a `RecordReader` and cannot tell which of the two it is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ingest.corrections.types import Correction, Wanted
from ingest.records.lexical_index import PartOfLibrary
from ingest.templates.types import FormTemplate, WantedTemplate
from ingest.types.blocks import Block
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.layouts import MetLayout
from ingest.types.library import DocumentRecord, Scope

WHOLE = Scope()
"""Every document."""
Visible = Callable[[DocumentRecord], bool]
"""Whether a document may be seen by whoever asks."""


def everything(_: DocumentRecord) -> bool:
    """What may be seen by those who may see all."""
    return True


class Corrections(Protocol):
    """Corrections by hand (更正): what there are, one more, one taken back."""

    def all(self, document_id: str = "") -> tuple[Correction, ...]:
        """Every correction, the newest first; of one document also those made on its versions."""
        ...

    def printed(self, document_id: str) -> Mapping[str, Figure]:
        """The corrected figures of a document by id, as they were read."""
        ...

    def add(self, wanted: Wanted, *, within: Visible = everything) -> Correction:
        """Keeps a correction and rewrites what it is about; raises CorrectionError.

        So it does where a document that it is about is not `within` what may be seen, before or
        after.
        """
        ...

    def remove(self, number: int, *, within: Visible = everything) -> Correction:
        """Takes a correction back: an earlier one holds again, or what was read.

        Raises CorrectionError if there is none of that number, and where `add` would.
        """
        ...


class FormTemplates(Protocol):
    """Form templates (表样): which layouts there are, and what was taught of them."""

    def all(self) -> tuple[FormTemplate, ...]:
        """Every template, also earlier versions, the newest first."""
        ...

    def layouts(
        self, document_id: str = "", *, within: frozenset[str] | None = None
    ) -> tuple[MetLayout, ...]:
        """The layouts that documents have, unsure ones first, then those that most have.

        Those of one document where one is named; of the documents `within` alone where given.
        """
        ...

    def readings(self) -> Mapping[str, int]:
        """How often each document was read anew that was: by it something else may be known."""
        ...

    def add(
        self,
        wanted: WantedTemplate,
        *,
        departments: tuple[str, ...] = (),
        within: frozenset[str] | None = None,
    ) -> FormTemplate:
        """Keeps a template for documents of these departments, of all where none is named.

        Raises CorrectionError where no table can be read by it, or no document `within` what is
        seen has its layout.
        """
        ...

    def remove(self, number: int) -> FormTemplate:
        """Takes a version of a template back; raises CorrectionError if there is none."""
        ...


class RecordReader(Protocol):
    """Every way of reading the records of the published documents.

    Where a scope can be given, facts come in document order.
    """

    @property
    def corrections(self) -> Corrections:
        """The corrections made on these documents."""
        ...

    @property
    def templates(self) -> FormTemplates:
        """What was taught of the layouts of these documents."""
        ...

    def revision(self) -> tuple[int, int]:
        """Changes whenever a document is published, corrected or leaves, whatever it holds."""
        ...

    def count(self) -> int:
        """How many documents are published."""
        ...

    def amendments(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the corrections that each corrected document is under."""
        ...

    def lineages(self) -> Mapping[str, str]:
        """What each published document is through all its versions (文件身份), by its id."""
        ...

    def documents(self) -> tuple[DocumentRecord, ...]:
        """All published documents, by file name."""
        ...

    def document(self, document_id: str) -> DocumentRecord | None:
        """The document of this id."""
        ...

    def departed(self, document_id: str) -> str | None:
        """Whose a document is that has left: of its newest version, else as it was when it left.

        None where no document of this id has left.
        """
        ...

    def moved(self) -> Mapping[str, int]:
        """Departments of which a document became another's, each with the last such revision."""
        ...

    def named(self, file: str) -> tuple[DocumentRecord, ...]:
        """The documents that were handed in under this name."""
        ...

    def blocks(self, document_id: str) -> tuple[Block, ...]:
        """What the file shows, to show a reader a place in it."""
        ...

    def coverage(self) -> tuple[tuple[str, str, int | None], ...]:
        """The id of each document with every department and year that it has facts of."""
        ...

    def figures(self, scope: Scope = WHOLE, *, name: str = "") -> tuple[Figure, ...]:
        """Figures of the scope; `name` stands in their subject, concept or section."""
        ...

    def figures_by_id(self, ids: Sequence[str]) -> tuple[Figure, ...]:
        """The figures of these ids, in the order given; unknown ids are left out."""
        ...

    def indicators(self, scope: Scope = WHOLE) -> tuple[Indicator, ...]:
        """Indicators of the scope."""
        ...

    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The different names of all indicators, and of all tasks and projects."""
        ...

    def tasks(self, scope: Scope = WHOLE) -> tuple[Task, ...]:
        """Tasks and projects of the scope."""
        ...

    def passages_of(self, scope: Scope = WHOLE) -> tuple[Passage, ...]:
        """Passages of the scope."""
        ...

    def passages(self, ids: Sequence[str]) -> tuple[Passage, ...]:
        """The passages of these ids, in the order given; unknown ids are left out."""
        ...

    def search(
        self,
        tokens: Sequence[str],
        scope: Scope,
        limit: int,
        *,
        part: PartOfLibrary | None = None,
    ) -> list[tuple[str, float]]:
        """Ids and BM25 scores of passages with any of the words, best (highest) first.

        With `part`, inside which the scope is, as if there were nothing else in the library.
        """
        ...

    # What follows is read by way of the above, and so is no way of its own.

    def departments(self) -> tuple[str, ...]:
        """Every department that any document reports on."""
        return tuple(sorted({name for _, name, _ in self.coverage() if name}))

    def years(self) -> tuple[int, ...]:
        """Every year that any document reports on."""
        return tuple(sorted({year for _, _, year in self.coverage() if year is not None}))
