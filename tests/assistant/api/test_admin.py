"""The settings over REST: for administrators alone, on a running server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.accounts.tokens import TokenScope
from assistant.config import Settings
from assistant.history.types import FeedbackKind
from assistant.service import Assistant
from tests.support.web_site import served

KEY = "sk-从不显示"
PASSWORD = "一个足够长的密码口令"
HUANGPU = "中国共产主义青年团广州市黄埔区委员会"
ROLES = (Role.STAFF, Role.DRAFTER, Role.SUPERVISOR, Role.ADMIN)


@pytest.fixture(scope="module")
def office(
    library_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Role, httpx.Client]]:
    """A client of each role, over a library of its own."""
    home = tmp_path_factory.mktemp("office") / "home"
    copytree(library_home, home)
    settings = Settings(
        home=home,
        llm_base_url="http://127.0.0.1:9/v1",
        llm_model="some-model",
        llm_api_key=KEY,
    )
    with closing(Accounts.of(settings)) as accounts:
        ids = {role: accounts.add(role.value, PASSWORD, role).id for role in ROLES}
        tokens = {role: accounts.tokens.add(role.value, scope=TokenScope.ALL) for role in ROLES}
    with closing(Assistant(settings)) as assistant, served(assistant, home) as url:
        answer = assistant.ask("黄埔区团委2019年实际支出数是多少？")
        staff = ids[Role.STAFF]
        turn = assistant.record(answer, user=staff)
        assert assistant.feedback(turn.id, FeedbackKind.MISSED, "应该有", user=staff)
        clients = {
            role: httpx.Client(
                base_url=f"{url}/api/v1",
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            )
            for role, token in tokens.items()
        }
        yield clients
        for client in clients.values():
            client.close()


CALLS = (
    ("GET", "/settings/users", None),
    ("POST", "/settings/users", {"name": "新人", "password": PASSWORD}),
    ("PATCH", "/settings/users/staff", {"role": "admin"}),
    ("DELETE", "/settings/users/staff", None),
    ("GET", "/settings/departments", None),
    ("GET", "/settings/tokens", None),
    ("POST", "/settings/tokens", {"user": "admin"}),
    ("DELETE", "/settings/tokens/1", None),
    ("GET", "/settings/feedback", None),
    ("GET", "/settings/activities", None),
    ("GET", "/settings/state", None),
)


@pytest.mark.parametrize("role", ROLES[:-1])
def test_nobody_else_reads_or_changes_settings(
    office: dict[Role, httpx.Client], role: Role
) -> None:
    for method, path, body in CALLS:
        reply = office[role].request(method, path, json=body)
        assert reply.status_code == 403, path
        assert "管理用户和设置" in reply.json()["error"]


def test_staff_may_not_correct_and_a_drafter_may(office: dict[Role, httpx.Client]) -> None:
    document = office[Role.ADMIN].get("/documents").json()["documents"][0]["id"]
    asked = {"document_id": document, "aspect": "year", "new": "2020", "reason": "封面"}
    assert office[Role.STAFF].post("/corrections", json=asked).status_code == 403
    made = office[Role.DRAFTER].post("/corrections", json=asked)
    assert (made.status_code, made.json()["by"]) == (200, "drafter")
    (listed,) = office[Role.STAFF].get("/corrections").json()["corrections"]
    assert listed == made.json()
    address = f"/corrections/{listed['number']}"
    assert office[Role.STAFF].delete(address).status_code == 403
    assert office[Role.SUPERVISOR].delete(address).json() == listed
    assert office[Role.SUPERVISOR].delete(address).status_code == 400
    wrong = office[Role.ADMIN].post("/corrections", json=asked | {"new": "某年"})
    assert (wrong.status_code, wrong.json()["error"]) == (
        400,
        "年度要写成四位数字，如 2021，而不是“某年”。",
    )
    admin = office[Role.ADMIN]
    told = admin.get("/settings/activities", params={"action": "更正"}).json()
    assert [done["user"] for done in told["activities"]] == ["drafter"]
    assert {"更正", "撤销更正"} <= set(told["actions"])
    told = admin.get("/settings/activities", params={"user": "supervisor"}).json()
    done = [one["action"] for one in told["activities"]]
    assert [one for one in done if one not in ("查阅", "无权被拒", "其他操作")] == ["撤销更正"]


def test_an_administrator_looks_after_users(office: dict[Role, httpx.Client]) -> None:
    admin = office[Role.ADMIN]
    made = admin.post(
        "/settings/users", json={"name": "王芳", "password": PASSWORD, "all_departments": True}
    ).json()
    assert (made["role"], made["active"]) == ("staff", True)
    secret = admin.post("/settings/tokens", json={"user": "王芳", "label": "脚本"}).json()["token"]
    own = {"Authorization": f"Bearer {secret}"}
    assert admin.get("/documents", headers=own).status_code == 200
    changed = {"role": "drafter", "departments": ["黄埔区团委"]}
    departments = admin.patch("/settings/users/王芳", json=changed).json()["departments"]
    assert departments == [HUANGPU]
    assert len(admin.get("/documents", headers=own).json()["documents"]) == 1
    assert admin.patch("/settings/users/王芳", json={"active": False}).json()["active"] is False
    assert admin.get("/documents", headers=own).status_code == 401
    admin.patch("/settings/users/王芳", json={"active": True})
    assert admin.get("/documents", headers=own).status_code == 401  # the token ended for good
    secret = admin.post("/settings/tokens", json={"user": "王芳", "label": "脚本"}).json()["token"]
    own = {"Authorization": f"Bearer {secret}"}
    assert admin.get("/documents", headers=own).status_code == 200
    listed = admin.get("/settings/tokens").json()["tokens"]
    assert secret not in str(listed)
    number = next(token["number"] for token in listed if token["label"] == "脚本")
    admin.delete(f"/settings/tokens/{number}")
    assert admin.get("/documents", headers=own).status_code == 401
    for alone in ({"active": False}, {"role": "staff"}):
        refused = admin.patch("/settings/users/admin", json=alone)
        assert (refused.status_code, "唯一的管理员" in refused.text) == (400, True)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"departments": []},
        {"departments": [""]},
        {"departments": [" "]},
        {"departments": ["青禾市档案局"]},
        {"departments": ["黄埔区团委"], "all_departments": True},
    ],
)
def test_all_departments_are_seen_by_an_explicit_word_alone(
    office: dict[Role, httpx.Client], given: dict[str, object]
) -> None:
    admin = office[Role.ADMIN]
    new = {"name": "赵六", "password": PASSWORD, "role": "drafter"}
    refused = admin.post("/settings/users", json=new | given)
    assert refused.status_code in (400, 404)
    assert "部门" in refused.json()["error"]
    made = admin.post("/settings/users", json=new | {"departments": ["黄埔区团委"]}).json()
    assert made["departments"] == [HUANGPU]
    try:
        if given:
            assert admin.patch("/settings/users/赵六", json=given).status_code in (400, 404)
        changed = admin.patch("/settings/users/赵六", json={"role": "supervisor"}).json()
        assert (changed["role"], changed["departments"]) == ("supervisor", [HUANGPU])
        wide = admin.patch("/settings/users/赵六", json={"all_departments": True}).json()
        assert (wide["role"], wide["departments"]) == ("supervisor", [])
        insisted = {"departments": ["青禾市档案局"], "unlisted": True}
        assert admin.patch("/settings/users/赵六", json=insisted).json()["departments"] == [
            "青禾市档案局"
        ]
    finally:
        admin.delete("/settings/users/赵六")


def test_the_departments_of_the_library_are_offered(office: dict[Role, httpx.Client]) -> None:
    offered = office[Role.ADMIN].get("/settings/departments").json()["departments"]
    assert offered == ["中国共产主义青年团东莞市委员会", HUANGPU]


def test_a_removed_user_takes_all_along(office: dict[Role, httpx.Client]) -> None:
    admin = office[Role.ADMIN]
    admin.post(
        "/settings/users", json={"name": "周五", "password": PASSWORD, "all_departments": True}
    )
    secret = admin.post("/settings/tokens", json={"user": "周五"}).json()["token"]
    removed = admin.delete("/settings/users/周五").json()
    assert removed == {
        "name": "周五",
        "sessions": 0,
        "tokens": 1,
        "conversations": 0,
        "drafts": 0,
    }
    own = {"Authorization": f"Bearer {secret}"}
    assert admin.get("/documents", headers=own).status_code == 401
    assert admin.delete("/settings/users/周五").status_code == 400
    assert "唯一的管理员" in admin.delete("/settings/users/admin").text
    (done, *_) = admin.get("/settings/activities", params={"action": "管理用户"}).json()[
        "activities"
    ]
    assert done["subject"] == "删除 周五"


def test_feedback_state_and_rules_are_shown_without_the_key(
    office: dict[Role, httpx.Client],
) -> None:
    admin = office[Role.ADMIN]
    (given,) = admin.get("/settings/feedback").json()["feedback"]
    assert (given["kind"], given["note"], given["user"]) == ("没答到", "应该有", "staff")
    assert "没有黄埔区团委2019年的文件" in given["text"]
    reply = admin.get("/settings/state")
    told = reply.json()
    assert (told["condition"]["llm"], told["condition"]["llm_host"]) == ("some-model", "127.0.0.1")
    assert KEY not in reply.text
    assert told["condition"]["documents"] == 2
    assert told["condition"]["disk"] > 10_000
    assert told["condition"]["embedding"]
    assert sum(len(rule["used"]) for rule in told["rules"]) == 2
    assert all(rule["name"] and rule["source"] for rule in told["rules"])
