"""The data of boards: indicators, rates, scores and findings, each with its department."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from assistant.assessment.department_totals import Light
from assistant.dashboard.indicator_list import Row
from assistant.types import Calculation, Finding
from ingest.types.blocks import Form
from ingest.types.facts import Figure

MAX_RATE_ROUNDING = Decimal("0.011")
"""Percentage points by which rounding may part a recomputed rate from a printed one."""
MAX_SCORE_ROUNDING = Decimal("0.1")
"""Points by which rounding may part a recomputed score from a printed one."""


class Placed(Protocol):
    """What belongs to a department and year, and was read in a form."""

    @property
    def city(self) -> str:
        """The city of the department, "" where its name tells none."""

    @property
    def department(self) -> str:
        """The full name of the department."""

    @property
    def year(self) -> int | None:
        """The year, None where the document tells none."""

    @property
    def form(self) -> Form:
        """The form it was read in (表种)."""


@dataclass(frozen=True, slots=True)
class BoardDocument:
    """A document as boards count it; `copy` if another one has the same content."""

    city: str
    department: str
    year: int | None
    form: Form
    copy: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """The budget execution (预算执行率) of a department and year, by one document's numbers.

    `calculation` is in %, None where only `reported` is printed; `inputs` are the figures that it
    rests on.
    """

    city: str
    department: str
    year: int | None
    form: Form
    file: str
    calculation: Calculation | None
    inputs: tuple[Figure, ...]
    reported: Figure | None

    @property
    def value(self) -> Decimal | None:
        """The rate in percent: recomputed, else as reported."""
        if self.calculation is not None:
            return self.calculation.result
        return self.reported.quantity.value if self.reported else None

    @property
    def differs(self) -> bool:
        """Whether the reported rate is not the recomputed one, rounding aside."""
        reported = self.reported.quantity.value if self.reported else None
        return (
            self.calculation is not None
            and reported is not None
            and abs(reported - self.calculation.result) > MAX_RATE_ROUNDING
        )


@dataclass(frozen=True, slots=True)
class SelfScore:
    """A self-evaluation score (自评得分) of a department, or of one `task`, beside what it earns.

    `recomputed` is in points, by the formulas of `scoring`; None where the rows print no weights.
    """

    city: str
    department: str
    year: int | None
    form: Form
    file: str
    task: str
    reported: Figure
    recomputed: Calculation | None = None

    @property
    def value(self) -> Decimal:
        """The reported score in points."""
        return self.reported.quantity.values[0]

    @property
    def differs(self) -> bool:
        """Whether the reported score is not what the rows earn."""
        recomputed = self.recomputed
        return recomputed is not None and abs(recomputed.result - self.value) > MAX_SCORE_ROUNDING


@dataclass(frozen=True, slots=True)
class DepartmentFinding:
    """A finding with the department and the document that it concerns.

    It may rest on documents of several years and forms, and then is of each of them.
    """

    city: str
    department: str
    year: int | None
    form: Form
    file: str
    finding: Finding
    years: frozenset[int | None] = frozenset()
    forms: frozenset[Form] = frozenset()

    @property
    def figures(self) -> frozenset[str]:
        """The ids of the figures that it is about."""
        return frozenset(id for cited in self.finding.evidence for id in cited.figure_ids)


@dataclass(frozen=True, slots=True)
class DepartmentLight:
    """A monitoring light (信号灯) with the department and year that it is about."""

    city: str
    department: str
    year: int | None
    light: Light

    @property
    def form(self) -> Form:
        """The form that it was read in."""
        return self.light.form


@dataclass(frozen=True, slots=True)
class Library:
    """All data of the boards, at one revision; copies stand in `documents` only.

    Until it is `audited` there are no findings and no lights.
    """

    documents: tuple[BoardDocument, ...] = ()
    rows: tuple[Row, ...] = ()
    executions: tuple[Execution, ...] = ()
    scores: tuple[SelfScore, ...] = ()
    findings: tuple[DepartmentFinding, ...] = ()
    lights: tuple[DepartmentLight, ...] = ()
    audited: bool = False
