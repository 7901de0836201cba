"""基本情况与预算执行: who the department is, what it was to do, what it had and spent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.drafting.execution import MONEY, Execution, share_spent
from assistant.drafting.material import TASK_MONEY, Material, bare, has_digit
from assistant.drafting.paragraphs import (
    Block,
    Style,
    bared,
    cited,
    clause,
    close,
    headline,
    paragraph,
    quotation,
    tabled,
)
from assistant.drafting.paragraphs import amount as shown_amount
from assistant.drafting.self_report import Item, alike
from assistant.grounding.calculations import UnitMismatch, count, term, total
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.grounding.composition import TableOfAnswers
from assistant.language.numbers import plain
from assistant.language.wording import quoted, value
from assistant.types import Calculation
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Task

MAX_SENTENCES_QUOTED = 3
"""Maximum number of sentences quoted on duties, on staff, or on the year's work."""
SAID_ALREADY = 0.8
"""Share of words, from 0 to 1, at which the year's goal says what a task is to reach."""
MAX_TASKS_NAMED = 12
"""Maximum number of tasks named; all are counted."""
TASK_COLUMNS = ("任务（项目）", "全年预算数", "实际支出数", "预算执行率")
YEARS_COLUMNS = ("年度", "全年预算数", "实际支出数", "预算完成率")
FUND_SOURCES = (
    BudgetTerm.GENERAL_PUBLIC_BUDGET,
    BudgetTerm.GOVERNMENT_FUNDS,
    BudgetTerm.STATE_CAPITAL_BUDGET,
    BudgetTerm.FISCAL_ACCOUNT_FUNDS,
    BudgetTerm.OTHER_FUNDS,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """Writes the first part of a report."""

    material: Material
    style: Style
    execution: Execution

    @property
    def lead(self) -> str:
        """The year as the start of a sentence: 2022年度，; "" where it is unknown."""
        year = self.material.year
        return f"{year}年度，" if year else ""

    def department(self) -> list[Block]:
        """Duties and staff in the department's own sentences; a blank where it says nothing."""
        if self.material.projects_alone:
            return self._projects()
        out = []
        for topic in ("duties", "staff"):
            statements = self.material.self_report.get(topic, ())[:MAX_SENTENCES_QUOTED]
            if statements:
                out.append(paragraph(*_sentences(statements)))
        if not out and not self.style.brief:
            out.append(paragraph(f"{self.style.blank('department')}。"))
        return out

    @property
    def _project(self) -> str:
        """The one project that all money is that of, "" where it is not so."""
        money = [self.material.terms[name] for name in MONEY if name in self.material.terms]
        names = {clause(figure.task) for figure in money}
        name = names.pop() if len(names) == 1 else ""
        return f"{quoted(name)}项目" if name and not has_digit(name) else ""

    def _projects(self) -> list[Block]:
        """Whose the projects are and who carries them out, as their forms say."""
        out = []
        for record in self.material.used:
            rows = [line.row for line in self.material.lines if line.row.document_id == record.id]
            name = next((clause(row.task) for row in rows if row.task), "")
            if name and not has_digit(name):
                carried = f"，由{record.operator}实施" if record.operator else ""
                out.append(paragraph(f"{quoted(name)}项目主管部门为{record.department}{carried}。"))
        return out or [paragraph(f"{self.style.blank('project')}。")]

    def work(self) -> list[Block]:
        """The year's key tasks by name, the emphasised ones first."""
        tasks = sorted(_once(self.material.tasks), key=lambda t: -self.style.weight(t.name, t.goal))
        if not tasks:
            statements = self.material.self_report.get("work", ())[:MAX_SENTENCES_QUOTED]
            if statements:
                return [paragraph(*_sentences(statements))]
            return []
        number_of_tasks = count("年度重点工作任务", [task.id for task in tasks], unit="项")
        calculations = [number_of_tasks]
        lead = f"{self.lead}{self.style.department_phrase}重点工作任务共"
        out: list[Statement | str] = [f"{lead}{plain(number_of_tasks.result)}项"]
        money = self.material.funds
        whole = self._sum([money[bare(t.name)] for t in tasks if bare(t.name) in money])
        if whole is not None and len(tasks) <= len(money):
            out.append(f"，安排资金合计{plain(whole.result)}{whole.unit}")
            calculations.append(whole)
        out.append("，分别为" if len(tasks) > 1 else "，为")
        for number, task in enumerate(tasks[:MAX_TASKS_NAMED]):
            name = f"{'、' if number else ''}{quoted(clause(task.name))}"
            out.append(cited(name, _of_task(task, task.name)))
            fund = money.get(bare(task.name))
            if fund is not None:
                out.append(cited(f"（{value(fund.quantity)}", of_figure(fund)))
                out.append("）")
        out.append("等。" if len(tasks) > MAX_TASKS_NAMED else "。")
        wanted = [] if self.material.reported else self._wanted(tasks)
        return [paragraph(*out, calculations=calculations), *wanted]

    def _wanted(self, tasks: Sequence[Task]) -> list[Block]:
        """What each task is to reach, where nothing is reported yet, beside the year's goal."""
        goals = [item.text for item in self.material.self_report.get("goal", ())]
        return [
            paragraph(
                cited(
                    f"{quoted(clause(task.name))}期望达到的目标是：{headline(task.goal)}",
                    _of_task(task, f"{task.name} {task.goal}"),
                ),
                "。",
            )
            for task in tasks[:MAX_TASKS_NAMED]
            if clause(task.goal) and all(alike(task.goal, text) < SAID_ALREADY for text in goals)
        ]

    @staticmethod
    def _sum(figures: Sequence[Figure]) -> Calculation | None:
        """The money of several tasks together, where one document tells of all of them."""
        if len(figures) < 2 or len({figure.document_id for figure in figures}) > 1:
            return None
        try:
            return bared(total([term(figure) for figure in figures]))
        except UnitMismatch:
            return None

    def budget(self) -> list[Block]:
        """Budget, adjustment, spending and rate, each cited, the rate recomputed."""
        terms = self.material.terms
        if not set(MONEY) & terms.keys():
            tables = [] if self.style.brief else self._by_task()
            return [paragraph(f"{self.style.blank('budget')}。"), *tables]
        whose = self._project or self.material.department
        out: list[Statement | str] = [f"{self.lead}{whose}"]
        for parts in (list(self._allotted()), list(self._spent())):
            for number, part in enumerate(parts):
                out += ["，" if number else "", part]
            out.append("。" if parts else "")
        known = (self.execution.rate, self.execution.change)
        calculations = [calculation for calculation in known if calculation is not None]
        blocks = [paragraph(*out, calculations=calculations)]
        if not self.style.brief:
            blocks += self._funds()
            blocks += self._thrift()
            blocks += self._by_task()
            blocks += self._years()
        return blocks

    def _by_task(self) -> list[Block]:
        """Budget and spending of each task, where two are known."""
        tasks = [
            (
                Statement(clause(task), (of_figure(budget),) if has_digit(task) else ()),
                budget,
                spent,
            )
            for task, (budget, spent) in self.material.spent.items()
        ]
        return _spending_table("重点任务资金执行情况", TASK_COLUMNS, tasks)

    def _allotted(self) -> Iterable[Statement]:
        """The initial budget, its adjustment and the final budget, where known."""
        terms = self.material.terms
        if BudgetTerm.INITIAL_BUDGET in terms:
            yield self._of(BudgetTerm.INITIAL_BUDGET, "年初预算数为{}")
        change = terms.get(BudgetTerm.ADJUSTMENT)
        adjusted = False
        if change is not None and self.execution.adjusted_rightly:
            amount = change.quantity.values[0]
            word = "减" if amount < 0 or "减" in change.subject else "增"
            shown = value(change.quantity).replace("-", "")
            if amount:
                yield cited(f"年中调{word}{shown}", of_figure(change))
                adjusted = True
        if BudgetTerm.FINAL_BUDGET in terms:
            yield self._of(BudgetTerm.FINAL_BUDGET, "全年预算数为{}")
            if not adjusted:
                yield from self._changed()

    def _changed(self) -> Iterable[Statement]:
        """By how much the final budget is above the initial one, where no form says it rightly."""
        change = self.execution.change
        if change is not None and change.result:
            word = "增加" if change.result > 0 else "减少"
            figures = (self.material.terms[n] for n in (MONEY[0], MONEY[1]))
            yield cited(f"比年初{word}{shown_amount(change)}", *map(of_figure, figures))

    def _spent(self) -> Iterable[Statement]:
        """The spending, the rate of completion as it comes out, the rate of adjustment if sound."""
        terms = self.material.terms
        if BudgetTerm.SPENDING in terms:
            spending = self._of(BudgetTerm.SPENDING, "全年实际支出{}")
            rate = self.execution.stated()
            if rate and self.execution.printed is not None:
                printed = of_figure(self.execution.printed)
                rate = [replace(rate[0], sources=(*rate[0].sources, printed))]
            yield spending
            yield from (replace(one, text=one.text.removeprefix("，")) for one in rate)
        if self.execution.rate is None and BudgetTerm.COMPLETION_RATE in terms:
            yield self._of(BudgetTerm.COMPLETION_RATE, "预算完成率为{}")
        adjusted = BudgetTerm.ADJUSTMENT_RATE
        if adjusted in terms and not self.execution.doubtful(adjusted):
            yield self._of(adjusted, "预算调整率为{}")

    def _of(self, name: str, words: str) -> Statement:
        figure = self.material.terms[name]
        return cited(words.format(value(figure.quantity)), of_figure(figure))

    def _funds(self) -> list[Block]:
        """The sources of funds."""
        terms = self.material.terms
        parts = [name for name in FUND_SOURCES if name in terms and terms[name].quantity.values[0]]
        whole = terms.get(BudgetTerm.FINAL_BUDGET)
        if len(parts) == 1 and whole is not None:
            only = terms[parts[0]]
            if only.quantity.values == whole.quantity.values:
                return [paragraph(cited(f"资金来源全部为{parts[0]}", of_figure(only)), "。")]
        if not parts:
            return []
        out: list[Statement | str] = []
        for number, source in enumerate(parts):
            lead = "、" if number else "资金来源中，"
            shown = value(terms[source].quantity)
            out.append(cited(f"{lead}{source}{shown}", of_figure(terms[source])))
        return [paragraph(*out, "。")]

    def _thrift(self) -> list[Block]:
        """三公经费: budget, spending and control rate, which an indicator may say otherwise."""
        apart = {figure.concept for _, figure in self.execution.apart()}
        terms = {name: figure for name, figure in self.material.terms.items() if name not in apart}
        parts: list[Statement | str] = []
        for name, words in (
            (BudgetTerm.OFFICIAL_EXPENSES, "“三公”经费预算{}"),
            (BudgetTerm.OFFICIAL_EXPENSES_SPENDING, "支出{}"),
            (BudgetTerm.OFFICIAL_EXPENSES_CONTROL_RATE, "控制率为{}"),
        ):
            if name in terms:
                lead = "，" if parts else ""
                spoken = words if parts or "三公" in words else f"“三公”经费{words}"
                parts.append(self._of(name, lead + spoken))
        return [paragraph(*parts, "。")] if len(parts) > 1 else []

    def _years(self) -> list[Block]:
        """Budget, spending and rate of this year and those before it, where two are known."""
        years = {**self.material.before}
        if self.material.year is not None:
            years[self.material.year] = self.material.terms
        known = [
            (Statement(f"{year}年"), terms[BudgetTerm.FINAL_BUDGET], terms[BudgetTerm.SPENDING])
            for year, terms in sorted(years.items())
            if set(TASK_MONEY) <= terms.keys()
        ]
        blocks = _spending_table("近年预算执行情况", YEARS_COLUMNS, known)
        return [*blocks, *self._filed_otherwise(years)] if blocks else []

    def _filed_otherwise(self, years: Mapping[int, Mapping[str, Figure]]) -> Iterable[Block]:
        """The rates of earlier years as filled in, where they are not what comes out."""
        for year, terms in sorted(years.items()):
            filed = terms.get(BudgetTerm.COMPLETION_RATE)
            if year == self.material.year or filed is None or not set(TASK_MONEY) <= terms.keys():
                continue
            budget, spent = (terms[name] for name in TASK_MONEY)
            ours = share_spent(spent, budget)
            if ours is None or close(filed.quantity.values[0], ours.result):
                continue
            yield paragraph(
                cited(
                    f"{year}年填报的{quoted(filed.concept)}为{value(filed.quantity)}",
                    of_figure(filed),
                ),
                cited(
                    f"，与按表中数字计算的{plain(ours.result)}%不同，以哪一个为准有待核实",
                    *map(of_figure, (budget, spent)),
                ),
                "。",
                calculations=[ours],
            )


def _spending_table(
    title: str, columns: tuple[str, ...], known: Iterable[tuple[Statement, Figure, Figure]]
) -> list[Block]:
    """A table of budget, spending and rate with a chart, where there are two of them."""
    rows: list[tuple[Statement, ...]] = []
    calculations: list[Calculation] = []
    for name, budget, spent in known:
        share = share_spent(spent, budget)
        if share is not None:
            calculations.append(share)
            cells = [cited(value(f.quantity), of_figure(f)) for f in (budget, spent)]
            rows.append((name, *cells, Statement(f"{plain(share.result)}%")))
    if len(rows) < 2:
        return []
    return [tabled(title, TableOfAnswers(columns, tuple(rows), "bar"), calculations)]


def _of_task(task: Task, quote: str) -> Source:
    """Words of the row that tells of a task."""
    return Source(task.document_id, task.location, quote, (), task.department, task.year)


def _sentences(items: Iterable[Item]) -> list[Statement]:
    return [part for item in items for part in (*quotation(item), Statement("。"))]


def _once(tasks: Iterable[Task]) -> list[Task]:
    """Each task once, in the wording of the first document."""
    by_name: dict[str, Task] = {}
    for task in tasks:
        if bare(task.name):
            by_name.setdefault(bare(task.name), task)
    return list(by_name.values())
