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
    paragraph,
    quotation,
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
        """The year as the start of a sentence: 2022年度，; "" where it is unknown."""
        year = self.material.year
        return f"{year}年度，" if year else ""

    def department(self) -> list[Block]:
        """Duties and staff in the department's own sentences; blanks where it says nothing."""
        out = []
        for topic in ("duties", "staff"):
            statements = self.material.self_report.get(topic, ())[:MAX_SENTENCES_QUOTED]
            if statements:
                out.append(paragraph(*_sentences(statements)))
            elif not self.style.brief:
                out.append(paragraph(f"{self.style.blank(topic)}。"))
        return out

    def work(self) -> list[Block]:
        """The year's key tasks by name, the emphasised ones first."""
        tasks = sorted(_once(self.material.tasks), key=lambda t: -self.style.weight(t.name, t.goal))
        if not tasks:
            statements = self.material.self_report.get("work", ())[:MAX_SENTENCES_QUOTED]
            if statements:
                return [paragraph(*_sentences(statements))]
            return [paragraph(f"{self.style.blank('tasks')}。")]
        number_of_tasks = count("年度重点工作任务", [task.id for task in tasks], unit="项")
        shown = plain(number_of_tasks.result)
        joint = "分别为" if len(tasks) > 1 else "为"
        out: list[Statement | str] = [
            f"{self.lead}{self.style.department_phrase}重点工作任务共{shown}项，{joint}"
        ]
        for number, task in enumerate(tasks[:MAX_TASKS_NAMED]):
            source = Source(
                task.document_id, task.location, task.name, (), task.department, task.year
            )
            out.append(cited(f"{'、' if number else ''}{quoted(clause(task.name))}", source))
        out.append("等。" if len(tasks) > MAX_TASKS_NAMED else "。")
        return [paragraph(*out, calculations=[number_of_tasks])]

    def budget(self) -> list[Block]:
        """Budget, adjustment, spending and rate, each cited, the rate recomputed."""
        terms = self.material.terms
        amounts = {BudgetTerm.FINAL_BUDGET, BudgetTerm.INITIAL_BUDGET, BudgetTerm.SPENDING}
        if not amounts & terms.keys():
            return [paragraph(f"{self.style.blank('budget')}。")]
        out: list[Statement | str] = [f"{self.lead}{self.material.department}"]
        for parts in (list(self._allotted()), list(self._spent())):
            for number, part in enumerate(parts):
                out += ["，" if number else "", part]
            out.append("。" if parts else "")
        calculations: list[Calculation] = []
        completion_rate = self._rate()
        if completion_rate:
            out += completion_rate[0]
            calculations.append(completion_rate[1])
        blocks = [paragraph(*out, calculations=calculations)]
        if not self.style.brief:
            blocks += self._funds()
            blocks += self._thrift()
        return blocks

    def _allotted(self) -> Iterable[Statement]:
        """The initial budget, its adjustment and the final budget, where known."""
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
        """The spending, and the rates as reported."""
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
        """A remark beside a figure that the checks doubt; the problems give the reason.

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
        """The rate by its formula, in words and as a calculation; None where it cannot be computed.

        A printed rate that differs from the result is marked as doubtful.
        """
        terms = self.material.terms
        name = BudgetTerm.COMPLETION_RATE
        formula = self.formulas[name]
        top, bottom = terms.get(formula["numerator"]), terms.get(formula["denominators"][0])
        if top is None or bottom is None:
            return None
        try:
            recomputed = rate(term(top), term(bottom))
        except UnitMismatch:
            return None
        shown = f"（{recomputed.formula}）"
        result = f"{plain(recomputed.result)}%"
        printed = terms.get(name)
        if printed is not None and close(printed.quantity.values[0], recomputed.result):
            return [f"经核算，填报的{name}与计算结果一致{shown}。"], recomputed
        derivation: list[Statement | str] = [
            cited("按实际支出数", of_figure(top)),
            cited("除以全年预算数", of_figure(bottom)),
        ]
        if printed is None:
            return [*derivation, f"计算，{name}为{result}{shown}。"], recomputed
        return [
            "【待核实：",
            *derivation,
            f"计算，{name}应为{result}{shown}，与填报的",
            cited(value(printed.quantity), of_figure(printed)),
            "不一致】。",
        ], recomputed

    def _funds(self) -> list[Block]:
        """The sources of funds, and the money of each task."""
        terms = self.material.terms
        parts = [name for name in FUND_SOURCES if name in terms and terms[name].quantity.values[0]]
        out: list[Statement | str] = []
        for number, source in enumerate(parts):
            lead = "、" if number else "资金来源中，"
            shown = value(terms[source].quantity)
            out.append(cited(f"{lead}{source}{shown}", of_figure(terms[source])))
        if parts:
            out.append("。")
        calculations: list[Calculation] = []
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
                calculations.append(whole)
        if money:
            out.append("。")
        return [paragraph(*out, calculations=calculations)] if out else []

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
        return [paragraph(*parts, "。")] if len(parts) > 1 else []


def _sentences(items: Iterable[Item]) -> list[Statement]:
    return [part for item in items for part in (*quotation(item), Statement("。"))]


def _once(tasks: Iterable[Task]) -> list[Task]:
    """Each task once, in the wording of the first document."""
    by_name: dict[str, Task] = {}
    for task in tasks:
        if bare(task.name):
            by_name.setdefault(bare(task.name), task)
    return list(by_name.values())
