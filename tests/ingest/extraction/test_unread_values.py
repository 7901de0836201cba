"""What was not understood is reported with its place."""

from tests.support.builders import text


def test_what_was_not_understood_is_told_with_its_place() -> None:
    understood = text(
        "情况表",
        "甲\t乙\t丙",
        "收入支出表\t1234.56\t某某",
        "说明文字\t无数值\t某某",
    )
    assert not understood.indicators
    told = [(o.text, o.location.line_start) for o in understood.oddities]
    figures = [f.quantity.raw for f in understood.figures]
    assert ("1234.56", 3) in told or "1234.56" in figures


def test_more_digits_than_a_number_has_are_told_and_the_rest_is_read() -> None:
    understood = text("情况表", f"预算执行率{'9' * 2_000_000}%", "预算执行率98%")
    assert [figure.quantity.raw for figure in understood.figures] == ["98%"]
    (told,) = understood.oddities
    assert (told.text, told.location.line_start) == (f"预算执行率{'9' * 75}", 2)
