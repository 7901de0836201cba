"""Access across departments: by name, by bytes, by a correction, by taking one back, by archives.

Drafters limited to a department each, on a running server: what is another's stays as it is, and
is answered as if it were not there.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Right, Role
from assistant.accounts.tokens import TokenScope
from assistant.config import Settings
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from ingest.types.library import Scope
from tests.support.builders import page, write
from tests.support.web_site import served

WATER, HEALTH, SCHOOLS = "青禾市水务局", "东明市卫健局", "青禾市教育局"
Json = dict[str, Any]
USERS = {
    "water": (Role.DRAFTER, (WATER,)),
    "health": (Role.DRAFTER, (HEALTH,)),
    "head": (Role.SUPERVISOR, (HEALTH,)),
    "both": (Role.SUPERVISOR, (WATER, HEALTH)),
    "all": (Role.SUPERVISOR, ()),
}


class User:
    """Somebody who works over REST."""

    def __init__(self, address: str, token: str) -> None:
        self.client = httpx.Client(
            base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=120
        )

    def upload(self, file: str, data: bytes, **options: str) -> Json:
        """The report on the last file of what was handed in."""
        reply = self.client.post("/documents", files={"files": (file, data)}, data=options)
        assert reply.status_code == 200, reply.text
        report: Json = reply.json()["documents"][-1]
        return report

    def documents(self, file: str) -> list[Json]:
        listed = self.client.get("/documents").json()["documents"]
        return [one for one in listed if one["file"] == file]

    def actual(self, id: str) -> Json:
        """The reported value of the one indicator of a document."""
        found = self.client.get("/figures", params={"document": id}).json()["figures"]
        return next(figure for figure in found if figure["role"] == "actual")

    def state(self, id: str) -> tuple[object, ...]:
        """All that a correction may change of a document."""
        (record,) = [d for d in self.client.get("/documents").json()["documents"] if d["id"] == id]
        figures = self.client.get("/figures", params={"document": id}).json()["figures"]
        return record, figures

    def correct(self, document: str, aspect: str, new: str, figure: str = "") -> httpx.Response:
        asked = {"document_id": document, "aspect": aspect, "new": new, "reason": "机密理由"}
        return self.client.post("/corrections", json=asked | {"figure_id": figure})

    def corrections(self) -> list[Json]:
        listed: list[Json] = self.client.get("/corrections").json()["corrections"]
        return listed


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, User]]:
    """One library on a running server, and those who work with it."""
    home = tmp_path_factory.mktemp("office") / "home"
    with closing(Assistant(Settings(home=home))) as assistant:
        with closing(Accounts.of(Settings(home=home))) as accounts:
            accounts.add("管理", "一个足够长的密码口令", Role.ADMIN)
            for name, (role, departments) in USERS.items():
                accounts.add(name, "一个足够长的密码口令", role, departments=departments)
            tokens = {name: accounts.tokens.add(name, scope=TokenScope.ALL) for name in USERS}
        with served(assistant, home) as address:
            users = {name: User(address, token) for name, token in tokens.items()}
            yield users
            for user in users.values():
                user.client.close()


def two(office: dict[str, User], file: str) -> tuple[Json, Json]:
    """A document of health's, then one of water's with the same name and the same values."""
    theirs = office["health"].upload(file, page(HEALTH, indicator=f"讲座{file}"))
    own = office["water"].upload(file, page(WATER, indicator=f"讲座{file}"))
    assert (theirs["status"], own["status"]) == ("added", "added")
    return theirs, own


def test_nobody_marks_a_finding_of_others(office: dict[str, User]) -> None:
    theirs, own = two(office, "标.html")

    def marks(user: str, document: str) -> list[Json | None]:
        found = office[user].client.get("/audit", params={"document": document})
        return [finding["mark"] for finding in found.json()["findings"]]

    def mark(user: str, document: str, key: str) -> httpx.Response:
        asked = {"document_id": document, "finding": key, "handling": "误报"}
        return office[user].client.post("/audit/marks", json=asked)

    found = office["health"].client.get("/audit", params={"document": theirs["id"]}).json()
    key = found["findings"][0]["key"]
    refused, nowhere = mark("water", theirs["id"], key), mark("water", "0" * 64, key)
    assert (refused.status_code, refused.text) == (404, nowhere.text)
    assert set(marks("health", theirs["id"])) == {None}
    assert mark("head", theirs["id"], key).status_code == 200
    assert [one["by"] for one in marks("all", theirs["id"]) if one] == ["head"]
    assert set(marks("water", own["id"])) == {None}


def test_a_correction_changes_no_namesake(office: dict[str, User]) -> None:
    theirs, own = two(office, "写.html")
    before = office["health"].state(theirs["id"])
    figure = office["water"].actual(own["id"])["id"]
    assert office["water"].correct(own["id"], "year", "1999").status_code == 200
    assert office["water"].correct(own["id"], "form", "绩效目标表").status_code == 200
    assert office["water"].correct(own["id"], "value", "0.01", figure).status_code == 200
    assert office["health"].state(theirs["id"]) == before
    assert office["water"].actual(own["id"])["raw"] == "0.01"


def test_who_has_a_file_of_the_name_reads_no_correction(office: dict[str, User]) -> None:
    theirs, own = two(office, "读.html")
    made = office["water"].correct(own["id"], "year", "2001").json()
    assert made in office["water"].corrections()
    told = office["health"].client.get("/corrections")
    assert "读.html" not in told.text
    told = office["health"].client.get("/corrections", params={"document": own["id"]})
    assert told.json()["corrections"] == []
    assert made["number"] not in {one["number"] for one in office["health"].corrections()}
    assert office["health"].client.get("/documents").text.count(theirs["id"]) == 1


def test_who_has_a_file_of_the_name_takes_no_correction_back(office: dict[str, User]) -> None:
    _, own = two(office, "撤.html")
    made = office["water"].correct(own["id"], "year", "2002").json()
    refused = office["health"].client.delete(f"/corrections/{made['number']}")
    unknown = office["health"].client.delete("/corrections/987654")
    assert refused.status_code == unknown.status_code == 400
    assert refused.text.replace(str(made["number"]), "N") == unknown.text.replace("987654", "N")
    assert made in office["water"].corrections()
    assert office["water"].documents("撤.html")[0]["year"] == 2002


def test_bytes_that_others_hold_are_answered_like_any_others(office: dict[str, User]) -> None:
    held = page(WATER, indicator="机密工程")
    office["water"].upload("机密.html", held)
    told = {
        office["health"].upload(file, data, replace=replace)["error"].replace(file, "FILE")
        for file, data in (
            ("机密.html", held),
            ("猜.html", held),
            ("机密.html", page(WATER, indicator="没有人有的文件")),
            ("无.html", page("某某市没有的局", indicator="没有人有的文件")),
            ("空.html", "没有写部门的一句话。".encode()),
        )
        for replace in ("", "true")
    }
    (words,) = told
    assert "不属于您可以收入的部门" in words
    assert "/" not in words
    assert not office["health"].documents("机密.html")
    assert len(office["water"].documents("机密.html")) == 1
    assert not [d for d in office["all"].client.get("/documents").json()["documents"]
                if d["file"] in ("猜.html", "无.html", "空.html")]  # fmt: skip


def test_an_archive_opens_no_way_to_others(office: dict[str, User]) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("自己.html", page(WATER, indicator="包里自己的"))
        archive.writestr("别人.html", page(HEALTH, indicator="包里别人的"))
    reply = office["water"].client.post(
        "/documents", files={"files": ("包.zip", packed.getvalue())}, data={"replace": "true"}
    )
    outcomes = {report["status"] for report in reply.json()["documents"]}
    assert outcomes == {"added", "failed"}
    for user in ("health", "all"):
        assert "包里别人的" not in office[user].client.get("/figures").text


def test_nothing_is_pushed_into_another_department(office: dict[str, User]) -> None:
    own = office["water"].upload("推.html", page(WATER, indicator="推出去的"))
    before = office["water"].state(own["id"])
    for department in (HEALTH, SCHOOLS, "没有的局"):
        refused = office["water"].correct(own["id"], "department", department)
        assert (refused.status_code, "没有更正" in refused.text) == (400, True)
    assert office["water"].state(own["id"]) == before
    assert not office["health"].documents("推.html")
    assert "推.html" not in str(office["all"].corrections())
    assert office["both"].correct(own["id"], "department", HEALTH).status_code == 200
    assert office["health"].documents("推.html")


def test_nothing_is_pushed_by_taking_a_correction_back(office: dict[str, User]) -> None:
    misread = office["all"].upload("错认.html", page(SCHOOLS, indicator="认错部门的"))
    made = office["all"].correct(misread["id"], "department", WATER).json()
    assert office["water"].documents("错认.html")
    assert made in office["water"].corrections()
    refused = office["water"].client.delete(f"/corrections/{made['number']}")
    assert refused.status_code == 400
    assert office["water"].documents("错认.html")[0]["department"] == WATER
    assert office["all"].client.delete(f"/corrections/{made['number']}").status_code == 200
    assert not office["water"].documents("错认.html")


def test_a_new_version_is_one_of_what_may_be_seen(office: dict[str, User]) -> None:
    theirs, own = two(office, "版本.html")
    before = office["health"].state(theirs["id"])
    second = page(WATER, indicator="第二版")
    assert "同名" in office["water"].upload("版本.html", second)["error"]
    assert office["water"].upload("版本.html", second, replace="true")["status"] == "replaced"
    assert own["id"] not in {one["id"] for one in office["all"].documents("版本.html")}
    assert office["health"].state(theirs["id"]) == before


def test_who_sees_both_keeps_both_and_is_told_how_to_name_one(office: dict[str, User]) -> None:
    for department in (WATER, HEALTH):
        data = page(department, indicator="各单位都叫一个名")
        assert office["both"].upload("自评表.html", data)["status"] == "added"
    ids = {one["id"] for one in office["both"].documents("自评表.html")}
    assert len(ids) == 2
    both = office["both"].client
    for told in (
        both.delete("/documents/自评表.html"),
        both.get("/figures", params={"document": "自评表.html"}),
    ):
        assert told.status_code == 404
        named = set(re.findall(r"[0-9a-f]{12}", told.json()["error"]))
        assert named == {id[:12] for id in ids}
    (own,) = office["head"].documents("自评表.html")
    shown = office["head"].client.get("/figures", params={"document": "自评表.html"}).json()
    assert {figure["document_id"] for figure in shown["figures"]} == {own["id"]}
    assert office["head"].client.delete("/documents/自评表.html").json()["id"] == own["id"]
    assert {one["id"] for one in office["both"].documents("自评表.html")} == ids - {own["id"]}


def test_no_document_says_what_the_departments_of_others_are_called(
    office: dict[str, User],
) -> None:
    for number in "12":
        two(office, f"名{number}.html")
    out = office["health"].upload("别家.html", page(SCHOOLS))["error"].replace("别家.html", "")
    for link in ("、", "，", "和", "及", "/", "与", "", "；"):
        data = page(f"{WATER}{link}{HEALTH}", indicator=f"合写{link}")
        refused = office["water"].upload("合写.html", data)
        assert refused["error"].replace("合写.html", "") == out
    for written in (f"{WATER}（{HEALTH}）", f"{WATER}2023年", f"关于{WATER}", f"{WATER}（假）"):
        refused = office["water"].upload("合写.html", page(written, indicator=written))
        assert refused["error"].replace("合写.html", "") == out
    for written in ("东明市青禾市水务局", "青禾市水务政务局", "青禾市“水务局”"):
        refused = office["water"].upload("加长.html", page(written, indicator=written))
        assert refused["error"].replace("加长.html", "") == out
    twice = page("青禾市市水务局", indicator="又一个市")
    assert office["water"].upload("加长.html", twice)["status"] == "added"
    for line in ("实施单位：东明市卫生健康和体育局", "实施单位：卫健局"):
        data = page(WATER, indicator=line).replace(b"<table", f"<p>{line}</p><table".encode(), 1)
        assert office["water"].upload(f"{line[-5:]}.html", data)["status"] == "added"
    for number in "12":
        listed = office["all"].documents(f"名{number}.html")
        assert {one["department"] for one in listed} == {WATER, HEALTH}
    client = office["all"].client
    for department in (WATER, HEALTH):
        found = client.get("/figures", params={"department": department}).json()["figures"]
        assert {figure["department"] for figure in found} == {department}
    for asked in (f"{HEALTH}2022年讲座名1.html完成多少", "卫健局2022年讲座名1.html完成多少"):
        answer = client.post("/ask", json={"question": asked}).json()
        assert HEALTH in {one["department"] for one in answer["citations"]}
        assert WATER not in answer["text"]


def test_what_others_hand_in_widens_nobodys_limits(tmp_path: Path) -> None:
    """A name that both 民政局 and 民宗局 are short for made one department of the two."""
    with closing(Assistant(Settings(home=tmp_path / "home"))) as assistant:
        names = "云浦市民政局", "云浦市民宗局", "云浦市民政民宗局"
        for file, department in zip(("一.html", "二.html", "三.html"), names, strict=True):
            (added,) = assistant.add([write(tmp_path / file, page(department))])
            assert added.error == ""
        for seen, hidden in (("云浦市民政局", "二.html"), ("云浦市民宗局", "一.html")):
            part = assistant.seen_by([seen])
            assert hidden not in [record.file for record in part.documents()]
            (other,) = [record.id for record in assistant.documents() if record.file == hidden]
            assert other not in {figure.document_id for figure in part.figures(Scope())}


def test_a_short_name_that_two_departments_have_is_neithers(tmp_path: Path) -> None:
    """桥东区民政局 is called so in either city; who is limited to one must not have the other's."""
    settings = Settings(home=tmp_path / "home")
    with closing(Assistant(settings)) as assistant, closing(Accounts.of(settings)) as accounts:
        (added,) = assistant.add([write(tmp_path / "一.html", page("桥东区民政局"))])
        assert added.department == "桥东区民政局"
        accounts.add("管理", "一个足够长的密码口令", Role.ADMIN)
        gateway = Gateway(assistant, accounts)

        def seen_by(name: str) -> list[str]:
            (visitor,) = (user.visitor for user in accounts.users() if user.name == name)
            return [r.file for r in gateway.enter(visitor, Right.ASK).documents()]

        password = "一个足够长的密码口令"
        accounts.add("south", password, Role.DRAFTER, departments=["南屿市桥东区民政局"])
        assert seen_by("south") == ["一.html"]
        accounts.add("north", password, Role.DRAFTER, departments=["北屿市桥东区民政局"])
        assert (seen_by("south"), seen_by("north"), seen_by("管理")) == ([], [], ["一.html"])
