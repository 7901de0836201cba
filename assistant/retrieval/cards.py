"""The cards of documents, made of their facts when first needed and kept (卡片)."""

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Lock

from assistant import time_limit
from ingest.extraction.cards import CELL, Facts, cards_of
from ingest.language.vocabulary import default_vocabulary
from ingest.records.record_reader import RecordReader
from ingest.types.cards import Card
from ingest.types.facts import Figure, Indicator
from ingest.types.library import Certainty, DocumentRecord, Scope

MAX_DOCUMENTS_KEPT = 512
"""Maximum number of documents whose cards are kept; the one used longest ago goes first."""
Said = tuple[Card, Counter[str]]
"""A card with how often it says which word."""
_SENTENCE = re.compile(r"[^。！？\n]*(?:[。！？\n]+|$)")


class CardCache:
    """The cards of documents at the library's present revision.

    Sentences that were `planted` for machines are in none. Many threads may ask at once; the cards
    of a document are made outside the lock, by two of them twice at worst.
    """

    def __init__(
        self, records: RecordReader, planted: re.Pattern[str], cut: Callable[[str], Sequence[str]]
    ) -> None:
        """`cut` splits texts into words as the lexical index does."""
        self._records = records
        self._cut = cut
        self._planted = planted
        self._confidence = default_vocabulary().confidence
        self._kept: OrderedDict[str, tuple[Card, ...]] = OrderedDict()
        self._said: dict[str, tuple[Said, ...]] = {}
        self._revision: tuple[int, int] | None = None
        self._lock = Lock()

    def of(self, document_id: str) -> tuple[Card, ...]:
        """The cards of a document in reading order; none of one that is not in the library."""
        revision = self._records.revision()
        with self._lock:
            if self._revision != revision:
                self._kept.clear()
                self._said.clear()
                self._revision = revision
            if (known := self._kept.get(document_id)) is not None:
                self._kept.move_to_end(document_id)
                return known
        time_limit.check()
        record = self._records.document(document_id)
        cards = tuple(self._made(record)) if record else ()
        with self._lock:
            if self._revision == revision:
                self._kept[document_id] = cards
                if len(self._kept) > MAX_DOCUMENTS_KEPT:
                    gone, _ = self._kept.popitem(last=False)
                    self._said.pop(gone, None)
        return cards

    def said(self, document_id: str) -> tuple[Said, ...]:
        """The same cards, each with how often it says which word."""
        cards = self.of(document_id)
        with self._lock:
            if self._kept.get(document_id) is cards and document_id in self._said:
                return self._said[document_id]
        said = tuple((card, Counter(self._cut(card.text))) for card in cards)
        with self._lock:
            if self._kept.get(document_id) is cards:
                self._said[document_id] = said
        return said

    def _made(self, record: DocumentRecord) -> Iterator[Card]:
        scope = Scope(document_ids=(record.id,), certainty=Certainty.EVERY)
        records = self._records
        facts = Facts(
            record.title,
            record.department,
            record.year,
            [replace(f, quote=self._clean(f.quote)) for f in records.figures(scope)],
            [self._cleaned(row) for row in records.indicators(scope)],
            records.tasks(scope),
            [replace(p, text=self._clean(p.text)) for p in records.passages_of(scope)],
        )
        for card in cards_of(facts, self._may_be_told):
            if not self._planted.search(card.text):
                yield card

    def _may_be_told(self, figure: Figure) -> bool:
        """A value stands under its head in a table however unsure its role is, and is told with
        both; what half a sentence says is told where it is confirmed."""
        sure = self._confidence
        return sure.is_confirmed(figure) or (sure.is_likely(figure) and CELL in figure.quote)

    def _cleaned(self, row: Indicator) -> Indicator:
        """The row without what its cells say to machines."""
        actual, deviation = self._clean(row.actual_text), self._clean(row.deviation)
        return replace(row, actual_text=actual, deviation=deviation)

    def _clean(self, text: str) -> str:
        """The text without the sentences planted in it."""
        if not self._planted.search(text):
            return text
        kept = (s for s in _SENTENCE.findall(text) if not self._planted.search(s))
        return "".join(kept).strip()
