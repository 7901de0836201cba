"""Answers on indicators that improved or worsened from one year to the next (进步与退步)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.aggregates import MAX_LINES_LISTED, Aggregates
from assistant.answering.context import AnswerContext
from assistant.assessment.status import direction
from assistant.grounding.calculations import Term, UnitMismatch, count, difference
from assistant.grounding.citations import Statement
from assistant.grounding.composition import Composition, refuse
from assistant.grounding.printed_values import PrintedValue, source_of
from assistant.language.numbers import plain
from assistant.language.wording import value
from assistant.types import Calculation, Evidence, QueryPlan, Trend
from ingest.types.facts import Figure, Indicator, Role

_TREND_WORDS: Mapping[Trend | None, str] = {
    Trend.BETTER: "好转",
    Trend.WORSE: "退步",
    None: "有变化",
}


@dataclass(frozen=True, slots=True)
class _Move:
    """One indicator in two years: `better` is 1 if it improved, -1 if it worsened, else 0."""

    name: str
    before: PrintedValue
    after: PrintedValue
    calculation: Calculation
    better: int


class YearOnYear:
    """Compares each indicator with its value of the year before."""

    def __init__(self, context: AnswerContext, groups: Aggregates) -> None:
        self._wording = context.wording
        self._rules = context.rules.status
        self._groups = groups

    def compose(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """The indicators that changed as asked, each with both values and the difference."""
        rows = [item.indicator for item in self._groups.judged(evidence)]
        years = sorted({row.year for row in rows if row.year})
        if len(years) != 2 or len({row.department for row in rows}) != 1:
            return refuse("资料中没有同一部门前后两年的绩效指标，无法比较。")
        who = self._wording.department(rows[0].department)
        moves = list(self._moves(rows, years, evidence.figures))
        if not moves:
            return refuse(f"{who}{years[0]}年和{years[1]}年没有可以比较的同名绩效指标。")
        wanted = {Trend.BETTER: 1, Trend.WORSE: -1}[plan.trend] if plan.trend else None
        selection = [m for m in moves if m.better == wanted or (wanted is None and m.better)]
        trend_word = _TREND_WORDS[plan.trend]
        counts = (
            count(f"{years[0]}年和{years[1]}年都有实际完成值的指标", [m.name for m in moves]),
            count(f"比上年{trend_word}的指标", [m.name for m in selection]),
        )
        statements = [
            Statement(
                f"{who}{years[1]}年与{years[0]}年都有实际完成值的绩效指标共{len(moves)}个，"
                f"{trend_word}的有{len(selection)}个{'：' if selection else '。'}\n"
            )
        ]
        for number, move in enumerate(selection[:MAX_LINES_LISTED], 1):
            statements += self._line(number, move, years)
        return Composition(
            tuple(statements),
            (*(move.calculation for move in selection[:MAX_LINES_LISTED]), *counts),
        )

    def _line(self, number: int, move: _Move, years: Sequence[int]) -> list[Statement]:
        word = "上升" if move.calculation.result > 0 else "下降"
        gap = f"{plain(abs(move.calculation.result))}{move.calculation.unit}"
        sentence = f"{number}. {move.name}：{years[0]}年为{value(move.before.quantity)}"
        return [
            Statement(sentence, (move.before.source,)),
            Statement(f"，{years[1]}年为{value(move.after.quantity)}", (move.after.source,)),
            Statement(f"，{word}{gap}（{move.calculation.formula}）。\n"),
        ]

    def _moves(
        self, rows: Sequence[Indicator], years: Sequence[int], figures: Sequence[Figure]
    ) -> list[_Move]:
        by_name: dict[str, dict[int, Indicator]] = {}
        for row in rows:
            if row.year and row.actual is not None and len(row.actual.values) == 1:
                by_name.setdefault("".join(row.name.split()), {})[row.year] = row
        moves = []
        for by_year in by_name.values():
            if len(by_year) == len(years):
                move = self._move(by_year[years[0]], by_year[years[1]], figures)
                moves += [move] if move else []
        return moves

    def _move(self, before: Indicator, after: Indicator, figures: Sequence[Figure]) -> _Move | None:
        old, new = _printing(before, figures), _printing(after, figures)
        if old is None or new is None:
            return None
        try:
            calculation = difference(_term(new), _term(old))
        except UnitMismatch:
            return None
        sign = (calculation.result > 0) - (calculation.result < 0)
        better = sign * direction(after, self._rules)
        return _Move(after.name.strip(), old, new, calculation, better)


def _printing(row: Indicator, figures: Sequence[Figure]) -> PrintedValue | None:
    if row.actual is None:
        return None
    row_figures = [figure for figure in figures if figure.id in row.figure_ids]
    return PrintedValue(row.actual, source_of(row, row_figures, Role.ACTUAL, row.actual))


def _term(printing: PrintedValue) -> Term:
    quantity = printing.quantity
    return Term(quantity.values[0], quantity.unit, next(iter(printing.source.figure_ids), ""))
