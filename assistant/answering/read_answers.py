"""Answers that are read out of the documents (读出的回答): a figure, a sentence, or passages."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from assistant.answering.context import AnswerContext
from assistant.answering.exactness import is_exact
from assistant.answering.lookups import Lookups, judges
from assistant.answering.read_cards import CardReader, ReadCard, Thresholds
from assistant.answering.reasons import NOT_STATED, Reasons, gives_reason
from assistant.grounding.citations import Source, Statement, of_passage
from assistant.grounding.composition import Composition, QuotedPassage
from assistant.grounding.quotation import in_sentences
from assistant.language.wording import unquoted
from assistant.questions.operands import together
from assistant.questions.operations import AskedRole, Operation, OperationReader, Wanted
from assistant.types import Intent, Match, QueryPlan, State, Topic
from ingest.extraction.statements import MONEY_UNITS
from ingest.language.normalise import squeeze
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure, Indicator, Role
from ingest.types.library import Scope

MAX_QUOTED = 3
"""Maximum number of passages that are quoted where nothing is certain."""
MAX_BESIDE_SENTENCE = 0.6
"""From this share of a sentence on, the words that answer are not told apart from it."""
MAX_NAMING = 20
"""Maximum number of characters of a sentence that may only name what the next one tells."""
MIN_TOLD = 3
"""Minimum number of characters that a quoted passage says beyond the question."""
NEAREST = "没有找到直接填报的数据，最相关的原文："
MIN_NAMED = 3
"""From so many characters in a row on a question names a row by a part of its name."""
_NAME = re.compile(r"“[^”]*”")
MOST_ASKED = 0.6
"""From this share of a sentence on that the question says itself, it tells nothing more."""
_NO_WORD = re.compile(r"\W|^\W*[一二三四五六七八九十\d]+\W")
_CLAUSE_ENDS = "；;。！？\n"
_DIGIT = re.compile(r"\d")
_VALUE = re.compile(r"\d[\d.]*[^\W\d]{2}")
"""A number with the unit behind it, of which two characters tell enough: 1960小时."""
_LABELLED = re.compile(r"[，：]")
RECKONED = (
    Operation.SUM,
    Operation.AVERAGE,
    Operation.EXTREME,
    Operation.DIFFERENCE,
    Operation.SHARE,
    Operation.RANK,
    Operation.TREND,
)
"""Operations over several values."""
FITTING = {
    AskedRole.TARGET: (Role.TARGET, Role.PERIOD_TARGET),
    AskedRole.PERIOD_TARGET: (Role.PERIOD_TARGET, Role.TARGET),
    AskedRole.ACTUAL: (Role.ACTUAL, Role.SPENT, Role.RATE, Role.FUND),
    AskedRole.WEIGHT: (Role.WEIGHT,),
    AskedRole.SCORE: (Role.SCORE,),
    AskedRole.INITIAL: (Role.BUDGET, Role.FUND),
    AskedRole.BUDGET: (Role.BUDGET, Role.FUND, Role.TARGET),
    AskedRole.SPENT: (Role.SPENT, Role.ACTUAL, Role.FUND),
    AskedRole.RATE: (Role.RATE,),
}
"""The roles that figures may have which are asked for as one; others are told apart by nothing."""
PLANNED = (Role.TARGET, Role.PERIOD_TARGET)
"""Roles of what was only planned: never told as a result that is asked for by name."""
_RECKONED = (
    Intent.SUM,
    Intent.AVERAGE,
    Intent.DIFFERENCE,
    Intent.MAXIMUM,
    Intent.MINIMUM,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is read: within which documents, and what of it was recognised."""

    plan: QueryPlan
    scope: Scope
    wanted: Wanted
    absent: tuple[str, ...] = ()
    """Bodies that it names and no document is of."""

    @property
    def text(self) -> str:
        """The question; one that follows another says what it carries over."""
        plan = self.plan
        bodies = plan.departments if plan.carried and len(plan.departments) == 1 else ()
        years = (f"{year}年" for year in plan.years if plan.carried)
        return "".join((*bodies, *years, *plan.lent, plan.question))

    @property
    def typed(self) -> str:
        """The question in the words that it was asked in, squeezed."""
        return squeeze(self.plan.said or self.plan.question)

    def within(self, document_ids: tuple[str, ...]) -> Scope:
        """The scope, narrowed to these documents where any are given and it names no body."""
        free = document_ids and not (self.scope.document_ids or self.scope.departments)
        return replace(self.scope, document_ids=document_ids) if free else self.scope

    def is_about(self, card: Card) -> bool:
        """Whether a card may be meant: one that prints what was named word by word, and the body
        that no document is of."""
        text = squeeze(card.text)
        named = self.plan.subjects if self.plan.exact else ()
        return all(squeeze(name) in text for name in (*self.absent, *named))

    def is_worth_quoting(self, card: Card) -> bool:
        """Whether a passage says anything beside the question's own words: a title does not."""
        said = squeeze(card.passage.text)
        return sum(letter not in self.text for letter in said) >= MIN_TOLD

    def fits(self, figure: Figure) -> bool:
        """Whether a figure is of the year and in a unit that were asked for."""
        plan, unit = self.plan, figure.quantity.unit
        if plan.years and figure.year not in (None, *plan.years):
            return any(str(year) in figure.subject for year in plan.years)
        if not plan.units or not unit:
            return True
        crossed = ("%" in plan.units) != (unit == "%")
        money = bool(set(MONEY_UNITS) & set(plan.units)) != (unit in MONEY_UNITS)
        return not (crossed or money)

    def wants_many(self, least: float) -> bool:
        """Whether it wants something reckoned over several values, of which one is no answer."""
        return self.plan.intent in _RECKONED or self.wanted.probability(*RECKONED) >= least

    def wants(self, operation: Operation, least: float) -> bool:
        """Whether it wants this of one thing: not of a list, a sum or a draft."""
        plan = self.plan
        single = plan.intent in (Intent.LOOKUP, Intent.STATUS, Intent.NARRATIVE)
        if operation is Operation.WHY and plan.focus is Topic.REASON:
            return single
        if operation is Operation.STATUS and plan.intent is Intent.STATUS:
            return plan.focus is None
        return single and plan.focus is None and self.wanted.probability(operation) >= least

    def is_told_more_by(self, one: ReadCard) -> bool:
        """Whether a sentence, or the one behind it, says more than the question does itself."""
        said = _NO_WORD.sub("", _with_next(one.card.body, one.sentence))
        asked = {*self.plan.question}
        return sum(character in asked for character in said) < MOST_ASKED * len(said)

    def run_in(self, text: str) -> tuple[int, int]:
        """Where the longest run that a text has of the question begins, and its length."""
        asked = squeeze(self.plan.question)
        found = SequenceMatcher(None, asked, text, autojunk=False).find_longest_match()
        return found.b, found.size

    def wants_role(self, figure: Figure, least: float) -> bool:
        """Whether a figure may be in the role that is asked for: a target is no result."""
        if Role.ACTUAL in self.plan.roles and figure.role in PLANNED:
            return Role.TARGET in self.plan.roles
        role, share = self.wanted.roles[0]
        fitting = FITTING.get(role)
        return fitting is None or share < least or figure.role in fitting


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

    def confirms(self, asked: Asked, planned: Composition, read: Sequence[ReadCard]) -> bool:
        """Whether what a plan took for the thing asked for is what the reader finds as well.

        What was reckoned over several values is beyond what one card can say.
        """
        if not self.agrees(asked, planned):
            return False
        if is_exact(asked.plan) or planned.calculations or self._names_row(asked, planned):
            return True
        # of several bodies no card says all: the likeliest need only be of what is told
        several = len(asked.plan.departments) > 1
        near = read[:1] if several else [one for one in read if self._speaks_for(one)]
        return any(supports(one, planned, asked) for one in near)

    def _names_row(self, asked: Asked, planned: Composition) -> bool:
        """Whether what is asked for stands word by word in the name of the row that is told."""
        single = self.wants_status(asked) or self.wants_reason(asked)
        named = [squeeze(subject) for subject in asked.plan.subjects]
        told = squeeze("".join(_NAME.findall("".join(one.text for one in planned.statements))))
        return single and all(len(name) >= MIN_NAMED and name in told for name in named)

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

    def contradicts(self, asked: Asked, surest: Sequence[ReadCard], planned: Composition) -> bool:
        """Whether the reader is sure of something else than what a plan has found."""
        sure = [one for one in surest if one.sure >= self.thresholds.sure_from]
        return bool(sure) and not any(supports(one, planned, asked) for one in sure)

    def read(self, asked: Asked) -> list[ReadCard]:
        """The candidates of the question, the surest first."""
        return self.cards.read(asked.text, asked.scope, asked.is_about)

    def beside(self, asked: Asked, sources: Sequence[Source]) -> list[ReadCard]:
        """What answers where these sources stand; as the place is known, being near suffices."""
        read = self.cards.read_again(asked.plan.question, sources)
        return [one for one in read if one.sure >= self.thresholds.quote_from]

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

    def told_by(self, asked: Asked, read: Sequence[ReadCard]) -> list[ReadCard]:
        """What may be told, the first that fits: of a row that the question names its state or the
        cause that it gives, of the rest what answers surely; causes are sought behind it, too."""
        named = self._named(asked, read)
        if self.wants_status(asked):
            return [*named, *self._said(asked, read), *self.answering(read)]
        if not self.wants_reason(asked):
            return self.answering(read)
        with_next = self.cards.read_on(asked.text, read[:MAX_QUOTED], asked.is_told_more_by)
        least = self.thresholds.answer_from
        told = filter(asked.is_told_more_by, (*read, *with_next))
        # a row that the question does not name must be ahead, or it tells the cause of another
        ahead = self.answering(read)
        sure = [
            one for one in told if one.sure >= least and (not one.card.indicator or one in ahead)
        ]
        return [*named, *sorted(sure, key=lambda one: -one.sure)]

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

    def _speaks_for(self, one: ReadCard) -> bool:
        """Whether a card speaks for what a plan has found."""
        limits = self.thresholds
        return one.sure >= limits.confirm_from or one.share >= limits.confirm_share

    def compose(
        self, asked: Asked, answering: Sequence[ReadCard], context: AnswerContext
    ) -> Composition | None:
        """What the first card says whose words fit; None where none do."""
        wording = _Wording(asked, context, self.thresholds)
        for one in answering:
            if told := wording.told(one):
                return replace(told, confidence=one.sure)
        return None


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

    def told(self, one: ReadCard) -> Composition | None:
        """The figure that answers, or the sentence; None where what is told would not fit."""
        row, figures = one.card.indicator, one.figures
        if not all(self._fits(figure) for figure in figures):
            return None
        many = self._asked.wants_many(self._limits.wanted_from)
        if many and (one.card.kind is not CardKind.TEXT or one.sure < self._limits.sure_from):
            return None
        least = self._limits.wanted_from
        if row is not None and self._asked.wants(Operation.WHY, least):
            return self._cause(one, row)
        status = self._asked.wants(Operation.STATUS, least)
        if row is not None and (len(figures) == 1 or status):
            return self._lookup(_match(row.name, row, self._of_row(one.card)), figures)
        if status and one.card.kind is CardKind.TEXT:
            likely = one.sure >= self._limits.answer_from
            return self._reached(one) or (self._in_words(one) if likely else None)
        if len(figures) == 1 and one.card.kind is CardKind.MONEY:
            return self._lookup(_match(figures[0].subject, None, figures), figures)
        return self._in_words(one)

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

    def _fits(self, figure: Figure) -> bool:
        asked = self._asked
        return asked.fits(figure) and asked.wants_role(figure, self._limits.role_from)

    @staticmethod
    def _of_row(card: Card) -> tuple[Figure, ...]:
        return tuple(mark.figure for mark in card.marks)

    def _lookup(self, match: Match, figures: Sequence[Figure]) -> Composition | None:
        # 满意度多高 asks for no target: the row is told as a whole, the result first
        plain = self._asked.wanted.role is AskedRole.PLAIN
        roles = tuple(f.role for f in figures if not (plain and f.role is Role.TARGET))
        status = self._asked.wants(Operation.STATUS, self._limits.wanted_from)
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
        sentence = _with_next(one.card.body, one.sentence)
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


def _with_next(body: str, sentence: str) -> str:
    """The sentence, and the one behind it where it only names what that one tells."""
    behind = body.partition(sentence)[2].strip()
    if len(sentence) > MAX_NAMING or not behind:
        return sentence
    return sentence + in_sentences(behind)[0]


def _match(subject: str, row: Indicator | None, figures: Sequence[Figure]) -> Match:
    fact = row or figures[0]
    rows = (row,) if row else ()
    return Match(subject, fact.department, fact.year, tuple(figures), rows)


def source_of_cells(card: Card) -> Source:
    """The row that a card is of, with the figures that give its bare numbers their units."""
    ids = tuple(mark.figure.id for mark in card.marks)
    return replace(of_passage(card.passage), figure_ids=ids)
