"""Arithmetic over figures in Decimal, each result with its formula (计算)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.language.numbers import PERCENT, POINTS, SCALES, base, convert, find_numbers, plain
from assistant.types import Calculation
from ingest.types.facts import Figure, Quantity

CENT = Decimal("0.01")


class UnitMismatch(ValueError):
    """The figures do not measure the same thing and cannot be put into one formula."""


@dataclass(frozen=True, slots=True)
class Term:
    """One number of a formula: its value and unit, the figure it comes from, its name if shown."""

    value: Decimal
    unit: str
    figure_id: str = ""
    name: str = ""


def term(figure: Figure, *, name: str = "") -> Term:
    """The figure's (first) value as a term, in 万 or 亿 where it is printed so (4.30 of 万亩).

    Raises UnitMismatch for a qualitative figure.
    """
    quantity = figure.quantity
    if quantity.value is None:
        raise UnitMismatch(f"“{figure.subject}”没有数值，不能参与计算。")
    value, unit = as_printed(quantity)
    return Term(value, unit, figure.id, name)


def as_printed(quantity: Quantity) -> tuple[Decimal, str]:
    """A value and its unit with the 万 or 亿 that was multiplied out put back."""
    value, unit = quantity.values[0], quantity.unit
    printed = next(find_numbers(quantity.raw), None)
    for scale, size in SCALES.items():
        if unit and printed and value and printed.value * size == value:
            return printed.value, f"{scale}{unit}"
    return value, unit


def rounded(value: Decimal) -> Decimal:
    """To two places, half up, as budget forms do."""
    return value.quantize(CENT, ROUND_HALF_UP)


def total(terms: Sequence[Term]) -> Calculation:
    """The sum, in the largest unit: 元 and 万元 make 万元."""
    unit = _largest_unit(terms)
    result = sum((_in(unit, t) for t in terms), Decimal(0))
    return _calculation(f"{_added(terms, unit)} = {plain(result)}", terms, result, unit)


def difference(left: Term, right: Term) -> Calculation:
    """left − right, in the unit of `left`; two rates differ by 个百分点."""
    unit = _unit((left, right))
    a, b = _in(unit, left), _in(unit, right)
    shown_unit = POINTS if unit == PERCENT else unit
    formula = f"{_shown(left, a)} − {_shown(right, b)} = {plain(a - b)}"
    return _calculation(formula, (left, right), a - b, shown_unit)


def rate(part: Term, whole: Term) -> Calculation:
    """part ÷ whole × 100%, to two places; raises UnitMismatch when the whole is zero."""
    unit = _unit((part, whole))
    a, b = _in(unit, part), _in(unit, whole)
    if b == 0:
        raise UnitMismatch("分母为零，无法计算比率。")
    result = rounded(a / b * 100)
    formula = f"{_shown(part, a)} ÷ {_shown(whole, b)} × 100% = {result}%"
    return _calculation(formula, (part, whole), result, PERCENT)


def growth(now: Term, before: Term) -> Calculation:
    """(now − before) ÷ before × 100%, to two places."""
    unit = _unit((now, before))
    a, b = _in(unit, now), _in(unit, before)
    if b == 0:
        raise UnitMismatch("上期数为零，无法计算增长率。")
    result = rounded((a - b) / b * 100)
    formula = f"（{_shown(now, a)} − {_shown(before, b)}）÷ {plain(b)} × 100% = {result}%"
    return _calculation(formula, (now, before), result, PERCENT)


def average(terms: Sequence[Term]) -> Calculation:
    """The simple mean (简单平均), to two places."""
    unit = _largest_unit(terms)
    result = rounded(sum((_in(unit, t) for t in terms), Decimal(0)) / len(terms))
    formula = f"（{_added(terms, unit)}）÷ {len(terms)} = {plain(result)}"
    return _calculation(formula, terms, result, unit)


def count(things: str, ids: Sequence[str], *, unit: str = "个") -> Calculation:
    """The number of things, as a calculation over their ids."""
    number = Decimal(len(ids))
    return Calculation(f"计数：{things} = {number}", tuple(ids), number, unit)


def ranked(terms: Sequence[Term], *, highest: bool = True) -> list[Term]:
    """The terms from highest (or lowest) on; equal ones stay in the order given."""
    unit = _unit(terms)
    return sorted(terms, key=lambda t: _in(unit, t), reverse=highest)


def _unit(terms: Sequence[Term]) -> str:
    """The unit of a formula: the first unit that a term has."""
    return next((t.unit for t in terms if t.unit), "")


def _largest_unit(terms: Sequence[Term]) -> str:
    """The unit of a sum: of those that measure the same, the one that makes numbers smallest."""
    first = _unit(terms)
    alike = [t.unit for t in terms if t.unit and convert(Decimal(1), t.unit, first) is not None]
    return max(alike, key=lambda unit: base(Decimal(1), unit)[0], default=first)


def _in(unit: str, t: Term) -> Decimal:
    value = convert(t.value, t.unit or unit, unit)
    if value is None:
        raise UnitMismatch(f"单位“{t.unit}”与“{unit}”不能直接计算。")
    return value


def _added(terms: Sequence[Term], unit: str) -> str:
    """The terms as the left side of a sum; a leading negative one needs no brackets."""
    shown = [_shown(t, _in(unit, t)) for t in terms]
    if shown[0].endswith(")") and shown[0].startswith("(-"):
        shown[0] = shown[0].strip("()")
    return " + ".join(shown)


def _shown(t: Term, value: Decimal) -> str:
    """The value in the formula's unit; a converted one keeps what was printed beside it."""
    text = plain(value)
    if value != t.value:
        text += f"（即{plain(t.value)}{t.unit}）"
    if value < 0:
        text = f"({text})"
    return f"{t.name}{text}" if t.name else text


def _calculation(formula: str, terms: Sequence[Term], result: Decimal, unit: str) -> Calculation:
    if unit and unit != PERCENT:
        formula += f"（{unit}）" if not unit.startswith(POINTS) else unit
    return Calculation(formula, tuple(t.figure_id for t in terms if t.figure_id), result, unit)
