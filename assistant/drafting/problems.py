"""存在问题: what is wrong, each matter once, under a few headings by cause, the gravest first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property

from assistant.assessment.status import StatusRules, direction
from assistant.drafting.data_doubts import DataDoubts
from assistant.drafting.doubts import Doubts, told
from assistant.drafting.execution import Execution
from assistant.drafting.material import Line, Material, bare
from assistant.drafting.matters import Matter, Problem, ending, label_of, without
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.misses import (
    MAX_NAMED,
    NOT_REACHED,
    Explained,
    half_met,
    lesser,
    lost,
    marked_down,
    named,
    reason_source,
    shortfall,
    stake,
)
from assistant.drafting.paragraphs import (
    NUMERALS,
    Block,
    Style,
    cited,
    clause,
    gap,
    is_work,
    paragraph,
    quotation,
)
from assistant.drafting.self_report import Item, shared
from assistant.drafting.slow_tasks import SlowTasks
from assistant.drafting.types import Cause
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.grounding.citations import Statement, of_figure
from assistant.language.wording import quoted
from assistant.types import Finding, Severity, Status
from ingest.types.budget_terms import BudgetTerm

MAX_TOLD = 3
"""Maximum number of missed indicators told under one heading; the lesser ones stand in a table."""
MAX_HEADED = 5
MAX_SENTENCES = 3
"""Maximum number of sentences on what was filled in badly."""
JOINED = ((Cause.MANAGEMENT, Cause.TARGETS), (Cause.OUTPUT, Cause.EFFECT))
"""Causes that stand under one heading where there are too many, the first under its own name."""
MIN_SHARED_RUN = 4
"""Minimum length, in characters, of what an indicator and a stated problem share."""
USUAL_WEIGHT = Decimal(10)
FOUND_GRAVITY = Decimal(3)
STATED_GRAVITY = Decimal("0.5")
"""What is only stated, without a number, follows what was missed."""
MAX_JOINED_REASON = 40
"""Maximum length, in characters, of a reason that is told in the sentence of the fact."""
NO_REASON = "，填报资料没有写明原因"
SOME, SLOW_SPENDING = "部分指标", "预算执行进度偏慢"
MAX_LEADING_REASON = 18
"""Maximum length, in characters, of a reason that is told before the fact."""
NEARLY_ALL = 0.8
"""Share of the characters of an indicator's name, from 0 to 1, by which a clause names it."""
_CLAUSES = re.compile(r"[，。；：]")
_SENTENCES = re.compile(r"[。；，].{10}")
"""A stated problem that goes on behind its first clause: it tells why."""
TWO_TARGETS, SLOW, ADJUSTED = "D14", "D19", "D20"
"""Checks whose findings are problems of the department, and no doubts about its figures."""
UNVERIFIABLE, UNREPORTED, DOUBTFUL = "无法核实", "未填报", "数据疑点"
MARKED_DOWN, OVERSPENT = "失分", "超预算"
"""Kinds of what was filled in badly, as the library of measures names them."""


@dataclass(frozen=True)
class Problems:
    """Finds what is wrong, tells each matter once and puts it under a heading."""

    material: Material
    style: Style
    rules: StatusRules
    vocabulary: DraftingVocabulary
    library: MeasureLibrary
    execution: Execution
    doubts: Doubts
    low_rate: Decimal
    """Percentage of the budget below which spending is slow, whoever says so."""
    _used: set[int] = field(default_factory=set)

    @cached_property
    def all(self) -> tuple[Problem, ...]:
        """At most five headed problems, the gravest first, what was filled in badly last."""
        matters = [*self._missed(), *self._spending(), *self._targets(), *self._others()]
        groups: dict[Cause, list[Matter]] = {}
        for matter in matters:
            groups.setdefault(matter.cause, []).append(matter)
        reporting = self._reporting()
        for kept, joined in JOINED:
            if len(groups) + bool(reporting) > MAX_HEADED and {kept, joined} <= {*groups}:
                groups[kept] += groups.pop(joined)
        order = list(Cause)

        def rank(group: tuple[Cause, list[Matter]]) -> tuple[bool, Decimal, int]:
            cause, found = group
            slight = all(MARKED_DOWN in matter.kinds for matter in found)
            return slight, -sum((m.gravity for m in found), Decimal(0)), order.index(cause)

        headed = sorted(groups.items(), key=rank)
        problems = [self._headed(cause, group) for cause, group in headed]
        if reporting:
            problems.append(self._headed(Cause.REPORTING, [reporting]))
        return tuple(problems)

    def _headed(self, cause: Cause, matters: Sequence[Matter]) -> Problem:
        ordered = sorted(matters, key=self._rank)
        missed = [matter for matter in ordered if matter.lines and not matter.items]
        small = missed[MAX_TOLD:] if len(missed) > MAX_TOLD + 1 and not self.style.full else []
        told_ones = [matter for matter in ordered if matter not in small]
        together = {self.cause_of(m.lines[0]) for m in matters if m.lines and not m.kinds}
        heading = self.vocabulary.headings[cause]
        if {Cause.OUTPUT, Cause.EFFECT} <= together:
            heading = self.vocabulary.missed
        (first, *more) = told_ones
        alone = not more and not small and cause is not Cause.REPORTING
        if alone and bare(first.block.text) != bare(first.label):
            heading = first.label
            told_ones = [replace(first, block=without(first.block, heading))]
        filed = [Explained(m.lines[0], self._reason(m.lines[0])[0]) for m in small]
        rest = lesser(filed, self.rules) if small else ()
        silent = [matter for matter in told_ones if matter.silent]
        if len(silent) == 1:
            told_ones = [ending(m, NO_REASON) if m.silent else m for m in told_ones]
            silent = []
        lead = stake(
            [line for matter in matters for line in matter.lines],
            [line for matter in silent for line in matter.lines],
        )
        return Problem(cause, heading, tuple(told_ones), tuple(small), rest, lead)

    def _rank(self, matter: Matter) -> tuple[int, Decimal]:
        names = [line.name for line in matter.lines] + [line.row.task for line in matter.lines]
        return -self.style.weight(*names), -matter.gravity

    # -- indicators --------------------------------------------------------------------------------

    def _missed(self) -> Iterator[Matter]:
        """Each missed indicator, with what the department itself says of it."""
        for line in self.material.reported:
            if line.status.is_unmet:
                yield self._unmet(line)
        yield from self._partly()
        rows = [(line, points) for line in self._marked() if (points := lost(line))]
        rows.sort(key=lambda pair: -pair[1].result)
        if rows:
            names, block, points = marked_down(rows)
            yield Matter(
                self.cause_of(rows[0][0]),
                f"{names if len(rows) == 1 else SOME}按评分标准失分",
                block,
                points.result,
                kinds=(MARKED_DOWN,),
                names=names,
            )

    def _partly(self) -> Iterator[Matter]:
        """What was met in words and did not get all its points."""
        rows = [
            (line, points)
            for line in self.material.reported
            if line.status is Status.QUALITATIVE_MET
            and not self.material.in_scoring_sheet(line)
            and (points := lost(line))
        ]
        if rows:
            names, block, points = half_met(rows[:MAX_NAMED])
            cause = self.cause_of(rows[0][0])
            label = f"{names if len(rows) == 1 else SOME}自评失分"
            yield Matter(cause, label, block, points.result, kinds=(MARKED_DOWN,), names=names)

    def _marked(self) -> Iterator[Line]:
        """The rows that points alone judge, and those that met their target and lost points."""
        yield from self.material.scored
        for line in self.material.reported:
            if line.status.is_met and self._noted(line):
                yield line

    def _unmet(self, line: Line) -> Matter:
        name = quoted(line.name)
        out: list[Statement | str] = []
        item = self._said_of(line)
        if item is not None:
            self._used.add(id(item))
            out += [*quotation(item, self._whose("自查")), "。"]
        statements, calculations = shortfall(line, self.rules)
        reason, intended = self._reason(line)
        said_there = self.vocabulary.cause_in_completion.search(clause(line.row.actual_text))
        unlikely = bool(reason) and not self._can_explain(line, reason)
        told_why = item is not None and bool(_SENTENCES.search(clause(item.text)))
        explained = bool(reason) and line.deviation is not None
        if explained and not (said_there and not unlikely):  # what was done says why itself
            statements = self._told_why(line, statements, reason, unlikely)
        out += statements
        noted = "" if explained else "、".join(map(quoted, self._noted(line)))
        if noted:
            source = of_figure(line.points[0]) if line.points else line.goal_source
            out.append(cited(f"，评分表中注明{noted}", source))
        elif told_why and item is not None and not reason:
            reason = item.text
        out.append("。")
        return Matter(
            self.cause_of(line),
            f"{name}未达到年度目标",
            paragraph(*out, calculations=calculations),
            self._gravity(line),
            (line,),
            (item,) if item else (),
            reason="" if unlikely else reason,
            intended=None if unlikely else intended,
            unexplained=unlikely or not (reason or self._noted(line)),
            silent=not (reason or self._noted(line)),
        )

    def _told_why(
        self, line: Line, fact: Sequence[Statement | str], reason: str, unlikely: bool
    ) -> list[Statement | str]:
        """A fact with its reason: a short one before it (因…), a longer one behind it.

        It is told as the report's own of work done piece by piece, of which what hindered it left
        some undone, and where it is none of the usual ones, which are given for anything. Else it
        is told as what was filled in, and so is one that is doubted or that another body quotes.
        """
        reason, source = reason.removeprefix("原因是"), reason_source(line)
        compared = gap(line, self.rules) is not None
        causal = self.vocabulary.causal.match(reason)
        given_for_anything = not is_work(line) and bool(self.library.causes_in(reason))
        if unlikely or self.style.reviewing or given_for_anything:
            said = quotation(Item(f"填报的原因是{reason}", source))
            doubt = ["。这一原因难以说明该指标的差距，实际原因有待查明"] if unlikely else []
            return [*fact, "，" if len(reason) <= MAX_JOINED_REASON else "。", *said, *doubt]
        alone = not causal and not _CLAUSES.search(reason)
        if alone and compared and len(reason) <= MAX_LEADING_REASON:
            return [*quotation(Item(f"因{reason}", source)), "，", *fact]
        lead = "主要是" if causal else "主要原因是"
        joint = "，" if len(reason) <= MAX_JOINED_REASON else "。"
        return [*fact, joint, *quotation(Item(f"{lead}{reason}", source))]

    def _noted(self, line: Line) -> tuple[str, ...]:
        """What a scoring sheet remarks on a row."""
        return line.remarks if self.material.in_scoring_sheet(line) else ()

    def _can_explain(self, line: Line, reason: str) -> bool:
        """Whether a reason can be one for such an indicator, by the patterns that it fits.

        Too small a sample explains no length; no target of none (no accident) is set too high.
        """
        found = self.library.causes_in(reason)
        family = self.family(line)
        none = line.goal is not None and bool(line.goal.values) and not any(line.goal.values)
        fits = (
            (not cause.only or family in cause.only) and not (cause.retarget and none)
            for cause in found
        )
        return not found or any(fits)

    def family(self, line: Line) -> str:
        """The family of the library that an indicator belongs to."""
        upward = direction(line.row, self.rules) > 0
        return self.library.family(line.name, line.family, upward=upward).name

    def _gravity(self, line: Line) -> Decimal:
        """The weight of an indicator, by how much of its target is missing."""
        weight = line.row.weight.value if line.row.weight else None
        target, distance = line.goal, gap(line, self.rules)
        share = Decimal(1)
        if distance and target is not None and target.values and target.values[0]:
            share = min(abs(distance[0].result / target.values[0]), Decimal(1))
        return (weight or USUAL_WEIGHT) * share

    def cause_of(self, line: Line) -> Cause:
        """Which heading a missed indicator stands under, by its level, its name and its family."""
        term = self.vocabulary.terms.find(line.name)
        if term is not None and term.name == BudgetTerm.COMPLETION_RATE:
            return Cause.EXECUTION
        levels = "".join((line.row.level1 + line.row.level2 + line.family).split())
        if self.vocabulary.processes.search(levels):
            return Cause.MANAGEMENT
        if self.vocabulary.effects.search(levels or line.name):
            return Cause.EFFECT
        return Cause.OUTPUT

    def _said_of(self, line: Line) -> Item | None:
        """The problem stated by the department that names the indicator."""
        items = [item for item in self._stated if id(item) not in self._used]
        fits = [item for item in items if _names(item.text, line.name)]
        return max(fits, key=lambda item: shared(line.name, item.text), default=None)

    def _reason(self, line: Line) -> tuple[str, Item | None]:
        """The reason for the deviation ("" if none), and the measure that it announces, if any."""
        row = line.deviation
        if row is None:
            completion = clause(line.row.actual_text)
            stated = self.vocabulary.cause_in_completion.search(completion)
            return (completion if stated else ""), None
        text = clause(row.deviation)
        announced = self.vocabulary.own_measure.search(text)
        if not announced:
            return text, None
        reason, measure = clause(text[: announced.start()]), clause(text[announced.start() :])
        return reason, Item(measure, reason_source(line))

    # -- money, targets, and what the department says ----------------------------------------------

    @cached_property
    def _stated(self) -> tuple[Item, ...]:
        """The problems that the department states, without what this report says otherwise."""
        items = self.material.self_report.get("problems", ())
        kept = (replace(item, text=self.execution.agreeing(item.text)) for item in items)
        return tuple(item for item in kept if clause(item.text))

    def _left(self, cause: Cause) -> Iterator[Item]:
        """The stated problems of a kind that nothing has been told of yet."""
        for item in self._stated:
            topic = self.library.topic(item.text)
            if id(item) not in self._used and (topic.cause if topic else Cause.MANAGEMENT) is cause:
                self._used.add(id(item))
                yield item

    def _spending(self) -> Iterator[Matter]:
        """Slow spending: of the whole department, as stated or by its rate, and of its projects."""
        items = list(self._left(Cause.EXECUTION))
        rate = self.execution.rate
        slow = rate is not None and rate.result < self.low_rate
        if overspent := self.execution.overspent():
            yield Matter(
                Cause.EXECUTION,
                "全年支出超出预算",
                paragraph(*overspent[0], calculations=overspent[1]),
                FOUND_GRAVITY,
                kinds=(OVERSPENT,),
            )
        if items or slow or self._slow.all:
            out: list[Statement | str] = []
            for item in items:
                out += [*quotation(item, self._whose("自查")), "。"]
            beside = [item for item in self._stated if id(item) in self._used]
            said = "".join(item.text for item in beside)
            told_rate, calculations = self.execution.shortfall(said)
            out += told_rate
            words, rates = self._slow.told("其中，" if out else "")
            out += words
            calculations += rates
            label = label_of(clause(items[0].text)) if items else SLOW_SPENDING
            if not items and not slow:
                label = "部分项目预算执行进度偏慢"
            spent = rate.result if rate else Decimal(100)
            gravity = max(Decimal(100) - spent, Decimal(0)) + STATED_GRAVITY * len(items)
            block = paragraph(*out, calculations=calculations)
            names = self._slow.names
            yield Matter(Cause.EXECUTION, label, block, gravity, items=tuple(items), names=names)
        seen: set[str] = set()
        for finding in self.material.findings:
            subject = bare(finding.subject)
            if finding.code != SLOW or "低于" not in finding.message or subject in seen:
                continue
            seen.add(subject)
            if (slow and subject == bare(BudgetTerm.COMPLETION_RATE)) or not finding.formula:
                continue
            if finding.message.startswith("部门整体支出") or self._slow.covers(subject):
                continue
            yield self._of_finding(Cause.EXECUTION, finding, "，支出进度偏慢。")

    @cached_property
    def _slow(self) -> SlowTasks:
        return SlowTasks(self.material, self.execution, self.low_rate)

    def _targets(self) -> Iterator[Matter]:
        """Targets that differ from place to place, and what is stated of targets."""
        for finding in self.material.findings:
            if finding.code == TWO_TARGETS and finding.severity is not Severity.NOTE:
                yield self._of_finding(Cause.TARGETS, finding, "。")
        for item in self._left(Cause.TARGETS):
            yield self._as_stated(Cause.TARGETS, item)

    def _others(self) -> Iterator[Matter]:
        for finding in self.material.findings:
            if finding.code == ADJUSTED and finding.severity is not Severity.NOTE:
                yield self._of_finding(Cause.MANAGEMENT, finding, "。")
        for cause in (Cause.OUTPUT, Cause.EFFECT, Cause.MANAGEMENT, Cause.REPORTING):
            for item in self._left(cause):
                yield self._as_stated(cause, item)

    def _of_finding(self, cause: Cause, finding: Finding, end: str) -> Matter:
        block = told(finding, self.material)
        label = f"{quoted(clause(finding.subject))}{self.library.findings[finding.code].label}"
        closed = replace(
            block,
            statements=(*block.statements, Statement(end)),
            fallback=(*block.fallback, Statement("。")),
        )
        return Matter(cause, label, closed, FOUND_GRAVITY, finding=finding)

    def _as_stated(self, cause: Cause, item: Item) -> Matter:
        block = paragraph(*quotation(item, self._whose("自查")), "。")
        return Matter(cause, label_of(clause(item.text)), block, STATED_GRAVITY, items=(item,))

    def _whose(self, act: str) -> str:
        """Behind the department's own words, where another body reviews them."""
        return f"（{self.style.department_phrase}{act}）" if self.style.reviewing else ""

    # -- what was filled in badly ------------------------------------------------------------------

    @cached_property
    def _data(self) -> DataDoubts:
        return DataDoubts(self.material, self.execution, self.doubts, self.library)

    def _reporting(self) -> Matter | None:
        """All that was filled in badly, in a few sentences; each doubt stands in the list."""
        said: list[tuple[str, Block]] = []  # of indicators
        lines: list[Line] = []
        told_of: list[Line] = []
        for status, kind, words in (
            (
                Status.UNVERIFIABLE,
                UNVERIFIABLE,
                "填报的完成情况没有可比的数值，无法核实是否达标",
            ),
            (Status.UNREPORTED, UNREPORTED, "没有填报实际完成值"),
        ):
            affected = [ln for ln in self.material.reported if ln.status is status]
            for line in [ln for ln in affected if lost(ln)]:
                words_of, points = shortfall(line, self.rules)
                words_of = [part for part in words_of if part != NOT_REACHED]
                open_ = "，是否达到目标有待核实" if status is Status.UNVERIFIABLE else ""
                said.append((kind, paragraph(*words_of, open_, calculations=points)))
                lines.append(line)
                affected.remove(line)
            if affected and all(line.disputed for line in affected):
                words += "，各文件填报的完成值也不一致"
                told_of += affected
            if affected:
                said.append((kind, named(affected, words)))
                lines += affected
        reported = self.material.reported
        disputed = [line for line in reported if line.disputed and line not in told_of]
        if disputed:
            words = "在各文件中填报的完成值不一致，是否达到目标须核对后确定"
            said.append((DOUBTFUL, named(disputed, words)))
        doubts = self._data.told(MAX_SENTENCES - bool(said))
        kinds = [kind for kind, _ in said] + [DOUBTFUL] * bool(doubts)
        of_lines = [[block for _, block in said]] if said else []
        sentences = [*of_lines, *([block] for block in doubts)]
        if not sentences:
            return None
        if rest := self._data.rest(MAX_SENTENCES - bool(said)):
            (where, *others), shown = rest.statements, sentences[-1][0].statements
            same = others and where == shown[0] and where.text.endswith("中，")
            sentences[-1].append(replace(rest, statements=tuple(others)) if same else rest)
        out: list[Statement] = []
        instead: list[Statement] = []
        for number, blocks in enumerate(sentences):
            lead = [Statement(f"{NUMERALS[number]}是")] if len(sentences) > 1 else []
            for position, block in enumerate(blocks):
                end = Statement("；" if position < len(blocks) - 1 else "。")
                out += [*lead, *block.statements, end]
                instead += [*lead, *(block.fallback or block.statements), end]
                lead = []
        sums = tuple(one for blocks in sentences for b in blocks for one in b.calculations)
        return Matter(
            Cause.REPORTING,
            self.vocabulary.headings[Cause.REPORTING],
            Block(tuple(out), calculations=sums, fallback=tuple(instead)),
            Decimal(0),
            tuple(lines),
            kinds=tuple(dict.fromkeys(kinds)),
        )


def _names(text: str, name: str) -> bool:
    """Whether a stated problem is about an indicator: a run of its name, or nearly all of it in
    order in the first clause (旅游收入未达预期: 旅游总收入)."""
    first = re.split(r"[，。；：]", clause(text), maxsplit=1)[0]
    if shared(name, text) >= MIN_SHARED_RUN:
        return True
    found = sum(
        block.size for block in SequenceMatcher(None, name, first, False).get_matching_blocks()
    )
    return found >= max(MIN_SHARED_RUN, len(name) * NEARLY_ALL)
