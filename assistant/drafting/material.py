"""All that the documents say of one department and year, ordered for drafting (起草素材)."""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assistant.drafting.self_report import Item
from assistant.grounding.citations import Source, of_actual
from assistant.grounding.form_order import indicator_rank
from assistant.grounding.printed_values import source_of
from assistant.language.numbers import convert, find_numbers
from assistant.retrieval.fact_finder import of_department
from assistant.types import Finding, IndicatorStatus, Status
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import LEDGER_ROLES, Figure, Indicator, Quantity, Role, Task
from ingest.types.library import DocumentRecord

TASK_MONEY = (BudgetTerm.FINAL_BUDGET, BudgetTerm.SPENDING)
FULL_SCORE = 100
MYRIAD, LARGE_SUM = Decimal(10_000), Decimal(100_000)
"""From so many 元 on an amount is told in 万元."""
MIN_REMARK = 4
"""Minimum number of Chinese characters of a remark."""
_YEAR = re.compile(r"(\d{4})年")
_PARTS = re.compile(r"[，；。（）()]")
Judge = Callable[[Indicator], IndicatorStatus]


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator with all its printings; the leading one comes from the form that reports it.

    `others` are the same indicator in other documents, those of monitoring forms in `monitored`;
    `family` is the
    second-level name (数量指标) that any of them gives, `printed` the figures of all printings.
    """

    standing: IndicatorStatus
    others: tuple[IndicatorStatus, ...]
    printed: tuple[Figure, ...]
    family: str = ""
    planned_only: bool = False
    monitored: tuple[Indicator, ...] = ()

    @property
    def row(self) -> Indicator:
        """The leading row."""
        return self.standing.indicator

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of the leading row."""
        return tuple(figure for figure in self.printed if figure.id in self.row.figure_ids)

    @property
    def rows(self) -> tuple[IndicatorStatus, ...]:
        """All rows of the indicator, the leading one first."""
        return (self.standing, *self.others)

    @property
    def status(self) -> Status:
        """The status of the leading row."""
        return self.standing.status

    @property
    def name(self) -> str:
        """The name without spaces."""
        return "".join(self.row.name.split())

    @property
    def goal(self) -> Quantity | None:
        """The target of the year, or else of the whole period."""
        return self.row.target or self.row.period_target

    @property
    def goal_source(self) -> Source:
        """The words that the target stands in; the name of the row where there is none."""
        role = Role.TARGET if self.row.target else Role.PERIOD_TARGET
        goal = self.goal
        if goal is None:
            return of_row(self.row, self.row.name)
        source = self._shown(source_of(self.row, self.figures, role, goal))
        if goal.raw.strip() not in source.quote:  # of a long cell, another part was quoted
            return of_row(self.row, f"{self.row.name} {goal.raw.strip()}", source)
        return source

    @property
    def actual_source(self) -> Source:
        """The words that the actual value or the completion stands in."""
        actual = self.row.actual
        if actual is not None and actual.values:
            return self._shown(source_of(self.row, self.figures, Role.ACTUAL, actual))
        return of_actual(self.row)

    def _shown(self, source: Source) -> Source:
        """A quote that names the indicator too: its name may hold numbers (“12355”热线)."""
        if has_digit(self.name) and self.name not in source.quote:
            return of_row(self.row, f"{self.row.name} {source.quote}", source)
        return source

    @property
    def scored(self) -> bool:
        """Whether a scoring sheet (评分表) gives it points alone: no target, no actual value."""
        marks = (self.row.weight, self.row.score)
        said = self.goal or is_said(self.row.actual_text)
        return not said and all(mark is not None and mark.values for mark in marks)

    @property
    def silent(self) -> bool:
        """Whether it has neither a target nor a completion nor a score: in a scoring sheet such a
        row says how the one above it is marked."""
        return self.goal is None and not is_said(self.row.actual_text) and self.row.score is None

    @property
    def foreign(self) -> bool:
        """Whether nothing but words stand in it, no target, weight or score: a row below the table
        (制表：… 审核：…), and no indicator."""
        numbers = (self.row.weight, self.row.score, self.row.actual)
        told = any(number is not None and number.values for number in numbers)
        return self.goal is None and not told and "：" in self.row.actual_text.replace(":", "：")

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the row says beside its name and numbers: the rule that it is marked by
        (整合其他涉农资金得2分), or a remark (1个项目整改)."""
        values = {*(self.goal.values if self.goal else ())}
        values |= {*(self.row.actual.values if self.row.actual else ())}
        cells = (cell for figure in self.figures for cell in figure.quote.split(" | "))
        found: dict[str, None] = {}
        for cell in cells:
            if sum(map(is_han, cell)) < MIN_REMARK or bare(cell) in bare(
                self.name + self.row.level1 + self.row.level2
            ):
                continue
            parts = _PARTS.split(cell) if values else [cell]
            for part in parts:
                told = {number.value for number in find_numbers(part)}
                if sum(map(is_han, part)) >= MIN_REMARK and not told & values:
                    found[part.strip()] = None
        return tuple(found)

    @property
    def points(self) -> tuple[Figure, Figure] | None:
        """The figures of its weight and its score, where the form gives both."""
        by_role = {figure.role: figure for figure in self.figures if figure.quantity.values}
        weight, score = by_role.get(Role.WEIGHT), by_role.get(Role.SCORE)
        return (weight, score) if weight is not None and score is not None else None

    @property
    def disputed(self) -> bool:
        """Whether another document reports it as missed, which the leading one does not."""
        return not self.status.is_unmet and any(other.status.is_unmet for other in self.others)

    @property
    def deviation(self) -> Indicator | None:
        """The first row that gives a reason for the deviation (偏差原因), None if none does.

        Where no form of the year's end does, that of a monitoring form.
        """
        rows = (*(standing.indicator for standing in self.rows), *self.monitored)
        return next((row for row in rows if sum(map(is_han, row.deviation)) > 3), None)


@dataclass(frozen=True, slots=True)
class Material:
    """All the facts that a draft may use.

    `terms` holds the figure of each budget term, `before` those of earlier years, `funds` the money
    of each task, `spent` its budget and spending, `self_report` the department's own statements by
    topic. Each matter stands once in `findings`.
    """

    department: str
    year: int | None
    documents: Mapping[str, DocumentRecord]
    terms: Mapping[str, Figure]
    lines: tuple[Line, ...]
    tasks: tuple[Task, ...]
    funds: Mapping[str, Figure]
    self_report: Mapping[str, tuple[Item, ...]]
    spent: Mapping[str, tuple[Figure, Figure]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    before: Mapping[int, Mapping[str, Figure]] = field(default_factory=dict)

    @property
    def reported(self) -> tuple[Line, ...]:
        """The indicators of forms that report completion."""
        return tuple(
            line
            for line in self.lines
            if not line.planned_only
            and not line.scored
            and not (line.silent and self.in_scoring_sheet(line))
            and not line.foreign
        )

    @property
    def scored(self) -> tuple[Line, ...]:
        """The rows that are judged by points alone."""
        return tuple(line for line in self.lines if not line.planned_only and line.scored)

    def in_scoring_sheet(self, line: Line) -> bool:
        """Whether a row stands in a form that judges rows by points alone."""
        return line.row.document_id in {one.row.document_id for one in self.scored}

    @property
    def used(self) -> tuple[DocumentRecord, ...]:
        """The documents that its indicators and amounts come from."""
        ids = {figure.document_id for line in self.lines for figure in line.printed}
        ids |= {figure.document_id for figure in self.terms.values()}
        return tuple(self.documents[id] for id in sorted(ids) if id in self.documents)

    @property
    def projects_alone(self) -> bool:
        """Whether all that is reported is reported of projects."""
        return {record.form for record in self.used} == {Form.PROJECT_SELF_EVALUATION}

    def limited_to(self, ids: Container[str]) -> "Material":
        """The same with only those indicators that have a row with one of these ids."""
        selected = (ln for ln in self.lines if any(s.indicator.id in ids for s in ln.rows))
        return replace(self, lines=tuple(selected))


def of_row(row: Indicator, quote: str, like: Source | None = None) -> Source:
    """The words of an indicator row, at the place of `like` if given."""
    place = like.location if like else row.location
    ids = like.figure_ids if like else ()
    return Source(row.document_id, place, quote, ids, row.department, row.year)


def is_said(text: str) -> bool:
    """Whether a cell says anything: a dash says nothing."""
    return any(map(str.isalnum, text))


def has_digit(words: str) -> bool:
    """Whether words hold a number (“12345”热线): what they come from is cited then."""
    return any(map(str.isdigit, words))


def is_han(character: str) -> bool:
    """Whether a character is Chinese."""
    return "\u4e00" <= character <= "\u9fff"


def bare(name: str) -> str:
    """The letters and digits of a name, for comparing names."""
    return "".join(c for c in name if c.isalnum())


def lines(
    rows: Sequence[Indicator],
    figures: Sequence[Figure],
    forms: Mapping[str, Form],
    judge: Judge,
) -> tuple[Line, ...]:
    """Every indicator once, in the order of the leading document."""
    yearly = [row for row in rows if forms.get(row.document_id) is not Form.MONITORING]
    monitored: dict[tuple[str, str], list[Indicator]] = {}
    for row in rows:
        if forms.get(row.document_id) is Form.MONITORING:
            monitored.setdefault((bare(row.name), bare(row.task)), []).append(row)
    groups: dict[tuple[str, str], list[Indicator]] = {}
    tasks: dict[str, set[str]] = {}
    for row in yearly:
        tasks.setdefault(bare(row.name), set()).add(bare(row.task))
    for row in yearly:
        named_tasks = tasks[bare(row.name)] - {""}
        task = bare(row.task) or min(named_tasks, default="")
        groups.setdefault((bare(row.name), task if len(named_tasks) > 1 else ""), []).append(row)
    by_id = {figure.id: figure for figure in figures}
    result = []
    for group in groups.values():
        group.sort(key=lambda row: indicator_rank(row, forms.get(row.document_id, Form.UNKNOWN)))
        first, *others = map(judge, group)
        printed = [by_id[i] for row in group for i in row.figure_ids if i in by_id]
        family = next((row.level2 for row in group if row.level2.strip()), "")
        planned = all(forms.get(row.document_id) is Form.TARGET for row in group)
        seen = monitored.get((bare(group[0].name), bare(group[0].task)), ())
        result.append(
            Line(first, tuple(others), tuple(printed), family.strip(), planned, tuple(seen))
        )
    return tuple(result)


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each matter once: a sum or rate that copies or synonyms (资金总额, 合计) repeat is one.

    What is reckoned with is told by the check and its numbers, all else by what is said of what.
    """
    by_matter: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        numbers = frozenset(n.value for n in find_numbers(finding.formula))
        said: object = bare(finding.message)
        if len(numbers) > 2:
            said = numbers
        by_matter.setdefault((finding.code, said), finding)
    return tuple(by_matter.values())


def in_myriads(figures: Iterable[Figure]) -> list[Figure]:
    """Budget figures with large amounts in 万元, as reports tell them."""
    return [_in_myriads(figure) for figure in figures]


def _in_myriads(figure: Figure) -> Figure:
    quantity = figure.quantity
    large = all(not v or abs(v) >= LARGE_SUM for v in quantity.values)
    if quantity.unit != "元" or not figure.concept or figure.role not in LEDGER_ROLES or not large:
        return figure
    values = tuple(v / MYRIAD for v in quantity.values)
    return replace(figure, quantity=replace(quantity, values=values, unit="万元"))


def funds(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The first figure of each task's money, by the task's name without punctuation.

    Where none is named so, the largest amount in the text on what the task is about: the whole.
    """
    by_task: dict[str, Figure] = {}
    told: dict[str, Figure] = {}
    for figure in figures:
        if figure.task and figure.concept == BudgetTerm.TASK_FUNDS and figure.quantity.values:
            by_task.setdefault(bare(figure.task), figure)
        elif figure.role is Role.FUND and figure.concept and figure.quantity.unit in ("万元", "元"):
            if _of_other_year(figure):
                continue
            task = bare(figure.section.rpartition(" / ")[2])
            known = told.setdefault(task, figure)
            if _in_yuan(figure) > _in_yuan(known):
                told[task] = figure
    return told | by_task


def _of_other_year(figure: Figure) -> bool:
    """Whether its own words give it to another year (2021年总经费)."""
    years = _YEAR.findall(figure.subject)
    return bool(years) and str(figure.year) not in years


def _in_yuan(figure: Figure) -> Decimal:
    value = convert(figure.quantity.values[0], figure.quantity.unit, "元")
    return value if value is not None else Decimal(0)


def spent(figures: Sequence[Figure]) -> dict[str, tuple[Figure, Figure]]:
    """Budget and spending of each task from one document, by the task's name as printed first."""
    by_task: dict[tuple[str, str], dict[str, Figure]] = {}
    names: dict[str, str] = {}
    for figure in figures:
        if figure.task and figure.quantity.values and figure.concept in TASK_MONEY:
            task = bare(figure.task)
            names.setdefault(task, figure.task)
            of_document = by_task.setdefault((figure.document_id, task), {})
            of_document.setdefault(figure.concept, figure)
    found: dict[str, tuple[Figure, Figure]] = {}
    for (_, task), money in by_task.items():
        if len(money) == len(TASK_MONEY):
            budget, spending = (money[name] for name in TASK_MONEY)
            found.setdefault(names[task], (budget, spending))
    return found


def terms(figures: Sequence[Figure]) -> dict[str, Figure]:
    """The whole department's figure of each budget term, by the form that reports it best.

    Where all money is that of one project, it is the project's.
    """
    told = [f for f in figures if f.concept and f.quantity.values]
    whole = [f for f in told if not f.task]
    if not any(f.role in LEDGER_ROLES for f in whole):
        projects = {bare(f.task) for f in told if f.role in LEDGER_ROLES}
        if len(projects) == 1:
            return {f.concept: f for f in reversed(told) if bare(f.task) in projects}
    by_term: dict[str, Figure] = {}
    own = of_department(whole, figures)
    if not any(f.role in LEDGER_ROLES for f in own):
        own += _beside_basic(whole, figures)
    for figure in own:
        by_term.setdefault(figure.concept, figure)
    score = by_term.get(BudgetTerm.SELF_SCORE)
    if score is not None:  # the total follows the scores that make it
        of_form = [f for f in whole if _is_score_beside(f, score)]
        by_term[BudgetTerm.SELF_SCORE] = max(of_form or [score], key=lambda f: f.quantity.values[0])
    return by_term


def _beside_basic(whole: Sequence[Figure], figures: Sequence[Figure]) -> list[Figure]:
    """The totals of a table that lists projects and money of no project (基本支出): the whole's."""
    tables = {
        (f.document_id, f.section)
        for f in figures
        if f.role in LEDGER_ROLES and not f.task and not f.concept
    }
    return [f for f in whole if f.role in LEDGER_ROLES and (f.document_id, f.section) in tables]


def _is_score_beside(figure: Figure, other: Figure) -> bool:
    same = figure.concept == other.concept and figure.document_id == other.document_id
    return same and figure.quantity.values[0] <= FULL_SCORE
