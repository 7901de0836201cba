"""Access by likeness of names: who has some characters of another's name gets nothing of theirs."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.accounts.tokens import TokenScope
from assistant.config import Settings
from assistant.departments.choice import DepartmentChoice
from assistant.departments.directory import Directory
from assistant.departments.scopes import Scopes
from assistant.errors import UnknownDepartment
from assistant.service import Assistant
from ingest.corrections.types import Aspect, Wanted
from ingest.errors import CorrectionError
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary
from tests.support.builders import page, write
from tests.support.web_site import served

PASSWORD = "海棠-4417-Dukou"
GRAMMAR = Grammar(default_vocabulary().departments)
LIKE = [
    ("财政局", "财政国库支付局"),
    ("税务局", "税务稽查局"),
    ("农业局", "农业机械管理局"),
    ("农业局", "农业民政局"),
    ("卫生局", "卫生监督局"),
    ("教育局", "教育考试局"),
    ("教育局", "教师发展与体育局"),
    ("城市管理局", "城市更新和土地整备管理局"),
    ("城市管理局", "城市建设管理局"),
    ("公安局", "公安交通管理局"),
    ("体育局", "体育彩票管理局"),
    ("环境保护局", "环境保护监察局"),
    ("国土资源局", "国土资源执法监察局"),
    ("国资局", "国土资源局"),
    ("国有资产管理局", "国土资源局"),
    ("林业局", "林业公安局"),
    ("工信局", "工商信用管理局"),
    ("城管局", "城乡规划管理局"),
    ("交通局", "交通运政管理局"),
    ("民政局", "民族宗教政策局"),
    ("民政局", "民族政务局"),
    ("水利局", "水利工程管理局"),
    ("发展和改革局", "发展改革研究局"),
    ("政法委", "政府法制工作委员会"),
    ("机关事务管理局", "机关后勤事务管理局"),
]
PAIRS = [(f"云浦市{one}", f"云浦市{other}") for one, other in LIKE]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_some_characters_of_a_name_are_another_body_s(one: str, other: str) -> None:
    for documents in ({}, {one: 9, other: 1}, {one: 1, other: 9}):
        directory = Directory([one, other], GRAMMAR, documents=documents)
        assert [directory.members(name) for name in (one, other)] == [(one,), (other,)]
    for given, name in ((one, other), (other, one)):
        for known in ((), (name,), (one, other)):
            assert not Scopes(GRAMMAR).meant([given], lambda k=known: frozenset(k))(name)  # type: ignore[misc]


DISTRICT = "云浦市东岸区科技和工业信息化局"
CITY = ["科技和工业信息化局", "科技局", "工信局", "信息化局", "科工信局", "工业和信息化局", "团"]
OTHERS = [f"云浦市{organ}" for organ in CITY] + [
    "科技局",
    "东岸区科局",
    "云浦市西岸区科工信局",
    "云浦市东岸区科技局",
    "云浦市东岸区工业和信息化局",
]


@pytest.mark.parametrize("given", OTHERS)
def test_no_other_body_is_turned_into_one_that_is_known(given: str) -> None:
    choice = DepartmentChoice([DISTRICT], GRAMMAR)
    with pytest.raises(UnknownDepartment, match="没有唯一叫"):
        choice.chosen([given])
    assert choice.chosen([given], unlisted=True) == (given,)
    assert not Scopes(GRAMMAR).names(given, DISTRICT)


def test_a_short_name_is_the_full_one_once_it_is_chosen() -> None:
    choice = DepartmentChoice([DISTRICT, "云浦市财政局"], GRAMMAR)
    for given in ("云浦市东岸区科工信局", "东岸区科工信局", DISTRICT):
        assert choice.chosen([given]) == (DISTRICT,)


def test_a_short_name_that_fits_several_is_asked_about() -> None:
    known = ["云浦市城市管理局", "云浦市城市管理和综合执法局"]
    with pytest.raises(UnknownDepartment, match="、".join(sorted(known))):
        DepartmentChoice(known, GRAMMAR).chosen(["云浦市城管局"])


def test_a_short_name_that_another_may_have_opens_nothing() -> None:
    short, other = "云浦市东岸区科工信局", "云浦市东岸区科协工会信访局"
    for given, name in ((DISTRICT, short), (short, DISTRICT)):
        assert Scopes(GRAMMAR).meant([given], lambda: frozenset({DISTRICT, short}))(name)
        assert not Scopes(GRAMMAR).meant([given], lambda: frozenset({DISTRICT, short, other}))(name)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("names")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        for number, name in enumerate(dict.fromkeys(chain.from_iterable(PAIRS[:6]))):
            data = page(name, indicator=f"事项{number}")
            (added,) = assistant.add([write(folder / f"{number}.html", data)])
            assert (added.error, added.department) == ("", name)
        yield assistant


@pytest.mark.parametrize("pair", PAIRS[:6])
def test_each_sees_its_own_documents_only(library: Assistant, pair: Sequence[str]) -> None:
    listed = {record.department for record in library.documents()}
    for name in pair:
        assert name in listed
        assert {r.department for r in library.seen_by([name]).documents()} == {name}


def test_a_department_s_own_documents_keep_its_name(library: Assistant, tmp_path: Path) -> None:
    """Whoever hands in a name like their department's, or corrects to it, renames nothing."""
    (own,) = library.seen_by(["云浦市农业局"]).documents()
    part = library.seen_by(["云浦市农业局"])
    before = library.documents()
    for name in ("云浦市农业和民政局", "云浦市农民业政局", "云浦市农业畜牧局"):
        (refused,) = part.add([write(tmp_path / "桥.html", page(name, indicator=name))])
        assert "不属于您可以收入的部门" in refused.error
        with pytest.raises(CorrectionError):
            part.correct(Wanted(own.id, Aspect.DEPARTMENT, name, "李明"))
    assert library.documents() == before


def test_an_administrator_is_told_what_a_short_name_hides(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with closing(Assistant(settings)) as assistant, closing(Accounts.of(settings)) as accounts:
        bodies = ("南屿市桥东区民政局", "北屿市桥东区民政局", "云浦市财政局")
        files = [write(tmp_path / f"{name}.html", page(name)) for name in bodies]
        assert not [report.error for report in assistant.add(files) if report.error]
        accounts.add("管理", PASSWORD, Role.ADMIN)
        accounts.add("李明", PASSWORD, Role.STAFF, departments=["桥东区民政局"])
        accounts.add("王芳", PASSWORD, Role.STAFF, departments=["云浦市财政局"])
        token = accounts.tokens.add("管理", scope=TokenScope.ALL)
        with served(assistant, settings.home) as address:
            headers = {"Authorization": f"Bearer {token}"}
            users = httpx.get(f"{address}/api/v1/settings/users", headers=headers, timeout=60)
    assert users.json()["withheld"] == {"李明": sorted(bodies[:2])}
