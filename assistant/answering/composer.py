"""Plan + evidence → a worded answer with its sources, in plain official Chinese (作答)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from assistant.answering.aggregates import Aggregates, by_area, by_task, named_values
from assistant.answering.comparisons import Comparisons
from assistant.answering.consistency import ConsistencyAnswers
from assistant.answering.context import AnswerContext
from assistant.answering.department_summary import DepartmentSummary
from assistant.answering.department_table import department_table
from assistant.answering.drafts import DraftAnswers
from assistant.answering.exactness import absent_bodies
from assistant.answering.lookups import Lookups
from assistant.answering.narratives import Narratives
from assistant.answering.part_sums import PartSums
from assistant.answering.reasons import Reasons
from assistant.answering.score_checks import ScoreChecks
from assistant.answering.year_on_year import YearOnYear
from assistant.grounding.citations import Statement, of_figure
from assistant.grounding.composition import Composition, ask_back, refuse
from assistant.grounding.printed_values import PrintedValue
from assistant.helpdesk.catalogue import Held, catalogue
from assistant.types import (
    Catalogue,
    CheckKind,
    Dimension,
    Evidence,
    Intent,
    Match,
    QueryPlan,
    RateKind,
    Topic,
)
from ingest.types.budget_terms import BudgetTerm

_GROUPED = (Intent.SUM, Intent.AVERAGE, Intent.MAXIMUM, Intent.MINIMUM, Intent.LIST)
GRADE = (BudgetTerm.SELF_GRADE,)
NONE_RECOGNISED = "；库里的文件没有认出部门和年度，可在“文档”页补上后再问。"
MAX_OFFERED = 5
"""Maximum number of departments, years or forms offered in a refusal."""


class Composer:
    """Words an answer from the evidence alone; it looks up nothing itself."""

    def __init__(self, context: AnswerContext) -> None:
        self._context = context
        self._documents = context.documents
        self._covered = context.covered
        self._known = context.known
        self._canonical = context.canonical
        self._wording = context.wording
        self._lookups = Lookups(context)
        self._reasons = Reasons(context, self._lookups)
        self._aggregates = Aggregates(context)
        self._comparisons = Comparisons(context)
        self._checks = ConsistencyAnswers(context, self._lookups)
        self._part_sums = PartSums(context)
        self._score_checks = ScoreChecks(context)
        self._drafts = DraftAnswers(context)
        self._narratives = Narratives(context)
        self._summaries = DepartmentSummary(context, self._lookups, self._aggregates)
        self._changes = YearOnYear(context, self._aggregates)

    def compose(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """The answer to the plan, or a refusal that offers the documents available."""
        if absent := self._unknown(plan):
            return absent
        if isinstance(plan.focus, Catalogue):
            return self._catalogue(plan.focus, plan)
        if not (plan.subjects or plan.focus or plan.sections or evidence.passages):
            return self._ask_back(plan)
        nothing = not any(match.found for match in evidence.matches)
        if nothing and (absent := self._other_years(plan)):
            return absent
        composition = self._answer(plan, evidence)
        if composition is None:
            composition = self._lookups.compose(plan, evidence.matches)
        if composition.abstained:
            return replace(composition, offers=tuple(self._available_documents(plan)))
        others = self._other_readings(plan, evidence)
        return replace(composition, statements=(*composition.statements, *others))

    def _catalogue(self, asked: Catalogue, plan: QueryPlan) -> Composition:
        """What the library holds."""
        held = Held(
            [*self._documents.values()], self._covered, self._wording.department, self._canonical
        )
        return catalogue(asked, held, plan.departments)

    def _ask_back(self, plan: QueryPlan) -> Composition:
        """The reply to a question that names nothing to look up: a request to be specific."""
        name = next(iter(plan.departments or self._covered), "")
        example = self._wording.who(name, next(iter(self._known.get(name, ())), None))
        return ask_back(f"请说明要查询的部门、年度和事项，例如：{example}实际支出数是多少？")

    def _unknown(self, plan: QueryPlan) -> Composition | None:
        """The refusal of a department that no document reports on; None if all are known."""
        if not self._documents:
            return refuse("资料库中还没有文件，请先入库。")
        if departments := absent_bodies(plan):
            have = "、".join(list(self._covered)[:MAX_OFFERED])
            more = "等" if len(self._covered) > MAX_OFFERED else ""
            others = f"，现有{have}{more}的文件。" if have else NONE_RECOGNISED
            return refuse(f"资料库中没有{'、'.join(departments)}的文件{others}")
        return None

    def _other_years(self, plan: QueryPlan) -> Composition | None:
        """The refusal of years that no document reports on; None if some are known."""
        for department in plan.departments if len(plan.departments) == 1 else ():
            reported_years = self._known.get(department, ())
            missing = [year for year in plan.years if year not in reported_years]
            if missing and len(missing) == len(plan.years) and reported_years:
                return self._absent_years(department, missing, reported_years)
        if plan.absent and not plan.departments:
            years = sorted(
                {year for reported_years in self._covered.values() for year in reported_years}
            )
            have = "、".join(f"{year}年" for year in years)
            return refuse(f"资料库中没有{'、'.join(plan.absent)}的文件，现有{have}的文件。")
        return None

    def _absent_years(
        self, department: str, missing: Sequence[int], reported_years: Sequence[int]
    ) -> Composition:
        who = self._wording.department(department)
        years = "、".join(f"{year}年" for year in missing)
        have = "、".join(f"{year}年" for year in reported_years)
        return refuse(f"资料库中没有{who}{years}的文件，现有{have}的文件。")

    def _answer(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The answer by the plan's intent; None where a plain lookup should answer."""
        if plan.terms == GRADE and (graded := self._summaries.grades(plan, evidence)):
            return graded
        intent = plan.intent
        match intent:
            case Intent.NARRATIVE:
                return self._narrative(plan, evidence)
            case Intent.DRAFT:
                drafted = self._drafts.compose(plan, evidence)
                return drafted or self._narratives.compose(plan, evidence)
            case Intent.RATE:
                return self._rate(plan, evidence)
            case Intent.DIFFERENCE:
                return self._comparisons.difference(plan, evidence.matches)
            case Intent.CHECK:
                return self._check(plan, evidence)
            case Intent.MAXIMUM | Intent.MINIMUM:
                return self._extreme(plan, evidence)
            case Intent.STATUS if plan.focus is Dimension.WHOLE:
                return self._summaries.whole(plan, evidence)
            case Intent.LIST if plan.focus is Dimension.CHANGE:
                return self._changes.compose(plan, evidence)
            case (
                Intent.LOOKUP
                | Intent.LIST
                | Intent.SUM
                | Intent.AVERAGE
                | Intent.COUNT
                | Intent.STATUS
            ):
                return self._facts(plan, evidence)
            case _:
                assert_never(intent)

    def _narrative(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """Sentences of the documents: the reason for a shortfall, or passages on a topic."""
        if plan.focus is Topic.REASON and evidence.matches:
            return self._reasons.compose(plan, evidence.matches, evidence.passages)
        return self._narratives.compose(plan, evidence)

    def _rate(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The rate asked for, computed; looked up where the documents report it themselves."""
        if _is_named_rate(evidence):
            year = max(plan.years, default=None)
            matches = [m for m in evidence.matches if year is None or m.year == year]
            return self._lookups.compose(replace(plan, intent=Intent.LOOKUP), matches)
        rate = plan.focus if isinstance(plan.focus, RateKind) else None
        match rate:
            case RateKind.MET_SHARE:
                return self._aggregates.met_share(evidence)
            case RateKind.SHARE:
                return self._comparisons.share(plan, evidence.matches)
            case RateKind.GROWTH:
                return self._comparisons.growth(plan, evidence.matches)
            case RateKind.ACHIEVED | None:
                return self._checks.rate(plan, evidence)
            case _:
                assert_never(rate)

    def _extreme(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """What is highest or lowest: departments by their indicators, indicators, or values."""
        if plan.focus is Dimension.DEPARTMENT and plan.status_family:
            return self._summaries.most(plan, evidence)
        if plan.focus is Dimension.INDICATOR and not plan.status_family:
            return self._aggregates.ranked(plan, evidence)
        return self._facts(plan, evidence)

    def _facts(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """Indicators, sentences or values, whichever the evidence has; None for single values."""
        if evidence.indicators or (plan.focus is Dimension.INDICATOR and not plan.subjects):
            return self._aggregates.indicators(plan, evidence)
        if evidence.passages:
            return self._narratives.compose(plan, evidence)
        if plan.focus is Dimension.PART:
            return self._part_sums.parts(plan, evidence)
        if plan.intent in (Intent.LOOKUP, Intent.LIST) and plan.focus is Dimension.DEPARTMENT:
            return department_table(plan, evidence.matches, self._context) or (
                self._grouped(plan, evidence) if plan.intent in _GROUPED else None
            )
        if plan.intent in (Intent.LOOKUP, Intent.SUM) and evidence.figures and not plan.focus:
            every = [(f.subject, PrintedValue(f.quantity, of_figure(f))) for f in evidence.figures]
            return self._aggregates.figures(plan, every)
        if plan.intent in _GROUPED or (plan.focus is Dimension.AREA and evidence.figures):
            return self._grouped(plan, evidence)
        return None

    def _compared(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The difference of two subjects that a question names; None for another number of them."""
        names = {match.subject for match in evidence.matches if match.found}
        return self._comparisons.difference(plan, evidence.matches) if len(names) == 2 else None

    def _check(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The first check that applies to the question; None where none does."""
        steps: tuple[Callable[[QueryPlan, Evidence], Composition | None], ...]
        check = plan.focus if isinstance(plan.focus, CheckKind) else None
        match check:
            case CheckKind.SCORE | CheckKind.REASON:
                steps = (self._score_checks.check,)
            case CheckKind.TOTAL_SCORE:
                steps = (self._part_sums.scores,)
            case CheckKind.UNIT:
                steps = (self._checks.units,)
            case CheckKind.DONE:
                steps = (self._done,)
            case CheckKind.SUM:
                steps = (self._part_sums.parts, self._part_sums.columns)
            case None if len(plan.forms) > 1:
                steps = (self._checks.across,)
            case None:
                steps = (
                    self._checks.rate,
                    self._part_sums.subtraction,
                    self._compared,
                    self._checks.across,
                )
            case _:
                assert_never(check)
        return next((composition for step in steps if (composition := step(plan, evidence))), None)

    def _done(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        return self._lookups.compose(replace(plan, intent=Intent.STATUS), evidence.matches)

    def _grouped(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        if plan.focus is Dimension.DEPARTMENT or (
            len(evidence.matches) > 1 and not evidence.figures
        ):
            items = named_values(plan, evidence.matches, self._name)
        elif plan.focus is Dimension.TASK:
            items = by_task(evidence.figures)
            if not items:
                return self._aggregates.tasks(evidence.tasks)
        elif plan.focus is Dimension.AREA:
            items = by_area(evidence.figures, plan.area)
        else:
            return None
        return self._aggregates.figures(plan, items) if items else None

    def _name(self, match: Match) -> str:
        several = len({year for years in self._covered.values() for year in years}) > 1
        return self._wording.who(match.department, match.year if several else None)

    # -- documents and readings on offer -----------------------------------------------------------

    def _available_documents(self, plan: QueryPlan) -> list[Statement]:
        """The documents available on the department and year asked for."""
        statements = []
        for department in plan.departments[:1]:
            forms = sorted(
                {
                    f"{record.year}年{record.form.value}"
                    for record in self._documents.values()
                    if department in map(self._canonical, (record.department, record.operator))
                    and (not plan.years or record.year in plan.years)
                    and record.year
                }
            )
            if forms:
                who = self._wording.department(department)
                statements.append(Statement(f"现有{who}的{'、'.join(forms[:MAX_OFFERED])}可查。"))
        return statements

    def _other_readings(self, plan: QueryPlan, evidence: Evidence) -> list[Statement]:
        """The other departments and years that an ambiguous question may be about."""
        if plan.focus or len(evidence.matches) != 1:
            return []
        match = evidence.matches[0]
        others = [
            self._wording.who(department, year)
            for department, year in match.others
            if not (plan.departments and department not in plan.departments)
        ]
        if not others or (plan.departments and plan.years):
            return []
        listed = "、".join(others[:MAX_OFFERED])
        return [
            Statement(
                f"另有{listed}{'等' if len(others) > MAX_OFFERED else ''}的资料，可指明后再问。"
            )
        ]


def _is_named_rate(evidence: Evidence) -> bool:
    """Whether the evidence is itself a growth or a share: it is looked up, not computed."""
    matches = [match for match in evidence.matches if match.found]
    return bool(matches) and all(
        match.indicators and "%" in {q.unit for i in match.indicators for q in (i.target,) if q}
        for match in matches
    )
