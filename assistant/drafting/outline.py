"""Which parts a section has, in which order and under which headings (提纲)."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from assistant.assessment.status import StatusRules
from assistant.drafting.completion import Completion
from assistant.drafting.material import Material
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.measures import Measure, Measures
from assistant.drafting.overview import Overview
from assistant.drafting.paragraphs import Block, Style, heading, numbered, paragraph
from assistant.drafting.problems import Problem, Problems
from assistant.drafting.types import Part, ProblemKind, Section
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.grounding.calculations import count
from assistant.language.numbers import plain

NUMERALS = "一二三四五六七八九十"
_UNDER = {
    ProblemKind.UNMET: "绩效指标未达标",
    ProblemKind.UNVERIFIABLE: "绩效指标完成情况无法核实",
    ProblemKind.UNREPORTED: "绩效指标完成情况未填报",
    ProblemKind.CONTRADICTION: "填报数据存在疑点",
    ProblemKind.STATED: "部门自查提出的问题",
}


class Outline:
    """Writes whole sections out of one department's material."""

    def __init__(
        self,
        material: Material,
        style: Style,
        rules: StatusRules,
        formulas: Mapping[str, Any],
        vocabulary: DraftingVocabulary,
        library: MeasureLibrary,
    ) -> None:
        self._style = style
        self._titles = vocabulary.sections
        self._material = material
        self._overview = Overview(material, style, formulas)
        self._completion = Completion(material, style, rules)
        self._problems = Problems(material, style, rules, vocabulary, library.findings)
        self._measures = Measures(material, style, rules, vocabulary, library)
        self._paces = library.paces

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, the gravest first."""
        return self._problems.all()

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """One measure a problem, in the order of the problems."""
        return self._measures.all(self.problems)

    def part(self, part: Part) -> tuple[Block, ...]:
        """The paragraphs of one part of a section, without its heading."""
        match part:
            case Part.BUDGET:
                return tuple(self._overview.budget())
            case Part.BY_TASK:
                return tuple(self._completion.by_task() or self._completion.result())

    def write(self, section: Section) -> tuple[Block, ...]:
        """The blocks of a section, headings numbered 一、（一）1. as GB/T 9704 prescribes."""
        match section:
            case Section.OVERVIEW:
                parts = self._overview_parts()
            case Section.COMPLETION:
                parts = self._completion_parts()
            case Section.PROBLEMS:
                parts = self._problem_parts()
            case Section.MEASURES:
                parts = self._measure_parts()
            case Section.REPORT:
                return tuple(self._report())
        return (heading(f"一、{self._titles[section]}", 1), *parts)

    def _report(self) -> list[Block]:
        """The whole report in the outline that the forms of 部门整体支出绩效自评 prescribe."""
        return [
            heading("一、基本情况", 1),
            *self._overview_parts(),
            heading("二、绩效自评情况", 1),
            *self._completion_parts(),
            heading(f"三、{self._titles[Section.PROBLEMS]}", 1),
            *self._problem_parts(),
            heading(f"四、{self._titles[Section.MEASURES]}", 1),
            *self._measure_parts(),
            heading("五、其他需要说明的情况", 1),
            paragraph(f"{self._style.blank('next')}。"),
        ]

    def _overview_parts(self) -> list[Block]:
        return _under(
            ("部门概况", self._overview.department()),
            ("年度重点工作任务", self._overview.work()),
            (Part.BUDGET.value, self._overview.budget()),
        )

    def _completion_parts(self) -> list[Block]:
        return _under(
            ("自评结论", self._completion.result()),
            (Part.BY_TASK.value, self._completion.by_task()),
            ("其他工作成效", self._completion.results()),
        )

    def _problem_parts(self) -> list[Block]:
        if not self.problems:
            return [paragraph("现有资料中没有发现未达标、无法核实或相互矛盾的绩效指标。")]
        groups: dict[str, list[Block]] = {}
        order = list(ProblemKind)
        ordered = sorted(enumerate(self.problems), key=lambda pair: order.index(pair[1].kind))
        for number, (index, problem) in enumerate(ordered, 1):
            groups.setdefault(_UNDER[problem.kind], []).append(
                numbered(problem.block, number, f"problem {index}")
            )
        return [self._summary(), *_under(*groups.items())]

    def _summary(self) -> Block:
        """The result in one sentence, before the problems one by one."""
        kinds = [problem.kind for problem in self.problems]
        counts = [
            (kind, count(f"{kind.value}的问题", [k.value for k in kinds if k is kind], unit="项"))
            for kind in ProblemKind
            if kind in kinds
        ]
        whole = count("存在问题", [kind.value for kind in kinds], unit="项")
        parts = "，".join(f"{_NAMED[kind]}{plain(number.result)}项" for kind, number in counts)
        lead = f"{self._material.year}年度，" if self._material.year else ""
        statement = (
            f"{lead}{self._style.department_phrase}绩效管理主要存在{plain(whole.result)}项问题"
        )
        detail = f"，其中{parts}" if len(counts) > 1 else ""
        calculations = [whole, *(number for _, number in counts)]
        return paragraph(f"{statement}{detail}。", calculations=calculations)

    def _measure_parts(self) -> list[Block]:
        others = self._measures.others(self.problems)
        if not self.measures:
            return [paragraph("现有资料中没有发现需要整改的问题。"), *others]
        groups: list[tuple[str, list[Block]]] = []
        number = 0
        for pace in self._paces:
            blocks: list[Block] = []
            for index, measure in enumerate(self.measures):
                if measure.pace == pace:
                    number += 1
                    blocks.append(numbered(measure.block, number, f"measure {index}"))
            if blocks:
                groups.append((f"{pace}事项", blocks))
        if others:
            blocks = [numbered(block, number + n, "") for n, block in enumerate(others, 1)]
            groups.append(("部门提出的其他措施", blocks))
        return _under(*groups)


_NAMED = {
    ProblemKind.UNMET: "指标未达标",
    ProblemKind.UNVERIFIABLE: "完成情况无法核实",
    ProblemKind.UNREPORTED: "完成情况未填报",
    ProblemKind.CONTRADICTION: "数据疑点",
    ProblemKind.STATED: "部门自查问题",
}


def _under(*parts: tuple[str, Sequence[Block]]) -> list[Block]:
    """Parts under headings （一）（二）…; empty ones are left out."""
    out: list[Block] = []
    number = 0
    for title, blocks in parts:
        if blocks:
            out.append(heading(f"（{NUMERALS[number]}）{title}", 2))
            out += blocks
            number += 1
    return out
