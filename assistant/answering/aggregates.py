"""Answers over many facts: lists, counts, sums, averages, rankings, differences (汇总与比较)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.answering.context import AnswerContext
from assistant.assessment.status import judge
from assistant.grounding.calculations import (
    Term,
    UnitMismatch,
    average,
    count,
    ranked,
    rate,
    total,
)
from assistant.grounding.citations import Source, Statement, of_actual, of_figure
from assistant.grounding.composition import Composition, refuse
from assistant.grounding.form_order import indicator_rank
from assistant.grounding.printed_values import PrintedValue, sheet, source_of
from assistant.language.numbers import PERCENT, convert, plain
from assistant.language.wording import COMPARED, goal, quoted, value
from assistant.types import (
    Calculation,
    Evidence,
    IndicatorStatus,
    Intent,
    Match,
    QueryPlan,
    Status,
    StatusFamily,
)
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Quantity, Role, Task

MAX_OWNERS_NAMED = 4
"""Maximum number of departments named at the head of a list."""
MAX_LINES_LISTED = 80
"""Maximum number of lines in a list; a longer one is cut, and says so."""
WANTED: Mapping[StatusFamily | None, frozenset[Status]] = {
    StatusFamily.UNMET: frozenset(status for status in Status if status.is_unmet),
    StatusFamily.UNVERIFIABLE: frozenset(status for status in Status if status.is_open),
    StatusFamily.EXCEEDED: frozenset({Status.EXCEEDED}),
    StatusFamily.MET: frozenset(status for status in Status if status.is_met),
}
_SAID = {
    Status.MET: "达标",
    Status.EXCEEDED: "超额完成",
    Status.UNMET: "未达标",
    Status.QUALITATIVE_MET: "达成",
    Status.QUALITATIVE_UNMET: "未达成",
    Status.UNVERIFIABLE: "无法核实",
}
_KIND: Mapping[StatusFamily | None, str] = {
    StatusFamily.UNMET: "未达到目标值的绩效指标",
    StatusFamily.UNVERIFIABLE: "没有可核对的实际完成值的绩效指标",
    StatusFamily.EXCEEDED: "超额完成的绩效指标",
    StatusFamily.MET: "达到目标的绩效指标",
    StatusFamily.QUALITATIVE: "定性指标",
    None: "绩效指标",
}


class Aggregates:
    """Words what a group of facts adds up to, each fact cited."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording
        self._rules = context.rules.status
        self._form = context.form

    # -- indicators --------------------------------------------------------------------------------

    def indicators(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """The indicators of a kind, listed or counted over all of them."""
        judged = self.judged(evidence)
        rows = [item.indicator for item in judged]
        if not rows:
            return refuse("资料中没有符合条件的绩效指标。")
        kind = plan.status_family
        kept = [item for item in judged if _fits(item, kind)]
        if plan.levels:
            named = {
                row.name
                for row in evidence.indicators
                if any(level in row.level1 + row.level2 for level in plan.levels)
            }
            kept = [item for item in kept if item.indicator.name in named]
        who = self._wording.who(rows[0].department, rows[0].year)
        several = len({(r.department, r.year) for r in rows}) > 1
        if several:
            owners = list(dict.fromkeys(self._wording.who(r.department, r.year) for r in rows))
            who = "、".join(owners[:MAX_OWNERS_NAMED]) + (
                "等" if len(owners) > MAX_OWNERS_NAMED else ""
            )
        counted = count(_KIND[kind], [item.indicator.id for item in kept])
        if not kept:
            return Composition(
                (Statement(f"{who}没有{_about(plan)}{_KIND[kind]}，共0个。"),), (counted,)
            )
        out = [Statement(f"{who}{_about(plan)}{_KIND[kind]}共{len(kept)}个：\n")]
        for number, item in enumerate(kept[:MAX_LINES_LISTED], 1):
            lead = f"{number}. "
            if several:
                own = item.indicator
                lead += f"{self._wording.who(own.department, own.year)}"
            out += [Statement(lead), *self.row(item, evidence), Statement("\n")]
        if len(kept) > MAX_LINES_LISTED:
            out.append(Statement("其余从略，可按部门、年度分别查询。"))
        return Composition(tuple(out), (counted,))

    def ranked(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """The indicators by one of their values, the score unless the weight is asked for."""
        role = Role.WEIGHT if Role.WEIGHT in plan.roles else Role.SCORE
        word = "分值" if role is Role.WEIGHT else "得分"
        items: dict[str, tuple[str, PrintedValue]] = {}
        for row in evidence.indicators:
            held = row.weight if role is Role.WEIGHT else row.score
            own = [figure for figure in evidence.figures if figure.id in row.figure_ids]
            if held is not None and held.values and any(f.role is role for f in own):
                name = f"{quoted(row.name.strip())}{word}"
                items.setdefault(name, (name, PrintedValue(held, source_of(row, own, role, held))))
        if not items:
            return refuse(f"资料中的绩效指标没有填报{word}，无法排序。")
        row = evidence.indicators[0]
        made = self.figures(plan, list(items.values()))
        return replace(
            made,
            statements=(Statement(self._wording.who(row.department, row.year)), *made.statements),
        )

    def judged(self, evidence: Evidence) -> list[IndicatorStatus]:
        """Every indicator once, with its status."""
        return [judge(row, self._rules) for row in self._one_each(evidence.indicators)]

    def _one_each(self, indicators: Iterable[Indicator]) -> list[Indicator]:
        """One row an indicator: the form that reports completion before those that only plan it."""
        best: dict[tuple[str, int | None, str], Indicator] = {}
        for row in indicators:
            key = (row.department, row.year, "".join(row.name.split()))
            if self._form(row.document_id) is Form.MONITORING and key in best:
                continue
            if key not in best or self._rank(row) < self._rank(best[key]):
                best[key] = row
        return list(best.values())

    def _rank(self, row: Indicator) -> tuple[bool, bool, int]:
        return indicator_rank(row, self._form(row.document_id))

    def row(
        self, item: IndicatorStatus, evidence: Evidence, *, verdict: bool = False
    ) -> list[Statement]:
        """An indicator in one line: its target, what became of it, and the verdict if asked for."""
        row = item.indicator
        ids = set(row.figure_ids)
        own = [figure for figure in evidence.figures if figure.id in ids]
        target = row.target or row.period_target
        out = [Statement(f"{row.name.strip()}：")]
        if target:
            role = Role.TARGET if row.target else Role.PERIOD_TARGET
            out.append(Statement(f"目标为{goal(target)}", (source_of(row, own, role, target),)))
        if row.actual is not None and row.actual.values:
            source = source_of(row, own, Role.ACTUAL, row.actual)
            out.append(Statement(f"，实际为{value(row.actual)}", (source,)))
        elif row.actual_text.strip():
            out.append(Statement(f"，完成情况为“{row.actual_text.strip()}”", (of_actual(row),)))
        elif self._form(row.document_id) is not Form.TARGET:
            out.append(Statement("，没有填报实际完成值"))
        if verdict and item.status in _SAID:
            out.append(Statement(f"，{_SAID[item.status]}"))
        reason = _reason(row, evidence.indicators) if item.status is Status.UNMET else None
        if reason is not None:
            told = reason.deviation.strip()
            source = Source(
                reason.document_id, reason.location, told, (), reason.department, reason.year
            )
            out.append(Statement(f"，原因是：{told.rstrip('。')}", (source,)))
        return [*out, Statement("。")]

    def tasks(self, tasks: Sequence[Task]) -> Composition | None:
        """The tasks by name, each once, where no amounts are told."""
        own: dict[str, Task] = {}
        for task in tasks:
            own.setdefault("".join(c for c in task.name if c not in "“” "), task)
        if not own:
            return None
        first = next(iter(own.values()))
        who = self._wording.who(first.department, first.year)
        counted = count(f"{who}重点任务", [task.id for task in own.values()])
        out = [Statement(f"{who}重点任务共{len(own)}项：\n")]
        for number, task in enumerate(own.values(), 1):
            source = Source(
                task.document_id, task.location, task.name, (), task.department, task.year
            )
            out += [Statement(f"{number}. {task.name}", (source,)), Statement("。\n")]
        return Composition(tuple(out), (counted,))

    # -- departments, tasks, areas -----------------------------------------------------------------

    def figures(self, plan: QueryPlan, items: Sequence[tuple[str, PrintedValue]]) -> Composition:
        """A sum, mean, ranking or list over named values, of those that meet the condition."""
        if plan.condition is not None and items:
            items = [item for item in items if meets(item[1].quantity, plan.condition)]
            if not items:
                return self._none(plan.condition)
        if not items:
            return refuse("资料中没有可以汇总的数据。")
        terms = [
            Term(p.quantity.values[0], p.quantity.unit, next(iter(p.source.figure_ids), ""), name)
            for name, p in items
        ]
        listed = self._listing(items)
        try:
            match plan.intent:
                case Intent.SUM if all(t.unit == PERCENT for t in terms):
                    return refuse("比率不能相加，请说明要合计的金额或数量。")
                case Intent.SUM:
                    return self._summed(total(terms), "合计", listed)
                case Intent.AVERAGE:
                    return self._summed(average(terms), "简单平均为", listed)
                case Intent.MAXIMUM | Intent.MINIMUM:
                    return self._extreme(plan, items, terms)
                case _:
                    return Composition((*listed, Statement("。")))
        except UnitMismatch as error:
            return Composition((*listed, Statement(f"。{error}")))

    def _none(self, condition: Quantity) -> Composition:
        """An honest none: everything was looked at, nothing meets the condition."""
        shown = f"{COMPARED.get(condition.comparator, '')}{condition.raw}"
        counted = count(f"{shown}的", [])
        return Composition((Statement(f"没有{shown}的，共0个。"),), (counted,))

    def _listing(self, items: Sequence[tuple[str, PrintedValue]]) -> list[Statement]:
        out: list[Statement] = []
        for number, (name, printing) in enumerate(items):
            lead = "；" if number else ""
            out.append(Statement(f"{lead}{name}{value(printing.quantity)}", (printing.source,)))
        return out

    def _summed(self, result: Calculation, word: str, listed: Sequence[Statement]) -> Composition:
        said = f"{word}{plain(result.result)}{result.unit}（{result.formula}）。其中："
        return Composition((Statement(said), *listed, Statement("。")), (result,))

    def _extreme(
        self, plan: QueryPlan, items: Sequence[tuple[str, PrintedValue]], terms: Sequence[Term]
    ) -> Composition:
        highest = plan.intent is Intent.MAXIMUM
        order = ranked(terms, highest=highest)
        named = dict(zip(terms, items, strict=True))
        top = [t for t in order if t.value == order[0].value]
        word = "最高" if highest else "最低"
        if plan.most:
            word = "最多" if highest else "最少"
        out = [
            Statement(
                f"{'、'.join(t.name for t in top)}{word}，为{value(named[order[0]][1].quantity)}",
                tuple(named[t][1].source for t in top),
            )
        ]
        rest = [named[t] for t in order if t not in top]
        rest = rest[: max(plan.limit - len(top), 0)]
        if rest:
            out.append(Statement("；其次是" if len(rest) > 1 else "；另一个是"))
            out += [s for s in self._listing(rest)]
        return Composition((*out, Statement("。")))

    def met_share(self, evidence: Evidence) -> Composition | None:
        """How many of the indicators were met, out of all that set a target."""
        items = [i for i in self.judged(evidence) if i.indicator.target is not None]
        if not items:
            return None
        met = [i for i in items if i.status in WANTED[StatusFamily.MET]]
        open_ = [i for i in items if i.status in WANTED[StatusFamily.UNVERIFIABLE]]
        who = self._wording.who(items[0].indicator.department, items[0].indicator.year)
        made = rate(Term(Decimal(len(met)), "个"), Term(Decimal(len(items)), "个"))
        counts = [
            count("绩效指标", [i.indicator.id for i in items]),
            count("达标的绩效指标", [i.indicator.id for i in met]),
            count("无法核实的绩效指标", [i.indicator.id for i in open_]),
        ]
        said = (
            f"{who}设有目标值的绩效指标共{len(items)}个，达标{len(met)}个，达标率为{made.result}%"
        )
        out = [Statement(f"{said}（{made.formula}）")]
        if open_:
            out.append(Statement(f"；另有{len(open_)}个没有可核对的实际完成值"))
        out.append(Statement("。未达标的有：\n"))
        unmet = [i for i in items if i.status in WANTED[StatusFamily.UNMET]]
        for number, item in enumerate(unmet[:MAX_LINES_LISTED], 1):
            out += [Statement(f"{number}. "), *self.row(item, evidence), Statement("\n")]
        if not unmet:
            out[-1] = Statement("。")
        return Composition(tuple(out), (made, *counts))


def named_values(
    plan: QueryPlan, matches: Iterable[Match], name: Callable[[Match], str]
) -> list[tuple[str, PrintedValue]]:
    """The main value of each match, with what it is called."""
    return [(name(m), p) for m in matches if (p := main_printing(plan, m)) is not None]


def by_task(figures: Iterable[Figure]) -> list[tuple[str, PrintedValue]]:
    """One value a task, the first document's; the tasks in the order the documents give them."""
    found: dict[str, tuple[str, PrintedValue]] = {}
    for figure in figures:
        key = "".join(c for c in figure.task if c not in '“”"《》 ')
        if key and key not in found:
            found[key] = (figure.task, PrintedValue(figure.quantity, of_figure(figure)))
    return list(found.values())


def by_area(figures: Iterable[Figure], area: str) -> list[tuple[str, PrintedValue]]:
    """One value an area, called by the words before and with the area word."""
    found: dict[str, tuple[str, PrintedValue]] = {}
    for figure in figures:
        at = figure.subject.find(area)
        name = figure.subject[: at + len(area)] if at >= 0 else figure.subject
        found.setdefault(name, (name, PrintedValue(figure.quantity, of_figure(figure))))
    return list(found.values())


def _about(plan: QueryPlan) -> str:
    """The family or the subject a list of indicators is limited to."""
    if plan.levels:
        return f"{'、'.join(plan.levels)}类"
    return "".join(quoted(subject) for subject in plan.subjects)


def _reason(row: Indicator, others: Iterable[Indicator]) -> Indicator | None:
    """The row that tells why the indicator fell short: itself, or the same one elsewhere."""
    same = (
        i for i in others if (i.name, i.department, i.year) == (row.name, row.department, row.year)
    )
    return next((i for i in (row, *same) if i.deviation.strip()), None)


def meets(quantity: Quantity, condition: Quantity) -> bool:
    """Whether a value meets a condition, in the condition's unit."""
    unit = condition.unit or quantity.unit
    number = convert(quantity.values[0], quantity.unit or unit, unit)
    limit = condition.values[0]
    if number is None:
        return False
    return {
        "<": number < limit,
        ">": number > limit,
        "≥": number >= limit,
        "≤": number <= limit,
    }[condition.comparator]


def main_printing(plan: QueryPlan, match: Match) -> PrintedValue | None:
    """The one value a match stands for: in the role asked for, else the reported one."""
    if not match.found:
        return None
    found = sheet(match)
    roles = (*plan.roles, Role.ACTUAL, *found.printings, Role.TARGET)
    for role in roles:
        printing = found.first(role)
        if printing is not None and printing.quantity.values:
            return printing
    return None


def _fits(item: IndicatorStatus, kind: StatusFamily | None) -> bool:
    if kind is None:
        return True
    if kind is StatusFamily.QUALITATIVE:
        target = item.indicator.target or item.indicator.period_target
        return target is not None and not target.values
    if kind is StatusFamily.UNVERIFIABLE:
        row = item.indicator
        numeric = row.target is not None and bool(row.target.values)
        if numeric and (row.actual is None or not row.actual.values):
            return True
    return item.status in WANTED[kind]
