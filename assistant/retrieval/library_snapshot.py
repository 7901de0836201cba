"""What answering needs to know of the library, read anew only when its documents have changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from assistant.departments.choice import DepartmentChoice
from assistant.departments.directory import Directory
from assistant.departments.implementing_units import Operators, OwnRecords, names
from assistant.departments.scopes import Scopes
from assistant.language.name_matching import Synonyms
from assistant.language.term_vocabulary import read_terms
from assistant.questions.entities import Names, Recogniser, Terms
from assistant.questions.planner import Planner
from assistant.questions.vocabulary import read_questions
from assistant.retrieval.evidence import EvidenceFinder, Holdings, Search, covered
from assistant.retrieval.fact_finder import FactFinder
from assistant.retrieval.scope_facts import FactCache, FactVocabulary
from ingest.language.name_grammar import Grammar
from ingest.language.tokenizer import Tokenizer
from ingest.language.vocabulary import default_vocabulary
from ingest.records.record_reader import RecordReader
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord, Scope

MANY_BODIES = 4
"""From so many bodies on a document is a list of them."""


@dataclass(frozen=True)
class LibrarySnapshot:
    """The library at one revision: who is in it for which years, and how questions are planned.

    `coverage` is which document tells of which body in which year. `facts` are its records, in
    which a scope may name an operator too; `operators` are who carries out what the departments
    report on. `form` is the only one that evidence is taken from, None for all.
    """

    documents: tuple[DocumentRecord, ...]
    coverage: tuple[tuple[str, str, int | None], ...]
    covered: Mapping[str, Sequence[int]]
    directory: Directory
    planner: Planner
    evidence: EvidenceFinder
    facts: OwnRecords
    form: Form | None = None
    operators: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, DocumentRecord]:
        """The documents by their id."""
        return {record.id: record for record in self.documents}

    @cached_property
    def lists(self) -> Mapping[str, frozenset[tuple[str, int | None]]]:
        """The documents that tell of many bodies (通报), with these and the years told of them."""
        told: dict[str, set[tuple[str, int | None]]] = {}
        for id, body, year in self.coverage:
            told.setdefault(id, set()).add((body, year))
        return {
            id: frozenset(pairs)
            for id, pairs in told.items()
            if len({body for body, _ in pairs}) >= MANY_BODIES
        }


class SnapshotCache:
    """The latest snapshot of one library, rebuilt when its documents have changed."""

    def __init__(self, records: RecordReader, tokenizer: Tokenizer, search: Search) -> None:
        self._records = records
        self._cut, self._cuts_at = tokenizer.cut, tokenizer.cuts_at
        self._search = search
        self._questions = read_questions()
        vocabulary = default_vocabulary()
        self._vocabulary = read_terms()
        self._terms = Terms(vocabulary.terms, self._vocabulary)
        self._synonyms = Synonyms(self._vocabulary.synonyms)
        self._grammar = Grammar(vocabulary.departments)
        self._scopes = Scopes(self._grammar)
        self._latest: tuple[tuple[int, int], LibrarySnapshot] | None = None
        self._named: tuple[tuple[int, int], Directory] | None = None
        self._given_names: tuple[tuple[int, int] | None, Mapping[str, int]] = None, {}

    def directory(self) -> Directory:
        """Which names mean which department, in the library as it is now."""
        revision = self._records.revision()
        if self._named is None or self._named[0] != revision:
            operators = names(self._records.documents())
            self._named = (
                revision,
                Directory(
                    self._departments(), self._grammar, operators, self._given(), self._cuts_at
                ),
            )
        return self._named[1]

    def _departments(self) -> list[str]:
        """A table over all departments of a place is nobody's own: 永靖市 is no department."""
        return [name for name in self._records.departments() if self._grammar.body(name).organ]

    def of(
        self, departments: Sequence[str], *, beside: frozenset[str] = frozenset()
    ) -> Callable[[str], bool]:
        """Whether a document's department is one of these, named in full or in short.

        `beside` are departments that others are limited to.
        """
        return self._scopes.meant(departments, lambda: beside.union(self._given()))

    def withheld(self, departments: Sequence[str], *, beside: frozenset[str]) -> tuple[str, ...]:
        """Departments of documents that may be meant by one of these, and are not shown for it."""
        documents = self._given()
        return self._scopes.withheld(departments, documents, beside.union(documents))

    def _given(self) -> Mapping[str, int]:
        """How many documents give each name as that of their department.

        Other names in a document, of its facts or of who carries it out, have no say.
        """
        revision = self._records.revision()
        if self._given_names[0] != revision:
            documents = self._records.documents()
            names = Counter(record.department for record in documents if record.department)
            self._given_names = revision, names
        return self._given_names[1]

    def choice(self, listed: Sequence[str]) -> DepartmentChoice:
        """The departments that somebody may be limited to: the library's, and those listed."""
        return DepartmentChoice(self._departments(), self._grammar, listed, self._given())

    def read(self) -> LibrarySnapshot:
        """The library as it is now."""
        revision = self._records.revision()
        if self._latest is None or self._latest[0] != revision:
            self._latest = revision, self._snapshot(self._records.documents())
        return self._latest[1]

    def widened(self, scope: Scope) -> Scope:
        """The scope with every name of its departments; an unknown name stays as it is."""
        directory = self.directory()
        names: dict[str, None] = {}
        for given in scope.departments:
            for name in resolve_departments(given, directory):
                names |= dict.fromkeys(directory.members(name))
        return replace(scope, departments=tuple(names))

    def of_form(self, snapshot: LibrarySnapshot, form: Form) -> LibrarySnapshot:
        """The same library, its evidence from documents of one form only."""
        document_ids = {record.id for record in snapshot.documents if record.form is form}
        rows = [row for row in snapshot.coverage if row[0] in document_ids]
        years = covered(rows, snapshot.directory.canonical, snapshot.covered)
        return replace(snapshot, evidence=snapshot.evidence.of_form(form, years), form=form)

    def _snapshot(self, documents: tuple[DocumentRecord, ...]) -> LibrarySnapshot:
        records = self._records
        directory = self.directory()
        known_bodies = {body.name for body in directory.bodies}
        coverage = records.coverage()
        years = covered(coverage, directory.canonical, known_bodies)
        indicators, tasks = records.names()
        known = Names([*indicators, *tasks])
        recogniser = Recogniser(
            directory,
            names=known,
            terms=self._terms,
            vocabulary=self._questions.names,
            tasks=tasks,
        )
        operators = Operators(documents, directory.canonical, years)
        scoped_records = OwnRecords(records, self._search, operators)
        words = FactVocabulary(
            synonyms=self._synonyms,
            cut=self._cut,
            terms=self._terms.synonyms,
            verbs=self._vocabulary.verbs,
            instead=self._vocabulary.instead,
            so_far=self._vocabulary.so_far,
        )
        finder = FactFinder(
            FactCache(scoped_records, vocabulary=words, canonical=directory.canonical),
            forms={record.id: record.form for record in documents},
            vocabulary=words,
            canonical=directory.canonical,
        )
        everyone = {**years, **operators.covered}
        evidence = EvidenceFinder(
            finder,
            passages=scoped_records,
            holdings=Holdings(documents, years, everyone, directory.members),
            topic_sections=self._questions.topic_sections,
        )
        planner = Planner(
            recogniser, vocabulary=self._questions, covered=everyone, today=date.today()
        )
        return LibrarySnapshot(
            documents,
            coverage,
            years,
            directory,
            planner,
            evidence,
            scoped_records,
            operators=operators.covered,
        )


def resolve_departments(given: str, directory: Directory) -> tuple[str, ...]:
    """The departments that a name in full or in short means; an unknown name stays as it is."""
    named = tuple(name for mention in directory.mentions(given) for name in mention.names)
    return named or (given,)
