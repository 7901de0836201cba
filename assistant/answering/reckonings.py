"""Answers that are reckoned over what is found (求算): what differs, what all come to.

The operation of the question says what is done with the operands; each was found by itself. Where
one is missing or in doubt nothing is reckoned: what was found is quoted, and the rest is named.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile

from assistant.answering.aggregates import Aggregates
from assistant.answering.asked import Asked
from assistant.answering.context import AnswerContext
from assistant.answering.operands import Bound, Found, OperandFinder
from assistant.answering.proposals import Proposal, Way
from assistant.answering.read_answers import quoted
from assistant.answering.read_cards import ReadCard, Thresholds
from assistant.answering.sister_rows import Row, SisterRows, how_many, points
from assistant.grounding.calculations import Term, UnitMismatch, count, difference, term
from assistant.grounding.citations import Statement, of_figure
from assistant.grounding.composition import Composition
from assistant.grounding.printed_values import PrintedValue
from assistant.language.numbers import base, plain
from assistant.language.wording import quoted as quoted_name
from assistant.language.wording import value
from assistant.questions.operands import against, together
from assistant.questions.operations import AskedRole, Operation, Ranging
from assistant.types import Calculation, Intent, Match, State
from ingest.types.budget_terms import BudgetTerm
from ingest.types.cards import Card
from ingest.types.facts import Figure

SPENT_AND_BUDGET = (BudgetTerm.SPENDING, BudgetTerm.FINAL_BUDGET)
"""What is compared where it is asked whether money was overspent, or is left."""
TWO = 2
LOST_FROM = 0.3
"""From which probability on lost points are meant; but for them a question names no value."""
SEVERAL_FROM = 0.5
"""From which probability on any reckoning is wanted at all, if it is not sure which."""
MIN_NAME = 2
"""Minimum number of characters of a name without what it begins with."""
SOME_FOUND = "只找到{}的数据，其余的没有找到，不作计算。最相关的原文："
JOINED = (Operation.DIFFERENCE, Operation.SUM, Operation.AVERAGE, Operation.EXTREME)
"""Operations over things that a question names side by side, or that stand in one table."""
OF_POINTS = (Operation.LIST, Operation.COUNT, Operation.EXTREME)
"""What may be asked of the points that rows lost."""
_BY_INTENT: Mapping[Intent, Operation] = {
    Intent.DIFFERENCE: Operation.DIFFERENCE,
    Intent.SUM: Operation.SUM,
    Intent.AVERAGE: Operation.AVERAGE,
    Intent.MAXIMUM: Operation.EXTREME,
    Intent.MINIMUM: Operation.EXTREME,
}
_INTENTS = {
    Operation.SUM: Intent.SUM,
    Operation.AVERAGE: Intent.AVERAGE,
    Operation.EXTREME: Intent.MAXIMUM,
}
_LEAST = re.compile("(?<!多)少|[低小]")
"""Words for the lower end of what is compared."""


class Reckonings:
    """Words what is reckoned over the operands of a question, with its formula and sources."""

    def __init__(self, operands: OperandFinder, rows: SisterRows, limits: Thresholds) -> None:
        self._operands = operands
        self._rows = rows
        self._limits = limits

    def wanted(self, asked: Asked) -> Operation | None:
        """The operation over several things that a question wants, if it wants one."""
        if self._lost_asked(asked):
            operation = max(OF_POINTS, key=lambda one: asked.wanted.probability(one))
            ranges = asked.wanted.ranges[0][0] is Ranging.INDICATOR
            return operation if ranges or asked.wanted.operation in OF_POINTS else None
        planned = _BY_INTENT.get(asked.plan.intent)
        shares = {op: asked.wanted.probability(op) for op in JOINED}
        likeliest = max(shares, key=lambda op: shares[op])
        if shares[likeliest] >= self._limits.wanted_from:
            return likeliest
        if asked.wanted.probability(Operation.LOOKUP) >= self._limits.wanted_from:
            return None
        return planned or (likeliest if sum(shares.values()) >= SEVERAL_FROM else None)

    @staticmethod
    def _lost_asked(asked: Asked) -> bool:
        """Whether points are meant that were not earned."""
        return asked.wanted.role_probability(AskedRole.LOST) >= LOST_FROM

    def _role(self, asked: Asked) -> AskedRole | None:
        role, share = asked.wanted.roles[0]
        return role if share >= self._limits.role_from else None

    def asks_what_is_left(self, question: str) -> bool:
        """Whether it asks if more was spent than there was, or what is left (超支, 结余)."""
        named = all(term in question for term in SPENT_AND_BUDGET)
        return named or self._operands.role(question) is AskedRole.LEFT

    def proposals(
        self, asked: Asked, read: Sequence[ReadCard], context: AnswerContext
    ) -> Iterator[Proposal]:
        """What may be reckoned; what was found of it, quoted, where not all was.

        `read` reads the question as a whole.
        """
        operation = self.wanted(asked)
        if operation is None:
            return
        for told in self._reckoned(operation, asked, read, context):
            way = Way.QUOTE if told.state is State.QUOTED else Way.RECKONED
            yield Proposal(way, told, (operation,))

    def _reckoned(
        self,
        operation: Operation,
        asked: Asked,
        read: Sequence[ReadCard],
        context: AnswerContext,
    ) -> Iterator[Composition]:
        if self._lost_asked(asked):
            told = self._lost(operation, self._rows.indicators(asked, read), context)
            yield from [told] if told else []
            return
        if operation is Operation.DIFFERENCE and self.asks_what_is_left(asked.text):
            row = self._rows.with_roles(asked, read, SPENT_AND_BUDGET)
            told = overspent(row[1], context) if row else None
            yield from [told] if told else []
            return
        alike = operation in (Operation.SUM, Operation.AVERAGE)
        ways = together(asked.text) if alike else against(asked.text)
        bound = [self._operands.bind(asked, way, alike=alike) for way in ways]
        for one in bound:
            if one.whole and (told := self._told(operation, asked, one.whole, context)):
                yield told
        if rows := self._ranged(operation, asked, read):
            items = [(row.name, row.figure) for row in rows]
            if operation is Operation.DIFFERENCE:
                told = compared([row.figure for row in rows], context)
            else:
                told = self._over(operation, asked, items, context)
            yield from [told] if told else []
        yield from filter(None, map(self._in_doubt, bound))

    def _ranged(self, operation: Operation, asked: Asked, read: Sequence[ReadCard]) -> list[Row]:
        """The rows that are ranged over: all for an extreme, else as many as the question says."""
        number = how_many(asked.text)
        if operation is Operation.DIFFERENCE and number != TWO:
            return []
        summed = operation is not Operation.EXTREME
        least = self._limits.answer_from if summed else self._limits.quote_from
        sure = [one for one in read if number or one.sure >= least]
        rows = self._rows.column(asked, sure, self._role(asked), least=least, headed=summed)
        return rows if len(rows) > 1 else []

    def _told(
        self,
        operation: Operation,
        asked: Asked,
        found: Sequence[Found],
        context: AnswerContext,
    ) -> Composition | None:
        """What is reckoned over operands."""
        figures = [one.figure for one in found]
        if operation is Operation.DIFFERENCE:
            return compared(figures, context)
        items = [(figure.subject, figure) for figure in figures]
        return self._over(operation, asked, items, context)

    def _over(
        self,
        operation: Operation,
        asked: Asked,
        items: Sequence[tuple[str, Figure]],
        context: AnswerContext,
    ) -> Composition | None:
        """A sum, mean or extreme of named figures."""
        plan = replace(asked.plan, intent=_INTENTS[operation], condition=None)
        if operation is Operation.EXTREME and (
            asked.plan.intent is Intent.MINIMUM or asks_least(asked.text)
        ):
            plan = replace(plan, intent=Intent.MINIMUM)
        values = [(name, PrintedValue(f.quantity, of_figure(f))) for name, f in items]
        told = Aggregates(context).figures(plan, values)
        who = Statement(context.whose([one for _, one in items]))
        return None if told.abstained else replace(told, statements=(who, *told.statements))

    def _lost(
        self, operation: Operation, rows: Sequence[Card], context: AnswerContext
    ) -> Composition | None:
        """The rows that did not earn all their points, those that lost most first if asked so."""
        both = [(card, two) for card in rows if (two := points(card))]
        lost = [(card, two, difference(term(two[0]), term(two[1]))) for card, two in both]
        lost = [one for one in lost if one[2].result > 0]
        if not both:
            return None
        first = both[0][0]
        who = context.wording.who(first.department, first.year)
        if operation is Operation.EXTREME:
            lost = sorted(lost, key=lambda one: -one[2].result)
        counted = count("扣分的绩效指标", [card.id for card, *_ in lost])
        statements = [Statement(f"{who}扣分的绩效指标共{len(lost)}个：\n")]
        if operation is Operation.EXTREME and lost:
            most, two, less = lost[0]
            verdict = f"{who}扣分最多的是{quoted_name(indicator_name(most))}，"
            verdict += f"扣{plain(less.result)}分（{less.formula}）"
            sources = tuple(map(of_figure, two))
            statements = [Statement(verdict, sources), Statement("。\n"), *statements]
        for number, (card, (weight, score), less) in enumerate(lost, 1):
            statements += [
                Statement(f"{number}. {indicator_name(card)}：扣{plain(less.result)}分"),
                Statement(f"（分值{value(weight.quantity)}", (of_figure(weight),)),
                Statement(f"，得分{value(score.quantity)}", (of_figure(score),)),
                Statement("）。\n"),
            ]
        unread = [indicator_name(card) for card in rows if not points(card)]
        if unread:
            names = "、".join(map(quoted_name, unread))
            statements.append(Statement(f"没有读出分值或得分的未计入：{names}。"))
        return Composition(tuple(statements), (counted, *(less for *_, less in lost)))

    def _in_doubt(self, bound: Bound) -> Composition | None:
        """What was found is named and quoted, and nothing is reckoned; None where nothing was."""
        read = [one for one in bound.read if one.sure >= self._limits.quote_from]
        names = "、".join(quoted_name(one.figure.subject) for one in bound.operands if one)
        return quoted(read, SOME_FOUND.format(names)) if names and read else None


def asks_least(question: str) -> bool:
    """Whether it asks for the lower end of what is compared: 最低, 最少, but not 多少."""
    return _LEAST.search(question) is not None


def compared(
    figures: Sequence[Figure], context: AnswerContext, names: Sequence[str] = ()
) -> Composition | None:
    """By how much one figure is more than another; None where they cannot be compared.

    `names` are what they are called if not by their subjects.
    """
    names = names or _names(figures)
    try:
        result, verdict = _difference([term(figure) for figure in figures], names)
    except UnitMismatch:
        return None
    who = context.wording.who(figures[0].department, figures[0].year)
    values = [
        Statement(f"{'；' if at else ''}{f.subject}{value(f.quantity)}", (of_figure(f),))
        for at, f in enumerate(figures)
    ]
    # the names of rows may print numbers: 棚圈420平米
    sources = tuple(of_figure(figure) for figure in figures)
    lead = Statement(f"{verdict}（{result.formula}）", sources)
    return Composition((lead, Statement(f"。{who}"), *values, Statement("。")), (result,))


def within_budget(matches: Sequence[Match], context: AnswerContext) -> Composition | None:
    """Whether more was spent than there was (超支), of each year; None without both figures."""
    parts: list[Composition] = []
    for year in dict.fromkeys(match.year for match in matches):
        of_year = [match.figures[0] for match in matches if match.year == year and match.figures]
        figures = [
            f for f, name in zip(of_year, SPENT_AND_BUDGET, strict=False) if f.concept == name
        ]
        of_one = len({(one.department, one.task) for one in figures}) == 1
        told = overspent(figures, context) if len(figures) == TWO and of_one else None
        parts += [told] if told else []
    if not parts:
        return None
    lines = [line for part in parts for line in (*part.statements, Statement("\n"))]
    return Composition(tuple(lines), tuple(c for part in parts for c in part.calculations))


def overspent(figures: Sequence[Figure], context: AnswerContext) -> Composition | None:
    """Whether the first, what was spent, is more than the second, the budget; and by how much."""
    told = compared(figures, context)
    if told is None:
        return None
    result = told.calculations[0]
    spent, budget = map(_value, figures)
    word = "超支" if spent > budget else "没有超支，还剩"
    verdict = f"{word}{plain(result.result)}{result.unit}（{result.formula}）"
    first, *rest = told.statements
    return replace(told, statements=(replace(first, text=verdict), *rest))


def _value(figure: Figure) -> Decimal:
    return base(figure.quantity.values[0], figure.quantity.unit)[0]


def _difference(terms: Sequence[Term], names: Sequence[str]) -> tuple[Calculation, str]:
    """The larger less the smaller, and which is the larger."""
    (a, b), (one, other) = terms, names
    result = difference(a, b)
    if result.result == 0:
        return result, f"{one}与{other}相同"
    if result.result > 0:
        return result, f"{one}比{other}多{plain(result.result)}{result.unit}"
    turned = difference(b, a)
    return turned, f"{one}比{other}少{plain(turned.result)}{turned.unit}"


def indicator_name(card: Card) -> str:
    """The name of the indicator that a card is a row of."""
    return card.indicator.name.strip() if card.indicator else ""


def _names(figures: Sequence[Figure]) -> list[str]:
    """What the operands are called, without what all of them begin with."""
    names = [figure.subject for figure in figures]
    shared = len([*takewhile(lambda letters: len({*letters}) == 1, zip(*names, strict=False))])
    short = [name[shared:] for name in names]
    return short if all(len(name) >= MIN_NAME for name in short) else names
