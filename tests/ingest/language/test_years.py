"""Years as documents print them and as questions say them."""

import pytest

from ingest.language.years import (
    MAX_YEARS_IN_RANGE,
    find_spoken_years,
    find_years,
    leading_year,
    without_leading_year,
)


def years(text: str) -> list[int]:
    return [mention.year for mention in find_years(text)]


def spoken(text: str) -> list[int]:
    return [mention.year for mention in find_spoken_years(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年度部门整体支出绩效自评表", [2021]),
        ("2021 年预算与2020年决算", [2021, 2020]),
        ("附件12021年度自评表", [2021]),  # 附件1 2021年度, its blank taken out
        ("1998年建成", [1998]),
        ("3年内完成", []),
        ("共2021人", []),
        ("2121年", []),
    ],
)
def test_a_printed_year_is_four_digits_before_their_word(text: str, expected: list[int]) -> None:
    assert years(text) == expected


def test_a_printed_year_knows_its_characters() -> None:
    text = "某局2021 年度预算"
    (mention,) = find_years(text)
    assert text[mention.start : mention.end] == "2021 年"


def test_only_a_year_that_a_text_begins_with_leads_it() -> None:
    assert leading_year("2021年总经费") == 2021
    assert leading_year("总经费2021年") is None
    assert leading_year("2021人") is None
    assert without_leading_year("2021年度决算数") == "决算数"
    assert without_leading_year("决算数（2021年度）") == "决算数（2021年度）"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021预算", [2021]),
        ("2021年度和2020年", [2021, 2020]),
        ("2019-2021年", [2019, 2020, 2021]),
        ("2019年度至2021年度", [2019, 2020, 2021]),
        ("2021到2019年", [2021, 2019]),  # no range: its ends alone
        ("21年", [2021]),
        ("二〇二一年度", [2021]),
        ("二零二一年和2020年", [2020, 2021]),
        ("20年后", []),
        ("2021.5万元", []),
        ("12021年", []),
        ("去年", []),
    ],
)
def test_a_question_says_years_in_more_ways(text: str, expected: list[int]) -> None:
    assert spoken(text) == expected


def test_a_wide_range_means_its_ends() -> None:
    last = 1990 + MAX_YEARS_IN_RANGE
    assert len(spoken(f"1990-{last - 1}年")) == MAX_YEARS_IN_RANGE
    assert spoken(f"1990-{last}年") == [1990, last]


def test_all_years_of_a_range_are_said_by_the_same_characters() -> None:
    spans = {(mention.start, mention.end) for mention in find_spoken_years("看2019-2021年的")}
    assert spans == {(1, 11)}
