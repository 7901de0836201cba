"""What a password must be like."""

import pytest

from assistant.accounts.password_rules import check_password, common_words, own_part, shortcomings
from assistant.errors import AccountError

WEAK = {
    "": "空的",
    " \t　  ": "只有空格",
    "Kt9#vLq2x": "这个是9个",
    "kt9vlq2xwz": "三种",
    "correct horse": "三种",
    "Liming#7301kz": "用户名",
    "ＬＩＭＩＮＧ#7301kz": "用户名",
    "Password1234": "常见的密码",
    "P@ssw0rd2024": "常见的密码",
    "admin@123456789": "常见的密码",
    "woaini1314520woaini": "常见的密码",
    "我爱你我爱你我爱你": "常见的密码",
    "绩效评价绩效评价绩效评价": "重复",
    "!QAZ2wsx#EDC": "键盘上相邻",
    "poiuytrewqlkjhgf": "键盘上相邻",
    "abcdefgfedcbabcd": "连续",
    "11111111111111111111": "重复",
    "Ab1!Ab1!Ab1!Ab1!": "重复",
    "20240101-20231231": "年份",
    "云浦市应急管理局2024": "单位名称",
    "青禾市水务局@2023": "单位名称",
}
STRONG = ("kT9#vLq2xw", "青岭水库春天很安静", "correct horse battery", "Zhou-guanli-Form-77")


@pytest.mark.parametrize("password", WEAK)
def test_a_weak_one_is_refused_with_what_it_lacks(password: str) -> None:
    with pytest.raises(AccountError, match=WEAK[password]):
        check_password(password, user="liming")


@pytest.mark.parametrize("password", STRONG)
def test_a_strong_one_will_do(password: str) -> None:
    assert shortcomings(password, user="liming") == ()


def test_each_password_of_the_list_counts_for_nothing() -> None:
    for word in common_words().pattern.split("|"):
        assert own_part(word.replace("\\", "")) == "", word


def test_a_short_name_is_no_part_that_counts() -> None:
    assert shortcomings("kT9#vLq2xw", user="k") == ()


def test_a_long_one_is_weighed_all_the_same() -> None:
    assert shortcomings("4@8({[<3690!|1l$5+7%" * 50, user="李明") == ()
    assert shortcomings("a" * 1000, user="李明")
