"""What flows through answering. Facts come from `ingest.types`; nothing here holds a float."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ingest.types.blocks import Form, Location
from ingest.types.facts import Figure, Indicator, Passage, Quantity, Role, Task


class Intent(StrEnum):
    """What a question wants done with the facts (问题意图)."""

    LOOKUP = "lookup"
    LIST = "list"
    SUM = "sum"
    AVERAGE = "average"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    COUNT = "count"
    DIFFERENCE = "difference"
    RATE = "rate"
    STATUS = "status"
    CHECK = "check"
    NARRATIVE = "narrative"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A question as the executor understands it; empty fields do not restrict.

    `question` is the stand-alone reading (a follow-up is completed from the earlier turns).
    `subjects` are the indicator, budget or task words asked for, one entry a thing asked;
    `absent` names what the question asks for and no document has (a department, a year).
    `exact` says that a subject was named word by word (quoted), so only that one will do.
    `group` is over what a sum, a ranking or a list runs (department, task, area…), `area` the word
    for one of them (片区); `statuses` are the kinds of indicators asked for; `units` what the
    question counts in (几场, 多大). `terms` are those subjects that are standard budget terms.
    `condition` limits a list by value (低于90%), `levels` by indicator family (满意度指标).
    `about` is what stands beside the terms: the project whose money is asked for, if it is one.
    """

    question: str
    intent: Intent
    departments: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    absent: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    statuses: tuple[str, ...] = ()
    group: str = ""
    area: str = ""
    units: tuple[str, ...] = ()
    exact: bool = False
    terms: tuple[str, ...] = ()
    condition: Quantity | None = None
    levels: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What one subject found in one department and year: the same thing in all documents.

    `figures` are the printings of the value, best document first; `indicators` the rows that the
    subject names. Both are empty when nothing was found. `parent` is the row that a single figure
    belongs to (one area of 158/226/163); `others` are departments and years where it stands too.
    """

    subject: str
    department: str
    year: int | None
    figures: tuple[Figure, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    parent: Indicator | None = None
    others: tuple[tuple[str, int | None], ...] = ()
    score: float = 0.0

    @property
    def found(self) -> bool:
        return bool(self.figures or self.indicators)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer may use: figures, indicators and passages, best first.

    `matches` tell which of them answer which subject, department and year.
    """

    figures: tuple[Figure, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    passages: tuple[Passage, ...] = ()
    tasks: tuple[Task, ...] = ()
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculation:
    """A formula over figures as shown (计算过程), e.g. 1103.35 − 1022.93 = 80.42 万元."""

    formula: str
    inputs: tuple[str, ...]
    """Ids of the figures used."""
    result: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement of an answer stands (出处); `marker` is the number in [n]."""

    marker: int
    document_id: str
    file: str
    title: str
    department: str
    year: int | None
    location: Location
    quote: str
    figure_ids: tuple[str, ...] = ()


class Verdict(StrEnum):
    """How a number in an answer is grounded."""

    SUPPORTED = "supported"
    COMPUTED = "computed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A number found in an answer's text, with what it rests on."""

    raw: str
    value: Decimal
    unit: str
    verdict: Verdict
    marker: int | None = None


class Mode(StrEnum):
    """Who worded the answer: our own composer, or a language model."""

    GROUNDED = "grounded"
    LLM = "llm"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything it rests on; `settings_hash` tells which settings made it."""

    question: str
    text: str
    abstained: bool
    mode: Mode
    citations: tuple[Citation, ...] = ()
    figures: tuple[CheckedFigure, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    settings_hash: str = ""
    elapsed_ms: int = 0


class Status(StrEnum):
    """Where an indicator stands (指标状态)."""

    MET = "达标"
    UNMET = "未达标"
    EXCEEDED = "超额"
    UNVERIFIABLE = "无法核实"
    UNREPORTED = "未报告"
    QUALITATIVE_MET = "定性达成"
    QUALITATIVE_UNMET = "定性未达成"


@dataclass(frozen=True, slots=True)
class IndicatorStatus:
    """An indicator with its status and the reason in one sentence."""

    indicator: Indicator
    status: Status
    reason: str


class Severity(StrEnum):
    """How sure a finding is: arithmetic that is off, a suspicion (疑似), or advice."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reviewer should look at (校核发现); `code` is D01–D27 of docs/checks.md.

    `message` is one Chinese sentence with the numbers; `formula` shows them put in, "" where there
    is nothing to compute; `candidates` are all admissible readings with their results. `subject` is
    what the finding is about (an indicator, a budget term, a task).
    """

    code: str
    severity: Severity
    message: str
    document_id: str
    evidence: tuple[Citation, ...] = ()
    formula: str = ""
    candidates: tuple[str, ...] = ()
    subject: str = ""
