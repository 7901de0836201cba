"""The inputs of an answer's wording beside plan and evidence (作答依据)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from assistant.assessment.rule_packs import Rules
from assistant.assessment.status import StatusRules
from assistant.audit.vocabulary import AuditVocabulary
from assistant.drafting.types import Part, Section
from assistant.grounding.composition import Composition
from assistant.grounding.quotation import QuotableSentences
from assistant.language.wording import Wording
from ingest.types.blocks import Form
from ingest.types.facts import Figure
from ingest.types.library import DocumentRecord


class PassageDrafter(Protocol):
    """Words a section of a report, or a part of it, on one department and year."""

    def __call__(
        self,
        wanted: Section | Part,
        *,
        department: str,
        year: int | None,
        rows: Collection[str] = (),
    ) -> Composition:
        """The paragraphs, limited to the indicators of these ids where any are given."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """The rules for wording answers, the same for every question.

    `local` gives the rules in force for a department and year.
    """

    status: StatusRules
    local: Callable[[str, int | None], Rules]
    vocabulary: AuditVocabulary
    quotable: QuotableSentences


@dataclass(frozen=True)
class AnswerContext:
    """The library that answers are given from, and the departments' names as the question has them.

    `covered` gives the years of each department, `operators` those of the bodies that carry out
    the departments' projects; `lists` the documents that tell of many bodies, each with these and
    the years told of them; `canonical` maps every name of a department to its only one here.
    """

    documents: Mapping[str, DocumentRecord]
    covered: Mapping[str, Sequence[int]]
    canonical: Callable[[str], str]
    wording: Wording
    rules: AnswerRules
    draft: PassageDrafter
    operators: Mapping[str, Sequence[int]] = field(default_factory=dict)
    lists: Mapping[str, Collection[tuple[str, int | None]]] = field(default_factory=dict)

    @cached_property
    def known(self) -> Mapping[str, Sequence[int]]:
        """The years of every body that a question may name, department or operator."""
        return {**self.covered, **self.operators}

    def whose(self, figures: Sequence[Figure]) -> str:
        """Whose figures they are, and of which year; of several bodies' whoever listed them."""
        first, bodies = figures[0], {one.department for one in figures}
        record = self.documents.get(first.document_id) if len(bodies) > 1 else None
        return self.wording.who(record.department if record else first.department, first.year)

    def form(self, document_id: str) -> Form:
        """The form of a document; UNKNOWN for one that is no longer there."""
        record = self.documents.get(document_id)
        return record.form if record else Form.UNKNOWN
