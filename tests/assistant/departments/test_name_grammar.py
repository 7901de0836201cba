"""Departments called by some of the characters of their names."""

import pytest

from assistant.departments.directory import Directory
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary

NAMES = (
    "珲春边境经济合作区管理委员会",
    "北京市延庆区第三幼儿园",
    "北京市延庆区教育委员会",
    "鄂尔多斯市人民政府驻北京办事处",
    "昆山市周市高级中学",
    "遵义市播州区科学技术和大数据局",
    "嘉峪关市城市建设投资（集团）有限公司",
    "嵊泗县洋山镇人民政府",
    "中国共产主义青年团南屿市委员会",
)


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory(NAMES, Grammar(default_vocabulary().departments))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("珲春边合区标准厂房入驻率完成目标没有", NAMES[0]),
        ("延庆三幼家长满意度是多少？", NAMES[1]),
        ("2023年驻京办招商推介会完成没有？", NAMES[3]),
        ("周市高中受益学生人数达标没", NAMES[4]),
        ("播州区大数据局专项资金支出多少", NAMES[5]),
        ("嘉峪关城投改造管网多长？", NAMES[6]),
        ("洋山镇2022年预算执行率", NAMES[7]),
    ],
)
def test_a_short_name_keeps_some_characters_in_order(
    directory: Directory, text: str, name: str
) -> None:
    assert [m.names for m in directory.mentions(text)] == [(name,)]


def test_another_of_its_kind_is_not_meant(directory: Directory) -> None:
    assert NAMES[1] not in {
        name
        for mention in directory.mentions("延庆区第五幼儿园家长满意度是多少？")
        if not mention.place_only
        for name in mention.names
    }


def test_a_year_is_no_part_of_a_name(directory: Directory) -> None:
    (mention,) = directory.mentions("2021年南屿市各部门的支出合计")
    assert mention.text == "南屿市"
    assert mention.place_only
