"""A department's year in numbers, as every channel shows it (部门年度汇总). Values only."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assistant.types import Calculation, Citation, Status
from ingest.types.blocks import Form


class Colour(StrEnum):
    """A monitoring light (监控信号灯)."""

    RED = "红"
    YELLOW = "黄"
    GREEN = "绿"
    BLUE = "蓝"


@dataclass(frozen=True, slots=True)
class Light:
    """One light with the numbers behind it; `subject` is what it watches.

    `form` is that of the document which it was read in, `figures` the ids of what it rests on.
    """

    subject: str
    colour: Colour
    reason: str
    form: Form = Form.UNKNOWN
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A scored form or project: what it reports, and what its numbers earn (分)."""

    task: str
    reported: Decimal | None
    recomputed: Decimal
    formula: str
    rating: str


@dataclass(frozen=True, slots=True)
class DepartmentTotals:
    """Where a department stands in a year: counts, execution, scores, lights (部门年度汇总).

    `counts` has every status; each indicator counts once, however many documents have it.
    `budget` and `spent` are in 万元. `rules` and `source` name the rule pack. `reported` is the
    score that the department gave itself as a whole, `recomputed` what its forms earn.
    """

    department: str
    year: int | None
    documents: int
    counts: tuple[tuple[Status, int], ...]
    budget: Decimal | None
    spent: Decimal | None
    execution: Calculation | None
    reported: Decimal | None
    recomputed: Calculation | None
    rating: str
    scores: tuple[ScoreLine, ...]
    lights: tuple[Light, ...]
    rules: str
    source: str
    evidence: tuple[Citation, ...] = ()
