"""Answers to plain questions of fact: what is it, what was planned, was it met (查数与状态)."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.answering.context import AnswerContext
from assistant.assessment.status import judge
from assistant.grounding.citations import Source, Statement, of_actual
from assistant.grounding.composition import Composition, refuse
from assistant.grounding.printed_values import _FIELDS, PrintedValue, PrintedValues, sheet
from assistant.language.numbers import convert, plain
from assistant.language.wording import ROLE_NAMES, goal, quoted, states, value
from assistant.types import Calculation, Intent, Match, QueryPlan, Status
from ingest.language.years import leading_year
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Quantity, Role

MAX_BARE_NAME_LENGTH = 8
"""Maximum length, in characters, of a figure's name that needs its task named beside it."""


class Lookups:
    """Words what was found for each subject, department and year."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording
        self._rules = context.rules.status
        self._documents = context.documents
        self._form = context.form

    def compose(self, plan: QueryPlan, matches: Iterable[Match]) -> Composition:
        """The facts found, one line a match; an honest no for those that report nothing."""
        statements: list[Statement] = []
        calculations: list[Calculation] = []
        missing: list[str] = []
        for match in matches:
            if not match.found:
                who = self._wording.who(match.department, match.year)
                years = "、".join(f"{year}年" for _, year in match.others[:4] if year)
                missing.append(f"{who}{quoted(match.subject)}{f'（{years}有）' if years else ''}")
                continue
            lines = self.lines(plan, match)
            if lines:
                statements += lines
                if made := self._against(plan, match):
                    statements.append(made[0])
                    calculations.append(made[1])
                statements.append(Statement("\n"))
            else:
                who = self._wording.who(match.department, match.year)
                missing.append(f"{who}“{match.subject}”的实际完成值")
        if not statements:
            return refuse(self._not_reported(plan, matches) or f"资料中没有{'、'.join(missing)}。")
        if missing:
            statements.append(Statement(f"资料中没有{'、'.join(missing)}。"))
        return Composition(tuple(statements), tuple(calculations))

    def _against(self, plan: QueryPlan, match: Match) -> tuple[Statement, Calculation] | None:
        """The value against the one the question names: 达到95%了吗."""
        limit = plan.condition
        found = sheet(match)
        printed = found.first(Role.ACTUAL) or next(
            (p[0] for role, p in found.printings.items() if role is not Role.TARGET), None
        )
        if limit is None or printed is None or len(printed.quantity.values) != 1:
            return None
        own = printed.quantity
        number = convert(own.values[0], own.unit or limit.unit, limit.unit or own.unit)
        if number is None:
            return None
        sign = "=" if number == limit.values[0] else ">" if number > limit.values[0] else "<"
        word = {"=": "正好是", ">": "高于", "<": "低于"}[sign]
        formula = f"{plain(number)} {sign} {plain(limit.values[0])}"
        made = Calculation(formula, printed.source.figure_ids, limit.values[0], limit.unit)
        return Statement(f"填报数{word}{plain(limit.values[0])}{limit.unit}。"), made

    def lines(self, plan: QueryPlan, match: Match) -> list[Statement]:
        """What the documents say about the subject, in the roles asked for."""
        found = sheet(match)
        if match.indicators:
            return self._indicator(plan, found)
        return self._figures(plan, found)

    # -- an indicator row --------------------------------------------------------------------------

    def _indicator(self, plan: QueryPlan, found: PrintedValues) -> list[Statement]:
        match = found.match
        who = self._wording.who(match.department, match.year)
        name = f"{who}{quoted(match.indicators[0].name)}"
        asked = [role for role in plan.roles if role in _FIELDS]
        if plan.intent is Intent.STATUS or not asked or Role.ACTUAL in asked:
            return self.completion(plan, found, name)
        out: list[Statement] = []
        for role in asked:
            printing = found.first(role)
            if printing is None:
                continue
            lead = f"{name}的" if not out else "，"
            said = goal(printing.quantity) if "TARGET" in role.name else value(printing.quantity)
            out.append(Statement(f"{lead}{ROLE_NAMES[role]}为{said}", found.agreeing(role)))
        if out:
            out.append(Statement("。"))
            for role in asked:
                out += self._disagreement(found, role)
        return out

    def completion(self, plan: QueryPlan, found: PrintedValues, name: str) -> list[Statement]:
        """What was done against what was planned, and the verdict."""
        actual, target = found.first(Role.ACTUAL), found.first(Role.TARGET)
        row = next((i for i in found.match.indicators if i.actual_text.strip()), None)
        if actual is None and row is None:
            if plan.intent is Intent.LOOKUP and Role.ACTUAL in plan.roles:
                return []
            return self._planned_only(found, name)
        if actual is None and row is not None:
            if plan.intent is Intent.LOOKUP and target is not None and target.quantity.values:
                return []
            out = [Statement(f"{name}的完成情况为：“{row.actual_text.strip()}”", (of_actual(row),))]
        else:
            assert actual is not None
            out = [
                Statement(f"{name}实际完成{value(actual.quantity)}", found.agreeing(Role.ACTUAL))
            ]
        if target is not None:
            out.append(Statement(f"，目标为{goal(target.quantity)}", found.agreeing(Role.TARGET)))
        out.append(Statement(f"，{self._verdict(found, row)}。"))
        out += self._disagreement(found, Role.ACTUAL)
        out += self._disagreement(found, Role.TARGET)
        return out

    def _planned_only(self, found: PrintedValues, name: str) -> list[Statement]:
        target = found.first(Role.TARGET) or found.first(Role.PERIOD_TARGET)
        if target is None:
            return []
        role = Role.TARGET if found.first(Role.TARGET) else Role.PERIOD_TARGET
        told = f"{name}的{ROLE_NAMES[role]}为{goal(target.quantity)}"
        forms = {self._form(i.document_id) for i in found.match.indicators}
        after = "。" if forms <= {Form.TARGET} else "；资料中没有填报实际完成值。"
        return [Statement(told, found.agreeing(role)), Statement(after)]

    def _verdict(self, found: PrintedValues, row: Indicator | None) -> str:
        """达标, 未达标…, judged on the row that reports the actual value."""
        rows = found.match.indicators
        judged = row or next((i for i in rows if i.actual is not None), rows[0])
        if judged.target is None:
            target = next((i.target for i in rows if i.target), None)
            if target:
                judged = _with_target(judged, target)
        verdict = judge(judged, self._rules)
        if verdict.status is Status.UNMET and self._form(judged.document_id) is Form.MONITORING:
            return "监控时点尚未达到全年目标"
        said = {
            Status.MET: "达标",
            Status.EXCEEDED: "达标，超额完成",
            Status.UNMET: "未达标",
            Status.QUALITATIVE_MET: "定性目标达成",
            Status.QUALITATIVE_UNMET: "定性目标未达成",
            Status.UNVERIFIABLE: "没有可核对的同口径数值，是否达标无法核实",
            Status.UNREPORTED: "没有填报实际完成值",
        }
        return said[verdict.status]

    # -- figures that stand by themselves ----------------------------------------------------------

    def _figures(self, plan: QueryPlan, found: PrintedValues) -> list[Statement]:
        match = found.match
        who = self._wording.who(match.department, match.year)
        default = Role.ACTUAL if found.first(Role.ACTUAL) else next(iter(found.printings))
        role = next((r for r in plan.roles if found.first(r)), default)
        printing = found.first(role)
        assert printing is not None
        figure = match.figures[0]
        label = figure.subject.removeprefix(match.department) or match.subject
        named = bool(figure.task) and (
            plan.sections or len(label) <= MAX_BARE_NAME_LENGTH or figure.concept
        )
        task = f"{quoted(figure.task)}的" if named and figure.task not in label else ""
        said = goal(printing.quantity) if role is Role.TARGET else value(printing.quantity)
        verb = "" if states(label) else "为"
        plan_word = "计划" if role is Role.TARGET and not verb else ""
        if leading_year(label):  # 2021年总经费 is of 2021, whatever form tells it
            who = self._wording.department(match.department)
        out = [Statement(f"{who}{task}{plan_word}{label}{verb}{said}", found.agreeing(role))]
        if role is Role.ACTUAL:
            out += self._beside_target(found, figure, printing.quantity)
        out.append(Statement("。"))
        return out + self._disagreement(found, role)

    def _beside_target(
        self, found: PrintedValues, figure: Figure, actual: Quantity
    ) -> list[Statement]:
        """The target of the row that a figure belongs to, or that is stated of it, and if met."""
        parent, stated = found.match.parent, found.first(Role.TARGET)
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
            Statement("，未达标" if verdict is Status.UNMET else "，达到目标"),
        ]

    # -- documents that disagree -------------------------------------------------------------------

    def _disagreement(self, found: PrintedValues, role: Role) -> list[Statement]:
        others = [p for p in found.differing(role) if self._comparable(p)]
        if not others:
            return []
        out = []
        for printing in others[:2]:
            record = self._documents.get(printing.source.document_id)
            title = record.form.value if record else "另一份文件"
            said = goal(printing.quantity) if "TARGET" in role.name else value(printing.quantity)
            out.append(Statement(f"另有{title}填报为{said}", (printing.source,)))
            out.append(Statement("，"))
        return [*out, Statement("各文件不一致，建议核实。")]

    def _comparable(self, printing: PrintedValue) -> bool:
        """Monitoring forms report part of the year: no disagreement with the whole year's value."""
        return self._form(printing.source.document_id) is not Form.MONITORING and bool(
            printing.quantity.values
        )

    def _not_reported(self, plan: QueryPlan, matches: Iterable[Match]) -> str:
        """A subject that is planned but whose completion nobody reported."""
        for match in matches:
            if match.indicators:
                who = self._wording.who(match.department, match.year)
                name = quoted(match.indicators[0].name)
                return f"{who}设有{name}的目标值，但资料中没有填报可核对的实际完成值。"
        return ""


def _with_target(row: Indicator, target: Quantity) -> Indicator:
    return replace(row, target=target)


def _row_of(figure: Figure, target: Quantity, actual: Quantity) -> Indicator:
    """A figure and its target as the row they would be in a table."""
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
