"""存在问题: one paragraph a problem, each with its figures, its cause and where they stand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from assistant.assessment.status import StatusRules
from assistant.drafting.material import Line, Material, bare
from assistant.drafting.measure_library import FindingWording
from assistant.drafting.paragraphs import (
    Block,
    Style,
    amount,
    attained,
    bared,
    cited,
    clause,
    done,
    gap,
    quotation,
    say,
)
from assistant.drafting.self_report import Item
from assistant.drafting.types import ProblemKind
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.grounding.calculations import count
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.language.numbers import find_numbers, plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Finding, Severity, Status
from ingest.types.facts import Role

_APART = re.compile(r"(?:相差|差|多|少|超出|高出|低)$")
"""What a message says before the difference of two numbers."""
MAX_LABEL_LENGTH = 24
"""Maximum length, in characters, of the first clause by which a problem is named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to be put right: what it is called and the paragraph that words it."""

    kind: ProblemKind
    label: str
    block: Block
    lines: tuple[Line, ...] = ()
    item: Item | None = None
    finding: Finding | None = None
    cause: str = ""
    own: Item | None = None
    """What the department says, in its reason for the deviation, that it will do."""


@dataclass(frozen=True, slots=True)
class Problems:
    """Finds and words the problems, the gravest first."""

    material: Material
    style: Style
    rules: StatusRules
    vocabulary: DraftingVocabulary
    codes: Mapping[str, FindingWording]

    def all(self) -> tuple[Problem, ...]:
        """Unmet, unverifiable and unreported indicators, contradictions, the department's own."""
        unmet = [line for line in self.material.reported if self._short(line)]
        unmet.sort(key=lambda line: -self.style.weight(line.name, line.row.task))
        found = [self._unmet(line) for line in unmet]
        rest = [line for line in self.material.reported if line not in unmet]
        for kind, status, words in (
            (
                ProblemKind.UNVERIFIABLE,
                Status.UNVERIFIABLE,
                "填报的完成情况与目标值口径不同或没有可核对的数值，无法核实是否达标",
            ),
            (ProblemKind.UNREPORTED, Status.UNREPORTED, "没有填报实际完成值"),
        ):
            own = [line for line in rest if line.status is status]
            if own:
                found.append(self._open(kind, own, words))
        if self.material.lines and not self.material.reported:
            found.append(self._no_report())
        found += self._contradictions({bare(line.name) for p in found for line in p.lines})
        found += [self._stated(item) for item in self.material.said.get("problems", ())]
        return tuple(found)

    @staticmethod
    def _short(line: Line) -> bool:
        """Whether any document shows that the target was missed."""
        return any(standing.status.is_unmet for standing in line.rows)

    # -- indicators --------------------------------------------------------------------------------

    def _unmet(self, line: Line) -> Problem:
        told = line
        if not line.status.is_unmet:  # another document tells the worse value
            worse = next(s for s in line.rows if s.status.is_unmet)
            told = replace(line, standing=worse, others=())
        name = quoted(line.name)
        out: list[Statement | str] = []
        made: list[Calculation] = []
        target = f"，目标为{goal(told.goal)}" if told.goal is not None else ""
        out.append(cited(f"{name}未达到年度目标{target}", told.goal_source))
        out.append(cited(f"，{done(told)}", told.actual_source))
        distance = gap(told, self.rules)
        if distance:
            out.append(f"，{distance[1]}{amount(distance[0])}（{distance[0].formula}）")
            made.append(distance[0])
        share = attained(told)
        if distance and distance[1] == "相差" and share:
            out.append(f"，完成目标的{plain(share.result)}%（{share.formula}）")
            made.append(share)
        out.append("。")
        if told is not line and line.row.actual is not None and line.row.actual.values:
            said = value(line.row.actual)
            out.append(cited(f"另有文件填报为{said}", line.actual_source))
            out.append("，各文件不一致。")
        cause, own = self._cause(line)
        if cause and line.deviation is None:
            pass  # the completion itself, quoted above, gives it
        elif cause:
            out.append(cited(f"填报的原因是：{cause}", self._reason(line)))
            out.append("。")
        else:
            out.append(f"资料没有说明原因，{self.style.blank('cause')}。")
        return Problem(
            ProblemKind.UNMET,
            f"{name}未达标",
            say(*out, made=made),
            (line,),
            cause=cause,
            own=own,
        )

    def _cause(self, line: Line) -> tuple[str, Item | None]:
        """Why it fell short, and what the department says it will do about it."""
        row = line.deviation
        if row is None:
            told = clause(line.row.actual_text)
            return (told if self.vocabulary.cause_in_completion.search(told) else ""), None
        text = clause(row.deviation)
        found = self.vocabulary.own_measure.search(text)
        if not found:
            return text, None
        cause, own = clause(text[: found.start()]), clause(text[found.start() :])
        return cause, Item(own, self._reason(line))

    @staticmethod
    def _reason(line: Line) -> Source:
        row = line.deviation
        assert row is not None
        return Source(
            row.document_id, row.location, row.deviation.strip(), (), row.department, row.year
        )

    def _open(self, kind: ProblemKind, lines: Sequence[Line], words: str) -> Problem:
        """Indicators of which it cannot be told, in one paragraph: they need one measure."""
        made = count(f"{kind.value}的绩效指标", [line.row.id for line in lines], unit="项")
        out: list[Statement | str] = [f"有{plain(made.result)}项指标{words}："]
        if len(lines) == 1:
            out = []
        for number, line in enumerate(lines):
            out.append("；" if number else "")
            lead = quoted(line.name)
            if line.goal is not None:
                out.append(cited(f"{lead}目标为{goal(line.goal)}", line.goal_source))
                lead = ""
            if kind is ProblemKind.UNVERIFIABLE:
                joint = "" if lead else "，"
                out.append(cited(f"{lead}{joint}{done(line)}", line.actual_source))
            elif lead:
                out.append(cited(lead, line.goal_source))
        out.append(f"，{words}。" if len(lines) == 1 else "。")
        names = quoted(lines[0].name) + (f"等{len(lines)}项指标" if len(lines) > 1 else "")
        label = f"{names}{kind.value}"
        return Problem(kind, label, say(*out, made=[made]), tuple(lines))

    def _no_report(self) -> Problem:
        made = count("绩效指标", [line.row.id for line in self.material.lines], unit="项")
        shown = plain(made.result)
        block = say(
            f"现有资料只有绩效目标，设置的{shown}项绩效指标没有填报实际完成值，"
            "无法判断目标是否实现。",
            made=[made],
        )
        kind = ProblemKind.UNREPORTED
        return Problem(kind, "绩效指标完成情况未填报", block, self.material.lines)

    # -- contradictions ----------------------------------------------------------------------------

    def _contradictions(self, covered: set[str]) -> Iterable[Problem]:
        """What the checks found, by the codes that belong into a report, each thing once."""
        seen: set[str] = set()
        for finding in self.material.findings:
            if finding.code not in self.codes or finding.severity is Severity.NOTE:
                continue
            subject = bare(finding.subject)
            # That an indicator is not reported, or has no reason, its own paragraph tells.
            if self.codes[finding.code].unless_unmet and subject in covered:
                continue
            text = " ".join(finding.message.split()).strip("。； ")
            if bare(text) in seen:
                continue
            seen.add(bare(text))
            yield self._finding(finding, text)

    def _finding(self, finding: Finding, text: str) -> Problem:
        made = [m for m in map(_shown, _formulas(finding)) if m is not None]
        out: list[Statement | str] = []
        for piece in filter(None, re.split(r"(?<=[。；])", text)):
            if piece.startswith("建议") and out:
                continue  # what is to be done, the measure tells
            sources = [*_sources(finding, piece), *self._context(finding, piece)]
            gaps = list(_gaps(piece, sources, made))
            made += gaps
            made += _counted(piece, len(finding.evidence))
            shown = "".join(f"（{gap.formula}）" for gap in gaps)
            body = piece.rstrip("。；")
            out.append(cited(f"{body}{shown}{piece[len(body) :]}", *sources))
        # A rule in words (没有实际完成值，得分 = 0) is no calculation: the message says it.
        computed = re.search(r"[−÷×+]", finding.formula)
        if computed and made and finding.formula not in text:
            made[0] = bared(made[0])
            if not any(made[0].formula in other.formula for other in made[1:]):
                out.append(f"（{made[0].formula}）")
        words = self.codes[finding.code].label
        label = f"{about(finding)}{words}" if finding.subject else _label(text)
        out[-1:] = _closed(out[-1])
        plain_words = cited(f"核查发现{label}，建议核实", *_sources(finding, ""))
        block = replace(say(*out, made=made), fallback=(plain_words, Statement("。")))
        return Problem(ProblemKind.CONTRADICTION, label, block, finding=finding)

    def _context(self, finding: Finding, piece: str) -> list[Source]:
        """Weight and score of the row, or completion of the task, that a piece tells of."""
        told = {number.value for number in find_numbers(piece)}
        subject = bare(finding.subject)
        done = [
            Source(t.document_id, t.location, t.completion, (), t.department, t.year)
            for t in self.material.tasks
            if bare(t.name) == subject and told & {n.value for n in find_numbers(t.completion)}
        ]
        figures = (
            figure
            for line in self.material.lines
            if bare(line.name) == subject
            for figure in line.printed
            if figure.document_id == finding.document_id
        )
        return done + [
            of_figure(figure)
            for figure in figures
            if figure.role in (Role.WEIGHT, Role.SCORE) and set(figure.quantity.values) & told
        ]

    # -- the department's own ----------------------------------------------------------------------

    def _stated(self, item: Item) -> Problem:
        text = clause(item.text)
        block = say(*quotation(item, f"（{self.style.whose}自查）"), "。")
        return Problem(ProblemKind.STATED, _label(text), block, item=item)


def about(finding: Finding) -> str:
    """What a finding is about, with the task that its message names: “公园养护”总分."""
    subject = clause(finding.subject)
    if not subject:
        return "相关数据"
    whole = re.match(r"“([^”]+)”", finding.message)
    if whole and bare(whole[1]) not in bare(subject) and bare(subject) not in bare(whole[1]):
        return f"{quoted(whole[1])}{subject}"
    return quoted(subject)


def _sources(finding: Finding, piece: str) -> list[Source]:
    """The evidence that prints a number of a piece of the message; all of it, where none does."""
    told = {number.value for number in find_numbers(piece)}
    own = [
        citation
        for citation in finding.evidence
        if told & {abs(number.value) for number in find_numbers(citation.quote)}
        | told & {number.value for number in find_numbers(citation.quote)}
    ]
    return [
        Source(c.document_id, c.location, c.quote, c.figure_ids, c.department, c.year)
        for c in own or (finding.evidence if not told else ())
    ]


def _gaps(
    piece: str, sources: Sequence[Source], made: Sequence[Calculation]
) -> Iterable[Calculation]:
    """How a number that only the message tells comes about: as what two others differ by."""
    printed = {n.value for source in sources for n in find_numbers(source.quote)}
    shown = {n.value for calculation in made for n in find_numbers(calculation.formula)}
    known = sorted({abs(value) for value in printed | shown}, reverse=True)
    for number in find_numbers(piece):
        if abs(number.value) in known or not _APART.search(piece[: number.start]):
            continue
        for high, low in combinations(known, 2):
            if high - low == number.value:
                formula = f"{plain(high)} − {plain(low)} = {plain(number.value)}"
                yield Calculation(formula, (), number.value, number.unit)
                break


def _counted(piece: str, things: int) -> list[Calculation]:
    """The number of things that a message lists, where it tells that number."""
    told = any(n.value == things and n.unit in ("项", "个") for n in find_numbers(piece))
    return [count("所列事项", [str(n) for n in range(things)], unit="项")] if told else []


def _closed(last: Statement | str) -> tuple[Statement | str, ...]:
    """The last piece of a paragraph, ending in one full stop."""
    text = last.text if isinstance(last, Statement) else last
    if isinstance(last, Statement):
        return (replace(last, text=f"{text.rstrip('。；')}。"),)
    return (f"{text.rstrip('。；')}。",)


def _formulas(finding: Finding) -> Iterable[str]:
    """The formula of a finding, and the readings that its message tells too."""
    if finding.formula:
        yield finding.formula
    for candidate in finding.candidates:
        if candidate.rpartition("：")[2] in finding.message or candidate in finding.message:
            yield candidate.rpartition("：")[2] or candidate


def _label(text: str) -> str:
    first = re.split(r"[，。；：]", text, maxsplit=1)[0]
    return first if len(first) <= MAX_LABEL_LENGTH else first[:MAX_LABEL_LENGTH] + "……"


def _shown(formula: str) -> Calculation | None:
    """A finding's formula as a calculation whose result is its last number."""
    numbers = list(find_numbers(formula))
    if not numbers:
        return None
    return Calculation(formula, (), numbers[-1].value, numbers[-1].unit)
