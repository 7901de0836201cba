"""Whose documents a visitor limited to departments sees: two names tell, and nothing else."""

import pytest

from assistant.departments.scopes import Scopes
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary

SCOPES = Scopes(Grammar(default_vocabulary().departments))
LEAGUE = "中国共产主义青年团广州市黄埔区委员会"


@pytest.mark.parametrize(
    ("given", "department"),
    [
        (LEAGUE, LEAGUE),
        ("黄埔区团委", LEAGUE),
        ("广州黄埔团委", LEAGUE),
        (LEAGUE, "黄埔区团委"),
        ("云浦市应急局", "云浦市应急管理局"),
        ("应急局", "云浦市应急管理局"),
        ("团市委", "中国共产主义青年团东莞市委员会"),
        ("云浦市", "云浦市龙汇区财政局"),
        ("石龙镇", "石龙镇"),
        ("某某办", "某某办"),
    ],
)
def test_a_department_is_named_in_full_or_in_short(given: str, department: str) -> None:
    assert SCOPES.names(given, department)


@pytest.mark.parametrize(
    ("given", "department"),
    [
        ("云浦市财政局", "云浦市财务局"),
        ("云浦市财政局", "云浦市龙汇区财政局"),
        ("云浦市财政局国库支付中心", "云浦市财政局"),
        ("云浦市财政局", "云浦市财政局国库支付中心"),
        ("云浦市民政局", "云浦市民宗局"),
        ("团市委", "中国共产主义青年团广州市黄埔区委员会"),
        ("应急局", "云浦市财政局"),
        ("年初预算数", "云浦市财政局"),
    ],
)
def test_no_other_department_is_meant(given: str, department: str) -> None:
    assert not SCOPES.names(given, department)
