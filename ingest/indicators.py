"""Rows of a form → indicators, tasks and the figures in them (绩效指标、重点任务、预算数)."""

import re
from dataclasses import dataclass, field, replace

from ingest.clean import normalise, one_line, squeeze
from ingest.concepts import Concept, find_concept
from ingest.figure_book import Around, FigureBook
from ingest.forms import first_value, is_level, is_placeholder, label_key
from ingest.headers import is_listed, role_by_words, term_of
from ingest.lexicon import read_pack
from ingest.quantities import parse_value
from ingest.rows import FormRow, RoleCell
from ingest.types import (
    Indicator,
    Oddity,
    Quantity,
    Role,
    Task,
)
from ingest.values import (
    POINTS,
    Target,
    amount_role,
    inside,
    main_actual,
    quote_of,
    row_quote,
    split_target,
    target_of,
    whole_cell,
    with_columns,
    with_unit,
)

_COLUMN_ROLES = {
    "target": Role.TARGET,
    "period_target": Role.PERIOD_TARGET,
    "actual": Role.ACTUAL,
    "actual_forecast": Role.ACTUAL,
    "weight": Role.WEIGHT,
    "score": Role.SCORE,
    "initial": Role.BUDGET,
    "final": Role.BUDGET,
    "left": Role.BUDGET,
    "spent": Role.SPENT,
    "forecast_spent": Role.SPENT,
    "adjustment": Role.ADJUSTMENT,
    "rate": Role.RATE,
    "fund": Role.FUND,
    "fund_fiscal": Role.FUND,
    "fund_other": Role.FUND,
    "project_fund": Role.FUND,
    "completion_rate": Role.RATE,
    "score_rate": Role.RATE,
    "last_year": Role.ACTUAL,
}
_BESIDE = ("other", "score_rate", "last_year")
"""Columns of values beside those that make an indicator."""
_TASK_TEXTS = {
    "task_goal": Role.TARGET,
    "task_content": Role.FUND,
    "task_completion": Role.ACTUAL,
}
_YEAR_LINE = re.compile(r"[（(]?((?:19|20)\d\d)年度?[)）]?")
_NUMBERED = re.compile(r"^指标\d+[：:、.]?")


@dataclass(slots=True)
class FactReader(FigureBook):
    """Collects the facts of one document, row by row, in reading order."""

    indicators: list[Indicator] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    _levels: tuple[str, str] = ("", "")

    def read(self, row: FormRow) -> None:
        """Takes in one row."""
        reader = {
            "pair": self._pair,
            "funds": self._funds,
            "goals": self._goals,
            "numbers": self._numbers,
            "indicators": self._indicator,
            "tasks": self._task,
            "text": self._text_cell,
        }[row.kind]
        reader(row)

    # Rows

    def _pair(self, row: FormRow) -> None:
        label = row.cells[0]
        if label.role == "project":
            self.project = one_line(label.cell.text)
        if label.role == "department":
            # One sheet may hold the forms of several departments.
            self.whose = replace(self.whose, department=first_value(label.cell.text))
        if label.role == "concept":
            subject = label_key(label.head)
            concept = find_concept(subject)
            quote = quote_of((label.head, label.cell.text))
            around = Around(self.section(row.section), quote=quote, subject=subject)
            role = concept.role if concept else amount_role(label.head) or Role.ACTUAL
            self._value(label, role, around, concept)

    def _funds(self, row: FormRow) -> None:
        department = "" if row.total else self._located(row.text("department"))
        item = row.total or label_key(row.text("item") or row.text("department"))
        source = find_concept(item) if item else None
        whole = bool(row.total) or not source or source.name == "年度资金总额"
        of_all = bool(row.total or department) or not row.text("item")
        task = self.project or ("" if row.total or source or department else item)
        section = self.section(row.section, department or task)
        around = Around(section, task, row_quote(row), department)
        for cell in row.cells:
            role = _role_of(cell, "funds")
            if role and cell.fresh:
                head = label_key(cell.head)
                concept = find_concept(term_of("funds", cell.role) or head) if whole else None
                year = self._year_of(cell.head)
                head = _COLUMN_YEAR.sub("", head) if year else head
                concept = concept or _twin(source, role)
                if self.topic:  # its parts are no total of the department
                    told = of_all and _is_whole(head)
                    concept = _twin(find_concept(self.topic) if told else source, role)
                    head = self.topic + head if told else head
                here = replace(around, subject=item + head, year=year)
                self._value(cell, role, here, concept)

    def _numbers(self, row: FormRow) -> None:
        """A row of a table that no form has: each number under its column's words."""
        item = label_key(row.text("item"))
        section = self.section(row.section, self.project)
        for cell in row.cells:
            if cell.role != "number" or not cell.fresh or not parse_value(cell.cell.text):
                continue
            head = label_key(cell.head)
            concept = find_concept(head)
            role = concept.role if concept else amount_role(cell.head) or amount_role(item)
            here = Around(section, self.project, row_quote(row), "", item + head)
            here = replace(here, year=self._year_of(cell.head))
            self._value(cell, role or Role.ACTUAL, here, concept)

    def _year_of(self, head: str) -> int | None:
        """The year that the head of a column names, where it is another than the form's."""
        named = _COLUMN_YEAR.search(normalise(head))
        if named:
            return int(named.group(1))
        before = self.whose.year and _YEAR_BEFORE.match(normalise(head))
        return self.whose.year - 1 if self.whose.year and before else None

    def _located(self, department: str) -> str:
        """A department of a table over a place (永靖市's 市教育局) by its full name."""
        place = self.whose.department
        inside = department[:1] == place[-1:] and 1 < len(place) < 6
        return place[:-1] + department if inside else department

    def _goals(self, row: FormRow) -> None:
        for name, role in (("goal", Role.TARGET), ("goal_completion", Role.ACTUAL)):
            cell = row.get(name)
            if cell and cell.fresh:
                section = self.section(row.section, label_key(cell.head), self.project)
                self.text(cell.cell, role, Around(section, self.project))

    def _text_cell(self, row: FormRow) -> None:
        year = _YEAR_LINE.fullmatch(squeeze(row.cells[0].cell.text))
        if year:
            self.whose = replace(self.whose, year=int(year.group(1)))
            return
        role = Role.TARGET if row.section in ("goals", "measures", "tasks") else Role.ACTUAL
        section = self.section(row.section, self.project)
        self.text(row.cells[0].cell, role, Around(section, self.project))

    def _indicator(self, row: FormRow) -> None:
        if row.total:
            self._total(row)
            return
        self._project_of(row)
        self._levels = _inherit(row, self._levels)
        name = _NUMBERED.sub("", one_line(row.text("name")))
        if not is_placeholder(name):
            self._add_indicator(row, name, self.project, self._levels, target_of(row))

    def _project_of(self, row: FormRow) -> None:
        """Takes the project, and its money, of a table whose rows name theirs."""
        project = row.get("project")
        if project and project.fresh and not is_placeholder(project.cell.text):
            self.project = one_line(project.cell.text)
            self._levels = ("", "")
        fund = row.get("project_fund")
        if fund and fund.fresh and self.project:
            quote = row_quote(row, ("project", "project_fund"))
            subject = self.project + label_key(fund.head)
            around = Around(self.section(row.section, self.project), self.project, quote)
            self._value(fund, Role.FUND, replace(around, subject=subject), find_concept("任务资金"))

    def _total(self, row: FormRow) -> None:
        around = Around(self.section(row.section, self.project), self.project, row_quote(row))
        for cell in row.cells:
            role = _COLUMN_ROLES.get(cell.role)
            if role in POINTS:
                concept = find_concept("自评得分") if role is Role.SCORE else None
                subject = "总分" if concept else row.total + label_key(cell.head)
                self._value(cell, role, replace(around, subject=subject), concept)

    def _task(self, row: FormRow) -> None:
        name = one_line(row.text("task"))
        previous = self.tasks[-1].name if self.tasks else ""
        task = previous if is_placeholder(name) else name
        around = Around(self.section(row.section, task), task)
        before = len(self.figures)
        for column, role in _TASK_TEXTS.items():
            cell = row.get(column)
            if cell and cell.fresh:
                self._task_text(cell, role, around)
        for column in ("fund", "fund_fiscal", "fund_other"):
            cell = row.get(column)
            if cell and cell.fresh:
                head = label_key(cell.head)
                concept = find_concept(term_of("tasks", column))
                quote = row_quote(row, ("task", column))
                here = replace(around, quote=quote, subject=task + head)
                self._value(cell, Role.FUND, here, concept)
        if task and task != previous:
            self._add_task(row, task, before)
        target = row.get("name_target")
        if target and target.fresh and squeeze(target.cell.text):
            name, wanted = split_target(target.cell)
            self._add_indicator(row, name, task, ("", ""), wanted)

    def _task_text(self, cell: RoleCell, role: Role, around: Around) -> None:
        if parse_value(cell.cell.text):
            subject = around.task + label_key(cell.head)
            self._value(cell, role, replace(around, quote=cell.cell.text, subject=subject), None)
        else:
            self.text(cell.cell, role, around)

    def _add_task(self, row: FormRow, name: str, first_figure: int) -> None:
        place = row.get("task") or row.cells[0]
        location = place.cell.location
        self.tasks.append(
            Task(
                id=self._id(location, 0, "task", name),
                document_id=self.whose.document_id,
                department=self.whose.department,
                year=self.whose.year,
                name=name,
                goal=row.text("task_goal"),
                completion=row.text("task_completion"),
                location=location,
                figure_ids=tuple(f.id for f in self.figures[first_figure:]),
            )
        )

    # Indicators

    def _add_indicator(
        self, row: FormRow, name: str, task: str, levels: tuple[str, str], target: Target | None
    ) -> None:
        first_figure = len(self.figures)
        around = Around(self.section(row.section, task, name), task, row_quote(row), "", name)
        location = (row.get("name") or row.get("name_target") or row.cells[0]).cell.location
        wanted = self._target(target, Role.TARGET, around)
        points = {
            column: self._target(whole_cell(row.get(column)), _COLUMN_ROLES[column], around)
            for column in ("period_target", "weight", "score")
        }
        actual = self._actual(row, "actual", wanted, around)
        self._actual(row, "actual_forecast", wanted, around)
        rate = row.get("completion_rate")
        if rate and parse_value(rate.cell.text):
            subject = name + label_key(rate.head)
            self._value(rate, Role.RATE, replace(around, subject=subject), None)
        self._others(row, around)
        deviation = row.text("deviation")
        self.indicators.append(
            Indicator(
                id=self._id(location, 0, "indicator", name),
                document_id=self.whose.document_id,
                department=self.whose.department,
                year=self.whose.year,
                task=task,
                level1=levels[0],
                level2=levels[1],
                name=name,
                target=wanted,
                period_target=points["period_target"],
                actual=actual,
                actual_text=row.text("actual"),
                weight=points["weight"],
                score=points["score"],
                deviation="" if is_placeholder(deviation) else one_line(deviation),
                location=location,
                figure_ids=tuple(f.id for f in self.figures[first_figure:]),
            )
        )

    def _others(self, row: FormRow, around: Around) -> None:
        """Records values in columns beside the listed ones (2022年实际值、较上年增长)."""
        for cell in row.cells:
            if cell.role in _BESIDE and cell.fresh and parse_value(cell.cell.text):
                subject = around.subject + label_key(cell.head)
                here = replace(around, subject=subject, year=self._year_of(cell.head))
                self._value(cell, _role_of(cell, "indicators") or Role.ACTUAL, here, None)

    def _target(self, target: Target | None, role: Role, around: Around) -> Quantity | None:
        """Records a target, weight or score cell; a sentence gives the figures it states."""
        if target is None:
            return None
        text = target.cell.text[target.start : target.end]
        span = (target.start, target.end)
        if target.quantity:
            quantity = with_unit(target.quantity, role, "")
            self._figure(target.cell, span, role, quantity, around)
            return quantity
        if role in POINTS:
            self.oddities.append(Oddity(text.strip(), "分值或得分不是数字", target.cell.location))
            return None
        quantity = Quantity(raw=text.strip(), qualitative=one_line(text))
        if not self.text(target.cell, role, around):
            self._figure(target.cell, span, role, quantity, around)
        return quantity

    def _actual(
        self, row: FormRow, column: str, target: Quantity | None, around: Around
    ) -> Quantity | None:
        """Records an actual cell: a value, or prose around one."""
        cell = row.get(column)
        if cell is None or is_placeholder(cell.cell.text):
            return None
        text = cell.cell.text
        whole = with_columns(parse_value(text), row)
        if whole:
            self._figure(cell.cell, inside(text), Role.ACTUAL, whole, around)
            return whole
        stated = self.text(cell.cell, Role.ACTUAL, around)
        reported = main_actual(stated, target, text)
        if reported:
            return reported
        quantity = Quantity(raw=text.strip(), qualitative=one_line(text))
        if not stated:
            self._figure(cell.cell, inside(text), Role.ACTUAL, quantity, around)
        return quantity


def _role_of(cell: RoleCell, kind: str) -> Role | None:
    """What the values of a column are; those of a column that no form has, by its words."""
    if cell.role != "other":
        return _COLUMN_ROLES.get(cell.role)
    role = _COLUMN_ROLES.get(role_by_words(cell.head, kind))
    concept = find_concept(label_key(cell.head))
    return role or (concept.role if concept else amount_role(cell.head) or Role.ACTUAL)


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
    return amount or is_listed(words, "funds")


def _twin(source: Concept | None, role: Role) -> Concept | None:
    """Of a term with one for what was planned and one for what was spent, the one that fits."""
    if source is None or source.name not in read_pack("forms")["amounts"]["twins"]:
        return None
    return source if role is source.role else find_concept(f"{source.name}支出")


def _inherit(row: FormRow, levels: tuple[str, str]) -> tuple[str, str]:
    """The indicator families of a row; an empty cell means the family above goes on."""
    one, two = (_family(row.text(role)) for role in ("level1", "level2"))
    if one and one != levels[0]:
        return one, two
    return one or levels[0], two or levels[1]


def _family(text: str) -> str:
    return label_key(text) if text.strip() and (is_level(text) or len(text.strip()) <= 12) else ""
