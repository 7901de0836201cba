"""Which cards may answer a question (候选卡片), found by words and by meaning."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import time_limit
from assistant.retrieval.cards import CardCache
from assistant.retrieval.retriever import FusedRetriever, Score
from ingest.records.record_reader import WHOLE, RecordReader
from ingest.types.cards import Card
from ingest.types.library import Scope

MAX_CANDIDATES = 8
"""How many cards are given to the reader unless it is said otherwise."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may answer; `score` orders the candidates of one question, highest first.

    `words` and `meaning` are the scores of each leg, 0 where the leg did not find the card.
    """

    card: Card
    score: float
    words: float
    meaning: float


class Candidates:
    """Finds the cards of a library, or of a scope of it, that tell most about a question."""

    def __init__(
        self, records: RecordReader, retriever: FusedRetriever, planted: re.Pattern[str]
    ) -> None:
        """`planted` matches sentences of documents that are written for machines to obey."""
        self._records = records
        self._retriever = retriever
        self.cards = CardCache(records, planted)

    def find(
        self, question: str, scope: Scope = WHOLE, limit: int = MAX_CANDIDATES
    ) -> Sequence[Candidate]:
        """At most `limit` cards of the scope, the likeliest first."""
        scores = self._retriever.scores(question, scope)
        found: dict[str, Candidate] = {}
        for passage in self._records.passages(list(scores)):
            if len(found) >= limit:
                break
            time_limit.check()
            for card in self.cards.of(passage.document_id):
                if card.passage.id == passage.id:
                    found.setdefault(card.id, _candidate(card, scores[passage.id]))
        return list(found.values())[:limit]


def _candidate(card: Card, score: Score) -> Candidate:
    return Candidate(card, score.fused, score.words, score.meaning)
