"""Answers to “do the parts add up”: totals against their parts (加总核对)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from assistant.answering.consistency import belonging, of_term
from assistant.answering.context import AnswerContext
from assistant.audit.rounding import slack
from assistant.audit.score_checks import score_sum
from assistant.audit.sum_checks import SumCheck, add_up, column_parts, item, sentence_parts
from assistant.grounding.calculations import Term, UnitMismatch, difference, term, total
from assistant.grounding.citations import Statement, of_figure
from assistant.grounding.composition import Composition
from assistant.language.numbers import plain
from assistant.language.wording import quoted, value
from assistant.types import Calculation, Dimension, Evidence, QueryPlan
from ingest.types.facts import Figure

MAX_COLUMNS_SHOWN = 4
"""Maximum number of columns of a table in an answer; what does not add up comes first."""


class PartSums:
    """Adds up what documents print as parts, and compares with what they print as the total."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording
        self._rules_of = context.rules.local
        self._words = context.rules.vocabulary

    def parts(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A total and what it is made of, and whether the parts add up to it."""
        match = next((m for m in evidence.matches if m.figures), None)
        if match is None:
            return None
        whole = match.figures[0]
        parts = sentence_parts(whole, evidence.figures)
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
        match = next((m for m in evidence.matches if m.found), None)
        if match is None:
            return None
        rules = self._rules_of(match.department, match.year)
        formulas = rules.formulas
        wanted = next((t for t in plan.terms if "minuend" in formulas.get(t, {})), "")
        if not wanted:
            return None
        own = belonging(evidence.figures, match, plan)
        reported = of_term(own, wanted)
        a = of_term(own, formulas[wanted]["minuend"])
        b = of_term(own, formulas[wanted]["subtrahend"])
        if reported is None or a is None or b is None:
            return None
        made = difference(term(a), term(b))
        allowed = slack([reported, a, b], made.unit, least=rules.amount_tolerance)
        agree = abs(reported.quantity.values[0] - made.result) <= allowed
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

    # -- rows of a table of funds ------------------------------------------------------------------

    def columns(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """Each column of a table of funds: do its rows make up the row of totals?"""
        checked = [
            made
            for whole, parts in self._column_sums(evidence.figures, plan)
            if (made := add_up(whole, parts, self._tolerance(whole))) is not None
        ]
        if not checked:
            return None
        wrong = [made for made in checked if not made.agrees]
        out: list[Statement] = []
        calculations: list[Calculation] = []
        for made in (wrong or checked)[:MAX_COLUMNS_SHOWN]:
            out += self._column(made)
            calculations.append(made.calculation)
            for part, should in () if made.agrees else made.if_total_holds():
                out.append(
                    Statement(
                        f"如合计无误，{item(part, made.whole)}应为{plain(should.result)}"
                        f"{should.unit}（{should.formula}）。"
                    )
                )
                calculations.append(should)
        return Composition(tuple(out), tuple(calculations))

    def _tolerance(self, whole: Figure) -> Decimal:
        return self._rules_of(whole.department, whole.year).amount_tolerance

    def _column(self, made: SumCheck) -> list[Statement]:
        whole = made.whole
        who = self._wording.who(whole.department, whole.year)
        lead = f"{who}{quoted(whole.task)}" if whole.task else who
        names = "、".join(f"{item(part, whole)}{value(part.quantity)}" for part in made.parts)
        verdict = "与所填数一致" if made.agrees else "与所填数不一致，建议核实"
        return [
            Statement(f"{lead}{whole.subject}为{value(whole.quantity)}", (of_figure(whole),)),
            Statement(f"，分项为{names}", tuple(of_figure(part) for part in made.parts)),
            Statement(f"，相加{made.calculation.formula}，{verdict}。"),
        ]

    def _column_sums(
        self, figures: Sequence[Figure], plan: QueryPlan
    ) -> Iterator[tuple[Figure, list[Figure]]]:
        """Totals with those parts of their column that the question asks for."""
        named = [name for name in plan.subjects if not self._words.totals.match(name)]
        for whole in figures:
            own = column_parts(whole, figures, self._words.totals)
            of_tasks = [f for f in own if f.task and f.task != whole.task]
            if len(named) > 1:
                own = [f for f in own if any(f.subject.startswith(name) for name in named)]
            elif plan.summed_over is Dimension.TASK or (of_tasks and not whole.task):
                own = of_tasks
            if len(own) >= 2:
                yield whole, own

    def scores(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A project's total score against the scores of its rows."""
        figures = [f for f in evidence.figures if f.task]
        if plan.sections:
            own = {f.task for m in evidence.matches for f in m.figures if f.task}
            figures = [f for f in figures if f.task in own]
        tasks = dict.fromkeys(f.task for f in figures)
        found = (score_sum(figures, self._words.score_totals, task) for task in tasks)
        made = next((m for m in found if m is not None), None)
        if made is None:
            return None
        whole = made.whole
        tolerance = self._rules_of(whole.department, whole.year).score_tolerance
        who = self._wording.who(whole.department, whole.year)
        verdict = "两者一致。" if abs(made.gap) <= tolerance else "两者不一致，建议核实。"
        return Composition(
            (
                Statement(
                    f"{who}{quoted(whole.task)}自评总分填报为{value(whole.quantity)}",
                    (of_figure(whole),),
                ),
                Statement(
                    f"，各项得分合计{plain(made.calculation.result)}分（{made.calculation.formula}）",
                    tuple(of_figure(part) for part in made.parts),
                ),
                Statement(f"，{verdict}"),
            ),
            (made.calculation,),
        )


def _short(part: Figure, whole: Figure) -> str:
    """A part's name without the time it shares with the total's (2022年起每年)."""
    a, b = part.subject, whole.subject
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(b))
    cut = a[:shared].rfind("年") + 1
    return a[cut:] if len(a) - cut >= 2 else a
