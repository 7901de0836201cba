"""Answers on how departments stand as a whole, and which has most of a kind (总体情况)."""

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
    """Words budget, score and indicators of a department together."""

    def __init__(self, context: AnswerContext, lookups: Lookups, groups: Aggregates) -> None:
        self._wording = context.wording
        self._lookups = lookups
        self._groups = groups

    def whole(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """Money, score, and how many indicators were met and which were not."""
        matches = [match for match in evidence.matches if match.found]
        places = list(
            dict.fromkeys(
                [*((m.department, m.year) for m in matches)]
                + [(i.department, i.year) for i in evidence.indicators]
            )
        )[:MAX_DEPARTMENTS_DETAILED]
        parts = [self._one(plan, matches, evidence, place) for place in places]
        told = [part for part in parts if part is not None]
        if not told:
            who = "、".join(self._wording.who(*place) for place in places)
            return refuse(f"资料中没有填报{who}的完成情况。")
        return Composition(
            tuple(s for part in told for s in part.statements),
            tuple(c for part in told for c in part.calculations),
        )

    def _one(
        self,
        plan: QueryPlan,
        matches: Sequence[Match],
        evidence: Evidence,
        place: tuple[str, int | None],
    ) -> Composition | None:
        own = [m for m in matches if (m.department, m.year) == place]
        rows = tuple(i for i in evidence.indicators if (i.department, i.year) == place)
        reported = any(i.actual_text.strip() or i.actual for i in rows)
        money = self._lookups.compose(replace(plan, intent=Intent.LOOKUP, roles=()), own)
        met = self._groups.met_share(replace(evidence, indicators=rows)) if reported else None
        parts = [part for part in (money if own else None, met) if part is not None]
        if not parts:
            return None
        return Composition(
            tuple(s for part in parts for s in part.statements),
            tuple(c for part in parts for c in part.calculations),
        )

    def most(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The departments by how many of their indicators are of the kind asked for."""
        kind = plan.status_family
        if kind not in WANTED:
            return None
        of: dict[tuple[str, int | None], list[IndicatorStatus]] = {}
        for item in self._groups.judged(evidence):
            row = item.indicator
            own = of.setdefault((row.department, row.year), [])
            own += [item] if item.status in WANTED[kind] else []
        if not of:
            return None
        highest = plan.intent is Intent.MAXIMUM
        order = sorted(of.items(), key=lambda pair: len(pair[1]), reverse=highest)
        top = [pair for pair in order if len(pair[1]) == len(order[0][1])]
        rest = order[len(top) :][: max(plan.limit - len(top), 0)]
        counts = [
            count(f"{self._wording.who(*place)}{kind}的指标", [i.indicator.id for i in items])
            for place, items in (*top, *rest)
        ]
        names = "、".join(self._wording.who(*place) for place, _ in top)
        word = "最多" if highest else "最少"
        out = [Statement(f"{kind}的绩效指标{names}{word}，为{len(top[0][1])}个")]
        for number, (place, items) in enumerate(rest):
            lead = "；其次是" if not number else "；"
            out.append(Statement(f"{lead}{self._wording.who(*place)}{len(items)}个"))
        out.append(Statement("。"))
        for place, items in top:
            if len(top) <= MAX_DEPARTMENTS_DETAILED and items:
                out.append(Statement(f"\n{self._wording.who(*place)}的是：\n"))
                for number, item in enumerate(items, 1):
                    told = self._groups.row(item, evidence)
                    out += [Statement(f"{number}. "), *told, Statement("\n")]
        return Composition(tuple(out), tuple(counts))

    def grades(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """The departments with the grade that the question names, each with its own if none."""
        rated = [(match, match.figures[0]) for match in evidence.matches if match.figures]
        said = {figure.quantity.qualitative for _, figure in rated}
        named = [grade for grade in said if grade in plan.grades]
        kept = [r for r in rated if len(named) != 1 or r[1].quantity.qualitative == named[0]]
        if len(rated) < 2 or not kept:
            return None
        grade = named[0] if len(named) == 1 else ""
        made = count(f"等次{'为' + grade if grade else ''}的部门", [f.id for _, f in kept])
        out = [
            Statement(f"{'等次为' + quoted(grade) if grade else '有等次'}的部门共{len(kept)}个：")
        ]
        for number, (match, figure) in enumerate(kept):
            who = self._wording.who(match.department, match.year)
            told = "" if grade else quoted(figure.quantity.qualitative)
            out.append(Statement(f"{'、' if number else ''}{who}{told}", (of_figure(figure),)))
        return Composition((*out, Statement("。")), (made,))
