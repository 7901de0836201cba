"""Answers to “draft this”: sections and paragraphs as the drafter writes them (起草类问题)."""

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
    """Has the drafter word what a question wants drafted; drafts nothing itself."""

    def __init__(self, context: AnswerContext) -> None:
        self._canonical = context.canonical
        self._known = context.known
        self._draft = context.draft

    def compose(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The section asked for, of each department and year named; None where it is no section."""
        wanted = _SECTIONS.get(plan.focus)
        if wanted is None:
            return None
        rows: frozenset[str] = frozenset()
        if plan.sections and evidence.indicators and wanted is Section.COMPLETION:
            wanted = Part.BY_TASK
            rows = frozenset(row.id for row in evidence.indicators)
        drafted = [
            self._draft(wanted, department=department, year=year, rows=rows)
            for department, year in self._places(plan, evidence)
        ]
        cited = [one for one in drafted if any(s.sources for s in one.statements)]
        if not cited:
            return refuse(f"资料中没有{_MISSING.get(wanted, '可以起草的绩效指标')}。")
        return Composition(
            tuple(chain.from_iterable(one.statements for one in cited)),
            tuple(chain.from_iterable(one.calculations for one in cited)),
        )

    def _places(self, plan: QueryPlan, evidence: Evidence) -> Iterator[tuple[str, int | None]]:
        """The departments and years the evidence is of: all that are named, or else the first.

        Without a year the last one.
        """
        told = [
            *((match.department, match.year) for match in evidence.matches if match.found),
            *((row.department, row.year) for row in evidence.indicators),
            *((passage.department, passage.year) for passage in evidence.passages),
        ]
        years: dict[str, dict[int | None, None]] = {}
        for department, year in told:
            years.setdefault(self._canonical(department), {})[year] = None
        if not years:
            years = {d: dict.fromkeys(self._known.get(d, ())) for d in plan.departments[:1]}
        for department in [*years] if plan.departments else [*years][:1]:
            known = sorted(years[department], key=lambda year: year or 0)
            for year in known if plan.years else known[-1:]:
                yield department, year
