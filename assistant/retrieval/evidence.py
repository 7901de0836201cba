"""A plan → the evidence it needs: facts first, passages second (取证)."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant import time_limit
from assistant.grounding.form_order import REPORTING_RANK
from assistant.language.name_matching import replaced
from assistant.retrieval.fact_finder import FactFinder
from assistant.retrieval.project_matching import in_words, of_project, where_named
from assistant.types import Dimension, Evidence, Intent, Match, QueryPlan, RateKind, Topic
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import DocumentRecord, Scope

BUDGET = (
    BudgetTerm.INITIAL_BUDGET,
    BudgetTerm.FINAL_BUDGET,
    BudgetTerm.SPENDING,
    BudgetTerm.COMPLETION_RATE,
)
"""What a paragraph on the budget tells, in this order."""
MAX_DOCUMENTS_UNNAMED = 12
"""Maximum number of documents in which a question is looked up that names no department."""
PASSAGES_A_DOCUMENT = 4
"""How many passages are searched for each of these documents, as several may be of the same one."""
MAX_PASSAGES_READ = 5
"""Maximum number of passages that are read for a sentence that says what is asked for."""
MIN_SHARE_SAID = 0.85
"""What share of a question a sentence must say to be quoted for it: nearly all."""
_AND = re.compile("和|与|跟|同")
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
MIN_PASSAGE_LENGTH = 14
"""In characters: a shorter passage is a heading or a lone number, nothing to quote."""
_OF_INDICATORS = (Dimension.INDICATOR, RateKind.MET_SHARE, Dimension.CHANGE)
_RANKED = (Intent.SUM, Intent.AVERAGE, Intent.MAXIMUM, Intent.MINIMUM, Intent.LIST, Intent.COUNT)
_COUNTED = frozenset(
    {
        Dimension.INDICATOR,
        RateKind.MET_SHARE,
        Dimension.TASK,
        Dimension.AREA,
        Dimension.DEPARTMENT,
    }
)
"""What is listed or counted is counted over all of it, however large the library."""
SPENT = (BudgetTerm.SPENDING,)
WHOLE_TERMS = (
    BudgetTerm.FINAL_BUDGET,
    BudgetTerm.SPENDING,
    BudgetTerm.COMPLETION_RATE,
    BudgetTerm.SELF_SCORE,
)
"""What tells how a department stands, beside its indicators."""
Search = Callable[[str, Scope, int], list[Passage]]


class PassageSource(Protocol):
    """Where passages come from."""

    def search(self, text: str, scope: Scope, limit: int) -> list[Passage]:
        """The passages of a scope that say most of a text, best first."""

    def passages(self, scope: Scope) -> tuple[Passage, ...]:
        """All passages of a scope, in their order."""


@dataclass(frozen=True, slots=True)
class PassagesOfForm:
    """The passages of documents of one form only, whatever a scope says of forms."""

    source: PassageSource
    form: Form

    def search(self, text: str, scope: Scope, limit: int) -> list[Passage]:
        """The passages of a scope that say most of a text, best first."""
        return self.source.search(text, replace(scope, forms=(self.form,)), limit)

    def passages(self, scope: Scope) -> tuple[Passage, ...]:
        """All passages of a scope, in their order."""
        return self.source.passages(replace(scope, forms=(self.form,)))


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who is in the library, and for which years (资料范围).

    `covered` gives the years of each department, `known` those of every body that may be asked for,
    the operators too; `members` the names that a department has in the documents.
    """

    documents: Sequence[DocumentRecord]
    covered: Mapping[str, Sequence[int]]
    known: Mapping[str, Sequence[int]]
    members: Callable[[str], tuple[str, ...]]


class EvidenceFinder:
    """Gathers what a plan needs out of the facts and passages of a library."""

    def __init__(
        self,
        finder: FactFinder,
        *,
        passages: PassageSource,
        holdings: Holdings,
        topic_sections: Mapping[Topic, re.Pattern[str]],
    ) -> None:
        """`topic_sections` match the sections of documents that a topic stands in."""
        self._finder = finder
        self._passages = passages
        self._holdings = holdings
        self._topic_sections = topic_sections

    def of_form(self, form: Form, covered: Mapping[str, Sequence[int]]) -> "EvidenceFinder":
        """The same over documents of one form only, whatever a plan says of forms.

        `covered` gives the years that those report on.
        """
        documents = [record for record in self._holdings.documents if record.form is form]
        return EvidenceFinder(
            self._finder.of_form(form),
            passages=PassagesOfForm(self._passages, form),
            holdings=replace(self._holdings, documents=documents, covered=covered),
            topic_sections=self._topic_sections,
        )

    def gather(self, plan: QueryPlan) -> Evidence:
        """Everything an answer to the plan may rest on."""
        if plan.intent in (Intent.NARRATIVE, Intent.DRAFT):
            return self._narrative(plan)
        if plan.focus is Dimension.WHOLE:
            return self._whole(plan)
        if plan.focus in _OF_INDICATORS and not plan.subjects:
            return self._indicators(plan)
        if plan.focus is Dimension.DEPARTMENT and plan.status_family:
            return self._of_departments(plan)
        if plan.focus is Dimension.DEPARTMENT and plan.intent in (*_RANKED, Intent.LOOKUP):
            return Evidence(matches=tuple(self._departments(plan)))
        if plan.focus is Dimension.TASK and plan.intent in _RANKED:
            return self._tasks(plan)
        if plan.focus is Dimension.AREA:
            return self._areas(plan)
        if plan.focus is RateKind.GROWTH and len(plan.years) == 1:
            return Evidence(matches=tuple(self._cells(_with_year_before(plan))))
        matches = tuple(self._cells(plan))
        if plan.intent in (Intent.CHECK, Intent.RATE) or plan.focus is Dimension.PART:
            return self._around(plan, matches)
        if not any(match.found for match in matches) and not plan.exact and not plan.terms:
            return Evidence(matches=matches, passages=tuple(self._sentences(plan)))
        if len(matches) == 1 and plan.intent in (Intent.LOOKUP, Intent.SUM):
            return Evidence(matches=matches, figures=self._alike(plan, matches[0]))
        return Evidence(matches=matches)

    def _sentences(self, plan: QueryPlan) -> Iterator[Passage]:
        """The sentences that say nearly all of what is asked for, where no figure does."""
        phrase = "".join(plan.subjects)
        if len(phrase) < 2:
            return
        for scope in self._scopes(plan):
            for passage in self._passages.search(
                phrase, replace(scope, forms=()), MAX_PASSAGES_READ
            ):
                for sentence in _SENTENCE.findall(passage.text):
                    if self._finder.relevant(phrase, sentence, scope) >= MIN_SHARE_SAID:
                        yield replace(passage, text=sentence.strip())

    # -- cells: subject × department × year --------------------------------------------------------

    def _cells(self, plan: QueryPlan) -> Iterator[Match]:
        """What each subject means in each department and year."""
        scopes = list(self._scopes(plan)) if plan.subjects else []
        for subject in plan.subjects:
            cells: list[Match] = []
            for scope in scopes:
                time_limit.check()
                match = self._find(subject, plan, scope)
                both = () if match.found else self._side_by_side(subject, plan, scope)
                cells += both or (match,)
            yield from where_named(cells, plan)

    def _side_by_side(self, subject: str, plan: QueryPlan, scope: Scope) -> tuple[Match, ...]:
        """The matches of A and of B in A和B, if these are two; B may omit words of A."""
        parts = _AND.split(subject, maxsplit=1)
        if len(parts) != 2 or min(map(len, parts)) < 2:
            return ()
        one, other = parts[0], parts[1].strip("的差")
        first = self._find(one, plan, scope)
        second = self._find(replaced(one, other), plan, scope)
        if not second.found:
            second = self._find(other, plan, scope)
        return (first, second) if first.found and second.found else ()

    def _alike(self, plan: QueryPlan, match: Match) -> tuple[Figure, ...]:
        """A figure with its sisters (一期、二期、三期) where the question does not pick one."""
        if match.indicators or not match.figures:
            return ()
        lead = match.figures[0]
        scope = Scope(
            departments=self._holdings.members(match.department), document_ids=(lead.document_id,)
        )
        sisters = [
            f
            for f in self._finder.facts(scope).figures
            if f.quote == lead.quote
            and f.section == lead.section
            and f.role is lead.role
            and f.quantity.unit == lead.quantity.unit
            and f.subject[-1:] == lead.subject[-1:]
            and len(f.subject) - len(lead.subject) in (-1, 0, 1)
        ]
        names = {f.subject for f in sisters}
        return tuple(sisters) if len(names) > 1 and plan.each else ()

    def _find(self, subject: str, plan: QueryPlan, scope: Scope) -> Match:
        """What a subject means in one department and year, or where else it stands."""
        term, limited = of_project(subject, plan, self._finder.facts(scope).figures)
        match = self._finder.find(term, limited, scope)
        if limited is not plan and not match.found:
            # A part of the project's money, in the words of the question itself.
            words = plan.about if subject in plan.terms else subject
            match = self._finder.find(words, in_words(term, limited, plan), scope)
        if limited is not plan and (match.found or subject in plan.terms):
            return match
        if not match.found and plan.forms:
            # The form named may not be where the thing stands; the answer says where it does.
            match = self._finder.find(subject, plan, replace(scope, forms=()))
        if not match.found and scope.years and scope.departments:
            match = self._printed_year(subject, plan, scope) or match
        if not match.found and scope.years and scope.departments:
            other = self._finder.find(subject, plan, replace(scope, years=(), forms=()))
            if other.found:
                places = ((other.department, other.year), *other.others)
                match = replace(match, others=tuple(sorted(places)))
        return match

    def _printed_year(self, subject: str, plan: QueryPlan, scope: Scope) -> Match | None:
        """A figure of the year asked for that a document of another year prints (2021年总经费)."""
        year = scope.years[0]
        whole = replace(scope, years=(), forms=())
        match = self._finder.find(f"{year}年{subject}", plan, whole)
        figures = tuple(f for f in match.figures if f"{year}年" in f.subject)
        return replace(match, figures=figures, indicators=()) if figures else None

    def _scopes(self, plan: QueryPlan) -> Iterator[Scope]:
        """A scope for each department and year; without a department, the likeliest documents."""
        if not plan.departments and (not plan.years or plan.focus not in _COUNTED):
            for year in plan.years or (None,):
                yield self._narrowed(plan, year)
            return
        for department in plan.departments or ("",):
            for year in plan.years or (None,):
                time_limit.check()
                yield Scope(
                    departments=self._holdings.members(department) if department else (),
                    years=(year,) if year is not None else (),
                    forms=plan.forms,
                )

    def _narrowed(self, plan: QueryPlan, year: int | None) -> Scope:
        whole = Scope(years=(year,) if year is not None else (), forms=plan.forms)
        if len(self._holdings.documents) <= MAX_DOCUMENTS_UNNAMED:
            return whole
        wanted = " ".join((*plan.sections, *plan.subjects)) or plan.question
        passages = self._passages.search(wanted, whole, PASSAGES_A_DOCUMENT * MAX_DOCUMENTS_UNNAMED)
        ids = tuple(dict.fromkeys(passage.document_id for passage in passages))
        return replace(whole, document_ids=ids[:MAX_DOCUMENTS_UNNAMED]) if ids else whole

    # -- over many ---------------------------------------------------------------------------------

    def _departments(self, plan: QueryPlan) -> Iterator[Match]:
        """What each subject means in each department."""
        for department, year in self._places(plan):
            scope = Scope(
                departments=self._holdings.members(department), years=(year,), forms=plan.forms
            )
            for subject in plan.subjects:
                yield self._finder.find(subject, plan, scope)

    def _of_departments(self, plan: QueryPlan) -> Evidence:
        """The indicators a phrase names, of each department."""
        rows: list[Indicator] = []
        figures: dict[str, Figure] = {}
        for department, year in self._places(plan):
            scope = Scope(departments=self._holdings.members(department), years=(year,))
            rows += (
                [i for s in plan.subjects for i in self._finder.indicators_like(s, scope)]
                if plan.subjects
                else self._finder.facts(scope).indicators
            )
            figures |= self._finder.facts(scope).by_id
        return Evidence(
            indicators=tuple(dict.fromkeys(rows)), figures=tuple(_figures_of(rows, figures))
        )

    def _places(self, plan: QueryPlan) -> Iterator[tuple[str, int]]:
        """Each department asked for, with the years named that it reports on, or its last one."""
        for department in plan.departments or tuple(self._holdings.covered):
            time_limit.check()
            reported = self._holdings.known.get(department, ())
            years = [y for y in plan.years if y in reported] if plan.years else reported[-1:]
            for year in years:
                yield department, year

    def _tasks(self, plan: QueryPlan) -> Evidence:
        """The tasks, and the money of each."""
        figures: list[Figure] = []
        tasks: list[Task] = []
        for scope in self._scopes(plan):
            facts = self._finder.facts(scope)
            tasks += facts.tasks
            for term in plan.terms or (BudgetTerm.TASK_FUNDS,):
                figures += self._finder.by_term(term, plan, scope, of_tasks=True)
            if not figures and plan.terms in ((), SPENT):
                figures += self._task_money(plan, scope)
            if not figures and plan.terms == SPENT:
                figures += self._finder.by_term(BudgetTerm.TASK_FUNDS, plan, scope, of_tasks=True)
        return Evidence(figures=tuple(figures), tasks=tuple(tasks))

    def _task_money(self, plan: QueryPlan, scope: Scope) -> list[Figure]:
        """Of projects without a column of funds, what was spent on them or else planned."""
        terms = (BudgetTerm.SPENDING, BudgetTerm.FINAL_BUDGET, BudgetTerm.INITIAL_BUDGET)
        for term in terms if plan.spent_only else terms[1:]:
            if figures := self._finder.by_term(term, plan, scope, of_tasks=True):
                return figures
        return []

    def _areas(self, plan: QueryPlan) -> Evidence:
        """The values of one statement that tells areas apart, or what the subjects mean."""
        scopes = list(self._scopes(plan)) if plan.subjects else []
        for subject in plan.subjects:
            for scope in scopes:
                figures = self._finder.like(subject, plan, scope)
                parts = [f for f in figures if plan.area in f.subject]
                if parts:
                    lead = parts[0]
                    return Evidence(
                        figures=tuple(
                            f
                            for f in parts
                            if f.document_id == lead.document_id
                            and f.quantity.unit == lead.quantity.unit
                            and f.section == lead.section
                            and f.role is lead.role
                        )
                    )
        return Evidence(matches=tuple(self._cells(plan)))

    def _indicators(self, plan: QueryPlan) -> Evidence:
        """All indicators, of the tasks named if any are; of the last year if none is named."""
        rows: list[Indicator] = []
        figures: dict[str, Figure] = {}
        for scope in self._scopes(plan):
            rows += self._finder.indicators_within(plan.sections, scope)
            figures |= self._finder.facts(scope).by_id
        if not plan.years and rows:
            last = max(row.year or 0 for row in rows)
            rows = [row for row in rows if (row.year or 0) == last]
        return Evidence(indicators=tuple(rows), figures=tuple(_figures_of(rows, figures)))

    def _whole(self, plan: QueryPlan) -> Evidence:
        """Money, score and indicators of each department, in the year named or its last one."""
        evidence = Evidence()
        for department in plan.departments:
            time_limit.check()
            years = plan.years or tuple(self._holdings.known.get(department, ()))[-1:]
            one = replace(plan, departments=(department,), years=years, subjects=(), focus=None)
            rows = self._indicators(one)
            terms = replace(one, subjects=WHOLE_TERMS, terms=WHOLE_TERMS, roles=())
            evidence = Evidence(
                figures=(*evidence.figures, *rows.figures),
                indicators=(*evidence.indicators, *rows.indicators),
                matches=(*evidence.matches, *(m for m in self._cells(terms) if m.found)),
            )
        return evidence

    # -- calculations and checks -------------------------------------------------------------------

    def _around(self, plan: QueryPlan, matches: tuple[Match, ...]) -> Evidence:
        """The matches and what they may be recomputed from: the other terms, or their parts."""
        scopes = [
            Scope(
                departments=self._holdings.members(match.department),
                years=(match.year,) if match.year is not None else (),
            )
            for match in matches
            if match.found
        ] or list(self._scopes(plan))
        figures: dict[str, Figure] = {}
        for scope in dict.fromkeys(scopes):
            values = [f for f in self._finder.facts(scope).figures if f.quantity.values]
            if plan.sections:
                values = self._finder.within(values, plan.sections, scope)
            figures |= {figure.id: figure for figure in values}
        return Evidence(figures=tuple(figures.values()), matches=matches)

    # -- text --------------------------------------------------------------------------------------

    def _narrative(self, plan: QueryPlan) -> Evidence:
        """The passages on a topic; for a draft or a reason the facts that it rests on."""
        if plan.intent is Intent.DRAFT and plan.focus is Topic.BUDGET:
            terms = replace(plan, subjects=BUDGET, terms=BUDGET, sections=(), forms=())
            return Evidence(matches=tuple(self._cells(terms)))
        if plan.intent is Intent.DRAFT and plan.focus in (Topic.INDICATORS, Topic.PROBLEMS):
            sections = plan.sections if plan.focus is Topic.INDICATORS else ()
            indicators = self._indicators(replace(plan, sections=sections, forms=()))
            if indicators.indicators:
                return indicators
        if plan.focus is Topic.REASON and plan.subjects:
            matches = tuple(self._cells(replace(plan, roles=())))
            if any(match.indicators for match in matches):
                return Evidence(matches=matches, passages=tuple(self._problems(matches)))
        passages: list[Passage] = []
        wanted = self._topic_sections.get(plan.focus) if isinstance(plan.focus, Topic) else None
        for scope in self._scopes(plan):
            if wanted:
                passages += [
                    p
                    for p in self._passages.passages(replace(scope, forms=()))
                    if wanted.search(p.section) and len(p.text) >= MIN_PASSAGE_LENGTH
                ]
            if plan.sections:
                of_task = [p for p in passages if any(s in p.section for s in plan.sections)]
                passages = of_task or passages
            if not passages:
                passages += self._sentences(plan)
        order = {record.id: record for record in self._holdings.documents}
        passages.sort(key=lambda p: REPORTING_RANK[order[p.document_id].form])
        return Evidence(passages=tuple(dict.fromkeys(passages)))

    def _problems(self, matches: Sequence[Match]) -> Iterator[Passage]:
        """The sentences on problems that speak of indicators without a reason in their row."""
        for match in matches:
            if not match.indicators or any(row.deviation.strip() for row in match.indicators):
                continue
            years = (match.year,) if match.year is not None else ()
            scope = Scope(departments=self._holdings.members(match.department), years=years)
            for passage in self._passages.passages(scope):
                if not self._topic_sections[Topic.PROBLEMS].search(passage.section):
                    continue
                for sentence in _SENTENCE.findall(passage.text):
                    if self._finder.relevant(match.subject, sentence, scope) >= MIN_SHARE_SAID:
                        yield replace(passage, text=sentence.strip())


def _figures_of(rows: Iterable[Indicator], by_id: Mapping[str, Figure]) -> list[Figure]:
    """The figures of the rows."""
    return [by_id[id] for row in rows for id in row.figure_ids if id in by_id]


def _with_year_before(plan: QueryPlan) -> QueryPlan:
    return replace(plan, years=(plan.years[0], plan.years[0] - 1))


def covered(
    coverage: Iterable[tuple[str, str, int | None]],
    canonical: Callable[[str], str],
    known: Container[str],
) -> dict[str, list[int]]:
    """The years each department reports on, in order; misread names are no departments.

    `coverage` names every department that a document has facts of, and their year: a sheet may hold
    the forms of several departments.
    """
    by_department: dict[str, set[int]] = {}
    for _, department, year in coverage:
        name = canonical(department)
        if name in known and year is not None:
            by_department.setdefault(name, set()).add(year)
    return {name: sorted(years) for name, years in sorted(by_department.items())}
