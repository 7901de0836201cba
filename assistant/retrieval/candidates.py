"""Which cards may answer a question (候选卡片), found by words and by meaning."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from statistics import fmean

from assistant import time_limit
from assistant.departments.directory import Directory
from assistant.retrieval.binding import MAX_LIKELY, NOBODY, Binder, Binding
from assistant.retrieval.cards import CardCache, Said
from assistant.retrieval.retriever import (
    WEIGHT_OF_MEANING,
    WEIGHT_OF_WORDS,
    FusedRetriever,
    Score,
    fused_scores,
)
from ingest.records.lexical_index import K1, B
from ingest.records.record_reader import WHOLE, RecordReader
from ingest.types.cards import Card
from ingest.types.facts import Passage
from ingest.types.library import Scope

MAX_CANDIDATES = 8
"""How many cards are given to the reader unless it is said otherwise."""
MAX_PASSAGES = 24
"""Maximum number of passages whose cards are compared."""
MAX_DOCUMENTS = 5
"""Maximum number of documents, those of the best passages, of which all cards are compared."""
TITLE_BONUS = 1.0
"""What a title that says all it can of a question is worth, in standard scores."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEAR_BEFORE = re.compile("上年|去年|同比|增长|下降|减少|增加")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may answer; `score` orders the candidates of one question, highest first.

    `words` is how well its sentence says the words of the question, `meaning` how near its passage
    is, 0 where it was not among the nearest.
    """

    card: Card
    score: float
    words: float
    meaning: float


class Candidates:
    """Finds the cards of a library, or of a scope of it, that tell most about a question."""

    def __init__(
        self,
        records: RecordReader,
        retriever: FusedRetriever,
        planted: re.Pattern[str],
        *,
        directory: Callable[[], Directory],
        cut: Callable[[str], list[str]],
    ) -> None:
        """`planted` matches sentences of documents that are written for machines to obey."""
        self._records = records
        self._retriever = retriever
        self._binder = Binder(records, directory, cut)
        self.cards = CardCache(records, planted, cut)

    def bind(self, question: str, scope: Scope = WHOLE) -> Binding:
        """What the question names: where it is looked for, and bodies that are not there."""
        return self._binder.bind(question, scope)

    def find(
        self, question: str, scope: Scope = WHOLE, limit: int = MAX_CANDIDATES
    ) -> Sequence[Candidate]:
        """At most `limit` cards of the scope, the likeliest first.

        Passages lead to documents, whose cards are then compared by what their sentences say: a row
        as it is printed has numbers, and not the heads by which people ask for them.
        """
        binding = self.bind(question, scope)
        scopes = list(binding.scopes)
        likely = sorted(binding.likely, key=lambda id: -binding.likely[id])[:MAX_LIKELY]
        if likely and not binding.bodies:
            scopes.append(replace(scopes[0], document_ids=tuple(likely)))
        scores = self._retriever.scores(binding.rest, scopes)
        passages = _best(self._records.passages(list(scores)), scores, binding)
        cards = {
            card.id: (card, words)
            for card, words in self._compared(passages)
            if binding.allows(card) and _is_in(card.passage, scopes)
        }
        found = [*self._judged([*cards.values()], scores, binding)]
        named = binding.bodies & {one.card.department for one in found}
        found.sort(key=lambda one: _order(one, binding, named), reverse=True)
        return found[:limit]

    def _compared(self, passages: Sequence[Passage]) -> Iterator[Said]:
        """All cards of the first documents, of the others those of the passages, with words."""
        ids = {passage.id for passage in passages}
        documents = dict.fromkeys(passage.document_id for passage in passages)
        for place, document in enumerate(documents):
            time_limit.check()
            for card, words in self.cards.said(document):
                if place < MAX_DOCUMENTS or card.passage.id in ids:
                    yield card, words

    def _judged(
        self,
        cards: Sequence[Said],
        scores: Mapping[str, Score],
        binding: Binding,
    ) -> Iterator[Candidate]:
        """The cards with both legs and what their titles say, fused."""
        asked = self._retriever.cutter.query(binding.rest)
        said = said_words(asked, [counted for _, counted in cards])
        words = {card.id: score for (card, _), score in zip(cards, said, strict=True)}
        meaning = {
            card.id: scores[card.passage.id].meaning
            for card, _ in cards
            if card.passage.id in scores and scores[card.passage.id].meaning
        }
        fused = fused_scores([(words, WEIGHT_OF_WORDS), (meaning, WEIGHT_OF_MEANING)])
        for card, _ in cards:
            score = fused[card.id] + _title(card.document_id, binding)
            yield Candidate(card, score, words[card.id], meaning.get(card.id, 0.0))


def said_words(asked: Sequence[str], texts: Sequence[Counter[str]]) -> list[float]:
    """How well each of a few texts says the words asked for: BM25 over these texts alone.

    S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework (2009), 3.4, with the logarithm
    kept above 0, as in Lucene.
    """
    lengths = [counted.total() for counted in texts]
    mean = fmean(lengths) if any(lengths) else 1.0
    holders = {word: sum(word in counted for counted in texts) for word in asked}
    weights = {
        word: log(1 + (len(texts) - count + 0.5) / (count + 0.5)) for word, count in holders.items()
    }
    room = [K1 * (1 - B + B * length / mean) for length in lengths]
    return [
        sum(
            weight * counted[word] * (K1 + 1) / (counted[word] + space)
            for word, weight in weights.items()
            if word in counted
        )
        for counted, space in zip(texts, room, strict=True)
    ]


def _is_in(passage: Passage, scopes: Sequence[Scope]) -> bool:
    """Whether a passage is inside one of the scopes, as the document that was found is."""
    about = passage.document_id, passage.department, passage.year
    return any(scope.holds(*about) for scope in scopes)


def _best(
    passages: Sequence[Passage], scores: Mapping[str, Score], binding: Binding
) -> Sequence[Passage]:
    """The passages whose cards are worth looking at."""

    def order(passage: Passage) -> tuple[bool, float]:
        text = f"{passage.section} {passage.text}"
        fit = scores[passage.id].fused + _title(passage.document_id, binding)
        return _is_of_year(passage.year, text, binding), fit

    return sorted(passages, key=order, reverse=True)[:MAX_PASSAGES]


def _order(one: Candidate, binding: Binding, named: frozenset[str]) -> tuple[bool, bool, float]:
    """Cards of the years and bodies named come first; a body may only carry out what others do."""
    card = one.card
    said = f"{card.section} {card.body}"
    of_body = not named or card.department in {*named, *NOBODY}
    of_body = of_body or any(body in said for body in named)
    return _is_of_year(card.year, said, binding), of_body, one.score


def _title(document_id: str, binding: Binding) -> float:
    return TITLE_BONUS * binding.likely.get(document_id, 0.0)


def _is_of_year(year: int | None, text: str, binding: Binding) -> bool:
    """Whether a text may tell of the years named: it is of one, prints it, or names no year."""
    if not binding.years or year is None or year in binding.years:
        return True
    printed = {int(found) for found in _YEAR.findall(text)}
    before = year - 1 in binding.years and bool(_YEAR_BEFORE.search(text))
    return before or bool(printed & set(binding.years))
