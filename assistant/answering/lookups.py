"""Answers to plain questions of fact: values, targets, completion status (查数与状态)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.answering.context import AnswerContext
from assistant.answering.exactness import is_recognised
from assistant.assessment.status import judge
from assistant.grounding.citations import Source, Statement, of_actual
from assistant.grounding.composition import NOTHING_FOUND, Composition, deny, refuse
from assistant.grounding.printed_values import _FIELDS, PrintedValue, PrintedValues, sheet
from assistant.language.numbers import convert, plain
from assistant.language.wording import ROLE_NAMES, goal, quoted, states, value
from assistant.types import Calculation, Intent, Match, QueryPlan, Status
from ingest.language.years import leading_year
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Quantity, Role

MAX_BARE_NAME_LENGTH = 8
"""Maximum length, in characters, of a figure's name that needs its task named beside it."""
NOT_ALL_FOUND = "其余所问没有找到。"


VERDICTS = {
    Status.MET: "达标",
    Status.EXCEEDED: "达标，超额完成",
    Status.UNMET: "未达标",
    Status.QUALITATIVE_MET: "定性目标达成",
    Status.QUALITATIVE_UNMET: "定性目标未达成",
    Status.UNVERIFIABLE: "没有可核对的同口径数值，是否达标无法核实",
    Status.UNREPORTED: "没有填报实际完成值",
}
NOT_YET = "监控时点尚未达到全年目标"
REACHED = "达到目标"


def judges(answer: Composition) -> bool:
    """Whether an answer says whether a target was reached, or that nobody can tell."""
    text = "".join(one.text for one in answer.statements)
    return any(words in text for words in (*VERDICTS.values(), NOT_YET, REACHED))


class Lookups:
    """Words the facts of each subject, department and year."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording
        self._rules = context.rules.status
        self._documents = context.documents
        self._form = context.form

    def compose(self, plan: QueryPlan, matches: Iterable[Match]) -> Composition:
        """The facts, one line per match; a refusal for matches without any."""
        statements: list[Statement] = []
        calculations: list[Calculation] = []
        missing: list[str] = []
        unnamed = False
        for match in matches:
            if not match.found and not is_recognised(match.subject, plan):
                unnamed = True
                continue
            if not match.found:
                who = self._wording.who(match.department, match.year)
                years = "、".join(f"{year}年" for _, year in match.others[:4] if year)
                missing.append(f"{who}{quoted(match.subject)}{f'（{years}有）' if years else ''}")
                continue
            lines = self.lines(plan, match)
            if lines:
                statements += lines
                if comparison := self._against_condition(plan, match):
                    statements.append(comparison[0])
                    calculations.append(comparison[1])
                statements.append(Statement("\n"))
            else:
                who = self._wording.who(match.department, match.year)
                missing.append(f"{who}“{match.subject}”的实际完成值")
        if not statements:
            if reported := self._not_reported(plan, matches):
                return refuse(reported)
            return deny(_not_there(missing)) if missing else refuse(NOTHING_FOUND)
        if missing:
            statements.append(Statement(_not_there(missing)))
        if unnamed:
            statements.append(Statement(NOT_ALL_FOUND))
        return Composition(tuple(statements), tuple(calculations))

    def _against_condition(
        self, plan: QueryPlan, match: Match
    ) -> tuple[Statement, Calculation] | None:
        """The reported value against the one that the question names: 达到95%了吗."""
        limit = plan.condition
        printed = sheet(match)
        printing = printed.first(Role.ACTUAL) or next(
            (p[0] for role, p in printed.printings.items() if role is not Role.TARGET), None
        )
        if limit is None or printing is None or len(printing.quantity.values) != 1:
            return None
        quantity = printing.quantity
        number = convert(
            quantity.values[0], quantity.unit or limit.unit, limit.unit or quantity.unit
        )
        if number is None:
            return None
        sign = "=" if number == limit.values[0] else ">" if number > limit.values[0] else "<"
        word = {"=": "正好是", ">": "高于", "<": "低于"}[sign]
        formula = f"{plain(number)} {sign} {plain(limit.values[0])}"
        calculation = Calculation(formula, printing.source.figure_ids, limit.values[0], limit.unit)
        return Statement(f"填报数{word}{plain(limit.values[0])}{limit.unit}。"), calculation

    def lines(self, plan: QueryPlan, match: Match) -> list[Statement]:
        """The subject's values in the roles asked for, as the documents report them."""
        printed = sheet(match)
        if match.indicators:
            return self._indicator(plan, printed)
        return self._figures(plan, printed)

    # -- an indicator row --------------------------------------------------------------------------

    def _indicator(self, plan: QueryPlan, printed: PrintedValues) -> list[Statement]:
        match = printed.match
        who = self._wording.who(match.department, match.year)
        name = f"{who}{quoted(match.indicators[0].name)}"
        asked = [role for role in plan.roles if role in _FIELDS]
        if plan.intent is Intent.STATUS or not asked or Role.ACTUAL in asked:
            return self.completion(plan, printed, name)
        statements: list[Statement] = []
        for role in asked:
            printing = printed.first(role)
            if printing is None:
                continue
            lead = f"{name}的" if not statements else "，"
            reported_value = (
                goal(printing.quantity) if "TARGET" in role.name else value(printing.quantity)
            )
            statements.append(
                Statement(f"{lead}{ROLE_NAMES[role]}为{reported_value}", printed.agreeing(role))
            )
        if statements:
            statements.append(Statement("。"))
            for role in asked:
                statements += self._disagreement(plan, printed, role)
        return statements

    def completion(self, plan: QueryPlan, printed: PrintedValues, name: str) -> list[Statement]:
        """The actual value against the target, and the verdict."""
        actual, target = printed.first(Role.ACTUAL), printed.first(Role.TARGET)
        row = next((i for i in printed.match.indicators if i.actual_text.strip()), None)
        if actual is None and row is None:
            if plan.intent is Intent.LOOKUP and Role.ACTUAL in plan.roles:
                return []
            return self._planned_only(plan, printed, name)
        if actual is None and row is not None:
            if plan.intent is Intent.LOOKUP and target is not None and target.quantity.values:
                return []
            statements = [
                Statement(f"{name}的完成情况为：“{row.actual_text.strip()}”", (of_actual(row),))
            ]
        else:
            assert actual is not None
            statements = [
                Statement(f"{name}实际完成{value(actual.quantity)}", printed.agreeing(Role.ACTUAL))
            ]
        if target is not None:
            statements.append(
                Statement(f"，目标为{goal(target.quantity)}", printed.agreeing(Role.TARGET))
            )
        statements.append(Statement(f"，{self._verdict(printed, row)}。"))
        statements += self._disagreement(plan, printed, Role.ACTUAL)
        statements += self._disagreement(plan, printed, Role.TARGET)
        return statements

    def _planned_only(self, plan: QueryPlan, printed: PrintedValues, name: str) -> list[Statement]:
        target = printed.first(Role.TARGET) or printed.first(Role.PERIOD_TARGET)
        if target is None:
            return []
        role = Role.TARGET if printed.first(Role.TARGET) else Role.PERIOD_TARGET
        sentence = f"{name}的{ROLE_NAMES[role]}为{goal(target.quantity)}"
        forms = {self._form(i.document_id) for i in printed.match.indicators}
        after = "。" if forms <= {Form.TARGET} else "；资料中没有填报实际完成值。"
        if plan.intent is Intent.STATUS:
            after = "；没有填报实际完成值，是否达标无法判断。"
        return [Statement(sentence, printed.agreeing(role)), Statement(after)]

    def _verdict(self, printed: PrintedValues, row: Indicator | None) -> str:
        """达标, 未达标…, judged on the row that reports the actual value."""
        rows = printed.match.indicators
        judged = row or next((i for i in rows if i.actual is not None), rows[0])
        if judged.target is None:
            target = next((i.target for i in rows if i.target), None)
            if target:
                judged = _with_target(judged, target)
        verdict = judge(judged, self._rules)
        if verdict.status is Status.UNMET and self._form(judged.document_id) is Form.MONITORING:
            return NOT_YET
        return VERDICTS[verdict.status]

    # -- figures that stand by themselves ----------------------------------------------------------

    def _figures(self, plan: QueryPlan, printed: PrintedValues) -> list[Statement]:
        match = printed.match
        who = self._wording.who(match.department, match.year)
        default = Role.ACTUAL if printed.first(Role.ACTUAL) else next(iter(printed.printings))
        role = next((r for r in plan.roles if printed.first(r)), default)
        printing = printed.first(role)
        assert printing is not None
        figure = match.figures[0]
        label = figure.subject.removeprefix(match.department) or match.subject
        named = bool(figure.task) and (
            plan.sections or len(label) <= MAX_BARE_NAME_LENGTH or figure.concept
        )
        task = f"{quoted(figure.task)}的" if named and figure.task not in label else ""
        reported_value = (
            goal(printing.quantity) if role is Role.TARGET else value(printing.quantity)
        )
        verb = "" if states(label) else "为"
        plan_word = "计划" if role is Role.TARGET and not verb else ""
        if leading_year(label):  # 2021年总经费 is of 2021, whatever the year of the form
            who = self._wording.department(match.department)
        statements = [
            Statement(
                f"{who}{task}{plan_word}{label}{verb}{reported_value}", printed.agreeing(role)
            )
        ]
        if role is Role.ACTUAL:
            statements += self._beside_target(printed, figure, printing.quantity)
        statements.append(Statement("。"))
        return statements + self._disagreement(plan, printed, role)

    def _beside_target(
        self, printed: PrintedValues, figure: Figure, actual: Quantity
    ) -> list[Statement]:
        """The target of the figure's row, or the one stated for it, and whether it is met."""
        parent, stated = printed.match.parent, printed.first(Role.TARGET)
        if parent is not None and parent.target is not None:
            target = parent.target
            source = Source(
                parent.document_id, parent.location, target.raw, (), parent.department, parent.year
            )
        elif stated is not None:
            target, source = stated.quantity, stated.source
        else:
            return []
        row = _row_of(figure, target, actual)
        verdict = judge(row, self._rules).status
        if verdict not in (Status.MET, Status.EXCEEDED, Status.UNMET):
            return []
        return [
            Statement(f"，目标为{goal(target)}", (source,)),
            Statement(f"，{VERDICTS[verdict] if verdict is Status.UNMET else REACHED}"),
        ]

    def reached(self, actual: Figure, target: Figure) -> str:
        """达标 or 未达标, where a result and its target can be compared; "" where they cannot."""
        row = _row_of(actual, target.quantity, actual.quantity)
        verdict = judge(row, self._rules).status
        comparable = verdict in (Status.MET, Status.EXCEEDED, Status.UNMET)
        return VERDICTS[verdict] if comparable else ""

    # -- documents that disagree -------------------------------------------------------------------

    def _disagreement(self, plan: QueryPlan, printed: PrintedValues, role: Role) -> list[Statement]:
        first = printed.first(role)
        others = [
            p
            for p in printed.differing(role)
            if self._comparable(p)
            and first
            # within one document only where somebody asks whether it agrees with itself
            and (plan.intent is Intent.CHECK or p.source.document_id != first.source.document_id)
        ]
        if not others:
            return []
        statements = []
        for printing in others[:2]:
            record = self._documents.get(printing.source.document_id)
            title = record.form.value if record else "另一份文件"
            reported_value = (
                goal(printing.quantity) if "TARGET" in role.name else value(printing.quantity)
            )
            statements.append(Statement(f"另有{title}填报为{reported_value}", (printing.source,)))
            statements.append(Statement("，"))
        return [*statements, Statement("各文件不一致，建议核实。")]

    def _comparable(self, printing: PrintedValue) -> bool:
        """Whether a value is for the whole year: monitoring forms report only part of it."""
        return self._form(printing.source.document_id) is not Form.MONITORING and bool(
            printing.quantity.values
        )

    def _not_reported(self, plan: QueryPlan, matches: Iterable[Match]) -> str:
        """The refusal of a subject with a target but without a reported completion; "" if none."""
        for match in matches:
            if match.indicators:
                who = self._wording.who(match.department, match.year)
                name = quoted(match.indicators[0].name)
                return f"{who}设有{name}的目标值，但资料中没有填报可核对的实际完成值。"
        return ""


def _not_there(missing: Sequence[str]) -> str:
    return f"资料中没有{'、'.join(missing)}。"


def _with_target(row: Indicator, target: Quantity) -> Indicator:
    return replace(row, target=target)


def _row_of(figure: Figure, target: Quantity, actual: Quantity) -> Indicator:
    """A figure and its target as an indicator row, so that it can be judged like one."""
    return Indicator(
        id=figure.id,
        document_id=figure.document_id,
        department=figure.department,
        year=figure.year,
        task=figure.task,
        level1="",
        level2="",
        name=figure.subject,
        target=target,
        period_target=None,
        actual=actual,
        actual_text=actual.raw,
        weight=None,
        score=None,
        deviation="",
        location=figure.location,
        figure_ids=(figure.id,),
    )
