"""Rows of tasks (重点任务): what a task should do, what it did, its money and its targets."""

from dataclasses import dataclass, field, replace

from ingest.extraction.cell_values import row_quote, split_target
from ingest.extraction.figure_recorder import FigureContext, FigureRecorder
from ingest.extraction.indicators import IndicatorReader
from ingest.extraction.reading_context import ReadingContext
from ingest.language.normalise import one_line
from ingest.semantics.label_features import Label
from ingest.semantics.label_reader import CONTENT, shipped_reader
from ingest.tables.form_rows import FormRow, RoleCell
from ingest.types.facts import Role, Task
from ingest.types.tables import ColumnRole, TableKind

_TEXT_ROLES = {
    ColumnRole.TASK_GOAL: Role.TARGET,
    ColumnRole.TASK_CONTENT: Role.FUND,
    ColumnRole.TASK_COMPLETION: Role.ACTUAL,
}
_FUNDS = (ColumnRole.FUND, ColumnRole.FUND_FISCAL, ColumnRole.FUND_OTHER)


SURE_OF_BLOCK = 0.7
"""How probable it must be that a text names a block of the form, and no task."""


def names_block(name: str) -> bool:
    """Whether a text in the place of a task is the heading of a block (部门履职目标)."""
    if not name:
        return False
    (shares,) = shipped_reader().sections([Label(name)])
    return max(share for role, share in shares.items() if role != CONTENT) > SURE_OF_BLOCK


@dataclass(slots=True)
class TaskReader:
    """Collects the tasks of one document, each once, and records the figures in their rows."""

    recorder: FigureRecorder
    indicators: IndicatorReader
    tasks: list[Task] = field(default_factory=list)

    def read(self, row: FormRow, reading: ReadingContext) -> None:
        """Records a row; one that names no task goes on about the task above.

        A row that only names a block of the form (年度总体目标) is about no task.
        """
        name = one_line(row.text(ColumnRole.TASK))
        previous = self.tasks[-1].name if self.tasks else ""
        if names_block(name):
            name = task = ""
        else:
            task = previous if reading.vocabulary.read(name).is_placeholder else name
        around = reading.figure(reading.section(row.section, task), task).told_by(
            row.get(ColumnRole.TASK)
        )
        first_figure = len(self.recorder.figures)
        for column, role in _TEXT_ROLES.items():
            cell = row.get(column)
            if cell and cell.fresh:
                self._text(cell, role, around)
        for column in _FUNDS:
            cell = row.get(column)
            if cell and cell.fresh:
                quote = row_quote(row, (ColumnRole.TASK, column))
                here = replace(around, quote=quote, subject=task + cell.headed.key)
                vocabulary = reading.vocabulary
                concept = vocabulary.terms.find(vocabulary.forms.term_of(TableKind.TASKS, column))
                self.recorder.value(cell, Role.FUND, here, concept)
        if task and task != previous:
            self._add(row, task, self.recorder.ids_since(first_figure), reading)
        target = row.get(ColumnRole.NAME_TARGET)
        if target and target.fresh and target.content.squeezed:
            name, wanted = split_target(target.cell, reading.vocabulary.units)
            self.indicators.add(row, replace(reading, levels=("", "")), name, wanted, task=task)

    def _text(self, cell: RoleCell, role: Role, around: FigureContext) -> None:
        """Records what a task should do or did, or the value that stands there instead."""
        if cell.content.value:
            subject = around.task + cell.headed.key
            here = replace(around, quote=cell.cell.text, subject=subject)
            self.recorder.value(cell, role, here, None)
        else:
            self.recorder.text(cell.cell, role, around.told_by(cell))

    def _add(
        self, row: FormRow, name: str, figure_ids: tuple[str, ...], reading: ReadingContext
    ) -> None:
        location = (row.get(ColumnRole.TASK) or row.cells[0]).cell.location
        self.tasks.append(
            Task(
                id=self.recorder.identify(location, 0, "task", name),
                document_id=self.recorder.document_id,
                department=reading.department,
                year=reading.year,
                name=name,
                goal=row.text(ColumnRole.TASK_GOAL),
                completion=row.text(ColumnRole.TASK_COMPLETION),
                location=location,
                figure_ids=figure_ids,
            )
        )
