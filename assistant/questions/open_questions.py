"""Questions that name no single thing (总括的问法): how a department stands, what moved, where the
money went, whether all was met.

They are recognised by cue words that are data; a subject that is named takes precedence.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.questions.entities import BLANK
from assistant.questions.parsed_question import ParsedQuestion
from assistant.questions.vocabulary import QuestionVocabulary
from assistant.types import Dimension, Focus, Intent, QueryPlan, RateKind
from ingest.types.budget_terms import BudgetTerm

_EXTREMES = (Intent.MAXIMUM, Intent.MINIMUM)
_SINGLE = (Intent.LOOKUP, Intent.STATUS, Intent.LIST, Intent.COUNT, Intent.NARRATIVE)
_HOW_MANY = re.compile("多少|几")
_AMOUNT = re.compile(r"\d[\d.,]*[百千万亿]*[元块]?钱?")
Content = Callable[[str], str]
"""Gives a text without question words."""


class OpenQuestions:
    """Recognises such questions by their cue words."""

    def __init__(self, vocabulary: QuestionVocabulary, content: Content) -> None:
        self._content = content
        self._words = vocabulary.open
        self._families = vocabulary.status_families
        # The first reading that fits is taken, so the narrower ones come first.
        self.readings: tuple[Callable[[ParsedQuestion], ParsedQuestion | None], ...] = (
            self.all_met,
            self.spent_on,
            self.changed_indicators,
            self.indicators_of_a_status,
            self.planned_and_spent,
            self.who,
        )

    def interpret(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The question completed by the first reading that fits; unchanged where none does."""
        for reading in self.readings:
            if (interpretation := reading(parsed)) is not None:
                return interpretation
        return parsed

    # -- readings: None where the question is of another kind --------------------------------------

    def all_met(self, parsed: ParsedQuestion) -> ParsedQuestion | None:
        """全部指标都达标了吗."""
        if parsed.entities.known or not self._words.all_met.search(parsed.entities.spoken):
            return None
        return _about_all(parsed, Intent.RATE, RateKind.MET_SHARE)

    def spent_on(self, parsed: ParsedQuestion) -> ParsedQuestion | None:
        """钱花在哪了."""
        if parsed.sections or not self._words.spent_on.search(parsed.entities.spoken):
            return None
        listing = _about_all(parsed, Intent.LIST, Dimension.TASK)
        return replace(listing, subjects=(BudgetTerm.SPENDING,), terms=(BudgetTerm.SPENDING,))

    def changed_indicators(self, parsed: ParsedQuestion) -> ParsedQuestion | None:
        """哪些指标退步了; 得分进步了多少 is a difference."""
        trend = self._words.trends.first(parsed.entities.spoken)
        if trend is None or parsed.exact or parsed.focus not in (None, Dimension.INDICATOR):
            return None
        if parsed.terms:
            return replace(parsed, intent=Intent.DIFFERENCE, focus=None)
        if self._named_beside(parsed, self._words.trends.patterns):
            return None
        return replace(_about_all(parsed, Intent.LIST, Dimension.CHANGE), trend=trend)

    def indicators_of_a_status(self, parsed: ParsedQuestion) -> ParsedQuestion | None:
        """没完成的有哪些, 拖后腿的指标: the indicators of a status, even without 哪些指标."""
        spoken = parsed.entities.spoken
        named = parsed.exact or parsed.terms or parsed.focus or parsed.entities.known
        if named or parsed.intent not in _SINGLE or not self._words.several.search(spoken):
            return None
        family = self._families.first(spoken)
        if family is None or self._named_beside(parsed, self._families.patterns):
            return None
        intent = Intent.COUNT if _HOW_MANY.search(spoken) else Intent.LIST
        return replace(_about_all(parsed, intent, Dimension.INDICATOR), status_family=family)

    def planned_and_spent(self, parsed: ParsedQuestion) -> ParsedQuestion | None:
        """A planned amount and the amount spent: 三公经费超预算了吗, 三公经费情况."""
        twins = self._words.twins
        spoken = parsed.entities.spoken
        over = bool(self._words.over_budget.search(spoken))
        named = [t for t in parsed.terms if t in twins and twins[t] != BudgetTerm.SPENDING]
        # 三公少花了多少
        if len(named) == 1 and set(parsed.terms) == {named[0], BudgetTerm.SPENDING}:
            return _of_terms(parsed, twins[named[0]])
        if over and not parsed.terms and not self._named_beside(parsed, (self._words.over_budget,)):
            parsed = _of_terms(parsed, BudgetTerm.FINAL_BUDGET)
        planned = [term for term in parsed.terms if term in twins]
        if parsed.focus or len(parsed.subjects) != 1 or not planned or parsed.sections:
            return None
        term, spent = planned[0], twins[planned[0]]
        if over:
            return replace(_of_terms(parsed, spent, term), intent=Intent.DIFFERENCE)
        if term == BudgetTerm.FINAL_BUDGET:
            return None
        compared = parsed.intent in (Intent.DIFFERENCE, Intent.RATE)
        if compared and not self._words.planned.search(parsed.entities.text):
            return _of_terms(parsed, spent)
        if self._words.both.search(spoken):
            return replace(_of_terms(parsed, term, spent), intent=Intent.LOOKUP)
        return None

    def who(self, parsed: ParsedQuestion) -> ParsedQuestion | None:
        """执行率最低的是谁."""
        ranks = parsed.intent in _EXTREMES and not parsed.focus and bool(parsed.subjects)
        if ranks and self._words.who.search(parsed.entities.spoken):
            return replace(parsed, focus=Dimension.DEPARTMENT)
        return None

    def _named_beside(self, parsed: ParsedQuestion, cues: Sequence[re.Pattern[str]]) -> str:
        """The subject that the question names beside cue words; "" if none."""
        text = parsed.entities.rest
        for cue in (*cues, self._words.several, _AMOUNT):
            text = cue.sub(BLANK, text)
        return self._content(text)


def of_department(plan: QueryPlan) -> QueryPlan:
    """The plan of 怎么样 or 完成得如何 without a subject: a summary of the department."""
    named = plan.subjects or plan.sections or plan.status_family or plan.levels or plan.focus
    asks = plan.intent in (Intent.STATUS, Intent.NARRATIVE)
    if asks and plan.departments and not named:
        return replace(plan, intent=Intent.STATUS, focus=Dimension.WHOLE)
    return plan


def compares_years(plan: QueryPlan, changed: re.Pattern[str]) -> bool:
    """Whether the question is about a change between years; `changed` matches its cue words."""
    if plan.focus is Dimension.CHANGE:
        return True
    compared = plan.intent is Intent.DIFFERENCE and len(plan.subjects) == 1
    return compared and bool(changed.search(plan.question))


def _about_all(parsed: ParsedQuestion, intent: Intent, focus: Focus) -> ParsedQuestion:
    """The question over all items of its focus, without subjects."""
    return replace(parsed, intent=intent, focus=focus, subjects=(), terms=(), exact=False)


def _of_terms(parsed: ParsedQuestion, *terms: str) -> ParsedQuestion:
    return replace(parsed, subjects=terms, terms=terms)
