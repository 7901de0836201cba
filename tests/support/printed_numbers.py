"""An independent parser of printed numbers (数字核对), which shares nothing with the program's.

It takes the numbers of the printed text one by one, full width or not, and multiplies out what
stands behind them; so every value of a figure must stand in its own printed text.
"""

import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from ingest.types.facts import Figure, Understanding

NEGATIVE = "-−▲△▼负("
SCALES = {"": 1, "万": 10**4, "亿": 10**8}


def printed(raw: str) -> list[Decimal]:
    """The numbers that a text prints, its marks of notes left out, each as it may be meant."""
    plain = "".join(
        "" if "SUPERSCRIPT" in unicodedata.name(mark, "") else unicodedata.normalize("NFKC", mark)
        for mark in raw
    )
    numbers: list[Decimal] = []
    at = 0
    while at < len(plain):
        end = at
        while end < len(plain) and (
            plain[end].isdigit()
            or (plain[end] in "., " and end > at and plain[end + 1 : end + 2].isdigit())
        ):
            end += 1
        if end == at:
            at += 1
            continue
        digits = plain[at:end].replace(",", "").replace(" ", "")
        if digits.count(".") <= 1:
            scales = {1, SCALES.get(plain[end : end + 1], 1)}
            numbers += [Decimal(digits) * scale for scale in scales]
        at = end
    return numbers or [_in_words(plain)]


def _in_words(plain: str) -> Decimal:
    """十余 is 10, 三百多 300."""
    total = digit = Decimal(0)
    for mark in plain:
        number = Decimal(int(unicodedata.numeric(mark, 0)))
        if number >= 10:
            total, digit = total + (digit or 1) * number, Decimal(0)
        elif number:
            digit = number
    return total + digit


def check(understood: Understanding) -> int:
    """Holds every figure against its printed text; how many values there were."""
    assert list(differing(understood)) == []
    return sum(len(figure.quantity.values) for figure in understood.figures)


def differing(understood: Understanding) -> Iterator[Figure]:
    """The figures of which a value, or its sign, is not the printed one."""
    for figure in understood.figures:
        numbers = printed(figure.quantity.raw)
        for value in figure.quantity.values:
            stands = abs(value) in numbers or _in_parts(abs(value), numbers)
            if not stands or (value < 0) != _is_negative(figure):
                yield figure
                break


def _in_parts(value: Decimal, numbers: list[Decimal]) -> bool:
    """2亿3600万 is 23600 of its unit."""
    wholes = {a + b for a in numbers for b in numbers}
    return any(value * scale in wholes for scale in SCALES.values())


def _is_negative(figure: Figure) -> bool:
    raw = unicodedata.normalize("NFKC", figure.quantity.raw).strip()
    return raw[:1] in NEGATIVE and any(mark.isdigit() for mark in raw[:4])
