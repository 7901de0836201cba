"""Answers on whether parts add up to their totals (加总核对)."""

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
"""Maximum number of table columns in an answer; those that do not add up come first."""


class PartSums:
    """Adds up the parts that documents print, and compares the sum with the printed total."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording
        self._rules_of = context.rules.local
        self._words = context.rules.vocabulary

    def parts(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A total and its parts, and whether they add up to it."""
        match = next((m for m in evidence.matches if m.figures), None)
        if match is None:
            return None
        whole = match.figures[0]
        parts = sentence_parts(whole, evidence.figures)
        if len(parts) < 2:
            return None
        try:
            parts_total = total([term(part) for part in parts])
            gap = difference(term(whole), Term(parts_total.result, parts_total.unit))
        except UnitMismatch:
            return None
        who = self._wording.who(match.department, match.year)
        label = (
            whole.subject
            if not whole.task or whole.task in whole.subject
            else (f"{quoted(whole.task)}{whole.subject}")
        )
        statements = [Statement(f"{who}{label}为{value(whole.quantity)}", (of_figure(whole),))]
        for number, part in enumerate(parts):
            lead = "，其中" if number == 0 else "、"
            statements.append(Statement(f"{lead}{_short(part, whole)}{value(part.quantity)}"))
        statements[-1] = Statement(statements[-1].text, tuple(of_figure(p) for p in parts))
        if gap.result == 0:
            statements.append(Statement(f"。各项相加{parts_total.formula}，与总数一致。"))
            return Composition(tuple(statements), (parts_total,))
        statements.append(
            Statement(
                f"。各项相加{parts_total.formula}，与总数不一致，相差{plain(abs(gap.result))}{gap.unit}"
                f"（{gap.formula}），建议核实。"
            )
        )
        return Composition(tuple(statements), (parts_total, gap))

    def subtraction(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """An amount against the difference of two others that defines it (年度调整额)."""
        match = next((m for m in evidence.matches if m.found), None)
        if match is None:
            return None
        rules = self._rules_of(match.department, match.year)
        formulas = rules.formulas
        term_name = next((t for t in plan.terms if "minuend" in formulas.get(t, {})), "")
        if not term_name:
            return None
        figures = belonging(evidence.figures, match, plan)
        reported = of_term(figures, term_name)
        a = of_term(figures, formulas[term_name]["minuend"])
        b = of_term(figures, formulas[term_name]["subtrahend"])
        if reported is None or a is None or b is None:
            return None
        calculation = difference(term(a), term(b))
        allowed = slack([reported, a, b], calculation.unit, least=rules.amount_tolerance)
        agree = abs(reported.quantity.values[0] - calculation.result) <= allowed
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
                Statement(
                    f"，相减为{plain(calculation.result)}{calculation.unit}（{calculation.formula}），{verdict}"
                ),
            ),
            (calculation,),
        )

    # -- rows of a table of funds ------------------------------------------------------------------

    def columns(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """Whether the rows of a table of funds add up to its row of totals, column by column."""
        checks = [
            check
            for whole, parts in self._column_sums(evidence.figures, plan)
            if (check := add_up(whole, parts, self._tolerance(whole))) is not None
        ]
        if not checks:
            return None
        wrong = [check for check in checks if not check.agrees]
        statements: list[Statement] = []
        calculations: list[Calculation] = []
        for check in (wrong or checks)[:MAX_COLUMNS_SHOWN]:
            statements += self._column(check)
            calculations.append(check.calculation)
            for part, should in () if check.agrees else check.if_total_holds():
                statements.append(
                    Statement(
                        f"如合计无误，{item(part, check.whole)}应为{plain(should.result)}"
                        f"{should.unit}（{should.formula}）。"
                    )
                )
                calculations.append(should)
        return Composition(tuple(statements), tuple(calculations))

    def _tolerance(self, whole: Figure) -> Decimal:
        return self._rules_of(whole.department, whole.year).amount_tolerance

    def _column(self, check: SumCheck) -> list[Statement]:
        whole = check.whole
        who = self._wording.who(whole.department, whole.year)
        lead = f"{who}{quoted(whole.task)}" if whole.task else who
        names = "、".join(f"{item(part, whole)}{value(part.quantity)}" for part in check.parts)
        verdict = "与所填数一致" if check.agrees else "与所填数不一致，建议核实"
        return [
            Statement(f"{lead}{whole.subject}为{value(whole.quantity)}", (of_figure(whole),)),
            Statement(f"，分项为{names}", tuple(of_figure(part) for part in check.parts)),
            Statement(f"，相加{check.calculation.formula}，{verdict}。"),
        ]

    def _column_sums(
        self, figures: Sequence[Figure], plan: QueryPlan
    ) -> Iterator[tuple[Figure, list[Figure]]]:
        """Totals with the parts of their column that the question asks for, two or more each."""
        named = [name for name in plan.subjects if not self._words.totals.match(name)]
        for whole in figures:
            parts = column_parts(whole, figures, self._words.totals)
            of_tasks = [f for f in parts if f.task and f.task != whole.task]
            if len(named) > 1:
                parts = [f for f in parts if any(f.subject.startswith(name) for name in named)]
            elif plan.summed_over is Dimension.TASK or (of_tasks and not whole.task):
                parts = of_tasks
            if len(parts) >= 2:
                yield whole, parts

    def scores(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A project's total score against the scores of its rows."""
        figures = [*evidence.figures]
        if plan.sections:
            named_tasks = {f.task for m in evidence.matches for f in m.figures if f.task}
            figures = [f for f in figures if f.task in named_tasks]
        tasks = dict.fromkeys(f.task for f in figures)
        checks = (score_sum(figures, self._words.score_totals, task) for task in tasks)
        check = next((m for m in checks if m is not None), None)
        if check is None:
            return None
        whole = check.whole
        tolerance = self._rules_of(whole.department, whole.year).score_tolerance
        who = self._wording.who(whole.department, whole.year)
        project = quoted(whole.task) if whole.task else ""
        verdict = "两者一致。" if abs(check.gap) <= tolerance else "两者不一致，建议核实。"
        return Composition(
            (
                Statement(
                    f"{who}{project}自评总分填报为{value(whole.quantity)}",
                    (of_figure(whole),),
                ),
                Statement(
                    f"，各项得分合计{plain(check.calculation.result)}分（{check.calculation.formula}）",
                    tuple(of_figure(part) for part in check.parts),
                ),
                Statement(f"，{verdict}"),
            ),
            (check.calculation,),
        )


def _short(part: Figure, whole: Figure) -> str:
    """The name of a part without the years that it shares with its total (2022年起每年)."""
    a, b = part.subject, whole.subject
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(b))
    cut = a[:shared].rfind("年") + 1
    return a[cut:] if len(a) - cut >= 2 else a
