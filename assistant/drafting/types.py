"""What flows through drafting: drafts, their paragraphs, problems and blanks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from assistant.types import Calculation, CheckedFigure, Citation, Mode


class Section(StrEnum):
    """What can be drafted (起草内容)."""

    OVERVIEW = "overview"
    COMPLETION = "completion"
    PROBLEMS = "problems"
    MEASURES = "measures"
    REPORT = "report"
    CHECKLIST = "checklist"
    """For the drafter alone: what to check, confirm and add before a report is sent (核对清单)."""


class Part(StrEnum):
    """A part of a section that can be asked for by itself; the value is its heading (段落)."""

    BUDGET = "预算安排与执行情况"
    BY_TASK = "绩效目标完成情况"
    GOAL = "年度总体目标"


class Length(StrEnum):
    """How much of it is told (篇幅)."""

    SHORT = "简"
    """Conclusions, what was missed and what is done about it."""
    MEDIUM = "中"
    FULL = "详"
    """Every indicator of every task in the text, too."""


class Cause(StrEnum):
    """By what problems are headed (问题成因), in the order told where none is graver."""

    OUTPUT = "产出未完成"
    EFFECT = "效益与满意度"
    EXECUTION = "执行进度"
    TARGETS = "目标设置"
    MANAGEMENT = "管理"
    REPORTING = "填报质量"


class Manner(TypedDict, total=False):
    """In which words a draft is written: tone (口吻), what is stressed (突出), length (篇幅)."""

    tone: str
    emphasis: str
    length: Length


@dataclass(frozen=True, slots=True)
class DraftTable:
    """A table of a draft (表), its cells as text with markers, and every number in them.

    With `chart`, a Word file draws its amounts, too (bar).
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[CheckedFigure, ...] = ()
    chart: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a draft (段落), a heading where `level` is above 0.

    Its markers [n] point into the citations of the draft; `calculations` are those it shows, and
    its numbers may rest on no others. Where it has a `table`, the text is the table's caption.
    """

    text: str
    level: int = 0
    calculations: tuple[Calculation, ...] = ()
    figures: tuple[CheckedFigure, ...] = ()
    mode: Mode = Mode.GROUNDED
    table: DraftTable | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """A headed problem and the measures against it (问题与措施), a paragraph a line.

    `subject` is its heading; `own` says whether the department itself proposed a measure.
    """

    kind: Cause
    subject: str
    problem: str
    measure: str
    own: bool = False
    indicator_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blank:
    """Something the documents do not say, which a person has to fill in (待填项).

    `paragraph` is the number of its paragraph, or of its table's caption, counted from 1, headings
    included.
    """

    label: str
    paragraph: int
    about: str


@dataclass(frozen=True, slots=True)
class CheckItem:
    """Something that the drafter has to look at before the report is sent (核对事项).

    `place` is where it stands, `printed` what is printed there, `matter` what it should agree with
    or what is missing, `action` what to do.
    """

    kind: str
    place: str
    printed: str
    matter: str
    action: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted section with its citations and calculations (初稿); what is unknown is a blank.

    `sources` are the ids of the documents cited; `settings_hash` identifies the settings in force.
    `limited_to` are the departments whose documents it was made from, None where that is not
    known; `revision` is that of the library which it was made from.
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
    checklist: tuple[CheckItem, ...] = ()
    blanks: tuple[Blank, ...] = ()
    sources: tuple[str, ...] = ()
    settings_hash: str = ""
    mode: Mode = Mode.GROUNDED
    elapsed_ms: int = 0
    limited_to: tuple[str, ...] | None = None
    revision: int = 0
    length: Length = Length.MEDIUM
    removed: tuple[Paragraph, ...] = ()
    """What was emptied by hand: brought back, it rests on what it rested on before."""

    @property
    def text(self) -> str:
        """The paragraphs, one a line, as they are edited and checked again."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def figures(self) -> tuple[CheckedFigure, ...]:
        """Every number of the text and the tables with its verdict, in reading order."""
        return tuple(
            figure
            for paragraph in self.paragraphs
            for told in (paragraph, paragraph.table)
            if told is not None
            for figure in told.figures
        )

    @property
    def calculations(self) -> tuple[Calculation, ...]:
        """Every calculation that the text shows, once."""
        shown = [
            calculation for paragraph in self.paragraphs for calculation in paragraph.calculations
        ]
        return tuple({calculation.formula: calculation for calculation in shown}.values())


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A stored version of a draft (已存初稿); versions count from 1, `saved` is UTC.

    It is `automatic` where the page kept it by itself.
    """

    id: str
    version: int
    user: str
    saved: datetime
    draft: Draft
    automatic: bool = False
