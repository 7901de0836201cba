"""Which cards may answer a question (候选卡片), found by words and by meaning."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant import time_limit
from assistant.departments.directory import Directory
from assistant.retrieval.binding import MAX_LIKELY, NOBODY, Binder, Binding
from assistant.retrieval.cards import CardCache
from assistant.retrieval.retriever import FusedRetriever, Score
from ingest.records.record_reader import WHOLE, RecordReader
from ingest.types.cards import Card
from ingest.types.facts import Passage
from ingest.types.library import Scope

MAX_CANDIDATES = 8
"""How many cards are given to the reader unless it is said otherwise."""
MAX_PASSAGES = 24
"""Maximum number of passages whose cards are compared."""
TITLE_BONUS = 1.0
"""What a title that says all it can of a question is worth, in standard scores."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEAR_BEFORE = re.compile("上年|去年|同比|增长|下降|减少|增加")


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
        self._cut = cut
        self._binder = Binder(records, directory, cut)
        self.cards = CardCache(records, planted)

    def bind(self, question: str, scope: Scope = WHOLE) -> Binding:
        """What the question names: where it is looked for, and bodies that are not there."""
        return self._binder.bind(question, scope)

    def find(
        self, question: str, scope: Scope = WHOLE, limit: int = MAX_CANDIDATES
    ) -> Sequence[Candidate]:
        """At most `limit` cards of the scope, the likeliest first."""
        binding = self.bind(question, scope)
        scopes = list(binding.scopes)
        likely = sorted(binding.likely, key=lambda id: -binding.likely[id])[:MAX_LIKELY]
        if likely and not binding.bodies:
            scopes.append(replace(scopes[0], document_ids=tuple(likely)))
        scores = self._retriever.scores(binding.rest, scopes)
        passages = _best(self._records.passages(list(scores)), scores, binding)
        cards = self._cards_of({passage.document_id for passage in passages})
        found = [
            replace(one, score=one.score + _title(passage.document_id, binding))
            for passage in passages
            for one in self._judged(cards[passage.id], scores[passage.id], binding.rest)
            if binding.allows(one.card)
        ]
        named = binding.bodies & {one.card.department for one in found}
        found.sort(key=lambda one: _order(one, binding, named), reverse=True)
        return found[:limit]

    def _cards_of(self, document_ids: Iterable[str]) -> Mapping[str, Sequence[Card]]:
        """The cards of documents by their passages."""
        cards: defaultdict[str, list[Card]] = defaultdict(list)
        for id in document_ids:
            time_limit.check()
            for card in self.cards.of(id):
                cards[card.passage.id].append(card)
        return cards

    def _judged(self, cards: Sequence[Card], score: Score, question: str) -> Iterator[Candidate]:
        """The cards of a passage; of several that which says more of the question is better."""
        if len(cards) == 1:
            yield Candidate(cards[0], score.fused, score.words, score.meaning)
            return
        asked = set(self._cut(question))
        shared = [len(asked & set(self._cut(card.body))) for card in cards]
        for card, words in zip(cards, shared, strict=True):
            share = (words - max(shared)) / max(len(asked), 1)
            yield Candidate(card, score.fused + share, score.words, score.meaning)


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
