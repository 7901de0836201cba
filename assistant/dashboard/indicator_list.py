"""Indicators as lists show them, each once, however many documents print it (指标清单). Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from assistant.grounding.form_order import STAGE_RANK
from assistant.language.wording import goal, value
from assistant.types import IndicatorStatus, Status
from ingest.language.normalise import normalise
from ingest.types.blocks import Form, Location
from ingest.types.facts import Quantity

NO_FAMILY = "未分类"
BETWEEN_CELLS = " | "
PROJECT_CODE = re.compile(r"^[0-9A-Z]{6,}[-—_](?=.)")
"""A project's code before its name, which some of its documents print and others do not."""
MAX_COMPLETION_CHARACTERS = 120
"""Maximum length of a completion that is given in words."""


class Stage(StrEnum):
    """How far an indicator is that no self-evaluation reports."""

    MONITORED = "监控中"
    PLANNED = "仅有目标"


STAGES = {Form.MONITORING: Stage.MONITORED, Form.TARGET: Stage.PLANNED}
REACHED = tuple(status.value for status in Status if status.is_met)
MISSED = tuple(status.value for status in Status if status.is_unmet)
OPEN = tuple(status.value for status in Status if status.is_open)
STANDINGS: Mapping[str, bool] = {
    **dict.fromkeys((*REACHED, *OPEN, *MISSED), True),
    **dict.fromkeys(map(str, Stage), False),
}
"""What an indicator can stand at, and whether that counts as reported."""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of one department and year; `target` and `actual` are worded with units.

    `same` is what makes two targets one, `elsewhere` how many more documents print the indicator;
    `documents` are the ids of all that do, `figures` those of its figures there.
    """

    id: str
    document_id: str
    file: str
    form: Form
    city: str
    department: str
    year: int | None
    task: str
    family: str
    name: str
    target: str
    actual: str
    verdict: Status
    reason: str
    location: Location
    quote: str
    same: tuple[tuple[Decimal, ...], str] = ((), "")
    elsewhere: int = 0
    documents: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        """The status as counted: that of a self-evaluation, else how far the matter is."""
        return str(STAGES.get(self.form, self.verdict))


def row_of(judged: IndicatorStatus, *, file: str, form: Form, city: str) -> Row:
    """An indicator as its document prints it."""
    row = judged.indicator
    target = row.target or row.period_target
    cells = (row.name, target.raw if target else "", row.actual_text)
    return Row(
        id=row.id,
        document_id=row.document_id,
        file=file,
        form=form,
        city=city,
        department=row.department,
        year=row.year,
        task=row.task,
        family=row.level2 or row.level1 or NO_FAMILY,
        name=row.name,
        target=_goal(target),
        actual=_actual(row.actual, row.actual_text),
        verdict=judged.status,
        reason=judged.reason,
        location=row.location,
        quote=BETWEEN_CELLS.join(" ".join(cell.split()) for cell in cells if cell.strip()),
        same=target.scaled if target and target.values else ((), _goal(target)),
        documents=(row.document_id,),
        figures=row.figure_ids,
    )


def _goal(target: Quantity | None) -> str:
    if target is None:
        return ""
    return goal(target) if target.values else target.qualitative or target.raw


def _actual(actual: Quantity | None, text: str) -> str:
    if actual is not None and actual.values:
        return value(actual)
    text = " ".join(text.split())
    return (
        text if len(text) <= MAX_COMPLETION_CHARACTERS else text[:MAX_COMPLETION_CHARACTERS] + "……"
    )


def merged(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Each indicator once: as the document prints it that speaks first (`INDICATOR_STAGES`).

    Rows are one indicator when department, year and name are the same and they do not name two
    tasks. What the speaking row leaves out, its family and task, is taken from the others.
    """
    groups: dict[tuple[str, int | None, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.department, row.year, _key(row.name)), []).append(row)
    return tuple(one for group in groups.values() for one in _indicators(group))


def _indicators(group: list[Row]) -> list[Row]:
    if len(group) == 1:
        return group
    group = sorted(group, key=lambda row: STAGE_RANK[row.form])
    tasks = {_task(row): row.task for row in reversed(group) if row.task}
    if len(tasks) <= 1:
        return _speaking(group)
    indicators = [
        one for task in tasks for one in _speaking([row for row in group if _task(row) == task])
    ]
    # Without a task it is another indicator only where its target is none of theirs.
    targets = {row.same for row in indicators}
    whole = [row for row in group if not row.task and row.same not in targets]
    return [*indicators, *_speaking(whole)]


def _speaking(group: list[Row]) -> list[Row]:
    """The rows of the first form of a sorted group, filled from the other forms."""
    if not group:
        return []
    first = _one_document_each([row for row in group if row.form is group[0].form])
    others = [row for row in group if row not in first]
    if not others:
        return first
    family = next((row.family for row in group if row.family != NO_FAMILY), NO_FAMILY)
    task = next((row.task for row in group if row.task), "")
    elsewhere = len({row.document_id for row in others})
    return [
        replace(
            row,
            family=family if row.family == NO_FAMILY else row.family,
            task=row.task or task,
            elsewhere=elsewhere,
            documents=tuple(dict.fromkeys(id for one in (row, *others) for id in one.documents)),
            figures=tuple(dict.fromkeys(id for one in (row, *others) for id in one.figures)),
        )
        for row in first
    ]


def _one_document_each(group: list[Row]) -> list[Row]:
    """Rows of one form, without those that a second document of it says again."""
    distinct: list[Row] = []
    for row in group:
        if not any(
            row.document_id != known.document_id and row.same == known.same for known in distinct
        ):
            distinct.append(row)
    return distinct


def _task(row: Row) -> str:
    """The task of a row as it is compared: its project's code aside."""
    return _key(PROJECT_CODE.sub("", row.task))


def _key(name: str) -> str:
    """A name as it is compared: marks, blanks and widths aside."""
    return "".join(c for c in normalise(name) if c.isalnum())
