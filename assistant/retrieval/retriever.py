"""Passages by meaning and by words, fused, inside a scope (检索).

Both legs are filtered before they are ranked. Until the embedding model is warm, words alone find.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Any, Protocol

import numpy as np

from assistant import time_limit
from ingest.errors import StoreError
from ingest.types.facts import Passage
from ingest.types.library import Scope

logger = logging.getLogger(__name__)

MAX_CANDIDATES = 60
"""Maximum number of passages of each leg that are fused."""
MAX_SEARCHED = 500
"""In characters: what stands further behind tells nothing that a search could use."""
WEIGHT_OF_WORDS, WEIGHT_OF_MEANING = 0.6, 0.4
"""Of the two legs: on forms, exact words tell more."""
_WORD = re.compile(r"\w")
Vectors = np.ndarray[Any, np.dtype[np.float32]]


class Words(Protocol):
    """The lexical index."""

    def search(self, tokens: Sequence[str], scope: Scope, limit: int) -> list[tuple[str, float]]:
        """The ids of passages in the scope that say the words, with a score, best first."""

    def passages(self, ids: Sequence[str]) -> tuple[Passage, ...]:
        """The passages of these ids, in their order."""


class Nearest(Protocol):
    """The vector index."""

    def search(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]:
        """The ids of passages in the scope nearest to a vector, with a score, best first."""


class Cutter(Protocol):
    """What splits a question into words."""

    def query(self, text: str) -> list[str]:
        """The words of a question that the lexical index is asked for."""


class QueryEncoder(Protocol):
    """The embedding model."""

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question."""


class Orderer(Protocol):
    """What puts found passages in a better order."""

    def order(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """All the passages, the best first."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well a passage fits a question: both legs fused, and each, 0 where it did not find it."""

    fused: float
    words: float
    meaning: float


@dataclass(frozen=True, slots=True)
class FusedRetriever:
    """The library's lexical and vector index as one; `LibraryRetriever` is LangChain's."""

    words: Words
    nearest: Nearest
    cutter: Cutter
    encoder: QueryEncoder
    reranker: Orderer | None = None

    def passages(self, question: str, scope: Scope, limit: int) -> list[Passage]:
        """The passages of the scope that tell most about the question, best first."""
        question = question[:MAX_SEARCHED]
        ids = list(self.scores(question, [scope]))
        if self.reranker is None:
            return list(self.words.passages(ids[:limit]))
        return self.reranker.order(question, self.words.passages(ids[:MAX_CANDIDATES]))[:limit]

    def scores(self, question: str, scopes: Sequence[Scope]) -> dict[str, Score]:
        """How well passages of the scopes fit the question, by their ids, best first."""
        question = question[:MAX_SEARCHED]
        tokens = self.cutter.query(question)
        words: dict[str, float] = {}
        for scope in scopes:
            words |= self.words.search(tokens, scope, MAX_CANDIDATES)
        meaning: dict[str, float] = {}
        if self.encoder.ready and _WORD.search(question):  # marks alone have no meaning
            vector = self.encoder.encode_query(question)
            try:
                for scope in scopes:
                    meaning |= self.nearest.search(vector, scope, MAX_CANDIDATES)
            except StoreError as error:  # a server is away: words go on without it
                logger.warning("%s 目前只按数据和词语检索。", error)
        fused = fused_scores([(words, WEIGHT_OF_WORDS), (meaning, WEIGHT_OF_MEANING)])
        time_limit.check()
        return {
            id: Score(score, words.get(id, 0.0), meaning.get(id, 0.0))
            for id, score in fused.items()
        }


def fuse(legs: Sequence[tuple[Mapping[str, float], float]]) -> list[str]:
    """Ids by the weighted sum of their standard scores: see `fused_scores`.

    >>> fuse([({"a": 3.0, "b": 1.0}, 0.5), ({}, 0.5)])
    ['a', 'b']
    """
    return list(fused_scores(legs))


def fused_scores(legs: Sequence[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """The weighted sums of standard scores, highest first; an empty leg leaves the other as it is.

    An id that a leg did not find counts as that leg's weakest.
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
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))
