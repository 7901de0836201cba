"""What flows through answering. Facts come from `ingest.types`; nothing here holds a float."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from hashlib import sha1

from ingest.types.blocks import Form, Location
from ingest.types.facts import Figure, Indicator, Passage, Quantity, Role, Task

MAX_RANKED = 10
"""Maximum number of a ranking that is told where the question does not say how many."""


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


class Dimension(Enum):
    """Over what a sum, a ranking or a list runs (汇总对象)."""

    DEPARTMENT = "department"
    TASK = "task"
    INDICATOR = "indicator"
    AREA = "area"
    """The areas, stages or sites that a text tells apart (片区)."""
    PART = "part"
    """What an amount is made of (构成)."""
    WHOLE = "whole"
    """Everything that tells how a department stands (总体情况)."""
    CHANGE = "change"
    """Each indicator against itself a year before (与上年相比)."""


class RateKind(Enum):
    """Which rate is computed (比率)."""

    MET_SHARE = "met_share"
    """Indicators that were met, out of all (指标达标率)."""
    SHARE = "share"
    """One value as a part of another (占比)."""
    GROWTH = "growth"
    """A value against the year before (同比)."""
    ACHIEVED = "achieved"
    """What was done against what was planned (目标完成率)."""


class CheckKind(Enum):
    """What is checked (核对内容)."""

    TOTAL_SCORE = "total_score"
    REASON = "reason"
    SCORE = "score"
    UNIT = "unit"
    DONE = "done"
    SUM = "sum"


class Topic(Enum):
    """Which text of the documents is asked for or drafted (文字内容)."""

    PROBLEMS = "problems"
    MEASURES = "measures"
    REASON = "reason"
    GOAL_COMPLETION = "goal_completion"
    GOALS = "goals"
    BUDGET = "budget"
    INDICATORS = "indicators"
    TASKS = "tasks"
    OVERVIEW = "overview"


class Catalogue(Enum):
    """Which list of what the library holds is asked for (资料库目录)."""

    DOCUMENTS = "documents"
    YEARS = "years"
    DEPARTMENTS = "departments"
    NEWEST = "newest"
    FORMS = "forms"


Focus = Dimension | RateKind | CheckKind | Topic | Catalogue
"""What a question is about beside its intent; plain enumerations, so that the reason of a shortfall
(`Topic.REASON`) never equals the check of whether one is given (`CheckKind.REASON`)."""


class Trend(Enum):
    """Which way indicators moved from one year to the next (进步或退步)."""

    BETTER = "better"
    WORSE = "worse"


class StatusFamily(StrEnum):
    """A kind of indicators that a question asks for (指标类别): several statuses, or no number."""

    UNMET = "未达标"
    QUALITATIVE = "定性"
    UNVERIFIABLE = "无法核实"
    EXCEEDED = "超额"
    MET = "达标"


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A question as the executor understands it; empty fields do not restrict.

    `question` is the stand-alone reading (a follow-up is completed from the earlier turns), with
    the documents' terms for people's; `said` is what was typed.
    `subjects` are the indicator, budget or task words asked for, one entry a thing asked;
    `absent` names what the question asks for and no document has (a department, a year).
    `exact` says that a subject was named word by word (quoted), so only that one will do.
    `focus` is what the intent is about (over what a sum runs, which rate, check, text or list);
    `area` is the word for one area (片区), `trend` limits `Dimension.CHANGE`, `summed_over` is over
    what the parts of a checked sum run. `status_family` is the kind of indicators asked for;
    `units` what the question counts in (几场, 多大). `terms` are those subjects that are budget
    terms.
    `condition` limits a list by value (低于90%), `levels` by indicator family (满意度指标).
    `about` is what stands beside the terms: the project whose money is asked for, if it is one.
    `limit` is how many of a ranking are wanted, `most` that they are asked for as 最多 or 最少,
    `each` that all of several like figures are wanted, `spent_only` that only money spent is asked
    for, `forecast` that forecasts are; `grades` are the ratings named (优). `seeks_findings` says
    that the question is after whatever does not fit. With them nobody has to read `question` again.
    `curtailed` says that it named more things or years than one question looks up, `carried` that
    the departments are those of the turn before, `years_carried` that the years are; `lent` are the
    words for what is asked about that only the turn before has.
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
    status_family: StatusFamily | None = None
    focus: Focus | None = None
    area: str = ""
    trend: Trend | None = None
    summed_over: Dimension | None = None
    units: tuple[str, ...] = ()
    exact: bool = False
    terms: tuple[str, ...] = ()
    condition: Quantity | None = None
    levels: tuple[str, ...] = ()
    about: str = ""
    limit: int = MAX_RANKED
    most: bool = False
    each: bool = False
    spent_only: bool = False
    forecast: bool = False
    grades: tuple[str, ...] = ()
    seeks_findings: bool = False
    curtailed: bool = False
    carried: bool = False
    years_carried: bool = False
    lent: tuple[str, ...] = ()
    said: str = ""


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

    @property
    def found(self) -> bool:
        """Whether there is anything."""
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


class State(StrEnum):
    """What an answer does with its question (回答状态)."""

    ANSWERED = "answered"
    QUOTED = "quoted"
    """Nothing certain was found: the nearest passages stand in its blocks, nothing is asserted."""
    ASKED_BACK = "asked_back"
    """What was asked fits several things, or names too little; the reader is asked which."""
    REFUSED = "refused"
    HELPED = "helped"
    """It is about the program, not about documents."""

    @property
    def abstains(self) -> bool:
        """Whether the documents did not answer, and nothing of them was shown."""
        return self in (State.ASKED_BACK, State.REFUSED)


class BlockKind(StrEnum):
    """What a block of an answer is (回答的组成)."""

    TEXT = "text"
    TABLE = "table"
    CHART = "chart"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class AnswerBlock:
    """A piece of an answer beside its text: a table, a chart of one, or a passage as it stands.

    `marker` is that of the passage's citation, `span` the start and end in `text` of the words that
    answer. `chart` says how the columns are drawn (bar, line). Cells hold their markers [n].
    """

    kind: BlockKind
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    chart: str = ""
    marker: int | None = None
    span: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerScope:
    """What an answer covers (回答范围); empty fields do not restrict.

    `documents` are the ids of those it cites; `carried` says that the departments are those of the
    turn before, `years_carried` that the years are.
    """

    departments: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    forms: tuple[Form, ...] = ()
    documents: tuple[str, ...] = ()
    carried: bool = False
    years_carried: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks against a figure that an answer tells (存疑); `code` is that of the finding."""

    code: str
    message: str
    figure_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """That of the finding."""
        return finding_key(self.code, self.message)


class AskedFiles(StrEnum):
    """What the files of a conversation had to do with an answer in it (对话里的文件)."""

    NONE = ""
    """There were none, or they were not asked."""
    ANSWERED = "answered"
    """It is made from them alone."""
    SILENT = "silent"
    """They do not tell it: it is the library's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything it rests on; `settings_hash` tells which settings made it.

    `limited_to` are the departments whose documents it was made from, () for all of them, None
    where that is not known; `revision` is that of the library which it was made from. `confidence`
    (0 to 1) is how sure it is that this is what was asked. `suggestions` are questions to go on
    with.
    """

    question: str
    text: str
    state: State
    mode: Mode
    citations: tuple[Citation, ...] = ()
    figures: tuple[CheckedFigure, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    settings_hash: str = ""
    elapsed_ms: int = 0
    limited_to: tuple[str, ...] | None = None
    revision: int = 0
    confidence: Decimal = Decimal(0)
    scope: AnswerScope = AnswerScope()
    doubts: tuple[Doubt, ...] = ()
    blocks: tuple[AnswerBlock, ...] = ()
    suggestions: tuple[str, ...] = ()
    asked_files: AskedFiles = AskedFiles.NONE

    @property
    def abstained(self) -> bool:
        """Whether the documents did not answer: it was refused, or asked back."""
        return self.state.abstains


class Status(StrEnum):
    """Where an indicator stands (指标状态)."""

    MET = "达标"
    UNMET = "未达标"
    EXCEEDED = "超额"
    UNVERIFIABLE = "无法核实"
    UNREPORTED = "未报告"
    QUALITATIVE_MET = "定性达成"
    QUALITATIVE_UNMET = "定性未达成"

    @property
    def is_met(self) -> bool:
        """Whether the target was reached, in numbers or in words."""
        return self in (Status.MET, Status.EXCEEDED, Status.QUALITATIVE_MET)

    @property
    def is_unmet(self) -> bool:
        """Whether the target was missed, in numbers or in words."""
        return self in (Status.UNMET, Status.QUALITATIVE_UNMET)

    @property
    def is_open(self) -> bool:
        """Whether it cannot be told: nothing was reported, or nothing that can be compared."""
        return self in (Status.UNVERIFIABLE, Status.UNREPORTED)


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


class Handling(StrEnum):
    """What a person says of a finding (处理)."""

    SEEN = "已看"
    FALSE_ALARM = "误报"
    REMEDIED = "已整改"


@dataclass(frozen=True, slots=True)
class FindingMark:
    """How a finding was handled, by whom and when (处理标记); `at` is local time in ISO 8601."""

    handling: Handling
    by: str
    at: str


def finding_key(code: str, message: str) -> str:
    """What a finding of a document is known by: it changes with whatever the finding says."""
    return sha1(f"{code} {message}".encode(), usedforsecurity=False).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reviewer should look at (校核发现); `code` is D01–D27 of docs/checks.md.

    `message` is one Chinese sentence with the numbers; `formula` shows them put in, "" where there
    is nothing to compute; `candidates` are all admissible readings with their results. `subject` is
    what the finding is about (an indicator, a budget term, a task). `mark` is what a person
    said of it, None as long as nobody has.
    """

    code: str
    severity: Severity
    message: str
    document_id: str
    evidence: tuple[Citation, ...] = ()
    formula: str = ""
    candidates: tuple[str, ...] = ()
    subject: str = ""
    mark: FindingMark | None = None

    @property
    def key(self) -> str:
        """What it is known by in its document."""
        return finding_key(self.code, self.message)
