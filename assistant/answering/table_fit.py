"""How a question fits a table (表格匹配): whose it is, which rows and which column are named.

What of the question is said by the table's title, by names and cells of its rows and by heads of
its columns is explained; what is not may be about something else.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering.asked import FITTING, Asked
from assistant.answering.context import AnswerContext
from assistant.answering.read_cards import ReadCard
from assistant.audit.vocabulary import AuditVocabulary
from assistant.language.numbers import PERCENT
from assistant.questions.asked_words import COMMON, AskedWords, Clause
from assistant.questions.operations import AskedRole, Operation, Wanted
from assistant.retrieval.library_snapshot import MANY_BODIES
from assistant.retrieval.row_tables import Column, Row, Table, tables_of
from ingest.language.normalise import squeeze
from ingest.types.budget_terms import BudgetTerm
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure, Role
from ingest.types.library import DocumentRecord

_TIME = re.compile(".?[年月].?")
COLUMN_FROM = 0.45
"""From which likelihood on a column is meant."""
COLUMN_AHEAD = 0.15
"""How much likelier than any other it must be."""
SAID_WHOLE = 1.0
"""What it is worth that a question says the longest head that it says at all."""
NAMED_FROM = 0.9
"""From which weight on characters name rows: one that says something, three of common words."""
RATES = (BudgetTerm.COMPLETION_RATE, BudgetTerm.RATE_TO_DATE)
"""The rates at which money is spent."""
PREDICTED = "预计"
"""What heads of figures say that are only expected."""
MAX_LOOKED_THROUGH, MAX_NAMED = 400, 3
"""In how many documents at most names are looked for, and how many may be named alike."""
TERMS = {
    AskedRole.INITIAL: BudgetTerm.INITIAL_BUDGET,
    AskedRole.BUDGET: BudgetTerm.FINAL_BUDGET,
}
"""Which of two budgets is meant."""


@dataclass(frozen=True, slots=True)
class Asks:
    """A table with what its document says of all of it: whose it is, of what project."""

    table: Table
    about: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    """All figures of its document."""
    of_wholes: bool = False
    """Whether its rows are whole documents and projects."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that one stretch of a question names; `by_name` where by what they are called."""

    rows: tuple[Row, ...]
    by_name: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """How a question fits a table.

    `groups` are the rows that its words name, one group a thing: the village, the two projects;
    `columns` how likely its columns are, the likeliest first. `explained` is how much of what the
    question says the table says as well, 0 to 1; `whole` that no word stays unexplained, and
    `near` that common words of the question stand in some rows, which may be meant. `vague` says
    that common words name something that the table does not say. `named` is how much words say
    whose table it is.
    """

    asks: Asks
    groups: tuple[Group, ...]
    columns: tuple[tuple[Column, float], ...]
    explained: float
    whole: bool
    near: bool
    vague: bool
    named: float

    @property
    def table(self) -> Table:
        """The table."""
        return self.asks.table

    @property
    def column(self) -> Column | None:
        """The column that is meant; None where several are as likely."""
        if not self.columns:
            return None
        (first, score), *rest = self.columns
        ahead = all(score - other >= COLUMN_AHEAD for _, other in rest)
        if score >= COLUMN_FROM:
            return first if ahead else None
        return self.table.total


class TableFitter:
    """Fits a question to tables."""

    def __init__(self, words: AskedWords, wanted: Callable[[str], Wanted]) -> None:
        self._words = words
        self._wanted = wanted

    def fits(self, asked: Asked, tables: Iterable[Asks]) -> list[Fit]:
        """How well the question fits each table, and what of it it names; the best first."""
        words, times = asked_clauses(self._words, asked), _times(asked.typed)
        found = (self._fit(asked, one, words, times) for one in tables)
        return sorted(found, key=lambda fit: -fit.explained)

    def _fit(self, asked: Asked, one: Asks, words: Sequence[Clause], times: frozenset[int]) -> Fit:
        rows = one.table.rows
        weights = {at: worth for word in words for at, worth in word.weights.items()}
        about = places_said(words, one.about)
        names = [places_said(words, [row.name]) | _shortened(words, row) for row in rows]
        told = [
            own | places_said(words, (*row.cells, row.path))
            for row, own in zip(rows, names, strict=True)
        ]
        shared = about | (frozenset.intersection(*told) if len(rows) > 1 else frozenset())
        heads = {column: places_said(words, [column.head]) for column in one.table.columns}
        groups, near = _groups(rows, told, names, shared, weights)
        known = shared | frozenset().union(_picked(asked), *heads.values())
        for row, places in zip(rows, told, strict=True):
            if any(row in group.rows for group in groups):
                known |= places
        total = sum(weights.values())
        asks = self._without(asked, shared.union(*told))
        columns = sorted(self._columns(asks, one.table, heads, weights), key=lambda two: -two[1])
        return Fit(
            one,
            groups,
            tuple(columns),
            sum(weights[at] for at in known if at in weights) / total if total else 0.0,
            not any(word.untold(known) for word in words),
            near,
            any(word.untold(known.union(times, *told), COMMON) for word in words),
            sum(weights[at] for at in about if weights.get(at) == 1),
        )

    def _without(self, asked: Asked, named: frozenset[int]) -> Asked:
        """The question with its role read once more without what rows and documents are called:
        the 补助 of a name is no money that is asked for."""
        text = asked.typed
        rest = "".join(letter for at, letter in enumerate(text) if at not in named)
        if rest == text or len(rest) < 2:
            return asked
        return replace(asked, wanted=asked.wanted.beside(self._wanted(rest)))

    @staticmethod
    def _columns(
        asked: Asked,
        table: Table,
        heads: dict[Column, frozenset[int]],
        weights: dict[int, float],
    ) -> Iterator[tuple[Column, float]]:
        figures: dict[Column, Figure] = {}
        for row in table.rows:
            for column, one in row.figures:
                figures.setdefault(column, one)
        if asked.wanted.operation is Operation.COUNT:  # 几个 counts rows, and is no unit of theirs
            asked = replace(asked, plan=replace(asked.plan, units=()))
        fitting = {column: one for column, one in figures.items() if asked.fits(one)}
        meant = dict.fromkeys(fitting, 0.0)
        for role, share in asked.wanted.roles:
            best = [column for column, one in fitting.items() if may_be(one, role)]
            order = [FITTING[role].index(fitting[column].role) for column in best]
            for column, at in zip(best, order, strict=True):
                meant[column] += share if at == min(order) else 0.0
        only = PERCENT in asked.plan.units and len(fitting) == 1 < len(figures)
        question = asked.typed
        whole = max((one.head for one in fitting if one.head in question), key=len, default="")
        for column, share in meant.items():
            said_of_it = sum(weights.get(at, 0.0) for at in heads[column]) / 2
            named = SAID_WHOLE if whole and column.head == whole else 0.0
            yield column, 1.0 if only else share + said_of_it + named


def asked_clauses(words: AskedWords, asked: Asked) -> Sequence[Clause]:
    """The words of a question, and behind them what it takes over from the one before."""
    text = asked.typed
    lent = []
    after = len(text) + 1
    for taken in map(squeeze, asked.plan.lent):
        lent.append(Clause(taken, after, (1.0,) * len(taken)))
        after += len(taken) + 1
    return [*words.of(text), *lent]


def _times(question: str) -> frozenset[int]:
    """The places of words for times (今年, 全年, 到8月底): the plan knows them."""
    found = _TIME.finditer(question)
    return frozenset(place for one in found for place in range(one.start(), one.end()))


def _picked(asked: Asked) -> frozenset[int]:
    """The places of what rows are picked out by: a value with the word before it (低于80%), a
    rating (评优的)."""
    question, found = asked.typed, set[int]()
    condition = asked.plan.condition
    at = question.find(condition.raw) if condition else -1
    if condition and at > 0:
        found |= {*range(max(0, at - 2), at + len(condition.raw))}
    for grade in asked.plan.grades:
        found |= {place for place, letter in enumerate(question) if grade.startswith(letter)}
    return frozenset(found)


def may_be(figure: Figure, role: AskedRole) -> bool:
    """Whether a figure may be what is asked for in a role."""
    if role not in FITTING or figure.role not in FITTING[role]:
        return False
    if role is AskedRole.RATE:
        return figure.concept in RATES
    wanted = TERMS.get(role)
    return wanted is None or figure.role is not Role.BUDGET or figure.concept in ("", wanted)


def _shortened(clauses: Iterable[Clause], row: Row) -> frozenset[int]:
    """The places of a short name (市监局) of the body that a row tells of."""
    whose = row.figures[0][1].department if row.figures else ""
    if not row.name or not whose.endswith(row.name):
        return frozenset()
    return frozenset(at for clause in clauses for at in clause.shortens(row.name))


def places_said(clauses: Iterable[Clause], texts: Sequence[str]) -> frozenset[int]:
    """Which places of a question texts say."""
    return frozenset(at for clause in clauses for text in texts for at in clause.said_by(text))


def _groups(
    rows: Sequence[Row],
    told: Sequence[frozenset[int]],
    names: Sequence[frozenset[int]],
    shared: frozenset[int],
    weights: dict[int, float],
) -> tuple[tuple[Group, ...], bool]:
    """The rows that each stretch of a question names: together where some row has both.

    Also whether there are stretches of common words that alone name no row for certain.
    """
    runs = {run for places in told for run in _runs(places) if not run <= shared}
    longest = [one for one in runs if not any(one < other for other in runs)]
    groups: list[tuple[list[int], frozenset[int]]] = []
    near = False
    for run in sorted(longest, key=min):
        own = [at for at, places in enumerate(told) if run <= places]
        before, by = groups[-1] if groups else ([], frozenset())
        if both := [at for at in before if at in own]:
            groups[-1] = both, by | run
        elif sum(weights.get(at, 0) for at in run) >= NAMED_FROM:
            groups.append((own, run))
        else:
            near = True
    return (
        tuple(
            Group(tuple(rows[at] for at in own), all(by & names[at] - shared for at in own))
            for own, by in groups
        ),
        near,
    )


def _runs(places: frozenset[int]) -> Iterator[frozenset[int]]:
    """The stretches of neighbouring places."""
    run: list[int] = []
    for at in sorted(places):
        if run and at != run[-1] + 1:
            yield frozenset(run)
            run = []
        run.append(at)
    if run:
        yield frozenset(run)


class LibraryTables:
    """The tables of the documents that a question may mean."""

    def __init__(
        self,
        words: AskedWords,
        cards_of: Callable[[str], Sequence[Card]],
        vocabulary: AuditVocabulary,
    ) -> None:
        self._words = words
        self._cards_of = cards_of
        self._vocabulary = vocabulary

    def of(self, asked: Asked, read: Sequence[ReadCard], context: AnswerContext) -> Iterator[Asks]:
        """Those of the documents that the surest candidates stand in, and one of their wholes."""
        wholes: list[Row] = []
        found = [one.card.document_id for one in read]
        for id in dict.fromkeys((*found, *self._named(asked, context))):
            record = context.documents[id]
            file = record.file.rpartition("/")[2]
            named = context.wording.department(record.department)
            about = (record.title, record.department, named, record.operator, file)
            cards = self._cards_of(id)
            figures = tuple(mark.figure for card in cards for mark in card.marks)
            tables = [*tables_of(cards, self._vocabulary.names_total)]
            for table in tables:
                yield Asks(table, tuple(map(squeeze, (*about, table.task))), figures)
            wholes += _wholes(tables, tuple(map(squeeze, about)))
        if wholes:
            shared = [cell for cell in wholes[0].cells if all(cell in one.cells for one in wholes)]
            if len(wholes) == 1:
                wholes = [replace(wholes[0], whole=True)]
            yield Asks(Table(CardKind.MONEY, tuple(wholes)), tuple(shared), of_wholes=True)

    def _named(self, asked: Asked, context: AnswerContext) -> Sequence[str]:
        """The documents that the question names best by title or body, if they are few."""
        words = self._words.of(asked.typed)
        records = [one for one in context.documents.values() if self._holds(asked, one)]
        if len(records) > MAX_LOOKED_THROUGH:
            return ()
        said_of = {
            one.id: len(places_said(words, (squeeze(one.title), one.department, one.operator)))
            for one in records
        }
        most = max(said_of.values(), default=0)
        best = [id for id, size in said_of.items() if size == most]
        return [*(best if most and len(best) <= MAX_NAMED else ()), *_lists(asked, context)]

    @staticmethod
    def _holds(asked: Asked, record: DocumentRecord) -> bool:
        return asked.scope.holds(record.id, record.department, record.year, record.form)


def _lists(asked: Asked, context: AnswerContext) -> Sequence[str]:
    """The documents that tell of many bodies in the years asked for, those asked for among them."""
    years, wanted = asked.scope.years, {*asked.scope.departments}
    found = []
    for id, told in context.lists.items() if wanted else ():
        bodies = {body for body, year in told if not years or year in years}
        if len(bodies) >= MANY_BODIES and bodies & wanted:
            found.append(id)
    return found if len(found) <= MAX_NAMED else ()


def _wholes(tables: Sequence[Table], about: tuple[str, ...]) -> Iterator[Row]:
    """What a document tells of each of its projects, or of all, as a row: its money and its score.

    The columns are what the figures are, not how the document heads them.
    """
    rows: dict[str, dict[Column, Figure]] = {}
    cards: dict[str, Card] = {}
    for table in tables:
        if table.kind is not CardKind.MONEY or not table.wholes:
            continue
        whole = table.wholes[0]
        own = rows.setdefault(table.task, {})
        cards.setdefault(table.task, whole.card)
        for column, figure in whole.figures:
            if figure.concept and PREDICTED not in column.head:
                own.setdefault(Column(figure.concept, column.role, 0), figure)
    for task, figures in rows.items():
        name = task or about[2] or about[0]
        cells = tuple(one for one in (*about, task) if one)
        yield Row(name, cards[task], cells, tuple(figures.items()))
