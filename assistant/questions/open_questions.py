"""Questions that name no single thing (总括的问法): how a department stands, what moved, where the
money went, whether all was met.

They are told by cue words that are data; what a question does name goes before.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.questions.parsed_question import ParsedQuestion
from assistant.types import Dimension, Focus, Intent, QueryPlan, RateKind, StatusFamily, Trend
from ingest.language.lexicon import any_of

SPENT = "实际支出数"
_RANKED = (Intent.MAXIMUM, Intent.MINIMUM)
_SINGLE = (Intent.LOOKUP, Intent.STATUS, Intent.LIST, Intent.COUNT, Intent.NARRATIVE)
Content = Callable[[str], str]
"""What is left of a text without words that only ask."""


class OpenQuestions:
    """Recognises such questions, by questions.toml."""

    def __init__(self, pack: Mapping[str, Any], content: Content) -> None:
        self._content = content
        broad = pack["broad"]
        self._moves = [(Trend(name), any_of(words)) for name, words in pack["moves"].items()]
        self._all_met = any_of(broad["all_met"])
        self._spent_on = any_of(broad["spent_on"])
        self._several = any_of(broad["several"])
        self._over = any_of(broad["over_budget"])
        self._both = any_of(broad["both"])
        self._planned = any_of(broad["planned"])
        self._who = any_of(broad["who"])
        self._changed = any_of(broad["changed"])
        self._statuses = [
            (StatusFamily(name), any_of(words)) for name, words in pack["statuses"].items()
        ]
        self._twins: dict[str, str] = dict(pack["twins"])

    def heard(self, said: ParsedQuestion) -> ParsedQuestion:
        """The question as it is meant, where it asks for all of something."""
        for step in (self._met, self._money, self._moved, self._of_status, self._twin, self._whose):
            if (meant := step(said)) is not None:
                return meant
        return said

    def whole(self, plan: QueryPlan) -> QueryPlan:
        """怎么样 and 完成得如何 without anything named ask how the department stands."""
        named = plan.subjects or plan.sections or plan.status_family or plan.levels or plan.focus
        asks = plan.intent in (Intent.STATUS, Intent.NARRATIVE)
        if asks and plan.departments and not named:
            return replace(plan, intent=Intent.STATUS, focus=Dimension.WHOLE)
        return plan

    def changed(self, plan: QueryPlan) -> bool:
        """Whether the question is about a change from one year to the next."""
        if plan.focus is Dimension.CHANGE:
            return True
        compared = plan.intent is Intent.DIFFERENCE and len(plan.subjects) == 1
        return compared and bool(self._changed.search(plan.question))

    def _met(self, said: ParsedQuestion) -> ParsedQuestion | None:
        """全部指标都达标了吗."""
        if said.entities.known or not self._all_met.search(said.entities.spoken):
            return None
        return _of(said, Intent.RATE, RateKind.MET_SHARE)

    def _money(self, said: ParsedQuestion) -> ParsedQuestion | None:
        """钱花在哪了."""
        if said.sections or not self._spent_on.search(said.entities.spoken):
            return None
        meant = _of(said, Intent.LIST, Dimension.TASK)
        return replace(meant, subjects=(SPENT,), terms=(SPENT,))

    def _moved(self, said: ParsedQuestion) -> ParsedQuestion | None:
        """哪些指标退步了; 得分进步了多少 is a difference."""
        spoken = said.entities.spoken
        trend = next((trend for trend, cue in self._moves if cue.search(spoken)), None)
        if trend is None or said.exact or said.focus not in (None, Dimension.INDICATOR):
            return None
        if said.terms or self._left(said, [cue for _, cue in self._moves]):
            return replace(said, intent=Intent.DIFFERENCE, focus=None) if said.terms else None
        return replace(_of(said, Intent.LIST, Dimension.CHANGE), trend=trend)

    def _of_status(self, said: ParsedQuestion) -> ParsedQuestion | None:
        """没完成的有哪些, 拖后腿的指标: the indicators of a status, though 哪些指标 is not said."""
        spoken = said.entities.spoken
        named = said.exact or said.terms or said.focus or said.entities.known
        if named or said.intent not in _SINGLE or not self._several.search(spoken):
            return None
        family = next((family for family, cue in self._statuses if cue.search(spoken)), None)
        if family is None or self._left(said, [cue for _, cue in self._statuses]):
            return None
        intent = Intent.COUNT if re.search("多少|几", spoken) else Intent.LIST
        return replace(_of(said, intent, Dimension.INDICATOR), status_family=family)

    def _twin(self, said: ParsedQuestion) -> ParsedQuestion | None:
        """A planned amount and what was spent: 三公经费超预算了吗, 三公经费情况."""
        spoken = said.entities.spoken
        over = bool(self._over.search(spoken))
        named = [t for t in said.terms if t in self._twins and self._twins[t] != SPENT]
        if len(named) == 1 and set(said.terms) == {named[0], SPENT}:  # 三公少花了多少
            spent = self._twins[named[0]]
            return replace(said, subjects=(spent,), terms=(spent,))
        if over and not said.subjects:
            said = replace(said, subjects=("全年预算数",), terms=("全年预算数",))
        plain = [term for term in said.terms if term in self._twins]
        if said.focus or len(said.subjects) != 1 or not plain or said.sections:
            return None
        term, spent = plain[0], self._twins[plain[0]]
        if over:
            both = (spent, term)
            return replace(said, intent=Intent.DIFFERENCE, subjects=both, terms=both)
        compared = said.intent in (Intent.DIFFERENCE, Intent.RATE)
        if term != "全年预算数" and compared and not self._planned.search(said.entities.text):
            return replace(said, subjects=(spent,), terms=(spent,))
        if term != "全年预算数" and self._both.search(spoken):
            return replace(said, intent=Intent.LOOKUP, subjects=(term, spent), terms=(term, spent))
        return None

    def _whose(self, said: ParsedQuestion) -> ParsedQuestion | None:
        """执行率最低的是谁."""
        ranks = said.intent in _RANKED and not said.focus and bool(said.subjects)
        if ranks and self._who.search(said.entities.spoken):
            return replace(said, focus=Dimension.DEPARTMENT)
        return None

    def _left(self, said: ParsedQuestion, cues: Sequence[re.Pattern[str]]) -> str:
        """What the question names beside cue words."""
        text = said.entities.rest
        for cue in (*cues, self._several):
            text = cue.sub("　", text)
        return self._content(text)


def _of(said: ParsedQuestion, intent: Intent, focus: Focus) -> ParsedQuestion:
    """The question about all of something, none of which it names."""
    return replace(said, intent=intent, focus=focus, subjects=(), terms=(), exact=False)
