"""Answers to “does it add up”: both numbers, the verdict, the place (核对).

A check never passes a form: it says 一致 or 不一致 about the numbers at hand, with the formula.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any

from assistant.citations import Source, Statement, of_figure
from assistant.compute import Term, UnitMismatch, rate, term
from assistant.lookups import Composition, Lookups, Printing, Sheet, sheet
from assistant.numbers import base, plain
from assistant.types import Calculation, Evidence, Match, QueryPlan
from assistant.wording import ROLE_NAMES, Wording, goal, quoted, value
from ingest.types import DocumentRecord, Figure, Form, Role

SHOWN = 4
"""So many places of one value are cited."""
CLOSE = Decimal("0.011")
"""A recomputed rate or amount may differ from a printed one by rounding."""


class Checks:
    """Recomputes what a document prints and compares."""

    def __init__(
        self,
        wording: Wording,
        lookups: Lookups,
        documents: Mapping[str, DocumentRecord],
        formulas: Mapping[str, Any],
    ) -> None:
        self._wording = wording
        self._lookups = lookups
        self._documents = documents
        self._formulas = formulas

    # -- rates -------------------------------------------------------------------------------------

    def rate(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A rate by its formula, from the printed numbers, beside what is reported."""
        wanted = next((t for t in plan.terms if "numerator" in self._formulas.get(t, {})), "")
        match = next((m for m in evidence.matches if m.found), None)
        if match is None:
            return None
        if not wanted:
            return self._achieved(match) if plan.group == "achieved" else None
        formula = self._formulas[wanted]
        own = belonging(evidence.figures, match, plan)
        top = of_term(own, formula["numerator"])
        if top is None:
            return None
        results = self._rates(top, own, formula, wanted)
        if not results:
            return None
        who = self._wording.who(match.department, match.year)
        first, bottom = results[0]
        out = [
            Statement(f"按{top.subject}", (of_figure(top),)),
            Statement(f"除以{bottom.subject}", (of_figure(bottom),)),
            Statement(f"计算，{who}{wanted}应为{plain(first.result)}%（{first.formula}）。"),
        ]
        reported = of_term(own, wanted)
        calculations = [first]
        if reported is not None:
            out += self._against(reported, first, own)
            if abs(abs(reported.quantity.values[0]) - abs(first.result)) > CLOSE:
                for other, base_figure in results[1:]:
                    out.append(
                        Statement(
                            f"如以{base_figure.subject}为分母，则为{plain(other.result)}%"
                            f"（{other.formula}）",
                            (of_figure(base_figure),),
                        )
                    )
                    out.append(Statement("。"))
                    calculations.append(other)
                slip = self._slip(reported, own, {c.formula for c in calculations})
                if slip:
                    out += slip[0]
                    calculations.append(slip[1])
        return Composition(tuple(out), tuple(calculations))

    def _rates(
        self, top: Figure, own: Sequence[Figure], formula: Mapping[str, Any], wanted: str
    ) -> list[tuple[Calculation, Figure]]:
        found = []
        for name in formula["denominators"]:
            bottom = of_term(own, name)
            if bottom is not None:
                try:
                    made = rate(term(top), term(bottom))
                except UnitMismatch:
                    continue
                found.append((made, bottom))
        return found

    def _against(
        self, reported: Figure, made: Calculation, own: Sequence[Figure]
    ) -> list[Statement]:
        printed = reported.quantity.values[0]
        said = value(reported.quantity)
        if abs(abs(printed) - abs(made.result)) <= CLOSE:
            return [Statement(f"填报的{reported.subject}为{said}", (of_figure(reported),)),
                    Statement("，两者一致。")]  # fmt: skip
        return [Statement(f"填报的{reported.subject}为{said}", (of_figure(reported),)),
                Statement("，两者不一致，建议核实。")]  # fmt: skip

    def _slip(
        self, reported: Figure, own: Sequence[Figure], known: set[str]
    ) -> tuple[list[Statement], Calculation] | None:
        """Two other amounts of the form whose ratio is the reported rate: the likely slip."""
        amounts = {f.subject: f for f in own if f.quantity.unit.endswith("元")}
        for a, b in permutations(amounts.values(), 2):
            try:
                made = rate(term(a), term(b))
            except UnitMismatch:
                continue
            if made.formula not in known and made.result == reported.quantity.values[0]:
                text = f"填报数恰等于{a.subject}除以{b.subject}（{made.formula}），疑似取数有误"
                return [Statement(text, (of_figure(a), of_figure(b))), Statement("。")], made
        return None

    def _achieved(self, match: Match) -> Composition | None:
        """How much of an indicator's target was reached: actual ÷ target."""
        found = sheet(match)
        actual, target = found.first(Role.ACTUAL), found.first(Role.TARGET)
        if actual is None or target is None or not actual.quantity.values:
            return None
        if not target.quantity.values:
            return None
        try:
            made = rate(_as_term(actual), _as_term(target))
        except UnitMismatch:
            return None
        who = self._wording.who(match.department, match.year)
        return Composition(
            (
                Statement(
                    f"{who}{quoted(match.subject)}实际完成{value(actual.quantity)}",
                    found.agreeing(Role.ACTUAL),
                ),
                Statement(f"，目标为{goal(target.quantity)}", found.agreeing(Role.TARGET)),
                Statement(f"，目标完成率为{made.result}%（{made.formula}）。"),
            ),
            (made,),
        )

    # -- one document against another --------------------------------------------------------------

    def across(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The same value in the documents named, or in all: equal or not."""
        match = next((m for m in evidence.matches if m.found), None)
        if match is None:
            return None
        found = sheet(match)
        role = next(
            (r for r in (*plan.roles, Role.ACTUAL, *found.printings) if found.first(r)), None
        )
        if role is None:
            return None
        by_form: dict[Form, list[Printing]] = {}
        for printing in found.printings[role]:
            by_form.setdefault(self._form(printing.source), []).append(printing)
        shown = [form for form in by_form if not plan.forms or form in plan.forms] or list(by_form)
        if len(shown) < 2:
            return self._within(found, role)
        who = self._wording.who(match.department, match.year)
        out: list[Statement] = [
            Statement(f"{who}{quoted(match.subject)}的{ROLE_NAMES.get(role, '数值')}：")
        ]
        values = set()
        for number, form in enumerate(shown):
            printing = by_form[form][0]
            lead = "，" if number else ""
            out.append(
                Statement(f"{lead}{form.value}为{goal(printing.quantity)}", (printing.source,))
            )
            values.add(tuple(base(v, printing.quantity.unit) for v in printing.quantity.values))
        verdict = "，两者一致。" if len(values) == 1 else "，两者不一致，建议核实。"
        return Composition((*out, Statement(verdict)))

    def _within(self, found: Sheet, role: Role) -> Composition | None:
        """The same value in several places of one kind of form: equal everywhere or not."""
        printings = found.printings[role]
        if len(printings) < 2 or found.differing(role):
            return None
        match = found.match
        who = self._wording.who(match.department, match.year)
        said = goal(printings[0].quantity)
        sources = tuple(dict.fromkeys(printing.source for printing in printings))[:SHOWN]
        label = ROLE_NAMES.get(role, "数值")
        return Composition(
            (
                Statement(f"{who}{quoted(match.subject)}的{label}均为{said}", sources),
                Statement("，各处填写一致。"),
            )
        )

    def units(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The same digits in another money unit: one of the two units is a slip."""
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

    def _form(self, source: Source) -> Form:
        record = self._documents.get(source.document_id)
        return record.form if record else Form.UNKNOWN


def of_term(figures: Sequence[Figure], concept: str) -> Figure | None:
    """The first figure of a budget term."""
    return next((f for f in figures if f.concept == concept and f.quantity.values), None)


def belonging(figures: Sequence[Figure], match: Match, plan: QueryPlan) -> list[Figure]:
    """The figures that belong together: of one task if one is named, and one document first."""
    task = match.figures[0].task if match.figures and plan.sections else ""
    lead = match.figures[0].document_id if match.figures else ""
    own = [f for f in figures if f.task == task]
    return sorted(own, key=lambda f: f.document_id != lead)


def _as_term(printing: Printing) -> Term:
    quantity = printing.quantity
    return Term(quantity.values[0], quantity.unit, next(iter(printing.source.figure_ids), ""))
