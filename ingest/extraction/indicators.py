"""Rows of a form → indicators, tasks and the figures in them (绩效指标、重点任务、预算数)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import assert_never

from ingest.extraction.amounts import BESIDE, COLUMN_ROLES, AmountReader, role_of
from ingest.extraction.cell_values import (
    LEDGER,
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
from ingest.extraction.figure_recorder import FigureContext
from ingest.language.budget_terms import find_concept
from ingest.language.form_vocabulary import (
    first_value,
    is_level,
    is_placeholder,
    label_key,
    unit_in,
)
from ingest.language.normalise import one_line, squeeze
from ingest.language.quantities import parse_value
from ingest.tables.combined_cells import parted
from ingest.tables.headers import term_of
from ingest.tables.rows import FormRow, RoleCell, part
from ingest.types.blocks import Cell
from ingest.types.facts import Indicator, Oddity, Quantity, Role, Task
from ingest.types.tables import ColumnRole, LooseRow, TableKind

_TASK_TEXTS = {
    ColumnRole.TASK_GOAL: Role.TARGET,
    ColumnRole.TASK_CONTENT: Role.FUND,
    ColumnRole.TASK_COMPLETION: Role.ACTUAL,
}
_YEAR_LINE = re.compile(r"[（(]?((?:19|20)\d\d)年度?[)）]?")
_NUMBERED = re.compile(r"^指标\d+[：:、.]?")


@dataclass(slots=True)
class FactReader(AmountReader):
    """Collects the facts of one document, row by row, in reading order."""

    indicators: list[Indicator] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    _levels: tuple[str, str] = ("", "")

    def read(self, row: FormRow) -> None:
        """Takes in one row."""
        match row.kind:
            case LooseRow.PAIR:
                self._pair(row)
            case LooseRow.TEXT:
                self._text_cell(row)
            case TableKind.FUNDS:
                self.funds(row)
            case TableKind.GOALS:
                self._goals(row)
            case TableKind.NUMBERS:
                self.numbers(row)
            case TableKind.INDICATORS:
                self._indicator(row)
            case TableKind.TASKS:
                self._task(row)
            case _:
                assert_never(row.kind)

    # Rows

    def _pair(self, row: FormRow) -> None:
        label = row.cells[0]
        self.announce(label.head)
        self.announce(label.cell.text)
        if label.role is ColumnRole.PROJECT:
            self.project = one_line(label.cell.text)
        if label.role is ColumnRole.DEPARTMENT:
            # One sheet may hold the forms of several departments.
            self.whose = replace(self.whose, department=first_value(label.cell.text))
        if label.role is ColumnRole.CONCEPT:
            subject = label_key(label.head)
            concept = find_concept(subject)
            quote = quote_of((label.head, label.cell.text))
            around = FigureContext(self.section(row.section), quote=quote, subject=subject)
            role = concept.role if concept else amount_role(label.head) or Role.ACTUAL
            self._value(label, role, around, concept)

    def _goals(self, row: FormRow) -> None:
        for name, role in (
            (ColumnRole.GOAL, Role.TARGET),
            (ColumnRole.GOAL_COMPLETION, Role.ACTUAL),
        ):
            cell = row.get(name)
            if cell and cell.fresh:
                section = self.section(row.section, label_key(cell.head), self.project)
                self.text(cell.cell, role, FigureContext(section, self.project))

    def _text_cell(self, row: FormRow) -> None:
        self.announce(row.cells[0].cell.text)
        year = _YEAR_LINE.fullmatch(squeeze(row.cells[0].cell.text))
        if year:
            self.whose = replace(self.whose, year=int(year.group(1)))
            return
        if self.planned and row.section in ("key_indicators", "indicators"):
            self._listed(row)
            return
        planned = self.planned or row.section in ("goals", "measures", "tasks")
        section = self.section(row.section, self.project)
        role = Role.TARGET if planned else Role.ACTUAL
        self.text(row.cells[0].cell, role, FigureContext(section, self.project))

    def _listed(self, row: FormRow) -> None:
        """Indicators listed in one cell, each with its target: 数量指标：办理案件≥360件 …"""
        for cell in _lines(row.cells[0].cell):
            name, target = split_target(cell)
            family, found, rest = name.partition("：")
            if found and is_level(family):
                self._levels = self._levels[0], label_key(family)
                name = rest
            if target and target.quantity and name:
                self._add_indicator(row, name, self.project, self._levels, target)
            elif is_level(cell.text):
                self._levels = label_key(cell.text), ""
            else:
                self.text(cell, Role.TARGET, FigureContext(self.section(row.section), self.project))

    def _indicator(self, row: FormRow) -> None:
        if row.total:
            self._total(row)
            return
        row = parted(row)
        self._project_of(row)
        self._levels = _inherit(row, self._levels)
        name = _NUMBERED.sub("", one_line(row.text(ColumnRole.NAME)))
        if not is_placeholder(name):
            self._add_indicator(row, name, self.project, self._levels, target_of(row))

    def _project_of(self, row: FormRow) -> None:
        """Takes the project, and its money, of a table whose rows name theirs."""
        project = row.get(ColumnRole.PROJECT)
        if project and project.fresh and not is_placeholder(project.cell.text):
            self.project = one_line(project.cell.text)
            self._levels = ("", "")
        fund = row.get(ColumnRole.PROJECT_FUND)
        if fund and fund.fresh and self.project:
            quote = row_quote(row, (ColumnRole.PROJECT, ColumnRole.PROJECT_FUND))
            subject = self.project + label_key(fund.head)
            around = FigureContext(self.section(row.section, self.project), self.project, quote)
            self._value(fund, Role.FUND, replace(around, subject=subject), find_concept("任务资金"))

    def _total(self, row: FormRow) -> None:
        around = FigureContext(
            self.section(row.section, self.project), self.project, row_quote(row)
        )
        for cell in row.cells:
            role = COLUMN_ROLES.get(cell.role)
            if role in POINTS:
                concept = find_concept("自评得分") if role is Role.SCORE else None
                subject = "总分" if concept else row.total + label_key(cell.head)
                self._value(cell, role, replace(around, subject=subject), concept)

    def _task(self, row: FormRow) -> None:
        name = one_line(row.text(ColumnRole.TASK))
        previous = self.tasks[-1].name if self.tasks else ""
        task = previous if is_placeholder(name) else name
        around = FigureContext(self.section(row.section, task), task)
        before = len(self.figures)
        for column, role in _TASK_TEXTS.items():
            cell = row.get(column)
            if cell and cell.fresh:
                self._task_text(cell, role, around)
        for column in (ColumnRole.FUND, ColumnRole.FUND_FISCAL, ColumnRole.FUND_OTHER):
            cell = row.get(column)
            if cell and cell.fresh:
                head = label_key(cell.head)
                concept = find_concept(term_of(TableKind.TASKS, column))
                quote = row_quote(row, (ColumnRole.TASK, column))
                here = replace(around, quote=quote, subject=task + head)
                self._value(cell, Role.FUND, here, concept)
        if task and task != previous:
            self._add_task(row, task, before)
        target = row.get(ColumnRole.NAME_TARGET)
        if target and target.fresh and squeeze(target.cell.text):
            name, wanted = split_target(target.cell)
            self._add_indicator(row, name, task, ("", ""), wanted)

    def _task_text(self, cell: RoleCell, role: Role, around: FigureContext) -> None:
        if parse_value(cell.cell.text):
            subject = around.task + label_key(cell.head)
            self._value(cell, role, replace(around, quote=cell.cell.text, subject=subject), None)
        else:
            self.text(cell.cell, role, around)

    def _add_task(self, row: FormRow, name: str, first_figure: int) -> None:
        place = row.get(ColumnRole.TASK) or row.cells[0]
        location = place.cell.location
        self.tasks.append(
            Task(
                id=self._id(location, 0, "task", name),
                document_id=self.whose.document_id,
                department=self.whose.department,
                year=self.whose.year,
                name=name,
                goal=row.text(ColumnRole.TASK_GOAL),
                completion=row.text(ColumnRole.TASK_COMPLETION),
                location=location,
                figure_ids=tuple(f.id for f in self.figures[first_figure:]),
            )
        )

    # Indicators

    def _add_indicator(
        self, row: FormRow, name: str, task: str, levels: tuple[str, str], target: Target | None
    ) -> None:
        first_figure = len(self.figures)
        around = FigureContext(
            self.section(row.section, task, name), task, row_quote(row), "", name
        )
        location = (
            row.get(ColumnRole.NAME) or row.get(ColumnRole.NAME_TARGET) or row.cells[0]
        ).cell.location
        wanted = self._target(target, Role.TARGET, around)
        points = {
            column: self._target(whole_cell(row.get(column)), COLUMN_ROLES[column], around)
            for column in (ColumnRole.PERIOD_TARGET, ColumnRole.WEIGHT, ColumnRole.SCORE)
        }
        actual = self._actual(row, ColumnRole.ACTUAL, wanted, around)
        self._actual(row, ColumnRole.ACTUAL_FORECAST, wanted, around)
        rate = row.get(ColumnRole.COMPLETION_RATE)
        if rate and parse_value(rate.cell.text):
            subject = name + label_key(rate.head)
            self._value(rate, Role.RATE, replace(around, subject=subject), None)
        self._others(row, around)
        deviation = row.text(ColumnRole.DEVIATION)
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
                period_target=points[ColumnRole.PERIOD_TARGET],
                actual=actual,
                actual_text=row.text(ColumnRole.ACTUAL),
                weight=points[ColumnRole.WEIGHT],
                score=points[ColumnRole.SCORE],
                deviation="" if is_placeholder(deviation) else one_line(deviation),
                location=location,
                figure_ids=tuple(f.id for f in self.figures[first_figure:]),
            )
        )

    def _others(self, row: FormRow, around: FigureContext) -> None:
        """Records values in columns beside the listed ones (2022年实际值、较上年增长)."""
        for cell in row.cells:
            if cell.role in BESIDE and cell.fresh and parse_value(cell.cell.text):
                subject = around.subject + label_key(cell.head)
                here = replace(around, subject=subject, year=self.year_of(cell.head))
                role = role_of(cell, TableKind.INDICATORS) or Role.ACTUAL
                text = cell.cell.text
                unit = unit_in(cell.head) or self.whose.money_unit if role in LEDGER else ""
                if value := with_columns(parse_value(text), row):
                    self._figure(cell.cell, inside(text), role, with_unit(value, role, unit), here)

    def _target(self, target: Target | None, role: Role, around: FigureContext) -> Quantity | None:
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
        stated = self.text(target.cell, role, around)
        if not stated:
            self._figure(target.cell, span, role, quantity, around)
        if len(stated) == 1 and stated[0].quantity.values:
            return stated[0].quantity  # 开放不少于320天
        return quantity

    def _actual(
        self, row: FormRow, column: ColumnRole, target: Quantity | None, around: FigureContext
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


_LINE = re.compile(r"[^\n；;]+")


def _lines(cell: Cell) -> Iterator[Cell]:
    """What a cell lists line by line, each in a cell of its own."""
    for line in _LINE.finditer(cell.text):
        if squeeze(line.group()):
            yield part(cell, *line.span())


def _inherit(row: FormRow, levels: tuple[str, str]) -> tuple[str, str]:
    """The indicator families of a row; an empty cell means the family above goes on."""
    one, two = (_family(row.text(role)) for role in (ColumnRole.LEVEL1, ColumnRole.LEVEL2))
    if one and one != levels[0]:
        return one, two
    return one or levels[0], two or levels[1]


def _family(text: str) -> str:
    return label_key(text) if text.strip() and (is_level(text) or len(text.strip()) <= 12) else ""
