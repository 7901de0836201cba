"""Which project of a department a question about money means (问项目的钱): 低保花了多少, 智慧警务
项目年初预算. Its budget term is asked of the project, never of the whole department. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.types import Match, QueryPlan
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import default_vocabulary
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Role

_MONEY = frozenset({"元", "万元", "亿元"})
_ROLES = (Role.BUDGET, Role.SPENT, Role.RATE, Role.SCORE, Role.FUND)
_KINDS = ("的", "项目", "专项", "工程", "任务", "资金", "经费", "工作", "支出", "建设")
_MARKS = re.compile(r"[^一-龥A-Za-z0-9]")
MIN_BEGINNING, MIN_WITHIN = 2, 4
"""In characters: two mean a project that begins with them, four one that has them in order."""


def of_project(subject: str, plan: QueryPlan, figures: Iterable[Figure]) -> tuple[str, QueryPlan]:
    """The budget term and the plan limited to the project named, or both as they are."""
    if plan.sections or plan.exact:
        return subject, plan
    if subject in plan.terms:
        about, term = _about(plan), subject
    else:
        about, term = _split(subject, plan)
    tasks = dict.fromkeys(f.task for f in figures if f.task and f.role in _ROLES)
    project = project_meant(about, tasks) if term else ""
    if not project:
        return subject, plan
    return term, replace(plan, sections=(project,), terms=(*plan.terms, term))


def in_words(term: str, limited: QueryPlan, plan: QueryPlan) -> QueryPlan:
    """The plan for what the question calls by its own words: in the role of its term, of the
    project where only the term names an amount."""
    concept = default_vocabulary().terms.find(term)
    if term not in plan.terms or concept is None:
        return plan
    return replace(limited, terms=(), roles=(concept.role,))


def where_named(matches: Sequence[Match], plan: QueryPlan) -> Sequence[Match]:
    """Of many departments' findings those of the project named, where one of them has it."""
    project_matches = [
        m for m in matches if m.figures and project_meant(_about(plan), [m.figures[0].task])
    ]
    return project_matches if project_matches and len(plan.departments) > 1 else matches


def _about(plan: QueryPlan) -> str:
    """What the terms are asked of, without a term that ends it (乡村医生补助支出)."""
    return _split(plan.about, plan)[0] or plan.about


def _split(subject: str, plan: QueryPlan) -> tuple[str, str]:
    """What stands before the budget term that a subject ends with, and the term."""
    terms = default_vocabulary().terms
    ends = range(MIN_BEGINNING, len(subject) - 1)
    at = next((k for k in ends if terms.is_listed(subject[k:])), 0)
    concept = terms.find(subject[at:]) if at else None
    if concept and concept.role is not Role.FUND:
        return subject[:at], concept.name
    spent = Role.SPENT in plan.roles and set(plan.units) & _MONEY
    return (subject, BudgetTerm.SPENDING) if spent else ("", "")


def project_meant(about: str, tasks: Iterable[str]) -> str:
    """The one project that a short name means, "" where none or several do.

    >>> project_meant("低保", ["低保及特困供养", "残疾人两项补贴"])
    '低保及特困供养'
    """
    asked = _without_kind(_plain(about)) or _plain(about)
    if len(asked) < MIN_BEGINNING:
        return ""
    for fits in (_same, _begins, _within, _in_order):
        matches = [task for task in tasks if fits(asked, _plain(task))]
        if matches:
            return matches[0] if len({_plain(t) for t in matches}) == 1 else ""
    return ""


def _plain(text: str) -> str:
    return _MARKS.sub("", squeeze(text))


def _without_kind(name: str) -> str:
    """A name without the words at its end that only say what it is: 低保 of 低保项目资金."""
    while kind := next((word for word in _KINDS if name.endswith(word)), ""):
        name = name.removesuffix(kind)
    return name


def _same(asked: str, task: str) -> bool:
    return asked == task or asked == _without_kind(task)


def _begins(asked: str, task: str) -> bool:
    return task.startswith(asked)


def _within(asked: str, task: str) -> bool:
    return (len(asked) > MIN_BEGINNING and asked in task) or (
        len(task) >= MIN_WITHIN and task in asked
    )


def _in_order(asked: str, task: str) -> bool:
    rest = iter(task)
    return (
        len(asked) >= MIN_WITHIN and 2 * len(asked) >= len(task) and all(c in rest for c in asked)
    )
