"""Questions as queries over the rows of tables (表格查询): which rows, which column, what of it.

A question is tried on every table of the documents that may be meant. Its words must be explained:
by whose table it is, by names and cells of rows, by heads of columns; the table that explains most
is asked. Where words stay unexplained, or two tables explain as much, nothing is told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from assistant.answering.aggregates import MAX_LINES_LISTED, Aggregates, meets
from assistant.answering.asked import Asked
from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.answering.part_sums import PartSums
from assistant.answering.proposals import Proposal, RowsFit, Way
from assistant.answering.read_cards import ReadCard
from assistant.answering.reckonings import LOST_FROM, asks_least, compared, overspent
from assistant.answering.row_pairs import extreme_rate, pair_of, told_rate
from assistant.answering.sister_rows import how_many
from assistant.answering.table_fit import (
    COLUMN_FROM,
    Fit,
    LibraryTables,
    TableFitter,
    may_be,
    places_said,
)
from assistant.grounding.calculations import count
from assistant.grounding.citations import Statement, of_figure, of_passage
from assistant.grounding.composition import Composition
from assistant.grounding.printed_values import PrintedValue
from assistant.language.numbers import PERCENT
from assistant.language.wording import limit, value
from assistant.questions.asked_words import AskedWords
from assistant.questions.operations import AskedRole, Operation, Wanted
from assistant.retrieval.row_tables import Column, Row
from assistant.types import Evidence, Intent, Match, QueryPlan
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import default_vocabulary
from ingest.types.budget_terms import BudgetTerm
from ingest.types.cards import Card
from ingest.types.facts import LEDGER_ROLES, POINT_ROLES, Figure, Quantity, Role

LIKELY_FROM = 0.1
"""From which probability on an operation is tried."""
EXPLAINED_FROM = 0.3
"""How much of a question a table must explain to propose an answer."""
AHEAD = 0.3
"""How much less than the table that explains most."""
MAX_TABLES, MAX_COLUMNS = 6, 4
"""How many tables and columns of each are tried, the likeliest."""
MAX_VOTED = 2
"""How many columns are tried because the reader points to them."""
COLUMN_LIKELY_FROM = 0.1
"""From which likelihood on a column is tried."""
OF_POINTS = (AskedRole.SCORE, AskedRole.WEIGHT, AskedRole.LOST)
POINTS_FROM = 0.4
"""From which probability on a check is one of points."""
LEFT_FROM = 0.15
"""From which probability on what was not spent is meant, or what was."""
ROLE_FROM = 0.8
"""From which probability on one value of an indicator's row is told by itself."""
TWO = 2
OF_MONEY = (AskedRole.RATE, AskedRole.SPENT, AskedRole.BUDGET)
"""Roles in which the rate is asked for at which money was spent."""


class RowQueries:
    """Proposes answers out of tables."""

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
        known = places_said(clauses, [squeeze(text) for text in texts])
        return any(clause.untold(known) for clause in clauses)

    def fits(self, asked: Asked, read: Sequence[ReadCard], context: AnswerContext) -> Sequence[Fit]:
        """The tables that explain enough of the question, the one that explains most first."""
        fits = self._fitter.fits(asked, self._tables.of(asked, read, context))
        most = fits[0].explained if fits else 0
        return [one for one in fits if one.explained >= max(EXPLAINED_FROM, most - AHEAD)]

    @staticmethod
    def named(fits: Sequence[Fit]) -> Iterator[Card]:
        """The rows that a question names one by one, those of the best tables first."""
        for fit in fits:
            yield from (group.rows[0].card for group in fit.groups if len(group.rows) == 1)

    @staticmethod
    def proposals(
        asked: Asked, fits: Sequence[Fit], read: Sequence[ReadCard], context: AnswerContext
    ) -> Iterator[Proposal]:
        """What each table answers by each operation that is likely, over each likely column."""
        for fit in fits[:MAX_TABLES]:
            behind = fits[0].explained - fit.explained
            votes = _votes(fit, read)
            for column, likely, ahead in _columns(fit, votes):
                query = _Query(asked, fit, context, column)
                vote = votes.get(column, 0.0) if column else 0.0
                how = RowsFit(fit, column, behind, likely, ahead, vote)
                for operation, share in asked.wanted.operations:
                    if share < LIKELY_FROM:
                        break
                    for told in query.told(operation):
                        yield Proposal(Way.ROWS, told, (operation,), rows=how)


def _columns(
    fit: Fit, votes: Mapping[Column, float]
) -> Iterator[tuple[Column | None, float, float]]:
    """The columns that may be meant, how likely each is, and how much likelier than any other."""
    likely = dict(fit.columns)
    tried = [one for one, share in fit.columns[:MAX_COLUMNS] if share >= COLUMN_LIKELY_FROM]
    tried += sorted(votes, key=lambda one: -votes[one])[:MAX_VOTED]
    if fit.table.total and not any(likely[one] >= COLUMN_FROM for one in tried if one in likely):
        tried.append(fit.table.total)
    for column in dict.fromkeys(tried):
        others = (share for one, share in fit.columns if one != column)
        share = likely.get(column, 0.0)
        yield column, share, share - max(others, default=0.0)
    if not tried:
        yield None, 0.0, 0.0


def _votes(fit: Fit, read: Sequence[ReadCard]) -> Mapping[Column, float]:
    """In which columns of a table the words stand that answer, of the rows that were read: the
    share of them. 垫底 says no head, but in each row the reader points to its rate."""
    rows = {row.card.id: row for row in fit.table.rows}
    pointed = [(rows[one.card.id], one) for one in read if one.card.id in rows and one.figures]
    votes = Counter(
        column
        for row, one in pointed
        for column, figure in row.figures
        if figure.id == one.figures[0].id
    )
    return {column: number / len(pointed) for column, number in votes.items()}


def _is_like(figure: Figure, condition: Quantity) -> bool:
    """Whether a figure is one number that a condition can be held against."""
    single = len(figure.quantity.values) == 1
    return single and (figure.quantity.unit == PERCENT) == (condition.unit == PERCENT)


class _Query:
    """What a table says to a question."""

    def __init__(
        self, asked: Asked, fit: Fit, context: AnswerContext, column: Column | None
    ) -> None:
        self._asked = asked
        self._fit = fit
        self._context = context
        self._column = column

    def told(self, operation: Operation) -> Iterator[Composition]:
        """The answers by one operation."""
        found: Iterable[Composition | None] = ()
        match operation:
            case Operation.LOOKUP if len(self._fit.groups) > 1:
                found = (self._over(Operation.SUM),)
            case Operation.LOOKUP:
                left = self._asked.wanted.role_probability(AskedRole.LEFT) >= LEFT_FROM
                found = self._looked_up(), *(self._differences() if left else ())
            case Operation.RATE:
                found = self._looked_up(), self._reached(), self._share()
            case Operation.DIFFERENCE:
                found = self._differences()
            case Operation.SUM | Operation.AVERAGE:
                found = (self._over(operation),)
            case Operation.EXTREME:
                found = self._over(operation), self._extreme_rate()
            case Operation.SHARE:
                found = (self._share(),)
            case Operation.COUNT | Operation.LIST:
                found = self._listed(), self._parts()
            case Operation.CHECK if self._fit.named:
                found = (self._checked(),)
            case _:
                pass
        yield from filter(None, found)

    def _rows(self) -> Sequence[Row]:
        """The rows named, one a group; else the row of the whole."""
        groups = self._fit.groups
        if groups:
            return [g.rows[0] for g in groups] if all(len(g.rows) == 1 for g in groups) else ()
        return self._fit.table.wholes[:1]

    def _looked_up(self) -> Composition | None:
        rows, column = self._rows(), self._column
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
        alone = not rows[0].card.indicator or (told_apart and may_be(figure, role))
        return self._lookup(rows[0], figure, alone=alone)

    def _is_term(self, figure: Figure) -> bool:
        """Whether a figure is one of the budget terms that the question names, if it names any."""
        terms = self._asked.plan.terms
        spent = BudgetTerm.SPENDING in terms and figure.role is Role.SPENT  # that to date as well
        return not terms or spent or figure.concept in terms

    def _lookup(self, row: Row, figure: Figure, *, alone: bool) -> Composition | None:
        """A value of a row; not `alone` with all that its indicator tells."""
        plan = replace(
            self._asked.plan,
            intent=Intent.LOOKUP,
            roles=(figure.role,) if alone else (),
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
        return told_rate(pair, f"{rows[0].name}：", self._context) if pair else None

    def _pair(self, row: Row) -> tuple[Figure, Figure] | None:
        return pair_of(row, forecast=self._asked.plan.forecast)

    def _extreme_rate(self) -> Composition | None:
        """The row that spent or reached most, or least, where no column says how much."""
        if any(column.role is Role.RATE for column in self._fit.table.columns):
            return None
        highest, forecast = not self._least, self._asked.plan.forecast
        return extreme_rate(self._ranged(), self._context, highest=highest, forecast=forecast)

    @property
    def _least(self) -> bool:
        """Whether the lower end of what is compared is meant."""
        return self._asked.plan.intent is Intent.MINIMUM or asks_least(self._asked.text)

    def _ranged(self) -> Sequence[Row]:
        """The rows that a question ranges over: those that it names, or all parts."""
        groups = self._fit.groups
        if len(groups) > 1:
            return self._rows()
        return groups[0].rows if groups else self._fit.table.parts

    def _parts(self) -> Composition | None:
        """All rows that are ranged over, each with its value."""
        rows, column = self._ranged(), self._column
        pairs = [(row, one) for row in rows if column and (one := row.figure(column))]
        if len(pairs) < TWO or self._asked.plan.condition or self._asked.plan.status_family:
            return None
        who = self._context.whose([one for _, one in pairs])
        counted = count(f"{who}的", [row.card.id for row, _ in pairs], unit="项")
        lines = [
            Statement(f"\n{at}. {row.name}：{value(one.quantity)}", (of_figure(one),))
            for at, (row, one) in enumerate(pairs[:MAX_LINES_LISTED], 1)
        ]
        return Composition((Statement(f"{who}共{len(pairs)}项："), *lines), (counted,))

    def _share(self) -> Composition | None:
        """How much of the whole a row has."""
        rows, column, wholes = [*self._rows()], self._column, self._fit.table.wholes
        if len(rows) == 1 and wholes and rows[0] is not wholes[0]:
            rows.append(wholes[0])
        amounts = [one for one in self._fit.table.columns if one.role in LEDGER_ROLES]
        column = column if column in amounts else amounts[0] if len(amounts) == 1 else None
        pair = [figure for row in rows if column and (figure := row.figure(column))]
        if len(rows) != TWO or len(pair) != TWO:
            return None
        return told_rate(pair, f"{rows[0].name}占{rows[1].name}的", self._context)

    def _checked(self) -> Composition | None:
        """Whether the scores of a document come to its total score, or its amounts to theirs."""
        words = self._context.rules.vocabulary
        plan = replace(self._asked.plan, subjects=(), sections=(), summed_over=None)
        sums = PartSums(self._context)
        said_total = words.score_totals.search(squeeze(plan.said))
        if said_total or self._asked.wanted.role_probability(*OF_POINTS) >= POINTS_FROM:
            return sums.scores(plan, Evidence(self._fit.asks.figures))
        own = tuple(figure for row in self._fit.table.rows for _, figure in row.figures)
        return sums.columns(plan, Evidence(own))

    def _listed(self) -> Composition | None:
        """The rows that one group of words picks out, by what stands in their cells."""
        groups = self._fit.groups
        if self._asked.plan.status_family:
            return self._by_status()
        if self._asked.plan.condition:
            return self._meeting(self._asked.plan.condition)
        if self._asked.wanted.role_probability(*OF_POINTS) >= POINTS_FROM:
            return None  # rows that lost points are told with their points
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

    def _meeting(self, condition: Quantity) -> Composition | None:
        """The parts whose value meets a condition: 执行率低于80%的项目."""
        groups = self._fit.groups
        rows = groups[0].rows if len(groups) == 1 else () if groups else self._fit.table.parts
        alike = {column for row in rows for column, one in row.figures if _is_like(one, condition)}
        column = next(iter(alike)) if len(alike) == 1 else self._column
        if column is None or column not in alike:
            return None
        figures = [one for row in rows if (one := row.figure(column)) and _is_like(one, condition)]
        if len(rows) < TWO or len(figures) < len(rows):
            return None
        pairs = zip(rows, figures, strict=True)
        met = [(row, one) for row, one in pairs if meets(one.quantity, condition)]
        counted = count(f"{limit(condition)}的", [row.card.id for row, _ in met], unit="项")
        who = self._context.whose(figures)
        lead = f"{who}{column.head}{limit(condition)}的共{len(met)}项"
        lines = [
            Statement(f"\n{at}. {row.name}：{value(one.quantity)}", (of_figure(one),))
            for at, (row, one) in enumerate(met, 1)
        ]
        return Composition((Statement(f"{lead}{'：' if met else '。'}"), *lines), (counted,))

    def _by_status(self) -> Composition | None:
        """The indicators of a table that were met, or were not."""
        groups = self._fit.groups
        rows = groups[0].rows if len(groups) == 1 else () if groups else self._fit.table.rows
        is_confirmed = default_vocabulary().confidence.is_confirmed
        told = (row.card.indicator for row in rows)
        indicators = tuple(one for one in told if one and is_confirmed(one))
        if not indicators or not self._fit.named:
            return None
        figures = tuple(figure for row in rows for _, figure in row.figures)
        plan = replace(self._asked.plan, levels=(), subjects=())
        listed = Aggregates(self._context).indicators(plan, Evidence(figures, indicators))
        return None if listed.abstained else listed

    def _differences(self) -> Iterator[Composition | None]:
        """What two rows differ in, or two values of one row."""
        rows, column = list(self._rows()), self._column
        groups, number = self._fit.groups, how_many(squeeze(self._asked.plan.said))
        if number == TWO and len(groups) < TWO:
            rows = [*self._ranged()]
        if len(rows) == TWO and column:
            figures = [figure for row in rows if (figure := row.figure(column))]
            names = [row.name for row in rows]
            yield compared(figures, self._context, names) if len(figures) == TWO else None
        if len(rows) != 1:
            return
        pair = self._pair(rows[0])
        if pair and pair[0].role is Role.SPENT:
            yield overspent(pair, self._context)
        elif pair:
            yield compared(pair, self._context, ("实际完成值", "目标"))
        named = [column for column, score in self._fit.columns if score >= COLUMN_LIKELY_FROM]
        for two in combinations(named[:MAX_COLUMNS], TWO):
            figures = [figure for one in two if (figure := rows[0].figure(one))]
            alike = {(one.quantity.unit, one.year) for one in figures}
            if len(figures) == TWO and len(alike) == 1 and tuple(figures) != pair:
                yield compared(figures, self._context)

    def _over(self, operation: Operation) -> Composition | None:
        """A sum, mean or extreme of the rows named, or of all parts."""
        rows = self._ranged()
        column = self._column
        number = how_many(squeeze(self._asked.plan.said))
        lost = self._asked.wanted.role_probability(AskedRole.LOST)
        if operation is Operation.EXTREME and lost >= LOST_FROM:
            return None  # of two columns of each row
        if column is None or len(rows) < TWO or (number and number != len(rows)):
            return None
        if operation is Operation.SUM and not self._fit.groups and not number:
            return self._looked_up()
        pairs = ((row.name, row.figure(column)) for row in rows)
        items = [(name, one) for name, one in pairs if one and len(one.quantity.values) == 1]
        if len(items) < TWO or (operation is not Operation.EXTREME and len(items) < len(rows)):
            return None
        intent = Intent.SUM if operation is Operation.SUM else Intent.AVERAGE
        if operation is Operation.EXTREME:
            intent = Intent.MINIMUM if self._least else Intent.MAXIMUM
        plan = replace(self._asked.plan, intent=intent, condition=None)
        values = [(name, PrintedValue(one.quantity, of_figure(one))) for name, one in items]
        told = Aggregates(self._context).figures(plan, values)
        who = Statement(self._context.whose([one for _, one in items]))
        return None if told.abstained else replace(told, statements=(who, *told.statements))
