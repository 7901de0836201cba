"""A wrong pack is refused when it loads, by one message that names the file and the key."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.errors import PackError
from ingest.language.packs import PackTable


def table(values: dict[str, Any]) -> PackTable:
    return PackTable(values, file="data/lexicon/x.toml")


@pytest.mark.parametrize(
    ("values", "read", "message"),
    [
        ({}, lambda t: t.text("lead"), "缺少 lead"),
        ({"lead": 3}, lambda t: t.text("lead"), "的 lead 应为字符串"),
        ({"words": "好"}, lambda t: t.words("words"), "的 words 应为字符串的列表"),
        ({"words": ["好", 1]}, lambda t: t.words("words"), "的 words 应为字符串"),
        ({"limit": 1.3}, lambda t: t.decimal("limit"), "的 limit 应为字符串"),
        ({"limit": "很多"}, lambda t: t.decimal("limit"), "的 limit 应为加引号的数字"),
        ({"least": "4"}, lambda t: t.integer("least"), "的 least 应为整数"),
        ({"least": True}, lambda t: t.integer("least"), "的 least 应为整数"),
        ({"brief": "no"}, lambda t: t.flag("brief"), "的 brief 应为 true 或 false"),
        ({"made": "(["}, lambda t: t.pattern("made"), "的 made 不是有效的正则表达式"),
        ({"made": ["a", "("]}, lambda t: t.patterns("made"), "的 made 不是有效的正则表达式"),
        ({"a": {"b": "("}}, lambda t: t.table("a").pattern("b"), "的 a.b 不是有效的正则表达式"),
        ({"a": [{"b": 1}]}, lambda t: t.tables("a")[0].text("b"), "的 a[1].b 应为字符串"),
        ({"a": "b"}, lambda t: t.table("a"), "的 a 应为表"),
        (
            {"lead": "核实{nmae}"},
            lambda t: t.template("lead", placeholders={"name"}),
            "的 lead 用了没有的占位符{nmae}",
        ),
        (
            {"lead": "核实{name"},
            lambda t: t.template("lead", placeholders={"name"}),
            "的 lead 的占位符写错了",
        ),
    ],
)
def test_a_wrong_value_is_named(
    values: dict[str, Any], read: Callable[[PackTable], object], message: str
) -> None:
    with pytest.raises(PackError) as raised:
        read(table(values))
    assert message in str(raised.value)
    assert "data/lexicon/x.toml" in str(raised.value)


def test_a_key_that_nothing_reads_is_misspelt() -> None:
    pack = table({"words": ["好"], "below": {"lead": "好", "laed": "好"}})
    pack.words("words")
    pack.table("below").text("lead")
    with pytest.raises(PackError, match=r"的 below\.laed 不是这里可以用的键"):
        pack.reject_unread()
