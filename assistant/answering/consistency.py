"""Answers on consistency: both numbers, their sources and the verdict (核对).

A check states 一致 or 不一致 of the numbers compared, with the formula; it never approves a form.
"""

from collections.abc import Sequence

from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.audit.dossier import account, is_money
from assistant.audit.rates import RateCheck, recompute
from assistant.grounding.calculations import Term, UnitMismatch, rate
from assistant.grounding.citations import Statement, of_figure
from assistant.grounding.composition import Composition
from assistant.grounding.printed_values import PrintedValue, PrintedValues, sheet
from assistant.language.numbers import base, plain
from assistant.language.wording import ROLE_NAMES, goal, quoted, value
from assistant.types import Calculation, Evidence, Match, QueryPlan, RateKind
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Role

MAX_PLACES_CITED = 4
"""Maximum number of places cited for one value."""


class ConsistencyAnswers:
    """Recomputes printed values and compares the results with them."""

    def __init__(self, context: AnswerContext, lookups: Lookups) -> None:
        self._wording = context.wording
        self._lookups = lookups
        self._form = context.form
        self._rules_of = context.rules.local

    # -- rates -------------------------------------------------------------------------------------

    def rate(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A rate recomputed by its formula from the printed amounts, against the reported rate."""
        match = next((m for m in evidence.matches if m.found), None)
        if match is None:
            return None
        formulas = self._rules_of(match.department, match.year).formulas
        term_name = next((t for t in plan.terms if "numerator" in formulas.get(t, {})), "")
        if not term_name:
            return self._achieved(match) if plan.focus is RateKind.ACHIEVED else None
        figures = belonging(evidence.figures, match, plan)
        # Values of the leading document only: other documents may differ (see `across`).
        amounts = {f.concept: f for f in reversed(figures) if f.concept and is_money(f)}
        pool = account(list(amounts.values())[::-1])
        reported = of_term(figures, term_name)
        rate_check = recompute(term_name, pool, formulas, reported=reported, amounts=figures)
        if rate_check is None:
            return None
        who = self._wording.who(match.department, match.year)
        first = rate_check.bases[0]
        statements = [
            Statement(f"按{first.top.name}", tuple(map(of_figure, first.top.figures))),
            Statement(f"除以{first.bottom.name}", tuple(map(of_figure, first.bottom.figures))),
            Statement(
                f"计算，{who}{term_name}应为{plain(first.calculation.result)}%（{first.calculation.formula}）。"
            ),
        ]
        calculations = [first.calculation]
        if reported is not None:
            sentence = f"填报的{reported.subject}为{value(reported.quantity)}"
            statements.append(Statement(sentence, (of_figure(reported),)))
            statements.append(
                Statement("，两者一致。" if first.agrees else "，两者不一致，建议核实。")
            )
            if not first.agrees:
                others = self._other_formulas(rate_check)
                statements += [statement for statement, _ in others]
                calculations += [calculation for _, calculation in others if calculation]
        return Composition(tuple(statements), tuple(calculations))

    def _other_formulas(self, rate_check: RateCheck) -> list[tuple[Statement, Calculation | None]]:
        """The other admissible formulas, and the amounts that were probably used by mistake."""
        pairs: list[tuple[Statement, Calculation | None]] = []
        for basis in rate_check.bases[1:]:
            text = (
                f"如以{basis.top.name}除以{basis.bottom.name}，则为{plain(basis.calculation.result)}%"
                f"（{basis.calculation.formula}）"
            )
            pairs.append((Statement(text, tuple(map(of_figure, basis.figures))), basis.calculation))
            pairs.append((Statement("。"), None))
        if rate_check.slip is not None:
            slip = rate_check.slip
            text = (
                f"填报数恰等于{slip.top.name}除以{slip.bottom.name}（{slip.calculation.formula}），"
                "疑似取数有误"
            )
            pairs.append((Statement(text, tuple(map(of_figure, slip.figures))), slip.calculation))
            pairs.append((Statement("。"), None))
        return pairs

    def _achieved(self, match: Match) -> Composition | None:
        """How much of an indicator's target was reached: actual ÷ target."""
        printed = sheet(match)
        actual, target = printed.first(Role.ACTUAL), printed.first(Role.TARGET)
        if actual is None or target is None or not actual.quantity.values:
            return None
        if not target.quantity.values:
            return None
        try:
            calculation = rate(_as_term(actual), _as_term(target))
        except UnitMismatch:
            return None
        who = self._wording.who(match.department, match.year)
        return Composition(
            (
                Statement(
                    f"{who}{quoted(match.subject)}实际完成{value(actual.quantity)}",
                    printed.agreeing(Role.ACTUAL),
                ),
                Statement(f"，目标为{goal(target.quantity)}", printed.agreeing(Role.TARGET)),
                Statement(f"，目标完成率为{calculation.result}%（{calculation.formula}）。"),
            ),
            (calculation,),
        )

    # -- one document against another --------------------------------------------------------------

    def across(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The same value in the documents named, or in all: equal or not."""
        match = next((m for m in evidence.matches if m.found), None)
        if match is None:
            return None
        printed = sheet(match)
        role = next(
            (r for r in (*plan.roles, Role.ACTUAL, *printed.printings) if printed.first(r)), None
        )
        if role is None:
            return None
        by_form: dict[Form, list[PrintedValue]] = {}
        for printing in printed.printings[role]:
            by_form.setdefault(self._form(printing.source.document_id), []).append(printing)
        shown = [form for form in by_form if not plan.forms or form in plan.forms] or list(by_form)
        if len(shown) < 2:
            return self._within(printed, role)
        who = self._wording.who(match.department, match.year)
        statements: list[Statement] = [
            Statement(f"{who}{quoted(match.subject)}的{ROLE_NAMES.get(role, '数值')}：")
        ]
        values = set()
        for number, form in enumerate(shown):
            printing = by_form[form][0]
            lead = "，" if number else ""
            statements.append(
                Statement(f"{lead}{form.value}为{goal(printing.quantity)}", (printing.source,))
            )
            values.add(tuple(base(v, printing.quantity.unit) for v in printing.quantity.values))
        verdict = "，两者一致。" if len(values) == 1 else "，两者不一致，建议核实。"
        return Composition((*statements, Statement(verdict)))

    def _within(self, printed: PrintedValues, role: Role) -> Composition | None:
        """The same value in several places of one kind of form: equal everywhere or not."""
        printings = printed.printings[role]
        if len(printings) < 2 or printed.differing(role):
            return None
        match = printed.match
        who = self._wording.who(match.department, match.year)
        reported_value = goal(printings[0].quantity)
        sources = tuple(dict.fromkeys(printing.source for printing in printings))[:MAX_PLACES_CITED]
        label = ROLE_NAMES.get(role, "数值")
        return Composition(
            (
                Statement(f"{who}{quoted(match.subject)}的{label}均为{reported_value}", sources),
                Statement("，各处填写一致。"),
            )
        )

    def units(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """Amounts with the same digits in two money units, one of which is probably wrong."""
        for match in evidence.matches:
            amounts = [f for f in match.figures if f.quantity.unit.endswith("元")]
            for one in amounts:
                digits = one.quantity.values[0]
                other = next(
                    (
                        f
                        for f in amounts
                        if f.quantity.values[0] == digits and f.quantity.unit != one.quantity.unit
                    ),
                    None,
                )
                if other is not None:
                    small, large = sorted(
                        (one, other), key=lambda f: base(digits, f.quantity.unit)[0]
                    )
                    who = self._wording.who(match.department, match.year)
                    task = quoted(one.task) if one.task else ""
                    return Composition(
                        (
                            Statement(
                                f"{who}{task}{match.subject}有一处写作{value(small.quantity)}",
                                (of_figure(small),),
                            ),
                            Statement(f"，另一处为{value(large.quantity)}", (of_figure(large),)),
                            Statement("，两处数字相同而单位不一致，疑似单位写错，建议核实。"),
                        )
                    )
        return None


def of_term(figures: Sequence[Figure], concept: str) -> Figure | None:
    """The first figure of a budget term."""
    return next((f for f in figures if f.concept == concept and f.quantity.values), None)


def belonging(figures: Sequence[Figure], match: Match, plan: QueryPlan) -> list[Figure]:
    """The figures comparable with the match: of its task if one is named, its document first."""
    task = match.figures[0].task if match.figures and plan.sections else ""
    lead = match.figures[0].document_id if match.figures else ""
    task_figures = [f for f in figures if f.task == task]
    return sorted(task_figures, key=lambda f: f.document_id != lead)


def _as_term(printing: PrintedValue) -> Term:
    quantity = printing.quantity
    return Term(quantity.values[0], quantity.unit, next(iter(printing.source.figure_ids), ""))
