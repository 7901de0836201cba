"""Question + earlier turns → QueryPlan, by rules over cue words that are data (问句理解).

A follow-up is the question before it with a part replaced: place, department, year, role, thing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.language.name_matching import replaced
from assistant.language.numbers import find_numbers
from assistant.questions.entities import BLANK, Entities, Recogniser
from assistant.questions.open_questions import OpenQuestions
from assistant.questions.parsed_question import (
    ParsedQuestion,
    about_of,
    goes_on,
    names_section,
    narrow,
    of_both,
    topic_parts,
)
from assistant.questions.years import Years
from assistant.types import (
    Catalogue,
    CheckKind,
    Dimension,
    Focus,
    Intent,
    QueryPlan,
    RateKind,
    StatusFamily,
    Topic,
)
from ingest.language.lexicon import any_of
from ingest.types.blocks import Form
from ingest.types.facts import Quantity, Role

_ASKS = re.compile(r"多少|几|什么|哪|吗|如何|怎")
_COMMA = re.compile("[，、]")
_HOW_MANY = re.compile(r"多少|几")
_JOINED = re.compile(r"[、，]|和|与|及|以及")
_BETWEEN = re.compile(f"{BLANK}(?:{_JOINED.pattern}){BLANK}")
_NEXT_QUESTION = re.compile(r"(?<=[？?；;])(?=.{2,})")
_TOPIC_WORD = re.compile(r"(?:主要|突出|存在的?|有?(?:哪些|什么)|有)+$")
_RANKING = frozenset({Intent.SUM, Intent.AVERAGE, Intent.MAXIMUM, Intent.MINIMUM})
_REASONS = frozenset({Topic.REASON, CheckKind.REASON})
_OWN_SUBJECT = frozenset(
    {Dimension.DEPARTMENT, Dimension.TASK, Dimension.INDICATOR, Dimension.AREA}
)
"""Dimensions that are themselves what is asked about: an earlier turn adds nothing."""


class Planner:
    """Reads questions about a library.

    `covered` gives the years each department reports on; `today` places 去年.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        pack: Mapping[str, Any],
        *,
        covered: Mapping[str, Sequence[int]],
        today: date,
    ) -> None:
        self._recogniser = recogniser
        self._intents = [
            (Intent(entry["name"]), any_of(entry["any"]), any_of(entry.get("not", ["(?!)"])))
            for entry in pack["intent"]
        ]
        self._roles = [(Role(name), any_of(words)) for name, words in pack["roles"].items()]
        self._statuses = [
            (StatusFamily(name), any_of(words)) for name, words in pack["statuses"].items()
        ]
        self._dimensions = [(Dimension(name), any_of(ws)) for name, ws in pack["groups"].items()]
        self._measures = [(tuple(m["units"]), any_of(m["any"])) for m in pack["measure"]]
        self._checks = [(CheckKind(name), any_of(words)) for name, words in pack["checks"].items()]
        self._conditions = sorted(
            (
                (sign, any_of([f"(?<!不)(?<!未)(?:{w})" for w in words]))
                for sign, words in pack["conditions"].items()
            ),
            key=lambda pair: -len(pair[1].pattern),
        )
        self._levels = re.compile(pack["levels"]["names"])
        self._checking = [
            *(cue for name, cue, _ in self._intents if name is Intent.CHECK),
            *(cue for _, cue in self._checks),
        ]
        self._catalogues = [
            (Catalogue(name), any_of(words)) for name, words in pack["catalogue"].items()
        ]
        self._rates = [(RateKind(name), any_of(words)) for name, words in pack["rates"].items()]
        self._topics = [(Topic(name), any_of(words)) for name, words in pack["topics"].items()]
        self._counters: dict[str, tuple[str, ...]] = {
            word: tuple(group) for group in pack["counters"]["same"] for word in group
        }
        words = "|".join(sorted(self._counters, key=len, reverse=True))
        self._counter = re.compile(rf"(?:几|多少)({words})(?!百分点)")
        follow = pack["followup"]
        self._swap = [re.compile(p) for p in follow["swap"]]
        self._years = Years(
            covered, today, any_of(follow["next_year"]), any_of(pack["against_last_year"]["any"])
        )
        self._pairs = any_of(pack["topic_pairs"]["any"])
        self._pair_ask: str = pack["topic_pairs"]["ask"]
        self._superlative = any_of(pack["superlatives"]["any"])
        self._altogether = any_of(pack["altogether"]["any"])
        self._broad = OpenQuestions(pack, recogniser.content)

    def plan(self, question: str, turns: Sequence[str] = ()) -> QueryPlan:
        """What the question asks, completed from the turns before it (oldest first)."""
        plans: list[QueryPlan] = []
        for turn in (*turns, question):
            before = plans[-1] if plans else None
            plan = self._follow(self._read(turn), before)
            if plan.intent is Intent.DIFFERENCE and len(plans) > 1:
                plan = of_both(plan, plans[-2], plans[-1])
            plans.append(plan)
        return plans[-1]

    def split(self, question: str) -> list[str]:
        """The questions of a text that asks several."""
        parts: list[str] = []
        for part in _NEXT_QUESTION.split(question):
            parts += self._by_commas(part.strip()) if part.strip() else []
        return parts

    def _by_commas(self, question: str) -> list[str]:
        """A question after a comma that asks about something else stands by itself."""
        if pair := self._pairs.search(question):
            return [question[: pair.start("link")] + self._pair_ask, self._without(question, pair)]
        head, _, tail = _COMMA.sub("，", question, count=1).partition("，")
        if not tail or not (_ASKS.search(head) and _ASKS.search(tail)):
            return [question]
        first, second = self._read(head), self._read(tail)
        own = bool(second.subjects) and second.intent is first.intent is Intent.LOOKUP
        totals = first.intent is not second.intent and {first.intent, second.intent} <= _RANKING
        topics = (
            first.intent is second.intent is Intent.NARRATIVE and first.focus is not second.focus
        )
        if totals or topics or (own and first.subjects != second.subjects):
            return [head, tail]
        return [question]

    def _without(self, question: str, pair: re.Match[str]) -> str:
        """The second of two topics, asked with what stands before both of them."""
        head = _TOPIC_WORD.sub("", question[: pair.start()])
        return head + question[pair.end() :]

    # -- one question by itself --------------------------------------------------------------------

    def _read(self, question: str) -> ParsedQuestion:
        found = self._recogniser.recognise(question)
        spoken = found.spoken
        intent = next(
            name
            for name, cue, but in self._intents
            if cue.search(spoken) and not but.search(spoken)
        )
        roles = tuple(role for role, cue in self._roles if cue.search(found.rest))
        if len(_HOW_MANY.findall(found.rest)) > 1 and roles == (Role.TARGET,):
            roles = ()  # the value is asked for as well: …是多少，目标是多少
        if Role.PERIOD_TARGET in roles:
            roles = (Role.PERIOD_TARGET,)
        focus: Focus | None
        summed_over: Dimension | None = None
        focus, area = self._dimension(spoken)
        missed = next((family for family, cue in self._statuses if cue.search(spoken)), None)
        listed = focus in (Dimension.INDICATOR, Dimension.DEPARTMENT)
        family = missed if listed or intent in (Intent.LIST, Intent.COUNT) else None
        units = next((units for units, cue in self._measures if cue.search(spoken)), ())
        if not units and (counted := self._counter.search(spoken)):
            units = self._counters[counted[1]]
        levels = tuple(dict.fromkeys(self._levels.findall(spoken)))
        if levels and intent in (Intent.LIST, Intent.COUNT, Intent.LOOKUP):
            focus = Dimension.INDICATOR
        if intent in _RANKING and self._superlative.search(spoken):
            focus = Dimension.INDICATOR
        places = any(m.place_only and len(m.names) > 1 for m in found.mentions)
        if places and intent is Intent.LOOKUP and self._altogether.search(found.text):
            intent, focus = Intent.SUM, Dimension.DEPARTMENT
        sections, subjects, exact = self._subjects(found, intent)
        if focus is Dimension.INDICATOR and (levels or intent in _RANKING):
            subjects, exact = (), False
        catalogue = next((name for name, cue in self._catalogues if cue.search(spoken)), None)
        if catalogue and not found.concepts and not found.quoted and not found.known:
            intent, focus = Intent.LIST, catalogue
            subjects, family, exact = (), None, False
        if intent is Intent.RATE:
            focus = next((rate for rate, cue in self._rates if cue.search(spoken)), None)
            units = () if focus is RateKind.GROWTH else units  # of what grew, not of the growth
        if intent is Intent.CHECK:
            summed_over = focus if isinstance(focus, Dimension) else None
            area = ""
            focus = next((check for check, cue in self._checks if cue.search(spoken)), None)
        if intent in (Intent.NARRATIVE, Intent.DRAFT):
            focus = next((topic for topic, cue in self._topics if cue.search(found.text)), None)
            left = [s for subject in subjects if (s := self._without_reason(subject))]
            named = any(len(s) > 3 and "指标" not in s for s in left)
            if focus is Topic.REASON and missed and not (found.known or found.quoted or named):
                intent, focus, family = Intent.LIST, Dimension.INDICATOR, missed
                subjects, exact = (), False
            elif focus is Topic.REASON:
                subjects = tuple(left)
            else:
                sections, subjects = topic_parts(found, sections, subjects)
        elif focus is RateKind.MET_SHARE:
            subjects, exact = (), False
        elif focus is Dimension.DEPARTMENT and subjects:
            pass
        elif family and not exact and not found.concepts:
            subjects = ()
        said = ParsedQuestion(
            found,
            intent,
            subjects,
            sections,
            roles,
            family,
            focus,
            area,
            units,
            exact,
            self._swapped(found),
            self._condition(spoken),
            levels,
            tuple(term for term in found.concepts if term in subjects),
            self._recogniser.beside(found.rest) if found.concepts else "",
            summed_over=summed_over,
        )
        return self._broad.heard(said)

    def _without_reason(self, subject: str) -> str:
        """The indicator a question of reasons is about: …没完成的原因 → the indicator."""
        for name, cue in self._topics:
            if name is Topic.REASON:
                subject = cue.sub(BLANK, subject)
        for _, cue in self._statuses:
            subject = cue.sub(BLANK, subject)
        return self._recogniser.content(subject)

    def _condition(self, spoken: str) -> Quantity | None:
        """低于90% as a quantity; the longest word of comparison wins."""
        for sign, cue in self._conditions:
            if match := cue.search(spoken):
                number = next(find_numbers(spoken[match.end() :]), None)
                if number is not None and number.start == 0:
                    return Quantity(number.raw, (number.value,), sign, number.unit)
        return None

    def _dimension(self, spoken: str) -> tuple[Dimension | None, str]:
        for dimension, cue in self._dimensions:
            if match := cue.search(spoken):
                return dimension, match.groupdict().get("area") or ""
        return None, ""

    def _subjects(
        self, found: Entities, intent: Intent
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Sections and subjects that the question names, and whether it names them word by word."""
        named = [*found.quoted, *found.known]
        phrases = self._phrases(found.rest, intent)
        sections: tuple[str, ...] = found.tasks
        if (len(named) > 1 and names_section(found.text, named[0])) or (named and found.concepts):
            sections, named = (named[0],), named[1:]
        elif found.quoted and not found.known and goes_on(found.text, found.quoted[0], phrases):
            # A quotation inside a longer name: “青年地带”服务站点.
            return (), (f"{found.quoted[0]}{''.join(phrases)}",), False
        if named or found.concepts:
            return sections, (*dict.fromkeys(named), *found.concepts), bool(named)
        return sections, tuple(phrases), False

    def _phrases(self, rest: str, intent: Intent) -> list[str]:
        """What is left of a question without cue words: the things it asks about."""
        several = bool(re.search(r"分别|各是|各为|各多少|和.{1,16}(?:各|分别)", rest))
        text = rest
        cues = [cue for _, cue in self._dimensions]
        if intent is Intent.CHECK:
            cues += self._checking
        if intent in (Intent.LIST, Intent.COUNT):
            cues += [cue for _, cue in self._statuses]
        if limit := self._condition(rest):
            text = text.replace(limit.raw, BLANK)
        for cue in cues:
            text = cue.sub(BLANK, text)
        if several:
            text = _BETWEEN.sub(BLANK, text)  # 2021年和2022年 join years, not things asked
            text = _JOINED.sub("，", text)
            parts = [p for part in text.split("，") if (p := self._recogniser.content(part))]
            return list(dict.fromkeys(parts))
        whole = self._recogniser.content(text)
        return [whole] if whole else []

    def _swapped(self, found: Entities) -> str:
        """What a 那…呢 question puts in the place of something said before."""
        text = found.text.strip("？。！")
        for pattern in self._swap:
            if match := pattern.search(text):
                return re.sub(rf"[{BLANK}]", "", match["what"]).strip("的那么")
        return ""

    # -- completed from what was said before -------------------------------------------------------

    def _follow(self, reading: ParsedQuestion, before: QueryPlan | None) -> QueryPlan:
        found = reading.entities
        departments = found.departments
        absent = found.unknown_departments
        inherited = before.departments if before and not departments else ()
        years = self._years.named(found, before.years if before else (), departments or inherited)
        subjects, sections, exact = reading.subjects, reading.sections, reading.exact
        terms = reading.terms
        intent, roles, units = reading.intent, reading.roles, reading.units
        focus, area, family = reading.focus, reading.area, reading.status_family
        trend, summed_over = reading.trend, reading.summed_over
        if before is not None:
            if focus in _REASONS and not subjects and before.status_family:
                intent, focus, family = Intent.LIST, Dimension.INDICATOR, before.status_family
            if not departments and not absent and focus is not Dimension.DEPARTMENT:
                departments = before.departments
            if intent in _RANKING and before.intent in _RANKING and not focus:
                focus, area = before.focus, before.area
            years = years or before.years
            if not subjects and not family and reading.focus not in _OWN_SUBJECT:
                subjects, sections = before.subjects, sections or before.sections
                exact, terms = before.exact, before.terms
                units = units or before.units
                if intent is Intent.LOOKUP and not roles:
                    intent, roles = before.intent, before.roles
                    focus, area, family = before.focus, before.area, before.status_family
                    trend, summed_over = before.trend, before.summed_over
            elif reading.swap and before.sections and not terms and found.known:
                sections, subjects = found.known, before.subjects
                exact, terms, roles = before.exact, before.terms, before.roles
                units, intent = before.units, before.intent
            elif reading.swap and not terms and not reading.exact:
                if before.subjects and subjects:
                    subjects = (replaced(before.subjects[0], subjects[0]),)
                roles, units = roles or before.roles, units or before.units
                intent = before.intent if intent is Intent.LOOKUP else intent
        departments, absent = narrow(departments, absent)
        plan = QueryPlan(
            question=found.text,
            intent=intent,
            departments=departments,
            years=years,
            subjects=subjects,
            roles=roles,
            absent=(*absent, *self._years.absent(years)),
            sections=sections,
            forms=found.forms,
            status_family=family,
            focus=focus,
            area=area,
            trend=trend,
            summed_over=summed_over,
            units=units,
            exact=exact,
            terms=terms,
            condition=reading.condition,
            levels=reading.levels,
            about=about_of(reading, before),
        )
        plan = self._broad.whole(plan)
        if self._broad.changed(plan):
            plan = replace(plan, years=self._years.last_two(plan.departments, plan.years))
        return plan


def with_scope(
    plan: QueryPlan,
    *,
    departments: Sequence[str] = (),
    year: int | None = None,
    form: Form | None = None,
) -> QueryPlan:
    """The plan limited to what the caller chose, where the question itself names nothing."""
    if departments and not plan.departments and not plan.absent:
        plan = replace(plan, departments=tuple(departments))
    if year is not None and not plan.years:
        plan = replace(plan, years=(year,))
    if form is not None and not plan.forms:
        plan = replace(plan, forms=(form,))
    return plan
