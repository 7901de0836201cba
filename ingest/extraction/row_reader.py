"""Rows of forms (表行), each read by what its kind tells: amounts, indicators, tasks or text."""

import re
from dataclasses import dataclass, replace
from typing import assert_never

from ingest.extraction.amounts import AmountReader
from ingest.extraction.cell_values import amount_role, quote_of
from ingest.extraction.figure_recorder import FigureRecorder
from ingest.extraction.indicators import IndicatorReader
from ingest.extraction.reading_context import ReadingContext
from ingest.extraction.tasks import TaskReader
from ingest.language.form_vocabulary import first_value, project_name
from ingest.language.vocabulary import Vocabulary
from ingest.language.years import YEAR
from ingest.tables.cells import ReadCell
from ingest.tables.form_rows import FormRow
from ingest.tables.loose_rows import MAX_LABEL_LENGTH
from ingest.types.facts import Role
from ingest.types.tables import ColumnRole, FormSection, LooseRow, TableKind

_YEAR_LINE = re.compile(rf"[（(]?({YEAR})年度?[)）]?")
"""A cell that holds a year and nothing else: the year of the rows below it."""

_INDICATORS = (FormSection.KEY_INDICATORS, FormSection.INDICATORS)
_PLANS = (FormSection.GOALS, FormSection.MEASURES, FormSection.TASKS)
"""Blocks that tell what is to be done."""


@dataclass(frozen=True, slots=True)
class RowReader:
    """Records what the rows of one document's tables tell, in reading order."""

    recorder: FigureRecorder
    amounts: AmountReader
    indicators: IndicatorReader
    tasks: TaskReader

    @classmethod
    def for_document(cls, document_id: str, vocabulary: Vocabulary) -> "RowReader":
        """A reader of the rows of one document, with nothing read yet."""
        recorder = FigureRecorder(document_id, vocabulary)
        indicators = IndicatorReader(recorder)
        return cls(recorder, AmountReader(recorder), indicators, TaskReader(recorder, indicators))

    def read(self, row: FormRow, reading: ReadingContext) -> ReadingContext:
        """Records what a row tells; the context below it."""
        match row.kind:
            case LooseRow.PAIR:
                return self._pair(row, reading)
            case LooseRow.TEXT:
                return self._text(row, reading)
            case TableKind.INDICATORS:
                return self.indicators.read(row, reading)
            case TableKind.TASKS:
                self.tasks.read(row, reading)
            case TableKind.GOALS:
                self._goals(row, reading)
            case TableKind.FUNDS:
                self.amounts.funds(row, reading)
            case TableKind.NUMBERS:
                self.amounts.numbers(row, reading)
            case _:
                assert_never(row.kind)
        return reading

    def _pair(self, row: FormRow, reading: ReadingContext) -> ReadingContext:
        """A label and its value, which may name the project or the department of what follows."""
        label = row.cells[0]
        reading = reading.announced(label.head).announced(label.cell.text)
        if label.role is ColumnRole.PROJECT:
            named = project_name(label.cell.text)
            reading = replace(reading, project=named or reading.document_project)
        department = first_value(label.cell.text) if label.role is ColumnRole.DEPARTMENT else ""
        if len(reading.departments) > 1 and department in reading.departments:
            reading = replace(reading, department=department)
        if label.role is ColumnRole.CONCEPT:
            subject = label.headed.key
            concept = reading.vocabulary.terms.find(subject)
            quote = quote_of((label.head, label.cell.text))
            around = reading.figure(reading.section(row.section), quote=quote, subject=subject)
            role = concept.role if concept else amount_role(label.headed, reading.vocabulary)
            self.recorder.value(label, role or Role.ACTUAL, around, concept)
        return reading

    def _goals(self, row: FormRow, reading: ReadingContext) -> None:
        """The yearly goal (年度目标) and how far it was reached, both in running text."""
        for name, role in (
            (ColumnRole.GOAL, Role.TARGET),
            (ColumnRole.GOAL_COMPLETION, Role.ACTUAL),
        ):
            cell = row.get(name)
            if cell and cell.fresh:
                section = reading.section(row.section, cell.headed.key, reading.project)
                around = reading.figure(section, reading.project).told_by(cell)
                self.recorder.text(cell.cell, role, around)

    def _text(self, row: FormRow, reading: ReadingContext) -> ReadingContext:
        """A cell of running text: a year, indicators listed line by line, or statements."""
        cell = row.cells[0].cell
        reading = reading.announced(cell.text)
        year = _YEAR_LINE.fullmatch(cell.content.squeezed)
        if year:
            return replace(reading, year=int(year.group(1)))
        if reading.planned and row.section in _INDICATORS:
            return self.indicators.read_list(row, reading)
        planned = reading.planned or row.section in _PLANS
        around = reading.figure(reading.section(row.section, reading.project), reading.project)
        role = Role.TARGET if planned else None
        if announced := _announced_goal(cell, row.section, reading.vocabulary):
            self.recorder.text(cell, announced, around)
        else:
            self.recorder.text(cell, role, around.told_by(row.cells[0]))
        return reading


_COLON = re.compile("[：:]")
_GOAL_LABELS = {"goal": Role.TARGET, "goal_completion": Role.ACTUAL}
MEANT = 0.5
"""How probable it must be that the words before a colon announce a goal, or how far it came."""


def _announced_goal(
    cell: ReadCell, section: FormSection | None, vocabulary: Vocabulary
) -> Role | None:
    """What a text among goals tells, by the label that it begins with (预期目标：…)."""
    parts = _COLON.split(cell.text, maxsplit=1)
    if section is not FormSection.GOALS or len(parts) < 2 or vocabulary.meaning is None:
        return None
    if not 0 < len(parts[0].strip()) <= MAX_LABEL_LENGTH:
        return None
    (read,) = vocabulary.meaning().announced([(parts[0], parts[1])])
    named = max(read, key=read.__getitem__)
    return _GOAL_LABELS.get(named) if read[named] >= MEANT else None
