"""Two values of one row held against each other (同行比较): spent and budget, result and target."""

from collections.abc import Sequence

from assistant.answering.context import AnswerContext
from assistant.answering.table_fit import PREDICTED
from assistant.grounding.calculations import UnitMismatch, rate, term
from assistant.grounding.citations import Statement, of_figure
from assistant.grounding.composition import Composition
from assistant.retrieval.row_tables import Row
from assistant.types import Calculation
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Role

_PAIRS = ((Role.SPENT, Role.BUDGET), (Role.ACTUAL, Role.TARGET))


def pair_of(row: Row, *, forecast: bool) -> tuple[Figure, Figure] | None:
    """What a row spent of its budget, or reached of its target; `forecast` takes what it will."""
    by_role: dict[Role, list[Figure]] = {}
    for column, figure in row.figures:
        predicted = PREDICTED in column.head
        single = len(figure.quantity.values) == 1
        if single and (figure.role is not Role.SPENT or predicted is forecast):
            by_role.setdefault(figure.role, []).append(figure)
    for part, whole in _PAIRS:
        parts = by_role.get(part, [])
        wholes = [one for one in by_role.get(whole, []) if parts and one.year == parts[0].year]
        final = [one for one in wholes if one.concept == BudgetTerm.FINAL_BUDGET] or wholes
        if len(parts) == 1 and final:
            return parts[0], final[-1]
    return None


def told_rate(pair: Sequence[Figure], of: str, context: AnswerContext) -> Composition | None:
    """The first of two figures in percent of the second; None where their units differ."""
    result = _rate(pair)
    if result is None:
        return None
    who = context.wording.who(pair[0].department, pair[0].year)
    lead = f"{who}{of}{result.result}%（{result.formula}）。"
    return Composition((Statement(lead, tuple(map(of_figure, pair))),), (result,))


def extreme_rate(
    rows: Sequence[Row], context: AnswerContext, *, highest: bool, forecast: bool
) -> Composition | None:
    """Which row spent or reached most of what it had, or least; None where fewer than two tell."""
    told = [
        (row, pair, result)
        for row in rows
        if (pair := pair_of(row, forecast=forecast)) and (result := _rate(pair))
    ]
    if len(told) < 2 or len({pair[0].role for _, pair, _ in told}) > 1:
        return None
    told.sort(key=lambda one: one[2].result, reverse=highest)
    who = context.whose([pair[0] for _, pair, _ in told])
    first, *rest = (
        Statement(f"{row.name}{result.result}%（{result.formula}）", tuple(map(of_figure, pair)))
        for row, pair, result in told
    )
    lead = Statement(f"{who}完成比例{'最高' if highest else '最低'}的是")
    others = [part for one in rest for part in (Statement("；"), one)]
    results = tuple(result for *_, result in told)
    return Composition((lead, first, *others, Statement("。")), results)


def _rate(pair: Sequence[Figure]) -> Calculation | None:
    part, whole = map(term, pair)
    if not whole.value:
        return None
    try:
        return rate(part, whole)
    except UnitMismatch:
        return None
