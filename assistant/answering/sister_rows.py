"""The rows of a table that a question ranges over (同表各行): 三项成本, 哪部分, 哪些指标."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from assistant.answering.asked import FITTING, Asked
from assistant.answering.read_cards import CardReader, ReadCard
from assistant.audit.vocabulary import AuditVocabulary
from assistant.questions.operations import AskedRole
from ingest.language.normalise import squeeze
from ingest.language.number_writing import whole_number
from ingest.types.budget_terms import BudgetTerm
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure, Role

_HOW_MANY = re.compile(r"([两俩二三四五六七八九十]|(?<!\d)\d{1,2})[个项类笔条家块部]")
MIN_SHARED = 2
"""Minimum number of characters in a row by which a question says which group it means."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table by its name, with the figure of the column that is asked for."""

    name: str
    figure: Figure
    card: Card

    @property
    def group(self) -> str:
        """The headings that it stands under, without its own name."""
        return self.card.section.replace(self.name, "").strip()


class SisterRows:
    """Finds the rows in whose table the surest candidates stand."""

    def __init__(self, cards: CardReader, words: AuditVocabulary) -> None:
        self._cards = cards
        self._words = words

    def column(
        self,
        asked: Asked,
        read: Sequence[ReadCard],
        role: AskedRole | None,
        *,
        least: Decimal,
        headed: bool,
    ) -> list[Row]:
        """The rows that are meant, without totals; none where their number is not the one named.

        `least` is how sure a reading must be that stands under no heading which the question names;
        `headed` says that only rows under such a heading are meant where no number is named.
        """
        meant = ((one, _meant(one, role, asked)) for one in read)
        one, figure = next((pair for pair in meant if pair[1]), (None, None))
        if one is None or figure is None:
            return []
        rows = [*self._rows(figure)]
        rows = [row for row in rows if row.figure.department in asked.plan.departments] or rows
        group = next((row.group for row in rows if row.card.id == one.card.id), "")
        together = [row for row in rows if row.group == group]
        under = [row for row in rows if _is_under(row.card, squeeze(asked.text))]
        if number := how_many(asked.text):
            sure = under or _shares(group, asked.text) or one.sure >= least
            groups = (together, under, rows) if sure else ()
            return next((some for some in groups if len(some) == number), [])
        return under or ([] if headed else rows)

    def with_roles(
        self, asked: Asked, read: Sequence[ReadCard], pair: Sequence[BudgetTerm]
    ) -> tuple[ReadCard, tuple[Figure, ...]] | None:
        """The row that prints a budget and what was spent of it: the one that the question names,
        else that of the whole; None where there is none or several are as likely."""
        first = next((one.card for one in read if one.card.kind is CardKind.MONEY), None)
        cards = self._cards.cards_of(first.document_id) if first else ()
        rows = [(card, two) for card in cards if len(two := _of_terms(card, pair)) == len(pair)]
        question = squeeze(asked.text)
        for term in pair:
            question = question.replace(term, "")
        named = [row for row in rows if _names(row, question)]
        whole = [row for row in rows if self._words.names_total(row[1][0].subject)]
        one = next((some[0] for some in (named, whole, rows) if len(some) == 1), None)
        if one is None:
            return None
        return self._cards.judge(asked.text, [one[0]])[0], one[1]

    def indicators(self, asked: Asked, read: Sequence[ReadCard]) -> list[Card]:
        """The indicator rows of the document that the surest candidates stand in, those under a
        heading where the question names one."""
        found = (one.card for one in read if one.card.kind is CardKind.INDICATOR)
        first = next(found, None)
        cards = self._cards.cards_of(first.document_id) if first else ()
        rows = [card for card in cards if card.kind is CardKind.INDICATOR]
        question = squeeze(asked.text)
        return [row for row in rows if _is_under(row, question)] or rows

    def _rows(self, figure: Figure) -> Iterator[Row]:
        """The rows of a figure's column, named by what their figures do not end in alike."""
        column = [
            (card, mark.figure)
            for card in self._cards.cards_of(figure.document_id)
            for mark in card.marks
            if _same_column(mark.figure, figure)
        ]
        subjects = [squeeze(other.subject) for _, other in column]
        ends = zip(*(reversed(subject) for subject in subjects), strict=False)
        size = len([*takewhile(lambda letters: len({*letters}) == 1, ends)])
        totals = (self._words.totals, self._words.score_totals)
        for (card, other), subject in zip(column, subjects, strict=True):
            name = card.indicator.name if card.indicator else subject[: len(subject) - size]
            if name and not any(total.match(subject) for total in totals):
                yield Row(name, other, card)


def how_many(question: str) -> int:
    """How many rows a question says that there are; 0 where it does not say.

    >>> how_many("三项成本一共多少"), how_many("哪项成本最高")
    (3, 0)
    """
    found = _HOW_MANY.search(question)
    if found is None:
        return 0
    number = found[1].replace("俩", "两")
    return int(number) if number.isdigit() else whole_number(number)


def _meant(one: ReadCard, role: AskedRole | None, asked: Asked) -> Figure | None:
    """The figure of a card that is asked for: in the words that answer, else the only one."""
    fitting = FITTING.get(role) if role else None
    marked = [mark.figure for mark in one.card.marks if asked.fits(mark.figure)]
    marked = [figure for figure in marked if fitting is None or figure.role in fitting]
    inside = [figure for figure in one.figures if figure in marked]
    some = inside or marked
    in_table = one.card.kind in (CardKind.INDICATOR, CardKind.MONEY)
    return some[0] if in_table and (inside or len(some) == 1) else None


def _same_column(one: Figure, other: Figure) -> bool:
    a, b = one.location, other.location
    placed = (a.page, a.sheet, a.table) == (b.page, b.sheet, b.table) and a.table is not None
    column = a.column is None or b.column is None or a.column == b.column
    alike = one.role is other.role and len(one.quantity.values) == 1
    return placed and column and alike and one.quantity.unit == other.quantity.unit


def _of_terms(card: Card, terms: Sequence[BudgetTerm]) -> tuple[Figure, ...]:
    """The figures of a row that are what these terms say, in their order."""
    by_term = {mark.figure.concept: mark.figure for mark in reversed(card.marks)}
    return tuple(by_term[term] for term in terms if term in by_term)


def _names(row: tuple[Card, tuple[Figure, ...]], question: str) -> bool:
    """Whether a question says what a row is called."""
    name = squeeze(row[0].body.rpartition("：")[0].rpartition("：")[2])
    return len(name) >= MIN_SHARED and name in question


def _is_under(card: Card, question: str) -> bool:
    """Whether a question names a heading that a row stands under."""
    headings = (heading.removesuffix("指标") for heading in card.section.split())
    return any(len(heading) >= MIN_SHARED and heading in question for heading in headings)


def _shares(group: str, question: str) -> bool:
    """Whether a question says words of a group's last heading."""
    last = group.rpartition(" ")[2]
    pairs = (last[at : at + MIN_SHARED] for at in range(len(last) - 1))
    return any(pair in question for pair in pairs)


def points(card: Card) -> tuple[Figure, Figure] | None:
    """What a row is worth and what it earned, where it prints both."""
    by_role = {mark.figure.role: mark.figure for mark in card.marks}
    weight, score = by_role.get(Role.WEIGHT), by_role.get(Role.SCORE)
    return (weight, score) if weight and score else None
