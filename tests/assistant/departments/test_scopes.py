"""Whose documents a visitor limited to departments sees: two names tell, and nothing else."""

from dataclasses import replace

import pytest

from assistant.departments.scopes import Scopes
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord

SCOPES = Scopes(Grammar(default_vocabulary().departments))
NOBODYS = DocumentRecord("1", "表.html", "", Form.UNKNOWN, "", 2022, 0, 0, 0, 0)
LEAGUE = "中国共产主义青年团广州市黄埔区委员会"


@pytest.mark.parametrize(
    ("given", "department"),
    [
        (LEAGUE, LEAGUE),
        (LEAGUE, "黄埔区团委"),
        (LEAGUE, "共青团黄埔区委"),
        ("云浦市应急局", "云浦市应急管理局"),
        ("云浦市应急管理局", "云浦市应急局"),
        ("云浦市财政局", "云浦市 财政局　"),
        ("云浦市龙汇区财政局", "云浦市龙汇区区财政局"),
        ("石龙镇", "石龙镇人民政府"),
        ("某某办", "某某办"),
    ],
)
def test_a_department_has_all_its_certain_names(given: str, department: str) -> None:
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
        ("云浦市财政局", "云浦市财政局、岭安市教育局"),
        ("云浦市财政局", "云浦市财政局（岭安市教育局）"),
        ("财政局", "云浦市财政局和教育局"),
        ("云浦市", "云浦市财政局岭安市教育局"),
        ("云浦市", "云浦市龙汇区财政局"),
        ("云浦市财政局", "云浦县财政局"),
        ("云浦市人民政府", "云浦市办事处"),
        ("云浦市人民政府", "云浦市"),
        ("云浦市财政局", "云浦市县财政局"),
        ("云浦市财政局", "中共云浦市财政局"),
        ("黄埔区团委", LEAGUE),
        ("广州黄埔团委", LEAGUE),
        ("应急局", "云浦市应急管理局"),
        ("团市委", "中国共产主义青年团东莞市委员会"),
        ("云浦市东岸区科工信局", "云浦市东岸区科协工会信访局"),
        ("云浦市东岸区科工信局", "云浦市东岸区科学和工商信用局"),
        ("云浦市城管局", "云浦市城市管理局"),
    ],
)
def test_no_other_department_is_meant(given: str, department: str) -> None:
    assert not SCOPES.names(given, department)


def seen(given: str, department: str, *known: str) -> bool:
    record = replace(NOBODYS, department=department)
    return SCOPES.meant([given], lambda: frozenset(known))(record.department)


SOUTH, NORTH, SHORT = "南屿市桥东区民政局", "北屿市桥东区民政局", "桥东区民政局"


def test_a_name_that_two_departments_have_is_neithers() -> None:
    assert seen(SOUTH, SHORT)
    assert seen(SOUTH, SHORT, SOUTH, SHORT, "南屿市教育局", "南屿市桥东区民政局办公室")
    assert not seen(SOUTH, SHORT, SOUTH, NORTH)
    assert not seen(NORTH, SHORT, SOUTH, NORTH)
    assert not seen(SOUTH, SHORT, NORTH)


def test_a_full_name_is_its_departments_whoever_else_there_is() -> None:
    assert seen(SOUTH, SOUTH, NORTH, SHORT)
    assert not seen(NORTH, SOUTH, NORTH, SHORT)
    assert seen(LEAGUE, "黄埔区团委", LEAGUE, "广州黄埔团委", "中国共产主义青年团东莞市委员会")


def test_what_a_name_that_means_several_hides_is_told() -> None:
    alike = frozenset({"南屿市桥东区民政局", "北屿市桥东区民政局"})
    short = "桥东区民政局"
    known = alike | {short, "云浦市财政局", ""}
    assert SCOPES.withheld([short], alike, known) == tuple(sorted(alike))
    assert SCOPES.withheld(["南屿市桥东区民政局"], known, known) == (short,)
    assert SCOPES.withheld(["云浦市财政局"], known, known) == ()
    alone = frozenset({"南屿市桥东区民政局", short})
    assert SCOPES.withheld(["南屿市桥东区民政局"], alone, alone) == ()
