"""Tasks that spend slowly: which they are, and the sentence that names them (支出进度)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assistant.drafting.execution import FULL, Execution, share_spent
from assistant.drafting.material import Material, bare, has_digit
from assistant.drafting.misses import Words
from assistant.drafting.paragraphs import cited, clause
from assistant.grounding.citations import Statement, of_figure
from assistant.language.numbers import plain
from assistant.language.wording import quoted, value
from assistant.types import Calculation
from ingest.types.facts import Figure

MAX_SLOW = 5
"""Maximum number of tasks that are told by name."""
USUAL_RATE = 90
"""Percentage of its money that a task is expected to spend where the department spent more."""


@dataclass(frozen=True, slots=True)
class SlowTask:
    """A task with its budget, its spending and their rate."""

    name: str
    budget: Figure
    spending: Figure
    rate: Calculation

    @property
    def quoted(self) -> str:
        """Its name as a sentence has it."""
        return quoted(clause(self.name))


@dataclass(frozen=True)
class SlowTasks:
    """The tasks that spent least of their money: below the limit, or below the whole."""

    material: Material
    execution: Execution
    low_rate: Decimal
    """Percentage of the budget below which spending is slow, whoever says so."""

    @cached_property
    def all(self) -> tuple[SlowTask, ...]:
        """The slowest, the least first."""
        whole = self.execution.rate.result if self.execution.rate else Decimal(FULL)
        limit = max(self.low_rate, min(whole, Decimal(USUAL_RATE)))
        found = []
        for name, (budget, spending) in self.material.spent.items():
            rate = share_spent(spending, budget)
            if rate is not None and rate.result < limit and not has_digit(name):
                found.append(SlowTask(name, budget, spending, rate))
        return tuple(sorted(found, key=lambda task: task.rate.result)[:MAX_SLOW])

    @property
    def names(self) -> str:
        """Their names in a row."""
        return "、".join(task.quoted for task in self.all)

    def covers(self, subject: str) -> bool:
        """Whether the money of a task of this name is known: it is told here if it is slow."""
        return bare(subject) in {bare(name) for name in self.material.spent}

    def told(self, lead: str) -> Words:
        """One with its money, several by name with their rates, those that spent nothing apart."""
        rates = [task.rate for task in self.all]
        if len(self.all) == 1:
            return _alone(self.all[0], lead), rates
        none = [task for task in self.all if not task.rate.result]
        some = [task for task in self.all if task.rate.result]
        out: list[Statement | str] = [lead if rates else ""]
        for number, task in enumerate(none):
            out.append(_of(task, f"{'、' if number else ''}{task.quoted}"))
        out.append(f"尚未支出{'；' if some else '。'}" if none else "")
        out.append("、".join(task.quoted for task in some))
        each = "分别" if len(some) > 1 else ""
        for number, task in enumerate(some):
            joint = "和" if number == len(some) - 1 else "、"
            before = joint if number else f"预算执行率{each}为"
            out.append(_of(task, f"{before}{plain(task.rate.result)}%"))
        out.append("。" if some else "")
        return out, rates


def _alone(task: SlowTask, lead: str) -> list[Statement | str]:
    budget, spending = value(task.budget.quantity), value(task.spending.quantity)
    return [
        cited(f"{lead}{task.quoted}全年预算{budget}", of_figure(task.budget)),
        cited(f"，实际支出{spending}", of_figure(task.spending)),
        f"，预算执行率为{plain(task.rate.result)}%。",
    ]


def _of(task: SlowTask, words: str) -> Statement:
    return cited(words, of_figure(task.budget), of_figure(task.spending))
