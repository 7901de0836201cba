"""The departments that somebody may be limited to: known ones, and others only on purpose."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.departments.choice import LIST, DepartmentChoice, listed_departments
from assistant.errors import AccountError, UnknownDepartment
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary

LEAGUE = "中国共产主义青年团广州市黄埔区委员会"
CITY, DISTRICT = "云浦市财政局", "云浦市龙汇区财政局"
CHOICE = DepartmentChoice(
    [LEAGUE, CITY, DISTRICT, "云浦市应急管理局", "云浦市应急局"],
    Grammar(default_vocabulary().departments),
)


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ([LEAGUE], (LEAGUE,)),
        ([" 黄埔区团委 "], (LEAGUE,)),
        (["云浦市应急局"], ("云浦市应急管理局",)),
        (["龙汇区财政局", DISTRICT, CITY], (DISTRICT, CITY)),
    ],
)
def test_a_department_is_chosen_by_any_of_its_names(
    given: Sequence[str], chosen: Sequence[str]
) -> None:
    assert CHOICE.chosen(given) == chosen


@pytest.mark.parametrize("given", [[], [""], [" "], [CITY, ""], ["\u3000"]])
def test_nothing_is_no_department_however_it_comes(given: Sequence[str]) -> None:
    for unlisted in (False, True):
        with pytest.raises(AccountError, match="不能为空"):
            CHOICE.chosen(given, unlisted=unlisted)


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("云浦市财証局", CITY),
        ("财政局", DISTRICT),
        ("龙汇区", DISTRICT),
        ("清岚市水务局", ""),
    ],
)
def test_what_is_not_known_or_means_several_is_chosen_on_purpose_only(
    given: str, near: str
) -> None:
    with pytest.raises(UnknownDepartment, match=f"没有唯一叫“{given}”的部门.*{near}"):
        CHOICE.chosen([given])
    assert CHOICE.chosen([given], unlisted=True) == (given,)


def test_a_list_beside_the_library_names_more(tmp_path: Path) -> None:
    assert listed_departments(tmp_path) == ()
    (tmp_path / LIST).write_text("\ufeff# 名单\n清岚市水务局  # 新设\n\n", encoding="utf-8")
    assert listed_departments(tmp_path) == ("清岚市水务局",)
    (tmp_path / LIST).write_bytes("水务局".encode("gb18030"))
    with pytest.raises(AccountError, match=LIST):
        listed_departments(tmp_path)


def test_a_listed_name_stands_before_what_documents_say() -> None:
    longer = f"岭安市{CITY}"
    choice = DepartmentChoice(
        [CITY, longer], Grammar(default_vocabulary().departments), [CITY], {longer: 7}
    )
    assert choice.names == (CITY,)
    assert choice.chosen([longer]) == choice.chosen(["云浦市财政局"]) == (CITY, longer)
