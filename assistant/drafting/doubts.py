"""What the drafter has to check, confirm and add, apart from the report (核对清单)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from assistant.drafting.execution import Execution
from assistant.drafting.material import MYRIAD, Material, bare
from assistant.drafting.measure_library import FindingWording
from assistant.drafting.paragraphs import Block, bared, brief, cited, clause, close, paragraph
from assistant.drafting.types import CheckItem
from assistant.grounding.calculations import count
from assistant.grounding.citations import Source, Statement, of_figure
from assistant.grounding.locations import place
from assistant.language.numbers import find_numbers, plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Calculation, Finding, Severity, Status
from ingest.types.facts import Oddity, Role
from ingest.types.library import DocumentRecord

_APART = re.compile(r"(?:相差|差|多|少|超出|高出|低)$")
"""Words of a message that a difference of two numbers follows."""
_ADVICE = re.compile(r"[，；](?:疑似|建议|(?:低于|高于)(?=\d))[^。；]*")
"""What of a message is no fact: suspicion, advice, and the limit of a rule."""
_MISSED = re.compile(r"目标为[^。；]*?未达到目标(?=仍?得)")
"""What a message on a score says of how the target was missed: the report tells it elsewhere."""
_WHOLE = re.compile(r"“([^”]+)”(.*)")
MAX_PRINTED_LENGTH = 80
"""Maximum length, in characters, of what a row of the list quotes."""
APART = "D27"
"""The check that finds two documents apart."""
UNCONFIRMED, NO_REASON, BLANK = "读数待确认", "缺偏差原因", "内容待补"


@dataclass(frozen=True, slots=True)
class Doubts:
    """Lists what a drafter has to look at, each matter once, by kind."""

    material: Material
    codes: Mapping[str, FindingWording]
    execution: Execution

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that say that something is wrong or missing, the surest first."""
        wrong = [
            finding
            for finding in self.material.findings
            if finding.code in self.codes
            and finding.severity is not Severity.NOTE
            and not self._agrees(finding)
        ]
        order = list(self.codes)
        return tuple(sorted(wrong, key=lambda f: (f.severity.value, order.index(f.code))))

    def _agrees(self, finding: Finding) -> bool:
        """Whether another document gives the very amount that this report goes by, but for
        rounding: what was held against it is a part of that amount, or the same in other units."""
        named = self.execution.names.at_end(finding.subject) if finding.code == APART else None
        figure = self.material.terms.get(named.name) if named else None
        if figure is None:
            return False
        ours, myriads = figure.quantity.values[0], figure.quantity.unit == "万元"
        documents = {citation.document_id for citation in finding.evidence}
        others = (c.quote for c in finding.evidence if c.document_id != figure.document_id)
        told = (n.value for quote in others for n in find_numbers(quote))
        same = any(close(n, ours) or (myriads and close(n / MYRIAD, ours)) for n in told)
        return same and figure.document_id in documents

    def items(self, gaps: Iterable[str]) -> tuple[CheckItem, ...]:
        """The whole list; `gaps` are what the documents do not say and the report leaves open."""
        rows = [
            *self._all_found(),
            *self._open_lines(),
            *self._without_reason(),
            *self._apart(),
            *self._unconfirmed(),
            *(CheckItem(BLANK, "", "", f"资料没有写{gap}。", "补写") for gap in gaps),
        ]
        kinds = list(dict.fromkeys(row.kind for row in rows))
        return tuple(sorted(dict.fromkeys(rows), key=lambda row: kinds.index(row.kind)))

    # -- rows --------------------------------------------------------------------------------------

    def _all_found(self) -> Iterator[CheckItem]:
        """The findings, those that say the same of several subjects in one row."""
        alike: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in self.findings:
            said = finding.message.replace(quoted(clause(finding.subject)), "", 1)
            alike.setdefault((finding.code, said, finding.document_id), []).append(finding)
        for findings in alike.values():
            first = findings[0]
            names = "、".join(quoted(clause(finding.subject)) for finding in findings)
            mine = quoted(clause(first.subject))
            evidence = tuple(c for finding in findings for c in finding.evidence)
            whole = replace(first, message=first.message.replace(mine, names, 1), evidence=evidence)
            row = self._found(whole)
            yield replace(row, action=row.action.replace(mine, names, 1))

    def _found(self, finding: Finding) -> CheckItem:
        wording = self.codes[finding.code]
        places: dict[str, dict[str, None]] = {}
        for c in finding.evidence:
            where = place(c.location, file=c.file)
            places.setdefault(self._file(c.document_id), {})[where] = None
        printed = dict.fromkeys(one_line(c.quote) for c in finding.evidence)
        return CheckItem(
            wording.label,
            "；".join(f"{file}，{'、'.join(at)}" for file, at in places.items()),
            "；".join(list(printed)[:3]),
            one_line(finding.message, None),
            wording.lead.format(name=about(finding)),
        )

    def _open_lines(self) -> Iterator[CheckItem]:
        told = {bare(finding.subject) for finding in self.findings}
        for line in self.material.reported:
            if line.status.is_open and bare(line.name) not in told:
                unreported = line.status is Status.UNREPORTED
                wanted = f"，目标为{goal(line.goal)}" if line.goal is not None else ""
                said = "没有填报实际完成值" if unreported else "完成情况与目标值口径不同，无法核实"
                yield CheckItem(
                    line.status.value,
                    self._at(line.actual_source),
                    brief(line.row.actual_text),
                    f"{quoted(line.name)}{said}{wanted}。",
                    "补报实际完成值" if unreported else "按目标值的口径补报实际完成值",
                )

    def _without_reason(self) -> Iterator[CheckItem]:
        told = {bare(f.subject) for f in self.findings if f.code == "D07"}
        for line in self.material.reported:
            if line.status.is_unmet and line.deviation is None and bare(line.name) not in told:
                yield CheckItem(
                    NO_REASON,
                    self._at(line.actual_source),
                    "",
                    f"{quoted(line.name)}未达到目标，没有填写偏差原因。",
                    "补写原因，分清主观和客观因素",
                )

    def _apart(self) -> Iterator[CheckItem]:
        for line, figure in self.execution.apart():
            assert line.row.actual is not None
            said, other = value(line.row.actual), value(figure.quantity)
            yield CheckItem(
                self.codes[APART].label,
                self._at(line.actual_source),
                brief(line.row.actual_text),
                f"{quoted(line.name)}在指标表中为{said}，在{figure.subject}一处为{other}。",
                self.codes[APART].lead.format(name=quoted(line.name)),
            )

    def _unconfirmed(self) -> Iterator[CheckItem]:
        for record in self.material.used:
            yield from (self._reading(record, oddity) for oddity in record.needs_attention)

    def _reading(self, record: DocumentRecord, oddity: Oddity) -> CheckItem:
        return CheckItem(
            UNCONFIRMED,
            f"{self._file(record.id)}，{place(oddity.location, file=record.file)}",
            one_line(oddity.text),
            one_line(f"{oddity.proposal or oddity.text}：{oddity.reason}。", None),
            "核对原件后确认",
        )

    def _at(self, source: Source) -> str:
        file = self._file(source.document_id)
        return f"{file}，{place(source.location, file=file)}"

    def _file(self, document_id: str) -> str:
        record = self.material.documents.get(document_id)
        return record.file.rpartition("/")[2] if record else ""


def one_line(text: str, longest: int | None = MAX_PRINTED_LENGTH) -> str:
    """Words of a document on one line, cut where they are too long."""
    whole = " ".join(text.split())
    return whole if longest is None or len(whole) <= longest else whole[:longest] + "……"


# -- a finding in a sentence -----------------------------------------------------------------------


def told(finding: Finding, material: Material) -> Block:
    """What a finding says that is a fact, with its sources; suspicion and advice are left out."""
    text = _ADVICE.sub("", " ".join(finding.message.split())).strip("。； ")
    text = _MISSED.sub("", text)
    if (whole := _WHOLE.match(text)) and bare(whole[2]).startswith(bare(whole[1])):
        text = whole[2]  # “甲项目”甲项目实际支出…
    calculations = [c for c in map(_shown, _formulas(finding)) if c is not None]
    out: list[Statement | str] = []
    for piece in filter(None, re.split(r"(?<=[。；])", text)):
        sources = [*_sources(finding, piece), *_context(finding, piece, material)]
        calculations += _gaps(piece, sources, calculations)
        calculations += _counted(piece, len(finding.evidence))
        out.append(cited(piece, *sources))
    plain_words = cited(f"{about(finding)}需要核实", *_sources(finding, ""))
    return replace(
        paragraph(*out, calculations=[bared(c) for c in calculations]), fallback=(plain_words,)
    )


def about(finding: Finding) -> str:
    """The subject of a finding in quotes, with the task that its message names: “公园养护”总分."""
    subject = clause(finding.subject)
    if not subject:
        return "相关数据"
    whole = re.match(r"“([^”]+)”", finding.message)
    if whole and bare(whole[1]) not in bare(subject) and bare(subject) not in bare(whole[1]):
        return f"{quoted(whole[1])}{subject}"
    return quoted(subject)


def _context(finding: Finding, piece: str, material: Material) -> list[Source]:
    """Sources of a piece's numbers: weight and score of the row, completion of the task."""
    numbers = {number.value for number in find_numbers(piece)}
    subject = bare(finding.subject)
    completions = [
        Source(t.document_id, t.location, t.completion, (), t.department, t.year)
        for t in material.tasks
        if bare(t.name) == subject and numbers & {n.value for n in find_numbers(t.completion)}
    ]
    figures = (
        figure
        for line in material.lines
        if bare(line.name) == subject
        for figure in line.printed
        if figure.document_id == finding.document_id
    )
    return completions + [
        of_figure(figure)
        for figure in figures
        if figure.role in (Role.WEIGHT, Role.SCORE) and set(figure.quantity.values) & numbers
    ]


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
) -> list[Calculation]:
    """A calculation for each number of the message that is the difference of two others."""
    printed = {n.value for source in sources for n in find_numbers(source.quote)}
    shown = {n.value for calculation in calculations for n in find_numbers(calculation.formula)}
    known = sorted({abs(value) for value in printed | shown}, reverse=True)
    gaps = []
    for number in find_numbers(piece):
        if abs(number.value) in known or not _APART.search(piece[: number.start]):
            continue
        for high, low in combinations(known, 2):
            if high - low == number.value:
                formula = f"{plain(high)} − {plain(low)} = {plain(number.value)}"
                gaps.append(Calculation(formula, (), number.value, number.unit))
                break
    return gaps


def _counted(piece: str, things: int) -> list[Calculation]:
    """The number of things that a message lists, where the message states that number."""
    stated = any(n.value == things and n.unit in ("项", "个") for n in find_numbers(piece))
    return [count("所列事项", [str(n) for n in range(things)], unit="项")] if stated else []


def _formulas(finding: Finding) -> Iterable[str]:
    """The formula of a finding, and the formulas of the readings that its message contains."""
    if finding.formula:
        yield finding.formula
    for candidate in finding.candidates:
        if candidate.rpartition("：")[2] in finding.message or candidate in finding.message:
            yield candidate.rpartition("：")[2] or candidate


def _shown(formula: str) -> Calculation | None:
    """A finding's formula as a calculation whose result is its last number."""
    numbers = list(find_numbers(formula))
    if not numbers or "=" not in formula:
        return None
    return Calculation(formula, (), numbers[-1].value, numbers[-1].unit)
