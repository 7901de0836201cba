"""Whether a finished draft contradicts itself (前后一致): one value, status and count a matter.

Reads the text and the tables as they are delivered, not what they were made from.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from assistant.drafting.types import Cause, Draft, Paragraph, Remedy
from assistant.grounding.verification import MARKER
from assistant.language.numbers import find_numbers
from assistant.types import Status

_NAMED = re.compile(r"“([^“”]+)”([^“”]*)")
_VALUE = r"(-?\d[\d,]*(?:\.\d+)?)"
_TARGET = re.compile(rf"(?:^（?目标为?|^[^。；]*年度目标（)(?:不低于|不超过|高于|低于)?{_VALUE}")
_BESIDE_TARGET = re.compile(r"^实际[^。；]*年度目标（")
"""A sentence that tells how far an indicator is from its target."""
_ACTUAL = re.compile(rf"实际(?:为|完成){_VALUE}")
_VERDICT = re.compile(r"未达到(?:年度)?目标|未达标|无法核实|没有填报")
_LISTED = re.compile(r"((?:“[^“”]+”、?)+)(?:等?\d*项指标)?(未达到目标|[^。；]*无法核实|没有填报)")
_TERMS = re.compile(rf"(?<![”“])(年初预算数|全年预算数|全年实际支出|预算完成率)为?{_VALUE}")
_OTHER_YEAR = re.compile(r"上年|上一年|去年|力争|提高到")
_COUNTS = re.compile(
    r"设置绩效指标(\d+)项(?:，达标(\d+)项)?(?:，未达标(\d+)项)?(?:，无法核实(\d+)项)?"
    r"(?:，未填报完成值(\d+)项)?，(?:指标达标率|是否达标)"
)
_SIDES = re.compile(r"存在(\d+)个方面的问题")
_SUM = re.compile(r"^((?:-?[\d.]+ \+ )+\(?-?[\d.]+\)?) = (-?[\d.]+)")
_INDICATORS, _STATUS = "指标名称", "完成情况"
_OF_VERDICT = {"未": "unmet", "无": "open", "没": "open"}


def contradictions(draft: Draft) -> list[str]:
    """What a draft says one way here and another way there, in words; nothing where all agrees."""
    return [*_of_indicators(draft), *_of_terms(draft), *_of_counts(draft), *_of_sums(draft)]


def _plain(text: str) -> str:
    return MARKER.sub("", text)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _kind(status: str) -> str:
    known = Status(status.partition("（")[0])  # 定性达成（有扣分）
    return "unmet" if known.is_unmet else "open" if known.is_open else "met"


def _rows(draft: Draft) -> Mapping[str, list[dict[str, str]]]:
    """The rows of the table of indicators, by name: tasks may share one."""
    rows: dict[str, list[dict[str, str]]] = {}
    for paragraph in draft.paragraphs:
        table = paragraph.table
        if table is not None and {_INDICATORS, _STATUS} <= {*table.columns}:
            for row in table.rows:
                cells = dict(zip(table.columns, map(_plain, row), strict=True))
                rows.setdefault(_bare(cells[_INDICATORS]), []).append(cells)
    return rows


def _of_indicators(draft: Draft) -> Iterator[str]:
    """Values and verdicts of an indicator in the text against its row of the table."""
    rows = _rows(draft)
    for paragraph in draft.paragraphs:
        text = _plain(paragraph.text)
        for name, verdict in _verdicts(text):
            known = rows.get(_bare(name), [])
            if known and verdict not in {_kind(row[_STATUS]) for row in known}:
                yield f"“{name}”在表中为{known[0][_STATUS]}，文中另有说法。"
        for match in _NAMED.finditer(text):
            known = rows.get(_bare(match[1]), [])
            for pattern, column in ((_TARGET, "年度目标值"), (_ACTUAL, "实际完成值")):
                value = pattern.search(match[2])
                printed = [_first(row[column]) for row in known]
                if value and known and _first(value[1]) not in printed:
                    yield f"“{match[1]}”的{column}在表中为{known[0][column]}，文中为{value[1]}。"


def _verdicts(text: str) -> Iterator[tuple[str, str]]:
    """Each indicator of which the text says that it was missed or cannot be told."""
    for match in _LISTED.finditer(text):
        for name in re.findall(r"“([^“”]+)”", match[1]):
            verdict = _VERDICT.search(match[2])
            if verdict:
                yield name, _OF_VERDICT[verdict.group()[0]]
    for match in _NAMED.finditer(text):
        clause = re.split(r"[。；]", match[2], maxsplit=1)[0]
        verdict = _VERDICT.search(clause)
        if verdict and clause.startswith("目标"):
            yield match[1], _OF_VERDICT[verdict.group()[0]]
        elif _BESIDE_TARGET.search(clause):
            yield match[1], "unmet"


def _first(text: str) -> Decimal | None:
    number = next(find_numbers(text), None)
    return number.value if number else None


def _of_terms(draft: Draft) -> Iterator[str]:
    """Amounts of the whole department that two sentences give two values."""
    said: dict[str, Decimal | None] = {}
    doubts = {line for r in draft.remedies if r.kind is Cause.REPORTING for line in _lines(r)}
    for paragraph in draft.paragraphs:
        if paragraph.text in doubts:  # tells what the form prints beside what comes out
            continue
        for clause in re.split(r"[，。；]", _plain(paragraph.text)):
            for term, value in _TERMS.findall("" if _OTHER_YEAR.search(clause) else clause):
                number = _first(value)
                if said.setdefault(term, number) != number:
                    yield f"{term}在文中先为{said[term]}，后为{number}。"


def _lines(remedy: Remedy) -> list[str]:
    return remedy.problem.split("\n")


def _of_counts(draft: Draft) -> Iterator[str]:
    """Counts that a sentence names against its own parts, the table, and the headings."""
    listed = sum(map(len, _rows(draft).values()))
    for paragraph in draft.paragraphs:
        text = _plain(paragraph.text)
        for match in _COUNTS.finditer(text):
            whole, *parts = (int(number or 0) for number in match.groups())
            if whole != sum(parts) or (listed and whole != listed):
                yield f"绩效指标共{whole}项，分项相加为{sum(parts)}项，表中{listed}项。"
        for number in _SIDES.findall(text):
            headed = len(draft.remedies)
            if int(number) != headed:
                yield f"存在问题写明{number}个方面，实际列出{headed}个。"
    for remedy in draft.remedies:
        if bool(remedy.problem) != bool(remedy.measure) and _has_both(draft):
            yield f"“{remedy.subject}”的问题与措施没有一一对应。"


def _has_both(draft: Draft) -> bool:
    return any(r.problem for r in draft.remedies) and any(r.measure for r in draft.remedies)


def _of_sums(draft: Draft) -> Iterator[str]:
    """Sums that do not come out."""
    for paragraph in draft.paragraphs:
        yield from _wrong_sums(paragraph)


def _wrong_sums(paragraph: Paragraph) -> Iterator[str]:
    for calculation in paragraph.calculations:
        match = _SUM.match(calculation.formula)
        if match:
            parts = [Decimal(part.strip("()")) for part in match[1].split(" + ")]
            if sum(parts, Decimal(0)) != Decimal(match[2]):
                yield f"算式不成立：{calculation.formula}。"
