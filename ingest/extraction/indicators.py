"""Rows of indicators (绩效指标) → indicators, and the figures in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from ingest.extraction.amounts import COLUMN_ROLES, EXTRA_COLUMNS, role_of, year_of_column
from ingest.extraction.cell_values import (
    Target,
    ends_bare,
    inside,
    main_actual,
    points_in,
    row_quote,
    split_target,
    target_of,
    whole_cell,
    with_columns,
    with_unit,
)
from ingest.extraction.figure_recorder import MAX_LENGTH_SHOWN, FigureContext, FigureRecorder
from ingest.extraction.indicator_names import is_doubtful, why_not
from ingest.extraction.reading_context import ReadingContext
from ingest.extraction.statements import SURE, Statement, StatementFinder
from ingest.language.budget_terms import Concept
from ingest.language.form_vocabulary import project_name, unit_in
from ingest.language.normalise import one_line
from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell
from ingest.tables.combined_cells import parted
from ingest.tables.form_rows import FormRow, RoleCell
from ingest.types.blocks import Located, Location
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import (
    LEDGER_ROLES,
    POINT_ROLES,
    Figure,
    Indicator,
    Oddity,
    Quantity,
    Role,
)
from ingest.types.tables import ColumnRole, FormSection, How, LooseRow, TableKind, Told, least_sure

_NUMBERED = re.compile(r"^指标\d+[：:、.]?|指标\d+[：:]$")
"""The number of an indicator before its name, or that of the next one behind it."""


@dataclass(slots=True)
class IndicatorReader:
    """Collects the indicators of one document, and records the figures in their rows."""

    recorder: FigureRecorder
    indicators: list[Indicator] = field(default_factory=list)
    stated: list[Indicator] = field(default_factory=list)
    """Those that sentences state, target and result: of a document that has no others."""

    def read(self, row: FormRow, reading: ReadingContext) -> ReadingContext:
        """Records a row of an indicator table; the context below it."""
        if row.total:
            self._total(row, reading)
            return reading
        row = parted(row, reading.vocabulary.forms)
        reading = self._project_of(row, reading)
        reading = replace(reading, levels=_inherit(row, reading.levels))
        name = _NUMBERED.sub("", one_line(row.text(ColumnRole.NAME)))
        if not reading.vocabulary.read(name).is_placeholder:
            name = row.body + name
            target = target_of(row, reading.vocabulary.units)
            self.add(row, reading, name, target, task=reading.project)
        return reading

    def read_list(self, row: FormRow, reading: ReadingContext) -> ReadingContext:
        """Records indicators listed in one cell, each with its target (数量指标：办理案件≥360件 …);
        the context below it."""
        for cell in _lines(row.cells[0].cell):
            name, target = split_target(cell, reading.vocabulary.units)
            first, rest = _cut_family(name)
            family = reading.vocabulary.read(first)
            if rest and family.is_level:
                reading = replace(reading, levels=(reading.levels[0], family.key))
                name = rest
            name = _BLANK_FORM.sub("", name).strip("★☆* ")
            if target and target.quantity and name:
                self.add(row, reading, name, target, task=reading.project)
            elif cell.content.is_level:
                reading = replace(reading, levels=(cell.content.key, ""))
            else:
                around = reading.figure(reading.section(row.section), reading.project)
                self.recorder.text(cell, Role.TARGET, around)
        return reading

    def read_paragraph(self, block: Located, reading: ReadingContext) -> bool:
        """Records the indicators that a paragraph lists, as it does behind the name of a family
        (数量指标：举办培训≥6场；……); whether it does."""
        vocabulary = reading.vocabulary
        if not vocabulary.read(_cut_family(block.text)[0]).is_level:
            return False
        cell = ReadCell(0, 0, block.runs, vocabulary=vocabulary)
        if not any(split_target(one, vocabulary.units)[1] for one in _lines(cell)):
            return False
        heading = vocabulary.read(reading.headings.path().rpartition(" / ")[2])
        reading = replace(reading, levels=(heading.key if heading.is_level else "", ""))
        text = RoleCell(ColumnRole.TEXT, "", cell)
        self.read_list(FormRow(LooseRow.TEXT, FormSection.INDICATORS, (text,)), reading)
        return True

    def add_stated(
        self, block: Located, told: Sequence[Statement], first_figure: int, reading: ReadingContext
    ) -> None:
        """Adds the indicators of a paragraph that begins with the name of a family and states the
        target and the result of each (数量指标：整治村庄12个，完成11个；……)."""
        figures = self.recorder.figures[first_figure:]
        family = reading.vocabulary.read(_cut_family(block.text)[0])
        if not family.is_level or len(figures) != len(told):
            return
        level = family.key
        for sentence, pairs in groupby(
            zip(told, figures, strict=True), key=lambda pair: pair[0].sentence
        ):
            first = reading.vocabulary.read(_cut_family(block.text[slice(*sentence)])[0])
            level = first.key if first.is_level else level
            both = _target_and_result(list(pairs), reading.vocabulary)
            if both is None:
                continue
            target, actual = both
            least = least_sure(both)
            self.stated.append(
                Indicator(
                    id=self.recorder.identify(target.location, sentence[0], "indicator"),
                    document_id=self.recorder.document_id,
                    department=reading.department,
                    year=reading.year,
                    task=reading.project,
                    level1="",
                    level2=level,
                    name=target.subject,
                    target=target.quantity,
                    period_target=None,
                    actual=actual.quantity,
                    actual_text=actual.quantity.raw,
                    weight=None,
                    score=None,
                    deviation="",
                    location=target.location,
                    figure_ids=(target.id, actual.id),
                    confidence=least.confidence,
                    how=least.how,
                )
            )

    def _project_of(self, row: FormRow, reading: ReadingContext) -> ReadingContext:
        """Takes the project, and its money, of a table whose rows name theirs."""
        project = row.get(ColumnRole.PROJECT)
        if project and project.fresh and not project.content.is_placeholder:
            reading = replace(reading, project=project_name(project.cell.text), levels=("", ""))
        fund = row.get(ColumnRole.PROJECT_FUND)
        if fund and fund.fresh and reading.project:
            around = reading.figure(
                reading.section(row.section, reading.project),
                reading.project,
                quote=row_quote(row, (ColumnRole.PROJECT, ColumnRole.PROJECT_FUND)),
                subject=reading.project + fund.headed.key,
            )
            concept = reading.vocabulary.terms.find(BudgetTerm.TASK_FUNDS)
            self.recorder.value(fund, Role.FUND, around, concept)
        return reading

    def _total(self, row: FormRow, reading: ReadingContext) -> None:
        """Records the points of a row that sums up the rows above it (总分)."""
        section = reading.section(row.section, reading.project, row.total)
        around = reading.figure(section, reading.project, quote=row_quote(row))
        for cell in row.cells:
            role = role_of(cell, TableKind.INDICATORS, self.recorder.vocabulary)
            if role in POINT_ROLES:
                own = cell.role is ColumnRole.SCORE
                concept = self._score_of_all(row.total) if own else None
                subject = "总分" if concept else row.total + ("" if own else cell.headed.key)
                here = replace(around, subject=subject)
                self.recorder.value(cell, role, here, concept)

    def _score_of_all(self, label: str) -> Concept | None:
        """The term for the score of all rows, where a label says so (合计, 自评总分): what others
        gave for them has none (财政复核得分)."""
        vocabulary = self.recorder.vocabulary
        own = vocabulary.terms.find(BudgetTerm.SELF_SCORE)
        sums_up = vocabulary.read(label).section is FormSection.TOTAL
        named = vocabulary.terms.listed.get(label)
        return own if sums_up or named is own else None

    def add(
        self, row: FormRow, reading: ReadingContext, name: str, target: Target | None, *, task: str
    ) -> None:
        """Adds an indicator under the levels of `reading`, and records the values of its row."""
        first_figure = len(self.recorder.figures)
        section = reading.section(row.section, task, name)
        named, problem = _named(row, name, reading.vocabulary)
        around = reading.figure(section, task, quote=row_quote(row), subject=name).told_by(named)
        location = named.cell.location
        wanted = self._target(target, Role.TARGET, around.told_by(row.get(ColumnRole.TARGET)))
        units = reading.vocabulary.units
        beside = {
            column: self._target(
                points_in(row.get(column), units)
                if COLUMN_ROLES[column] in POINT_ROLES
                else whole_cell(row.get(column)),
                COLUMN_ROLES[column],
                around.told_by(row.get(column)),
            )
            for column in (ColumnRole.PERIOD_TARGET, ColumnRole.WEIGHT, ColumnRole.SCORE)
        }
        actual = self._actual(row, ColumnRole.ACTUAL, wanted, around)
        if forecast := row.get(ColumnRole.ACTUAL_FORECAST):
            ahead = replace(around, subject=name + forecast.headed.key)
            self._actual(row, ColumnRole.ACTUAL_FORECAST, wanted, ahead)
        if wanted is None and actual is None:
            wanted, actual = self._in_notes(row, around)
        readings: list[Told] = [around, *self.recorder.figures[first_figure:]]
        least = least_sure(readings)
        rate = row.get(ColumnRole.COMPLETION_RATE)
        if rate and rate.content.value:
            subject = name + rate.headed.key
            self.recorder.value(rate, Role.RATE, replace(around, subject=subject), None)
        self._others(row, around)
        if problem:
            self._unnamed(name, problem, location, first_figure)
            return
        deviation = reading.vocabulary.read(row.text(ColumnRole.DEVIATION))
        self.indicators.append(
            Indicator(
                id=self.recorder.identify(location, 0, "indicator", name),
                document_id=self.recorder.document_id,
                department=reading.department,
                year=reading.year,
                task=task,
                level1=reading.levels[0],
                level2=reading.levels[1],
                name=name,
                target=wanted,
                period_target=beside[ColumnRole.PERIOD_TARGET],
                actual=actual,
                actual_text=row.text(ColumnRole.ACTUAL),
                weight=beside[ColumnRole.WEIGHT],
                score=beside[ColumnRole.SCORE],
                deviation="" if deviation.is_placeholder else one_line(deviation.text),
                location=location,
                figure_ids=self.recorder.ids_since(first_figure),
                confidence=least.confidence,
                how=least.how,
            )
        )

    def _unnamed(self, name: str, problem: str, location: Location, first_figure: int) -> None:
        """A row that names no indicator: its figures wait to be confirmed, or it is told whole."""
        if len(self.recorder.figures) == first_figure:
            self.recorder.oddities.append(Oddity(name[:MAX_LENGTH_SHOWN], problem, location))

    def _others(self, row: FormRow, around: FigureContext) -> None:
        """Records values in columns beside the listed ones (2022年实际值、较上年增长)."""
        for cell in row.cells:
            if cell.role in EXTRA_COLUMNS and cell.fresh and cell.content.value:
                subject = around.subject + cell.headed.key
                year = year_of_column(cell.head, around.year) or around.year
                here = replace(around, subject=subject, year=year).told_by(cell)
                role = role_of(cell, TableKind.INDICATORS, self.recorder.vocabulary) or Role.ACTUAL
                text = cell.cell.text
                unit = unit_in(cell.head) or around.money_unit if role in LEDGER_ROLES else ""
                units = self.recorder.vocabulary.units
                if value := with_columns(cell.content.value, row, units):
                    self.recorder.figure(
                        cell.cell, inside(text), role, with_unit(value, role, unit), here
                    )

    def _target(self, target: Target | None, role: Role, around: FigureContext) -> Quantity | None:
        """Records a target, weight or score cell; a sentence gives the figures it states."""
        if target is None:
            return None
        text = target.cell.text[target.start : target.end]
        span = (target.start, target.end)
        if target.quantity:
            quantity = with_unit(target.quantity, role, "")
            self.recorder.figure(target.cell, span, role, quantity, around)
            return quantity
        if role in POINT_ROLES:
            self.recorder.oddities.append(
                Oddity(text.strip(), "分值或得分不是数字", target.cell.location)
            )
            return None
        quantity = Quantity(raw=text.strip(), qualitative=one_line(text))
        stated = self.recorder.text(target.cell, role, around)
        if not stated:
            self.recorder.figure(target.cell, span, role, quantity, around)
        if len(stated) == 1 and stated[0].quantity.values:
            return stated[0].quantity  # 开放不少于320天
        return quantity

    def _actual(
        self, row: FormRow, column: ColumnRole, target: Quantity | None, around: FigureContext
    ) -> Quantity | None:
        """Records an actual cell: a value, or prose around one."""
        cell = row.get(column)
        if cell is None or cell.content.is_placeholder:
            return None
        around = around.told_by(cell)
        text = cell.cell.text
        whole = with_columns(cell.content.value, row, self.recorder.vocabulary.units)
        if whole:
            self.recorder.figure(cell.cell, inside(text), Role.ACTUAL, whole, around)
            return whole
        stated = self.recorder.text(cell.cell, Role.ACTUAL, around)
        reported = main_actual(stated, target, text, self.recorder.vocabulary)
        if reported:
            return reported
        quantity = Quantity(raw=text.strip(), qualitative=one_line(text))
        if not stated:
            self.recorder.figure(cell.cell, inside(text), Role.ACTUAL, quantity, around)
        return quantity

    def _in_notes(
        self, row: FormRow, around: FigureContext
    ) -> tuple[Quantity | None, Quantity | None]:
        """The target and the result of a row without columns for them, recorded where one of its
        notes states both (计划36个，实际完成36个) and tells nothing of points."""
        for cell in row.cells:
            if cell.role is not ColumnRole.REMARK or not cell.fresh:
                continue
            stated = StatementFinder(self.recorder.vocabulary).find(cell.cell.text, role=None)
            sure = [one for one in stated if one.confidence >= SURE and not one.is_rule]
            both = [
                next((one for one in sure if one.role is role), None)
                for role in (Role.TARGET, Role.ACTUAL)
            ]
            if any(one.quantity.unit == "分" or one.is_rule for one in stated) or None in both:
                continue
            for one in filter(None, both):
                here = around.told_by(cell)
                self.recorder.figure(cell.cell, (one.start, one.end), one.role, one.quantity, here)
            target, actual = (one.quantity if one else None for one in both)
            return target, actual
        return None, None


def _named(row: FormRow, name: str, vocabulary: Vocabulary) -> tuple[RoleCell, str]:
    """The cell that names the indicator of a row, as sure as the name is one; why it is none."""
    cell = row.get(ColumnRole.NAME) or row.get(ColumnRole.NAME_TARGET) or row.cells[0]
    read, sure = vocabulary.read(name), vocabulary.confidence.contents
    problem = why_not(read)
    if not problem and not is_doubtful(read):
        return cell, ""
    most = sure.unnamed if problem else sure.names_and_values
    return replace(cell, how=How.CONTENTS, confidence=min(cell.confidence, most)), problem


_LINE = re.compile(r"[^\n；;。]+")
_PIECE = re.compile(r"[^，,]+")
_BLANK_FORM = re.compile(r"[（(][^（）()]*[*＊×Xx_]{2}[^（）()]*[)）]")
"""The form of a value as the printed list left it open: （≥**株）."""


def _lines(cell: ReadCell) -> Iterator[ReadCell]:
    """What a cell lists, each in a cell of its own: its lines, and several values in a line with
    what stands before each."""
    for line in _LINE.finditer(cell.text):
        pieces = list(_PIECE.finditer(line[0]))
        units = cell.vocabulary.units
        ends = [m.end() for m in pieces if units.matches(m[0]) or ends_bare(m[0])]
        ends = ends if len(ends) > 1 else []
        cuts = [line.start(), *(line.start() + end for end in ends[:-1]), line.end()]
        for start, end in pairwise(cuts):
            one = cell.part(start + (cell.text[start] in "，,"), end)
            if one.content.squeezed:
                yield one


def _target_and_result(
    pairs: Sequence[tuple[Statement, Figure]], vocabulary: Vocabulary
) -> tuple[Figure, Figure] | None:
    """The target and the result that a sentence states of one thing, and of no other."""
    wanted = [figure for _, figure in pairs if figure.role is Role.TARGET]
    reached = [figure for _, figure in pairs if figure.role is Role.ACTUAL]
    if len(wanted) != 1 or len(reached) != 1 or any(one.is_cut for one, _ in pairs):
        return None
    same = vocabulary.units.same(wanted[0].quantity, reached[0].quantity)
    named = reached[0].subject in ("", wanted[0].subject)
    problem = why_not(vocabulary.read(wanted[0].subject))
    return (wanted[0], reached[0]) if same and named and not problem else None


def _cut_family(text: str) -> tuple[str, str]:
    """What stands before the first mark of a text, and behind it: 数量指标：…, 满意度指标，…."""
    parts = re.split("[：:，,]", text, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _inherit(row: FormRow, levels: tuple[str, str]) -> tuple[str, str]:
    """The indicator families of a row; an empty cell means the family above goes on."""
    one, two = (_family(row, role) for role in (ColumnRole.LEVEL1, ColumnRole.LEVEL2))
    if one and one != levels[0]:
        return one, two
    return one or levels[0], two or levels[1]


MAX_OWN_FAMILY_LENGTH = 12
"""Characters of the longest family that a form names in words of its own."""


def _family(row: FormRow, role: ColumnRole) -> str:
    cell = row.get(role)
    text = cell.cell.text.strip() if cell else ""
    if cell is None or not text:
        return ""
    if cell.content.is_level or len(text) <= MAX_OWN_FAMILY_LENGTH:
        return cell.content.key
    return ""
