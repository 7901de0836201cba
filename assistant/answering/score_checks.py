"""Answers on the score of a row: too high, unearned, or lost without a reason (得分核对)."""

from collections.abc import Sequence

from assistant.answering.context import AnswerContext
from assistant.assessment.scoring import points
from assistant.assessment.status import judge
from assistant.grounding.citations import Source, Statement
from assistant.grounding.composition import Composition
from assistant.grounding.printed_values import source_of
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Evidence, QueryPlan
from ingest.types.facts import Figure, Indicator, Role


class ScoreChecks:
    """Compares the score of a row with its weight, its values and its reason for a shortfall."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording
        self._rules = context.rules.status
        self._rules_of = context.rules.local

    def check(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """Values, score and inconsistencies of the first scored row; None where there is none."""
        for match in evidence.matches:
            row = next((i for i in match.indicators if i.score and i.score.values), None)
            if row is not None:
                return self._row(plan, row, match.figures)
        return None

    def _row(self, plan: QueryPlan, row: Indicator, figures: Sequence[Figure]) -> Composition:
        row_figures = [f for f in figures if f.id in row.figure_ids]
        assert row.score is not None
        score = row.score.values[0]
        weight = row.weight.value if row.weight else None
        statements = self._printed(row, row_figures)
        local = self._rules_of(row.department, row.year)
        expected_points = points(row, self._rules, local.scoring)
        unmet = judge(row, self._rules).status.is_unmet
        unreported = row.actual is None or not row.actual.values
        calculations: tuple[Calculation, ...] = ()
        if weight is not None and score > weight:
            statements.append(Statement("。得分高于分值，有误，最高只能得满分。"))
        elif (
            expected_points is not None
            and score - expected_points.earned.result > local.score_tolerance
        ):
            cause = "没有可核对的实际完成值却计了分" if unreported else "未达到目标，得分偏高"
            statements.append(
                Statement(
                    f"。{cause}，不合理，按比例应为{plain(expected_points.earned.result)}分"
                    f"（{expected_points.earned.formula}），建议核实。"
                )
            )
            calculations = (expected_points.earned, *expected_points.others)
            for other in expected_points.others:
                statements.append(Statement(f"如当地规定按另一种方式计分，则为{other.formula}。"))
        elif unmet and weight is not None and score < weight:
            statements.append(Statement("。未达标并已扣分，得分没有发现问题。"))
        else:
            statements.append(Statement("。得分与指标完成情况相符。"))
        if unmet or (weight is not None and score < weight):
            statements += self._reason(row)
        return Composition(tuple(statements), calculations)

    def _printed(self, row: Indicator, figures: Sequence[Figure]) -> list[Statement]:
        who = self._wording.who(row.department, row.year)
        parts: list[tuple[str, Source]] = []
        if row.target:
            parts.append(
                (f"目标为{goal(row.target)}", source_of(row, figures, Role.TARGET, row.target))
            )
        if row.actual and row.actual.values:
            source = source_of(row, figures, Role.ACTUAL, row.actual)
            parts.append((f"实际为{value(row.actual)}", source))
        if row.weight:
            parts.append(
                (f"分值{value(row.weight)}", source_of(row, figures, Role.WEIGHT, row.weight))
            )
        if row.score:
            parts.append(
                (f"得分{value(row.score)}", source_of(row, figures, Role.SCORE, row.score))
            )
        lead = f"{who}{quoted(row.name)}"
        return [
            Statement(f"{lead if number == 0 else '，'}{text}", (source,))
            for number, (text, source) in enumerate(parts)
        ]

    def _reason(self, row: Indicator) -> list[Statement]:
        if row.deviation.strip():
            source = Source(
                row.document_id, row.location, row.deviation, (), row.department, row.year
            )
            return [
                Statement(f"偏差原因写明：“{row.deviation.strip()}”", (source,)),
                Statement("。"),
            ]
        return [Statement("表中没有填写偏差原因，未达标或扣分的指标应当说明。")]
