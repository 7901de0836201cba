"""Which parts a section has, in which order and under which headings (提纲)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.assessment.rule_packs import Rules
from assistant.assessment.status import StatusRules
from assistant.drafting.completion import Completion
from assistant.drafting.doubts import Doubts
from assistant.drafting.execution import Execution
from assistant.drafting.material import Material
from assistant.drafting.matters import Problem
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.measures import Measure, Measures
from assistant.drafting.overview import Overview
from assistant.drafting.paragraphs import (
    NUMERALS,
    Block,
    Style,
    heading,
    itemised,
    paragraph,
    tabled,
)
from assistant.drafting.problems import UNREPORTED, Problems
from assistant.drafting.types import CheckItem, Part, Section
from assistant.drafting.vocabulary import GAPS, DraftingVocabulary
from assistant.grounding.calculations import count
from assistant.grounding.citations import Statement
from assistant.grounding.composition import TableOfAnswers
from assistant.language.numbers import plain

TABLE_BELOW = "见下表"
"""Refers to the next table, until that has its number."""
UNSPENT = "查明资金没有全部支出的原因，按规定结转或者交回，下一年度据实编制预算"
"""What is done with money that is left, where nothing else is wrong."""
CHECK_COLUMNS = ("序号", "类别", "位置", "填报内容", "核对什么", "怎样做")
DOUBT_COLUMNS = ("类别", "位置", "核对什么")


@dataclass(frozen=True, slots=True)
class Means:
    """By what a draft is written, beside the material: rules, words and wordings of measures."""

    status: StatusRules
    rules: Rules
    vocabulary: DraftingVocabulary
    library: MeasureLibrary


class Outline:
    """Writes whole sections out of one department's material."""

    def __init__(self, material: Material, style: Style, means: Means) -> None:
        vocabulary, library = means.vocabulary, means.library
        self._style = style
        self._vocabulary = vocabulary
        self._material = material
        execution = Execution(material, means.rules.formulas, vocabulary.terms)
        self._overview = Overview(material, style, execution)
        self._completion = Completion(material, style, means.status, execution)
        self._doubts = Doubts(material, library.findings, execution)
        self._problems = Problems(
            material,
            style,
            means.status,
            vocabulary,
            library,
            execution,
            self._doubts,
            means.rules.thresholds.execution_low,
        )
        self._measures = Measures(
            material, style, means.status, vocabulary, library, self.problems, execution
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The headed problems, the gravest first."""
        return self._problems.all

    @property
    def measures(self) -> tuple[Measure, ...]:
        """One answer a problem, in the order of the problems."""
        return self._measures.all

    @cached_property
    def checklist(self) -> tuple[CheckItem, ...]:
        """What the drafter has to check, confirm and add."""
        silent = (topic for topic in GAPS if not self._says(topic))
        return self._doubts.items(self._vocabulary.gaps[topic] for topic in silent)

    def _says(self, topic: str) -> bool:
        return bool(self._material.self_report.get(topic)) or (
            topic == "work" and bool(self._material.tasks)
        )

    def part(self, part: Part) -> tuple[Block, ...]:
        """The paragraphs of one part of a section, without its heading."""
        match part:
            case Part.BUDGET:
                return tuple(self._overview.budget())
            case Part.GOAL:
                return tuple(self._completion.year() or self._completion.result())
            case Part.BY_TASK:
                return tuple(self._completion.by_task() or self._completion.result())

    def write(self, section: Section) -> tuple[Block, ...]:
        """The blocks of a section, headings numbered 一、（一）1. and tables 表1 表2."""
        match section:
            case Section.OVERVIEW:
                parts = self._overview_parts()
            case Section.COMPLETION:
                parts = self._completion_parts()
            case Section.PROBLEMS:
                parts = self._problem_parts()
            case Section.MEASURES:
                parts = self._measure_parts()
            case Section.CHECKLIST:
                parts = self._check_parts()
            case Section.REPORT:
                return _tables_numbered(self._report())
        title = self._vocabulary.sections[section]
        return _tables_numbered([heading(f"一、{title}", 1), *parts])

    def _report(self) -> list[Block]:
        """The whole report in the outline that the forms of 部门整体支出绩效自评 prescribe."""
        titles = self._vocabulary.sections
        sections = (
            ("基本情况", self._overview_parts()),
            ("绩效自评情况", self._completion_parts()),
            (titles[Section.PROBLEMS], self._problem_parts()),
            (titles[Section.MEASURES], self._answers()),
            ("下一步工作安排", self._next_parts()),
        )
        out: list[Block] = []
        for number, (title, blocks) in enumerate((t, b) for t, b in sections if b):
            out += [heading(f"{NUMERALS[number]}、{title}", 1), *blocks]
        return out

    def _answers(self) -> list[Block]:
        """The measures; where no problem is known, how to go on, or what is to be reported."""
        return self._measure_parts() if self.problems else [self._to_report()]

    @property
    def _planned(self) -> bool:
        """Whether only targets are known."""
        return bool(self._material.lines) and not self._material.reported

    def _to_report(self) -> Block:
        """What is to be done where no problem is known: to report, where only targets are."""
        if self._planned:
            return paragraph(f"{self._problems.library.kinds[UNREPORTED].lead}。")
        if not self._material.reported:
            return paragraph("现有资料中没有发现需要整改的问题。")
        unspent, _ = self._problems.execution.shortfall("")
        money = f"{UNSPENT}；" if unspent else ""
        return paragraph(f"没有需要整改的问题。下一步，{money}按期开展绩效运行监控。")

    def _overview_parts(self) -> list[Block]:
        return _under(
            (
                "项目概况" if self._material.projects_alone else "部门概况",
                self._overview.department(),
            ),
            ("年度重点工作任务", self._overview.work()),
            (Part.BUDGET.value, self._overview.budget()),
        )

    def _completion_parts(self) -> list[Block]:
        tables = self._completion.indicators()
        return _under(
            ("自评结论", [*self._completion.result(), *tables]),
            (Part.GOAL.value, self._completion.year()),
            (Part.BY_TASK.value, self._completion.highlights()),
            ("其他工作成效", self._completion.results()),
        )

    def _problem_parts(self) -> list[Block]:
        if not self.problems:
            return [self._nothing_wrong()]
        parts = [
            (problem.heading, _told(problem, f"problem {index}"))
            for index, problem in enumerate(self.problems)
        ]
        if self._style.reviewing:
            parts[-1][1].extend(self._doubts_listed())
        return [self._summary(), *_under(*parts)]

    def _nothing_wrong(self) -> Block:
        if not self._material.reported:
            return paragraph(
                "年度绩效指标尚未填报实际完成值，完成情况有待补报，目前不能判断是否达标；"
                "现有资料没有写明其他问题。"
            )
        unspent, calculations = self._problems.execution.shortfall("")
        return paragraph(
            f"各项绩效指标均达到年度目标，{self._style.department_phrase}自评没有发现"
            "需要整改的问题。",
            *unspent,
            calculations=calculations,
        )

    def _summary(self) -> Block:
        """The problems in one sentence, before they are told one by one."""
        number = count("存在问题", [problem.heading for problem in self.problems], unit="个")
        lead = f"{self._material.year}年度，" if self._material.year else ""
        sides = f"{plain(number.result)}个方面的" if number.result > 1 else "以下"
        return paragraph(
            f"{lead}{self._style.department_phrase}绩效管理主要存在{sides}问题。",
            calculations=[number],
        )

    def _doubts_listed(self) -> list[Block]:
        """All doubts about data, by kind: for who reviews."""
        kinds = {wording.label for wording in self._problems.library.findings.values()}
        rows = [(row.kind, row.place, row.matter) for row in self.checklist if row.kind in kinds]
        cells = tuple(tuple(map(Statement, row)) for row in rows)
        table = TableOfAnswers(DOUBT_COLUMNS, cells)
        return [tabled("需要核对的填报数据", table, listing=True)] if rows else []

    def _measure_parts(self) -> list[Block]:
        if not self.problems:
            return [self._to_report(), *self._measures.plans()]
        parts = []
        for index, measure in enumerate(self.measures):
            title = self._measures.heading(measure.problem)
            parts.append((title, itemised(measure.blocks, f"measure {index}")))
        return [*_under(*parts), self._measures.duties()]

    def _next_parts(self) -> list[Block]:
        """Targets to be set anew, and what else the department plans."""
        targets, plans = (
            itemised(blocks, "")
            for blocks in (self._measures.targets_to_set(), self._measures.plans())
        )
        if not targets or not plans:
            return [*targets, *plans]
        return _under(("绩效目标调整建议", targets), ("其他工作打算", plans))

    def _check_parts(self) -> list[Block]:
        if not self.checklist:
            return [paragraph("没有需要核对、确认或补充的事项。")]
        number = count("核对事项", [row.matter for row in self.checklist], unit="项")
        words = f"报送前需要核对、确认或补充的事项共{plain(number.result)}项，{TABLE_BELOW}。"
        rows = tuple(
            tuple(
                map(
                    Statement,
                    (str(n), row.kind, row.place, row.printed, row.matter, row.action),
                )
            )
            for n, row in enumerate(self.checklist, 1)
        )
        table = TableOfAnswers(CHECK_COLUMNS, rows)
        return [paragraph(words, calculations=[number]), tabled("核对清单", table, listing=True)]


def _told(problem: Problem, key: str) -> list[Block]:
    """The lead of a problem, and its matters as a list."""
    lead = [replace(problem.lead, key=key)] if problem.lead is not None else []
    return [*lead, *itemised(problem.blocks, key)]


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


def _referring(block: Block, number: int) -> Block:
    """The block with the number of the table that it refers to as the one below."""
    if not any(TABLE_BELOW in statement.text for statement in block.statements):
        return block
    statements = (
        replace(statement, text=statement.text.replace(TABLE_BELOW, f"见表{number}"))
        for statement in block.statements
    )
    return replace(block, statements=tuple(statements))


def _tables_numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with the captions of their tables counted: 表1 绩效指标完成情况."""
    blocks = tuple(blocks)
    tables = sum(block.table is not None for block in blocks)
    out = []
    number = 0
    for block in blocks:
        if block.table is None and number < tables:
            block = _referring(block, number + 1)
        elif block.table is not None:
            number += 1
            caption = Statement(f"表{number} {block.statements[0].text}")
            block = replace(block, statements=(caption,))
        out.append(block)
    return tuple(out)
