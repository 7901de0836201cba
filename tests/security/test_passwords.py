"""Passwords that are guessed, known to others, or for ever the administrator's (finding M7)."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.accounts.throttle import LIMITS, Counted
from assistant.accounts.tokens import TokenScope
from assistant.config import Settings
from assistant.service import Assistant
from tests.support.page_events import PASSWORD, signed_in
from tests.support.web_site import served

OWN = "青岭水库春天很安静"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def office(home: Path) -> Iterator[str]:
    """A web app with an administrator, over an empty library."""
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
    with closing(Assistant(Settings(home=home))) as assistant, served(assistant, home) as url:
        yield url


GUESSED = (
    "12345678",
    "aaaaaaaa",
    " " * 8,
    "aaaaaaaaaaaaaaaa",
    " " * 20,
    "Admin@2024",
    "王小明王小明王小明王小明",
)


@pytest.mark.parametrize("password", GUESSED)
def test_a_password_that_is_guessed_is_refused_with_what_it_lacks(
    office: str, password: str
) -> None:
    with signed_in(office, "admin") as admin:
        new = {"name": "王小明", "password": password, "all_departments": True}
        reply = admin.post("/api/v1/settings/users", json=new)
        assert reply.status_code == 400
        assert reply.json()["error"].startswith("这个密码不能用：")
        changed = admin.patch("/api/v1/settings/users/admin", json={"password": password})
        assert changed.status_code == 400


def test_who_is_given_a_password_changes_it_before_anything_else(
    office: str, accounts: Accounts
) -> None:
    with signed_in(office, "admin") as admin:
        new = {"name": "新人", "password": PASSWORD, "role": "admin"}
        assert admin.post("/api/v1/settings/users", json=new).json()["temporary"] is True
    with signed_in(office, "新人") as user:
        page = user.get("/", headers=BROWSER)
        assert (page.status_code, page.headers["location"]) == (303, "/account")
        assert "修改密码" in user.get("/account", headers=BROWSER).text
        for method, path in (
            ("GET", "/config"),
            ("GET", "/api/v1/documents"),
            ("POST", "/api/v1/ask"),
            ("POST", "/v1/chat/completions"),
            ("POST", "/mcp"),
            ("GET", "/api/v1/settings/users"),
            ("GET", "/api/v1/me/tokens"),
            ("POST", "/api/v1/me/tokens"),
            ("GET", "/metrics"),
            ("GET", "/nowhere"),
        ):
            reply = user.request(method, path)
            assert (reply.status_code, "要先改成" in reply.text) == (403, True), path
        assert user.get("/api/v1/me").json()["must_change_password"] is True
        same = user.post("/api/v1/me/password", json={"old": PASSWORD, "new": PASSWORD})
        assert (same.status_code, "用过的密码" in same.text) == (400, True)
        changed = user.post("/api/v1/me/password", json={"old": PASSWORD, "new": OWN})
        assert [one["this"] for one in changed.json()["sessions"]] == [True]
        assert user.get("/api/v1/documents").status_code == 200
        assert user.get("/api/v1/settings/users").status_code == 200
    with signed_in(office, "新人", OWN) as user:
        assert user.get("/api/v1/me").json()["must_change_password"] is False
    assert "修改 新人 的密码" in {done.subject for done in accounts.activity_log.activities()}


def test_a_reset_ends_all_that_let_the_user_in(office: str, accounts: Accounts) -> None:
    accounts.add("被重设", PASSWORD, Role.STAFF)
    token = {"Authorization": f"Bearer {accounts.tokens.add('被重设')}"}
    with signed_in(office, "被重设") as user, signed_in(office, "admin") as admin:
        assert user.get("/api/v1/documents").status_code == 200
        assert httpx.get(f"{office}/api/v1/documents", headers=token).status_code == 200
        reset = admin.patch("/api/v1/settings/users/被重设", json={"password": PASSWORD + "二"})
        assert reset.json()["temporary"] is True
        assert user.get("/api/v1/documents").status_code == 401
        assert httpx.get(f"{office}/api/v1/documents", headers=token).status_code == 401
    with signed_in(office, "被重设", PASSWORD + "二") as user:
        assert user.get("/api/v1/documents").status_code == 403


def test_a_change_of_ones_own_ends_other_sessions_and_tokens(
    office: str, accounts: Accounts
) -> None:
    accounts.add("自己改", PASSWORD, Role.STAFF)
    token = {"Authorization": f"Bearer {accounts.tokens.add('自己改')}"}
    with signed_in(office, "自己改") as here, signed_in(office, "自己改") as there:
        sent = {"old": PASSWORD, "new": OWN}
        assert here.post("/api/v1/me/password", json=sent).status_code == 200
        assert here.get("/api/v1/documents").status_code == 200
        assert there.get("/api/v1/documents").status_code == 401
        assert httpx.get(f"{office}/api/v1/documents", headers=token).status_code == 401


def test_only_a_session_changes_the_password(office: str, accounts: Accounts) -> None:
    accounts.add("程序", PASSWORD, Role.ADMIN)
    secret = accounts.tokens.add("程序", scope=TokenScope.ALL)
    token = {"Authorization": f"Bearer {secret}"}
    sent = {"old": PASSWORD, "new": OWN}
    refused = httpx.post(f"{office}/api/v1/me/password", json=sent, headers=token)
    assert (refused.status_code, "不能用令牌" in refused.text) == (403, True)
    with signed_in(office, "程序") as user:
        for path in ("", "/tokens", "/sessions"):
            assert user.get(f"/api/v1/me{path}", headers=token).status_code == 403
            assert user.get(f"/api/v1/me{path}").status_code == 200


def test_guessing_the_old_password_is_slowed_down_as_a_log_in(
    office: str, accounts: Accounts
) -> None:
    accounts.add("被猜", PASSWORD, Role.STAFF)
    with signed_in(office, "被猜") as user:
        for _ in range(LIMITS[Counted.DEVICE].free):
            wrong = user.post("/api/v1/me/password", json={"old": "猜一个", "new": OWN})
            assert (wrong.status_code, "现在的密码不对" in wrong.text) == (400, True)
        waits = user.post("/api/v1/me/password", json={"old": PASSWORD, "new": OWN})
        assert waits.status_code == 429
        assert user.get("/api/v1/documents").status_code == 200


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(
    office: str, accounts: Accounts
) -> None:
    for name in ("甲用户", "乙用户"):
        accounts.add(name, PASSWORD, Role.STAFF)
    with (
        signed_in(office, "甲用户") as here,
        signed_in(office, "甲用户") as there,
        signed_in(office, "乙用户") as other,
    ):
        listed = here.get("/api/v1/me/sessions").json()["sessions"]
        assert [one["this"] for one in listed].count(True) == 1
        (another,) = [one["id"] for one in listed if not one["this"]]
        for id in (another, "", "%", another[:3] + "%"):
            assert other.delete(f"/api/v1/me/sessions/{id}").status_code in (400, 404)
        assert there.get("/api/v1/documents").status_code == 200
        left = here.delete(f"/api/v1/me/sessions/{another}").json()["sessions"]
        assert [one["this"] for one in left] == [True]
        assert there.get("/api/v1/documents").status_code == 401
        assert other.get("/api/v1/documents").status_code == 200
