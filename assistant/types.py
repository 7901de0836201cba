"""What flows through answering. Facts come from `ingest.types`; nothing here holds a float."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from ingest.types.facts import (
    Figure,
    Form,
    Indicator,
    Location,
    Passage,
    Quantity,
    Role,
    Task,
)


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


class FeedbackKind(StrEnum):
    """What a user says of an answer (反馈)."""

    RIGHT = "正确"
    WRONG_NUMBER = "数字错"
    WRONG_SOURCE = "引用错"
    MISSED = "没答到"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A user's word on an answer, with a note in their own words."""

    kind: FeedbackKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer as kept (一问一答); `user` is "" where nobody logs in."""

    id: str
    conversation: str
    user: str
    asked: datetime
    answer: Answer
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as lists show it (会话); `title` is its first question, times are UTC."""

    id: str
    user: str
    title: str
    begun: datetime
    changed: datetime
    turns: int


class Section(StrEnum):
    """What can be drafted (起草内容)."""

    OVERVIEW = "overview"
    COMPLETION = "completion"
    PROBLEMS = "problems"
    MEASURES = "measures"
    REPORT = "report"


class ProblemKind(StrEnum):
    """Where a problem comes from (问题来源)."""

    UNMET = "未达标"
    UNVERIFIABLE = "无法核实"
    UNREPORTED = "未填报"
    CONTRADICTION = "数据疑点"
    STATED = "部门自查"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a draft (段落), a heading where `level` is above 0.

    Its markers [n] point into the citations of the draft; `calculations` are those it shows, and
    its numbers may rest on no others.
    """

    text: str
    level: int = 0
    calculations: tuple[Calculation, ...] = ()
    figures: tuple[CheckedFigure, ...] = ()
    mode: Mode = Mode.GROUNDED


@dataclass(frozen=True, slots=True)
class Remedy:
    """A problem and the one measure against it (问题与措施), each the paragraph that words it.

    `pace` is 立行立改, 限期整改 or 长期坚持; `own` says that the department proposed the measure.
    """

    kind: ProblemKind
    subject: str
    problem: str
    measure: str
    pace: str
    own: bool = False
    indicator_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blank:
    """What the documents do not say and a person has to fill in (待填项), in which paragraph.

    `paragraph` counts the paragraphs of the draft from 1, headings included.
    """

    label: str
    paragraph: int
    about: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """An indicator as the table of a draft shows it; `markers` point to its sources."""

    task: str
    family: str
    name: str
    target: str
    actual: str
    status: str
    markers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted section with all it rests on; nothing in it is invented (初稿).

    `sources` are the ids of the documents cited; `settings_hash` tells which settings made it.
    """

    section: Section
    title: str
    department: str
    year: int | None
    tone: str
    emphasis: str
    paragraphs: tuple[Paragraph, ...]
    citations: tuple[Citation, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    rows: tuple[TableRow, ...] = ()
    blanks: tuple[Blank, ...] = ()
    sources: tuple[str, ...] = ()
    settings_hash: str = ""
    mode: Mode = Mode.GROUNDED
    elapsed_ms: int = 0

    @property
    def text(self) -> str:
        """The paragraphs, one a line, as they are edited and checked again."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def figures(self) -> tuple[CheckedFigure, ...]:
        return tuple(figure for paragraph in self.paragraphs for figure in paragraph.figures)

    @property
    def calculations(self) -> tuple[Calculation, ...]:
        shown = (made for paragraph in self.paragraphs for made in paragraph.calculations)
        return tuple({made.formula: made for made in shown}.values())


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A version of a draft as kept (已存初稿); versions count from 1, `saved` is UTC."""

    id: str
    version: int
    user: str
    saved: datetime
    draft: Draft
