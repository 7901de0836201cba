"""存在问题: what is wrong, each matter once, under a few headings by cause, the gravest first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from assistant.assessment.status import StatusRules
from assistant.drafting.doubts import Doubts, told
from assistant.drafting.execution import Execution
from assistant.drafting.material import Line, Material, bare
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.paragraphs import (
    EXCEEDED,
    NUMERALS,
    Block,
    Style,
    amount,
    attained,
    bared,
    brief,
    cited,
    clause,
    completion_phrase,
    gap,
    paragraph,
    quotation,
    tabled,
)
from assistant.drafting.self_report import Item, shared
from assistant.drafting.types import Cause
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.grounding.calculations import Term, count, difference, total
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.grounding.composition import TableOfAnswers
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Finding, Severity, Status
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Quantity

MAX_LABEL_LENGTH = 24
"""Maximum length, in characters, of the first clause by which a problem is named."""
MAX_TOLD = 3
"""Maximum number of missed indicators told under one heading; the lesser ones stand in a table."""
MAX_DOUBTS_TOLD = 2
"""Maximum number of doubts about data that a report tells; the list for the drafter has all."""
MAX_HEADED = 5
MAX_NAMED = 6
"""Maximum number of indicators named in a row; the table has them all."""
MIN_SHARED_RUN = 4
"""Minimum length, in characters, of what an indicator and a stated problem share."""
USUAL_WEIGHT = Decimal(10)
FOUND_GRAVITY = Decimal(3)
STATED_GRAVITY = Decimal("0.5")
"""What is only stated, without a number, follows what was missed."""
MAX_JOINED_REASON = 40
"""Maximum length, in characters, of a reason that is told in the sentence of the fact."""
TWO_TARGETS, SLOW, ADJUSTED = "D14", "D19", "D20"
"""Checks whose findings are problems of the department, and no doubts about its figures."""
UNVERIFIABLE, UNREPORTED, DOUBTFUL = "无法核实", "未填报", "数据疑点"
MARKED_DOWN = "失分"
"""Kinds of what was filled in badly, as the library of measures names them."""
SMALL_COLUMNS = ("指标名称", "年度目标值", "实际完成值", "差距", "填报的原因")


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that is wrong (事项): what it is named by, and the paragraph that states it.

    `gravity` is in points of a form that makes 100; `reason` is the cause that the form gives, and
    `intended` the measure that the department announces with it; `kinds` are what was filled in
    badly, by the names of the library of measures; `names` are those of the rows where several
    stand in one sentence.
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
        if len(groups) + bool(reporting) > MAX_HEADED and {Cause.OUTPUT, Cause.EFFECT} <= {*groups}:
            groups[Cause.OUTPUT] += groups.pop(Cause.EFFECT)
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
        small = missed[MAX_TOLD:] if len(missed) > MAX_TOLD + 1 else []
        told_ones = [matter for matter in ordered if matter not in small]
        together = {self.cause_of(m.lines[0]) for m in matters if m.lines and not m.kinds}
        heading = self.vocabulary.headings[cause]
        if {Cause.OUTPUT, Cause.EFFECT} <= together:
            heading = self.vocabulary.missed
        (first, *more) = told_ones
        if not more and not small and cause is not Cause.REPORTING:
            heading = first.label
            told_ones = [replace(first, block=_without(first.block, heading))]
        rest = self._rest(small) if small else ()
        lead = self._stake([line for matter in matters for line in matter.lines])
        return Problem(cause, heading, tuple(told_ones), tuple(small), rest, lead)

    @staticmethod
    def _stake(lines: Sequence[Line]) -> Block | None:
        """Number, weight and lost points of several missed indicators, by one form."""
        missed = [line for line in lines if line.status.is_unmet]
        points = [line.points for line in missed if line.points is not None]
        documents = {line.row.document_id for line in missed}
        if len(missed) < 2 or len(points) < len(missed) or len(documents) > 1:
            return None
        number = count("未达到目标的指标", [line.row.id for line in missed], unit="项")
        weights, scores = (
            total([Term(f.quantity.values[0], "分") for f in figures])
            for figures in zip(*points, strict=True)
        )
        lost = difference(Term(weights.result, "分"), Term(scores.result, "分"))
        weighed = [of_figure(weight) for weight, _ in points]
        out: list[Statement | str] = [
            f"{plain(number.result)}项指标未达到年度目标",
            cited(f"，分值合计{amount(weights)}", *weighed),
        ]
        if lost.result > 0:
            scored = [of_figure(score) for _, score in points]
            out.append(cited(f"，自评共扣{amount(lost)}", *scored))
        sums = [number, *map(bared, (weights, scores, lost))]
        return paragraph(*out, "。", calculations=sums)

    def _rank(self, matter: Matter) -> tuple[int, Decimal]:
        names = [line.name for line in matter.lines] + [line.row.task for line in matter.lines]
        return -self.style.weight(*names), -matter.gravity

    # -- indicators --------------------------------------------------------------------------------

    def _missed(self) -> Iterator[Matter]:
        """Each missed indicator, with what the department itself says of it."""
        for line in self.material.reported:
            if line.status.is_unmet:
                yield self._unmet(line)
        lost = [(line, points) for line in self.material.scored if (points := self._lost(line))]
        if lost:
            yield self._marked_down(sorted(lost, key=lambda pair: -pair[1].result))

    def _marked_down(self, lost: Sequence[tuple[Line, Calculation]]) -> Matter:
        """The rows of a scoring sheet that lost points, those that lost most by name."""
        out: list[Statement | str] = []
        for line, _ in lost[:MAX_NAMED]:
            assert line.points is not None
            weight, score = line.points
            out.append(cited(f"{'、' if out else ''}{quoted(line.name)}", of_figure(weight)))
            out.append(cited(f"（分值{plain(weight.quantity.values[0])}分，", of_figure(weight)))
            out.append(cited(f"得{plain(score.quantity.values[0])}分", of_figure(score)))
            out.append("）")
        number = count("失分的指标", [line.row.id for line, _ in lost], unit="项")
        together = bared(total([Term(points.result, "分") for _, points in lost]))
        joint = "等" if len(lost) > MAX_NAMED else "这" if len(lost) > 1 else ""
        counted = f"{joint}{plain(number.result)}项指标" if joint else ""
        out.append(f"{counted}按评分标准失分，共扣{amount(together)}。")
        first = lost[0][0]
        names = (
            f"{quoted(first.name)}等{plain(number.result)}项指标" if joint else quoted(first.name)
        )
        sums = [number, *(points for _, points in lost), together]
        return Matter(
            self.cause_of(first),
            f"{names}按评分标准失分",
            paragraph(*out, calculations=sums),
            together.result,
            kinds=(MARKED_DOWN,),
            names=names,
        )

    def _unmet(self, line: Line) -> Matter:
        name = quoted(line.name)
        out: list[Statement | str] = []
        item = self._said_of(line)
        if item is not None:
            self._used.add(id(item))
            out += [*quotation(item, self._whose("自查")), "。"]
        statements, calculations = self._shortfall(line)
        reason, intended = self._reason(line)
        out += statements
        if reason and line.deviation is not None:
            joint = "，" if len(reason) <= MAX_JOINED_REASON else "。"
            said = Item(f"原因是{reason.removeprefix('原因是')}", self._reason_source(line))
            out += [joint, *quotation(said)]
        out.append("。")
        return Matter(
            self.cause_of(line),
            f"{name}未达到年度目标",
            paragraph(*out, calculations=calculations),
            self._gravity(line),
            (line,),
            (item,) if item else (),
            reason=reason,
            intended=intended,
        )

    def _shortfall(self, line: Line) -> tuple[list[Statement | str], list[Calculation]]:
        """Target, actual value, gap and lost points of a missed indicator, in one sentence."""
        distance = gap(line, self.rules)
        if distance and line.goal is not None:
            out, calculations = self._compared(line, line.goal, *distance)
        else:
            out, calculations = [*_apart(line), "，未达到目标"], []
        lost = self._lost(line)
        if lost is not None and line.points is not None:
            out.append(cited(f"，自评扣{amount(lost)}", *map(of_figure, line.points)))
            calculations.append(lost)
        return out, calculations

    @staticmethod
    def _compared(
        line: Line, wanted: Quantity, distance: Calculation, word: str
    ) -> tuple[list[Statement | str], list[Calculation]]:
        """Actual value and target by their difference: 比年度目标（不低于91%）低8.1个百分点."""
        share = attained(line)
        target = cited(f"年度目标（{goal(wanted)}", line.goal_source)
        out: list[Statement | str] = [
            cited(f"{quoted(line.name)}{completion_phrase(line)}", line.actual_source)
        ]
        if word == EXCEEDED:
            out += ["，超出", target, f"）{amount(distance)}"]
        elif share is not None:
            out += ["，为", target, f"）的{plain(share.result)}%，相差{amount(distance)}"]
            return out, [share, distance]
        else:
            out += ["，比", target, f"）低{amount(distance)}"]
        return out, [distance]

    @staticmethod
    def _lost(line: Line) -> Calculation | None:
        """The points that the form itself takes off, None where it takes none."""
        if line.points is None:
            return None
        lost = difference(*(Term(f.quantity.values[0], "分") for f in line.points))
        return bared(lost) if lost.result > 0 else None

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
        fits = [item for item in items if shared(line.name, item.text) >= MIN_SHARED_RUN]
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
        return reason, Item(measure, self._reason_source(line))

    @staticmethod
    def _reason_source(line: Line) -> Source:
        row = line.deviation
        assert row is not None
        return Source(
            row.document_id, row.location, row.deviation.strip(), (), row.department, row.year
        )

    def _rest(self, small: Sequence[Matter]) -> tuple[Block, Block]:
        """The lesser misses by name, and their table, a row each."""
        rows = []
        calculations = []
        for matter in small:
            (line,) = matter.lines
            distance = gap(line, self.rules)
            if distance:
                calculations.append(distance[0])
            actual = line.row.actual
            done = value(actual) if actual and actual.values else brief(line.row.actual_text)
            reason = Statement("")
            if line.deviation is not None and matter.reason:
                reason = cited(brief(matter.reason), self._reason_source(line))
            rows.append(
                (
                    Statement(line.name, (line.goal_source,) if _has_digit(line.name) else ()),
                    cited(goal(line.goal), line.goal_source) if line.goal else Statement(""),
                    cited(done, line.actual_source),
                    Statement(f"{distance[1]}{amount(distance[0])}" if distance else ""),
                    reason,
                )
            )
        lines = [matter.lines[0] for matter in small]
        named = self._named(lines, "与目标有一定差距，见下表。", longest=len(lines))
        table = TableOfAnswers(SMALL_COLUMNS, tuple(rows))
        return named, tabled("其他未达到目标的指标", table, calculations)

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
        if items or slow:
            out: list[Statement | str] = []
            for item in items:
                out += [*quotation(item, self._whose("自查")), "。"]
            said = "".join(item.text for item in items)
            told_rate, calculations = self.execution.shortfall(said)
            out += told_rate
            label = _label(clause(items[0].text)) if items else "预算执行进度偏慢"
            spent = rate.result if rate else Decimal(100)
            gravity = max(Decimal(100) - spent, Decimal(0)) + STATED_GRAVITY * len(items)
            block = paragraph(*out, calculations=calculations)
            yield Matter(Cause.EXECUTION, label, block, gravity, items=tuple(items))
        seen: set[str] = set()
        for finding in self.material.findings:
            subject = bare(finding.subject)
            if finding.code != SLOW or "低于" not in finding.message or subject in seen:
                continue
            seen.add(subject)
            if (slow and subject == bare(BudgetTerm.COMPLETION_RATE)) or not finding.formula:
                continue
            if finding.message.startswith("部门整体支出"):
                continue
            yield self._of_finding(Cause.EXECUTION, finding, "，支出进度偏慢。")

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

    def _reporting(self) -> Matter | None:
        """All that was filled in badly, in one paragraph; each doubt stands in the list."""
        said: list[tuple[str, Block]] = []
        lines: list[Line] = []
        for status, kind, words in (
            (Status.UNVERIFIABLE, UNVERIFIABLE, "填报的完成情况与目标值口径不同，无法核实是否达标"),
            (Status.UNREPORTED, UNREPORTED, "没有填报实际完成值"),
        ):
            affected = [ln for ln in self.material.reported if ln.status is status]
            if affected:
                said.append((kind, self._named(affected, words)))
                lines += affected
        disputed = [line for line in self.material.reported if line.disputed]
        if disputed:
            words = "在各文件中填报的完成值不一致，是否达到目标须核对后确定"
            said.append((DOUBTFUL, self._named(disputed, words)))
        said += [(DOUBTFUL, block) for block in self._data()]
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

    @staticmethod
    def _named(lines: Sequence[Line], words: str, *, longest: int = MAX_NAMED) -> Block:
        """Some indicators by name, and how many they are."""
        out: list[Statement | str] = []
        for number, line in enumerate(lines[:longest]):
            name = f"{'、' if number else ''}{quoted(line.name)}"
            out.append(cited(name, line.goal_source) if _has_digit(line.name) else name)
        if len(lines) == 1:
            return paragraph(*out, words)
        total = count(words, [line.row.id for line in lines], unit="项")
        joint = "等" if len(lines) > longest else "这"
        return paragraph(*out, f"{joint}{plain(total.result)}项指标{words}", calculations=[total])

    def _data(self) -> list[Block]:
        """The gravest doubts about figures of the whole department, and how many there are more."""
        doubts = [f for f in self.doubts.findings if self.library.findings[f.code].doubt]
        grave = sorted(
            (f for f in doubts if self.library.findings[f.code].told and self._of_all(f)),
            key=lambda f: (f.severity.value, f.message.startswith("“"), self._order(f)),
        )
        grave = list({f.code: f for f in reversed(grave)}.values())[::-1][:MAX_DOUBTS_TOLD]
        grave = grave or doubts[:1]  # a count alone tells nothing
        out = [told(finding, self.material) for finding in grave]
        rest = [f for f in doubts if f not in grave]
        if rest:
            number = count("需要核对的数据", [f.message for f in rest], unit="处")
            words = f"{'另有' if out else '有'}{plain(number.result)}处填报数据前后不一致或有疑问"
            out.append(paragraph(f"{words}，需逐项核对", calculations=[number]))
        return out

    def _of_all(self, finding: Finding) -> bool:
        """Whether a finding is about all that is reported, and not about one of its projects."""
        forms = {record.form for record in self.material.used}
        record = self.material.documents.get(finding.document_id)
        projects = {Form.PROJECT_SELF_EVALUATION}
        return forms <= projects or record is None or record.form not in projects

    def _order(self, finding: Finding) -> int:
        return list(self.library.findings).index(finding.code)


def _without(block: Block, heading: str) -> Block:
    """The paragraph without a first clause that only repeats its heading."""
    first, *rest = block.statements
    text = first.text.removeprefix(heading)
    if text == first.text or text[:1] not in ("，", "。") or len(text) == 1:
        return block
    return replace(block, statements=(replace(first, text=text[1:]), *rest))


def _apart(line: Line) -> list[Statement | str]:
    """Target and completion beside each other, where they are not numbers to be compared."""
    name = quoted(line.name)
    if line.goal is None:
        return [cited(f"{name}{completion_phrase(line)}", line.actual_source)]
    return [
        cited(f"{name}目标为{goal(line.goal)}", line.goal_source),
        cited(f"，{completion_phrase(line)}", line.actual_source),
    ]


def _has_digit(name: str) -> bool:
    return any(map(str.isdigit, name))


def _label(text: str) -> str:
    first = re.split(r"[，。；：]", text, maxsplit=1)[0]
    return first if len(first) <= MAX_LABEL_LENGTH else first[:MAX_LABEL_LENGTH] + "……"
