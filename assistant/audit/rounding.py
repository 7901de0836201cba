"""How exactly numbers are printed, and whether two agree within that (取数精度)."""

import re
from collections.abc import Iterable
from decimal import Decimal

from assistant.language.numbers import convert
from ingest.language.normalise import normalise
from ingest.types.facts import Figure, Quantity

_DIGITS = re.compile(r"\d[\d,]*(?:\.(\d+))?")


def step(quantity: Quantity) -> Decimal:
    """One unit of the last printed place: 96.4% → 0.1, 100 → 1.

    >>> step(Quantity("96.36%", (Decimal("96.36"),), "=", "%"))
    Decimal('0.01')
    """
    match = _DIGITS.search(normalise(quantity.raw))
    places = len(match[1]) if match and match[1] else 0
    return Decimal(1).scaleb(-places)


def half(figure: Figure, unit: str) -> Decimal:
    """By how much a printed amount may differ from the true one, in `unit`."""
    rounding = step(figure.quantity) / 2
    converted = convert(rounding, figure.quantity.unit or unit, unit)
    return rounding if converted is None else converted


def slack(figures: Iterable[Figure], unit: str, *, least: Decimal) -> Decimal:
    """How far a sum of rounded amounts may be off: half a step each, `least` at the least.

    `least` is the pack's `[tolerance] amount`, in `unit`.
    """
    return max(least, sum((half(figure, unit) for figure in figures), Decimal(0)))


def ratio_agrees(
    printed: Quantity, part: Decimal, whole: Decimal, *, part_off: Decimal, whole_off: Decimal
) -> bool:
    """Whether a printed percentage is part ÷ whole, given how exactly all three are printed.

    One step of the last printed place is allowed: some round, some cut off.
    """
    if whole == 0:
        return True
    value = abs(printed.values[0])
    part, whole = abs(part), abs(whole)
    low = max(part - part_off, Decimal(0)) / (whole + whole_off) * 100
    high = (part + part_off) / max(whole - whole_off, whole / 2) * 100
    allowed = step(printed)
    return low - allowed <= value <= high + allowed
