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
    completion_phrase,
    gap,
    paragraph,
    quotation,
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
"""Words of a message that a difference of two numbers follows."""
MAX_LABEL_LENGTH = 24
"""Maximum length, in characters, of the first clause by which a problem is named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: its kind, the label it is named by and the paragraph that states it."""

    kind: ProblemKind
    label: str
    block: Block
    lines: tuple[Line, ...] = ()
    item: Item | None = None
    finding: Finding | None = None
    cause: str = ""
    intended_measure: Item | None = None
    """The measure that the department announces in its reason for the deviation."""


@dataclass(frozen=True, slots=True)
class Problems:
    """Finds the problems and writes their paragraphs, the gravest first."""

    material: Material
    style: Style
    rules: StatusRules
    vocabulary: DraftingVocabulary
    codes: Mapping[str, FindingWording]

    def all(self) -> tuple[Problem, ...]:
        """Unmet, unverifiable and unreported indicators, contradictions, the department's own."""
        unmet = [line for line in self.material.reported if self._short(line)]
        unmet.sort(key=lambda line: -self.style.weight(line.name, line.row.task))
        problems = [self._unmet(line) for line in unmet]
        rest = [line for line in self.material.reported if line not in unmet]
        for kind, status, words in (
            (
                ProblemKind.UNVERIFIABLE,
                Status.UNVERIFIABLE,
                "填报的完成情况与目标值口径不同或没有可核对的数值，无法核实是否达标",
            ),
            (ProblemKind.UNREPORTED, Status.UNREPORTED, "没有填报实际完成值"),
        ):
            affected = [line for line in rest if line.status is status]
            if affected:
                problems.append(self._open(kind, affected, words))
        if self.material.lines and not self.material.reported:
            problems.append(self._no_report())
        problems += self._contradictions({bare(line.name) for p in problems for line in p.lines})
        problems += [self._stated(item) for item in self.material.self_report.get("problems", ())]
        return tuple(problems)

    @staticmethod
    def _short(line: Line) -> bool:
        """Whether any document shows that the target was missed."""
        return any(standing.status.is_unmet for standing in line.rows)

    # -- indicators --------------------------------------------------------------------------------

    def _unmet(self, line: Line) -> Problem:
        missed = line
        if not line.status.is_unmet:  # another document prints the worse value
            worse = next(s for s in line.rows if s.status.is_unmet)
            missed = replace(line, standing=worse, others=())
        name = quoted(line.name)
        out: list[Statement | str] = []
        calculations: list[Calculation] = []
        target = f"，目标为{goal(missed.goal)}" if missed.goal is not None else ""
        out.append(cited(f"{name}未达到年度目标{target}", missed.goal_source))
        out.append(cited(f"，{completion_phrase(missed)}", missed.actual_source))
        distance = gap(missed, self.rules)
        if distance:
            out.append(f"，{distance[1]}{amount(distance[0])}（{distance[0].formula}）")
            calculations.append(distance[0])
        share = attained(missed)
        if distance and distance[1] == "相差" and share:
            out.append(f"，完成目标的{plain(share.result)}%（{share.formula}）")
            calculations.append(share)
        out.append("。")
        if missed is not line and line.row.actual is not None and line.row.actual.values:
            other_value = value(line.row.actual)
            out.append(cited(f"另有文件填报为{other_value}", line.actual_source))
            out.append("，各文件不一致。")
        cause, intended_measure = self._cause(line)
        if cause and line.deviation is None:
            pass  # the completion quoted above contains it
        elif cause:
            out.append(cited(f"填报的原因是：{cause}", self._reason(line)))
            out.append("。")
        else:
            out.append(f"资料没有说明原因，{self.style.blank('cause')}。")
        return Problem(
            ProblemKind.UNMET,
            f"{name}未达标",
            paragraph(*out, calculations=calculations),
            (line,),
            cause=cause,
            intended_measure=intended_measure,
        )

    def _cause(self, line: Line) -> tuple[str, Item | None]:
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
        cause, measure = clause(text[: announced.start()]), clause(text[announced.start() :])
        return cause, Item(measure, self._reason(line))

    @staticmethod
    def _reason(line: Line) -> Source:
        row = line.deviation
        assert row is not None
        return Source(
            row.document_id, row.location, row.deviation.strip(), (), row.department, row.year
        )

    def _open(self, kind: ProblemKind, lines: Sequence[Line], words: str) -> Problem:
        """Indicators that cannot be judged, in one paragraph: one measure serves them all."""
        number_of_lines = count(
            f"{kind.value}的绩效指标", [line.row.id for line in lines], unit="项"
        )
        out: list[Statement | str] = [f"有{plain(number_of_lines.result)}项指标{words}："]
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
                out.append(cited(f"{lead}{joint}{completion_phrase(line)}", line.actual_source))
            elif lead:
                out.append(cited(lead, line.goal_source))
        out.append(f"，{words}。" if len(lines) == 1 else "。")
        names = quoted(lines[0].name) + (f"等{len(lines)}项指标" if len(lines) > 1 else "")
        label = f"{names}{kind.value}"
        return Problem(kind, label, paragraph(*out, calculations=[number_of_lines]), tuple(lines))

    def _no_report(self) -> Problem:
        number_of_lines = count(
            "绩效指标", [line.row.id for line in self.material.lines], unit="项"
        )
        shown = plain(number_of_lines.result)
        block = paragraph(
            f"现有资料只有绩效目标，设置的{shown}项绩效指标没有填报实际完成值，"
            "无法判断目标是否实现。",
            calculations=[number_of_lines],
        )
        kind = ProblemKind.UNREPORTED
        return Problem(kind, "绩效指标完成情况未填报", block, self.material.lines)

    # -- contradictions ----------------------------------------------------------------------------

    def _contradictions(self, covered: set[str]) -> Iterable[Problem]:
        """The findings whose codes belong in a report, repeated messages left out."""
        seen: set[str] = set()
        for finding in self.material.findings:
            if finding.code not in self.codes or finding.severity is Severity.NOTE:
                continue
            subject = bare(finding.subject)
            # The paragraph of the indicator already says that it is not reported or has no reason.
            if self.codes[finding.code].unless_unmet and subject in covered:
                continue
            text = " ".join(finding.message.split()).strip("。； ")
            if bare(text) in seen:
                continue
            seen.add(bare(text))
            yield self._finding(finding, text)

    def _finding(self, finding: Finding, text: str) -> Problem:
        calculations = [c for c in map(_shown, _formulas(finding)) if c is not None]
        out: list[Statement | str] = []
        for piece in filter(None, re.split(r"(?<=[。；])", text)):
            if piece.startswith("建议") and out:
                continue  # advice belongs in the measure
            sources = [*_sources(finding, piece), *self._context(finding, piece)]
            gaps = list(_gaps(piece, sources, calculations))
            calculations += gaps
            calculations += _counted(piece, len(finding.evidence))
            shown = "".join(f"（{gap.formula}）" for gap in gaps)
            body = piece.rstrip("。；")
            out.append(cited(f"{body}{shown}{piece[len(body) :]}", *sources))
        # A rule in words (没有实际完成值，得分 = 0) is no calculation, and the message states it.
        computed = re.search(r"[−÷×+]", finding.formula)
        if computed and calculations and finding.formula not in text:
            calculations[0] = bared(calculations[0])
            formula = calculations[0].formula
            if not any(formula in other.formula for other in calculations[1:]):
                out.append(f"（{formula}）")
        words = self.codes[finding.code].label
        label = f"{about(finding)}{words}" if finding.subject else _label(text)
        out[-1:] = _closed(out[-1])
        plain_words = cited(f"核查发现{label}，建议核实", *_sources(finding, ""))
        block = replace(
            paragraph(*out, calculations=calculations), fallback=(plain_words, Statement("。"))
        )
        return Problem(ProblemKind.CONTRADICTION, label, block, finding=finding)

    def _context(self, finding: Finding, piece: str) -> list[Source]:
        """Sources of a piece's numbers: weight and score of the row, completion of the task."""
        numbers = {number.value for number in find_numbers(piece)}
        subject = bare(finding.subject)
        completions = [
            Source(t.document_id, t.location, t.completion, (), t.department, t.year)
            for t in self.material.tasks
            if bare(t.name) == subject and numbers & {n.value for n in find_numbers(t.completion)}
        ]
        figures = (
            figure
            for line in self.material.lines
            if bare(line.name) == subject
            for figure in line.printed
            if figure.document_id == finding.document_id
        )
        return completions + [
            of_figure(figure)
            for figure in figures
            if figure.role in (Role.WEIGHT, Role.SCORE) and set(figure.quantity.values) & numbers
        ]

    # -- the department's own ----------------------------------------------------------------------

    def _stated(self, item: Item) -> Problem:
        text = clause(item.text)
        block = paragraph(*quotation(item, f"（{self.style.department_phrase}自查）"), "。")
        return Problem(ProblemKind.STATED, _label(text), block, item=item)


def about(finding: Finding) -> str:
    """The subject of a finding in quotes, with the task that its message names: “公园养护”总分."""
    subject = clause(finding.subject)
    if not subject:
        return "相关数据"
    whole = re.match(r"“([^”]+)”", finding.message)
    if whole and bare(whole[1]) not in bare(subject) and bare(subject) not in bare(whole[1]):
        return f"{quoted(whole[1])}{subject}"
    return quoted(subject)


def _sources(finding: Finding, piece: str) -> list[Source]:
    """The evidence that prints a number of a piece of the message.

    All evidence, where the piece has no number.
    """
    numbers = {number.value for number in find_numbers(piece)}
    printing = [
        citation
        for citation in finding.evidence
        if numbers & {abs(number.value) for number in find_numbers(citation.quote)}
        | numbers & {number.value for number in find_numbers(citation.quote)}
    ]
    return [
        Source(c.document_id, c.location, c.quote, c.figure_ids, c.department, c.year)
        for c in printing or (finding.evidence if not numbers else ())
    ]


def _gaps(
    piece: str, sources: Sequence[Source], calculations: Sequence[Calculation]
) -> Iterable[Calculation]:
    """A calculation for each number of the message that is the difference of two others."""
    printed = {n.value for source in sources for n in find_numbers(source.quote)}
    shown = {n.value for calculation in calculations for n in find_numbers(calculation.formula)}
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
    """The number of things that a message lists, where the message states that number."""
    stated = any(n.value == things and n.unit in ("项", "个") for n in find_numbers(piece))
    return [count("所列事项", [str(n) for n in range(things)], unit="项")] if stated else []


def _closed(last: Statement | str) -> tuple[Statement | str, ...]:
    """The last piece of a paragraph, ending in one full stop."""
    text = last.text if isinstance(last, Statement) else last
    if isinstance(last, Statement):
        return (replace(last, text=f"{text.rstrip('。；')}。"),)
    return (f"{text.rstrip('。；')}。",)


def _formulas(finding: Finding) -> Iterable[str]:
    """The formula of a finding, and the formulas of the readings that its message contains."""
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
