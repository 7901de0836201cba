"""One department under all its names: listings name it once, filters take any of its names."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.departments.directory import Directory
from assistant.service import Assistant
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary
from ingest.types.library import Scope

FULL = "临海市东平区卫生健康局"
SHORT = "临海市东平区卫健局"
FORM = f"部门整体支出绩效自评表\n（2021年度）\n部门名称\t{FULL}\n实际支出数\t100.5\n".encode()
REPORT = f"{SHORT}2022年度部门整体支出绩效自评报告\n实际支出120.5万元。\n".encode()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("names")
    (folder / "表.txt").write_bytes(FORM)
    (folder / "报告.txt").write_bytes(REPORT)
    assistant = Assistant(Settings(home=folder / "home"))
    assert not [r.error for r in assistant.add([folder / "表.txt", folder / "报告.txt"]) if r.error]
    yield assistant
    assistant.close()


def test_documents_are_listed_under_one_name(library: Assistant) -> None:
    assert {record.department for record in library.documents()} == {FULL}


@pytest.mark.parametrize("name", [FULL, SHORT, "东平区卫健局"])
def test_filters_take_any_name(library: Assistant, name: str) -> None:
    found = library.figures(Scope(departments=(name,)))
    assert {f.year for f in found} == {2021, 2022}
    assert {f.department for f in found} == {FULL}


def test_an_unknown_department_has_no_figures(library: Assistant) -> None:
    assert library.figures(Scope(departments=("临海市西平区教育局",))) == ()


GRAMMAR = Grammar(default_vocabulary().departments)
CIVIL, SCHOOLS = "南屿市桥东区民政局", "岭安市教育局"
JOINED = [
    f"{CIVIL}{link}{SCHOOLS}" for link in ("、", "，", "和", "及", "/", "与", "", "兼", " ", "（")
]


@pytest.mark.parametrize(
    "written", [*JOINED, f"{CIVIL}和教育局", f"{CIVIL}教育局", f"{CIVIL}2023年"]
)
@pytest.mark.parametrize("documents", [{}, {CIVIL: 12, SCHOOLS: 12}])
def test_a_name_of_several_bodies_is_none_of_theirs(
    written: str, documents: Mapping[str, int]
) -> None:
    directory = Directory([CIVIL, SCHOOLS, written], GRAMMAR, documents=documents)
    alone = Directory([CIVIL, SCHOOLS], GRAMMAR)
    for name in (CIVIL, SCHOOLS, written):
        assert directory.canonical(name) == name
        assert directory.members(name) == (name,)
    for text in ("桥东区民政局支出多少", "教育局2021年支出", "岭安教育局", "民政局", CIVIL):
        assert directory.mentions(text) == alone.mentions(text)


@pytest.mark.parametrize(
    "written",
    [
        "岭安市南屿市桥东区民政局",
        "河北省南屿市桥东区民政局",
        "南屿自治州桥东区民政局",
        "南屿市桥东区区民政局",
        "南屿市桥东区民政假局",
        "南屿市桥东区民族政务局",
        "南屿市桥东区“民政局”",
        f"关于{CIVIL}",
        f"{CIVIL}的通知",
    ],
)
def test_one_document_gives_those_of_others_no_longer_name(written: str) -> None:
    documents = {CIVIL: 2, written: 1}
    directory = Directory([CIVIL, written], GRAMMAR, documents=documents)
    assert directory.canonical(CIVIL) == CIVIL


def test_the_full_form_of_a_listed_short_name_stands_however_many_give_it() -> None:
    directory = Directory([FULL, SHORT], GRAMMAR, documents={FULL: 1, SHORT: 9})
    assert directory.canonical(SHORT) == FULL


def test_of_names_that_as_many_documents_give_the_fullest_stands() -> None:
    names = {"沙泉市教体局": 1, "沙泉市教育体育局": 1}
    assert (
        Directory(names, GRAMMAR, documents=names).canonical("沙泉市教体局") == "沙泉市教育体育局"
    )


@pytest.mark.parametrize("documents", [0, 1, 5])
def test_a_name_that_fits_two_bodies_is_neither(documents: int) -> None:
    names = ("云浦市民政局", "云浦市民宗局", "云浦市民政民宗局")
    directory = Directory(names, GRAMMAR, documents=dict.fromkeys(names, documents))
    assert [directory.members(name) for name in names] == [(name,) for name in names]


def test_who_carries_out_renames_no_department() -> None:
    directory = Directory([SCHOOLS], GRAMMAR, ["岭安市教育体育局", "教育局"], {SCHOOLS: 1})
    assert directory.canonical(SCHOOLS) == SCHOOLS
    (mention,) = directory.mentions("教育局2021年支出")
    assert mention.names == (SCHOOLS,)


def test_a_second_name_in_brackets_is_the_body_s_own() -> None:
    named = "岭安市农业农村局（乡村振兴局）"
    (mention,) = Directory([named], GRAMMAR).mentions("岭安市农业农村局支出多少")
    assert mention.names == (named,)
