"""A question completed from the turn before it (追问): the earlier question with a part replaced,
be it the department, the year, the role or the thing asked about. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.language.name_matching import replaced
from assistant.questions.interpretation import RANKING
from assistant.questions.parsed_question import ParsedQuestion
from assistant.types import CheckKind, Dimension, Intent, QueryPlan, Topic

_REASONS = frozenset({Topic.REASON, CheckKind.REASON})
_ASKED_ABOUT = frozenset(
    {Dimension.DEPARTMENT, Dimension.TASK, Dimension.INDICATOR, Dimension.AREA}
)
"""Dimensions that are themselves the subject: an earlier turn adds none."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it reads by itself, and the plan of the turn before it."""

    alone: ParsedQuestion
    before: QueryPlan


def complete(alone: ParsedQuestion, before: QueryPlan) -> ParsedQuestion:
    """The question with its missing parts taken from the turn before it."""
    parsed = alone
    for step in STEPS:
        parsed = step(parsed, Turn(alone, before))
    return parsed


def reason(parsed: ParsedQuestion, turn: Turn) -> ParsedQuestion:
    """为什么？ after a list of indicators asks for the same list, which gives the reasons."""
    family = turn.before.status_family
    if parsed.focus not in _REASONS or parsed.subjects or not family:
        return parsed
    return replace(parsed, intent=Intent.LIST, focus=Dimension.INDICATOR, status_family=family)


def departments(parsed: ParsedQuestion, turn: Turn) -> ParsedQuestion:
    """The departments of the turn before, unless others are named or all are asked for."""
    if parsed.departments or parsed.absent or parsed.focus is Dimension.DEPARTMENT:
        return parsed
    return replace(parsed, departments=turn.before.departments)


def ranking(parsed: ParsedQuestion, turn: Turn) -> ParsedQuestion:
    """哪个最高？ after an average ranges over the same values."""
    before = turn.before
    if parsed.intent in RANKING and before.intent in RANKING and not parsed.focus:
        return replace(parsed, focus=before.focus, area=before.area)
    return parsed


def years(parsed: ParsedQuestion, turn: Turn) -> ParsedQuestion:
    """The years of the turn before, unless others are named."""
    return replace(parsed, years=parsed.years or turn.before.years)


def subject(parsed: ParsedQuestion, turn: Turn) -> ParsedQuestion:
    """The subject of the turn before, if none is named; with a part replaced, if one is named."""
    before, alone = turn.before, turn.alone
    if not parsed.subjects and not parsed.status_family and alone.focus not in _ASKED_ABOUT:
        return _same_subject(parsed, before)
    if not parsed.swap or parsed.terms:
        return parsed
    if before.sections and parsed.entities.known:
        return _other_section(parsed, before)
    return parsed if parsed.exact else _other_part(parsed, before)


def about(parsed: ParsedQuestion, turn: Turn) -> ParsedQuestion:
    """The words that limit the budget terms: those beside them, or those of the turn before."""
    if parsed.about or parsed.entities.mentions:
        return parsed
    before = turn.before
    return replace(parsed, about=before.about or "".join(() if before.terms else before.subjects))


# The list of reasons comes first, as it decides what the question is; the departments before the
# ranking, which may turn the question into one over all of them. The subject comes after both, and
# judges by the question as it reads alone whether that has something of its own to ask about.
STEPS: tuple[Callable[[ParsedQuestion, Turn], ParsedQuestion], ...] = (
    reason,
    departments,
    ranking,
    years,
    subject,
    about,
)


def compared_turns(plan: QueryPlan, one: QueryPlan, other: QueryPlan) -> QueryPlan:
    """The plan of 哪个多 or 增加了多少, which compare the subjects of the two turns before."""
    if plan.subjects != one.subjects or len(plan.departments) > 1 or len(plan.years) > 1:
        return plan
    return replace(
        plan,
        departments=tuple(dict.fromkeys((*one.departments, *other.departments))),
        years=tuple(dict.fromkeys((*one.years, *other.years))),
    )


def _same_subject(parsed: ParsedQuestion, before: QueryPlan) -> ParsedQuestion:
    """达标了吗？ takes the subject of the turn before; 那2022年呢？ its intent as well."""
    parsed = replace(
        parsed,
        subjects=before.subjects,
        sections=parsed.sections or before.sections,
        exact=before.exact,
        terms=before.terms,
        units=parsed.units or before.units,
    )
    if parsed.intent is not Intent.LOOKUP or parsed.roles:
        return parsed
    return replace(
        parsed,
        intent=before.intent,
        roles=before.roles,
        focus=before.focus,
        area=before.area,
        trend=before.trend,
        summed_over=before.summed_over,
        status_family=before.status_family,
    )


def _other_section(parsed: ParsedQuestion, before: QueryPlan) -> ParsedQuestion:
    """The question of the turn before about another task or project: 那“残疾人两项补贴”呢."""
    return replace(
        parsed,
        intent=before.intent,
        sections=parsed.entities.known,
        subjects=before.subjects,
        exact=before.exact,
        terms=before.terms,
        roles=before.roles,
        units=before.units,
    )


def _other_part(parsed: ParsedQuestion, before: QueryPlan) -> ParsedQuestion:
    """The subject of the turn before with a part of its name replaced: 那临港片区呢."""
    subjects = parsed.subjects
    if before.subjects and subjects:
        subjects = (replaced(before.subjects[0], subjects[0]),)
    return replace(
        parsed,
        intent=before.intent if parsed.intent is Intent.LOOKUP else parsed.intent,
        subjects=subjects,
        roles=parsed.roles or before.roles,
        units=parsed.units or before.units,
    )
