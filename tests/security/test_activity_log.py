"""Who did what, when and from where: through every door and on the command line, once each."""

import csv
import io
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.activity_log import MAX_SUMS, Action, Activity, Sought
from assistant.accounts.permissions import Role
from assistant.accounts.tokens import TokenScope
from assistant.cli.main import main
from assistant.config import Settings
from assistant.drafting.types import Section
from assistant.errors import DraftError
from assistant.serve import launch
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from assistant.web.downloads import FileKind
from assistant.web.tabs.audit import FREE as AUDIT_FREE
from assistant.web.tabs.audit import Audit
from assistant.web.tabs.dashboard import Dashboard
from ingest.records.engines import open_engine
from tests.support.servers import free_port

PASSWORD = "一个足够长的密码口令"
NEVER = 3600.0
"""Seconds until the page is built: it is not needed here."""


@pytest.fixture
def home(library_home: Path, tmp_path: Path) -> Path:
    """A library with an administrator."""
    copied = tmp_path / "home"
    copytree(library_home, copied)
    with closing(Accounts.of(Settings(home=copied))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
    return copied


@pytest.fixture
def url(home: Path) -> Iterator[str]:
    settings = Settings(home=home, port=free_port())
    with closing(Assistant(settings)) as assistant:
        site = launch(assistant, settings, pause=NEVER)
        yield f"http://127.0.0.1:{settings.port}"
        site.close()


def log_of(home: Path, sought: Sought | None = None) -> list[Activity]:
    """The log, the oldest first, but for that it was read: see `settled`."""
    with closing(Accounts.of(Settings(home=home))) as accounts:
        lines = reversed(accounts.activity_log.activities(sought, limit=1000))
    return [line for line in lines if not line.subject.startswith("操作记录，最近的在前")]


def settled(url: str, token: str) -> None:
    """Has the web app write down what it has counted, which it does when its log is read."""
    headers = {"Authorization": f"Bearer {token}"}
    read = httpx.get(f"{url}/api/v1/settings/activities", headers=headers, timeout=120)
    assert read.is_success


def noted(home: Path, begun: int = 0) -> list[tuple[str, str, str]]:
    return [(one.action, one.user, one.subject) for one in log_of(home)][begun:]


def test_what_is_done_over_the_network_is_noted_once_with_its_address(url: str, home: Path) -> None:
    with closing(Accounts.of(Settings(home=home))) as accounts:
        token = accounts.tokens.add("admin", scope=TokenScope.ALL)
    begun = len(log_of(home))
    with httpx.Client(base_url=url, timeout=120) as client:
        for password in ("错的密码", "错的密码", PASSWORD):
            client.post("/login", data={"name": "admin", "password": password})
        api = "/api/v1"
        document, *_ = client.get(f"{api}/documents").json()["documents"]
        client.get(f"/source/{document['id']}", params={"table": 0, "row": 0, "column": 0})
        client.get(f"/source/{document['id']}/page/1.png")
        client.post(f"{api}/ask", json={"question": "预算是多少？"})
        client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "问"}]})
        drafted = {"section": "overview", "department": document["department"]}
        client.post(f"{api}/draft.docx", json=drafted)
        wanted = {"document_id": document["id"], "aspect": "year", "new": "2020"}
        number = client.post(f"{api}/corrections", json=wanted).json()["number"]
        client.delete(f"{api}/corrections/{number}")
        client.post(f"{api}/documents", files={"files": ("新.txt", "预算100万元。".encode())})
        client.delete(f"{api}/documents/{document['id']}")
        new = {"name": "王芳", "password": PASSWORD + "9", "all_departments": True}
        client.post(f"{api}/settings/users", json=new)
        client.patch(f"{api}/settings/users/王芳", json={"departments": ["黄埔区团委"]})
        client.patch(f"{api}/settings/users/王芳", json={"active": False})
        client.patch(f"{api}/settings/users/王芳", json={"active": True})
        client.patch(f"{api}/settings/users/王芳", json={"password": PASSWORD + "8"})
        client.post(f"{api}/settings/tokens", json={"user": "王芳", "label": "脚本"})
        client.delete(f"{api}/settings/tokens/2")
        client.delete(f"{api}/settings/users/王芳")
        client.get(f"{api}/settings/activities.csv")
        client.post("/logout")
    settled(url, token)
    lines = log_of(home)[begun:]
    assert [line.action for line in lines] == [
        "登录失败", "登录", "查阅", "查看原文", "无权被拒", "提问", "提问", "起草", "导出", "更正",
        "撤销更正", "收入", "删除", "管理用户", "管理用户", "管理用户", "管理用户", "管理用户",
        "管理令牌", "管理令牌", "管理用户", "导出", "退出登录",
    ]  # fmt: skip
    failed, signed_in, *_ = lines
    assert (failed.user, failed.user_id, failed.subject) == ("admin", "", "2次")
    assert signed_in.user_id
    assert {line.address for line in lines} == {"127.0.0.1"}
    assert {(line.user, line.user_id) for line in lines[1:]} == {("admin", signed_in.user_id)}
    subjects = [line.subject for line in lines]
    assert subjects[2] == "资料库里的文件 1次"
    assert document["file"] in subjects[3]
    assert subjects[4] == "查看原文：没有或看不到 1次"  # no page of it is a picture
    assert subjects[5] == "预算是多少？"
    assert "黄埔区委员会）" in subjects[14]
    assert PASSWORD not in "".join(subjects)


def test_what_is_read_and_what_is_refused_is_counted_by_the_hour(url: str, home: Path) -> None:
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("王芳", PASSWORD, Role.STAFF, departments=["黄埔区团委"])
        secret = accounts.tokens.add("王芳", scope=TokenScope.ALL)
        admin = accounts.tokens.add("admin", scope=TokenScope.ALL)
    begun = len(log_of(home))
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=url, headers=headers, timeout=120) as client:
        for path in ("figures", "indicators", "figures", "corrections", "documents"):
            assert client.get(f"/api/v1/{path}").status_code == 200
        for path in ("audit", "status", "audit", "settings/users", "me"):
            assert client.get(f"/api/v1/{path}").status_code == 403
        for path in ("/metrics", "/account"):
            assert client.get(path).status_code == 403
        for number in range(3):
            made_up = f"{number:064}"
            assert client.get(f"/source/{made_up}").status_code == 404
            assert client.get(f"/source/{made_up}/page/1.png").status_code == 404
            assert client.get("/api/v1/figures", params={"document": made_up}).status_code == 404
        assert client.get("/api/v1/documents", headers={"Authorization": ""}).status_code == 401
    settled(url, admin)
    assert noted(home, begun) == [
        ("查阅", "王芳", "数据 2次"),
        ("查阅", "王芳", "指标 1次"),
        ("查阅", "王芳", "更正记录 1次"),
        ("查阅", "王芳", "资料库里的文件 1次"),
        ("无权被拒", "王芳", "校核 3次"),
        ("无权被拒", "王芳", "管理用户和设置 1次"),
        ("无权被拒", "王芳", "谁在登录，是否要先修改密码 1次"),
        ("无权被拒", "王芳", "GET /metrics 1次"),
        ("无权被拒", "王芳", "网页 1次"),  # /account
        ("无权被拒", "王芳", "查看原文：没有或看不到 6次"),
        ("无权被拒", "王芳", "文件里的每一个数据和它的位置：没有或看不到 3次"),
        ("无权被拒", "", "1次"),
    ]


def test_drafts_that_cannot_be_and_made_up_conversations_are_counted(home: Path) -> None:
    settings = Settings(home=home)
    with closing(Assistant(settings)) as assistant, closing(Accounts.of(settings)) as accounts:
        admin = accounts.users()[0].visitor
        opened = Gateway(assistant, accounts).for_page(lambda: admin)
        begun = len(accounts.activity_log.activities(limit=1000))
        for number in range(3):
            with pytest.raises(DraftError):
                opened.drafts.draft(Section.OVERVIEW, department=f"青禾市第{number}局")
            assert not opened.forget(admin.id, f"{number:032}")
            assert not opened.drafts.forget(f"{number:032}", user=admin.id)
    assert noted(home, begun) == [
        ("无权被拒", "admin", f"{what}：没有或看不到 3次")
        for what in ("起草", "删除对话", "删除初稿")
    ]


def test_nobody_waits_for_a_database_that_another_program_holds(tmp_path: Path) -> None:
    with closing(Accounts(f"sqlite:///{tmp_path / 'library.db'}")) as accounts:
        log = accounts.activity_log
        log.add(Action.ASKED, "先问的")
        with closing(sqlite3.connect(tmp_path / "library.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            for number in range(5):
                log.add(Action.ASKED, f"第{number}问")
                log.add(Action.READ, "数据")
            assert not log.lost  # nobody has waited until the database gave up
            other.rollback()
        lines = [(line.action, line.subject) for line in log.activities()]
    assert sorted(lines) == sorted(
        [
            ("提问", "先问的"),
            *(("提问", f"第{number}问") for number in range(5)),
            ("查阅", "数据 5次"),
        ]
    )


def test_what_waits_when_the_program_stops_is_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'library.db'}"
    with closing(Accounts(url)) as accounts:
        for _ in range(500):
            accounts.activity_log.add(Action.READ, "数据")
    with closing(Accounts(url)) as accounts:
        (line,) = accounts.activity_log.activities()
    assert line.subject == "数据 500次"


def test_what_is_done_on_the_command_line_is_noted_as_its_account(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    paper = tmp_path / "新.txt"
    paper.write_text("青禾市水务局2022年预算100万元。", encoding="utf-8")
    begun = len(log_of(home))

    def jiwen(*words: str, typed: str = "") -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        main([*words, "--home", str(home)])

    jiwen("add", str(paper))
    jiwen("correct", paper.name, "--year", "2020")
    jiwen("corrections", "remove", "1")
    jiwen("remove", paper.name)
    jiwen(
        "users",
        "add",
        "李明",
        "--role",
        "staff",
        "--department",
        "黄埔区团委",
        typed=PASSWORD + "9\n",
    )
    jiwen("users", "password", "李明", typed=PASSWORD + "8\n")
    jiwen("tokens", "add", "李明", "--label", "脚本")
    jiwen("tokens", "remove", "1")
    jiwen("users", "remove", "李明")
    lines = noted(home, begun)
    assert [action for action, _, _ in lines] == [
        "收入", "更正", "撤销更正", "删除", "管理用户", "管理用户", "管理令牌", "管理令牌",
        "管理用户",
    ]  # fmt: skip
    assert all(user.startswith("命令行（") for _, user, _ in lines)
    assert "黄埔区委员会）" in lines[4][2]


def test_files_made_of_boards_and_findings_are_noted(home: Path) -> None:
    settings = Settings(home=home)
    with closing(Assistant(settings)) as assistant, closing(Accounts.of(settings)) as accounts:
        admin = accounts.users()[0].visitor
        opened = Gateway(assistant, accounts).for_page(lambda: admin)
        Dashboard(opened).file({"kind": FileKind.EXCEL, "choice": {}})
        Dashboard(opened).file({"kind": FileKind.PRINT, "choice": {}})
        Audit(opened).file({"kind": FileKind.EXCEL, "choice": dict(AUDIT_FREE)})
        conversation = opened.record(opened.ask("预算是多少？"), user=admin.id).conversation
        assert opened.forget(admin.id, conversation) == 1
    *_, excel, printed, findings, _, forgotten = noted(home)
    assert (excel[0], printed[0], findings[0], forgotten[0]) == ("导出", "导出", "导出", "删除对话")
    assert excel[2].endswith(".xlsx")
    assert printed[2].endswith("（打印）")
    assert forgotten[2] == conversation


def test_a_flood_of_failures_is_few_lines(tmp_path: Path) -> None:
    with closing(Accounts(f"sqlite:///{tmp_path / 'library.db'}")) as accounts:
        log = accounts.activity_log
        for n in range(3000):
            log.add_refused(Action.SIGN_IN_FAILED, f"u{n % 1500}", f"10.0.0.{n % 250}")
        lines = log.activities(limit=5000)
    assert len(lines) <= MAX_SUMS + 1
    assert sum(int(line.subject.removesuffix("次")) for line in lines) == 3000


def test_the_log_is_sought_by_time_and_taken_out_as_a_table(home: Path, url: str) -> None:
    with closing(Accounts.of(Settings(home=home))) as accounts:
        (admin,) = accounts.users()
        token = accounts.tokens.add("admin", scope=TokenScope.ALL)
        accounts.activity_log.add(Action.ASKED, "=HYPERLINK(1)", admin.visitor)
    with httpx.Client(
        base_url=f"{url}/api/v1/settings", headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        today = {"since": "2020-01-01", "until": "2999-01-01", "action": "提问", "user": "admin"}
        (line,) = client.get("/activities", params=today).json()["activities"]
        assert (line["user"], line["user_id"]) == ("admin", admin.id)
        for never in ({"until": "2020-01-01"}, {"since": "2999-01-01"}, {"until": "0001-01-01"}):
            assert client.get("/activities", params=never).json()["activities"] == []
        assert client.get("/activities", params={"since": "昨天"}).status_code == 422
        reply = client.get("/activities.csv", params=today)
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.text.startswith("\ufeff")
    head, row = csv.reader(io.StringIO(reply.text.lstrip("\ufeff")))
    assert head[-1] == "内容"
    assert row[-1] == "'=HYPERLINK(1)"


def test_an_older_log_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    """Up to 0.2 a line had no id of the user and no address."""
    url = f"sqlite:///{tmp_path / 'library.db'}"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE activity (number INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
            " user TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL)"
        )
        connection.exec_driver_sql(
            "INSERT INTO activity (at, user, action, subject) VALUES (?, '李明', '提问', '预算？')",
            (int(time.time()),),
        )
    engine.dispose()
    with closing(Accounts(url)) as accounts:
        accounts.activity_log.add(Action.ASKED, "新的一问")
        new, old = accounts.activity_log.activities()
    assert (old.user, old.user_id, old.address, old.subject) == ("李明", "", "", "预算？")
    assert new.subject == "新的一问"
