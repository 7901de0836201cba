"""What flows through ingestion: files as blocks, and the facts found in them.

A piece of text always knows where each of its characters stands: it is made of `Run`s, and every
`Run` carries its `Location`. Nothing here holds a float: amounts and rates are `Decimal`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file that a reader can open; all counts start at 1.

    `table`, `row`, `column` count as the file shows them (a spreadsheet's own row and column).
    `line_start`/`line_end` are lines of a text file, or paragraphs of a Word file or web page.
    `bbox` is (left, top, right, bottom) in PDF points from the top left corner of the page.
    """

    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    line_start: int | None = None
    line_end: int | None = None
    bbox: tuple[float, float, float, float] | None = None


def cover(locations: Iterable[Location]) -> Location:
    """The smallest place that holds all the given ones, named by the first where they differ."""
    places = list(locations)
    first = places[0]
    if len(places) == 1 or all(place is first for place in places):  # as most cells stand
        return first
    starts = [p.line_start for p in places if p.line_start]
    ends = [p.line_end for p in places if p.line_end]
    boxes = [p.bbox for p in places if p.bbox is not None and p.page == first.page]
    box = None
    if boxes:
        left, top, right, bottom = zip(*boxes, strict=True)
        box = (min(left), min(top), max(right), max(bottom))
    lines = min(starts, default=None), max(ends, default=None)
    return replace(first, line_start=lines[0], line_end=lines[1], bbox=box)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that stands in one place: a line, a cell's line, a word box."""

    text: str
    location: Location


class Located:
    """Text made of runs. `text` is their plain concatenation, so offsets map back to places."""

    __slots__ = ()
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        runs = self.runs
        return runs[0].text if len(runs) == 1 else "".join([run.text for run in runs])

    def locate(self, start: int, end: int) -> Location:
        """Where the characters [start, end) of `text` stand."""
        found: list[Location] = []
        offset = 0
        for run in self.runs:
            if offset < end and start < offset + len(run.text):
                found.append(run.location)
            offset += len(run.text)
        if not found:
            raise IndexError(f"no text at [{start}, {end}) of {offset} characters")
        return cover(found)

    @property
    def location(self) -> Location:
        return cover(run.location for run in self.runs)


@dataclass(frozen=True, slots=True)
class TextBlock(Located):
    """A paragraph (段落) outside any table; a heading (标题) when `level` is above 0."""

    runs: tuple[Run, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cell(Located):
    """A table cell. `row`, `column` are 0-based grid positions of its top left corner.

    A merged cell stands once, with its spans; an empty cell has no runs.
    """

    row: int
    column: int
    runs: tuple[Run, ...] = ()
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table as the file draws it; `cells` in reading order, `row_count` × `column_count`.

    `continues` is True when the table goes on from the one before (a table cut by a page break).
    """

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    location: Location
    continues: bool = False


Block = TextBlock | TableBlock


class Form(StrEnum):
    """Which form a document is (表种)."""

    SELF_EVALUATION = "部门整体支出绩效自评表"
    TARGET = "绩效目标表"
    PROJECT_SELF_EVALUATION = "项目支出绩效自评表"
    MONITORING = "绩效运行监控表"
    SUMMARY = "汇总表"
    REPORT = "绩效自评报告"
    UNKNOWN = "其他"


@dataclass(frozen=True, slots=True)
class Document:
    """A file as loaded: its bytes' sha256 is its id; `scanned` pages may be misread."""

    id: str
    file: str
    blocks: tuple[Block, ...]
    title: str = ""
    form: Form = Form.UNKNOWN
    department: str = ""
    year: int | None = None
    scanned: bool = False
    operator: str = ""  # who carries out what the department reports on


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


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as printed and as meant (指标值).

    `raw` is the exact text. `values` has one Decimal for a plain number, two for a range, several
    for a list; empty for a qualitative value, whose words stand in `qualitative`. 万 and 亿 before
    a counting unit are multiplied out (80万人次 = 800000 人次); 元, 万元 and 亿元 stay as printed.
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
    `task` names the task or project the figure is about, "" for the whole department.
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


@dataclass(frozen=True, slots=True)
class Indicator:
    """A performance indicator row (绩效指标), each value with the id of its figure in `figure_ids`.

    `actual_text` keeps the whole cell: 完成。…共2016小时 may be prose around a value; `amended`
    says what of it was corrected by hand.
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
    """Something that was not understood (未识别内容), with its place and the reason."""

    text: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that one document says: the unit that is stored, or absent, as a whole."""

    document: Document
    table_rows: int
    figures: tuple[Figure, ...]
    indicators: tuple[Indicator, ...]
    tasks: tuple[Task, ...]
    passages: tuple[Passage, ...]
    oddities: tuple[Oddity, ...]


class Outcome(StrEnum):
    """What became of a file that was handed in."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileReport:
    """The ingest report's line for one file (入库报告); `note`: what is well but incomplete."""

    file: str
    outcome: Outcome
    id: str = ""
    title: str = ""
    form: Form = Form.UNKNOWN
    department: str = ""
    year: int | None = None
    error: str = ""
    table_rows: int = 0
    indicators: int = 0
    figures: int = 0
    passages: int = 0
    oddities: tuple[Oddity, ...] = ()
    elapsed_ms: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far taking in has come (入库进度): `page` of `page_count` of the file that is number
    `number` of `total`; `pages` of other files have been read, all in `seconds`."""

    doing: str
    file: str
    number: int
    total: int
    pages: int = 0
    seconds: float = 0.0
    page: int = 0
    page_count: int = 0

    @property
    def rate(self) -> str:
        """Files and pages a second, "" as long as nothing is done."""
        done = (self.number - 1, "个文件"), (self.pages + max(self.page - 1, 0), "页")
        seconds = self.seconds
        told = [f"{count / seconds:.1f}{what}" for count, what in done if count and seconds]
        return "每秒" + "、".join(told) if told else ""

    @property
    def place(self) -> str:
        return f"第{self.page}/{self.page_count}页" if self.page else ""

    def __str__(self) -> str:
        number = f"（{self.number}/{self.total}）" if self.total > 1 else ""
        parts = f"{self.doing}{number}：{self.file}", self.place, self.rate
        return "，".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A stored document as listings show it; `copy_of` says the same in another file, "" none."""

    id: str
    file: str
    title: str
    form: Form
    department: str
    year: int | None
    table_rows: int
    indicators: int
    figures: int
    passages: int
    oddities: tuple[Oddity, ...] = ()
    copy_of: str = ""
    scanned: bool = False
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents a query may touch, an empty field any; without `copies`, none twice."""

    document_ids: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    forms: tuple[Form, ...] = field(default=())
    copies: bool = True


@dataclass(frozen=True, slots=True)
class StoreFault:
    """A disagreement found by `verify-store`."""

    document_id: str
    file: str
    message: str
