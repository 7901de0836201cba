"""Exact facts for a question: which figures and indicator rows a subject means (取数).

Everything in scope is compared, nothing is left to a top-k: counts and sums rest on all of it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.grounding.form_order import PLANNING_RANK, REPORTING_RANK
from assistant.language.name_matching import MIN_COVER, Fit, Matcher
from assistant.retrieval.scope_facts import FactCache, Facts, FactVocabulary
from assistant.types import Intent, Match, QueryPlan
from ingest.language.normalise import squeeze
from ingest.language.years import find_years
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Role
from ingest.types.library import Scope

# Scores are on the scale of `Fit.score`: 1 for a name that says all that is asked and nothing else.
# What follows is added to it or taken from it. The sizes were set by hand against each other, as is
# said of each; no measurement of them is recorded.

MIN_SCORE = 0.4
"""Below it nothing is meant. A name that explains just MIN_COVER of a phrase (0.62) has 0.65 × 0.62
= 0.40, and little more if it is long: such a name counts only if nothing speaks against it."""
INDICATOR_BONUS = 0.12
"""A row of the table of indicators, which has target and actual value, before a like figure."""
UNREPORTED_LOSS = 0.1
"""For what was only planned; less than INDICATOR_BONUS, so that a row without an actual value still
goes before a figure of like name."""
UNIT_BONUS = 0.08
"""For a value in the unit asked for (几场), and against one in another unit."""
ROLE_LOSS = 0.12
"""For a figure that does not give the role asked for (目标): a right unit does not make it good."""
YEAR_LOSS = 0.2
"""For a name that prints another year than the one asked for, or is a forecast (预计) where none is
asked for: as much as a row with the right unit gains."""
PLANNED_LOSS = 0.01
"""Of what was planned and what was spent, alike in name, the latter is meant: it parts ties."""
CROSSED_UNIT_LOSS = 1.0
"""Asked for 多少人, a percentage is never meant: no fit and no bonus outweigh it."""

SPENDING = frozenset({Role.SPENT, Role.BUDGET})
ACTUALS = frozenset({Role.ACTUAL, Role.SPENT, Role.RATE})

_FORECAST = re.compile("预计")
Fact = TypeVar("Fact", Figure, Indicator, Figure | Indicator)


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    figures: tuple[Figure, ...]
    indicators: tuple[Indicator, ...] = ()
    score: float = 0.0


class FactFinder:
    """Finds what a plan's subjects mean, among the facts of a library at one moment."""

    def __init__(
        self,
        facts: FactCache,
        *,
        forms: Mapping[str, Form],
        vocabulary: FactVocabulary,
        canonical: Callable[[str], str],
        only: Form | None = None,
    ) -> None:
        """`forms` gives the form of each document; `only` is the one that facts are taken from."""
        self._facts = facts
        self._forms = forms
        self._vocabulary = vocabulary
        self._canonical = canonical
        self._only = only

    def of_form(self, form: Form) -> "FactFinder":
        """The same over documents of one form, whatever a scope says of forms."""
        return FactFinder(
            self._facts,
            forms=self._forms,
            vocabulary=self._vocabulary,
            canonical=self._canonical,
            only=form,
        )

    def facts(self, scope: Scope) -> Facts:
        """Everything the scope holds."""
        return self._load(scope)[0]

    def find(self, subject: str, plan: QueryPlan, scope: Scope) -> Match:
        """What `subject` means in the scope; nothing when nothing fits well enough."""
        facts, matcher = self._load(scope)
        words = self._vocabulary
        if scope.years:
            plan = replace(plan, years=scope.years)
        if subject in plan.terms:
            candidate = self._term(subject, plan, facts, matcher)
            if candidate is None and Form.MONITORING in plan.forms and subject in words.so_far:
                candidate = self._term(words.so_far[subject], plan, facts, matcher)
            if candidate is None and plan.sections and subject in words.instead:
                candidate = self._term(words.instead[subject], plan, facts, matcher)
            if candidate is None and not plan.sections:
                candidate = self._spelled(subject, plan, facts, matcher)
        else:
            candidate = self._named(subject, plan, facts, matcher)
        if candidate is None:
            department = self._canonical(scope.departments[0]) if scope.departments else ""
            return Match(subject, department, scope.years[0] if len(scope.years) == 1 else None)
        return self._match(candidate, plan, facts)

    def _match(self, candidate: _Candidate, plan: QueryPlan, facts: Facts) -> Match:
        """The candidate in one department and year: the last year, then where most of it stands."""
        leading: Sequence[Figure | Indicator] = candidate.indicators or candidate.figures
        everything: list[Figure | Indicator] = [*candidate.indicators, *candidate.figures]
        places = Counter((fact.department, fact.year) for fact in everything)
        reported = {
            (fact.department, fact.year)
            for fact in self._yearly(leading)
            if _reports(fact, plan.roles)
        }
        department, year = max(
            places,
            key=lambda place: (place in reported, place[1] or 0, places[place], place[0]),
        )
        figures: Sequence[Figure] = [
            f for f in candidate.figures if (f.department, f.year) == (department, year)
        ]
        rows: Sequence[Indicator] = [
            i for i in candidate.indicators if (i.department, i.year) == (department, year)
        ]
        if not rows and plan.units:
            counted = [f for f in figures if f.quantity.unit in plan.units]
            figures = counted or figures
        if Form.MONITORING not in plan.forms:
            figures, rows = self._yearly(figures), self._yearly(rows)
        parent = None
        if not rows and figures:
            ids = {figure.id for figure in figures}
            parent = next((i for i in facts.indicators if ids & set(i.figure_ids)), None)
        return Match(
            candidate.name,
            department,
            year,
            self._ordered(figures, plan.roles),
            self._ordered(rows, plan.roles),
            parent,
            tuple(sorted(place for place in places if place != (department, year))),
        )

    def within(
        self, figures: Iterable[Figure], sections: Sequence[str], scope: Scope
    ) -> list[Figure]:
        """The figures that stand under a task or heading named like one of `sections`."""
        _, matcher = self._load(scope)
        return [f for f in figures if self._under(f.task, f.section, sections, matcher)]

    def indicators_like(self, phrase: str, scope: Scope) -> list[Indicator]:
        """The indicators of the scope that a phrase fits (满意度: every kind of it)."""
        facts, matcher = self._load(scope)
        return [i for i in facts.indicators if matcher.fit(phrase, i.name).cover >= MIN_COVER]

    def indicators_within(self, sections: Sequence[str], scope: Scope) -> list[Indicator]:
        """The indicators of the scope, of the tasks named if any are."""
        facts, matcher = self._load(scope)
        if not sections:
            return list(facts.indicators)
        return [i for i in facts.indicators if self._under(i.task, "", sections, matcher)]

    def by_term(self, term: str, plan: QueryPlan, scope: Scope, *, of_tasks: bool) -> list[Figure]:
        """All figures of a budget term: of tasks and projects, or of the whole department."""
        facts, matcher = self._load(scope)
        figures = [f for f in facts.figures if f.concept == term and bool(f.task) == of_tasks]
        if plan.sections:
            figures = [f for f in figures if self._under(f.task, f.section, plan.sections, matcher)]
        return list(self._ordered(figures, plan.roles))

    def like(self, phrase: str, plan: QueryPlan, scope: Scope) -> list[Figure]:
        """All figures that a phrase fits, best first: for lists over areas or parts."""
        facts, matcher = self._load(scope)
        scored = []
        for figure in facts.figures:
            fit = matcher.fit(phrase, figure.subject, f"{figure.section}{figure.task}")
            if fit.cover >= MIN_COVER and figure.quantity.values:
                scored.append((fit.score, figure))
        scored.sort(key=lambda pair: -pair[0])
        return [figure for _, figure in scored]

    # -- within ------------------------------------------------------------------------------------

    def _load(self, scope: Scope) -> tuple[Facts, Matcher]:
        return self._facts.load(replace(scope, forms=(self._only,)) if self._only else scope)

    def _term(
        self, term: str, plan: QueryPlan, facts: Facts, matcher: Matcher
    ) -> _Candidate | None:
        """Figures of a standard budget term, of the task named or else of the department."""
        figures = [
            f
            for f in facts.figures
            if f.concept == term and (f.quantity.values or f.quantity.qualitative)
        ]
        if plan.sections:
            under = [f for f in figures if self._under(f.task, f.section, plan.sections, matcher)]
            # a table beneath a project's heading may list others too, and the total of them all;
            # what is checked is everything that is said
            named = {
                f.document_id
                for f in under
                if plan.intent is not Intent.CHECK and _names(f.subject, plan.sections)
            }
            figures = [
                f for f in under if f.document_id not in named or _names(f.subject, plan.sections)
            ]
        else:
            alone = len({f.task for f in facts.figures if f.task}) == 1
            of_projects = figures if alone or Form.MONITORING in plan.forms else []
            figures = of_department([f for f in figures if not f.task], facts.figures)
            if len({f.task for f in of_projects}) == 1:
                figures = figures or of_projects  # the one project there is, or is monitored
        rows = [
            i
            for i in facts.indicators
            if self._vocabulary.terms.get(i.name) == term
            and (not plan.sections or self._under(i.task, "", plan.sections, matcher))
        ]
        if figures and not (rows and self._best_form(rows) < self._best_form(figures)):
            return _Candidate(term, tuple(figures))
        if rows:
            return _Candidate(rows[0].name, _figures_of(rows, facts), tuple(rows))
        return None

    def _spelled(
        self, term: str, plan: QueryPlan, facts: Facts, matcher: Matcher
    ) -> _Candidate | None:
        """Figures whose own name says the term in so many words (项目支出决算数)."""
        spelled = [
            f
            for f in facts.figures
            if term in f.subject and f.quantity.values and not f.task and f.role in SPENDING
        ]
        whole = [f for f in spelled if f.role is Role.SPENT] or spelled
        if not whole:
            return None
        name = whole[0].subject
        return _Candidate(name, tuple(f for f in whole if f.subject == name))

    def relevant(self, phrase: str, text: str, scope: Scope) -> float:
        """How much of a phrase a sentence says."""
        return self._load(scope)[1].fit(phrase, text).cover

    def _named(
        self, subject: str, plan: QueryPlan, facts: Facts, matcher: Matcher
    ) -> _Candidate | None:
        candidates = (
            *self._of_indicators(subject, plan, facts, matcher),
            *self._of_figures(subject, plan, facts, matcher),
        )
        likely = [candidate for candidate in candidates if candidate.score >= MIN_SCORE]
        if not likely:
            return None
        likely.sort(key=lambda candidate: -candidate.score)
        best = likely[0]
        same = [c for c in likely if matcher.equal(c.name, best.name)]
        rows = [row for c in same for row in c.indicators]
        figures = [*_figures_of(rows, facts), *(figure for c in same for figure in c.figures)]
        return replace(
            best, figures=tuple(dict.fromkeys(figures)), indicators=tuple(dict.fromkeys(rows))
        )

    def _of_indicators(
        self, subject: str, plan: QueryPlan, facts: Facts, matcher: Matcher
    ) -> Iterator[_Candidate]:
        """The rows of indicators that a subject fits, those of one name and task together."""
        groups: dict[tuple[str, str], list[Indicator]] = {}
        for row in facts.indicators:
            groups.setdefault((row.name, row.task), []).append(row)
        for (name, task), rows in groups.items():
            elsewhere = plan.sections and not self._under(task, "", plan.sections, matcher)
            if elsewhere and any(row.task for row in rows):
                continue
            fit = self._fit(subject, name, task, "", plan, matcher)
            if fit is None:
                continue
            units = {q.unit for row in rows for q in (row.target, row.actual) if q}
            score = fit.score + INDICATOR_BONUS + self._unit_bonus(plan, units)
            if not plan.years and not any(_reports(row, plan.roles) for row in rows):
                score -= UNREPORTED_LOSS
            yield _Candidate(name, (), tuple(rows), score)

    def _of_figures(
        self, subject: str, plan: QueryPlan, facts: Facts, matcher: Matcher
    ) -> Iterator[_Candidate]:
        """The figures that a subject fits, those of one name and section together."""
        groups: dict[tuple[str, str], list[Figure]] = {}
        for figure in facts.figures:
            groups.setdefault((figure.subject, figure.section), []).append(figure)
        for (name, section), figures in groups.items():
            task, quote = figures[0].task, figures[0].quote
            if plan.sections and not self._under(task, section, plan.sections, matcher):
                continue
            fit = self._fit(subject, name, section, quote, plan, matcher)
            if fit is None:
                continue
            in_role = [f for f in figures if f.role in plan.roles] or figures
            units = {f.quantity.unit for f in in_role}
            score = _lowered(fit.score + self._unit_bonus(plan, units), name, figures, plan)
            yield _Candidate(name, tuple(in_role), (), score)

    def _fit(
        self, subject: str, name: str, near: str, far: str, plan: QueryPlan, matcher: Matcher
    ) -> Fit | None:
        if plan.exact:
            if not matcher.same(subject, name):
                return None
            return Fit(1, 1) if matcher.equal(subject, name) else Fit(0.9, 0.9)
        fit = matcher.fit(subject, name, near, far)
        return fit if fit.cover >= MIN_COVER else None

    def _unit_bonus(self, plan: QueryPlan, units: set[str]) -> float:
        if not plan.units:
            return 0.0
        if units & set(plan.units):
            return UNIT_BONUS
        # 多少人 is not answered by a percentage, nor a percentage by a count.
        crossed = ("%" in units) != ("%" in plan.units)
        return -CROSSED_UNIT_LOSS if crossed else -UNIT_BONUS

    def _under(self, task: str, section: str, sections: Sequence[str], matcher: Matcher) -> bool:
        return any(
            (task and (matcher.same(name, task) or matcher.part(name, task)))
            or any(matcher.same(name, part) for part in section.split(" / ") if part)
            for name in sections
        )

    def _best_form(self, facts: Sequence[Fact]) -> int:
        return min(REPORTING_RANK[self._forms.get(f.document_id, Form.UNKNOWN)] for f in facts)

    def _yearly(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Without monitoring forms, which report part of a year, where others report it all."""
        whole = [f for f in facts if self._forms.get(f.document_id) is not Form.MONITORING]
        return whole or facts

    def _ordered(self, facts: Iterable[Fact], roles: Sequence[Role]) -> tuple[Fact, ...]:
        """Best document first: the form that reports a thing before those that repeat it."""
        targets = bool(roles) and not ACTUALS & set(roles)
        order = PLANNING_RANK if targets else REPORTING_RANK
        return tuple(
            sorted(facts, key=lambda fact: order[self._forms.get(fact.document_id, Form.UNKNOWN)])
        )


def _lowered(score: float, name: str, figures: Sequence[Figure], plan: QueryPlan) -> float:
    """The score of figures of one name without what speaks against their role or their year."""
    if plan.roles and not any(f.role in plan.roles for f in figures):
        score -= ROLE_LOSS
    if not plan.roles and all(f.role is Role.TARGET for f in figures):
        score -= UNREPORTED_LOSS
    if not plan.roles and all(f.role is Role.BUDGET for f in figures):
        score -= PLANNED_LOSS
    printed = {named.year for named in find_years(name)}
    if printed and plan.years and not printed & set(plan.years):
        score -= YEAR_LOSS  # 2021年总经费 when 2022 is asked for
    if _FORECAST.search(name) and not plan.forecast:
        score -= YEAR_LOSS
    return score


def _names(subject: str, sections: Sequence[str]) -> bool:
    """Whether a figure's own name says one of the projects that are asked for."""
    plain = squeeze(subject)
    return any(squeeze(name) in plain for name in sections)


def _reports(fact: Figure | Indicator, roles: Sequence[Role]) -> bool:
    """Whether a fact gives a value in one of the roles asked for; a result, where none is."""
    if isinstance(fact, Indicator):
        wanted = fact.actual if not roles or ACTUALS & set(roles) else fact.target
        return wanted is not None and bool(wanted.values)
    return not roles or fact.role in roles


def of_department(figures: Sequence[Figure], everything: Sequence[Figure]) -> list[Figure]:
    """Without the totals of tables that list projects: those are not the department's own."""
    tables = {(f.document_id, f.section.rpartition(" / ")[0]) for f in everything if f.task}
    whole = [f for f in figures if (f.document_id, f.section) not in tables]
    return whole or list(figures)


def _figures_of(rows: Sequence[Indicator], facts: Facts) -> tuple[Figure, ...]:
    return tuple(facts.by_id[id] for row in rows for id in row.figure_ids if id in facts.by_id)
