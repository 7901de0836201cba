"""Question + earlier turns → QueryPlan, by rules over cue words that are data (问句理解).

A question is read by itself (interpretation.py) and completed from earlier turns (follow_ups.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice, takewhile

from assistant import time_limit
from assistant.questions.entities import Recogniser, says_something
from assistant.questions.follow_ups import compared_turns, complete
from assistant.questions.interpretation import RANKING, Interpreter
from assistant.questions.limits import asked_for
from assistant.questions.open_questions import compares_years, of_department
from assistant.questions.parsed_question import ParsedQuestion
from assistant.questions.vocabulary import QuestionVocabulary
from assistant.questions.years import Years
from assistant.text_limits import MAX_PARTS, MAX_SUBJECTS, MAX_YEARS
from assistant.types import Intent, QueryPlan
from ingest.types.blocks import Form

_ASKS = re.compile(
    r"多少|几|什么|啥|哪|谁|何|怎|咋|多[久长大高远]|是不是|是否|有无|有没有|(.)[不没]\1"
    r"|[吗么呢](?=\W*$)|[没不](?:有)?(?=[了呢啊呀]?\W*$)"
)
"""What makes a sentence ask in Chinese: a pronoun, 是不是 and its like, a particle at its end."""
_WHICH = re.compile("哪[个家项类]|谁")
_PIECE = re.compile(r"[^，,、\s]+[，,、\s]*")
_BETWEEN = "，,、 \t\n　"
_NEXT_QUESTION = re.compile(r"(?<=[？?；;])(?=.{2,})")
_TOPIC_WORD = re.compile(r"(?:主要|突出|存在的?|有?(?:哪些|什么)|有){1,8}$")


class Planner:
    """Reads questions about a library.

    `covered` gives the years each department reports on; `today` places 去年.

        planner = Planner(recogniser, vocabulary=read_questions(), covered=years, today=today)
        planner.plan("目标是多少？", ["黄埔区团委2021年服务人次是多少？"]).roles
    """

    def __init__(
        self,
        recogniser: Recogniser,
        *,
        vocabulary: QuestionVocabulary,
        covered: Mapping[str, Sequence[int]],
        today: date,
    ) -> None:
        self._words = vocabulary
        self._interpreter = Interpreter(recogniser, vocabulary)
        self._years = Years(covered, today=today, vocabulary=vocabulary)

    def plan(self, question: str, turns: Sequence[str] = ()) -> QueryPlan:
        """The plan of the question, completed from the turns before it (oldest first)."""
        *_, plan = self.plans((*turns, question))
        return plan

    def plans(self, questions: Iterable[str]) -> Iterator[QueryPlan]:
        """The plan of each question, completed from those before it (oldest first)."""
        before: list[QueryPlan] = []
        for question in questions:
            time_limit.check()
            plan = self._plan(self._interpreter.interpret(question), before[-1] if before else None)
            if plan.intent is Intent.DIFFERENCE and len(before) > 1:
                plan = compared_turns(plan, *before)
            before = [*before[-1:], plan]
            yield replace(bounded(plan), said=question)

    def split(self, question: str) -> list[str]:
        """The questions of a text that asks several: those to be answered, and one more if any."""
        return list(islice(self._parts(question), MAX_PARTS + 1))

    def _parts(self, question: str) -> Iterator[str]:
        """All of them; what has no word in it is none, nor is a courtesy behind a question."""
        asked = False
        for part in _NEXT_QUESTION.split(question):
            time_limit.check()
            if says_something(part) and not (asked and self._is_courtesy(part)):
                yield from self._asking(part.strip())
                asked = True

    def _is_courtesy(self, part: str) -> bool:
        """Whether a sentence neither asks nor names anything: 谢谢, 写材料要用."""
        if _ASKS.search(part):
            return False
        read = self._interpreter.interpret(part)
        named = read.departments or read.terms or read.exact or read.entities.years
        return read.intent is Intent.LOOKUP and not named

    def _asking(self, question: str) -> list[str]:
        """The parts of a sentence that each ask for something.

        What asks nothing itself (a premise, a courtesy) belongs to what asks beside it, and so does
        what names nothing and follows a list or a comparison: 哪个多，多多少.
        """
        if pair := self._words.topic_pairs.search(question):
            first = question[: pair.start("link")] + self._words.topic_pair_question
            return [first, _second_topic(question, pair)]
        parts: list[str] = []
        held = lead = ""
        for piece in _PIECE.findall(question):
            time_limit.check()
            held += piece
            if len(parts) > MAX_PARTS or not _ASKS.search(piece):
                continue
            if parts and self._goes_on(lead, held):
                parts[-1] += held
            else:
                parts.append(lead := held)
            held = ""
        if not parts:
            return [held]
        parts[-1] += held
        parts = [*(part.rstrip(_BETWEEN) for part in parts[:-1]), parts[-1]]
        topic = self.topic(parts[0])
        return [parts[0], *(self._with_topic(topic, part) for part in parts[1:])]

    def topic(self, question: str) -> str:
        """What stands before the words that ask: 某局预算 of 某局预算多少."""
        asks = _ASKS.search(question)
        return question[: asks.start()] if asks else ""

    def premise(self, question: str) -> str:
        """What a question says before it asks: 超支了80万 of 超支了80万，为什么."""
        said = takewhile(lambda piece: not _ASKS.search(piece), _PIECE.findall(question))
        return "".join(said).rstrip(_BETWEEN)

    def _with_topic(self, topic: str, part: str) -> str:
        """The part, behind the topic where only both name a budget term: 预算 and 完成率."""
        alone, joined = map(self._interpreter.interpret, (part, topic + part))
        named = alone.terms or not {*joined.terms} - {*self._interpreter.interpret(topic).terms}
        return part if named else topic + part

    def _goes_on(self, before: str, part: str) -> bool:
        """Whether a part only asks more of what the part before it lists, compares or picks out."""
        one, other = self._interpreter.interpret(before), self._interpreter.interpret(part)
        alone = other.intent in RANKING or bool(other.subjects or other.focus)
        several = one.intent not in (Intent.LOOKUP, Intent.STATUS) or bool(_WHICH.search(before))
        return several and not alone

    def _plan(self, alone: ParsedQuestion, before: QueryPlan | None) -> QueryPlan:
        """The plan of a question that follows another, or none."""
        if before and before.absent and not before.departments and not alone.departments:
            alone = replace(alone, absent=alone.absent or before.absent)
        place = alone.departments or (before.departments if before else ())
        spoken_of = before.years if before else ()
        parsed = named = replace(alone, years=self._years.named(alone.entities, spoken_of, place))
        if before is not None:
            parsed = complete(parsed, before)
            if _asks_by_itself(alone) and not self._years.reports(parsed.departments, parsed.years):
                parsed = replace(parsed, years=named.years)
        plan = of_department(self._as_plan(parsed))
        if compares_years(plan, self._words.open.changed):
            plan = replace(plan, years=self._years.last_two(plan.departments, plan.years))
        carried = before is not None and bool(plan.departments) and not alone.departments
        return replace(
            plan,
            seeks_findings=self._seeks_findings(plan),
            carried=carried,
            years_carried=bool(plan.years) and not named.years and before is not None,
            lent=_lent(parsed, alone),
        )

    def _as_plan(self, parsed: ParsedQuestion) -> QueryPlan:
        text = parsed.entities.text
        # A question that names an unknown department asks about that one only.
        only_absent = bool(parsed.absent) and len(parsed.departments) != 1
        return QueryPlan(
            question=text,
            intent=parsed.intent,
            departments=() if only_absent else parsed.departments,
            years=parsed.years,
            subjects=parsed.subjects,
            roles=parsed.roles,
            absent=(*parsed.absent, *self._years.absent(parsed.years)),
            sections=parsed.sections,
            forms=parsed.entities.forms,
            status_family=parsed.status_family,
            focus=parsed.focus,
            area=parsed.area,
            trend=parsed.trend,
            summed_over=parsed.summed_over,
            units=parsed.units,
            exact=parsed.exact,
            terms=parsed.terms,
            condition=parsed.condition,
            levels=parsed.levels,
            about=parsed.about,
            limit=asked_for(text),
            each=bool(self._words.each.search(text)),
            spent_only=bool(self._words.spending.search(text)),
            forecast=bool(self._words.forecast.search(text)),
            most=bool(self._words.most.search(text)),
            grades=tuple(grade for grade in self._words.grades if grade in text),
        )

    def _seeks_findings(self, plan: QueryPlan) -> bool:
        """Whether the question asks for inconsistencies in general, not about one named subject."""
        return (
            plan.intent in (Intent.CHECK, Intent.LIST)
            and not plan.absent
            and not plan.exact
            and bool(self._words.findings.search(plan.question))
        )


def _asks_by_itself(alone: ParsedQuestion) -> bool:
    """Whether a question names whose it is and what is asked: it needs no turn before it."""
    return bool(alone.departments and (alone.subjects or alone.terms))


def _lent(parsed: ParsedQuestion, alone: ParsedQuestion) -> tuple[str, ...]:
    """What a question is about that only the turn before says."""
    about = parsed.about if parsed.terms else ""
    said = {*alone.sections, alone.about, *alone.subjects, ""}
    words = (*parsed.sections, about, *parsed.subjects)
    return tuple(word for word in dict.fromkeys(words) if word not in said)


def bounded(plan: QueryPlan) -> QueryPlan:
    """The plan with as many things and years as one question may look up."""
    subjects, years = plan.subjects[:MAX_SUBJECTS], plan.years[:MAX_YEARS]
    curtailed = (subjects, years) != (plan.subjects, plan.years)
    return replace(plan, subjects=subjects, years=years, curtailed=True) if curtailed else plan


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


def _second_topic(question: str, pair: re.Match[str]) -> str:
    """The second of two topics, asked with what stands before both of them."""
    return _TOPIC_WORD.sub("", question[: pair.start()]) + question[pair.end() :]
