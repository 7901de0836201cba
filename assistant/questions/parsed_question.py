"""Small decisions on the way to a plan (问句的零件): pure, over texts and plans."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.questions.entities import Entities
from assistant.types import Dimension, Focus, Intent, QueryPlan, StatusFamily, Trend
from ingest.types.facts import Quantity, Role


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question by itself, before earlier turns complete it; `swap` replaces a thing of them."""

    entities: Entities
    intent: Intent
    subjects: tuple[str, ...]
    sections: tuple[str, ...]
    roles: tuple[Role, ...]
    status_family: StatusFamily | None
    focus: Focus | None
    area: str
    units: tuple[str, ...]
    exact: bool
    swap: str
    condition: Quantity | None
    levels: tuple[str, ...]
    terms: tuple[str, ...] = ()
    about: str = ""
    trend: Trend | None = None
    summed_over: Dimension | None = None


def names_section(text: str, name: str) -> bool:
    """Whether a quoted name is what another thing belongs to: “X”中的, “X”项目的."""
    after = text[text.find(name) + len(name) :]
    return bool(
        re.match(r"[”\"》』」]*(?:项目|任务|专项|工作)?(?:中|里|内|下)?的?[“\u4e00-\u9fff]", after)
    )


def of_both(plan: QueryPlan, one: QueryPlan, other: QueryPlan) -> QueryPlan:
    """哪个多 and 增加了多少 compare what the two questions before were about."""
    if plan.subjects != one.subjects or len(plan.departments) > 1 or len(plan.years) > 1:
        return plan
    return replace(
        plan,
        departments=tuple(dict.fromkeys((*one.departments, *other.departments))),
        years=tuple(dict.fromkeys((*one.years, *other.years))),
    )


def topic_parts(
    found: Entities, sections: tuple[str, ...], subjects: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A text about a section names, at most, the task in quotes that it is about."""
    return tuple(dict.fromkeys((*sections, *found.quoted, *found.known))), subjects


def goes_on(text: str, name: str, phrases: Sequence[str]) -> bool:
    """Whether what follows a quoted name at once is part of what is asked about."""
    after = text[text.find(name) + len(name) + 1 :]
    return bool(phrases) and any(p[:2] == after[:2] or after[:2] in p for p in phrases if after)


def about_of(reading: ParsedQuestion, before: QueryPlan | None) -> str:
    """What the terms of a question are asked of: said beside them, or in the turn before."""
    if reading.about or before is None or reading.entities.mentions:
        return reading.about
    return before.about or "".join(() if before.terms else before.subjects)


def narrow(
    departments: tuple[str, ...], absent: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A question that names an unknown department asks about that one only."""
    return ((), absent) if absent and len(departments) != 1 else (departments, absent)
