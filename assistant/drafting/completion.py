"""绩效目标完成情况: the result in one sentence, a table of all indicators, the tasks in short."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property

from assistant.assessment.status import StatusRules
from assistant.drafting.execution import Execution
from assistant.drafting.indicator_table import goals, marks, table
from assistant.drafting.material import FULL_SCORE, Line, Material, bare, has_digit
from assistant.drafting.misses import enumerated, named, together
from assistant.drafting.paragraphs import (
    Block,
    Style,
    amount,
    cited,
    clause,
    completion_phrase,
    gap,
    headline,
    is_cut,
    paragraph,
    quotation,
    tabled,
)
from assistant.drafting.self_report import Item, shared
from assistant.grounding.calculations import Term, count, rate
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.language.numbers import find_numbers, plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Severity, Status
from ingest.types.budget_terms import BudgetTerm

MAX_RESULTS_QUOTED = 6
"""Maximum number of statements quoted on other results."""
MAX_TOLD_WHOLE = 80
"""Maximum length, in characters, of what came of a goal that is told whole."""
MAX_ADVERB_LENGTH = 2
"""Maximum length, in characters, of a word before an indicator's name that is left out (累计)."""
MAX_TOPIC_LENGTH = 16
"""Maximum length, in characters, of a first clause that says which task an item is about."""
MIN_SHARED_RUN = 6
"""Minimum length, in characters, of the part of an indicator's name that a sentence repeats."""
_KINDS: tuple[tuple[str, Callable[[Status], bool]], ...] = (
    ("达标", lambda status: status.is_met),
    ("未达标", lambda status: status.is_unmet),
    ("无法核实", lambda status: status is Status.UNVERIFIABLE),
    ("未填报完成值", lambda status: status is Status.UNREPORTED),
)
_OPEN = (
    (Status.UNVERIFIABLE, "填报的内容没有可与目标值比较的数值，尚不能判断"),
    (Status.UNREPORTED, "尚未填报实际完成值"),
)
MIN_BY_LEVEL = 6
"""Minimum number of indicators of one task that are told by level, a paragraph each."""
_QUOTED = re.compile(r"“[^”]*”")
_LEVEL_END = re.compile(r"(?:指标)?(?:[（(].*)?$")
MAX_HIGHLIGHTS = 2
"""Maximum number of met indicators told of a task; the table has all of them."""
MAX_HIGHLIGHTS_ALONE = 5
"""The same where there is one task, or none."""
APART = ("D14", "D27")
"""Checks that find a target or a result told differently in two places."""


@dataclass(frozen=True)
class Completion:
    """Writes how far the targets were reached."""

    material: Material
    style: Style
    rules: StatusRules
    execution: Execution

    def result(self) -> list[Block]:
        """Score and grade as reported, and how many indicators were met."""
        lines = self.material.reported
        out: list[Statement | str] = []
        out += self._score()
        marked, sums = self._marked()
        if not lines and self.material.scored:
            return [paragraph(*out, *marked, calculations=sums)]
        if not lines:
            return [*([paragraph(*out)] if out else []), *self._planned()]
        year = self.material.year
        lead = f"{year}年度" if year and not out else ""
        counts = [("设置绩效指标", count("绩效指标", _ids(lines), unit="项"))]
        for label, is_kind in _KINDS:
            of_kind = [line for line in lines if is_kind(line.status)]
            if of_kind or (label == "达标" and not all(line.status.is_open for line in lines)):
                counts.append((label, count(f"{label}的绩效指标", _ids(of_kind), unit="项")))
        enumeration = "，".join(f"{label}{plain(number.result)}项" for label, number in counts)
        numbers = [number for _, number in counts]
        if all(line.status.is_open for line in lines):
            out.append(f"{lead}共{enumeration}，是否达标须补报后确定。")
            return [paragraph(*out, calculations=numbers)]
        share = rate(Term(numbers[1].result, "项"), Term(numbers[0].result, "项"))
        out.append(
            f"{lead}共{enumeration}，指标达标率为{plain(share.result)}%（{share.formula}），"
            "各项指标见下表。"
        )
        blocks = [paragraph(*out, *marked, calculations=[*numbers, share, *sums])]
        if unsure := self._unsure(lines):
            blocks.append(named(unsure, "在各处的填报不一致，暂按指标表填报的目标值和完成值判断。"))
        return blocks

    def _unsure(self, lines: Sequence[Line]) -> list[Line]:
        """The met ones whose target or result the forms give differently: the verdict may fall."""
        apart = {bare(line.name) for line, _ in self.execution.apart()} | {
            bare(finding.subject)
            for finding in self.material.findings
            if finding.code in APART and finding.severity is not Severity.NOTE
        }
        return [
            line
            for line in lines
            if line.status.is_met and (line.disputed or bare(line.name) in apart)
        ]

    def _marked(self) -> tuple[list[Statement | str], list[Calculation]]:
        """How many rows are judged by points alone, with their points together."""
        points = [line.points for line in self.material.scored if line.points is not None]
        if not points:
            return [], []
        number = count("按评分标准计分的指标", _ids(self.material.scored), unit="项")
        weights, scores = together(points)
        also = "另有" if self.material.reported else "有"
        words = f"{also}{plain(number.result)}项指标按评分标准计分，"
        earned = f"分值合计{amount(weights)}，自评得{amount(scores)}。"
        return [f"{words}{earned}"], [number, weights, scores]

    def _score(self) -> list[Statement | str]:
        statements = self.material.self_report.get("grading", ())[:1]
        if statements:
            return [cited(f"{clause(statements[0].text)}。", statements[0].source)]
        figure = self.material.terms.get(BudgetTerm.SELF_SCORE)
        scores = [ln.row.score.values[0] for ln in self.material.reported
                  if ln.row.score is not None and ln.row.score.values]  # fmt: skip
        if figure is None or not max(scores, default=0) < figure.quantity.values[0] <= FULL_SCORE:
            return []
        year = f"{self.material.year}年度" if self.material.year else ""
        return [
            cited(
                f"{year}{self.style.department_phrase}自评得分为{value(figure.quantity)}",
                of_figure(figure),
            ),
            "。",
        ]

    def _planned(self) -> list[Block]:
        """Where only targets are known: their number, and that no completion is reported."""
        lines = self.material.lines
        if not lines:
            return [paragraph(f"{self.style.blank('completion')}。")]
        number = count("绩效指标", _ids(lines), unit="项")
        return [
            paragraph(
                f"现有资料只有绩效目标，共设置绩效指标{plain(number.result)}项，"
                f"没有填报实际完成值，{self.style.blank('completion')}。",
                calculations=[number],
            )
        ]

    def by_task(self) -> list[Block]:
        """A paragraph a task, with every one of its indicators: for who asks for one task."""
        groups = self._groups()
        return [self._task(task, lines, len(groups) == 1) for task, lines in groups]

    def highlights(self) -> list[Block]:
        """A paragraph a task: how many targets it reached, what weighed most, what it missed."""
        if self.style.full:
            return self.by_task()
        groups = self._groups()
        if len(groups) == 1 and (levels := _levels(groups[0][1])):
            return [self._summary(level, lines, _Kind.LEVEL) for level, lines in levels.items()]
        kind = _Kind.ALONE if len(groups) == 1 else _Kind.TASK
        return [self._summary(task, lines, kind) for task, lines in groups]

    def indicators(self) -> list[Block]:
        """The table of all indicators: the reported ones, those marked by points, or the goals."""
        reported, scored = self.material.reported, self.material.scored
        out = [tabled("绩效指标完成情况", table(reported))] if reported else []
        if scored:
            out.append(tabled("按评分标准计分的指标", marks(scored)))
        if not out and self.material.lines:
            out.append(tabled("年度绩效指标", goals(self.material.lines)))
        return out

    def _groups(self) -> list[tuple[str, list[Line]]]:
        """The reported indicators by task, the emphasised ones first, then in the form's order."""
        groups: dict[str, list[Line]] = {}
        for line in self.material.reported:
            groups.setdefault(clause(line.row.task), []).append(line)
        return sorted(groups.items(), key=lambda item: -self._weight(item[0], item[1]))

    def _summary(self, task: str, lines: Sequence[Line], kind: "_Kind") -> Block:
        """How many of some indicators were met, those that weigh most, and those that were not."""
        met = [line for line in lines if line.status.is_met]
        total = count(f"{task}绩效指标", _ids(lines), unit="项")
        reached = count(f"{task}达标的绩效指标", _ids(met), unit="项")
        out: list[Statement | str] = []
        only = kind is _Kind.ALONE
        if kind is _Kind.LEVEL:
            out.append(f"{task}{plain(total.result)}项")
        elif task:
            lead = f"{quoted(task)}设置绩效指标{plain(total.result)}项"
            # A task's name may hold numbers (“12345”热线): the row that names it is cited then.
            out.append(cited(lead, lines[0].goal_source) if has_digit(task) else lead)
        elif not only:
            out.append(f"部门整体设置绩效指标{plain(total.result)}项")
        if out:
            partly = f"，达标{plain(reached.result)}项" if met else "，尚不能认定达标"
            whole = "，已经达标" if len(lines) == 1 else "，全部达标"
            if met or len(lines) > 1:
                out.append(whole if len(met) == len(lines) else partly)
        most = MAX_HIGHLIGHTS_ALONE if only else MAX_HIGHLIGHTS
        said = "" if self.style.brief else "".join(part for part, _ in self._results)
        new = [line for line in met if _measured(line) and not _repeats(said, [line.name])]
        shown = self._weightiest(new, most)
        out += _praised(shown, ("：" if len(lines) == 1 else "，其中") if out else "")
        out.append("。" if out else "")
        missed = [line for line in lines if line.status.is_unmet]
        if missed:
            out += [*enumerated(missed), "未达到目标。"]
        calculations = [total, reached]
        for status, words in _OPEN:
            if some := [line for line in lines if line.status is status]:
                out += [*enumerated(some), f"{words}。"]
        return paragraph(*out, calculations=calculations)

    def _weightiest(self, lines: Sequence[Line], most: int) -> list[Line]:
        """The indicators with most weight, as many as are told of a task."""

        def rank(line: Line) -> tuple[int, Decimal]:
            weight = line.row.weight.value if line.row.weight else None
            return -self.style.weight(line.name), -(weight or Decimal(0))

        chosen = sorted(lines, key=rank)[: 0 if self.style.brief else most]
        return [line for line in lines if line in chosen]

    def year(self) -> list[Block]:
        """The year's goal, and what came of it, in the department's own words (总体目标)."""
        if self.style.brief:
            return []
        told = self.material.self_report
        wanted = told.get("goal", ())
        aims = [item for item in wanted if not is_cut(item.text)]  # no preamble, if all can be told
        goals = [(headline(item.text), item.source) for item in aims or wanted]
        return [
            *self._said("年度总体目标是：", goals),
            *self._said("实际完成情况：", self._results),
        ]

    @cached_property
    def _results(self) -> list[tuple[str, Source]]:
        """What came of the year's goal, part by part."""
        items = self.material.self_report.get("reached", ())
        return [(part, item.source) for item in items for part in self._reached(item.text)]

    def _said(self, lead: str, statements: Sequence[tuple[str, Source]]) -> list[Block]:
        """Statements in one paragraph, each cited: some, or all where all is told that there is."""
        most = None if self.style.full else MAX_RESULTS_QUOTED
        parts = [
            part
            for number, (text, source) in enumerate(statements[:most])
            for part in (Statement("；" if number else lead), *quotation(Item(text, source)))
        ]
        return [paragraph(*parts, "。")] if parts else []

    def _reached(self, text: str) -> list[str]:
        """What came of a goal: a short sentence whole, of more what it says of indicators.

        What else a long one counts (meetings, people served) tells nothing of the goal; it stands
        for items that name no indicator. A result that the table has otherwise is left out.
        """
        cut = [[clause(part) for part in one.split("，")] for one in re.split(r"[；;。]", text)]
        parts = [part for sentence in cut for part in sentence]
        if len(text) <= MAX_TOLD_WHOLE and "。" not in clause(text):
            return [] if any(map(self._differs, parts)) else [clause(text)]
        names = [line.name for line in self.material.lines]
        numbers = {part: [n.unit for n in find_numbers(part) if n.unit != "年"] for part in parts}
        on_goal = [part for part in parts if numbers[part] and _repeats(part, names)]
        counted = [part for part in parts if any(numbers[part])]
        kept: list[list[str]] = []
        for sentence in cut:
            kept.append(self._kept(sentence, on_goal or counted, names, first=not any(kept)))
        told = ("，" if on_goal else "；").join("，".join(some) for some in kept if some)
        topic = parts[0] if parts[0] not in told and len(parts[0]) <= MAX_TOPIC_LENGTH else ""
        if topic and bare(topic) in {bare(line.row.task) for line in self.material.lines}:
            topic += "方面"
        return ["，".join([topic, told] if topic else [told])] if told else []

    def _kept(
        self, sentence: Sequence[str], wanted: Sequence[str], names: Sequence[str], *, first: bool
    ) -> list[str]:
        """The wanted clauses of a sentence, each behind the one that it goes on from, if any.

        What is counted in the middle of a sentence is counted of what stands before it there, and
        not of what another sentence told; a clause that names an indicator stands by itself.
        """
        out: dict[str, str] = {}
        for number, part in enumerate(sentence):
            before = sentence[number - 1] if number else ""
            if part not in wanted or self._differs(part):
                continue
            goes_on = has_digit(_QUOTED.sub("", before)) or not first
            if before and goes_on and not self._differs(before) and not _repeats(part, names):
                out.setdefault(before, before)
            out[part] = self._from_name(part)
        return [*out.values()]

    def _from_name(self, part: str) -> str:
        """A clause from the name of its indicator on, where only an adverb stands before it."""
        starts = [part.find(line.name) for line in self.material.lines]
        start = min((s for s in starts if s >= 0), default=0)
        return part[start:] if start <= MAX_ADVERB_LENGTH else part

    def _differs(self, part: str) -> bool:
        """Whether a clause gives an indicator another result than the table does."""
        for line in self.material.lines:
            actual = line.row.actual
            if bare(line.name) in bare(part) and actual is not None and actual.values:
                told = {number.value for number in find_numbers(part.replace(line.name, ""))}
                if told and not told & {*actual.values}:
                    return True
        return False

    def results(self) -> list[Block]:
        """Other results in the department's words: those with a number, on no indicator."""
        if self.style.brief:
            return []
        names = [line.name for line in self.material.lines]
        statements = [
            (clause(part), item.source)
            for item in self.material.self_report.get("results", ())
            for part in _statements(item.text)
            if any(number.unit for number in find_numbers(part)) and not _repeats(part, names)
        ]
        return self._said("", statements)

    def _weight(self, task: str, lines: Sequence[Line]) -> int:
        return self.style.weight(task, *(line.name for line in lines))

    def _task(self, task: str, lines: Sequence[Line], only: bool) -> Block:
        total = count(f"{task}绩效指标", _ids(lines), unit="项")
        label = f"{quoted(task)}任务" if task else ("" if only else "部门关键指标")
        out: list[Statement | str] = []
        calculations: list[Calculation] = [total]
        met = [line for line in lines if line.status.is_met]
        open_ = [line for line in lines if not line.status.is_met]
        first = lines[0].goal_source
        if label:
            lead = f"{label}{'设置绩效指标' if task else '共'}{plain(total.result)}项"
            # A task's name may hold numbers (“12345”热线): the row that names it is cited then.
            out.append(cited(lead, first) if has_digit(task) else lead)
            reached = count(f"{task}达标的绩效指标", _ids(met), unit="项")
            if not open_:
                out.append("，全部达标。")
            elif met:
                calculations.append(reached)
                out.append(f"，达标{plain(reached.result)}项。")
            else:
                out.append("，均不能认定达标。")
        if not self.style.brief:
            for number, line in enumerate(met):
                out += ["；" if number else "", *_met(line)]
            out.append("。" if met else "")
        for line in open_:
            words, distances = self._open(line)
            out += words
            calculations += distances
        return paragraph(*out, calculations=calculations)

    def _open(self, line: Line) -> tuple[list[Statement | str], list[Calculation]]:
        """The words and calculations on an indicator that is not met or cannot be verified."""
        out: list[Statement | str] = []
        if line.goal is not None:
            out.append(cited(f"{quoted(line.name)}目标为{goal(line.goal)}", line.goal_source))
        else:
            out.append(f"{quoted(line.name)}没有设定目标值")
        if line.status is Status.UNREPORTED:
            return [*out, "，没有填报实际完成值。"], []
        out.append(cited(f"，{completion_phrase(line)}", line.actual_source))
        if line.status.is_unmet:
            measured = gap(line, self.rules)
            if measured:
                distance, word = measured
                words = f"，{word}{amount(distance)}（{distance.formula}），未达标。"
                return [*out, words], [distance]
            return [*out, "，未达标。"], []
        return [*out, "，与目标值口径不同，无法核实是否达标。"], []


class _Kind(Enum):
    """What some indicators have in common that are told of in one paragraph."""

    TASK, LEVEL, ALONE = range(3)


def _levels(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The indicators by their first level (产出指标), where a form names it for all of them."""
    levels: dict[str, list[Line]] = {}
    for line in lines:
        level = _LEVEL_END.sub("", clause(line.row.level1))
        name = f"{level}指标" if level else ""
        levels.setdefault(name, []).append(line)
    if len(lines) < MIN_BY_LEVEL:
        return {}
    known = len(levels) > 1 and not any(not name or has_digit(name) for name in levels)
    return levels if known else {}


def _praised(lines: Sequence[Line], lead: str) -> list[Statement | str]:
    """Met indicators: what is better than its target with both values, what equals it by name."""
    equal = [line for line in lines if _level_with_goal(line)]
    better = [line for line in lines if line not in equal]
    out: list[Statement | str] = []
    for number, line in enumerate(better):
        out += ["；" if number else lead, *_met(line)]
    if equal:
        out += ["；" if better else lead, *enumerated(equal)]
        out.append("均与目标持平" if len(equal) > 1 else "与目标持平")
    return out


def _level_with_goal(line: Line) -> bool:
    """Whether the actual value is that of the target."""
    wanted, done = line.goal, line.row.actual
    same = wanted is not None and done is not None and wanted.values == done.values
    return same and wanted is not None and done is not None and wanted.unit == done.unit


def _met(line: Line) -> Iterable[Statement]:
    """A met indicator in one clause: actual value, target in brackets."""
    yield cited(f"{quoted(line.name)}{completion_phrase(line)}", line.actual_source)
    if line.goal is not None:
        yield cited(f"（目标{goal(line.goal)}", line.goal_source)
        yield Statement("）")


def _measured(line: Line) -> bool:
    """Whether an indicator reports a number, which is worth telling."""
    return line.row.actual is not None and bool(line.row.actual.values)


def _repeats(text: str, names: Iterable[str]) -> bool:
    """Whether a text tells of one of the indicators named."""
    return any(shared(name, text) >= min(len(name), MIN_SHARED_RUN) for name in names)


def _ids(lines: Iterable[Line]) -> list[str]:
    return [line.row.id for line in lines]


def _statements(text: str) -> list[str]:
    """The statements of an item; the first of several is left out: its headline stands in it."""
    parts = [part for part in re.split(r"[；;。]", text) if part.strip()]
    return parts[1:] if len(parts) > 1 else parts
