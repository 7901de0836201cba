"""The cards that may answer a question, each with what the reader says to it (阅读候选)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Protocol

from assistant import time_limit
from assistant.grounding.citations import Source
from assistant.reading.reader import Reading
from assistant.retrieval.other_parts import CardFinder
from assistant.steps import step
from ingest.language.packs import PackTable, open_pack
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure
from ingest.types.library import Scope

MAX_READ = 8
"""Maximum number of candidates that are read for a question."""
_ENDS = "。！？\n"
_THOUSANDTH = Decimal("0.001")


class TextReader(Protocol):
    """What judges whether texts answer a question."""

    def read(self, question: str, texts: Sequence[str]) -> Sequence[Reading]:
        """What each text says to the question, in the order given."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a candidate's probability says beside those of the others (取舍).

    The reader judges each card by itself, and a title that says much of a question makes it a
    little surer of every card of the document: that one is far ahead of the others tells more than
    how sure it is. `none` is the probability of a card that is as likely as that nothing answers.
    """

    sharpness: float
    none: float

    def shares(self, answers: Sequence[float], words: Sequence[str]) -> Iterator[float]:
        """How probable it is of each card that it answers, and none that tells something else."""
        odds = [*map(self._odds, answers)]
        for own, told in zip(odds, words, strict=True):
            rivals = (other for other, said in zip(odds, words, strict=True) if said != told)
            yield own / (own + self._odds(self.none) + sum(rivals))

    def _odds(self, probability: float) -> float:
        kept = min(max(probability, 1e-6), 1 - 1e-6)
        return float((kept / (1 - kept)) ** self.sharpness)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a card answers, or is near enough to be quoted.

    It answers if it is as sure by itself as `answer_from` and has `answer_share` among the
    candidates. It is quoted from `quote_from` on, or from `near_from` on if it has `near_share`.
    From `confirm_from` on what it says is proposed, from `sure_from` on even where several values
    are to be reckoned with. `wanted_from` and `role_from` say how sure the operation and the role
    that a question wants must be to speak against a figure. `choice` is how candidates share.
    """

    answer_from: Decimal
    sure_from: Decimal
    quote_from: Decimal
    confirm_from: Decimal
    answer_share: Decimal
    near_from: Decimal
    near_share: Decimal
    choice: "Choice"
    wanted_from: float
    role_from: float

    @classmethod
    def from_pack(cls, pack: PackTable) -> "Thresholds":
        """The pack `reading`; raises PackError where it is wrong."""
        operations, choice = pack.table("operations"), pack.table("choice")
        thresholds = cls(
            answer_from=pack.decimal("answer_from"),
            answer_share=pack.decimal("answer_share"),
            near_from=pack.decimal("near_from"),
            near_share=pack.decimal("near_share"),
            choice=Choice(float(choice.decimal("sharpness")), float(choice.decimal("none"))),
            sure_from=pack.decimal("sure_from"),
            quote_from=pack.decimal("quote_from"),
            confirm_from=pack.decimal("confirm_from"),
            wanted_from=float(operations.decimal("wanted_from")),
            role_from=float(operations.decimal("role_from")),
        )
        pack.reject_unread()
        return thresholds

    def is_far_ahead(self, one: "ReadCard") -> bool:
        """Whether a card is near enough to be quoted because none of the others is."""
        return one.sure >= self.near_from and one.share >= self.near_share


@cache
def read_thresholds() -> Thresholds:
    """Those of data/lexicon/reading.toml, read once."""
    return Thresholds.from_pack(open_pack("reading"))


@dataclass(frozen=True, slots=True)
class ReadCard:
    """A card as it was read for a question; `start` and `end` are where in its text the answer is.

    `sure` (0 to 1) is how probable it is that this answers, read by itself; `share` that it is
    this one of all the candidates.
    """

    card: Card
    sure: Decimal
    start: int
    end: int
    share: Decimal = Decimal(0)

    @property
    def words(self) -> str:
        """The words that answer."""
        return self.card.text[self.start : self.end].strip("，。；：、 \n")

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that these words print."""
        return self.card.figures_in(self.start, self.end)

    @property
    def sentence(self) -> str:
        """The whole sentence of the body that they stand in."""
        text, first = self.card.text, self.card.body_start
        at = max(self.start, first)
        start = max((text.rfind(end, first, at) + 1 for end in _ENDS), default=first)
        stops = [i for end in _ENDS if (i := text.find(end, max(self.end - 1, at))) >= 0]
        return text[max(start, first) : min(stops, default=len(text)) + 1].strip()

    @property
    def span(self) -> tuple[int, ...]:
        """Where in the passage the words stand that answer; () where they are not its own."""
        found = self.card.passage.text.find(self.words) if self.words else -1
        return (found, found + len(self.words)) if found >= 0 else ()


class CardReader:
    """Finds the candidates of a question and reads them."""

    def __init__(
        self,
        candidates: CardFinder,
        cards: Callable[[str], Sequence[Card]],
        reader: TextReader,
        warm_up: Callable[[], None],
    ) -> None:
        """`cards` are those of a document by its id, in reading order; `warm_up` loads the encoder,
        without which candidates are found by words alone."""
        self._candidates = candidates
        self.cards_of = cards
        self._reader = reader
        self._warm_up = warm_up
        self._choice = read_thresholds().choice

    def read(
        self, question: str, scope: Scope, wanted: Callable[[Card], bool] = lambda card: True
    ) -> list[ReadCard]:
        """The cards of a scope that are wanted, the one that answers most surely first."""
        with time_limit.untimed():
            self._warm_up()
        found = step("retrieve", lambda it: self._candidates.find(it, scope, MAX_READ), question)
        return self.judge(question, [one.card for one in found if wanted(one.card)])

    def read_again(self, question: str, sources: Sequence[Source]) -> list[ReadCard]:
        """The cards in which these sources stand and the text beside them, the surest first."""
        ids = {id for source in sources for id in source.figure_ids}
        places = {(source.document_id, source.location) for source in sources}
        found: dict[str, Card] = {}
        for document in dict.fromkeys(source.document_id for source in sources):
            cards = self.cards_of(document)
            cited = [
                at
                for at, card in enumerate(cards)
                if (document, card.passage.location) in places
                or any(mark.figure.id in ids for mark in card.marks)
            ]
            found |= {cards[at].id: cards[at] for at in cited}
            beside = (cards[i] for at in cited for i in (at + 1, at - 1) if 0 <= i < len(cards))
            found |= {card.id: card for card in beside if card.kind is CardKind.TEXT}
        return self.judge(question, [*found.values()][:MAX_READ])

    def read_on(
        self, question: str, read: Sequence[ReadCard], tells: Callable[[ReadCard], bool]
    ) -> list[ReadCard]:
        """The texts among these, each read once more together with the text behind it.

        Where both answer, but the first only in words that `tells` does not accept, the answer is
        what the second begins with.
        """
        pairs: list[tuple[Card, Card]] = []
        for one in read:
            cards = self.cards_of(one.card.document_id)
            behind = next((b for a, b in pairwise(cards) if a.id == one.card.id), None)
            if behind and one.card.kind is behind.kind is CardKind.TEXT:
                pairs.append((one.card, behind))
        readings = self._reader.read(question, [first.text + next_.body for first, next_ in pairs])
        found: list[ReadCard] = []
        for (first, next_), reading in zip(pairs, readings, strict=True):
            sure = Decimal(reading.answers).quantize(_THOUSANDTH)
            end, body = len(first.text), next_.body_start
            one = ReadCard(first, sure, reading.start, min(reading.end, end))
            if reading.start >= end:
                one = ReadCard(next_, sure, reading.start - end + body, reading.end - end + body)
            elif not tells(one):
                one = ReadCard(next_, sure, body, body + 1)
                one = replace(one, end=body + len(one.sentence))
            found.append(one)
        return found

    def judge(self, question: str, cards: Sequence[Card]) -> list[ReadCard]:
        """What cards say to a question, the one that answers most surely first."""
        time_limit.check()
        texts = [card.text for card in cards]
        readings = step("read", lambda given: self._reader.read(question, given), texts)
        read = [
            ReadCard(
                card,
                Decimal(reading.answers).quantize(_THOUSANDTH),
                reading.start,
                reading.end,
            )
            for card, reading in zip(cards, readings, strict=True)
        ]
        return self.together(read)

    def sure_of(self, question: str, texts: Sequence[str]) -> list[float]:
        """How probable it is of each text that it answers a question."""
        readings = step("read", lambda given: self._reader.read(question, given), texts)
        return [reading.answers for reading in readings]

    def together(self, *readings: Sequence[ReadCard]) -> list[ReadCard]:
        """Cards that were read for one question, each once, the surest first."""
        best: dict[str, ReadCard] = {}
        for one in sorted((one for some in readings for one in some), key=lambda one: -one.sure):
            best.setdefault(one.card.id, one)
        read = [*best.values()]
        shares = self._choice.shares([float(one.sure) for one in read], [one.words for one in read])
        return [
            replace(one, share=Decimal(share).quantize(_THOUSANDTH))
            for one, share in zip(read, shares, strict=True)
        ]
