"""Answers that set one value against another: difference, growth, share, gap to target (比较)."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.aggregates import main_printing
from assistant.answering.context import AnswerContext
from assistant.grounding.calculations import Term, UnitMismatch, difference, growth, rate
from assistant.grounding.citations import Statement
from assistant.grounding.composition import Composition, refuse
from assistant.grounding.printed_values import PrintedValue, sheet
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Match, QueryPlan
from ingest.language.years import leading_year
from ingest.types.facts import Role

_COMPARED = (Role.ACTUAL, Role.SPENT, Role.RATE)
"""Roles that values are compared in, in this order, where the question names none."""


class Comparisons:
    """Words two values and their difference or ratio, with the formula."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording

    def difference(self, plan: QueryPlan, matches: Sequence[Match]) -> Composition | None:
        """One value against another: two departments, two years, or two budget terms."""
        pairs = _alike(plan, matches)
        if len(pairs) == 1:
            return self._gap_to_target(pairs[0][0])
        if len(pairs) < 2:
            return None
        (a, one), (b, other) = pairs[:2]
        if a.year and b.year and a.department == b.department and a.year != b.year:
            (a, one), (b, other) = sorted(pairs[:2], key=lambda pair: -(pair[0].year or 0))
        left = Term(one.quantity.values[0], one.quantity.unit, term_id(one))
        right = Term(other.quantity.values[0], other.quantity.unit, term_id(other))
        try:
            result = difference(left, right)
            shown = difference(right, left) if result.result < 0 else result
        except UnitMismatch as error:
            return refuse(str(error))
        gap = f"{plain(shown.result)}{shown.unit}"
        statements = [
            Statement(f"{self._label(a, plan)}为{value(one.quantity)}", (one.source,)),
            Statement(f"，{self._label(b, plan)}为{value(other.quantity)}", (other.source,)),
        ]
        statements.append(Statement(f"，{self._gap(a, b, result, gap)}（{shown.formula}）。"))
        return Composition(tuple(statements), (shown,))

    def _gap_to_target(self, match: Match) -> Composition | None:
        """How far an indicator stands from its own target."""
        printed = sheet(match)
        actual, target = printed.first(Role.ACTUAL), printed.first(Role.TARGET)
        if not (actual and target and actual.quantity.values and target.quantity.values):
            return None
        try:
            calculation = difference(
                Term(target.quantity.values[0], target.quantity.unit, term_id(target)),
                Term(actual.quantity.values[0], actual.quantity.unit, term_id(actual)),
            )
        except UnitMismatch:
            return None
        who = self._wording.who(match.department, match.year)
        gap = f"{plain(abs(calculation.result))}{calculation.unit}"
        if calculation.result == 0:
            gap = "0"
        return Composition(
            (
                Statement(
                    f"{who}{quoted(match.subject)}目标为{goal(target.quantity)}",
                    printed.agreeing(Role.TARGET),
                ),
                Statement(f"，实际完成{value(actual.quantity)}", printed.agreeing(Role.ACTUAL)),
                Statement(f"，与目标相差{gap}（{calculation.formula}）。"),
            ),
            (calculation,),
        )

    def share(self, plan: QueryPlan, matches: Sequence[Match]) -> Composition | None:
        """One value as a part of another, in the order the question names them."""
        pairs = [(match, p) for match in matches if (p := main_printing(plan, match)) is not None]
        if len(pairs) != 2:
            return None
        (part, one), (whole, other) = pairs
        try:
            calculation = rate(
                Term(one.quantity.values[0], one.quantity.unit, term_id(one)),
                Term(other.quantity.values[0], other.quantity.unit, term_id(other)),
            )
        except UnitMismatch:
            return None
        return Composition(
            (
                Statement(f"{self._label(part, plan)}为{value(one.quantity)}", (one.source,)),
                Statement(
                    f"，{self._label(whole, plan)}为{value(other.quantity)}", (other.source,)
                ),
                Statement(f"，占比为{calculation.result}%（{calculation.formula}）。"),
            ),
            (calculation,),
        )

    def growth(self, plan: QueryPlan, matches: Sequence[Match]) -> Composition | None:
        """A value against the year before, in percent."""
        pairs = _alike(plan, matches)
        if len(pairs) != 2:
            return None
        (now, one), (before, other) = sorted(pairs, key=lambda pair: -(pair[0].year or 0))
        left = Term(one.quantity.values[0], one.quantity.unit, term_id(one))
        right = Term(other.quantity.values[0], other.quantity.unit, term_id(other))
        try:
            calculation = growth(left, right)
        except UnitMismatch:
            return None
        word = "增长" if calculation.result >= 0 else "下降"
        return Composition(
            (
                Statement(f"{self._label(now, plan)}为{value(one.quantity)}", (one.source,)),
                Statement(f"，{before.year}年为{value(other.quantity)}", (other.source,)),
                Statement(
                    f"，同比{word}{plain(abs(calculation.result))}%（{calculation.formula}）。"
                ),
            ),
            (calculation,),
        )

    def _label(self, match: Match, plan: QueryPlan) -> str:
        figure = match.figures[0] if match.figures else None
        subject = figure.subject if figure and not match.indicators else quoted(match.subject)
        year = None if leading_year(subject) else match.year
        return f"{self._wording.who(match.department, year)}{subject}"

    def _gap(self, a: Match, b: Match, result: Calculation, gap: str) -> str:
        if result.result == 0:
            return "两者相同"
        more = result.result > 0
        if a.department != b.department:
            winner = a if more else b
            return f"{self._wording.department(winner.department)}更高，相差{gap}"
        if a.year != b.year:
            return f"{a.year}年比{b.year}年{'增加' if more else '减少'}{gap}"
        first, second = (a, b)
        one = first.figures[0].subject if first.figures else first.subject
        two = second.figures[0].subject if second.figures else second.subject
        return f"{one}比{two}{'多' if more else '少'}{gap}"


def _alike(plan: QueryPlan, matches: Sequence[Match]) -> list[tuple[Match, PrintedValue]]:
    """The value of each match, all in one role where possible: 决算 with 决算, not with 预算."""
    reported = [match for match in matches if match.found]
    roles = [set(sheet(match).printings) for match in reported]
    shared = set.intersection(*roles) if roles else set()
    if not plan.roles and len(reported) > 1:
        role = next((role for role in (*_COMPARED, *sorted(shared)) if role in shared), None)
        if role is None and len({match.year for match in reported}) > 1:
            return []  # a planned amount of one year is not comparable with a spent one of another
        plan = replace(plan, roles=(role,)) if role else plan
    return [(match, p) for match in reported if (p := main_printing(plan, match)) is not None]


def term_id(printing: PrintedValue) -> str:
    """The id of the figure that a printed value comes from, as input of a formula; "" if none."""
    return next(iter(printing.source.figure_ids), "")
