"""Answers to requests for a draft: sections and paragraphs from the drafter (起草类问题)."""

from collections.abc import Iterator, Mapping
from itertools import chain

from assistant.answering.context import AnswerContext
from assistant.drafting.types import Part, Section
from assistant.grounding.composition import Composition, refuse
from assistant.types import Evidence, Focus, QueryPlan, Topic

_SECTIONS: Mapping[Focus | None, Section | Part] = {
    Topic.BUDGET: Part.BUDGET,
    Topic.INDICATORS: Section.COMPLETION,
    Topic.GOAL_COMPLETION: Section.COMPLETION,
    Topic.PROBLEMS: Section.PROBLEMS,
    Topic.MEASURES: Section.MEASURES,
    Topic.OVERVIEW: Section.OVERVIEW,
}
_MISSING: Mapping[Section | Part, str] = {
    Part.BUDGET: "可以起草的预算执行数据",
    Section.PROBLEMS: "未达标的绩效指标",
}


class DraftAnswers:
    """Hands requests for a draft to the drafter; words nothing itself."""

    def __init__(self, context: AnswerContext) -> None:
        self._canonical = context.canonical
        self._known = context.known
        self._draft = context.draft

    def compose(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The section for each department and year named; None where none is asked for."""
        section = _SECTIONS.get(plan.focus)
        if section is None:
            return None
        rows: frozenset[str] = frozenset()
        if plan.sections and evidence.indicators and section is Section.COMPLETION:
            section = Part.BY_TASK
            rows = frozenset(row.id for row in evidence.indicators)
        drafted = [
            self._draft(section, department=department, year=year, rows=rows)
            for department, year in self._places(plan, evidence)
        ]
        cited = [one for one in drafted if any(s.sources for s in one.statements)]
        if not cited:
            return refuse(f"资料中没有{_MISSING.get(section, '可以起草的绩效指标')}。")
        return Composition(
            tuple(chain.from_iterable(one.statements for one in cited)),
            tuple(chain.from_iterable(one.calculations for one in cited)),
        )

    def _places(self, plan: QueryPlan, evidence: Evidence) -> Iterator[tuple[str, int | None]]:
        """The departments and years of the evidence.

        Only the first department if the question names none, only the last year if it names none.
        """
        places = [
            *((match.department, match.year) for match in evidence.matches if match.found),
            *((row.department, row.year) for row in evidence.indicators),
            *((passage.department, passage.year) for passage in evidence.passages),
        ]
        years: dict[str, dict[int | None, None]] = {}
        for department, year in places:
            years.setdefault(self._canonical(department), {})[year] = None
        if not years:
            years = {d: dict.fromkeys(self._known.get(d, ())) for d in plan.departments[:1]}
        for department in [*years] if plan.departments else [*years][:1]:
            known = sorted(years[department], key=lambda year: year or 0)
            for year in known if plan.years else known[-1:]:
                yield department, year
