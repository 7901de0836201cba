"""基本情况与预算执行: who the department is, what it was to do, what it had and spent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.drafting.material import Material, bare
from assistant.drafting.paragraphs import (
    Block,
    Style,
    bared,
    cited,
    clause,
    close,
    quotation,
    say,
)
from assistant.drafting.self_report import Item
from assistant.grounding.calculations import UnitMismatch, count, rate, term, total
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.language.numbers import plain
from assistant.language.wording import quoted, value
from assistant.types import Calculation
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Task

MAX_SENTENCES_QUOTED = 3
"""Maximum number of sentences quoted on duties, on staff, or on the year's work."""
MAX_TASKS_NAMED = 12
"""Maximum number of tasks named; all are counted."""
FIGURE_CHECKS = ("D10",)
"""Checks whose first piece of evidence is the figure that is wrong."""
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
    formulas: Mapping[str, Any]

    @property
    def lead(self) -> str:
        """The year that a sentence begins with: 2022年度，; "" where it is unknown."""
        year = self.material.year
        return f"{year}年度，" if year else ""

    def department(self) -> list[Block]:
        """Duties and staff in the department's own sentences; blanks where it says nothing."""
        out = []
        for topic in ("duties", "staff"):
            told = self.material.said.get(topic, ())[:MAX_SENTENCES_QUOTED]
            if told:
                out.append(say(*_sentences(told)))
            elif not self.style.brief:
                out.append(say(f"{self.style.blank(topic)}。"))
        return out

    def work(self) -> list[Block]:
        """The year's key tasks by name, those the writer wants stressed first."""
        tasks = sorted(_once(self.material.tasks), key=lambda t: -self.style.weight(t.name, t.goal))
        if not tasks:
            told = self.material.said.get("work", ())[:MAX_SENTENCES_QUOTED]
            return [say(*_sentences(told)) if told else say(f"{self.style.blank('tasks')}。")]
        made = count("年度重点工作任务", [task.id for task in tasks], unit="项")
        shown = plain(made.result)
        joint = "分别为" if len(tasks) > 1 else "为"
        out: list[Statement | str] = [
            f"{self.lead}{self.style.whose}重点工作任务共{shown}项，{joint}"
        ]
        for number, task in enumerate(tasks[:MAX_TASKS_NAMED]):
            source = Source(
                task.document_id, task.location, task.name, (), task.department, task.year
            )
            out.append(cited(f"{'、' if number else ''}{quoted(clause(task.name))}", source))
        out.append("等。" if len(tasks) > MAX_TASKS_NAMED else "。")
        return [say(*out, made=[made])]

    def budget(self) -> list[Block]:
        """Budget, adjustment, spending and rate, each cited, the rate recomputed."""
        terms = self.material.terms
        amounts = {BudgetTerm.FINAL_BUDGET, BudgetTerm.INITIAL_BUDGET, BudgetTerm.SPENDING}
        if not amounts & terms.keys():
            return [say(f"{self.style.blank('budget')}。")]
        out: list[Statement | str] = [f"{self.lead}{self.material.department}"]
        for parts in (list(self._allotted()), list(self._spent())):
            for number, part in enumerate(parts):
                out += ["，" if number else "", part]
            out.append("。" if parts else "")
        made: list[Calculation] = []
        checked = self._rate()
        if checked:
            out += checked[0]
            made.append(checked[1])
        blocks = [say(*out, made=made)]
        if not self.style.brief:
            blocks += self._funds()
            blocks += self._thrift()
        return blocks

    def _allotted(self) -> Iterable[Statement]:
        """What the department was given, and how that was changed."""
        terms = self.material.terms
        if BudgetTerm.INITIAL_BUDGET in terms:
            yield self._of(BudgetTerm.INITIAL_BUDGET, "年初预算数为{}")
        change = terms.get(BudgetTerm.ADJUSTMENT)
        if change is not None:
            amount = change.quantity.values[0]
            word = "减" if amount < 0 or "减" in change.subject else "增"
            shown = value(change.quantity).replace("-", "")
            if amount:
                yield cited(f"年中调{word}{shown}", of_figure(change))
        if BudgetTerm.FINAL_BUDGET in terms:
            yield self._of(BudgetTerm.FINAL_BUDGET, "全年预算数为{}")

    def _spent(self) -> Iterable[Statement]:
        """What it spent, and the rates as reported."""
        for name, words in (
            (BudgetTerm.SPENDING, "全年实际支出{}"),
            (BudgetTerm.COMPLETION_RATE, "预算完成率为{}"),
            (BudgetTerm.ADJUSTMENT_RATE, "预算调整率为{}"),
        ):
            if name in self.material.terms:
                yield self._of(name, words)

    def _of(self, name: str, words: str) -> Statement:
        figure = self.material.terms[name]
        return cited(words.format(value(figure.quantity)) + self._doubt(figure), of_figure(figure))

    def _doubt(self, figure: Figure) -> str:
        """A word beside a figure that the checks doubt; the problems tell why.

        The rate of completion is recomputed here, with the formula.
        """
        doubted = {
            id
            for finding in self.material.findings
            if finding.code in FIGURE_CHECKS and finding.evidence
            for id in finding.evidence[0].figure_ids
        }
        open_ = figure.id in doubted and figure.concept != BudgetTerm.COMPLETION_RATE
        return "（疑似填报有误，待核实）" if open_ else ""

    def _rate(self) -> tuple[list[Statement | str], Calculation] | None:
        """The rate by its formula; a printed one that does not follow is marked, not repeated."""
        terms = self.material.terms
        name = BudgetTerm.COMPLETION_RATE
        formula = self.formulas[name]
        top, bottom = terms.get(formula["numerator"]), terms.get(formula["denominators"][0])
        if top is None or bottom is None:
            return None
        try:
            made = rate(term(top), term(bottom))
        except UnitMismatch:
            return None
        shown = f"（{made.formula}）"
        result = f"{plain(made.result)}%"
        printed = terms.get(name)
        if printed is not None and close(printed.quantity.values[0], made.result):
            return [f"经核算，填报的{name}与计算结果一致{shown}。"], made
        by: list[Statement | str] = [
            cited("按实际支出数", of_figure(top)),
            cited("除以全年预算数", of_figure(bottom)),
        ]
        if printed is None:
            return [*by, f"计算，{name}为{result}{shown}。"], made
        return [
            "【待核实：",
            *by,
            f"计算，{name}应为{result}{shown}，与填报的",
            cited(value(printed.quantity), of_figure(printed)),
            "不一致】。",
        ], made

    def _funds(self) -> list[Block]:
        """What the budget is made of, and what went to each task."""
        terms = self.material.terms
        parts = [name for name in FUND_SOURCES if name in terms and terms[name].quantity.values[0]]
        out: list[Statement | str] = []
        for number, source in enumerate(parts):
            lead = "、" if number else "资金来源中，"
            shown = value(terms[source].quantity)
            out.append(cited(f"{lead}{source}{shown}", of_figure(terms[source])))
        if parts:
            out.append("。")
        made: list[Calculation] = []
        money = self._of_tasks()
        for number, (name, figure) in enumerate(money):
            lead = "；" if number else "重点任务资金安排为："
            out.append(cited(f"{lead}{quoted(name)}{value(figure.quantity)}", of_figure(figure)))
        if len(money) > 1 and len({f.document_id for _, f in money}) == 1:
            try:
                whole = bared(total([term(figure) for _, figure in money]))
            except UnitMismatch:
                pass
            else:
                out.append(f"；合计{plain(whole.result)}{whole.unit}（{whole.formula}）")
                made.append(whole)
        if money:
            out.append("。")
        return [say(*out, made=made)] if out else []

    def _of_tasks(self) -> list[tuple[str, Figure]]:
        named = {bare(task.name): clause(task.name) for task in _once(self.material.tasks)}
        funds = self.material.funds
        return [(named[key], funds[key]) for key in named if key in funds]

    def _thrift(self) -> list[Block]:
        """三公经费: budget, spending and control rate."""
        terms = self.material.terms
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
        return [say(*parts, "。")] if len(parts) > 1 else []


def _sentences(items: Iterable[Item]) -> list[Statement]:
    return [part for item in items for part in (*quotation(item), Statement("。"))]


def _once(tasks: Iterable[Task]) -> list[Task]:
    """Each task once, the first document's wording."""
    own: dict[str, Task] = {}
    for task in tasks:
        if bare(task.name):
            own.setdefault(bare(task.name), task)
    return list(own.values())
