"""Passages by meaning and by words, fused, inside a scope (检索).

Both legs are filtered before they are ranked. Until the embedding model is warm, words alone find.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev
from typing import Any, Protocol

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as Chunk
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from ingest.types import Passage, Scope

CANDIDATES = 60
"""So many of each leg are fused."""
WORDS, MEANING = 0.6, 0.4
"""Weights of the two legs: on forms, exact words tell more."""
Vectors = np.ndarray[Any, np.dtype[np.float32]]


class Words(Protocol):
    def search(
        self, tokens: Sequence[str], scope: Scope, limit: int
    ) -> list[tuple[str, float]]: ...

    def passages(self, ids: Sequence[str]) -> tuple[Passage, ...]: ...


class Nearest(Protocol):
    def search(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]: ...


class Cutter(Protocol):
    def query(self, text: str) -> list[str]: ...


class QueryEncoder(Protocol):
    @property
    def ready(self) -> bool: ...

    def encode_query(self, text: str) -> Vectors: ...


class Orderer(Protocol):
    def order(self, question: str, passages: Sequence[Passage]) -> list[Passage]: ...


class FusedRetriever(BaseRetriever):
    """A LangChain retriever over the library's lexical and vector index."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    words: Any
    nearest: Any
    cutter: Any
    encoder: Any
    reranker: Any = None
    scope: Scope = Scope()
    limit: int = 8

    def passages(self, question: str, scope: Scope, limit: int) -> list[Passage]:
        """The passages of the scope that tell most about the question, best first."""
        words: Words = self.words
        cutter: Cutter = self.cutter
        encoder: QueryEncoder = self.encoder
        legs = [(dict(words.search(cutter.query(question), scope, CANDIDATES)), WORDS)]
        if encoder.ready:
            nearest: Nearest = self.nearest
            vector = encoder.encode_query(question)
            legs.append((dict(nearest.search(vector, scope, CANDIDATES)), MEANING))
        fused = fuse(legs)
        if self.reranker is None:
            return list(words.passages(fused[:limit]))
        reranker: Orderer = self.reranker
        return reranker.order(question, words.passages(fused[:CANDIDATES]))[:limit]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Chunk]:
        return [
            Chunk(
                page_content=passage.text,
                id=passage.id,
                metadata={
                    "document_id": passage.document_id,
                    "department": passage.department,
                    "year": passage.year,
                    "section": passage.section,
                },
            )
            for passage in self.passages(query, self.scope, self.limit)
        ]


def fuse(legs: Sequence[tuple[Mapping[str, float], float]]) -> list[str]:
    """Ids by the weighted sum of their standard scores; an empty leg leaves the other as it is.

    An id that a leg did not find counts as that leg's weakest.

    >>> fuse([({"a": 3.0, "b": 1.0}, 0.5), ({}, 0.5)])
    ['a', 'b']
    """
    scores: dict[str, float] = {}
    for leg, _ in legs:
        scores |= dict.fromkeys(leg, 0.0)
    for leg, weight in legs:
        if not leg:
            continue
        mean, spread = fmean(leg.values()), pstdev(leg.values()) or 1.0
        weakest = (min(leg.values()) - mean) / spread
        for id in scores:
            standard = (leg[id] - mean) / spread if id in leg else weakest
            scores[id] += weight * standard
    return sorted(scores, key=lambda id: -scores[id])
