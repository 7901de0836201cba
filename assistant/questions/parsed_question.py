"""A question between its text and its plan (问句理解的中间结果)."""

from dataclasses import dataclass

from assistant.questions.entities import Entities
from assistant.types import Dimension, Focus, Intent, StatusFamily, Trend
from ingest.types.facts import Quantity, Role


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """The interpretation of a question so far; each step returns a more complete one.

    The fields mean what those of `QueryPlan` mean; `departments`, `absent` and `years` are filled
    from the entities, then from earlier turns. `swap` is the phrase of a 那…呢 question that
    replaces one of an earlier turn.
    """

    entities: Entities
    intent: Intent = Intent.LOOKUP
    departments: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    exact: bool = False
    terms: tuple[str, ...] = ()
    about: str = ""
    roles: tuple[Role, ...] = ()
    units: tuple[str, ...] = ()
    condition: Quantity | None = None
    levels: tuple[str, ...] = ()
    status_family: StatusFamily | None = None
    focus: Focus | None = None
    area: str = ""
    trend: Trend | None = None
    summed_over: Dimension | None = None
    swap: str = ""
