"""Questions as queries over the rows of tables (表格查询): which rows, which column, what of it.

A question is tried on every table of the documents that may be meant. Its words must be explained:
by whose table it is, by names and cells of rows, by heads of columns; the table that explains most
is asked. Where words stay unexplained, or two tables explain as much, nothing is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.aggregates import Aggregates, meets
from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.answering.part_sums import PartSums
from assistant.answering.read_answers import PLANNED, Asked
from assistant.answering.read_cards import ReadCard
from assistant.answering.reckonings import LOST_FROM, compared, overspent
from assistant.answering.sister_rows import how_many
from assistant.answering.table_fit import (
    COLUMN_FROM,
    PREDICTED,
    Fit,
    LibraryTables,
    TableFitter,
    may_be,
    places_said,
)
from assistant.grounding.calculations import UnitMismatch, count, rate, term
from assistant.grounding.citations import Statement, of_figure, of_passage
from assistant.grounding.composition import Composition
from assistant.grounding.printed_values import PrintedValue
from assistant.language.numbers import PERCENT
from assistant.language.wording import limit, value
from assistant.questions.asked_words import AskedWords
from assistant.questions.operations import AskedRole, Operation, Ranging, Wanted
from assistant.retrieval.row_tables import Row
from assistant.types import Evidence, Intent, Match, QueryPlan
from ingest.language.normalise import squeeze
from ingest.types.budget_terms import BudgetTerm
from ingest.types.cards import Card
from ingest.types.facts import LEDGER_ROLES, POINT_ROLES, Figure, Quantity, Role

LIKELY_FROM = 0.35
"""From which probability on an operation is tried."""
EXPLAINED_FROM = 0.6
"""How much of a question a table must explain to answer it."""
AHEAD = 0.1
"""How much less than the table that explains most."""
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
ROLE_FROM = 0.8
"""From which probability on one value of an indicator's row is told by itself."""
TWO = 2
OF_MONEY = (AskedRole.RATE, AskedRole.SPENT, AskedRole.BUDGET)
"""Roles in which the rate is asked for at which money was spent."""


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
        known = places_said(clauses, [squeeze(text) for text in texts])
        return any(clause.untold(known) for clause in clauses)

    def compose(
        self, asked: Asked, read: Sequence[ReadCard], context: AnswerContext
    ) -> Composition | None:
        """The answer; None where no table explains the question, or several do."""
        fits = self._fitter.fits(asked, self._tables.of(asked, read, context))
        over = dict(asked.wanted.ranges)
        if over.get(Ranging.TASK, 0) >= RANGE_FROM and any(fit.table.of_tasks for fit in fits):
            fits = [fit for fit in fits if fit.table.of_tasks]
        for operation, share in asked.wanted.operations:
            if share < LIKELY_FROM or operation not in OVER_ROWS:
                break
            if operation is Operation.CHECK and share >= CHECK_FROM:
                return self._checked(asked, fits, context)
            told: list[Composition] = []
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
                if answer and all(answer.statements != one.statements for one in told):
                    told.append(answer)
            sure = operation in OF_ONE and bool(read) and read[0].share >= TOP_SHARE
            agreed = [one for one in told if sure and _cites(one, read[0].card)]
            for some in (told, agreed):
                if len(some) == 1:
                    return some[0]
        return None

    @staticmethod
    def _checked(asked: Asked, fits: Sequence[Fit], context: AnswerContext) -> Composition | None:
        """A check of the one document that is named best: how it is asked for names nothing."""
        most = max((fit.named for fit in fits), default=0.0)
        best = [fit for fit in fits if fit.named == most and most]
        answers = [answer for fit in best if (answer := _Query(asked, fit, context).checked())]
        unlike = {one.statements for one in answers}
        return answers[0] if len(unlike) == 1 else None


def _is_like(figure: Figure, condition: Quantity) -> bool:
    """Whether a figure is one number that a condition can be held against."""
    single = len(figure.quantity.values) == 1
    return single and (figure.quantity.unit == PERCENT) == (condition.unit == PERCENT)


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
                return self._listed()
            case _:
                return None

    def _rows(self) -> Sequence[Row]:
        """The rows named, each by words of its own; else the row of the whole."""
        groups = self._fit.groups
        if groups:
            single = all(len(group.rows) == 1 and group.by_name for group in groups)
            told = single and not (self._fit.asks.of_wholes and self._fit.vague)
            return [group.rows[0] for group in groups] if told else ()
        return () if self._fit.near or self._fit.vague else self._fit.table.wholes[:1]

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
        if rows[0].card.indicator and not (told_apart and may_be(figure, role)):
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
        return self._told_rate(pair, f"{rows[0].name}：")

    def _told_rate(self, pair: Sequence[Figure], of: str) -> Composition | None:
        """The first of two figures in percent of the second; None where their units differ."""
        try:
            result = rate(*map(term, pair))
        except UnitMismatch:
            return None
        who = self._context.wording.who(pair[0].department, pair[0].year)
        lead = f"{who}{of}{result.result}%（{result.formula}）。"
        return Composition((Statement(lead, tuple(map(of_figure, pair))),), (result,))

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
        rows, column, wholes = self._rows(), self._fit.column, self._fit.table.wholes
        if len(rows) != 1 or not wholes or rows[0] is wholes[0]:
            return None
        amounts = [one for one in self._fit.table.columns if one.role in LEDGER_ROLES]
        column = column if column in amounts else amounts[0] if len(amounts) == 1 else None
        pair = [figure for row in (*rows, wholes[0]) if column and (figure := row.figure(column))]
        named = f"{rows[0].name}占{wholes[0].name}的"
        return self._told_rate(pair, named) if len(pair) == TWO else None

    def checked(self) -> Composition | None:
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
        column = next(iter(alike)) if len(alike) == 1 else self._fit.column
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
        pair = self._pair(rows[0])
        money = self._asked.wanted.role_probability(AskedRole.LEFT, AskedRole.SPENT)
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
        lost = self._asked.wanted.role_probability(AskedRole.LOST)
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
        intent = self._asked.plan.intent
        if operation is Operation.EXTREME and intent not in (Intent.MAXIMUM, Intent.MINIMUM):
            return None  # which end is meant is not known
        if operation is not Operation.EXTREME:
            intent = Intent.SUM if operation is Operation.SUM else Intent.AVERAGE
        plan = replace(self._asked.plan, intent=intent, condition=None)
        values = [(name, PrintedValue(one.quantity, of_figure(one))) for name, one in items]
        told = Aggregates(self._context).figures(plan, values)
        who = Statement(self._context.whose([one for _, one in items]))
        return None if told.abstained else replace(told, statements=(who, *told.statements))
