"""The value grammar of domain.md §C7."""

from decimal import Decimal

import pytest

from ingest.language.vocabulary import default_vocabulary

UNITS = default_vocabulary().units


@pytest.mark.parametrize(
    ("text", "values", "comparator", "unit"),
    [
        ("≥800场", ["800"], ">=", "场"),
        (">=98%", ["98"], ">=", "%"),
        ("98％及以上", ["98"], ">=", "%"),
        ("不少于1.6万人", ["16000"], ">=", "人"),
        ("1260万人次以上", ["1260"], ">=", "万人次"),
        ("48小时内", ["48"], "<=", "小时"),
        ("<5%", ["5"], "<", "%"),
        ("＜5%", ["5"], "<", "%"),
        ("5%以上", ["5"], ">=", "%"),
        ("190张（含）", ["190"], "=", "张"),
        ("95%（含）以上", ["95"], ">=", "%"),
        ("95%以上（含）", ["95"], ">=", "%"),
        ("2次以上（含2次）", ["2"], ">=", "次"),
        ("≤5%（含本数）", ["5"], "<=", "%"),
        ("控制在5%以内", ["5"], "<=", "%"),
        ("不超过3个工作日", ["3"], "<=", "个工作日"),
        ("10万元/座以内", ["10"], "<=", "万元/座"),
        ("1500元/人·月", ["1500"], "=", "元/人·月"),
        ("≥750万头（羽）", ["750"], ">=", "万头（羽）"),
        ("80%-90%", ["80", "90"], "=", "%"),
        ("158/226/163", ["158", "226", "163"], "=", ""),
        ("13,500亩", ["13500"], "=", "亩"),
        ("３２２１．６６", ["3221.66"], "=", ""),
        ("-83.61", ["-83.61"], "=", ""),
        ("12.5亿元", ["12.5"], "=", "亿元"),
        ("2台（套）", ["2"], "=", "台（套）"),
        ("≥3艘艇", ["3"], ">=", "艘艇"),
        ("0起", ["0"], "=", "起"),
    ],
)
def test_cell_values(text: str, values: list[str], comparator: str, unit: str) -> None:
    quantity = UNITS.parse(text)
    assert quantity is not None
    assert [str(v.normalize() + 0) for v in quantity.values] == [
        str(Decimal(v).normalize() + 0) for v in values
    ]
    assert (quantity.comparator, quantity.unit, quantity.raw) == (comparator, unit, text)


@pytest.mark.parametrize("text", ["约600场", "近200人", "80余场", "3.2万余人次", "100人左右"])
def test_approximate_values(text: str) -> None:
    quantity = UNITS.parse(text)
    assert quantity is not None
    assert quantity.approximate


@pytest.mark.parametrize(
    "text", ["按时完成", "良好", "—", "无", "", "2022年12月底前", "1-7月", "补助每人1000元，分三期"]
)
def test_what_is_no_value(text: str) -> None:
    assert UNITS.parse(text) is None


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("打造9个站点，组建1支24人队伍，撰写15个案例", ["9个", "1支", "24人", "15个"]),
        ("制度十余项，问题三十多个", ["十余项", "三十多个"]),
        ("“12345”体系、1+1+9、十九届六中全会，建团100周年，12月31日前", []),
        ("财预〔2020〕10号文，2021年第3季度", []),
        ("全年预算调整率为-2.39%。", ["-2.39%"]),
        ("P2P平台B15栋", []),
        ("建成床位190张（含）以上", ["190张（含）以上"]),
        ("租金21元/平方米/月，电费：1.2元/度", ["21元/平方米/月", "1.2元/度"]),
    ],
)
def test_quantities_in_running_text(text: str, raws: list[str]) -> None:
    assert [found.quantity.raw for found in UNITS.find(text)] == raws
    assert all(text[f.start : f.end] == f.quantity.raw for f in UNITS.find(text))


def test_counting_the_same_thing() -> None:
    target, actual, other = UNITS.parse("≥6场次"), UNITS.parse("8次"), UNITS.parse("34个")
    assert target
    assert actual
    assert other
    assert UNITS.same(target, actual)
    assert not UNITS.same(target, other)


def test_scaled_values_compare_across_wan() -> None:
    large, plain = UNITS.parse("1260万人次"), UNITS.parse("12600000人次")
    assert large
    assert plain
    assert large.scaled == plain.scaled


def test_a_unit_cut_by_the_edge_of_its_cell_is_one_unit() -> None:
    read = UNITS.parse("≥4500批\n次")
    assert read is not None
    assert (read.unit, read.comparator) == ("批次", ">=")
    assert UNITS.parse("12\n15") is None


@pytest.mark.parametrize(
    "digits",
    ["9" * 29, "9" * 2_000_000, "9,999" + ",999" * 9, "0." + "3" * 28],
    ids=["29", "two million", "grouped", "behind the point"],
)
@pytest.mark.parametrize(
    "text", ["预算执行率{}%", "{}", "≥{}万元", "5%-{}%", "1/{}/3", "控制在{}以内"]
)
def test_more_digits_than_a_number_has_are_text(text: str, digits: str) -> None:
    assert UNITS.parse(text.format(digits)) is None
    assert UNITS.find(text.format(digits)) == ()


def test_the_longest_number_is_read_whole() -> None:
    (found,) = UNITS.find(f"资产总额{'9' * 26}.25亿元")
    assert str(found.quantity.value) == "9" * 26 + ".25"
    assert found.quantity.scaled[1] == "元"
    assert UNITS.find("2023年、2024年分别为1,200万元") != ()


def test_a_unit_in_brackets_behind_a_number_is_its_unit() -> None:
    whole = UNITS.parse("86.50（万元）")
    assert whole is not None
    assert (whole.raw, whole.unit) == ("86.50（万元）", "万元")
    text = "总额：86.50（万元），其中自筹12（万元）"
    assert [one.quantity.unit for one in UNITS.find(text)] == ["万元", "万元"]
    assert [text[one.start : one.end] for one in UNITS.find(text)][1] == "12（万元）"


def test_land_and_foreign_money_stay_in_wan_as_printed() -> None:
    land, people = UNITS.parse("≥18.5万亩"), UNITS.parse("18.5万人")
    assert land is not None
    assert people is not None
    assert (land.values, land.unit) == ((Decimal("18.5"),), "万亩")
    assert (people.values, people.unit) == ((Decimal(185000),), "人")
    assert land.scaled == ((Decimal(185000),), "亩")
