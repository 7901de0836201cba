"""Answers on departments as a whole, and on which has most indicators of a status (总体情况)."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.aggregates import WANTED, Aggregates
from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.grounding.calculations import count
from assistant.grounding.citations import Statement, of_figure
from assistant.grounding.composition import Composition, refuse
from assistant.language.wording import quoted
from assistant.types import Evidence, IndicatorStatus, Intent, Match, QueryPlan

MAX_DEPARTMENTS_DETAILED = 4
"""Maximum number of departments that one answer describes as a whole."""


class DepartmentSummary:
    """Words budget, score and indicators of a department in one answer."""

    def __init__(self, context: AnswerContext, lookups: Lookups, groups: Aggregates) -> None:
        self._wording = context.wording
        self._lookups = lookups
        self._groups = groups

    def whole(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """Budget and score, the number of indicators met, and the list of those unmet."""
        matches = [match for match in evidence.matches if match.found]
        places = list(
            dict.fromkeys(
                [*((m.department, m.year) for m in matches)]
                + [(i.department, i.year) for i in evidence.indicators]
            )
        )[:MAX_DEPARTMENTS_DETAILED]
        parts = [self._summary_of(plan, matches, evidence, place) for place in places]
        summaries = [part for part in parts if part is not None]
        if not summaries:
            who = "、".join(self._wording.who(*place) for place in places)
            return refuse(f"资料中没有填报{who}的完成情况。")
        return Composition(
            tuple(s for part in summaries for s in part.statements),
            tuple(c for part in summaries for c in part.calculations),
        )

    def _summary_of(
        self,
        plan: QueryPlan,
        matches: Sequence[Match],
        evidence: Evidence,
        place: tuple[str, int | None],
    ) -> Composition | None:
        place_matches = [m for m in matches if (m.department, m.year) == place]
        rows = tuple(i for i in evidence.indicators if (i.department, i.year) == place)
        reported = any(i.actual_text.strip() or i.actual for i in rows)
        money = self._lookups.compose(replace(plan, intent=Intent.LOOKUP, roles=()), place_matches)
        met = self._groups.met_share(replace(evidence, indicators=rows)) if reported else None
        parts = [part for part in (money if place_matches else None, met) if part is not None]
        if not parts:
            return None
        return Composition(
            tuple(s for part in parts for s in part.statements),
            tuple(c for part in parts for c in part.calculations),
        )

    def most(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The departments ranked by how many indicators of the status asked for they have."""
        kind = plan.status_family
        if kind not in WANTED:
            return None
        by_place: dict[tuple[str, int | None], list[IndicatorStatus]] = {}
        for item in self._groups.judged(evidence):
            row = item.indicator
            statuses = by_place.setdefault((row.department, row.year), [])
            statuses += [item] if item.status in WANTED[kind] else []
        if not by_place:
            return None
        highest = plan.intent is Intent.MAXIMUM
        order = sorted(by_place.items(), key=lambda pair: len(pair[1]), reverse=highest)
        top = [pair for pair in order if len(pair[1]) == len(order[0][1])]
        rest = order[len(top) :][: max(plan.limit - len(top), 0)]
        counts = [
            count(f"{self._wording.who(*place)}{kind}的指标", [i.indicator.id for i in items])
            for place, items in (*top, *rest)
        ]
        names = "、".join(self._wording.who(*place) for place, _ in top)
        word = "最多" if highest else "最少"
        statements = [Statement(f"{kind}的绩效指标{names}{word}，为{len(top[0][1])}个")]
        for number, (place, items) in enumerate(rest):
            lead = "；其次是" if not number else "；"
            statements.append(Statement(f"{lead}{self._wording.who(*place)}{len(items)}个"))
        statements.append(Statement("。"))
        for place, items in top:
            if len(top) <= MAX_DEPARTMENTS_DETAILED and items:
                statements.append(Statement(f"\n{self._wording.who(*place)}的是：\n"))
                for number, item in enumerate(items, 1):
                    line = self._groups.row(item, evidence)
                    statements += [Statement(f"{number}. "), *line, Statement("\n")]
        return Composition(tuple(statements), tuple(counts))

    def grades(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The departments with the grade that the question names; all grades if it names none."""
        rated = [(match, match.figures[0]) for match in evidence.matches if match.figures]
        reported_grades = {figure.quantity.qualitative for _, figure in rated}
        named = [grade for grade in reported_grades if grade in plan.grades]
        selection = [r for r in rated if len(named) != 1 or r[1].quantity.qualitative == named[0]]
        if len(rated) < 2 or not selection:
            return None
        grade = named[0] if len(named) == 1 else ""
        calculation = count(
            f"等次{'为' + grade if grade else ''}的部门", [f.id for _, f in selection]
        )
        statements = [
            Statement(
                f"{'等次为' + quoted(grade) if grade else '有等次'}的部门共{len(selection)}个："
            )
        ]
        for number, (match, figure) in enumerate(selection):
            who = self._wording.who(match.department, match.year)
            suffix = "" if grade else quoted(figure.quantity.qualitative)
            statements.append(
                Statement(f"{'、' if number else ''}{who}{suffix}", (of_figure(figure),))
            )
        return Composition((*statements, Statement("。")), (calculation,))
