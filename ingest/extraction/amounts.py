"""Rows of amounts (资金行): budgets, spending and rates of a department, its parts and projects."""

import re
from dataclasses import dataclass, replace

from ingest.extraction.cell_values import amount_role, inside, row_quote
from ingest.extraction.figure_recorder import FigureContext, FigureRecorder
from ingest.extraction.reading_context import ReadingContext
from ingest.language.budget_terms import Concept
from ingest.language.form_vocabulary import is_money_unit, unit_in
from ingest.language.name_grammar import in_place
from ingest.language.normalise import normalise, one_line, squeeze
from ingest.language.vocabulary import ReadText, Vocabulary
from ingest.language.years import YEAR
from ingest.tables.form_rows import FormRow, RoleCell
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Quantity, Role
from ingest.types.tables import ColumnRole, TableKind

COLUMN_ROLES = {
    ColumnRole.TARGET: Role.TARGET,
    ColumnRole.PERIOD_TARGET: Role.PERIOD_TARGET,
    ColumnRole.ACTUAL: Role.ACTUAL,
    ColumnRole.ACTUAL_FORECAST: Role.ACTUAL,
    ColumnRole.WEIGHT: Role.WEIGHT,
    ColumnRole.SCORE: Role.SCORE,
    ColumnRole.INITIAL: Role.BUDGET,
    ColumnRole.FINAL: Role.BUDGET,
    ColumnRole.LEFT: Role.ADJUSTMENT,
    ColumnRole.SPENT: Role.SPENT,
    ColumnRole.FORECAST_SPENT: Role.SPENT,
    ColumnRole.ADJUSTMENT: Role.ADJUSTMENT,
    ColumnRole.RATE: Role.RATE,
    ColumnRole.ALLOCATED: Role.BUDGET,
    ColumnRole.FUND: Role.FUND,
    ColumnRole.FUND_FISCAL: Role.FUND,
    ColumnRole.FUND_OTHER: Role.FUND,
    ColumnRole.PROJECT_FUND: Role.FUND,
    ColumnRole.COMPLETION_RATE: Role.RATE,
    ColumnRole.SCORE_RATE: Role.RATE,
    ColumnRole.LAST_YEAR: Role.ACTUAL,
    ColumnRole.CHANGE: Role.RATE,
}
GRADE_TERM = BudgetTerm.SELF_GRADE
"""The term of what a department was rated."""
ALL_FUNDS_TERM = "年度资金总额"
"""The term of the whole amount of a project, of which other rows tell the sources."""
EXTRA_COLUMNS = (ColumnRole.OTHER, ColumnRole.SCORE_RATE, ColumnRole.LAST_YEAR, ColumnRole.CHANGE)
"""Columns of values beside those that make an indicator."""


@dataclass(frozen=True, slots=True)
class _AmountRow:
    """What a row of amounts is about."""

    item: str
    """The words that name it; those of a total (合计) in the last row."""
    department: str
    """The department it names, "" where the amounts are those of the document's."""
    task: str
    source: Concept | None
    """The budget term that the item names (年度资金总额, “三公”经费)."""
    all_sources: bool
    """Whether it tells the whole amount, of which other rows tell the sources."""
    all_items: bool
    """Whether it tells what a department has for all items together."""


@dataclass(frozen=True, slots=True)
class AmountReader:
    """Records the rows of tables of amounts."""

    recorder: FigureRecorder

    def funds(self, row: FormRow, reading: ReadingContext) -> None:
        """Records a row of budgets, spending and rates under heads that forms have."""
        about = _amount_row(row, reading)
        section = reading.section(row.section, about.department, about.task)
        around = reading.figure(section, about.task, quote=row_quote(row)).told_by(
            row.get(ColumnRole.ITEM), row.get(ColumnRole.DEPARTMENT)
        )
        around = replace(around, row_unit=_row_unit(row))
        if about.department:
            around = replace(around, department=about.department)
        for cell in row.cells:
            if not cell.fresh:
                continue
            if cell.role is ColumnRole.GRADE:
                subject = about.item + cell.headed.key
                self._grade(cell, replace(around, subject=subject))
            role = role_of(cell, TableKind.FUNDS, reading.vocabulary)
            if role is Role.FUND and reading.planned:
                role = Role.BUDGET  # what is applied for
            if role:
                self._amount(cell, role, about, around, reading)

    def _amount(
        self,
        cell: RoleCell,
        role: Role,
        about: _AmountRow,
        around: FigureContext,
        reading: ReadingContext,
    ) -> None:
        """Records one cell of a row of amounts."""
        head, vocabulary = cell.headed.key, reading.vocabulary
        concept = _column_concept(cell, head, vocabulary) if about.all_sources else None
        year = year_of_column(cell.head, reading.year)
        head = _COLUMN_YEAR.sub("", head) if year else head
        concept = concept or _twin(about.source, role, vocabulary)
        if reading.topic:  # its parts are no total of the department
            whole = about.all_items and _is_whole(head, vocabulary)
            source = vocabulary.terms.find(reading.topic) if whole else about.source
            concept = _twin(source, role, vocabulary)
            head = reading.topic + head if whole else head
        here = replace(around, subject=about.item + head, year=year or reading.year)
        self.recorder.value(cell, role, here, concept)

    def _grade(self, cell: RoleCell, around: FigureContext) -> None:
        """Records what a department was rated in words (等次: 优、良)."""
        text = cell.cell.text
        if not cell.content.is_placeholder and not cell.content.value:
            quantity = Quantity(raw=text.strip(), qualitative=one_line(text))
            concept = self.recorder.vocabulary.terms.find(GRADE_TERM)
            around = around.told_by(cell)
            self.recorder.figure(cell.cell, inside(text), Role.ACTUAL, quantity, around, concept)

    def numbers(self, row: FormRow, reading: ReadingContext) -> None:
        """Records a row of a table that no form has: each number under its column's words."""
        vocabulary = reading.vocabulary
        item = row.total or vocabulary.read(row.text(ColumnRole.ITEM)).key
        section = reading.section(row.section, reading.project)
        around = reading.figure(section, reading.project, quote=row_quote(row)).told_by(
            row.get(ColumnRole.ITEM)
        )
        for cell in row.cells:
            if cell.role is not ColumnRole.NUMBER or not cell.fresh or not cell.content.value:
                continue
            head = cell.headed
            concept = vocabulary.terms.find(head.key)
            role = _listed_role(head) or (concept.role if concept else None)
            concept = concept if concept and concept.role is role else None
            role = role or amount_role(head, vocabulary)
            role = role or amount_role(vocabulary.read(item), vocabulary)
            year = year_of_column(cell.head, reading.year) or reading.year
            here = replace(around, subject=item + head.key, year=year)
            self.recorder.value(cell, role or Role.ACTUAL, here, concept)


def _listed_role(head: ReadText) -> Role | None:
    """What a column holds whose head is listed for a table of indicators (得分率)."""
    if not head.is_listed_head(TableKind.INDICATORS):
        return None
    named = head.likeliest_role(TableKind.INDICATORS)
    return COLUMN_ROLES.get(named) if named else None


def _amount_row(row: FormRow, reading: ReadingContext) -> _AmountRow:
    """What a row of amounts is about, by the cells that name its item and department."""
    vocabulary = reading.vocabulary
    tails = tuple(vocabulary.departments.tails)
    named = row.text(ColumnRole.ITEM)
    body = row.text(ColumnRole.DEPARTMENT)
    department = "" if row.total or is_money_unit(body) else _full_name(body, reading)
    if not reading.summary and named and reading.department.endswith(tails):
        department = ""  # who carries out a project of the department
    item = row.total or vocabulary.read(named or row.text(ColumnRole.DEPARTMENT)).key
    source = vocabulary.terms.find(item.removesuffix("合计") or item) if item else None
    part = squeeze(named).startswith("其中")
    task = item
    if row.total or source or (department and not named):
        task = ""  # the row of a whole department, not of one of its projects
    return _AmountRow(
        item=item,
        department=department,
        task=reading.project or task,
        source=source,
        all_sources=bool(row.total) or (not part and (not source or source.name == ALL_FUNDS_TERM)),
        all_items=bool(row.total or department) or not named,
    )


def _row_unit(row: FormRow) -> str:
    """The unit of a row's own amounts: in a column of its own (单位), or behind the row's name."""
    own = (squeeze(cell.cell.text) for cell in row.cells)
    return next(filter(is_money_unit, own), "") or unit_in(row.text(ColumnRole.ITEM))


def _full_name(department: str, reading: ReadingContext) -> str:
    """A department of a table over a place (永靖市's 市教育局) by its full name."""
    named = _PLACE.match(reading.department) if reading.summary else None
    place = named.group() if named else reading.department
    return in_place(department, place)


def year_of_column(head: str, document_year: int | None) -> int | None:
    """The year that the head of a column names (2021年决算数, 上年决算数), if it names one."""
    named = _COLUMN_YEAR.search(normalise(head))
    if named:
        return int(named.group(1))
    before = document_year and _YEAR_BEFORE.match(normalise(head))
    return document_year - 1 if document_year and before else None


def role_of(cell: RoleCell, kind: TableKind, vocabulary: Vocabulary) -> Role | None:
    """What the values of a column are; those of a column that no form has, by its words."""
    if cell.role is not ColumnRole.OTHER:
        return COLUMN_ROLES.get(cell.role)
    named = cell.headed.likeliest_role(kind)
    role = COLUMN_ROLES.get(named) if named else None
    if role:
        return role
    concept = cell.headed.concept
    return concept.role if concept else amount_role(cell.headed, vocabulary) or Role.ACTUAL


_PLACE = re.compile(r"[一-龥]{1,4}?[市县区旗州]")
"""The place whose departments a table put together by its finance office lists."""
_COLUMN_TERMS = {ColumnRole.SPENT: BudgetTerm.SPENDING, ColumnRole.RATE: BudgetTerm.COMPLETION_RATE}


def _column_concept(cell: RoleCell, head: str, vocabulary: Vocabulary) -> Concept | None:
    """The budget term of a column, by its role or its head; none of one that tells a part of the
    amounts (基本支出预算)."""
    parts, terms = vocabulary.statements.parts, vocabulary.terms
    if head.startswith(parts) and head not in parts:
        return None
    named = terms.find(vocabulary.forms.term_of(TableKind.FUNDS, cell.role) or head)
    return named or terms.find(_COLUMN_TERMS.get(cell.role, ""))


_COLUMN_YEAR = re.compile(rf"({YEAR})年度?")
"""The year in the head of a column."""


_YEAR_BEFORE = re.compile(r"(?:上年|上一年|去年)(?!结转|结余)")


def topic_in(title: str, vocabulary: Vocabulary) -> str:
    """The term with a twin that a title names, quotes or not."""
    plain = re.sub(r"[“”\"\s]", "", title)
    return next((term for term in vocabulary.forms.amounts.twins if term in plain), "")


def _is_whole(head: str, vocabulary: Vocabulary) -> bool:
    """Whether a column of a table about one term tells all of it (决算数合计, not 公务接待费)."""
    words = head.removesuffix("合计")
    concept = vocabulary.terms.find(words)
    amount = concept is not None and concept.role in (Role.BUDGET, Role.SPENT)
    return amount or vocabulary.read(words).is_listed_head(TableKind.FUNDS)


def _twin(source: Concept | None, role: Role, vocabulary: Vocabulary) -> Concept | None:
    """Of a term with one for what was planned and one for what was spent, the one that fits."""
    if source is None or source.name not in vocabulary.forms.amounts.twins:
        return None
    return source if role is source.role else vocabulary.terms.find(f"{source.name}支出")
