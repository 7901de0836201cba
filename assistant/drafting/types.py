"""What flows through drafting: drafts, their paragraphs, problems and blanks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.types import Calculation, CheckedFigure, Citation, Mode


class Section(StrEnum):
    """What can be drafted (起草内容)."""

    OVERVIEW = "overview"
    COMPLETION = "completion"
    PROBLEMS = "problems"
    MEASURES = "measures"
    REPORT = "report"


class Part(StrEnum):
    """A part of a section that can be asked for by itself; the value is its heading (段落)."""

    BUDGET = "预算安排与执行情况"
    BY_TASK = "绩效目标完成情况"


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
    """A problem and the one measure against it (问题与措施), each as the text of its paragraph.

    `pace` is 立行立改, 限期整改 or 长期坚持; `own` says whether the department
    itself proposed the measure.
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
    """Something the documents do not say, which a person has to fill in (待填项).

    `paragraph` is the number of its paragraph, counted from 1, headings included.
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
    rows: tuple[TableRow, ...] = ()
    blanks: tuple[Blank, ...] = ()
    sources: tuple[str, ...] = ()
    settings_hash: str = ""
    mode: Mode = Mode.GROUNDED
    elapsed_ms: int = 0
    limited_to: tuple[str, ...] | None = None
    revision: int = 0

    @property
    def text(self) -> str:
        """The paragraphs, one a line, as they are edited and checked again."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def figures(self) -> tuple[CheckedFigure, ...]:
        """Every number of the text with its verdict, in reading order."""
        return tuple(figure for paragraph in self.paragraphs for figure in paragraph.figures)

    @property
    def calculations(self) -> tuple[Calculation, ...]:
        """Every calculation that the text shows, once."""
        shown = [
            calculation for paragraph in self.paragraphs for calculation in paragraph.calculations
        ]
        return tuple({calculation.formula: calculation for calculation in shown}.values())


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A stored version of a draft (已存初稿); versions count from 1, `saved` is UTC."""

    id: str
    version: int
    user: str
    saved: datetime
    draft: Draft
