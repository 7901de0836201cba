"""The library's boards, rebuilt only when its documents have changed (看板的缓存)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Event, Lock, Thread
from typing import Any, Protocol

from assistant.assessment.department_totals import DepartmentTotals
from assistant.assessment.rule_packs import Rules
from assistant.assessment.scoring import earned, execution_weight
from assistant.assessment.status import StatusRules
from assistant.dashboard.board import Board, Boards, Choice
from assistant.dashboard.board_facts import (
    MAX_RATE_ROUNDING,
    BoardDocument,
    DepartmentFinding,
    DepartmentLight,
    Execution,
    Library,
    SelfScore,
)
from assistant.dashboard.indicator_list import row_of
from assistant.departments.directory import Directory
from assistant.grounding.calculations import UnitMismatch, rate, rounded, term
from assistant.grounding.form_order import STAGE_RANK
from assistant.language.numbers import plain
from assistant.types import Calculation, Finding, IndicatorStatus, Severity
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form, Location
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Indicator, Role
from ingest.types.library import DocumentRecord, Scope

WITHOUT_COPIES = Scope(copies=False)
FULL_MARKS = Decimal(100)
FORMS_OF_A_PART = frozenset(
    {
        Form.PROJECT_SELF_EVALUATION,
        Form.MONITORING,
        Form.TARGET,
        Form.EVALUATION_REPORT,
        Form.AUDIT_REPORT,
        Form.NOTICE,
        Form.REGULATION,
    }
)
"""Forms and papers that do not report a department's own execution."""


class Records(Protocol):
    """What boards need of the record store."""

    def revision(self) -> tuple[int, int]:
        """Changes with every change of the library."""

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Every document of the library."""

    def figures(self, scope: Scope, *, name: str = "") -> tuple[Figure, ...]:
        """The figures in the scope, of one name if given."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the board cache takes its facts from; all of them look at one library."""

    records: Records
    directory: Callable[[], Directory]
    standings: Callable[[Scope], tuple[IndicatorStatus, ...]]
    audit: Callable[[Scope], tuple[Finding, ...]]
    rules: Callable[[str, int | None], Rules]
    totals: Callable[[Scope], tuple[DepartmentTotals, ...]]


class BoardCache:
    """Keeps the boards of the latest revision. Safe to call from several threads.

    Auditing takes longer than all the rest: boards come without findings first, and with them
    (`Board.audited`) once a background thread has audited every department.
    """

    def __init__(
        self, sources: Sources, formulas: Mapping[str, Mapping[str, Any]], rules: StatusRules
    ) -> None:
        self._sources = sources
        self._formula = formulas[BudgetTerm.COMPLETION_RATE]
        self._rules = rules
        self._lock = Lock()
        self._cached: tuple[tuple[int, int], Boards] | None = None
        self._closing = Event()
        self._auditing: Thread | None = None

    def close(self) -> None:
        """Ends the audit, if one is under way."""
        self._closing.set()
        if self._auditing is not None:
            self._auditing.join()

    def board(self, choice: Choice) -> Board:
        """What the dashboard shows for this choice of the library as it is now."""
        with self._lock:
            revision = self._sources.records.revision()
            if self._cached is None or self._cached[0] != revision:
                departments = _DepartmentNames(self._sources.directory())
                records = {record.id: record for record in self._sources.records.documents()}
                library = self._read(records, departments)
                self._cached = revision, Boards(library)
                self._auditing = Thread(
                    target=self._audit,
                    args=[revision, library, records, departments],
                    name="audit",
                    daemon=True,
                )
                self._auditing.start()
            boards = self._cached[1]
        return boards.board(choice)

    def _read(
        self, records: Mapping[str, DocumentRecord], departments: "_DepartmentNames"
    ) -> Library:
        judged = self._sources.standings(WITHOUT_COPIES)
        figures = self._figures(records)
        return Library(
            documents=tuple(departments.document(record) for record in records.values()),
            rows=tuple(
                row_of(
                    standing,
                    file=records[standing.indicator.document_id].file,
                    form=records[standing.indicator.document_id].form,
                    city=departments.city(standing.indicator.department),
                )
                for standing in judged
                if standing.indicator.document_id in records
            ),
            executions=tuple(self._executions(figures, records, departments)),
            scores=tuple(
                self._scores(
                    figures, records, departments, [standing.indicator for standing in judged]
                )
            ),
        )

    def _audit(
        self,
        revision: tuple[int, int],
        library: Library,
        records: Mapping[str, DocumentRecord],
        departments: "_DepartmentNames",
    ) -> None:
        """Audits the library and adds the findings to its boards; ends early when it changes."""
        scopes = [Scope(departments=(name,)) for name in sorted(departments.known)]
        findings: Sequence[Finding] = ()
        for scope in (*scopes, Scope()):  # audits are cached: the last has little to do
            if self._closing.is_set() or self._sources.records.revision() != revision:
                return
            findings = self._sources.audit(scope)
        entries = tuple(_department_findings(findings, records, departments))
        lights = tuple(_department_lights(self._sources.totals(Scope()), departments))
        boards = Boards(replace(library, findings=entries, lights=lights, audited=True))
        with self._lock:
            if self._cached is not None and self._cached[0] == revision:
                self._cached = revision, boards

    def _figures(self, records: Mapping[str, DocumentRecord]) -> list[Figure]:
        """The figures that rates and scores are computed from, in document order."""
        wanted = (
            self._formula["numerator"],
            *self._formula["denominators"],
            BudgetTerm.COMPLETION_RATE,
            BudgetTerm.SELF_SCORE,
        )
        by_id = {
            figure.id: figure
            for name in wanted
            for figure in self._sources.records.figures(WITHOUT_COPIES, name=name)
            if figure.concept in wanted
            and len(figure.quantity.values) == 1
            and figure.document_id in records
            and figure.role not in (Role.TARGET, Role.PERIOD_TARGET)
        }
        return list(by_id.values())

    def _executions(
        self,
        figures: Sequence[Figure],
        records: Mapping[str, DocumentRecord],
        departments: "_DepartmentNames",
    ) -> Iterator[Execution]:
        """The rates of each department and year, the best document's first."""
        for group in _grouped(_whole(figures), records):
            record = records[group[0].document_id]
            if record.form in FORMS_OF_A_PART:
                continue
            calculation, inputs, reported = self._best(group)
            department = departments.name(group[0].department)
            if department and (calculation or reported):
                yield Execution(
                    departments.city(department),
                    department,
                    group[0].year,
                    record.form,
                    record.file,
                    calculation,
                    inputs,
                    reported,
                )

    def _best(
        self, group: Sequence[Figure]
    ) -> tuple[Calculation | None, tuple[Figure, ...], Figure | None]:
        """The rate of a document's first figures, or of one row or sentence that bears it out.

        A document that prints a total twice with two values is reported by the checks, not here.
        """
        first = {figure.concept: figure for figure in reversed(group)}
        places: dict[Location, dict[str, Figure]] = {}
        for figure in group:
            row = replace(figure.location, column=None, bbox=None)
            places.setdefault(row, {}).setdefault(figure.concept, figure)
        reported = first.get(BudgetTerm.COMPLETION_RATE)
        for of in (first, *places.values()):
            calculation, inputs = self._rate(of)
            printed = of.get(BudgetTerm.COMPLETION_RATE, reported)
            value = printed.quantity.value if printed else None
            if (
                calculation is not None
                and value is not None
                and abs(value - calculation.result) <= MAX_RATE_ROUNDING
            ):
                return calculation, inputs, printed
        return (*self._rate(first), reported)

    def _rate(self, of: Mapping[str, Figure]) -> tuple[Calculation | None, tuple[Figure, ...]]:
        """The rate by the first denominator that the document prints."""
        spent = of.get(self._formula["numerator"])
        for name in self._formula["denominators"]:
            budget = of.get(name)
            if spent is None or budget is None:
                continue
            try:
                calculation = rate(
                    term(spent, name=spent.subject), term(budget, name=budget.subject)
                )
            except UnitMismatch:
                continue
            return calculation, (spent, budget)
        return None, ()

    def _scores(
        self,
        figures: Sequence[Figure],
        records: Mapping[str, DocumentRecord],
        departments: "_DepartmentNames",
        rows: Iterable[Indicator],
    ) -> Iterator[SelfScore]:
        """The total scores, the best document's first, each with what its rows earn."""
        weighed: dict[tuple[str, str], list[Indicator]] = {}
        for row in rows:
            if row.weight is not None and row.score is not None:
                weighed.setdefault((row.document_id, row.task), []).append(row)
        rates: dict[tuple[str, str], dict[str, Figure]] = {}
        for figure in figures:
            if figure.concept != BudgetTerm.SELF_SCORE:
                amounts = rates.setdefault((figure.document_id, figure.task), {})
                amounts.setdefault(figure.concept, figure)
        scores = [f for f in figures if f.concept == BudgetTerm.SELF_SCORE]
        for group in _grouped(scores, records, by_task=True):
            # A form scores its budget too: the total is the most of what it calls a score.
            total = max(group, key=lambda figure: figure.quantity.values[0])
            record = records[total.document_id]
            department = departments.name(total.department)
            if department:
                key = (total.document_id, total.task)
                calculation, _ = self._rate(rates.get(key, {}))
                yield SelfScore(
                    departments.city(department),
                    department,
                    total.year,
                    record.form,
                    record.file,
                    total.task,
                    total,
                    recomputed(weighed.get(key, ()), calculation, self._rules, self._sources.rules),
                )


def _department_findings(
    findings: Iterable[Finding],
    records: Mapping[str, DocumentRecord],
    departments: "_DepartmentNames",
) -> Iterator[DepartmentFinding]:
    """The findings with their departments, the severest first."""
    order = list(Severity)
    for finding in sorted(findings, key=lambda finding: order.index(finding.severity)):
        record = records.get(finding.document_id)
        if record is None:
            continue
        cited = finding.evidence[0] if finding.evidence else None
        department = departments.name(cited.department if cited else record.department)
        yield DepartmentFinding(
            departments.city(department),
            department,
            cited.year if cited else record.year,
            record.form,
            record.file,
            finding,
            frozenset(citation.year for citation in finding.evidence),
            frozenset(
                records[citation.document_id].form
                for citation in finding.evidence
                if citation.document_id in records
            ),
        )


def _department_lights(
    totals: Iterable[DepartmentTotals], departments: "_DepartmentNames"
) -> Iterator[DepartmentLight]:
    """The lights of all departments and years."""
    for total in totals:
        city = departments.city(total.department)
        for light in total.lights:
            yield DepartmentLight(city, total.department, total.year, light)


class _DepartmentNames:
    """Departments by their one name; what cannot be a department's name is none."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.known = {body.name for body in directory.bodies}
        self._cities: dict[str, str] = {}

    def name(self, department: str) -> str:
        name = self._directory.canonical(department)
        return name if name in self.known else ""

    def city(self, department: str) -> str:
        """The city or county that a department is of, "" where its name tells no place."""
        if department not in self._cities:
            self._cities[department] = self._directory.city(department)
        return self._cities[department]

    def document(self, record: DocumentRecord) -> BoardDocument:
        name = self.name(record.department)
        copy = bool(record.copy_of)
        return BoardDocument(self.city(name), name, record.year, record.form, copy, record.id)


def _whole(figures: Sequence[Figure]) -> list[Figure]:
    """The departments' own figures: none of a task, none of the total of a table of tasks."""
    tables = {(f.document_id, f.section.rpartition(" / ")[0]) for f in figures if f.task}
    department_figures = [f for f in figures if not f.task and f.concept != BudgetTerm.SELF_SCORE]
    return [f for f in department_figures if (f.document_id, f.section) not in tables]


def _grouped(
    figures: Iterable[Figure], records: Mapping[str, DocumentRecord], *, by_task: bool = False
) -> list[list[Figure]]:
    """The figures by document, department, year (and task), the best document's first."""
    groups: dict[tuple[str, str, int | None, str], list[Figure]] = {}
    for figure in figures:
        key = (figure.document_id, figure.department, figure.year, figure.task if by_task else "")
        groups.setdefault(key, []).append(figure)
    return [groups[key] for key in sorted(groups, key=lambda key: STAGE_RANK[records[key[0]].form])]


def recomputed(
    rows: Sequence[Indicator],
    execution: Calculation | None,
    rules: StatusRules,
    rules_of: Callable[[str, int | None], Rules],
) -> Calculation | None:
    """What the rows of one score table earn by formula, and the budget's share beside them.

    A row without a formula (words, several values) counts with its printed score. The budget earns
    its rate of the points that the rows leave of 100 (财预〔2020〕10号: 10 points).
    """
    left = execution_weight(rows, default_vocabulary().terms)
    if left is None or (left > 0 and execution is None):
        return None
    points: list[Decimal] = []
    for row in rows:
        calculation = earned(row, rules, rules_of(row.department, row.year).scoring)
        printed = row.score.value if row.score else None
        points.append(calculation.result if calculation else printed or Decimal(0))
    shown = [plain(one) for one in points]
    if left > 0 and execution is not None:
        budget = rounded(min(execution.result, FULL_MARKS) / FULL_MARKS * left)
        points.append(budget)
        shown.append(f"预算执行{plain(budget)}")
    total = sum(points, Decimal(0))
    return Calculation(f"{' + '.join(shown)} = {plain(total)}（分）", (), total, "分")
