"""What a file is made of: paragraphs and tables whose every character knows its place.

A piece of text always knows where each of its characters stands: it is made of `Run`s, and every
`Run` carries its `Location`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
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
        """The texts of all runs, one after the other."""
        runs = self.runs
        return runs[0].text if len(runs) == 1 else "".join([run.text for run in runs])

    def locate(self, start: int, end: int) -> Location:
        """Where the characters [start, end) of `text` stand; an IndexError where there are none."""
        places: list[Location] = []
        offset = 0
        for run in self.runs:
            if offset < end and start < offset + len(run.text):
                places.append(run.location)
            offset += len(run.text)
        if not places:
            raise IndexError(f"no text at [{start}, {end}) of {offset} characters")
        return cover(places)

    @property
    def location(self) -> Location:
        """The place that all runs lie in."""
        return cover(run.location for run in self.runs)


@dataclass(frozen=True, slots=True)
class TextBlock(Located):
    """A paragraph (段落) outside any table; a heading (标题) when `level` is above 0."""

    runs: tuple[Run, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cell(Located):
    """A table cell. `row`, `column` are 0-based grid positions of its top left corner.

    A merged cell stands once, with its spans; an empty cell has no runs. `ticked` is True where the
    text is what somebody ticked of a list of options: filled in, and never a head.
    """

    row: int
    column: int
    runs: tuple[Run, ...] = ()
    row_span: int = 1
    column_span: int = 1
    ticked: bool = False


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

    @classmethod
    def of(cls, cells: Collection[Cell]) -> "TableBlock":
        """The table that cells make which stand in no order; at least one holds a text."""
        return cls(
            tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
            max(cell.row for cell in cells) + 1,
            max(cell.column for cell in cells) + 1,
            cover(cell.location for cell in cells if cell.runs),
        )


Block = TextBlock | TableBlock


class Form(StrEnum):
    """Which form a document is (表种), or which kind of paper (文种) where it is none."""

    SELF_EVALUATION = "部门整体支出绩效自评表"
    TARGET = "绩效目标表"
    PROJECT_SELF_EVALUATION = "项目支出绩效自评表"
    MONITORING = "绩效运行监控表"
    SUMMARY = "汇总表"
    REPORT = "绩效自评报告"
    EVALUATION_REPORT = "评价报告"
    AUDIT_REPORT = "审计报告"
    WORK_SUMMARY = "总结"
    EXPLANATION = "公开说明"
    NOTICE = "通知"
    REGULATION = "办法"
    UNKNOWN = "其他"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader must know of a place before trusting it (说明): it is hidden, or calculated.

    A place without a row or column stands for all of them.
    """

    text: str
    reason: str
    location: Location
    hidden: bool = False

    def covers(self, place: Location) -> bool:
        """Whether the remark is about a place."""
        here = self.location
        return (
            here.sheet == place.sheet
            and here.row in (None, place.row)
            and here.column in (None, place.column)
        )


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
    remarks: tuple[Remark, ...] = ()
    operator: str = ""  # who carries out what the department reports on
