"""What may be told to a question (拟答): each way to an answer proposes, one of them is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.answering.read_cards import ReadCard
from assistant.answering.table_fit import Fit
from assistant.grounding.composition import Composition
from assistant.questions.operations import Operation
from assistant.retrieval.row_tables import Column
from assistant.types import Intent, QueryPlan, Topic

READING = (
    *(Operation.LOOKUP, Operation.WHO, Operation.WHEN, Operation.WHERE, Operation.DEFINE),
    *(Operation.CLAUSE, Operation.WHY, Operation.NARRATIVE, Operation.SUMMARY),
)
"""What one passage may answer."""
_BY_INTENT: Mapping[Intent, tuple[Operation, ...]] = {
    Intent.LOOKUP: (Operation.LOOKUP,),
    Intent.LIST: (Operation.LIST,),
    Intent.SUM: (Operation.SUM,),
    Intent.AVERAGE: (Operation.AVERAGE,),
    Intent.MAXIMUM: (Operation.EXTREME, Operation.RANK),
    Intent.MINIMUM: (Operation.EXTREME, Operation.RANK),
    Intent.COUNT: (Operation.COUNT,),
    Intent.DIFFERENCE: (Operation.DIFFERENCE, Operation.TREND),
    Intent.RATE: (Operation.RATE, Operation.SHARE),
    Intent.STATUS: (Operation.STATUS,),
    Intent.CHECK: (Operation.CHECK,),
    Intent.NARRATIVE: (Operation.NARRATIVE, Operation.SUMMARY),
    Intent.DRAFT: (Operation.DRAFT,),
}


class Way(StrEnum):
    """By what an answer was found (途径)."""

    PLAN = "plan"
    """What was recognised of the question, looked up."""
    ROWS = "rows"
    """A query over the rows of a table."""
    RECKONED = "reckoned"
    """Over operands that were each found by themselves."""
    CARD = "card"
    """What one place says."""
    QUOTE = "quote"
    """The nearest passages; nothing is asserted."""


@dataclass(frozen=True, slots=True)
class RowsFit:
    """How well a table fits from which a proposal is: `behind` is how much more another explains,
    `column` how likely the column `over` is, `ahead` how much likelier than any other, and `voted`
    in which share of the rows read the reader points to it."""

    fit: Fit
    over: Column | None
    behind: float
    column: float
    ahead: float
    voted: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that may be told, and what it does: a sum, a difference, one value."""

    way: Way
    composition: Composition
    does: tuple[Operation, ...]
    card: ReadCard | None = None
    """The place that it words, if it is of one."""
    rows: RowsFit | None = None
    """How its table fits, if it is of one."""

    @property
    def text(self) -> str:
        """What it says, without markers."""
        return "".join(one.text for one in self.composition.statements)


def of_plan(plan: QueryPlan, planned: Composition) -> Proposal:
    """What a plan has found."""
    why = plan.intent is Intent.NARRATIVE and plan.focus is Topic.REASON
    return Proposal(Way.PLAN, planned, (Operation.WHY,) if why else _BY_INTENT[plan.intent])
