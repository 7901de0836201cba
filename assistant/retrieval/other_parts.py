"""Retrieval parts that others bring (外接检索): a retriever before ours, a reranker over both."""

from collections.abc import Sequence
from typing import Protocol

from assistant.retrieval.candidates import MAX_CANDIDATES, Candidate, Candidates
from assistant.retrieval.retriever import Orderer
from ingest.records.record_reader import WHOLE, RecordReader
from ingest.types.facts import Passage
from ingest.types.library import Scope


class PassageFinder(Protocol):
    """A retriever over the library's passages."""

    def passage_ids(self, question: str) -> Sequence[str]:
        """The ids of passages that may answer, the likeliest first; unknown ones are dropped."""


class CardFinder(Protocol):
    """What finds the cards that may answer a question."""

    def find(
        self, question: str, scope: Scope = WHOLE, limit: int = MAX_CANDIDATES
    ) -> Sequence[Candidate]:
        """At most `limit` cards of the scope, the likeliest first."""


class JoinedCandidates:
    """The cards of the passages that another retriever finds, then our own; reranked if asked."""

    def __init__(
        self,
        own: Candidates,
        records: RecordReader,
        *,
        finder: PassageFinder | None,
        reranker: Orderer | None,
    ) -> None:
        self._own = own
        self._records = records
        self._finder = finder
        self._reranker = reranker

    def find(
        self, question: str, scope: Scope = WHOLE, limit: int = MAX_CANDIDATES
    ) -> Sequence[Candidate]:
        """At most `limit` cards of the scope, the likeliest first."""
        found: dict[str, Candidate] = {}
        for one in (*self._theirs(question, scope), *self._own.find(question, scope, limit)):
            found.setdefault(one.card.id, one)
        return self._ordered(question, [*found.values()])[:limit]

    def _theirs(self, question: str, scope: Scope) -> list[Candidate]:
        if self._finder is None:
            return []
        passages = self._records.passages(list(self._finder.passage_ids(question)))
        return [
            Candidate(card, 0.0, 0.0, 0.0)
            for passage in passages
            if self._is_within(passage, scope)
            for card in self._own.cards.of(passage.document_id)
            if card.passage.id == passage.id
        ]

    def _is_within(self, passage: Passage, scope: Scope) -> bool:
        """Whether a passage that others found is one that may be used for this question."""
        record = self._records.document(passage.document_id)
        return record is not None and scope.holds(
            record.id, passage.department, passage.year, record.form
        )

    def _ordered(self, question: str, found: list[Candidate]) -> list[Candidate]:
        """The candidates by their passages' places with the reranker."""
        if self._reranker is None:
            return found
        passages = {one.card.passage.id: one.card.passage for one in found}
        ordered = self._reranker.order(question, [*passages.values()])
        places = {passage.id: place for place, passage in enumerate(ordered)}
        return sorted(found, key=lambda one: places.get(one.card.passage.id, len(places)))
