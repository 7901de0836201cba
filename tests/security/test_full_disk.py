"""No room on the disk: reading, asking and signing in go on, and strangers learn no path."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.activity_log import Action
from assistant.accounts.permissions import Role
from assistant.accounts.session_store import RETRY_SECONDS
from assistant.accounts.tokens import TokenScope
from assistant.config import Settings
from assistant.serve import launch
from assistant.service import Assistant
from tests.ingest.storage.test_disk_full import room
from tests.support.servers import free_port

PASSWORD = "一个足够长的密码口令"
NEVER = 3600.0
"""Seconds until the page is built: it is not needed here."""
NONE_LEFT = 4096
"""Bytes that no file may grow beyond: less than one page of the database's log of writes."""


@pytest.fixture
def home(library_home: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "home"
    copytree(library_home, copied)
    return copied


@pytest.fixture
def token(home: Path) -> str:
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        return accounts.tokens.add("admin", scope=TokenScope.ALL)


@pytest.fixture
def url(home: Path, token: str) -> Iterator[str]:
    settings = Settings(home=home, port=free_port())
    with closing(Assistant(settings)) as assistant:
        site = launch(assistant, settings, pause=NEVER)
        yield f"http://127.0.0.1:{settings.port}"
        site.close()


def test_without_room_people_read_ask_and_sign_in(url: str, home: Path, token: str) -> None:
    form = {"name": "admin", "password": PASSWORD}
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, timeout=120) as own, httpx.Client(base_url=url) as other:
        assert own.get("/api/v1/documents", headers=bearer).is_success
        # other tests asked this library as well
        before = asked_times(own.get("/api/v1/settings/activities", headers=bearer))
        with room(NONE_LEFT):
            assert own.post("/login", data=form | {"password": "错的密码"}).status_code == 401
            assert own.post("/login", data=form).status_code == 303
            (document, *_) = own.get("/api/v1/documents").json()["documents"]
            asked = {"question": "黄埔区团委2021年预算完成率是多少？"}
            answer = own.post("/api/v1/ask", json=asked)
            assert answer.is_success
            assert answer.json()["citations"]
            assert own.post("/api/v1/ask", json=asked, headers=bearer).is_success
            assert own.get("/api/v1/settings/activities").json()["lost"] >= 3
            new = {"name": "王芳", "password": PASSWORD + "9", "all_departments": True}
            for refused in (
                own.post("/api/v1/settings/users", json=new),
                own.post(
                    "/api/v1/corrections",
                    json={"document_id": document["id"], "aspect": "year", "new": "2020"},
                ),
                own.delete(f"/api/v1/documents/{document['id']}"),
            ):
                assert refused.status_code == 409
                assert "磁盘空间" in refused.json()["error"]
            assert other.post("/login", data=form).status_code == 303
            other.post("/logout")
            assert other.get("/api/v1/documents").status_code == 401
        assert own.get("/api/v1/documents").is_success
        assert own.post("/api/v1/ask", json=asked).is_success
        now = own.get("/api/v1/settings/activities")
    told = now.json()
    assert told["lost"] == 0
    actions = [one["action"] for one in told["activities"]]
    assert asked_times(now) - before == 3
    assert {Action.SIGN_IN_FAILED, Action.SIGNED_IN, Action.SIGNED_OUT} <= set(actions)
    assert Action.GAP not in actions


def asked_times(activities: httpx.Response) -> int:
    """How often somebody asked, as the log tells."""
    return [one["action"] for one in activities.json()["activities"]].count(Action.ASKED)


def test_a_session_that_found_no_room_is_written_later_or_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'library.db'}"
    monkeypatch.setattr("assistant.accounts.session_store.RETRY_SECONDS", -1)
    assert RETRY_SECONDS > 0
    with closing(Accounts(url)) as accounts:
        accounts.add("李明", PASSWORD, Role.STAFF)
        stored = accounts.sessions.sign_in("李明", PASSWORD)
        with room(NONE_LEFT):
            kept, ended = (accounts.sessions.sign_in("李明", PASSWORD) for _ in range(2))
            accounts.sessions.sign_out(ended)
            accounts.sessions.sign_out(stored)
            assert accounts.sessions.visitor(kept)
            assert accounts.sessions.visitor(ended) is None
            assert accounts.sessions.visitor(stored) is None
        assert accounts.sessions.visitor(kept)
        with room(NONE_LEFT):
            lost = accounts.sessions.sign_in("李明", PASSWORD)
        accounts.set_password("李明", PASSWORD + "新")
        for secret in (kept, ended, stored, lost):
            assert accounts.sessions.visitor(secret) is None
        again = accounts.sessions.sign_in("李明", PASSWORD + "新")
    with closing(Accounts(url)) as accounts:
        assert accounts.sessions.visitor(again)
        assert accounts.sessions.visitor(stored) is None


def test_a_broken_database_shows_the_login_page_and_no_path(url: str, home: Path) -> None:
    form = {"name": "admin", "password": PASSWORD}
    for path in home.glob("library.db*"):
        path.write_bytes(b"\x00" * 100)
    with httpx.Client(base_url=url, timeout=60) as client:
        replies = [
            client.post("/login", data=form),
            client.get("/api/v1/documents", headers={"Authorization": "Bearer jw-x"}),
            client.get("/", headers={"Accept": "text/html", "Cookie": "jiwen_session=x"}),
        ]
        assert client.get("/login").is_success
        assert client.get("/healthz").is_success
    assert [reply.status_code for reply in replies] == [503] * 3
    for reply in replies:
        assert "请管理员检查磁盘空间和目录权限" in reply.text
        assert str(home) not in reply.text
        assert "library.db" not in reply.text
    assert "密码" in replies[0].text
