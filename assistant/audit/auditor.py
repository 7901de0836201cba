"""The library's findings and standings, kept until its documents change (校核与状态的缓存).

Departments are audited one at a time, each result cached by the documents it rests on, so that a
change of one document only repeats the audit of one department.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Protocol, TypeVar

from assistant import time_limit
from assistant.assessment.department_totals import DepartmentTotals
from assistant.assessment.rule_packs import RuleBook, Rules
from assistant.assessment.status import StatusRules, judge
from assistant.audit.annual_totals import tally
from assistant.audit.check_runner import CheckContext, run_checks
from assistant.audit.dossier import Dossier, DraftFinding, Sheet, sources
from assistant.audit.vocabulary import AuditVocabulary
from assistant.departments.directory import Directory
from assistant.grounding.citations import Statement, cite
from assistant.types import Finding, IndicatorStatus, Severity, Status
from ingest.language.vocabulary import default_vocabulary
from ingest.records.record_reader import FormTemplates
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import Certainty, DocumentRecord, Scope

Fact = TypeVar("Fact", Figure, Indicator, Task, Passage)
_SENTENCE = re.compile(r"[^。；\n]+[。；\n]?")
NAMELESS = ""
"""For documents whose department is unknown or misread: each is checked by itself."""
UNCONFIRMED = "这一行的读法把握不够，尚未确认，不作判断。"
MISREAD = "该文件为扫描件，数字由识别得来，建议核对原件。"
State = tuple[tuple[int, ...], int]
"""The corrections that a document is under, and how often it was read anew."""
DocumentKey = tuple[str, str, State]
"""A document and the one it is a copy of: whatever else changes, it is another document."""


class Records(Protocol):
    """What auditing needs of the record store."""

    def revision(self) -> tuple[int, int]:
        """Changes with every change of the library."""

    @property
    def templates(self) -> FormTemplates:
        """What knows which documents were read anew, and how often."""

    def amendments(self) -> Mapping[str, tuple[int, ...]]:
        """The corrections by hand in force, by document."""

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Every document of the library."""

    def coverage(self) -> tuple[tuple[str, str, int | None], ...]:
        """Document id, department and year of all that is stored."""

    def figures(self, scope: Scope) -> tuple[Figure, ...]:
        """The figures in the scope."""

    def indicators(self, scope: Scope) -> tuple[Indicator, ...]:
        """The indicators in the scope."""

    def tasks(self, scope: Scope) -> tuple[Task, ...]:
        """The tasks in the scope."""

    def passages_of(self, scope: Scope) -> tuple[Passage, ...]:
        """The passages in the scope."""


@dataclass(frozen=True, slots=True)
class DepartmentAudit:
    """The findings and the yearly totals of one department."""

    findings: tuple[Finding, ...]
    totals: tuple[DepartmentTotals, ...]


class Auditor:
    """Findings and standings of one library. Safe to call from several threads."""

    def __init__(
        self,
        records: Records,
        directory: Callable[[], Directory],
        book: RuleBook,
        status: StatusRules,
        words: AuditVocabulary,
    ) -> None:
        self._records = records
        self._directory = directory
        self._book = book
        self._status = status
        self._words = words
        self._lock = Lock()
        self._revision: tuple[int, int] | None = None
        self._documents: dict[str, DocumentRecord] = {}
        self._chosen: frozenset[str] = frozenset()
        self._covering: dict[str, frozenset[DocumentKey]] = {}
        self._studies: dict[str, tuple[frozenset[DocumentKey], DepartmentAudit]] = {}
        self._standings: dict[str, tuple[str, tuple[IndicatorStatus, ...]]] = {}
        self._states: Mapping[str, State] = {}
        self._places: dict[str, tuple[str, ...]] = {}
        self._is_confirmed = default_vocabulary().confidence.is_confirmed

    def audit(self, scope: Scope) -> tuple[Finding, ...]:
        """What a reviewer should look at in the scope, by department, year and check."""
        with self._lock:
            directory = self._refreshed()
            names = {directory.canonical(name) for name in scope.departments}
            findings = [
                finding
                for name in sorted(self._covering)
                if not names or name in names
                for finding in self._studied(name, directory).findings
            ]
            documents = self._documents
        return tuple(f for f in findings if _concerns(f, documents, scope))

    def totals(self, scope: Scope) -> tuple[DepartmentTotals, ...]:
        """Where each department of the scope stands in each of its years."""
        with self._lock:
            directory = self._refreshed()
            names = {directory.canonical(name) for name in scope.departments}
            return tuple(
                total
                for name in sorted(self._covering)
                if name != NAMELESS and (not names or name in names)
                for total in self._studied(name, directory).totals
                if not scope.years or total.year in scope.years
            )

    def dossiers(self) -> tuple[tuple[Dossier, CheckContext], ...]:
        """Every department and year as the checks see it, with what they check it by."""
        with self._lock:
            directory = self._refreshed()
            return tuple(
                (dossier, self._context(dossier, directory))
                for name in sorted(self._covering)
                if name != NAMELESS
                for dossier in self._dossiers(name, directory)
            )

    def rules(self, department: str, year: int | None) -> Rules:
        """The rules that hold for a department in a year."""
        if department not in self._places:
            self._places[department] = self._directory().places(department)
        return self._book.rules(self._places[department], year)

    def standings(self, scope: Scope) -> tuple[IndicatorStatus, ...]:
        """Every indicator in the scope with its status, document by document."""
        with self._lock:
            directory = self._refreshed()
            wanted = [r for r in self._documents.values() if _holds(r, scope)]
            self._judge(wanted, directory)
            by_document = [self._standings[record.id][1] for record in wanted]
        names = {directory.canonical(name) for name in scope.departments}
        return tuple(
            standing
            for standings in by_document
            for standing in standings
            if (not names or standing.indicator.department in names)
            and (not scope.years or standing.indicator.year in scope.years)
            and scope.certainty.covers(confirmed=self._is_confirmed(standing.indicator))
        )

    # -- the library as it is now ------------------------------------------------------------------

    def _refreshed(self) -> Directory:
        """Drops what changed documents have made stale; other departments stay cached."""
        directory = self._directory()
        revision = self._records.revision()
        if revision != self._revision:
            self._documents = {record.id: record for record in self._records.documents()}
            self._chosen = _clearest(self._documents.values())
            before, self._states = self._states, self._read_states()
            covering: dict[str, set[DocumentKey]] = {}
            known = {body.name for body in directory.bodies}
            for id, name, _ in self._records.coverage():
                if id in self._documents:
                    key = (id, self._documents[id].copy_of, self._states[id])
                    canonical = directory.canonical(name)
                    department = canonical if canonical in known else NAMELESS
                    covering.setdefault(department, set()).add(key)
            self._covering = {name: frozenset(keys) for name, keys in covering.items()}
            self._studies = {n: s for n, s in self._studies.items() if n in covering}
            self._standings = {
                id: standings
                for id, standings in self._standings.items()
                if id in self._documents and before.get(id) == self._states[id]
            }
            self._places = {}
            self._revision = revision
        return directory

    def _read_states(self) -> Mapping[str, State]:
        amended, readings = self._records.amendments(), self._records.templates.readings()
        return {id: (amended.get(id, ()), readings.get(id, 0)) for id in self._documents}

    # -- standings ---------------------------------------------------------------------------------

    def _judge(self, records: Sequence[DocumentRecord], directory: Directory) -> None:
        """Judges the rows of those documents that were not judged yet."""
        missing = [
            record.id
            for record in records
            if record.id not in self._standings
            or self._standings[record.id][0] != directory.canonical(record.department)
        ]
        if not missing:
            return
        whole = len(missing) > len(self._documents) / 2
        ids = () if whole else tuple(missing)
        scope = Scope(document_ids=ids, certainty=Certainty.EVERY)
        rows = self._records.indicators(scope)
        places = cache(directory.places)
        judged: dict[str, list[IndicatorStatus]] = {id: [] for id in missing}
        for row in rows:
            time_limit.check()
            if row.document_id in judged:
                name = directory.canonical(row.department)
                indicator = row if name == row.department else replace(row, department=name)
                rules = self._book.rules(places(name), row.year)
                standing = judge(indicator, self._status_by(rules))
                if not self._is_confirmed(row):
                    standing = IndicatorStatus(indicator, Status.UNVERIFIABLE, UNCONFIRMED)
                judged[row.document_id].append(standing)
        for id, standings in judged.items():
            name = directory.canonical(self._documents[id].department)
            self._standings[id] = name, tuple(standings)

    def _status_by(self, rules: Rules) -> StatusRules:
        """How statuses are judged where these rules hold: over-completion is set by the place."""
        share = rules.thresholds.over_completion / 100
        if share == self._status.exceeded_at:
            return self._status
        return replace(self._status, exceeded_at=share)

    # -- findings ----------------------------------------------------------------------------------

    def _studied(self, name: str, directory: Directory) -> DepartmentAudit:
        """The audit of a department, repeated only when its documents have changed."""
        covering = self._covering[name]
        study = self._studies.get(name)
        if study is None or study[0] != covering:
            study = self._studies[name] = covering, self._study(name, directory)
        return study[1]

    def _study(self, name: str, directory: Directory) -> DepartmentAudit:
        dossiers = self._dossiers(name, directory)
        by_year = {dossier.year: dossier for dossier in dossiers} if name != NAMELESS else {}
        findings: list[Finding] = []
        totals: list[DepartmentTotals] = []
        for dossier in dossiers:
            time_limit.check()
            context = self._context(dossier, directory)
            before = by_year.get(dossier.year - 1) if dossier.year else None
            findings += [self._finding(remark) for remark in run_checks(dossier, context, before)]
            totals.append(self._total(dossier, context))
        return DepartmentAudit(tuple(findings), tuple(totals))

    def _context(self, dossier: Dossier, directory: Directory) -> CheckContext:
        rules = self._book.rules(directory.places(dossier.department), dossier.year)
        return CheckContext(rules, self._status_by(rules), self._words)

    def _total(self, dossier: Dossier, context: CheckContext) -> DepartmentTotals:
        totals = tally(dossier, context.rules, context.status, context.words)
        _, evidence = cite([Statement("", sources(totals.used))], self._documents)
        return DepartmentTotals(
            department=dossier.department,
            year=dossier.year,
            documents=len(dossier.sheets),
            counts=totals.counts,
            budget=totals.budget,
            spent=totals.spent,
            execution=totals.execution,
            reported=totals.reported.quantity.values[0] if totals.reported else None,
            recomputed=totals.recomputed,
            rating=totals.rating,
            scores=totals.scores,
            lights=totals.lights,
            rules=context.rules.name,
            source=context.rules.source,
            evidence=evidence,
        )

    def _dossiers(self, name: str, directory: Directory) -> list[Dossier]:
        """The department's documents, each content once, by year."""
        ids = tuple(id for id, *_ in self._covering[name] if id in self._chosen)
        members = () if name == NAMELESS else directory.members(name)
        scope = Scope(document_ids=ids, departments=members)
        if not ids:
            return []
        figures = _grouped(self._sound(self._records.figures(scope)), name)
        rows = _grouped(self._records.indicators(scope), name)
        tasks = _grouped(self._records.tasks(scope), name)
        passages = _grouped(self._sound_passages(self._records.passages_of(scope)), name)
        sheets: dict[tuple[int | None, str], list[Sheet]] = {}
        for year, id in sorted(
            {*figures, *rows, *tasks, *passages},
            key=lambda k: (k[0] or 0, self._documents[k[1]].file),
        ):
            record = self._documents[id]
            sheet = Sheet(
                record,
                tuple(figures.get((year, id), ())),
                tuple(rows.get((year, id), ())),
                tuple(tasks.get((year, id), ())),
                tuple(passages.get((year, id), ())),
            )
            sheets.setdefault((year, id if name == NAMELESS else ""), []).append(sheet)
        return [Dossier(name, year, tuple(group)) for (year, _), group in sheets.items()]

    def _order(self, key: tuple[int | None, str]) -> tuple[int, str]:
        return key[0] or 0, self._documents[key[1]].file

    def _sound(self, figures: Iterable[Figure]) -> Iterator[Figure]:
        """Figures that are not put there to mislead a machine (see data/lexicon/questions.toml)."""
        return (f for f in figures if not self._words.planted.search(f.quote))

    def _sound_passages(self, passages: Iterable[Passage]) -> Iterator[Passage]:
        """The passages without such sentences."""
        planted = self._words.planted
        for passage in passages:
            if planted.search(passage.text):
                sentences = [s for s in _SENTENCE.findall(passage.text) if not planted.search(s)]
                passage = replace(passage, text="".join(sentences))
            yield passage

    def _finding(self, remark: DraftFinding) -> Finding:
        _, evidence = cite([Statement(remark.message, remark.sources)], self._documents)
        severity, message = remark.severity, remark.message
        if severity is Severity.ERROR and any(
            self._documents[c.document_id].scanned for c in evidence
        ):
            severity, message = Severity.WARNING, message + MISREAD
        return Finding(
            code=remark.code,
            severity=severity,
            message=message,
            document_id=remark.sources[0].document_id,
            evidence=evidence,
            formula=remark.formula,
            candidates=remark.candidates,
            subject=remark.subject,
        )


def _grouped(facts: Iterable[Fact], department: str) -> dict[tuple[int | None, str], list[Fact]]:
    """The facts by year and document, under the department's one name."""
    groups: dict[tuple[int | None, str], list[Fact]] = {}
    for fact in facts:
        known = fact.department == department or department == NAMELESS
        canonical_fact = fact if known else replace(fact, department=department)
        groups.setdefault((fact.year, fact.document_id), []).append(canonical_fact)
    return groups


def _holds(record: DocumentRecord, scope: Scope) -> bool:
    """Whether a document may hold facts of the scope."""
    return (
        (not scope.document_ids or record.id in scope.document_ids)
        and (not scope.forms or record.form in scope.forms)
        and (scope.copies or not record.copy_of)
        and (not scope.years or record.form is Form.SUMMARY or record.year in scope.years)
    )


def _concerns(finding: Finding, documents: dict[str, DocumentRecord], scope: Scope) -> bool:
    """Whether a finding rests on a document of the scope, or on one that it is a copy of."""
    if scope.years and not {c.year for c in finding.evidence} & set(scope.years):
        return False
    document_ids = {citation.document_id for citation in finding.evidence} | {finding.document_id}
    if scope.forms and not any(documents[id].form in scope.forms for id in document_ids):
        return False
    wanted: Collection[str] = scope.document_ids
    contents = {_content(documents[id]) for id in wanted if id in documents}
    return not wanted or any(_content(documents[id]) in contents for id in document_ids)


def _content(record: DocumentRecord) -> str:
    """What a document and its copies have in common: the id of the first of them."""
    return record.copy_of or record.id


def _clearest(documents: Iterable[DocumentRecord]) -> frozenset[str]:
    """One document of each content: the first, or where that is a scan, a copy that is none."""
    chosen: dict[str, DocumentRecord] = {}
    for record in sorted(documents, key=lambda r: (r.scanned, bool(r.copy_of), r.file)):
        chosen.setdefault(_content(record), record)
    return frozenset(record.id for record in chosen.values())
