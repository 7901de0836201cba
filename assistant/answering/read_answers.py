"""Answers that are read out of the documents (读出的回答): a figure, a sentence, or passages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.answering.read_cards import CardReader, ReadCard, Thresholds, in_sentences
from assistant.answering.reasons import Reasons
from assistant.grounding.citations import Source, Statement, of_passage
from assistant.grounding.composition import Composition, QuotedPassage
from assistant.language.wording import unquoted
from assistant.types import Intent, Match, QueryPlan, State, Topic
from ingest.language.normalise import squeeze
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure, Indicator
from ingest.types.library import Scope

MAX_QUOTED = 3
"""Maximum number of passages that are quoted where nothing is certain."""
MAX_BESIDE_SENTENCE = 0.6
"""From this share of a sentence on, the words that answer are not told apart from it."""
NEAREST = "没有找到直接填报的数据，最相关的原文："
_LABELLED = re.compile(r"[，：]")
_MONEY = frozenset({"元", "万元", "亿元", "千元"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is read: within which documents, and what of it was recognised."""

    plan: QueryPlan
    scope: Scope
    absent: tuple[str, ...] = ()
    """Bodies that it names and no document is of."""

    @property
    def text(self) -> str:
        """The question; one that follows another says what it carries over."""
        plan = self.plan
        if not plan.carried:
            return plan.question
        years = (f"{year}年" for year in plan.years)
        return "".join((*plan.departments, *years, *plan.sections, *plan.subjects, plan.question))

    def is_about(self, card: Card) -> bool:
        """Whether a card may be meant: one that names the body that no document is of."""
        text = squeeze(card.text)
        return all(squeeze(name) in text for name in self.absent)

    def fits(self, figure: Figure) -> bool:
        """Whether a figure is of the year and in a unit that were asked for."""
        plan, unit = self.plan, figure.quantity.unit
        if plan.years and figure.year not in (None, *plan.years):
            return any(str(year) in figure.subject for year in plan.years)
        if not plan.units or not unit:
            return True
        crossed = ("%" in plan.units) != (unit == "%")
        money = bool(_MONEY & set(plan.units)) != (unit in _MONEY)
        return not (crossed or money)


class ReadAnswers:
    """Words what the reader finds: never more than it is sure of."""

    def __init__(self, cards: CardReader, thresholds: Thresholds) -> None:
        self._cards = cards
        self._thresholds = thresholds

    def read(self, asked: Asked) -> list[ReadCard]:
        """The cards that say something to the question, the surest first."""
        read = self._cards.read(asked.text, asked.scope, asked.is_about)
        return [one for one in read if one.sure >= self._thresholds.quote_from]

    def answers(self, one: ReadCard) -> bool:
        """Whether a card answers surely enough to be told."""
        return one.sure >= self._thresholds.answer_from

    def compose(
        self, asked: Asked, read: Sequence[ReadCard], context: AnswerContext
    ) -> Composition | None:
        """What the surest card says, or the nearest passages; None where nothing is near."""
        wording = _Wording(asked, context)
        for one in read:
            if self.answers(one) and (told := wording.told(one)):
                return replace(told, confidence=one.sure)
        return quoted(read) if read else None


def quoted(read: Sequence[ReadCard]) -> Composition:
    """The nearest passages as they stand; nothing is asserted."""
    passages = {one.card.passage.id: one for one in reversed(read)}
    nearest = sorted(passages.values(), key=lambda one: -one.sure)[:MAX_QUOTED]
    return Composition(
        (Statement(NEAREST),),
        state=State.QUOTED,
        blocks=tuple(
            QuotedPassage(of_passage(one.card.passage), one.card.passage.text, one.span)
            for one in nearest
        ),
        confidence=nearest[0].sure,
    )


class _Wording:
    """Words what one card says to a question."""

    def __init__(self, asked: Asked, context: AnswerContext) -> None:
        self._asked = asked
        self._wording = context.wording
        self._lookups = Lookups(context)
        self._reasons = Reasons(context, self._lookups)
        self._quotable: Callable[[str], Sequence[str]] = context.rules.quotable.of

    def told(self, one: ReadCard) -> Composition | None:
        """The figure that answers, or the sentence; None where what is told would not fit."""
        row, figures = one.card.indicator, one.figures
        if not all(map(self._asked.fits, figures)):
            return None
        if row is not None and self._asked.plan.focus is Topic.REASON:
            return self._reasons.compose(self._asked.plan, [_match(row.name, row, ())], ())
        if row is not None and (len(figures) == 1 or self._asked.plan.intent is Intent.STATUS):
            return self._lookup(_match(row.name, row, self._of_row(one.card)), figures)
        if len(figures) == 1 and one.card.kind is CardKind.MONEY:
            return self._lookup(_match(figures[0].subject, None, figures), figures)
        return self._in_words(one)

    @staticmethod
    def _of_row(card: Card) -> tuple[Figure, ...]:
        return tuple(mark.figure for mark in card.marks)

    def _lookup(self, match: Match, figures: Sequence[Figure]) -> Composition | None:
        roles = tuple(figure.role for figure in figures)
        plan = replace(self._asked.plan, roles=roles, sections=(), condition=None)
        if plan.intent is not Intent.STATUS:
            plan = replace(plan, intent=Intent.LOOKUP)
        composition = self._lookups.compose(plan, [match])
        return None if composition.abstained else composition

    def _in_words(self, one: ReadCard) -> Composition | None:
        """The words that answer and the document's own sentence around them."""
        if one.card.kind in (CardKind.INDICATOR, CardKind.MONEY):
            return self._of_cells(one)
        sentence = one.sentence
        if not self._quotable(sentence):
            return None
        source = of_passage(one.card.passage, sentence)
        statements = [Statement(piece, (source,)) for piece in in_sentences(sentence)]
        whole = len(one.words) >= MAX_BESIDE_SENTENCE * len(sentence)
        if not whole and one.words:
            statements = [
                Statement(f"{one.words}。", (source,)),
                Statement("原文："),
                *statements,
            ]
        return Composition(tuple(statements))

    def _of_cells(self, one: ReadCard) -> Composition | None:
        """What cells of a row say in words, with the head that they stand under."""
        card = one.card
        if one.start < card.body_start or not one.words:
            return None
        before = card.text[card.body_start : one.start]
        label = _LABELLED.split(before)[-1].strip()
        name = _LABELLED.split(card.body)[0].strip()
        who = self._wording.who(card.department, card.year)
        source = source_of_cells(card)
        lead = f"{who}“{unquoted(name)}”" if name and name not in label else who
        pieces = in_sentences(one.words)
        said = f"{lead}{label}：" if lead or label else ""
        first, *rest = (Statement(piece, (source,)) for piece in pieces)
        return Composition((replace(first, text=said + first.text), *rest, Statement("。")))


def _match(subject: str, row: Indicator | None, figures: Sequence[Figure]) -> Match:
    fact = row or figures[0]
    rows = (row,) if row else ()
    return Match(subject, fact.department, fact.year, tuple(figures), rows)


def source_of_cells(card: Card) -> Source:
    """The row that a card is of, with the figures that give its bare numbers their units."""
    ids = tuple(mark.figure.id for mark in card.marks)
    return replace(of_passage(card.passage), figure_ids=ids)
