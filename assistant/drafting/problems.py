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
from assistant.drafting.execution import Execution, share_spent
from assistant.drafting.material import Line, Material, bare, has_digit
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.misses import (
    NOT_REACHED,
    Explained,
    Words,
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
    paragraph,
    quotation,
)
from assistant.drafting.self_report import Item, shared
from assistant.drafting.types import Cause
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.grounding.citations import Statement, of_figure
from assistant.language.numbers import plain
from assistant.language.wording import quoted, value
from assistant.types import Calculation, Finding, Severity, Status
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure

MAX_LABEL_LENGTH = 24
"""Maximum length, in characters, of the first clause by which a problem is named."""
MAX_TOLD = 3
"""Maximum number of missed indicators told under one heading; the lesser ones stand in a table."""
MAX_HEADED = 5
JOINED = ((Cause.MANAGEMENT, Cause.TARGETS), (Cause.OUTPUT, Cause.EFFECT))
"""Causes that stand under one heading where there are too many, the first under its own name."""
MIN_SHARED_RUN = 4
"""Minimum length, in characters, of what an indicator and a stated problem share."""
USUAL_RATE = 90
"""Percentage of its money that a task is expected to spend where the department spent more."""
USUAL_WEIGHT = Decimal(10)
FOUND_GRAVITY = Decimal(3)
STATED_GRAVITY = Decimal("0.5")
"""What is only stated, without a number, follows what was missed."""
SHORTEST_REMAINDER = 16
"""Minimum length, in characters, of a sentence that goes on where its heading ends."""
MAX_JOINED_REASON = 40
"""Maximum length, in characters, of a reason that is told in the sentence of the fact."""
NO_REASON = "，填报资料没有写明原因"
MAX_LEADING_REASON = 18
"""Maximum length, in characters, of a reason that is told before the fact."""
MAX_SLOW = 5
"""Maximum number of tasks that spend slowly that are told by name."""
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


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that is wrong (事项): what it is named by, and the paragraph that states it.

    `gravity` is in points of a form that makes 100; `reason` is the cause that the form gives, and
    `intended` the measure that the department announces with it; `kinds` are what was filled in
    badly, by the names of the library of measures; `names` are those of the rows where several
    stand in one sentence. It is `unexplained` where no reason is given that can be the reason, and
    `silent` where none is given at all, which its paragraph does not say.
    """

    cause: Cause
    label: str
    block: Block
    gravity: Decimal
    lines: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()
    finding: Finding | None = None
    reason: str = ""
    intended: Item | None = None
    kinds: tuple[str, ...] = ()
    names: str = ""
    unexplained: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A headed problem: its matters in paragraphs, and lesser ones that a table holds."""

    cause: Cause
    heading: str
    told: tuple[Matter, ...]
    small: tuple[Matter, ...] = ()
    rest: tuple[Block, ...] = ()
    lead: Block | None = None
    """How much weight the missed indicators have together, before they are told."""

    @property
    def matters(self) -> tuple[Matter, ...]:
        """All its matters, the gravest first."""
        return (*self.told, *self.small)

    @property
    def blocks(self) -> list[Block]:
        """Its paragraphs, and the table of its lesser matters."""
        return [*(matter.block for matter in self.told), *self.rest]


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

        def rank(group: tuple[Cause, list[Matter]]) -> tuple[Decimal, int]:
            return -sum((m.gravity for m in group[1]), Decimal(0)), order.index(group[0])

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
            told_ones = [replace(first, block=_without(first.block, heading))]
        rest = lesser([Explained(m.lines[0], m.reason) for m in small], self.rules) if small else ()
        silent = [matter for matter in told_ones if matter.silent]
        if len(silent) == 1:
            told_ones = [_ending(m, NO_REASON) if m.silent else m for m in told_ones]
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
        rows = [(line, points) for line in self._marked() if (points := lost(line))]
        if rows:
            rows.sort(key=lambda pair: -pair[1].result)
            names, block, points = marked_down(rows)
            yield Matter(
                self.cause_of(rows[0][0]),
                f"{names}按评分标准失分",
                block,
                points.result,
                kinds=(MARKED_DOWN,),
                names=names,
            )

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

        One that is doubted, or that another body quotes, is told as what was filled in.
        """
        reason, source = reason.removeprefix("原因是"), reason_source(line)
        compared = gap(line, self.rules) is not None
        causal = self.vocabulary.causal.match(reason)
        if unlikely or self.style.reviewing:
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
        if items or slow or self._slow:
            out: list[Statement | str] = []
            for item in items:
                out += [*quotation(item, self._whose("自查")), "。"]
            said = "".join(item.text for item in items)
            told_rate, calculations = self.execution.shortfall(said)
            out += told_rate
            words, rates = self._slowest("其中，" if out else "")
            out += words
            calculations += rates
            label = _label(clause(items[0].text)) if items else "预算执行进度偏慢"
            if not items and not slow:
                label = "部分项目预算执行进度偏慢"
            spent = rate.result if rate else Decimal(100)
            gravity = max(Decimal(100) - spent, Decimal(0)) + STATED_GRAVITY * len(items)
            block = paragraph(*out, calculations=calculations)
            slowest = "、".join(quoted(clause(name)) for name, _, _ in self._slow.values())
            yield Matter(Cause.EXECUTION, label, block, gravity, items=tuple(items), names=slowest)
        seen: set[str] = set()
        for finding in self.material.findings:
            subject = bare(finding.subject)
            if finding.code != SLOW or "低于" not in finding.message or subject in seen:
                continue
            seen.add(subject)
            if (slow and subject == bare(BudgetTerm.COMPLETION_RATE)) or not finding.formula:
                continue
            if finding.message.startswith("部门整体支出") or subject in self._tasks:
                continue
            yield self._of_finding(Cause.EXECUTION, finding, "，支出进度偏慢。")

    @cached_property
    def _slow(self) -> dict[str, tuple[str, Calculation, tuple[Figure, Figure]]]:
        """The tasks that spent least of their money, by name: those below the limit or the whole's.

        Name as printed, rate, budget and spending of each.
        """
        whole = self.execution.rate.result if self.execution.rate else Decimal(100)
        limit = max(self.low_rate, min(whole, Decimal(USUAL_RATE)))
        found = []
        for task, (budget, spending) in self.material.spent.items():
            of_task = share_spent(spending, budget)
            if of_task is not None and of_task.result < limit and not has_digit(task):
                found.append((task, of_task, (budget, spending)))
        found.sort(key=lambda one: one[1].result)
        return {bare(one[0]): one for one in found[:MAX_SLOW]}

    @cached_property
    def _tasks(self) -> set[str]:
        """The tasks whose money is known: what is slow of them is told in one sentence."""
        return {bare(task) for task in self.material.spent}

    def _slowest(self, lead: str) -> Words:
        """The tasks that spent least by name, those that spent nothing apart, then the rates."""
        if len(self._slow) == 1:
            ((name, of_task, (budget, spending)),) = self._slow.values()
            return [
                cited(
                    f"{lead}{quoted(clause(name))}全年预算{value(budget.quantity)}",
                    of_figure(budget),
                ),
                cited(f"，实际支出{value(spending.quantity)}", of_figure(spending)),
                f"，预算执行率为{plain(of_task.result)}%。",
            ], [of_task]
        none = [one for one in self._slow.values() if not one[1].result]
        some = [one for one in self._slow.values() if one[1].result]
        out: list[Statement | str] = [lead if self._slow else ""]
        for number, (name, _, money) in enumerate(none):
            spot = cited(f"{'、' if number else ''}{quoted(clause(name))}", *map(of_figure, money))
            out.append(spot)
        out.append(f"尚未支出{'；' if some else '。'}" if none else "")
        out.append("、".join(quoted(clause(name)) for name, _, _ in some))
        for number, (_, of_task, money) in enumerate(some):
            each = "分别" if len(some) > 1 else ""
            joint = ("和" if number == len(some) - 1 else "、") if number else f"预算执行率{each}为"
            out.append(cited(f"{joint}{plain(of_task.result)}%", *map(of_figure, money)))
        out.append("。" if some else "")
        return (out if self._slow else []), [one[1] for one in self._slow.values()]

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
        return Matter(cause, _label(clause(item.text)), block, STATED_GRAVITY, items=(item,))

    def _whose(self, act: str) -> str:
        """Behind the department's own words, where another body reviews them."""
        return f"（{self.style.department_phrase}{act}）" if self.style.reviewing else ""

    # -- what was filled in badly ------------------------------------------------------------------

    @cached_property
    def _data(self) -> DataDoubts:
        return DataDoubts(self.material, self.execution, self.doubts, self.library)

    def _reporting(self) -> Matter | None:
        """All that was filled in badly, in one paragraph; each doubt stands in the list."""
        said: list[tuple[str, Block]] = []
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
        said += [(DOUBTFUL, block) for block in self._data.told()]
        if not said:
            return None
        out: list[Statement] = []
        instead: list[Statement] = []
        for number, (_, block) in enumerate(said):
            lead = [Statement(f"{NUMERALS[number]}是")] if len(said) > 1 else []
            end = Statement("；" if number < len(said) - 1 else "。")
            out += [*lead, *block.statements, end]
            instead += [*lead, *(block.fallback or block.statements), end]
        sums = tuple(one for _, block in said for one in block.calculations)
        return Matter(
            Cause.REPORTING,
            self.vocabulary.headings[Cause.REPORTING],
            Block(tuple(out), calculations=sums, fallback=tuple(instead)),
            Decimal(0),
            tuple(lines),
            kinds=tuple(dict.fromkeys(kind for kind, _ in said)),
        )


def _without(block: Block, heading: str) -> Block:
    """The paragraph without a first clause, or a name, that only repeats its heading."""
    first, *rest = block.statements
    named = re.match(r"“[^“”]+”(?=未达到)", heading)
    if named:
        statements = (
            replace(one, text=one.text.replace(named.group(), "该指标", 1))
            for one in block.statements
        )
        return replace(block, statements=tuple(statements))
    text = first.text.removeprefix(heading)
    if text == first.text or text[:1] not in ("，", "。"):
        return block
    if len(text + "".join(statement.text for statement in rest)) < SHORTEST_REMAINDER:
        return block
    return replace(block, statements=(replace(first, text=text[1:]), *rest))


def _ending(matter: Matter, words: str) -> Matter:
    """The matter with words before the full stop of its paragraph."""
    *first, last = matter.block.statements
    return replace(matter, block=replace(matter.block, statements=(*first, Statement(words), last)))


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


def _label(text: str) -> str:
    first = re.split(r"[，。；：]", text, maxsplit=1)[0]
    return first if len(first) <= MAX_LABEL_LENGTH else first[:MAX_LABEL_LENGTH] + "……"
