"""Questions as queries over the rows of tables (表格查询): which rows, which column, what of it.

A question is tried on every table of the documents that may be meant. Its words must be explained:
by whose table it is, by names and cells of rows, by heads of columns; the table that explains most
is asked. Where words stay unexplained, or two tables explain as much, nothing is told.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering.aggregates import Aggregates
from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.answering.part_sums import PartSums
from assistant.answering.read_answers import FITTING, PLANNED, Asked
from assistant.answering.read_cards import ReadCard
from assistant.answering.reckonings import LOST_FROM, compared, overspent
from assistant.answering.sister_rows import how_many
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.calculations import UnitMismatch, count, rate, term
from assistant.grounding.citations import Statement, of_figure, of_passage
from assistant.grounding.composition import Composition
from assistant.grounding.printed_values import PrintedValue
from assistant.language.numbers import PERCENT
from assistant.questions.asked_words import AskedWords, Clause
from assistant.questions.operations import AskedRole, Operation, Ranging, Wanted
from assistant.retrieval.row_tables import Column, Row, Table, tables_of
from assistant.types import Evidence, Intent, Match, QueryPlan
from ingest.language.normalise import squeeze
from ingest.types.budget_terms import BudgetTerm
from ingest.types.cards import Card, CardKind
from ingest.types.facts import LEDGER_ROLES, POINT_ROLES, Figure, Role
from ingest.types.library import DocumentRecord

LIKELY_FROM = 0.35
"""From which probability on an operation is tried."""
EXPLAINED_FROM = 0.6
"""How much of a question a table must explain to answer it."""
AHEAD = 0.1
"""How much more than others."""
COLUMN_FROM = 0.45
COLUMN_AHEAD = 0.15
SAID_WHOLE = 1.0
"""What it is worth that a question says the longest head that it says at all."""
NAMED_FROM = 0.9
"""From which weight on characters name rows: one that says something, three of common words."""
OVER_ROWS = (
    *(Operation.LOOKUP, Operation.RATE, Operation.DIFFERENCE, Operation.SUM, Operation.AVERAGE),
    *(Operation.EXTREME, Operation.SHARE, Operation.COUNT, Operation.LIST, Operation.CHECK),
)
"""What is answered out of rows; anything else that is likelier is asked for elsewhere."""
RANGE_FROM = 0.5
"""From which probability on a question ranges over projects, and no others are compared."""
OF_ONE = (Operation.LOOKUP, Operation.RATE)
CHECK_FROM = 0.5
"""From which probability on something is checked."""
ONE_FROM = 0.6
"""From which probability on one value is wanted."""
OF_POINTS = (AskedRole.SCORE, AskedRole.WEIGHT, AskedRole.LOST)
POINTS_FROM = 0.4
"""From which probability on a check is one of points."""
LEFT_FROM = 0.3
"""From which probability on what was not spent is meant, or what was."""
TOP_SHARE = 0.6
"""From which share on the reader's first card says which of several tables is meant."""
RATES = (BudgetTerm.COMPLETION_RATE, BudgetTerm.RATE_TO_DATE)
"""The rates at which money is spent."""
PREDICTED = "预计"
"""What heads of figures say that are only expected."""
ROLE_FROM = 0.8
"""From which probability on one value of an indicator's row is told by itself."""
MAX_LOOKED_THROUGH, MAX_NAMED = 400, 3
"""In how many documents at most names are looked for, and how many may be named alike."""
TWO = 2
OF_MONEY = (AskedRole.RATE, AskedRole.SPENT, AskedRole.BUDGET)
"""Roles in which the rate is asked for at which money was spent."""
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
    `near` that common words of the question stand in some rows, which may be meant. `named` is how
    much words say whose table it is.
    """

    asks: Asks
    groups: tuple[Group, ...]
    columns: tuple[tuple[Column, float], ...]
    explained: float
    whole: bool
    near: bool
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

    def fit(self, asked: Asked, one: Asks) -> Fit:
        """How well the question fits, and what of the table it names."""
        rows = one.table.rows
        words = self._asked(asked)
        weights = {at: worth for word in words for at, worth in word.weights.items()}
        about = _places(words, one.about)
        names = [_places(words, [row.name]) for row in rows]
        told = [
            own | _places(words, (*row.cells, row.path))
            for row, own in zip(rows, names, strict=True)
        ]
        shared = about | (frozenset.intersection(*told) if len(rows) > 1 else frozenset())
        heads = {column: _places(words, [column.head]) for column in one.table.columns}
        groups, near = _groups(rows, told, names, shared, weights)
        known = shared | frozenset().union(*heads.values())
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
            sum(weights[at] for at in about if weights.get(at) == 1),
        )

    def _without(self, asked: Asked, named: frozenset[int]) -> Asked:
        """The question with its role read once more without what rows and documents are called:
        the 补助 of a name is no money that is asked for."""
        text = squeeze(asked.plan.said or asked.plan.question)
        rest = "".join(letter for at, letter in enumerate(text) if at not in named)
        if rest == text or len(rest) < TWO:
            return asked
        return replace(asked, wanted=asked.wanted.beside(self._wanted(rest)))

    def _asked(self, asked: Asked) -> Sequence[Clause]:
        """The words of a question, and behind them what it takes over from the one before."""
        plan = asked.plan
        text = squeeze(plan.said or plan.question)
        lent = []
        after = len(text) + 1
        for words in map(squeeze, plan.lent):
            lent.append(Clause(words, after, (1.0,) * len(words)))
            after += len(words) + 1
        return [*self._words.of(text), *lent]

    @staticmethod
    def _columns(
        asked: Asked,
        table: Table,
        heads: dict[Column, frozenset[int]],
        weights: dict[int, float],
    ) -> Iterator[tuple[Column, float]]:
        figures = {
            column: next(one for row in table.rows for own, one in row.figures if own == column)
            for column in heads
        }
        fitting = {column: one for column, one in figures.items() if asked.fits(one)}
        meant = dict.fromkeys(fitting, 0.0)
        for role, share in asked.wanted.roles:
            best = [column for column, one in fitting.items() if _may_be(one, role)]
            order = [FITTING[role].index(fitting[column].role) for column in best]
            for column, at in zip(best, order, strict=True):
                meant[column] += share if at == min(order) else 0.0
        only = PERCENT in asked.plan.units and len(fitting) == 1 < len(figures)
        question = squeeze(asked.plan.said or asked.plan.question)
        whole = max((one.head for one in fitting if one.head in question), key=len, default="")
        for column, share in meant.items():
            said_of_it = sum(weights.get(at, 0.0) for at in heads[column]) / 2
            named = SAID_WHOLE if whole and column.head == whole else 0.0
            yield column, 1.0 if only else share + said_of_it + named


def _may_be(figure: Figure, role: AskedRole) -> bool:
    """Whether a figure may be what is asked for in a role."""
    if role not in FITTING or figure.role not in FITTING[role]:
        return False
    if role is AskedRole.RATE:
        return figure.concept in RATES
    wanted = TERMS.get(role)
    return wanted is None or figure.role is not Role.BUDGET or figure.concept in ("", wanted)


def _places(clauses: Iterable[Clause], texts: Sequence[str]) -> frozenset[int]:
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
        self._totals = (vocabulary.totals, vocabulary.subtotals, vocabulary.score_totals)

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
            tables = [*tables_of(cards, self._is_total)]
            for table in tables:
                yield Asks(table, tuple(map(squeeze, (*about, table.task))), figures)
            wholes += _wholes(tables, tuple(map(squeeze, about)))
        if wholes:
            shared = [cell for cell in wholes[0].cells if all(cell in one.cells for one in wholes)]
            if len(wholes) == 1:
                wholes = [replace(wholes[0], whole=True)]
            yield Asks(Table(CardKind.MONEY, tuple(wholes)), tuple(shared), of_wholes=True)

    def _named(self, asked: Asked, context: AnswerContext) -> Sequence[str]:
        """The documents that the question names best by title, body or file, if they are few."""
        words = self._words.of(squeeze(asked.plan.said or asked.plan.question))
        records = [one for one in context.documents.values() if self._holds(asked, one)]
        if len(records) > MAX_LOOKED_THROUGH:
            return ()
        said_of = {
            one.id: len(_places(words, (squeeze(one.title), one.department, one.operator)))
            for one in records
        }
        most = max(said_of.values(), default=0)
        best = [id for id, size in said_of.items() if size == most]
        return best if most and len(best) <= MAX_NAMED else ()

    @staticmethod
    def _holds(asked: Asked, record: DocumentRecord) -> bool:
        return asked.scope.holds(record.id, record.department, record.year)

    def _is_total(self, name: str) -> bool:
        return any(one.search(name) for one in self._totals)


def _wholes(tables: Sequence[Table], about: tuple[str, ...]) -> Iterator[Row]:
    """What a document tells of each of its projects, or of all, as a row: its money and its score.

    The columns are what the figures are, not how the document heads them.
    """
    rows: dict[str, dict[Column, Figure]] = {}
    cards: dict[str, Card] = {}
    for table in tables:
        whole = next((row for row in table.rows if row.whole), None)
        if table.kind is not CardKind.MONEY or whole is None:
            continue
        own = rows.setdefault(table.task, {})
        cards.setdefault(table.task, whole.card)
        for column, figure in whole.figures:
            if figure.concept and PREDICTED not in column.head:
                own.setdefault(Column(figure.concept, column.role, 0), figure)
    for task, figures in rows.items():
        name = task or about[2] or about[0]
        cells = tuple(one for one in (*about, task) if one)
        yield Row(name, cards[task], cells, tuple(figures.items()))


class RowQueries:
    """Answers questions out of tables."""

    def __init__(
        self, words: AskedWords, tables: LibraryTables, wanted: Callable[[str], Wanted]
    ) -> None:
        """`wanted` reads the operation and the role of a question."""
        self._words = words
        self._fitter = TableFitter(words, wanted)
        self._tables = tables

    def leaves_untold(self, plan: QueryPlan, texts: Sequence[str]) -> bool:
        """Whether a question names something that none of some texts says."""
        clauses = self._words.of(squeeze(plan.said or plan.question))
        known = _places(clauses, [squeeze(text) for text in texts])
        return any(clause.untold(known) for clause in clauses)

    def compose(
        self, asked: Asked, read: Sequence[ReadCard], context: AnswerContext
    ) -> Composition | None:
        """The answer; None where no table explains the question, or several do."""
        fits = [self._fitter.fit(asked, one) for one in self._tables.of(asked, read, context)]
        fits = sorted(fits, key=lambda fit: -fit.explained)
        over = dict(asked.wanted.ranges)
        if over.get(Ranging.TASK, 0) >= RANGE_FROM and any(fit.table.of_tasks for fit in fits):
            fits = [fit for fit in fits if fit.table.of_tasks]
        for operation, share in asked.wanted.operations:
            if share < LIKELY_FROM or operation not in OVER_ROWS:
                break
            if operation is Operation.CHECK and share >= CHECK_FROM:
                return self._checked(asked, fits, context)
            told: list[tuple[float, Composition]] = []
            sure = read[0] if read and read[0].share >= TOP_SHARE else None
            for fit in fits:
                if fit.explained < EXPLAINED_FROM:
                    break
                if not fit.whole or (fit.asks.of_wholes and fit.explained < fits[0].explained):
                    continue
                if not fit.groups and any(one.near for one in fits if one.named == fit.named):
                    continue  # common words may name a row of another table
                if fit.explained < fits[0].explained - AHEAD:
                    break
                answer = _Query(asked, fit, context).told(operation)
                if answer and all(answer.statements != one.statements for _, one in told):
                    told.append((fit.explained, answer))
            agreed = [one for one in told if sure and operation in OF_ONE]
            agreed = [one for one in agreed if sure and _cites(one[1], sure.card)]
            for some in (told, agreed):
                if len(some) == 1:
                    return some[0][1]
        return None

    @staticmethod
    def _checked(asked: Asked, fits: Sequence[Fit], context: AnswerContext) -> Composition | None:
        """A check of the one document that is named best: how it is asked for names nothing."""
        most = max((fit.named for fit in fits), default=0.0)
        best = [fit for fit in fits if fit.named == most and most]
        answers = [answer for fit in best if (answer := _Query(asked, fit, context).checked())]
        unlike = {one.statements for one in answers}
        return answers[0] if len(unlike) == 1 else None


def _cites(answer: Composition, card: Card) -> bool:
    """Whether an answer cites a figure of a card."""
    own = {mark.figure.id for mark in card.marks}
    return any(own & {*source.figure_ids} for one in answer.statements for source in one.sources)


class _Query:
    """What a table says to a question."""

    def __init__(self, asked: Asked, fit: Fit, context: AnswerContext) -> None:
        self._asked = asked
        self._fit = fit
        self._context = context

    def told(self, operation: Operation) -> Composition | None:
        """The answer by one operation; None where rows or column are in doubt."""
        match operation:
            case Operation.LOOKUP if self._asked.wanted.probability(*OF_ONE) >= ONE_FROM:
                several = len(self._fit.groups) > 1
                return self._over(Operation.SUM) if several else self._looked_up()
            case Operation.RATE:
                return self._looked_up() or self._reached()
            case Operation.DIFFERENCE:
                return self._difference()
            case Operation.SUM | Operation.AVERAGE | Operation.EXTREME:
                return self._over(operation)
            case Operation.SHARE:
                return self._share()
            case Operation.COUNT | Operation.LIST:
                return self._listed(operation)
            case _:
                return None

    def _rows(self) -> Sequence[Row]:
        """The rows named, each by words of its own; else the row of the whole."""
        groups = self._fit.groups
        if groups:
            single = all(len(group.rows) == 1 and group.by_name for group in groups)
            return [group.rows[0] for group in groups] if single else ()
        rows = self._fit.table.rows
        wholes = [row for row in rows if row.whole]
        return () if self._fit.near else wholes[:1]

    def _looked_up(self) -> Composition | None:
        rows, column = self._rows(), self._fit.column
        figure = rows[0].figure(column) if len(rows) == 1 and column else None
        if self._fit.groups and len(rows) == 1 and len(rows[0].figures) == 1:
            figure = rows[0].figures[0][1]
        if figure is None or not self._is_term(figure):
            return None
        of_form = figure.concept == BudgetTerm.SELF_SCORE
        if not self._fit.groups and figure.role in POINT_ROLES and not of_form:
            return None  # the points of the money are not those of the whole form
        role, share = self._asked.wanted.roles[0]
        told_apart = share >= ROLE_FROM and role is not AskedRole.ACTUAL
        if rows[0].card.indicator and not (told_apart and _may_be(figure, role)):
            return None  # the row is told as a whole
        return self._lookup(rows[0], figure)

    def _is_term(self, figure: Figure) -> bool:
        """Whether a figure is one of the budget terms that the question names, if it names any."""
        terms = self._asked.plan.terms
        spent = BudgetTerm.SPENDING in terms and figure.role is Role.SPENT  # that to date as well
        return not terms or spent or figure.concept in terms

    def _lookup(self, row: Row, figure: Figure) -> Composition | None:
        plan = replace(
            self._asked.plan,
            intent=Intent.LOOKUP,
            roles=(figure.role,),
            sections=(),
            condition=None,
        )
        indicator = row.card.indicator
        if indicator:
            figures = tuple(one for _, one in row.figures)
            match = Match(row.name, figure.department, figure.year, figures, (indicator,))
        else:
            match = Match(figure.subject, figure.department, figure.year, (figure,))
        told = Lookups(self._context).compose(plan, [match])
        return None if told.abstained else told

    def _reached(self) -> Composition | None:
        """How much of a target or budget one row reached."""
        rows = self._rows()
        pair = self._pair(rows[0]) if len(rows) == 1 else None
        of_money = pair and pair[0].role is Role.SPENT
        if pair is None or (of_money and self._asked.wanted.role not in OF_MONEY):
            return None
        part, whole = pair
        try:
            result = rate(term(part), term(whole))
        except UnitMismatch:
            return None
        who = self._context.wording.who(part.department, part.year)
        lead = Statement(
            f"{who}{rows[0].name}：{result.result}%（{result.formula}）。",
            tuple(map(of_figure, pair)),
        )
        return Composition((lead,), (result,))

    def _pair(self, row: Row) -> tuple[Figure, Figure] | None:
        """What a row spent of its budget, or reached of its target."""
        by_role: dict[Role, list[Figure]] = {}
        for column, figure in row.figures:
            predicted = PREDICTED in column.head
            if figure.role is not Role.SPENT or predicted is self._asked.plan.forecast:
                by_role.setdefault(figure.role, []).append(figure)
        for part, whole in ((Role.SPENT, Role.BUDGET), (Role.ACTUAL, Role.TARGET)):
            parts, wholes = by_role.get(part, []), by_role.get(whole, [])
            final = [one for one in wholes if one.concept == BudgetTerm.FINAL_BUDGET] or wholes
            if len(parts) == 1 and final:
                return parts[0], final[-1]
        return None

    def _share(self) -> Composition | None:
        """How much of the whole a row has."""
        rows, column = self._rows(), self._fit.column
        wholes = [row for row in self._fit.table.rows if row.whole]
        if len(rows) != 1 or not wholes or rows[0] is wholes[0]:
            return None
        amounts = [one for one in self._fit.table.columns if one.role in LEDGER_ROLES]
        column = column if column in amounts else amounts[0] if len(amounts) == 1 else None
        pair = [figure for row in (*rows, wholes[0]) if column and (figure := row.figure(column))]
        if len(pair) < TWO:
            return None
        try:
            result = rate(*map(term, pair))
        except UnitMismatch:
            return None
        who = self._context.wording.who(pair[0].department, pair[0].year)
        lead = f"{who}{rows[0].name}占{wholes[0].name}的{result.result}%（{result.formula}）。"
        return Composition((Statement(lead, tuple(map(of_figure, pair))),), (result,))

    def checked(self) -> Composition | None:
        """Whether the scores of a document come to its total score, or its amounts to theirs."""
        words = self._context.rules.vocabulary
        figures, wanted = self._fit.asks.figures, dict(self._asked.wanted.roles)
        plan = replace(self._asked.plan, subjects=(), sections=(), summed_over=None)
        sums = PartSums(self._context)
        said_total = words.score_totals.search(squeeze(plan.said))
        if said_total or sum(wanted.get(role, 0) for role in OF_POINTS) >= POINTS_FROM:
            return sums.scores(plan, Evidence(figures))
        own = tuple(figure for row in self._fit.table.rows for _, figure in row.figures)
        return sums.columns(plan, Evidence(own))

    def _listed(self, operation: Operation) -> Composition | None:
        """The rows that one group of words picks out, by what stands in their cells."""
        groups = self._fit.groups
        if self._asked.plan.status_family:
            return self._by_status()
        grades = self._asked.plan.grades
        graded = [row for row in self._fit.table.rows if {*grades} & {*row.cells}]
        if not (graded and not groups) and (len(groups) != 1 or groups[0].by_name):
            return None
        rows = groups[0].rows if groups else graded
        figures = [row.figures[0][1] for row in rows]
        who = self._context.wording.who(figures[0].department, figures[0].year)
        counted = count("符合的", [row.card.id for row in rows], unit="项")
        said_first = [Statement(f"{who}共{len(rows)}项：\n")]
        lines = [
            Statement(f"{at}. {row.name}。\n", (of_passage(row.card.passage),))
            for at, row in enumerate(rows, 1)
        ]
        return Composition((*said_first, *lines), (counted,))

    def _by_status(self) -> Composition | None:
        """The indicators of a table that were met, or were not."""
        groups = self._fit.groups
        rows = groups[0].rows if len(groups) == 1 else () if groups else self._fit.table.rows
        indicators = tuple(row.card.indicator for row in rows if row.card.indicator)
        if not indicators or not self._fit.named:
            return None
        figures = tuple(figure for row in rows for _, figure in row.figures)
        plan = replace(self._asked.plan, levels=(), subjects=())
        told = Aggregates(self._context).indicators(plan, Evidence(figures, indicators))
        return None if told.abstained else told

    def _difference(self) -> Composition | None:
        rows, column = list(self._rows()), self._fit.column
        groups, number = self._fit.groups, how_many(squeeze(self._asked.plan.said))
        if number == TWO and len(groups) < TWO:
            rows = [*(groups[0].rows if groups else self._fit.table.parts)]
        if len(rows) == TWO and column:
            figures = [figure for row in rows if (figure := row.figure(column))]
            names = [row.name for row in rows]
            return compared(figures, self._context, names) if len(figures) == TWO else None
        if len(rows) != 1:
            return None
        wanted = dict(self._asked.wanted.roles)
        pair = self._pair(rows[0])
        money = wanted.get(AskedRole.LEFT, 0) + wanted.get(AskedRole.SPENT, 0)
        if pair and pair[0].role is Role.SPENT and money >= LEFT_FROM:
            return overspent(pair, self._context)
        named = [column for column, score in self._fit.columns if score >= COLUMN_FROM]
        figures = [figure for one in named if (figure := rows[0].figure(one))]
        if len(figures) == TWO and figures[0].role not in PLANNED:
            return compared(figures, self._context)
        if pair and pair[0].role is Role.ACTUAL and money < LEFT_FROM:
            return compared(pair, self._context, ("实际完成值", "目标"))
        return None

    def _over(self, operation: Operation) -> Composition | None:
        """A sum, mean or extreme of the rows named, or of all parts."""
        groups, table = self._fit.groups, self._fit.table
        if len(groups) > 1:
            rows = [*self._rows()]
        else:
            rows = [*groups[0].rows] if groups else [*table.parts]
        column = self._fit.column
        number = how_many(squeeze(self._asked.plan.said))
        lost = dict(self._asked.wanted.roles).get(AskedRole.LOST, 0)
        if operation is Operation.EXTREME and lost >= LOST_FROM:
            return None  # of two columns of each row
        if column is None or len(rows) < TWO or (number and number != len(rows)):
            return None
        if operation is Operation.SUM and not groups and not number:
            return self._looked_up()
        pairs = ((row.name, row.figure(column)) for row in rows)
        items = [(name, one) for name, one in pairs if one and len(one.quantity.values) == 1]
        if len(items) < TWO or (operation is not Operation.EXTREME and len(items) < len(rows)):
            return None
        intent = {
            Operation.SUM: Intent.SUM,
            Operation.AVERAGE: Intent.AVERAGE,
            Operation.EXTREME: Intent.MAXIMUM,
        }[operation]
        if operation is Operation.EXTREME and self._asks_least():
            intent = Intent.MINIMUM
        plan = replace(self._asked.plan, intent=intent, condition=None)
        values = [(name, PrintedValue(one.quantity, of_figure(one))) for name, one in items]
        told = Aggregates(self._context).figures(plan, values)
        first = items[0][1]
        who = Statement(self._context.wording.who(first.department, first.year))
        return None if told.abstained else replace(told, statements=(who, *told.statements))

    def _asks_least(self) -> bool:
        return self._asked.plan.intent is Intent.MINIMUM
