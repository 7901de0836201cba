"""Sections of a report drafted from the facts: each number cited, nothing invented (起草)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from assistant.answering.aggregates import Aggregates
from assistant.answering.context import AnswerContext
from assistant.grounding.calculations import UnitMismatch, count, rate, term
from assistant.grounding.citations import Statement
from assistant.grounding.composition import Composition, refuse
from assistant.grounding.printed_values import sheet
from assistant.language.numbers import plain
from assistant.language.wording import quoted, value
from assistant.retrieval.evidence import BUDGET
from assistant.types import Calculation, Evidence, Match, QueryPlan, Status
from ingest.types.facts import Figure

_MET = (Status.MET, Status.EXCEEDED, Status.QUALITATIVE_MET)
_UNMET = (Status.UNMET, Status.QUALITATIVE_UNMET)


class Drafts:
    """Words paragraphs that a drafter can put into a report as they are."""

    def __init__(self, context: AnswerContext, groups: Aggregates) -> None:
        self._wording = context.wording
        self._groups = groups

    def budget(self, plan: QueryPlan, matches: Sequence[Match]) -> Composition:
        """The budget and its execution, with a note where the printed rate does not follow."""
        found = {m.subject: m for m in matches if m.figures}
        if not found:
            return refuse("资料中没有可以起草的预算执行数据。")
        first = next(iter(found.values()))
        who = self._wording.who(first.department, first.year)
        out: list[Statement] = []
        for name in BUDGET:
            if name not in found:
                continue
            printed = sheet(found[name])
            role = next(iter(printed.printings))
            lead = who if not out else "，"
            said = value(found[name].figures[0].quantity)
            out.append(Statement(f"{lead}{name}为{said}", printed.agreeing(role)))
        out.append(Statement("。"))
        made = self._recomputed({name: m.figures[0] for name, m in found.items()})
        if made is None:
            return Composition(tuple(out))
        out.append(
            Statement(
                f"【待核实：按实际支出数除以全年预算数计算，预算完成率应为{plain(made.result)}%"
                f"（{made.formula}），与填报数不一致】"
            )
        )
        return Composition(tuple(out), (made,))

    def _recomputed(self, figures: Mapping[str, Figure]) -> Calculation | None:
        """The rate by its formula where it is not the printed one."""
        if not {"实际支出数", "全年预算数", "预算完成率"} <= figures.keys():
            return None
        try:
            made = rate(term(figures["实际支出数"]), term(figures["全年预算数"]))
        except UnitMismatch:
            return None
        printed = figures["预算完成率"].quantity.values[0]
        return made if abs(made.result - printed) > Decimal("0.011") else None

    def indicators(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """What became of each indicator, the unmet ones named as such."""
        items = self._groups.judged(evidence)
        if not items:
            return refuse("资料中没有可以起草的绩效指标。")
        row = items[0].indicator
        who = self._wording.who(row.department, row.year)
        task = quoted(plan.sections[0]) if plan.sections else ""
        counts = [
            count(f"{who}{task}{label}", [i.indicator.id for i in items if i.status in statuses])
            for label, statuses in (
                ("绩效指标", tuple(Status)),
                ("达到目标的指标", _MET),
                ("未达到目标的指标", _UNMET),
            )
        ]
        whole, met, unmet = (plain(c.result) for c in counts)
        out = [
            Statement(f"{who}{task}共设绩效指标{whole}个，达到目标{met}个，未达到目标{unmet}个。\n")
        ]
        for number, item in enumerate(items, 1):
            out += [Statement(f"{number}. "), *self._groups.row(item, evidence, verdict=True)]
            out.append(Statement("\n"))
        return Composition(tuple(out), tuple(counts))

    def problems(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """Every unmet indicator with its target, actual value and stated cause."""
        items = [i for i in self._groups.judged(evidence) if i.status in _UNMET]
        out: list[Statement] = []
        if items:
            row = items[0].indicator
            who = self._wording.who(row.department, row.year)
            out.append(Statement(f"{who}以下绩效指标未达到年度目标：\n"))
        for number, item in enumerate(items, 1):
            out += [Statement(f"{number}. "), *self._groups.row(item, evidence, verdict=True)]
            out.append(Statement("\n"))
        return Composition(tuple(out)) if out else refuse("资料中没有未达标的绩效指标。")
