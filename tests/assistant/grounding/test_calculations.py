"""Arithmetic in Decimal, with the formula shown."""

from decimal import Decimal

import pytest

from assistant.grounding.calculations import (
    Term,
    UnitMismatch,
    average,
    count,
    difference,
    growth,
    ranked,
    rate,
    total,
)


def wan(number: str, name: str = "") -> Term:
    return Term(Decimal(number), "万元", f"id{number}", name)


def test_difference_shows_both_numbers() -> None:
    made = difference(wan("1103.35"), wan("1022.93"))
    assert made.formula == "1103.35 − 1022.93 = 80.42（万元）"
    assert (made.result, made.unit, made.inputs) == (
        Decimal("80.42"),
        "万元",
        ("id1103.35", "id1022.93"),
    )


def test_rates_differ_by_points() -> None:
    made = difference(Term(Decimal("95.99"), "%"), Term(Decimal("92.12"), "%"))
    assert made.formula == "95.99 − 92.12 = 3.87个百分点"
    assert made.unit == "个百分点"


def test_sum_of_named_terms() -> None:
    made = total([wan("47.43", "租金"), wan("5.02", "浮动床位"), wan("90"), wan("15")])
    assert made.formula == "租金47.43 + 浮动床位5.02 + 90 + 15 = 157.45（万元）"


def test_negative_terms_stand_in_brackets_unless_they_lead() -> None:
    assert total([wan("1133.01"), wan("-83.61")]).formula == "1133.01 + (-83.61) = 1049.4（万元）"
    assert total([wan("-83.61"), wan("1133.01")]).formula == "-83.61 + 1133.01 = 1049.4（万元）"


def test_rate_to_two_places_half_up() -> None:
    made = rate(wan("1022.93"), wan("1103.35"))
    assert made.formula == "1022.93 ÷ 1103.35 × 100% = 92.71%"
    assert rate(wan("1"), wan("8")).result == Decimal("12.50")
    assert rate(wan("2.345"), wan("1000")).result == Decimal("0.23")
    assert rate(wan("2.35"), wan("1000")).result == Decimal("0.24")


def test_growth() -> None:
    assert growth(wan("1211.2"), wan("892.64")).result == Decimal("35.69")


def test_mixed_money_units_are_converted_and_shown() -> None:
    made = total([wan("70.3"), Term(Decimal("635448"), "元")])
    assert made.formula == "70.3 + 63.5448（即635448元） = 133.8448（万元）"


@pytest.mark.parametrize("other", ["人", "%", "元/人"])
def test_different_measures_are_refused(other: str) -> None:
    with pytest.raises(UnitMismatch, match="不能直接计算"):
        total([wan("1"), Term(Decimal(2), other)])


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(UnitMismatch, match="分母为零"):
        rate(wan("1"), wan("0"))


def test_average_is_exact_before_it_is_rounded() -> None:
    made = average([Term(Decimal("94.76"), "%"), Term(Decimal("96.59"), "%")])
    assert made.result == Decimal("95.68")


def test_ranking_compares_amounts_not_digits() -> None:
    low, high = Term(Decimal("9000"), "元", name="甲"), wan("1", "乙")
    assert [t.name for t in ranked([low, high])] == ["乙", "甲"]
    assert [t.name for t in ranked([low, high], highest=False)] == ["甲", "乙"]


def test_count_names_what_it_counted() -> None:
    made = count("年度绩效指标", ["a", "b"])
    assert (made.formula, made.result, made.inputs) == (
        "计数：年度绩效指标 = 2",
        Decimal(2),
        ("a", "b"),
    )
