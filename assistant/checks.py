"""Answers to “does it add up”: both numbers, the verdict, the place (核对).

A check never passes a form: it says 一致 or 不一致 about the numbers at hand, with the formula.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any

from assistant.citations import Source, Statement, of_figure
from assistant.compute import Term, UnitMismatch, difference, rate, term, total
from assistant.lookups import Composition, Lookups, Printing, sheet
from assistant.numbers import base, plain
from assistant.types import Calculation, Evidence, Match, QueryPlan
from assistant.wording import ROLE_NAMES, Wording, goal, quoted, value
from ingest.types import DocumentRecord, Figure, Form, Role

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
            return self._achieved(plan, match)
        formula = self._formulas[wanted]
        own = _whole(evidence.figures, match, plan)
        top = _figure(own, formula["numerator"])
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
        reported = _figure(own, wanted)
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
            bottom = _figure(own, name)
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

    def _achieved(self, plan: QueryPlan, match: Match) -> Composition | None:
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

    # -- sums and differences ----------------------------------------------------------------------

    def parts(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A total and what it is made of, and whether the parts add up to it."""
        match = next((m for m in evidence.matches if m.figures), None)
        if match is None:
            return None
        whole = match.figures[0]
        parts = _parts_of(whole, evidence.figures)
        if len(parts) < 2:
            return None
        try:
            made = total([term(part) for part in parts])
            gap = difference(term(whole), Term(made.result, made.unit))
        except UnitMismatch:
            return None
        who = self._wording.who(match.department, match.year)
        label = (
            whole.subject
            if not whole.task or whole.task in whole.subject
            else (f"{quoted(whole.task)}{whole.subject}")
        )
        out = [Statement(f"{who}{label}为{value(whole.quantity)}", (of_figure(whole),))]
        for number, part in enumerate(parts):
            lead = "，其中" if number == 0 else "、"
            out.append(Statement(f"{lead}{_short(part, whole)}{value(part.quantity)}"))
        out[-1] = Statement(out[-1].text, tuple(of_figure(p) for p in parts))
        if gap.result == 0:
            out.append(Statement(f"。各项相加{made.formula}，与总数一致。"))
            return Composition(tuple(out), (made,))
        out.append(
            Statement(
                f"。各项相加{made.formula}，与总数不一致，相差{plain(abs(gap.result))}{gap.unit}"
                f"（{gap.formula}），建议核实。"
            )
        )
        return Composition(tuple(out), (made, gap))

    def subtraction(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """An amount that should be one amount less another (年度调整额)."""
        wanted = next((t for t in plan.terms if "minuend" in self._formulas.get(t, {})), "")
        match = next((m for m in evidence.matches if m.found), None)
        if not wanted or match is None:
            return None
        own = _whole(evidence.figures, match, plan)
        reported = _figure(own, wanted)
        a = _figure(own, self._formulas[wanted]["minuend"])
        b = _figure(own, self._formulas[wanted]["subtrahend"])
        if reported is None or a is None or b is None:
            return None
        made = difference(term(a), term(b))
        agree = abs(reported.quantity.values[0] - made.result) <= CLOSE
        verdict = "两者一致。" if agree else "两者不一致，建议核实。"
        who = self._wording.who(match.department, match.year)
        return Composition(
            (
                Statement(
                    f"{who}填报的{reported.subject}为{value(reported.quantity)}",
                    (of_figure(reported),),
                ),
                Statement(f"；{a.subject}为{value(a.quantity)}", (of_figure(a),)),
                Statement(f"，{b.subject}为{value(b.quantity)}", (of_figure(b),)),
                Statement(f"，相减为{plain(made.result)}{made.unit}（{made.formula}），{verdict}"),
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
            return None
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

    def _form(self, source: Source) -> Form:
        record = self._documents.get(source.document_id)
        return record.form if record else Form.UNKNOWN


def _figure(figures: Sequence[Figure], concept: str) -> Figure | None:
    return next((f for f in figures if f.concept == concept and f.quantity.values), None)


def _whole(figures: Sequence[Figure], match: Match, plan: QueryPlan) -> list[Figure]:
    """The figures that belong together: of one task if one is named, and one document first."""
    task = match.figures[0].task if match.figures and plan.sections else ""
    lead = match.figures[0].document_id if match.figures else ""
    own = [f for f in figures if f.task == task]
    return sorted(own, key=lambda f: f.document_id != lead)


def _as_term(printing: Printing) -> Term:
    quantity = printing.quantity
    return Term(quantity.values[0], quantity.unit, next(iter(printing.source.figure_ids), ""))


def _parts_of(whole: Figure, figures: Sequence[Figure]) -> list[Figure]:
    """The figures after a total in the same words, up to where they make it up.

    Without a sum that fits, those up to the next total.
    """
    same = [
        f
        for f in figures
        if f.document_id == whole.document_id
        and f.quote == whole.quote
        and f.role is whole.role
        and f.quantity.unit == whole.quantity.unit
    ]
    if whole not in same:
        return []
    after = same[same.index(whole) + 1 :]
    wanted, run = whole.quantity.values[0], Decimal(0)
    for number, part in enumerate(after, 1):
        run += part.quantity.values[0]
        if run == wanted:
            return after[:number]
    return after


def _short(part: Figure, whole: Figure) -> str:
    """A part's name without the words it shares with the total's (2022年起每年)."""
    a, b = part.subject, whole.subject
    shared = 0
    while shared < min(len(a), len(b)) - 1 and a[shared] == b[shared]:
        shared += 1
    return a[shared:] if shared >= 4 and len(a) - shared >= 2 and "年" in a[:shared] else a
