"""The verification's own grammar of numbers agrees with the extraction's on every unit.

They are kept apart on purpose: who checks must not trust what is checked. But were one to read a
unit otherwise than the other, each correct answer with that unit would be doubted, or a wrong one
would pass.
"""

from decimal import Decimal

import pytest

from assistant.language.numbers import PERCENT, Number, convert, find_numbers, same
from ingest.language.vocabulary import default_vocabulary
from ingest.types.facts import Quantity

UNITS: list[str] = sorted(default_vocabulary().units.names)
NOT_YET = {
    "GB": "not_units has G (5G), so that the extraction takes 35.5GB for no quantity",
    "人民币元": "the verification reads the 人 of it, so that it doubts a correct amount",
}
"""Units on which the two disagree; the day one of them is mended, its test says so."""
SCALES = ("", "万", "亿")
EXACT = ("%", "‰", "个百分点", "元")
"""Units that both grammars must name alike: a wrong one of these misleads."""


def units(reason: dict[str, str]) -> list[object]:
    return [
        pytest.param(unit, marks=pytest.mark.xfail(strict=True, reason=reason[unit]))
        if unit in reason
        else unit
        for unit in UNITS
    ]


def read_by_both(text: str) -> tuple[Number, Quantity]:
    (number,) = find_numbers(text)
    (found,) = default_vocabulary().units.find(text)
    assert len(found.quantity.values) == 1
    return number, found.quantity


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("unit", units(NOT_YET))
def test_a_number_with_any_unit_is_the_same_for_both(unit: str, scale: str) -> None:
    number, quantity = read_by_both(f"全年完成35.5{scale}{unit}，按时完成。")
    assert same(number, quantity.values[0], quantity.unit)
    assert not same(number, quantity.values[0] + 1, quantity.unit)


@pytest.mark.parametrize("unit", units({"GB": NOT_YET["GB"]}))
def test_a_unit_is_read_whole_by_its_first_characters_or_left_out(unit: str) -> None:
    """个月 may be 个, and 美元 nothing; but no unit may be read as one of another kind."""
    number, quantity = read_by_both(f"全年完成35.5{unit}，按时完成。")
    assert quantity.unit == unit
    assert unit.startswith(number.unit)


@pytest.mark.parametrize("unit", EXACT)
def test_shares_and_money_are_named_alike(unit: str) -> None:
    number, quantity = read_by_both(f"全年完成35.5{unit}，按时完成。")
    assert number.unit == quantity.unit == unit


@pytest.mark.parametrize("other", [unit for unit in UNITS if "元" not in unit])
def test_money_is_neither_a_count_nor_a_share(other: str) -> None:
    number, _ = read_by_both("支出35.5元，按时完成。")
    assert not same(number, Decimal("35.5"), other)
    assert convert(Decimal("35.5"), "元", other) is None


@pytest.mark.parametrize("large", ["万元", "亿元"])
def test_money_of_another_scale_is_another_amount(large: str) -> None:
    number, quantity = read_by_both(f"支出35.5{large}，按时完成。")
    assert (number.unit, quantity.unit) == (large, large)
    assert not same(number, quantity.values[0], "元")


def test_points_and_percent_are_one_kind() -> None:
    number, quantity = read_by_both("提高35.5个百分点，按时完成。")
    assert same(number, quantity.values[0], PERCENT)
