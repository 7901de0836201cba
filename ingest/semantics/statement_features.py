"""What the statement reader sees of a number in running text (特征): the words around it."""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.language.quantities import Found

HASHED = 1 << 15
"""Number of places into which runs of characters are hashed."""
MASK = "#"
"""What stands for a number: which one it is says nothing of what it means."""
REACH = 20
"""Characters of the clauses around a number's own that are looked at."""
_BREAK = re.compile(r"[，,：:；;。！？!?\n]")
_MONEY = re.compile(r"[百千万亿]*元")
_DIGITS = re.compile(r"\d+")
_ARTICLE = re.compile(r"第[一二三四五六七八九十百零〇\d]+条")


@dataclass(frozen=True, slots=True)
class NumberInText:
    """A number with what stands around it in its sentence."""

    before: str
    """Its own clause up to it, back to the number before it."""
    after: str
    """Its own clause behind it, up to the next number."""
    earlier: str
    """What stands before its clause, each number as `MASK`."""
    later: str
    unit: str
    """The kind of its unit: 元, 元/ (per something), %, 个百分点, 分, or 个 for all others."""
    comparator: str
    section: str
    """The headings that it stands under."""
    planned: bool
    """Whether it stands in a part that tells what is to be done."""


def numbers_in(
    plain: str,
    sentence: tuple[int, int],
    quantities: Sequence[Found],
    *,
    section: str = "",
    planned: bool = False,
) -> list[NumberInText]:
    """The numbers of one sentence of a normalised text, each in its place."""
    start, end = sentence
    numbers = []
    for k, item in enumerate(quantities):
        floor = quantities[k - 1].end if k else start
        ceiling = quantities[k + 1].start if k + 1 < len(quantities) else end
        breaks = _BREAK.finditer(plain, floor, item.start)
        own = max((match.end() for match in breaks), default=floor)
        stop = _BREAK.search(plain, item.end, ceiling)
        tail = stop.start() if stop else ceiling
        numbers.append(
            NumberInText(
                before=_DIGITS.sub("0", plain[own : item.start].strip()),
                after=_DIGITS.sub("0", plain[item.end : tail].strip()),
                earlier=_masked(plain, start, own, quantities[:k])[-REACH:],
                later=_masked(plain, tail, end, quantities[k + 1 :])[:REACH],
                unit=_kind_of_unit(item.quantity.unit),
                comparator=item.quantity.comparator,
                section=section,
                planned=planned,
            )
        )
    return numbers


def _masked(plain: str, start: int, end: int, numbers: Sequence[Found]) -> str:
    parts, at = [], start
    for number in numbers:
        if start <= number.start and number.end <= end:
            parts += [plain[at : number.start], MASK]
            at = number.end
    return _DIGITS.sub("0", "".join((*parts, plain[at:end])))


def _kind_of_unit(unit: str) -> str:
    if unit in ("%", "分", "个百分点"):
        return unit
    return "元" if _MONEY.fullmatch(unit) else "元/" if "元/" in unit else "个"


def seen(number: NumberInText, previous: str) -> dict[int, float]:
    """What is seen of a number: hashed place → weight; `previous` is what the one before it is."""
    weights: dict[int, float] = {}
    for marks, whole in _marks(number, previous):
        share = whole / max(1, len(marks)) ** 0.5
        for mark in marks:
            place = zlib.crc32(mark.encode()) % HASHED
            weights[place] = weights.get(place, 0.0) + share
    return weights


def _marks(number: NumberInText, previous: str) -> Iterator[tuple[list[str], float]]:
    """Groups of what is seen, each with how much it counts as a whole."""
    before, after = number.before, number.after
    yield (
        [
            f"previous {previous}",
            f"unit {number.unit}",
            f"compared {number.comparator}",
            f"planned {number.planned}",
            f"previous {previous} {number.unit} {bool(before)}",
            f"article {bool(_ARTICLE.search(number.section))}",
        ],
        1.0,
    )
    yield [f"up to it {before[-n:]}" for n in range(1, 7) if len(before) >= n], 1.5
    yield [f"behind it {after[:n]}" for n in range(1, 5) if len(after) >= n], 1.0
    yield _runs("before", f"^{before}", 4), 1.5
    yield _runs("after", f"{after}$", 3), 1.0
    yield _runs("earlier", number.earlier, 3), 0.7
    yield _runs("later", number.later, 3), 0.7
    yield _runs("section", number.section[-REACH:], 2), 0.7


def _runs(tag: str, text: str, longest: int) -> list[str]:
    return [
        f"{tag} {text[start : start + length]}"
        for length in range(1, longest + 1)
        for start in range(len(text) - length + 1)
    ]
