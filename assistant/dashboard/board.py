"""Where every indicator, budget and score stands, for one choice of the library (看板). Pure.

Every number comes with what it rests on: its rows, its figures, or a shown formula over them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.assessment.department_totals import Colour
from assistant.dashboard.board_facts import (
    BoardDocument,
    DepartmentFinding,
    DepartmentLight,
    Execution,
    Library,
    Placed,
    SelfScore,
)
from assistant.dashboard.indicator_list import OPEN, REACHED, STANDINGS, Row, merged
from assistant.grounding.calculations import Term, rate
from assistant.types import Calculation, Severity
from ingest.types.blocks import Form

NO_DEPARTMENT = "未注明部门"
"""The department chosen where a document names none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a board is limited to; an empty field does not restrict.

    `family` and `standing` limit indicators; of the rest there is then what these indicators stand
    in or concern. A family takes in those that are parts of it by name: 效益指标 has 社会效益指标.
    """

    city: str = ""
    department: str = ""
    year: int | None = None
    form: Form | None = None
    family: str = ""
    standing: str = ""
    compared: str = ""
    """Which two years are set against each other, as 2021-2022; the newest where it is empty."""

    @property
    def years(self) -> tuple[int, ...]:
        """The two years that are compared, () for the newest."""
        return tuple(map(int, self.compared.split("-"))) if self.compared else ()

    def admits(self, thing: Placed) -> bool:
        """Whether a thing is of the chosen city, department, year and form."""
        return (
            self._of_body(thing)
            and (self.year is None or thing.year == self.year)
            and (self.form is None or thing.form is self.form)
        )

    def admits_finding(self, entry: DepartmentFinding) -> bool:
        """The same of a finding, which is of every year and form that it rests on."""
        return (
            self._of_body(entry)
            and (self.year is None or self.year in {entry.year, *entry.years})
            and (self.form is None or self.form in {entry.form, *entry.forms})
        )

    def _of_body(self, thing: Placed) -> bool:
        department = "" if self.department == NO_DEPARTMENT else self.department
        return (not self.city or thing.city == self.city) and (
            not self.department or thing.department == department
        )

    def shows(self, row: Row) -> bool:
        """Whether an indicator is also of the chosen family and standing."""
        return (
            self.admits(row)
            and row.family.endswith(self.family)
            and (not self.standing or row.standing == self.standing)
        )

    def without(self, name: str) -> "Choice":
        """The choice with one field free again."""
        return replace(self, **{name: getattr(Choice(), name)})


@dataclass(frozen=True, slots=True)
class Tally:
    """How the indicators under one heading stand, by `STANDINGS`.

    They are not `rated` where they were chosen by how they stand.
    """

    name: str
    counts: Mapping[str, int]
    rated: bool = True

    @property
    def total(self) -> int:
        """The number of indicators."""
        return sum(self.counts.values())

    @property
    def reported(self) -> int:
        """The number of indicators that a self-evaluation reports, met or not."""
        return sum(self.counts.get(standing, 0) for standing in REPORTED)

    @property
    def reached(self) -> int:
        """The number of indicators that reached their target."""
        return sum(self.counts.get(standing, 0) for standing in REACHED)

    @property
    def attained(self) -> Calculation | None:
        """达标率: (达标 + 超额 + 定性达成) ÷ reported indicators; what is open counts as missed."""
        if not self.reported or not self.rated:
            return None
        return rate(Term(Decimal(self.reached), "个"), Term(Decimal(self.reported), "个"))


REPORTED = tuple(name for name, counted in STANDINGS.items() if counted)


@dataclass(frozen=True, slots=True)
class Line:
    """A department in one year, with all that ranks it; `rank` is by 达标率, 0 without one."""

    city: str
    department: str
    year: int | None
    tally: Tally
    execution: Execution | None
    score: SelfScore | None
    severities: Mapping[Severity, int]
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """What each filter can still be set to, the others as they are."""

    cities: tuple[str, ...]
    departments: tuple[str, ...]
    years: tuple[int, ...]
    forms: tuple[Form, ...]
    families: tuple[str, ...]
    standings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the dashboard shows for one choice."""

    choice: Choice
    options: Options
    departments: int
    documents: int
    copies: int
    tally: Tally
    families: tuple[Tally, ...]
    lines: tuple[Line, ...]
    executions: tuple[Execution, ...]
    """The lowest rate first."""
    scores: tuple[SelfScore, ...]
    """The lowest score first: the departments', and those of tasks that do not add up."""
    rows: tuple[Row, ...]
    """What needs attention first."""
    findings: tuple[DepartmentFinding, ...]
    lights: tuple[DepartmentLight, ...]
    """The red ones first."""
    audited: bool
    """Whether the findings and the lights are in yet."""
    document_ids: tuple[str, ...] = ()
    """The documents that are counted."""

    @property
    def severities(self) -> Counter[Severity]:
        """The number of findings by severity."""
        return Counter(entry.finding.severity for entry in self.findings)

    @property
    def open(self) -> int:
        """The number of indicators that are unverifiable or unreported."""
        return sum(self.tally.counts.get(standing, 0) for standing in OPEN)


class Boards:
    """Boards of one library, whose rows are merged once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rows = merged(library.rows)

    def board(self, choice: Choice) -> Board:
        """The board of one choice."""
        library = self._library
        rows = sorted(filter(choice.shows, self._of_form(choice.form)), key=_attention)
        shown = _Shown(choice, rows)
        documents = [document for document in library.documents if shown.has_document(document)]
        findings = tuple(filter(shown.has_finding, library.findings))
        executions = _one_each(filter(shown.has_place, library.executions))
        scores = tuple(filter(shown.has_place, library.scores))
        rated = not choice.standing
        return Board(
            choice=choice,
            options=self._options(choice),
            departments=len({thing.department for thing in documents if thing.department}),
            documents=len(documents),
            copies=sum(document.copy for document in documents),
            tally=_tally("全部指标", rows, rated=rated),
            families=_by_family(rows, rated=rated),
            lines=_lines(rows, executions, scores, findings, rated=rated),
            executions=tuple(sorted(executions, key=_lowest)),
            scores=_listed_scores(scores, choice),
            rows=tuple(rows),
            findings=findings,
            lights=tuple(sorted(filter(shown.has_place, library.lights), key=_worst_light)),
            audited=library.audited,
            document_ids=tuple(document.id for document in documents),
        )

    def _of_form(self, form: Form | None) -> Sequence[Row]:
        """A form by itself shows its own rows, whatever other documents say of them."""
        if form is None:
            return self._rows
        return merged(row for row in self._library.rows if row.form is form)

    def _unnamed(self, choice: Choice) -> tuple[str, ...]:
        """The choice of documents without a department, where there are any."""
        free = choice.without("department")
        unnamed = any(not one.department and free.admits(one) for one in self._library.documents)
        return (NO_DEPARTMENT,) if unnamed else ()

    def _options(self, choice: Choice) -> Options:
        def of(name: str, things: Iterable[Placed]) -> set[object]:
            free = choice.without(name)
            return {getattr(thing, name) for thing in things if free.admits(thing)} - {"", None}

        documents = self._library.documents
        rows = self._of_form(choice.form)
        families = {r.family for r in rows if choice.without("family").shows(r)}
        standings = {r.standing for r in rows if choice.without("standing").shows(r)}
        return Options(
            cities=tuple(sorted(map(str, of("city", documents)))),
            departments=(*sorted(map(str, of("department", documents))), *self._unnamed(choice)),
            years=tuple(
                sorted((y for y in of("year", documents) if isinstance(y, int)), reverse=True)
            ),
            forms=tuple(form for form in Form if form in of("form", documents)),
            families=tuple(sorted(families)),
            standings=tuple(name for name in STANDINGS if name in standings),
        )


class _Shown:
    """What of a library belongs to a choice, of which `rows` are the indicators."""

    def __init__(self, choice: Choice, rows: Sequence[Row]) -> None:
        self._choice = choice
        self._whole = not (choice.family or choice.standing)
        self._places = {(row.department, row.year) for row in rows}
        self._documents = {id for row in rows for id in row.documents}
        self._figures = {id for row in rows for id in row.figures}

    def has_document(self, document: BoardDocument) -> bool:
        """Whether the document, if only some indicators are shown, prints one of them."""
        shown = self._whole or document.id in self._documents
        return shown and self._choice.admits(document)

    def has_place(self, thing: Placed) -> bool:
        """Whether a department and year, if only some indicators are shown, has one of them."""
        shown = self._whole or (thing.department, thing.year) in self._places
        return shown and self._choice.admits(thing)

    def has_finding(self, entry: DepartmentFinding) -> bool:
        """Whether a finding, if only some indicators are shown, is about one of them."""
        shown = self._whole or bool(entry.figures & self._figures)
        return shown and self._choice.admits_finding(entry)


def _attention(row: Row) -> tuple[int, str, int, str]:
    return (ATTENTION.index(row.standing), row.department, -(row.year or 0), row.family)


ATTENTION = tuple(
    sorted(STANDINGS, key=lambda name: (name in REACHED, not STANDINGS[name], name in OPEN))
)
"""The order of the table: what was missed, what is open, what was reached, what is under way."""


def _tally(name: str, rows: Iterable[Row], *, rated: bool) -> Tally:
    counts = Counter(row.standing for row in rows)
    present = {standing: counts[standing] for standing in STANDINGS if counts[standing]}
    return Tally(name, present, rated)


def _by_family(rows: Sequence[Row], *, rated: bool) -> tuple[Tally, ...]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.family, []).append(row)
    tallies = [_tally(name, group, rated=rated) for name, group in groups.items()]
    return tuple(sorted(tallies, key=lambda tally: (-tally.total, tally.name)))


def _one_each(executions: Iterable[Execution]) -> list[Execution]:
    """One rate a department and year: the first, which is the best document's."""
    first: dict[tuple[str, int | None], Execution] = {}
    for execution in executions:
        first.setdefault((execution.department, execution.year), execution)
    return list(first.values())


def _lowest(execution: Execution) -> tuple[Decimal, str, int]:
    return (execution.value or Decimal(0), execution.department, execution.year or 0)


def _worst_light(one: DepartmentLight) -> tuple[int, str, int]:
    return [*Colour].index(one.light.colour), one.department, -(one.year or 0)


def _listed_scores(scores: Iterable[SelfScore], choice: Choice) -> tuple[SelfScore, ...]:
    """The departments' scores; a task's only if one department is chosen or it does not add up."""
    listed: dict[tuple[str, int | None, str], SelfScore] = {}
    for score in scores:
        if not score.task or score.differs or choice.department:
            listed.setdefault((score.department, score.year, score.task), score)
    return tuple(sorted(listed.values(), key=lambda s: (s.value, s.department, s.year or 0)))


def _lines(
    rows: Iterable[Row],
    executions: Iterable[Execution],
    scores: Iterable[SelfScore],
    findings: Iterable[DepartmentFinding],
    *,
    rated: bool,
) -> tuple[Line, ...]:
    """The departments by their 达标率, best first; those without one last."""
    by_department: dict[tuple[str, str, int | None], list[Row]] = {}

    def key(thing: Placed) -> tuple[str, str, int | None]:
        return thing.city, thing.department, thing.year

    for row in rows:
        by_department.setdefault(key(row), []).append(row)
    rates = {key(one): one for one in executions}
    score_by_key: dict[tuple[str, str, int | None], SelfScore] = {}
    for score in scores:
        if not score.task:
            score_by_key.setdefault(key(score), score)
    severities: dict[tuple[str, str, int | None], Counter[Severity]] = {}
    for entry in findings:
        severities.setdefault(key(entry), Counter())[entry.finding.severity] += 1
    keys = {*by_department, *rates, *score_by_key}
    lines = [
        Line(
            *k,
            _tally(k[1], by_department.get(k, ()), rated=rated),
            rates.get(k),
            score_by_key.get(k),
            severities.get(k, {}),
        )
        for k in keys
    ]
    return _ranked(lines)


def _ranked(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Equal rates share a rank."""

    def share(line: Line) -> Decimal:
        attained = line.tally.attained
        return attained.result if attained else Decimal(-1)

    ordered = sorted(lines, key=lambda one: (-share(one), one.department, -(one.year or 0)))
    ranked: list[Line] = []
    for number, line in enumerate(ordered, 1):
        tied = ranked and share(ranked[-1]) == share(line)
        rank = ranked[-1].rank if tied else number
        ranked.append(replace(line, rank=0 if share(line) < 0 else rank))
    return tuple(ranked)


ORDERS: Mapping[str, Callable[[Line], tuple[bool, Decimal]]] = {
    "达标率": lambda line: _worst(line.tally.attained.result if line.tally.attained else None),
    "执行率": lambda line: _worst(line.execution.value if line.execution else None),
    "自评得分": lambda line: _worst(line.score.value if line.score else None),
    "发现": lambda line: (False, -Decimal(sum(line.severities.values()))),
}
"""How lines are sorted, the one that needs attention first; those without a value last."""


def _worst(value: Decimal | None) -> tuple[bool, Decimal]:
    return value is None, value or Decimal(0)
