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
from assistant.language.wording import goal, limit, quoted, value
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
_OVER_NUMBERS = (Intent.SUM, Intent.AVERAGE, Intent.MAXIMUM, Intent.MINIMUM)
"""What is reckoned, and needs numbers; anything else is a list."""
_OF_RESULTS = (StatusFamily.MET, StatusFamily.UNMET, StatusFamily.EXCEEDED)
"""The kinds that an indicator without a result is neither in nor out of."""
_VERDICT_WORDS = {
    Status.MET: "达标",
    Status.EXCEEDED: "超额完成",
    Status.UNMET: "未达标",
    Status.QUALITATIVE_MET: "达成",
    Status.QUALITATIVE_UNMET: "未达成",
    Status.UNVERIFIABLE: "无法核实",
}
_KIND_NAMES: Mapping[StatusFamily | None, str] = {
    StatusFamily.UNMET: "未达到目标值的绩效指标",
    StatusFamily.UNVERIFIABLE: "没有可核对的实际完成值的绩效指标",
    StatusFamily.EXCEEDED: "超额完成的绩效指标",
    StatusFamily.MET: "达到目标的绩效指标",
    StatusFamily.QUALITATIVE: "定性指标",
    None: "绩效指标",
}


class Aggregates:
    """Words lists, counts and calculations over a group of facts, each fact cited."""

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
        if plan.levels:
            named = {
                row.name
                for row in evidence.indicators
                if any(level in row.level1 + row.level2 for level in plan.levels)
            }
            judged = [item for item in judged if item.indicator.name in named]
        selection = [item for item in judged if _fits(item, kind)]
        who = self._wording.who(rows[0].department, rows[0].year)
        several = len({(r.department, r.year) for r in rows}) > 1
        if several:
            owners = list(dict.fromkeys(self._wording.who(r.department, r.year) for r in rows))
            who = "、".join(owners[:MAX_OWNERS_NAMED]) + (
                "等" if len(owners) > MAX_OWNERS_NAMED else ""
            )
        if kind in _OF_RESULTS and _undecided(judged):
            return self._no_results(f"{who}{_about(plan)}", judged, evidence)
        calculation = count(_KIND_NAMES[kind], [item.indicator.id for item in selection])
        if not selection:
            return Composition(
                (Statement(f"{who}没有{_about(plan)}{_KIND_NAMES[kind]}，共0个。"),), (calculation,)
            )
        statements = [Statement(f"{who}{_about(plan)}{_KIND_NAMES[kind]}共{len(selection)}个：\n")]
        for number, item in enumerate(selection[:MAX_LINES_LISTED], 1):
            lead = f"{number}. "
            if several:
                indicator = item.indicator
                lead += f"{self._wording.who(indicator.department, indicator.year)}"
            statements += [Statement(lead), *self.row(item, evidence), Statement("\n")]
        if len(selection) > MAX_LINES_LISTED:
            statements.append(Statement("其余从略，可按部门、年度分别查询。"))
        return Composition(tuple(statements), (calculation,))

    def _no_results(
        self, who: str, judged: Sequence[IndicatorStatus], evidence: Evidence
    ) -> Composition:
        """That nobody can tell which indicators were met, with the targets that they have."""
        statements = [
            Statement(
                f"{who}绩效指标共{len(judged)}个，都没有填报可核对的实际完成值，是否达标无法判断：\n"
            )
        ]
        for number, item in enumerate(judged[:MAX_LINES_LISTED], 1):
            statements += [Statement(f"{number}. "), *self.row(item, evidence), Statement("\n")]
        ids = [item.indicator.id for item in judged]
        return Composition(tuple(statements), (count(_KIND_NAMES[None], ids),))

    def ranked(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """The indicators ranked by their weight if that is asked for, else by their score."""
        role = Role.WEIGHT if Role.WEIGHT in plan.roles else Role.SCORE
        word = "分值" if role is Role.WEIGHT else "得分"
        items: dict[str, tuple[str, PrintedValue]] = {}
        for row in evidence.indicators:
            quantity = row.weight if role is Role.WEIGHT else row.score
            figures = [figure for figure in evidence.figures if figure.id in row.figure_ids]
            if quantity is not None and quantity.values and any(f.role is role for f in figures):
                name = f"{quoted(row.name.strip())}{word}"
                items.setdefault(
                    name, (name, PrintedValue(quantity, source_of(row, figures, role, quantity)))
                )
        if not items:
            return refuse(f"资料中的绩效指标没有填报{word}，无法排序。")
        row = evidence.indicators[0]
        composition = self.figures(plan, list(items.values()))
        return replace(
            composition,
            statements=(
                Statement(self._wording.who(row.department, row.year)),
                *composition.statements,
            ),
        )

    def judged(self, evidence: Evidence) -> list[IndicatorStatus]:
        """Every indicator once, with its status."""
        return [judge(row, self._rules) for row in self._one_each(evidence.indicators)]

    def _one_each(self, indicators: Iterable[Indicator]) -> list[Indicator]:
        """One row per indicator: a form that reports completion goes before one that only plans."""
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
        """An indicator in one line: its target, its completion, and the verdict if asked for."""
        row = item.indicator
        ids = set(row.figure_ids)
        figures = [figure for figure in evidence.figures if figure.id in ids]
        target = row.target or row.period_target
        statements = [Statement(f"{row.name.strip()}：")]
        if target:
            role = Role.TARGET if row.target else Role.PERIOD_TARGET
            statements.append(
                Statement(f"目标为{goal(target)}", (source_of(row, figures, role, target),))
            )
        if row.actual is not None and row.actual.values:
            source = source_of(row, figures, Role.ACTUAL, row.actual)
            statements.append(Statement(f"，实际为{value(row.actual)}", (source,)))
        elif row.actual_text.strip():
            statements.append(
                Statement(f"，完成情况为“{row.actual_text.strip()}”", (of_actual(row),))
            )
        elif self._form(row.document_id) is not Form.TARGET:
            statements.append(Statement("，没有填报实际完成值"))
        if verdict and item.status in _VERDICT_WORDS:
            statements.append(Statement(f"，{_VERDICT_WORDS[item.status]}"))
        reason = _reason(row, evidence.indicators) if item.status is Status.UNMET else None
        if reason is not None:
            deviation = reason.deviation.strip()
            source = Source(
                reason.document_id, reason.location, deviation, (), reason.department, reason.year
            )
            statements.append(Statement(f"，原因是：{deviation.rstrip('。')}", (source,)))
        return [*statements, Statement("。")]

    def tasks(self, tasks: Sequence[Task]) -> Composition | None:
        """The tasks by name, each once, without amounts; None where there are none."""
        tasks_by_name: dict[str, Task] = {}
        for task in tasks:
            tasks_by_name.setdefault("".join(c for c in task.name if c not in "“” "), task)
        if not tasks_by_name:
            return None
        first = next(iter(tasks_by_name.values()))
        who = self._wording.who(first.department, first.year)
        calculation = count(f"{who}重点任务", [task.id for task in tasks_by_name.values()])
        statements = [Statement(f"{who}重点任务共{len(tasks_by_name)}项：\n")]
        for number, task in enumerate(tasks_by_name.values(), 1):
            source = Source(
                task.document_id, task.location, task.name, (), task.department, task.year
            )
            statements += [Statement(f"{number}. {task.name}", (source,)), Statement("。\n")]
        return Composition(tuple(statements), (calculation,))

    # -- departments, tasks, areas -----------------------------------------------------------------

    def figures(self, plan: QueryPlan, items: Sequence[tuple[str, PrintedValue]]) -> Composition:
        """A sum, mean, ranking or list of the named values that meet the condition."""
        if plan.condition is not None and items:
            items = [item for item in items if meets(item[1].quantity, plan.condition)]
            if not items:
                return self._none_meets(plan.condition)
        in_words = [name for name, printed in items if not printed.quantity.values]
        if in_words and plan.intent in _OVER_NUMBERS:
            left = f"没有填数值的未计入：{'、'.join(map(quoted, in_words))}。"
            told = self.figures(plan, [item for item in items if item[1].quantity.values])
            return replace(told, statements=(*told.statements, Statement(left)))
        if not items:
            return refuse("资料中没有可以汇总的数据。")
        listed = self._listing(items)
        if plan.intent not in _OVER_NUMBERS:
            return Composition((*listed, Statement("。")))
        terms = [
            Term(p.quantity.values[0], p.quantity.unit, next(iter(p.source.figure_ids), ""), name)
            for name, p in items
        ]
        try:
            match plan.intent:
                case Intent.SUM if all(t.unit == PERCENT for t in terms):
                    return refuse("比率不能相加，请说明要合计的金额或数量。")
                case Intent.SUM:
                    return self._summed(total(terms), "合计", listed)
                case Intent.AVERAGE:
                    return self._summed(average(terms), "简单平均为", listed)
                case _:
                    return self._extreme(plan, items, terms)
        except UnitMismatch as error:
            return Composition((*listed, Statement(f"。{error}")))

    def _none_meets(self, condition: Quantity) -> Composition:
        """The answer where no value meets the condition: a count of 0."""
        words = limit(condition)
        calculation = count(f"{words}的", [])
        return Composition((Statement(f"没有{words}的，共0个。"),), (calculation,))

    def _listing(self, items: Sequence[tuple[str, PrintedValue]]) -> list[Statement]:
        statements: list[Statement] = []
        for number, (name, printing) in enumerate(items):
            lead = "；" if number else ""
            statements.append(
                Statement(f"{lead}{name}{value(printing.quantity)}", (printing.source,))
            )
        return statements

    def _summed(self, result: Calculation, word: str, listed: Sequence[Statement]) -> Composition:
        sentence = f"{word}{plain(result.result)}{result.unit}（{result.formula}）。其中："
        return Composition((Statement(sentence), *listed, Statement("。")), (result,))

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
        statements = [
            Statement(
                f"{'、'.join(t.name for t in top)}{word}，为{value(named[order[0]][1].quantity)}",
                tuple(named[t][1].source for t in top),
            )
        ]
        rest = [named[t] for t in order if t not in top]
        rest = rest[: max(plan.limit - len(top), 0)]
        if rest:
            statements.append(Statement("；其次是" if len(rest) > 1 else "；另一个是"))
            statements += [s for s in self._listing(rest)]
        return Composition((*statements, Statement("。")))

    def met_share(self, evidence: Evidence) -> Composition | None:
        """The share of indicators that were met, among those with a target; None without any."""
        items = [i for i in self.judged(evidence) if i.indicator.target is not None]
        if not items:
            return None
        met = [i for i in items if i.status in WANTED[StatusFamily.MET]]
        open_ = [i for i in items if i.status in WANTED[StatusFamily.UNVERIFIABLE]]
        who = self._wording.who(items[0].indicator.department, items[0].indicator.year)
        if _undecided(items):
            return self._no_results(who, items, evidence)
        met_rate = rate(Term(Decimal(len(met)), "个"), Term(Decimal(len(items)), "个"))
        counts = [
            count("绩效指标", [i.indicator.id for i in items]),
            count("达标的绩效指标", [i.indicator.id for i in met]),
            count("无法核实的绩效指标", [i.indicator.id for i in open_]),
        ]
        sentence = (
            f"{who}设有目标值的绩效指标共{len(items)}个，达标{len(met)}个，"
            f"达标率为{met_rate.result}%"
        )
        statements = [Statement(f"{sentence}（{met_rate.formula}）")]
        if open_:
            statements.append(Statement(f"；另有{len(open_)}个没有可核对的实际完成值"))
        statements.append(Statement("。未达标的有：\n"))
        unmet = [i for i in items if i.status in WANTED[StatusFamily.UNMET]]
        for number, item in enumerate(unmet[:MAX_LINES_LISTED], 1):
            statements += [Statement(f"{number}. "), *self.row(item, evidence), Statement("\n")]
        if not unmet:
            statements[-1] = Statement("。")
        return Composition(tuple(statements), (met_rate, *counts))


def named_values(
    plan: QueryPlan, matches: Iterable[Match], name: Callable[[Match], str]
) -> list[tuple[str, PrintedValue]]:
    """The main value of each match that has one, with its name."""
    return [(name(m), p) for m in matches if (p := main_printing(plan, m)) is not None]


def by_task(figures: Iterable[Figure]) -> list[tuple[str, PrintedValue]]:
    """One value per task, from the first document; tasks in document order."""
    values_by_task: dict[str, tuple[str, PrintedValue]] = {}
    for figure in figures:
        key = "".join(c for c in figure.task if c not in '“”"《》 ')
        if key and key not in values_by_task:
            values_by_task[key] = (figure.task, PrintedValue(figure.quantity, of_figure(figure)))
    return list(values_by_task.values())


def by_area(figures: Iterable[Figure], area: str) -> list[tuple[str, PrintedValue]]:
    """One value per area; its name is the figure's up to and with the area word."""
    values_by_area: dict[str, tuple[str, PrintedValue]] = {}
    for figure in figures:
        at = figure.subject.find(area)
        name = figure.subject[: at + len(area)] if at >= 0 else figure.subject
        values_by_area.setdefault(name, (name, PrintedValue(figure.quantity, of_figure(figure))))
    return list(values_by_area.values())


def _about(plan: QueryPlan) -> str:
    """The indicator family or the subject that a list is limited to, as the answer words it."""
    if plan.levels:
        return f"{'、'.join(plan.levels)}类"
    return "".join(quoted(subject) for subject in plan.subjects)


def _reason(row: Indicator, others: Iterable[Indicator]) -> Indicator | None:
    """The row that gives the reason for a shortfall: this one, or one of the same indicator."""
    same = (
        i for i in others if (i.name, i.department, i.year) == (row.name, row.department, row.year)
    )
    return next((i for i in (row, *same) if i.deviation.strip()), None)


def meets(quantity: Quantity, condition: Quantity) -> bool:
    """Whether a value meets a condition, in the condition's unit."""
    unit = condition.unit or quantity.unit
    values = quantity.values
    number = convert(values[0], quantity.unit or unit, unit) if values else None
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
    """The main value of a match: in the role asked for, else the actual value."""
    if not match.found:
        return None
    printed = sheet(match)
    roles = (*plan.roles, Role.ACTUAL, *printed.printings, Role.TARGET)
    for role in roles:
        printing = printed.first(role)
        if printing is not None and printing.quantity.values:
            return printing
    return None


def _undecided(judged: Sequence[IndicatorStatus]) -> bool:
    """Whether of none of some indicators can be told if it was met: 0个达标 would be wrong."""
    return bool(judged) and all(item.status.is_open for item in judged)


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
