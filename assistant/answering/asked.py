"""A question as it is read (所问): within which documents, and what of it was recognised."""

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from assistant.answering.read_cards import ReadCard
from assistant.grounding.citations import Source
from assistant.grounding.quotation import in_sentences
from assistant.questions.operations import AskedRole, Operation, Wanted
from assistant.types import Intent, QueryPlan, Topic
from ingest.extraction.statements import MONEY_UNITS
from ingest.language.normalise import squeeze
from ingest.types.cards import Card
from ingest.types.facts import Figure, Role
from ingest.types.library import Scope

MAX_NAMING = 20
"""Maximum number of characters of a sentence that may only name what the next one tells."""
MIN_TOLD = 3
"""Minimum number of characters that a quoted passage says beyond the question."""
MOST_ASKED = 0.6
"""From this share of a sentence on that the question says itself, it tells nothing more."""
_NO_WORD = re.compile(r"\W|^\W*[一二三四五六七八九十\d]+\W")
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
    after: tuple[Source, ...] = ()
    """What the answer rests on that it follows."""

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
        """Whether a card may be meant."""
        return self.is_said_by(card.text)

    def is_said_by(self, text: str) -> bool:
        """Whether a text prints what was named word by word, and the body that no document is of:
        what does not is about something else."""
        said = squeeze(text)
        named = self.plan.subjects if self.plan.exact else ()
        return all(squeeze(name) in said for name in (*self.absent, *named))

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
        said = _NO_WORD.sub("", with_next(one.card.body, one.sentence))
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


def with_next(body: str, sentence: str) -> str:
    """The sentence, and the one behind it where it only names what that one tells."""
    behind = body.partition(sentence)[2].strip()
    if len(sentence) > MAX_NAMING or not behind:
        return sentence
    return sentence + in_sentences(behind)[0]
