"""How far the budget was spent (预算执行): one rate for the whole draft, by its formula."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assistant.drafting.material import Line, Material
from assistant.drafting.paragraphs import amount, bared, cited, close
from assistant.grounding.calculations import UnitMismatch, difference, rate, term
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.language.numbers import convert, find_numbers, plain
from assistant.language.wording import value
from assistant.types import Calculation, Severity
from ingest.language.budget_terms import BudgetTerms
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure

_CLAUSE = re.compile(r"[^，；。]+[，；。]*")
_OTHER_YEAR = re.compile(r"上年|上一年|去年|较|比|提高到|力争|下一?年|计划")
"""Words of a clause that tells of another year, or of what is to be."""
_AIMED = re.compile(r"(?:提高|提升|达|保持|控制|稳定)?(?:到|至|在|不低于|达到)?$")
WRONG_RATE = "D10"
"""The check that finds a rate wrong."""
FULL = 100
MONEY = (BudgetTerm.INITIAL_BUDGET, BudgetTerm.FINAL_BUDGET, BudgetTerm.SPENDING)


@dataclass(frozen=True)
class Execution:
    """The department's budget and spending, and their rate."""

    material: Material
    formulas: Mapping[str, Any]
    names: BudgetTerms

    @cached_property
    def _parts(self) -> tuple[Figure, Figure] | None:
        """Spending and budget, where both are known."""
        formula = self.formulas[BudgetTerm.COMPLETION_RATE]
        terms = self.material.terms
        top, bottom = terms.get(formula["numerator"]), terms.get(formula["denominators"][0])
        return (top, bottom) if top is not None and bottom is not None else None

    @cached_property
    def rate(self) -> Calculation | None:
        """The rate of completion, recomputed; None where a part of it is not known."""
        return share_spent(*self._parts) if self._parts is not None else None

    @property
    def printed(self) -> Figure | None:
        """The rate as printed, where it is what comes out."""
        figure = self.material.terms.get(BudgetTerm.COMPLETION_RATE)
        if figure is None or (
            self.rate is not None and not close(figure.quantity.values[0], self.rate.result)
        ):
            return None
        return figure

    @property
    def adjusted_rightly(self) -> bool:
        """Whether the initial budget and its adjustment make the final budget."""
        terms = self.material.terms
        try:
            start, change, end = (
                terms[name]
                for name in (
                    BudgetTerm.INITIAL_BUDGET,
                    BudgetTerm.ADJUSTMENT,
                    BudgetTerm.FINAL_BUDGET,
                )
            )
        except KeyError:
            return True
        values = [_in_unit(figure, end) for figure in (start, change, end)]
        if None in values:
            return True
        first, second, third = (v for v in values if v is not None)
        return close(first + second, third)

    @cached_property
    def change(self) -> Calculation | None:
        """The final budget less the initial one, None where one of them is not known."""
        terms = self.material.terms
        start, end = (terms.get(name) for name in MONEY[:2])
        if start is None or end is None:
            return None
        try:
            return bared(difference(term(end), term(start)))
        except UnitMismatch:
            return None

    def stated(self) -> list[Statement]:
        """The rate in words, by the figures that it is made of."""
        if self.rate is None or self._parts is None:
            return []
        spent, budget = self._parts
        shown = f"，预算完成率为{plain(self.rate.result)}%（{self.rate.formula}）"
        return [cited(shown, of_figure(spent), of_figure(budget))]

    def shortfall(self, said: str) -> tuple[list[Statement | str], list[Calculation]]:
        """How much was not spent, in a sentence, beside what is `said` already."""
        if self.rate is None or self._parts is None:
            return [], []
        spent, budget = self._parts
        rest = bared(difference(term(budget), term(spent)))
        if rest.result <= 0:
            return [], []
        known = {number.value for number in find_numbers(said)}
        parts = [
            words
            for words, number in (
                (f"全年预算完成率为{plain(self.rate.result)}%", self.rate.result),
                (f"年末有{amount(rest)}未形成支出", rest.result),
            )
            if number not in known
        ]
        if not parts:
            return [], []
        sources = of_figure(spent), of_figure(budget)
        return [cited("，".join(parts), *sources), "。"], [self.rate, rest]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The places of spending and budget."""
        return tuple(map(of_figure, self._parts or ()))

    def overspent(self) -> tuple[list[Statement | str], list[Calculation]] | None:
        """How much more was spent than the budget of the year, in a sentence; None if not more."""
        if self.rate is None or self._parts is None or self.rate.result <= FULL:
            return None
        spent, budget = self._parts
        more = bared(difference(term(spent), term(budget)))
        words = (
            cited(f"全年实际支出{value(spent.quantity)}", of_figure(spent)),
            cited(f"，超出全年预算（{value(budget.quantity)}", of_figure(budget)),
            f"）{amount(more)}，现有资料没有说明超出部分的来源和审批情况。",
        )
        return list(words), [more]

    def doubtful(self, name: str) -> bool:
        """Whether the checks say that a figure of a term is wrong: the list of doubts has it."""
        return any(
            finding.code == WRONG_RATE
            and finding.severity is not Severity.NOTE
            and (named := self.names.find(finding.subject)) is not None
            and named.name == name
            for finding in self.material.findings
        )

    def apart(self) -> Iterator[tuple[Line, Figure]]:
        """Indicators that report a budget term otherwise than the tables of money do.

        The name must end with the term: 支出进度达标率 is another rate than that of the budget.
        """
        for line in self.material.reported:
            actual, named = line.row.actual, self.names.at_end(line.name)
            figure = self.material.terms.get(named.name) if named and not line.row.task else None
            if figure is not None and actual is not None and len(actual.values) == 1:
                value = convert(actual.values[0], actual.unit, figure.quantity.unit)
                if value is not None and not close(value, figure.quantity.values[0]):
                    yield line, figure

    def agreeing(self, text: str) -> str:
        """The department's words without clauses that give a budget term another value than this
        draft does: it says every value once, and the difference stands in the list of doubts."""
        kept = [piece for piece in _CLAUSE.findall(text) if not self._contradicts(piece)]
        return "".join(kept).rstrip("，；")

    def unreached(self, text: str) -> str:
        """A plan without clauses that want a rate of completion which was reached already."""
        if self.rate is None:
            return text
        kept = [piece for piece in _CLAUSE.findall(text) if not self._reached(piece)]
        return "".join(kept).rstrip("，；。")

    def _reached(self, clause: str) -> bool:
        numbers = list(find_numbers(clause))
        if self.rate is None or len(numbers) != 1 or numbers[0].unit != "%":
            return False
        before = _AIMED.sub("", clause[: numbers[0].start])
        named = self.names.at_end(before)
        completion = named is not None and named.name == BudgetTerm.COMPLETION_RATE
        return completion and numbers[0].value <= self.rate.result

    def _contradicts(self, clause: str) -> bool:
        numbers = list(find_numbers(clause))
        if not numbers or _OTHER_YEAR.search(clause):
            return False
        before = clause[: numbers[0].start].rstrip("为是达到至约")
        named = self.names.at_end(before)
        if named and named.name == BudgetTerm.COMPLETION_RATE and self.rate is not None:
            return not close(numbers[0].value, self.rate.result)
        figure = self.material.terms.get(named.name) if named else None
        if named is None or figure is None or len(numbers) > 1 or self.doubtful(named.name):
            return False
        value = convert(numbers[0].value, numbers[0].unit, figure.quantity.unit)
        return value is not None and not close(value, figure.quantity.values[0])


def share_spent(spending: Figure, budget: Figure) -> Calculation | None:
    """The share of a budget that was spent, None where their units do not fit."""
    try:
        return rate(term(spending), term(budget))
    except UnitMismatch:
        return None


def _in_unit(figure: Figure, like: Figure) -> Any:
    value, unit = figure.quantity.values[0], figure.quantity.unit
    return convert(value, unit or like.quantity.unit, like.quantity.unit)
