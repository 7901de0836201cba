"""Where in a document its text is being read (阅读位置), handed down from block to block and row to
row: whose facts it states, under which headings, and for which project."""

from dataclasses import dataclass, field, replace
from typing import Self

from ingest.extraction.figure_recorder import FigureContext
from ingest.language.form_vocabulary import unit_announced
from ingest.language.headings import Headings
from ingest.language.vocabulary import Vocabulary
from ingest.tables.header_search import Context
from ingest.types.blocks import Form, TableBlock
from ingest.types.tables import FormSection


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What is known at one place of a document of the text that follows there."""

    vocabulary: Vocabulary
    department: str
    year: int | None
    form: Form
    """The form or paper that the title names."""
    departments: tuple[str, ...] = ()
    """The bodies that labels name: where there are several, each form is its own department's."""
    document_project: str = ""
    """The only project that labels name; "" where there are several."""
    topic: str = ""
    """The budget term that the whole document is about (“三公”经费决算表), where it names one."""
    document_unit: str = ""
    """The unit that the head of the document gives for all its amounts (单位：万元)."""
    money_unit: str = ""
    """The unit of amounts that print none: the document's, or one announced since."""
    headings: Headings = field(default_factory=Headings)
    project: str = ""
    """The project that the table being read is about."""
    levels: tuple[str, str] = ("", "")
    """The families of the indicator read last (产出指标, 数量指标); rows below inherit them."""
    sheet: str | None = ""
    """The sheet of the table right above; "" where none stands right above."""
    table: Context = field(default_factory=Context)
    """What a table inherits that goes on from the one right above."""

    @property
    def planned(self) -> bool:
        """Whether the document sets targets and reports no results."""
        return self.form is Form.TARGET

    @property
    def summary(self) -> bool:
        """Whether the document lists bodies of a place, each with its amounts: what it is made for,
        or what a notice gives them."""
        return self.form in (Form.SUMMARY, Form.NOTICE)

    def announced(self, text: str) -> Self:
        """The context below a line, which may give the unit of the amounts below it."""
        unit = unit_announced(text)
        return replace(self, money_unit=unit) if unit else self

    def below_text(self) -> Self:
        """The context below a paragraph: the next table goes on from none."""
        return replace(self, sheet="", table=self.table.below_text())

    def at_table(self, table: TableBlock) -> Self:
        """The context at the top of a table.

        A table right below another is about the same project; one in another sheet counts in the
        unit of the document again.
        """
        sheet = table.location.sheet
        if table.continues or self.sheet == sheet:
            return replace(self, sheet=sheet)
        unit = self.document_unit if self.sheet else self.money_unit
        project = self.headings.task or self.document_project
        return replace(self, sheet=sheet, money_unit=unit, project=project)

    def section(self, block: FormSection | None, *parts: str) -> str:
        """The path of headings, form block, task and indicator that a figure stands under."""
        name = self.vocabulary.forms.sections.names[block] if block else ""
        names = [self.headings.path() or name, *parts]
        return " / ".join(dict.fromkeys(n for n in names if n))

    def figure(
        self, section: str, task: str = "", *, quote: str = "", subject: str = ""
    ) -> FigureContext:
        """What stands around a figure that is read here."""
        return FigureContext(
            section=section,
            task=task,
            quote=quote,
            subject=subject,
            department=self.department,
            year=self.year,
            money_unit=self.money_unit,
        )
