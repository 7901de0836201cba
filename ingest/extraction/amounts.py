"""Rows of amounts (资金行): budgets, spending and rates of a department, its parts and projects."""

import re
from dataclasses import dataclass, replace
from functools import cache

from ingest.extraction.cell_values import amount_role, inside, row_quote
from ingest.extraction.figure_recorder import FigureContext, FigureRecorder
from ingest.language.budget_terms import Concept, find_concept
from ingest.language.form_vocabulary import is_placeholder, label_key
from ingest.language.lexicon import read_pack
from ingest.language.normalise import normalise, one_line, squeeze
from ingest.language.quantities import parse_value
from ingest.tables.headers import is_listed, role_by_words, term_of
from ingest.tables.rows import FormRow, RoleCell
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
    ColumnRole.LEFT: Role.BUDGET,
    ColumnRole.SPENT: Role.SPENT,
    ColumnRole.FORECAST_SPENT: Role.SPENT,
    ColumnRole.ADJUSTMENT: Role.ADJUSTMENT,
    ColumnRole.RATE: Role.RATE,
    ColumnRole.FUND: Role.FUND,
    ColumnRole.FUND_FISCAL: Role.FUND,
    ColumnRole.FUND_OTHER: Role.FUND,
    ColumnRole.PROJECT_FUND: Role.FUND,
    ColumnRole.COMPLETION_RATE: Role.RATE,
    ColumnRole.SCORE_RATE: Role.RATE,
    ColumnRole.LAST_YEAR: Role.ACTUAL,
    ColumnRole.CHANGE: Role.RATE,
}
GRADE = "自评等级"
"""The term of what a department was rated."""
BESIDE = (ColumnRole.OTHER, ColumnRole.SCORE_RATE, ColumnRole.LAST_YEAR, ColumnRole.CHANGE)
"""Columns of values beside those that make an indicator."""


@dataclass(slots=True)
class AmountReader(FigureRecorder):
    """Records the rows of tables of amounts."""

    def funds(self, row: FormRow) -> None:
        department = "" if row.total else self._located(row.text(ColumnRole.DEPARTMENT))
        if (
            not self.summary
            and row.text(ColumnRole.ITEM)
            and self.whose.department.endswith(_tails())
        ):
            department = ""  # who carries out a project of the department
        item = row.total or label_key(row.text(ColumnRole.ITEM) or row.text(ColumnRole.DEPARTMENT))
        source = find_concept(item.removesuffix("合计") or item) if item else None
        part = squeeze(row.text(ColumnRole.ITEM)).startswith("其中")
        whole = bool(row.total) or (not part and (not source or source.name == "年度资金总额"))
        of_all = bool(row.total or department) or not row.text(ColumnRole.ITEM)
        own = bool(department and row.text(ColumnRole.ITEM))  # a project of one of many departments
        task = self.project or ("" if row.total or source or (department and not own) else item)
        section = self.section(row.section, department, task)
        around = FigureContext(section, task, row_quote(row), department)
        for cell in row.cells:
            role = role_of(cell, TableKind.FUNDS)
            if cell.role is ColumnRole.GRADE and cell.fresh:
                self._grade(cell, replace(around, subject=item + label_key(cell.head)))
            if role and cell.fresh:
                head = label_key(cell.head)
                concept = _column_concept(cell, head) if whole else None
                year = self.year_of(cell.head)
                head = _COLUMN_YEAR.sub("", head) if year else head
                concept = concept or _twin(source, role)
                if self.topic:  # its parts are no total of the department
                    told = of_all and _is_whole(head)
                    concept = _twin(find_concept(self.topic) if told else source, role)
                    head = self.topic + head if told else head
                here = replace(around, subject=item + head, year=year)
                self._value(cell, role, here, concept)

    def _grade(self, cell: RoleCell, around: FigureContext) -> None:
        """Records what a department was rated in words (等次: 优、良)."""
        text = cell.cell.text
        if not is_placeholder(text) and not parse_value(text):
            quantity = Quantity(raw=text.strip(), qualitative=one_line(text))
            concept = find_concept(GRADE)
            self._figure(cell.cell, inside(text), Role.ACTUAL, quantity, around, concept)

    def numbers(self, row: FormRow) -> None:
        """A row of a table that no form has: each number under its column's words."""
        item = label_key(row.text(ColumnRole.ITEM))
        section = self.section(row.section, self.project)
        for cell in row.cells:
            if (
                cell.role is not ColumnRole.NUMBER
                or not cell.fresh
                or not parse_value(cell.cell.text)
            ):
                continue
            head = label_key(cell.head)
            concept = find_concept(head)
            role = concept.role if concept else amount_role(cell.head) or amount_role(item)
            here = FigureContext(section, self.project, row_quote(row), "", item + head)
            here = replace(here, year=self.year_of(cell.head))
            self._value(cell, role or Role.ACTUAL, here, concept)

    def year_of(self, head: str) -> int | None:
        """The year that the head of a column names, where it is another than the form's."""
        named = _COLUMN_YEAR.search(normalise(head))
        if named:
            return int(named.group(1))
        before = self.whose.year and _YEAR_BEFORE.match(normalise(head))
        return self.whose.year - 1 if self.whose.year and before else None

    def _located(self, department: str) -> str:
        """A department of a table over a place (永靖市's 市教育局) by its full name."""
        named = _PLACE.match(self.whose.department) if self.summary else None
        place = named.group() if named else self.whose.department
        inside = department[:1] == place[-1:] and 1 < len(place) < 6
        return place[:-1] + department if inside else department


@cache
def _tails() -> tuple[str, ...]:
    return tuple(read_pack("departments")["tails"])


def role_of(cell: RoleCell, kind: TableKind) -> Role | None:
    """What the values of a column are; those of a column that no form has, by its words."""
    if cell.role is not ColumnRole.OTHER:
        return COLUMN_ROLES.get(cell.role)
    named = role_by_words(cell.head, kind)
    role = COLUMN_ROLES.get(named) if named else None
    concept = find_concept(label_key(cell.head))
    return role or (concept.role if concept else amount_role(cell.head) or Role.ACTUAL)


_PLACE = re.compile(r"[一-龥]{1,4}?[市县区旗州]")
"""The place whose departments a table put together by its finance office lists."""
_COLUMN_TERMS = {ColumnRole.SPENT: "实际支出数", ColumnRole.RATE: "预算完成率"}


def _column_concept(cell: RoleCell, head: str) -> Concept | None:
    """The budget term of a column, by its role or its head; none of one that tells a part of the
    amounts (基本支出预算)."""
    parts = tuple(read_pack("statements")["parts"])
    if head.startswith(parts) and head not in parts:
        return None
    named = find_concept(term_of(TableKind.FUNDS, cell.role) or head)
    return named or find_concept(_COLUMN_TERMS.get(cell.role, ""))


_COLUMN_YEAR = re.compile(r"((?:19|20)\d\d)年(?:度(?=预算|决算))?")


_YEAR_BEFORE = re.compile(r"(?:上年|上一年|去年)(?!结转|结余)")


def topic_in(title: str) -> str:
    """The term with a twin that a title names, quotes or not."""
    plain = re.sub(r"[“”\"\s]", "", title)
    return next((t for t in read_pack("forms")["amounts"]["twins"] if t in plain), "")


def _is_whole(head: str) -> bool:
    """Whether a column of a table about one term tells all of it (决算数合计, not 公务接待费)."""
    words = head.removesuffix("合计")
    concept = find_concept(words)
    amount = concept is not None and concept.role in (Role.BUDGET, Role.SPENT)
    return amount or is_listed(words, TableKind.FUNDS)


def _twin(source: Concept | None, role: Role) -> Concept | None:
    """Of a term with one for what was planned and one for what was spent, the one that fits."""
    if source is None or source.name not in read_pack("forms")["amounts"]["twins"]:
        return None
    return source if role is source.role else find_concept(f"{source.name}支出")
