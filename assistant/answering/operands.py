"""The figures that a question reckons with (运算数), each asked of the reader by itself."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from assistant.answering.asked import FITTING, Asked
from assistant.answering.read_cards import CardReader, ReadCard, Thresholds
from assistant.language.numbers import convert
from assistant.questions.operands import Operand
from assistant.questions.operations import AskedRole, Wanted
from ingest.extraction.cards import HEADS
from ingest.language.normalise import squeeze
from ingest.types.cards import BETWEEN_PARTS, Card, CardKind
from ingest.types.facts import Figure

MAX_NAMED = 6
"""Maximum number of cards that are read because they print an operand's name."""
MAX_PER_OPERAND = 8
"""Maximum number of figures compared for each operand."""
ASKING = ("多少", "几")
"""From where on a question says only what is wanted of the things in it: 多少户."""
_BREAK = re.compile("[，。；：、（）]")
OUTSIDE = 0.5
"""What a figure beside the words that answer is worth."""
OTHER_ROW = 0.1
"""What a figure is worth whose row the question does not name."""
UNNAMED = 0.5
"""What a role is worth that was told apart and is another one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A figure that may be an operand: how sure that is, and how much of its name it prints."""

    figure: Figure
    card: Card
    sure: float
    weight: float
    named: int
    meant: bool
    """Whether the operand's words ask for its role."""
    inside: bool = False
    """Whether it stands in the words that answer."""
    of_it: bool = False
    """Whether the question names its row, or it is that of the whole."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The operands that were found, in the question's order; None where one is in doubt."""

    operands: tuple[Found | None, ...]
    read: tuple[ReadCard, ...]
    """The surest reading of each."""

    @property
    def whole(self) -> tuple[Found, ...]:
        """All of them; () where one is missing."""
        found = tuple(one for one in self.operands if one is not None)
        return found if len(found) == len(self.operands) else ()


class OperandFinder:
    """Asks for each operand by itself, within the documents that the question is bound to."""

    def __init__(
        self,
        cards: CardReader,
        wanted: Callable[[str], Wanted],
        limits: Thresholds,
        totals: re.Pattern[str],
    ) -> None:
        """`totals` matches the names of rows that are of the whole."""
        self._totals = totals
        self._cards = cards
        self._wanted = wanted
        self._limits = limits

    def bind(self, asked: Asked, operands: Sequence[Operand], *, alike: bool) -> Bound:
        """The figures that go together best, one an operand; `alike` are all in one role."""
        roles = [self._role(one.words) for one in operands]
        documents: tuple[str, ...] = ()
        readings: list[list[ReadCard]] = []
        for one in operands:
            readings.append(self._read(asked, one, documents))
            documents = documents or _documents(readings[0], asked)
        pools = [
            self._pool(asked, one, read, role)
            for one, read, role in zip(operands, readings, roles, strict=True)
        ]
        if not alike:
            rows = [_of_rows(others(pools, at), role) for at, role in enumerate(roles)]
            pools = [[*pool, *more] for pool, more in zip(pools, rows, strict=True)]

        def fit(some: Sequence[Found]) -> float:
            roles = {one.figure.role for one in some}
            return 0 if alike and len(roles) > 1 else _together(some, asked)

        chosen = max(product(*map(_best, pools)), key=fit, default=())
        surest = tuple(read[0] for read in readings if read)
        if not chosen or not fit(chosen):
            return Bound((None,) * len(operands), surest)
        all = zip(operands, chosen, readings, strict=True)
        certain = (self._certain(*one) for one in all)
        return Bound(
            tuple(one if sure else None for one, sure in zip(chosen, certain, strict=True)), surest
        )

    def role(self, words: str) -> AskedRole | None:
        """The role that words surely ask for."""
        role, share = self._wanted(words).roles[0]
        return role if share >= self._limits.role_from else None

    def _role(self, words: str) -> AskedRole | None:
        role = self.role(words)
        return role if role in FITTING else None

    def _read(self, asked: Asked, one: Operand, documents: tuple[str, ...]) -> list[ReadCard]:
        """What is found for an operand, and the cards of these documents that print its name."""
        words = asked.text
        at = max(words.rfind(word) for word in ASKING)
        question = one.words if one.last else one.words + (words[at:] if at >= 0 else ASKING[0])
        read = self._cards.read(question, asked.within(documents), asked.is_about)
        known = {card.card.id for card in read}
        printing = [
            (
                max(
                    one.named_by(BETWEEN_PARTS.join(_row_and_head(card, mark.figure)))
                    for mark in card.marks
                ),
                card,
            )
            for document in _documents(read, asked)
            for card in self._cards.cards_of(document)
            if card.marks and card.id not in known
        ]
        printing = sorted((pair for pair in printing if pair[0]), key=lambda pair: -pair[0])
        more = self._cards.judge(question, [card for _, card in printing[:MAX_NAMED]])
        return sorted([*read, *more], key=lambda card: -card.sure)

    def _pool(
        self, asked: Asked, operand: Operand, read: Sequence[ReadCard], role: AskedRole | None
    ) -> list[Found]:
        """The figures that may be meant, each with how well it fits."""
        found = []
        question = squeeze(asked.text)
        for one in read:
            inside = {figure.id for figure in one.figures}
            for figure in (mark.figure for mark in one.card.marks):
                if len(figure.quantity.values) != 1 or not asked.fits(figure):
                    continue
                sure = float(one.sure)
                row, head = _row_and_head(one.card, figure)
                named = operand.named_by(BETWEEN_PARTS.join((row, head)))
                meant = role is not None and figure.role in FITTING[role]
                answers = figure.id in inside
                of_it = _overlaps(row, question) or self._totals.search(row) is not None
                weight = sure * (1 if answers else OUTSIDE) * (1 + named)
                weight *= UNNAMED if role and not meant else 1
                weight *= 1 if of_it else OTHER_ROW
                found.append(Found(figure, one.card, sure, weight, named, meant, answers, of_it))
        return found

    def _certain(self, operand: Operand, one: Found, read: Sequence[ReadCard]) -> bool:
        """Whether a figure is surely meant: nothing that does not count answers better.

        Only the first thing may be named in other words: those behind it say where it ends.
        """
        digits = (card for card in read if any(map(str.isdigit, card.words)))
        first = next(digits, None)
        of_its_row = one.meant and not one.named
        in_name = first and squeeze(first.words) in _row_and_head(one.card, one.figure)[0]
        if first and not (first.figures or of_its_row or in_name):
            return False
        if operand.last and not (one.inside or one.meant):
            return False
        if (one.named and one.of_it) or of_its_row:
            return one.sure >= float(self._limits.confirm_from)
        return operand.first and one.inside and one.sure >= float(self._limits.answer_from)


def others(pools: Sequence[Sequence[Found]], at: int) -> list[Found]:
    """What was found for all operands but one."""
    return [one for number, pool in enumerate(pools) if number != at for one in pool]


def _of_rows(found: Sequence[Found], role: AskedRole | None) -> list[Found]:
    """In the rows of other operands what stands in a role: 目标 names no thing of its own.

    A row that prints the value which surely answers for another operand is of the same thing.
    """
    rows = {one.card.id: one for one in reversed(found)} if role else {}
    answers = [one for one in found if one.inside]
    return [
        Found(mark.figure, one.card, sure, sure, 0, True, of_it=one.of_it)
        for one in rows.values()
        for again in [[other.sure for other in answers if _tells(one.card, other.figure)]]
        for sure in [max([one.sure, *again])]
        for mark in one.card.marks
        if role and mark.figure.role in FITTING[role] and len(mark.figure.quantity.values) == 1
    ]


def _best(pool: Iterable[Found]) -> list[Found]:
    best: dict[str, Found] = {}
    for one in sorted(pool, key=lambda one: -one.weight):
        best.setdefault(one.figure.id, one)
    return [*best.values()][:MAX_PER_OPERAND]


def _documents(read: Sequence[ReadCard], asked: Asked) -> tuple[str, ...]:
    """The documents of the surest readings."""
    return tuple(dict.fromkeys(one.card.document_id for one in read[:3]))


def _row_and_head(card: Card, figure: Figure) -> tuple[str, str]:
    """Of what thing a card prints a figure, and the head of its column; "" where there is none."""
    if card.indicator:
        return squeeze(card.indicator.name), HEADS.get(figure.role, "")
    mark = next(mark for mark in card.marks if mark.figure.id == figure.id)
    subject = squeeze(figure.subject)
    head = squeeze(_BREAK.split(card.text[card.body_start : mark.start])[-1])
    if card.kind is not CardKind.MONEY or head == subject or not subject.endswith(head):
        return subject, ""
    return subject[: len(subject) - len(head)], head


def _overlaps(name: str, question: str) -> bool:
    """Whether a question has two neighbouring characters of a name."""
    return any(name[at : at + 2] in question for at in range(len(name) - 1))


def _together(some: Sequence[Found], asked: Asked) -> float:
    """How well figures go together in one reckoning; 0 where they must not."""
    first, *rest = some
    if len({one.figure.id for one in some}) < len(some):
        return 0
    return prod(one.weight for one in some) * prod(_agreement(first, one, asked) for one in rest)


def _agreement(one: Found, other: Found, asked: Asked) -> float:
    a, b = one.figure, other.figure
    units = a.quantity.unit, b.quantity.unit
    if all(units) and convert(a.quantity.values[0], *units) is None:
        return 0
    if a.year and b.year and a.year != b.year and len(asked.plan.years) < 2:
        return 0
    if a.department != b.department and len(asked.plan.departments) < 2 and not one.named:
        return 0
    same_row = one.card.id == other.card.id
    if not same_row and not (one.of_it and other.of_it) and a.role is b.role:
        return 0
    if a.role is not b.role:
        same = same_row or _tells(other.card, a) or _tells(one.card, b)
        named = one.named and other.named and one.card.kind is other.card.kind
        if not (same or named):
            return 0
    elif (a.subject, a.section) == (b.subject, b.section) and a.year == b.year:
        return 0
    near = 1.0 if a.document_id == b.document_id else 0.5
    return near * (1.0 if same_row or _head(a) == _head(b) else 0.8)


def _tells(card: Card, figure: Figure) -> bool:
    """Whether a row prints a figure's value too: it is of the same thing."""
    values = figure.quantity.values
    return any(
        mark.figure.quantity.values == values and mark.figure.role is figure.role
        for mark in card.marks
    )


def _head(figure: Figure) -> str:
    """The last words of what a figure is called: those of its column."""
    return squeeze(figure.subject)[-2:]
