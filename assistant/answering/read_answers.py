"""Answers that are read out of the documents (读出的回答): a figure, a sentence, or passages."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.answering.asked import RECKONED, Asked, with_next
from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups, judges
from assistant.answering.proposals import READING, Proposal, Way
from assistant.answering.read_cards import CardReader, ReadCard, Thresholds
from assistant.answering.reasons import NOT_STATED, Reasons, gives_reason
from assistant.grounding.citations import Source, Statement, of_passage
from assistant.grounding.composition import Composition, QuotedPassage
from assistant.grounding.quotation import in_sentences
from assistant.language.wording import unquoted
from assistant.questions.operands import together
from assistant.questions.operations import AskedRole, Operation, OperationReader, Wanted
from assistant.types import Intent, Match, State
from ingest.language.normalise import squeeze
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure, Indicator, Role

MAX_QUOTED = 3
"""Maximum number of passages that are quoted where nothing is certain."""
MAX_BESIDE_SENTENCE = 0.6
"""From this share of a sentence on, the words that answer are not told apart from it."""
NEAREST = "没有找到直接填报的数据，最相关的原文："
MAX_MORE = 3
"""Maximum number of rows that are read because the question names them."""
TRIED_FROM = 0.15
"""From which probability on it is tried to say if something was reached, or why not."""
MIN_NAMED = 3
"""From so many characters in a row on a question names a row by a part of its name."""
_NAME = re.compile(r"“[^”]*”")
_CLAUSE_ENDS = "；;。！？\n"
_DIGIT = re.compile(r"\d")
_VALUE = re.compile(r"\d[\d.]*[^\W\d]{2}")
"""A number with the unit behind it, of which two characters tell enough: 1960小时."""
_LABELLED = re.compile(r"[，：]")


class ReadAnswers:
    """Words what the reader finds: never more than it is sure of."""

    def __init__(
        self,
        cards: CardReader,
        operations: Callable[[], OperationReader],
        thresholds: Thresholds,
    ) -> None:
        """`operations` is loaded at the first question, as the encoder behind it is."""
        self.cards = cards
        self.thresholds = thresholds
        self._operations = operations

    def wanted(self, question: str) -> Wanted:
        """Which operation and which value the question wants."""
        return self._operations().read(question)

    def agrees(self, asked: Asked, planned: Composition) -> bool:
        """Whether an answer does what is wanted: a single value is no difference."""
        plan = asked.plan
        if planned.calculations or not plan.subjects or len(plan.years) > 1:
            return True
        differs = asked.wanted.probability(Operation.DIFFERENCE) >= self.thresholds.wanted_from
        adds = plan.intent is Intent.SUM and together(plan.question)
        return not (adds or (differs and plan.intent in (Intent.LOOKUP, Intent.DIFFERENCE)))

    def wants_status(self, asked: Asked) -> bool:
        """Whether it asks if something was reached or done."""
        return asked.wants(Operation.STATUS, self.thresholds.wanted_from)

    def wants_reason(self, asked: Asked) -> bool:
        """Whether it asks why something is as it is."""
        return asked.wants(Operation.WHY, self.thresholds.wanted_from)

    def lacks(self, asked: Asked, planned: Composition) -> bool:
        """Whether an answer does not say what was asked of a thing: why it is so, if it was met."""
        if self.wants_reason(asked):
            return not gives_reason(planned)
        return self.wants_status(asked) and not planned.calculations and not judges(planned)

    def read(self, asked: Asked) -> list[ReadCard]:
        """The candidates of the question and what stands where the answer before it does, the
        surest first."""
        read = self.cards.read(asked.text, asked.scope, asked.is_about)
        again = self.cards.read_again(asked.plan.question, asked.after) if asked.after else []
        return self.together(read, again)

    def together(self, *readings: Sequence[ReadCard]) -> list[ReadCard]:
        """Cards that were read for one question, each once, the surest first."""
        return self.cards.together(*readings)

    def beside(self, asked: Asked, read: list[ReadCard], cards: Iterable[Card]) -> list[ReadCard]:
        """What was read, and these cards as well."""
        known = {one.card.id for one in read}
        more = [card for card in cards if card.id not in known][:MAX_MORE]
        return self.cards.together(read, self.cards.judge(asked.text, more)) if more else read

    def near(self, asked: Asked, read: Sequence[ReadCard], *, exactly: bool) -> list[ReadCard]:
        """Those that are near enough to be quoted; one value of several is not near by its share.

        `exactly` says that just what is asked was looked up and is not there: what is quoted
        instead must be as sure as an answer.
        """
        if exactly:
            return self.answering(read)
        limits = self.thresholds
        many = asked.wanted.operation in (*RECKONED, Operation.COUNT, Operation.LIST)
        return [
            one
            for one in read
            if (one.sure >= limits.quote_from or (limits.is_far_ahead(one) and not many))
            and asked.is_worth_quoting(one.card)
        ]

    def may_say(self, read: Sequence[ReadCard]) -> bool:
        """Whether any has a small chance, so that nobody may say that no document has it."""
        return any(one.sure >= self.thresholds.confirm_from for one in read)

    def proposals(
        self, asked: Asked, read: Sequence[ReadCard], context: AnswerContext
    ) -> Iterator[Proposal]:
        """What each place that is near says to the question."""
        wording = _Wording(asked, context, self.thresholds)
        told: dict[tuple[str, int, int], ReadCard] = {}
        for one in self._places(asked, read):
            told.setdefault((one.card.id, one.start, one.end), one)
        for one in told.values():
            for does, composition in wording.ways(one):
                sure = replace(composition, confidence=one.sure)
                yield Proposal(Way.CARD, sure, does, card=one)

    def hear(self, asked: Asked, texts: Sequence[str]) -> list[float]:
        """How surely each text answers the question, read by itself."""
        return self.cards.sure_of(asked.text, texts)

    def quotes(
        self, asked: Asked, read: Sequence[ReadCard], *, exactly: bool
    ) -> Iterator[Proposal]:
        """The nearest passages, if any are near; see `near`. Where it is asked why, the sentences
        behind them that say more than the question."""
        near = self.near(asked, read, exactly=exactly)
        if near and self.wants_reason(asked):
            with_next = self.cards.read_on(asked.text, near[:MAX_QUOTED], asked.is_told_more_by)
            told = [*filter(asked.is_told_more_by, with_next)]
            near = [*(one for one in told if one.sure >= self.thresholds.quote_from), *near]
        if near:
            yield Proposal(Way.QUOTE, quoted(near), READING, card=near[0])

    def _places(self, asked: Asked, read: Sequence[ReadCard]) -> Iterator[ReadCard]:
        """The row that is named, what texts say of what is named, and whatever is near; where it
        is asked why, texts together with what stands behind them, too."""
        limits = self.thresholds
        if self.wants_status(asked) or self.wants_reason(asked):
            yield from self._named(asked, read)
        if self.wants_status(asked):
            yield from self._said(asked, read)
        if self.wants_reason(asked):
            with_next = self.cards.read_on(asked.text, read[:MAX_QUOTED], asked.is_told_more_by)
            yield from filter(asked.is_told_more_by, with_next)
        near = (one for one in read if one.sure >= limits.confirm_from)
        for one in near:  # a sentence that only says again what is asked gives no reason
            if not self.wants_reason(asked) or one.card.indicator or asked.is_told_more_by(one):
                yield one

    def _named(self, asked: Asked, read: Sequence[ReadCard]) -> list[ReadCard]:
        """The row whose name the question says more of than of any other, if it is near at all."""
        rows = [(asked.run_in(row.name)[1], one) for one in read if (row := one.card.indicator)]
        most = max((size for size, _ in rows), default=0)
        best = [one for size, one in rows if size == most and size >= MIN_NAMED]
        near = len(best) == 1 and best[0].sure >= self.thresholds.confirm_from
        return best if near else []

    def _said(self, asked: Asked, read: Sequence[ReadCard]) -> Iterator[ReadCard]:
        """The places where texts that are near say what the question names."""
        for one in read:
            start, size = asked.run_in(one.card.body)
            near = one.card.kind is CardKind.TEXT and one.sure >= self.thresholds.confirm_from
            if near and size >= MIN_NAMED:
                start += one.card.body_start
                yield replace(one, start=start, end=start + size)

    def answering(self, read: Sequence[ReadCard]) -> list[ReadCard]:
        """Those that answer surely enough to be told, the surest first."""
        limits = self.thresholds
        return [
            one
            for one in read
            if one.sure >= limits.answer_from and one.share >= limits.answer_share
        ]


def supports(one: ReadCard, planned: Composition, asked: Asked) -> bool:
    """Whether an answer tells what a card prints: a figure that fits, its value elsewhere in the
    same document, or words of the card's place."""
    sources = [source for statement in planned.statements for source in statement.sources]
    ids = {id for source in sources for id in source.figure_ids}
    text = "".join(statement.text for statement in planned.statements)
    told = [
        mark.figure
        for mark in one.card.marks
        if mark.figure.id in ids or mark.figure.quantity.raw in text
    ]
    if told or ids:
        files = {source.document_id for source in sources}
        again = one.card.document_id in files and set(_VALUE.findall(text))
        said = set(_VALUE.findall(squeeze(one.words)))
        return any(map(asked.fits, told)) or bool(again and again & said and not told)
    place = one.card.document_id, one.card.passage.location
    return any(place == (source.document_id, source.location) for source in sources)


def quoted(read: Sequence[ReadCard], lead: str = NEAREST) -> Composition:
    """The nearest passages as they stand; nothing is asserted."""
    passages = {one.card.passage.id: one for one in reversed(read)}
    nearest = sorted(passages.values(), key=lambda one: -one.sure)[:MAX_QUOTED]
    return Composition(
        (Statement(lead),),
        state=State.QUOTED,
        blocks=tuple(
            QuotedPassage(of_passage(one.card.passage), one.card.passage.text, one.span)
            for one in nearest
        ),
        confidence=nearest[0].sure,
    )


class _Wording:
    """Words what one card says to a question."""

    def __init__(self, asked: Asked, context: AnswerContext, limits: Thresholds) -> None:
        self._asked = asked
        self._limits = limits
        self._wording = context.wording
        self._lookups = Lookups(context)
        self._reasons = Reasons(context, self._lookups)
        self._quotable: Callable[[str], Sequence[str]] = context.rules.quotable.of

    def ways(self, one: ReadCard) -> Iterator[tuple[tuple[Operation, ...], Composition]]:
        """What a card may say, and what of what is asked that answers."""
        row, figures = one.card.indicator, one.figures
        if not all(map(self._asked.fits, figures)):
            return
        why, status = map(self._tries, (Operation.WHY, Operation.STATUS))
        if why and row is not None and (told := self._cause(one, row)):
            yield (Operation.WHY,), told
        if status and (told := self._reached(one) if one.card.kind is CardKind.TEXT else None):
            yield (Operation.STATUS,), told
        if row is not None and status:
            told = self._lookup(_match(row.name, row, self._of_row(one.card)), figures, status=True)
            if told:
                yield (Operation.STATUS,), told
        if row is not None and len(figures) == 1:
            told = self._lookup(_match(row.name, row, self._of_row(one.card)), figures)
        elif len(figures) == 1 and one.card.kind is CardKind.MONEY:
            told = self._lookup(_match(figures[0].subject, None, figures), figures)
        else:
            told = self._in_words(one)
        if told:
            yield READING, told

    def _tries(self, operation: Operation) -> bool:
        """Whether it is likely enough that this is wanted to try it."""
        return self._asked.wants(operation, TRIED_FROM)

    def _reached(self, one: ReadCard) -> Composition | None:
        """A clause that prints one target and one result, with the verdict over both."""
        text = one.card.text
        start = max(text.rfind(end, one.card.body_start, one.start) for end in _CLAUSE_ENDS) + 1
        stops = [i for end in _CLAUSE_ENDS if (i := text.find(end, one.end)) >= 0]
        clause = text[max(start, one.card.body_start) : min(stops, default=len(text))].strip()
        figures = one.card.figures_in(start, min(stops, default=len(text)))
        targets = [figure for figure in figures if figure.role is Role.TARGET]
        actuals = [figure for figure in figures if figure.role is Role.ACTUAL]
        if len(targets) != 1 or len(actuals) != 1 or not self._quotable(one.sentence):
            return None
        verdict = self._lookups.reached(actuals[0], targets[0])
        source = of_passage(one.card.passage, clause)
        return Composition((Statement(f"{clause}，{verdict}。", (source,)),)) if verdict else None

    def _cause(self, one: ReadCard, row: Indicator) -> Composition | None:
        """The cause that a row gives, in its own cell or in that of its result."""
        words = squeeze(one.words)
        in_words = row.actual is None or not row.actual.values
        reported = in_words and len(words) > 1 and words in squeeze(row.actual_text)
        if not row.deviation.strip() and not reported:
            return None
        plan = replace(self._asked.plan, intent=Intent.NARRATIVE)
        told = self._reasons.compose(plan, [_match(row.name, row, self._of_row(one.card))], ())
        said = (s for s in told.statements if s.text.strip() != NOT_STATED)
        return replace(told, statements=tuple(said))

    @staticmethod
    def _of_row(card: Card) -> tuple[Figure, ...]:
        return tuple(mark.figure for mark in card.marks)

    def _lookup(
        self, match: Match, figures: Sequence[Figure], *, status: bool = False
    ) -> Composition | None:
        # 满意度多高 asks for no target: the row is told as a whole, the result first
        plain = self._asked.wanted.role is AskedRole.PLAIN
        roles = tuple(f.role for f in figures if not (plain and f.role is Role.TARGET))
        intent = Intent.STATUS if status else Intent.LOOKUP
        plan = replace(self._asked.plan, intent=intent, roles=roles, sections=(), condition=None)
        composition = self._lookups.compose(plan, [match])
        if composition.abstained:
            return None
        causes = self._reasons.stated(match) if status else []
        return replace(composition, statements=(*composition.statements, *causes))

    def _in_words(self, one: ReadCard) -> Composition | None:
        """The words that answer and the document's own sentence around them."""
        if one.card.kind in (CardKind.INDICATOR, CardKind.MONEY):
            return self._of_cells(one)
        sentence = with_next(one.card.body, one.sentence)
        if not self._quotable(sentence):
            return None
        source = of_passage(one.card.passage, sentence)
        statements = [Statement(piece, (source,)) for piece in in_sentences(sentence)]
        whole = len(one.words) >= MAX_BESIDE_SENTENCE * len(sentence)
        if not whole and one.words and one.sure >= self._limits.sure_from:
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
        if _DIGIT.search(one.words) and not one.figures:
            return None
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
