"""The library's boards, made anew only when its documents have changed (看板的缓存)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Event, Lock, Thread
from typing import Any, Protocol

from assistant.assessment.rule_packs import Rules
from assistant.assessment.scoring import earned
from assistant.assessment.status import StatusRules
from assistant.dashboard.board import Board, Boards, Choice
from assistant.dashboard.board_facts import MAX_RATE_ROUNDING, Execution, Held, Library, Mark, Noted
from assistant.dashboard.indicator_list import row_of
from assistant.departments.directory import Directory
from assistant.grounding.calculations import UnitMismatch, rate, rounded, term
from assistant.grounding.form_order import STAGE_RANK
from assistant.language.numbers import plain
from assistant.types import Calculation, Finding, IndicatorStatus, Severity
from ingest.types.blocks import Form, Location
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Indicator, Role
from ingest.types.library import DocumentRecord, Scope

WITHOUT_COPIES = Scope(copies=False)
FULL_MARKS = Decimal(100)
FORMS_OF_A_PART = frozenset({Form.PROJECT_SELF_EVALUATION, Form.MONITORING, Form.TARGET})
"""Forms that do not report a department's own execution."""


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
    """Where the ledger takes its facts from; all of them look at one library."""

    records: Records
    directory: Callable[[], Directory]
    standings: Callable[[Scope], tuple[IndicatorStatus, ...]]
    audit: Callable[[Scope], tuple[Finding, ...]]
    rules: Callable[[str, int | None], Rules]


class BoardCache:
    """Keeps the boards of the latest revision. Safe to call from several threads.

    Findings take longer than all the rest: boards come without them first, and with them
    (`Board.audited`) once a thread of the ledger's own has found them, department by department.
    """

    def __init__(
        self, sources: Sources, formulas: Mapping[str, Mapping[str, Any]], rules: StatusRules
    ) -> None:
        self._sources = sources
        self._formula = formulas[BudgetTerm.COMPLETION_RATE]
        self._rules = rules
        self._lock = Lock()
        self._kept: tuple[tuple[int, int], Boards] | None = None
        self._closing = Event()
        self._auditing: Thread | None = None

    def close(self) -> None:
        """Ends the search for findings, if one is under way."""
        self._closing.set()
        if self._auditing is not None:
            self._auditing.join()

    def board(self, choice: Choice) -> Board:
        """What the dashboard shows for this choice of the library as it is now."""
        with self._lock:
            revision = self._sources.records.revision()
            if self._kept is None or self._kept[0] != revision:
                whose = _Whose(self._sources.directory())
                records = {record.id: record for record in self._sources.records.documents()}
                library = self._read(records, whose)
                self._kept = revision, Boards(library)
                self._auditing = Thread(
                    target=self._audit,
                    args=[revision, library, records, whose],
                    name="audit",
                    daemon=True,
                )
                self._auditing.start()
            boards = self._kept[1]
        return boards.board(choice)

    def _read(self, records: Mapping[str, DocumentRecord], whose: "_Whose") -> Library:
        judged = self._sources.standings(WITHOUT_COPIES)
        figures = self._figures(records)
        return Library(
            documents=tuple(whose.document(record) for record in records.values()),
            rows=tuple(
                row_of(
                    one,
                    file=records[one.indicator.document_id].file,
                    form=records[one.indicator.document_id].form,
                    city=whose.city(one.indicator.department),
                )
                for one in judged
                if one.indicator.document_id in records
            ),
            executions=tuple(self._executions(figures, records, whose)),
            marks=tuple(self._marks(figures, records, whose, [one.indicator for one in judged])),
        )

    def _audit(
        self,
        revision: tuple[int, int],
        library: Library,
        records: Mapping[str, DocumentRecord],
        whose: "_Whose",
    ) -> None:
        """Finds what there is to look at, for as long as the library stays as it is."""
        scopes = [Scope(departments=(name,)) for name in sorted(whose.known)]
        findings: Sequence[Finding] = ()
        for scope in (*scopes, Scope()):  # what is found once is kept: the last has little to do
            if self._closing.is_set() or self._sources.records.revision() != revision:
                return
            findings = self._sources.audit(scope)
        noted = tuple(_noted(findings, records, whose))
        boards = Boards(replace(library, findings=noted, audited=True))
        with self._lock:
            if self._kept is not None and self._kept[0] == revision:
                self._kept = revision, boards

    def _figures(self, records: Mapping[str, DocumentRecord]) -> list[Figure]:
        """The figures that rates and scores are made of, in document order."""
        wanted = (
            self._formula["numerator"],
            *self._formula["denominators"],
            BudgetTerm.COMPLETION_RATE,
            BudgetTerm.SELF_SCORE,
        )
        found = {
            figure.id: figure
            for name in wanted
            for figure in self._sources.records.figures(WITHOUT_COPIES, name=name)
            if figure.concept in wanted
            and len(figure.quantity.values) == 1
            and figure.document_id in records
            and figure.role not in (Role.TARGET, Role.PERIOD_TARGET)
        }
        return list(found.values())

    def _executions(
        self, figures: Sequence[Figure], records: Mapping[str, DocumentRecord], whose: "_Whose"
    ) -> Iterator[Execution]:
        """The rates of each department and year, the best document's first."""
        for group in _grouped(_whole(figures), records):
            record = records[group[0].document_id]
            if record.form in FORMS_OF_A_PART:
                continue
            made, inputs, reported = self._best(group)
            department = whose.name(group[0].department)
            if department and (made or reported):
                yield Execution(
                    whose.city(department),
                    department,
                    group[0].year,
                    record.form,
                    record.file,
                    made,
                    inputs,
                    reported,
                )

    def _best(
        self, group: Sequence[Figure]
    ) -> tuple[Calculation | None, tuple[Figure, ...], Figure | None]:
        """The rate of a document's first figures, or of one row or sentence that bears it out.

        A document that prints a total twice with two values is told by the checks, not here.
        """
        first = {figure.concept: figure for figure in reversed(group)}
        places: dict[Location, dict[str, Figure]] = {}
        for figure in group:
            row = replace(figure.location, column=None, bbox=None)
            places.setdefault(row, {}).setdefault(figure.concept, figure)
        reported = first.get(BudgetTerm.COMPLETION_RATE)
        for of in (first, *places.values()):
            made, inputs = self._rate(of)
            told = of.get(BudgetTerm.COMPLETION_RATE, reported)
            value = told.quantity.value if told else None
            if (
                made is not None
                and value is not None
                and abs(value - made.result) <= MAX_RATE_ROUNDING
            ):
                return made, inputs, told
        return (*self._rate(first), reported)

    def _rate(self, of: Mapping[str, Figure]) -> tuple[Calculation | None, tuple[Figure, ...]]:
        """The rate by the first denominator that the document prints."""
        spent = of.get(self._formula["numerator"])
        for name in self._formula["denominators"]:
            budget = of.get(name)
            if spent is None or budget is None:
                continue
            try:
                made = rate(term(spent, name=spent.subject), term(budget, name=budget.subject))
            except UnitMismatch:
                continue
            return made, (spent, budget)
        return None, ()

    def _marks(
        self,
        figures: Sequence[Figure],
        records: Mapping[str, DocumentRecord],
        whose: "_Whose",
        rows: Iterable[Indicator],
    ) -> Iterator[Mark]:
        """The total scores, the best document's first, each with what its rows earn."""
        weighed: dict[tuple[str, str], list[Indicator]] = {}
        for row in rows:
            if row.weight is not None and row.score is not None:
                weighed.setdefault((row.document_id, row.task), []).append(row)
        rates: dict[tuple[str, str], dict[str, Figure]] = {}
        for figure in figures:
            if figure.concept != BudgetTerm.SELF_SCORE:
                own = rates.setdefault((figure.document_id, figure.task), {})
                own.setdefault(figure.concept, figure)
        scores = [f for f in figures if f.concept == BudgetTerm.SELF_SCORE]
        for group in _grouped(scores, records, by_task=True):
            # A form scores its budget too: the total is the most of what it calls a score.
            total = max(group, key=lambda figure: figure.quantity.values[0])
            record = records[total.document_id]
            department = whose.name(total.department)
            if department:
                key = (total.document_id, total.task)
                made, _ = self._rate(rates.get(key, {}))
                yield Mark(
                    whose.city(department),
                    department,
                    total.year,
                    record.form,
                    record.file,
                    total.task,
                    total,
                    recomputed(weighed.get(key, ()), made, self._rules, self._sources.rules),
                )


def _noted(
    findings: Iterable[Finding], records: Mapping[str, DocumentRecord], whose: "_Whose"
) -> Iterator[Noted]:
    """The findings with whose they are, the severest first."""
    order = list(Severity)
    for finding in sorted(findings, key=lambda finding: order.index(finding.severity)):
        record = records.get(finding.document_id)
        if record is None:
            continue
        cited = finding.evidence[0] if finding.evidence else None
        department = whose.name(cited.department if cited else record.department)
        yield Noted(
            whose.city(department),
            department,
            cited.year if cited else record.year,
            record.form,
            record.file,
            finding,
        )


class _Whose:
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

    def document(self, record: DocumentRecord) -> Held:
        name = self.name(record.department)
        return Held(self.city(name), name, record.year, record.form, bool(record.copy_of))


def _whole(figures: Sequence[Figure]) -> list[Figure]:
    """The departments' own figures: none of a task, none of the total of a table of tasks."""
    tables = {(f.document_id, f.section.rpartition(" / ")[0]) for f in figures if f.task}
    own = [f for f in figures if not f.task and f.concept != BudgetTerm.SELF_SCORE]
    return [f for f in own if (f.document_id, f.section) not in tables]


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
    weights = [row.weight.value for row in rows if row.weight]
    if not rows or None in weights:
        return None
    left = FULL_MARKS - sum((weight for weight in weights if weight is not None), Decimal(0))
    if left < 0 or (left > 0 and execution is None):
        return None
    points: list[Decimal] = []
    for row in rows:
        made = earned(row, rules, rules_of(row.department, row.year).scoring)
        printed = row.score.value if row.score else None
        points.append(made.result if made else printed or Decimal(0))
    shown = [plain(one) for one in points]
    if left > 0 and execution is not None:
        budget = rounded(min(execution.result, FULL_MARKS) / FULL_MARKS * left)
        points.append(budget)
        shown.append(f"预算执行{plain(budget)}")
    total = sum(points, Decimal(0))
    return Calculation(f"{' + '.join(shown)} = {plain(total)}（分）", (), total, "分")
