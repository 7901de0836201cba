"""The facts that a document states: figures, indicators, tasks, passages, oddities.

Each knows where it stands. Nothing here holds a float: amounts and rates are `Decimal`.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ingest.types.blocks import Document, Location
from ingest.types.layouts import Layout
from ingest.types.tables import How


class Role(StrEnum):
    """What a figure is in its row (数值角色)."""

    TARGET = "target"
    PERIOD_TARGET = "period_target"
    ACTUAL = "actual"
    WEIGHT = "weight"
    SCORE = "score"
    BUDGET = "budget"
    SPENT = "spent"
    ADJUSTMENT = "adjustment"
    RATE = "rate"
    FUND = "fund"


POINT_ROLES = (Role.WEIGHT, Role.SCORE)
"""Roles of figures that count points (分)."""
LEDGER_ROLES = (Role.BUDGET, Role.SPENT, Role.ADJUSTMENT, Role.FUND)
"""Roles of figures that are amounts of money in a budget or account."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as printed and as meant (指标值).

    `raw` is the exact text. `values` has one Decimal for a plain number, two for a range, several
    for a list; empty for a qualitative value, whose words stand in `qualitative`. 万 and 亿 before
    a counting unit are multiplied out (80万人次 = 800000 人次); 万元, 亿元, 万亩 stay as printed.
    From 100万 on, 万 belongs to the unit instead (1260万人次 = 1260 万人次), as such figures are
    kept in statistics; `scaled` compares across both. `comparator` is one of >= <= > < =, where a
    bare number is "="; "" for a qualitative value.
    """

    raw: str
    values: tuple[Decimal, ...] = ()
    comparator: str = ""
    unit: str = ""
    approximate: bool = False
    qualitative: str = ""

    @property
    def value(self) -> Decimal | None:
        """The plain number, or the first of several; None for a value in words."""
        return self.values[0] if self.values else None

    @property
    def scaled(self) -> tuple[tuple[Decimal, ...], str]:
        """The values in the plain unit, without 万 or 亿: 1.2万元 → 12000 元. For comparing."""
        for prefix, factor in (("亿", 100_000_000), ("万", 10_000), ("千元", 1_000), ("百元", 100)):
            if self.unit.startswith(prefix):  # 千 and 百 before other units are part of them
                return tuple(v * factor for v in self.values), self.unit[1:]
        return self.values, self.unit


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity printed in one place (数据点).

    `subject` says whose value it is, in the document's words (临港片区志愿服务队人数); `concept`
    is the lexicon's standard term where it knows one (全年预算数), else "". `section` is the path
    of heading, task and indicator it stands under. `quote` is the row or sentence around it, raw.
    `task` names the task or project the figure is about, "" for the whole department. `confidence`
    (0 to 1) is that of the least certain of the columns that tell its value and its subject, `how`
    what told that one.
    """

    id: str
    document_id: str
    department: str
    year: int | None
    section: str
    subject: str
    concept: str
    role: Role
    quantity: Quantity
    location: Location
    quote: str
    task: str = ""
    confidence: Decimal = Decimal(1)
    how: How = How.WORDS


@dataclass(frozen=True, slots=True)
class Indicator:
    """A performance indicator row (绩效指标), each value with the id of its figure in `figure_ids`.

    `actual_text` keeps the whole cell: 完成。…共2016小时 may be prose around a value; `amended`
    says what of it was corrected by hand. `confidence` and `how` are those of its least certain
    figure, or of the column that names it.
    """

    id: str
    document_id: str
    department: str
    year: int | None
    task: str
    level1: str
    level2: str
    name: str
    target: Quantity | None
    period_target: Quantity | None
    actual: Quantity | None
    actual_text: str
    weight: Quantity | None
    score: Quantity | None
    deviation: str
    location: Location
    figure_ids: tuple[str, ...] = ()
    amended: str = ""
    confidence: Decimal = Decimal(1)
    how: How = How.WORDS


@dataclass(frozen=True, slots=True)
class Task:
    """A yearly key task or project (重点工作任务/项目) with what the form says of it."""

    id: str
    document_id: str
    department: str
    year: int | None
    name: str
    goal: str
    completion: str
    location: Location
    figure_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that is searched and quoted (检索片段)."""

    id: str
    document_id: str
    department: str
    year: int | None
    section: str
    text: str
    location: Location


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that was not understood (未识别内容), with its place and the reason.

    Of what was read with doubt, `proposal` says what it would be (待确认); it is "" else.
    """

    text: str
    reason: str
    location: Location
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that one document says: the unit that is stored, or absent, as a whole.

    `reader` is what read it: see `ingest.extraction.reading_version`.
    """

    document: Document
    table_rows: int
    figures: tuple[Figure, ...]
    indicators: tuple[Indicator, ...]
    tasks: tuple[Task, ...]
    passages: tuple[Passage, ...]
    oddities: tuple[Oddity, ...]
    open: tuple[Oddity, ...] = ()
    """What waits to be confirmed of the document as a whole: whose it is."""
    reader: str = ""
    layouts: tuple[Layout, ...] = ()

    @property
    def size(self) -> int:
        """How many facts it says, of all kinds."""
        return sum(map(len, (self.figures, self.indicators, self.tasks, self.passages)))
