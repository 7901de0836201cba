"""Users, sessions, tokens and what is written down: on a real database, with a clock of its own."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copytree

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from assistant.accounts.accounts import Accounts
from assistant.accounts.activity_log import Action
from assistant.accounts.credentials import MAX_EARLIER_PASSWORDS
from assistant.accounts.permissions import LOCAL, Right, Role, Visitor
from assistant.accounts.schema import SCHEMA, USERS
from assistant.accounts.sessions import MAX_IDLE_SECONDS, MAX_SESSION_SECONDS
from assistant.accounts.throttle import LIMITS, Counted
from assistant.accounts.tokens import (
    DAY_SECONDS,
    MAX_TOKEN_DAYS,
    USE_WRITTEN_SECONDS,
    TokenScope,
)
from assistant.cli.main import main
from assistant.config import Settings
from assistant.errors import AccessDenied, AccountError, NotSignedIn, SettingsError, TooManyTries
from assistant.serve import launch
from assistant.service import Assistant
from ingest.records.engines import open_engine
from tests.support.servers import free_port
from tests.support.web_site import served

PASSWORD = "一个足够长的密码口令"


class Clock:
    """Time that only moves when told."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(database_url: str, clock: Clock) -> Iterator[Accounts]:
    with closing(Accounts(database_url, now=clock, ticks=clock)) as opened:
        yield opened


def test_a_session_ends_when_it_is_not_used(accounts: Accounts, clock: Clock) -> None:
    user = accounts.add("李明", PASSWORD, Role.STAFF, departments=["团市委"])
    secret = accounts.sessions.sign_in("李明", PASSWORD)
    expected = Visitor("李明", Role.STAFF, ("团市委",), id=user.id)
    assert accounts.sessions.visitor(secret) == expected
    clock.now += MAX_IDLE_SECONDS - 1
    assert accounts.sessions.visitor(secret)
    clock.now += MAX_IDLE_SECONDS - 1  # it was lengthened by its use
    assert accounts.sessions.visitor(secret)
    clock.now += MAX_IDLE_SECONDS
    assert accounts.sessions.visitor(secret) is None


def test_no_session_lives_for_ever(accounts: Accounts, clock: Clock) -> None:
    accounts.add("李明", PASSWORD, Role.STAFF)
    secret = accounts.sessions.sign_in("李明", PASSWORD)
    begun = clock.now
    while accounts.sessions.visitor(secret):
        clock.now += MAX_IDLE_SECONDS / 2
        assert clock.now - begun <= MAX_SESSION_SECONDS + MAX_IDLE_SECONDS


def test_signing_out_and_a_new_password_end_sessions(accounts: Accounts) -> None:
    accounts.add("李明", PASSWORD, Role.STAFF)
    first, second = (accounts.sessions.sign_in("李明", PASSWORD) for _ in range(2))
    accounts.sessions.sign_out(first)
    assert accounts.sessions.visitor(first) is None
    accounts.set_password("李明", PASSWORD + "新")
    assert accounts.sessions.visitor(second) is None
    with pytest.raises(NotSignedIn):
        accounts.sessions.sign_in("李明", PASSWORD)


def test_guessing_is_slowed_down(accounts: Accounts, clock: Clock) -> None:
    accounts.add("李明", PASSWORD, Role.STAFF)
    for _ in range(LIMITS[Counted.PAIR].free):
        with pytest.raises(NotSignedIn):
            accounts.sessions.sign_in("李明", "猜一个密码", address="10.0.0.1")
    with pytest.raises(TooManyTries, match="分钟后再试"):
        accounts.sessions.sign_in("李明", PASSWORD, address="10.0.0.1")
    assert accounts.sessions.sign_in("李明", PASSWORD, address="10.0.0.2")
    clock.now += LIMITS[Counted.PAIR].first_wait
    assert accounts.sessions.sign_in("李明", PASSWORD, address="10.0.0.1")


def test_no_secret_is_in_the_database(
    accounts: Accounts, database_url: str, tmp_path: Path
) -> None:
    user = accounts.add("李明", PASSWORD, Role.STAFF)
    session, token = (
        accounts.sessions.sign_in("李明", PASSWORD),
        accounts.tokens.add("李明", label="脚本", scope=TokenScope.ALL),
    )
    assert accounts.tokens.visitor(token) == user.visitor
    assert accounts.tokens.visitor("jw-别的") is None
    accounts.close()
    engine = open_engine(database_url)
    with engine.connect() as database:
        tables = [database.exec_driver_sql(f"SELECT * FROM {t}").all() for t in SCHEMA.tables]
    engine.dispose()
    kept = str(tables).encode()
    kept += b"".join(path.read_bytes() for path in tmp_path.glob("library.db*"))
    assert "李明".encode() in kept
    for secret in (PASSWORD, session, token):
        assert secret.encode() not in kept


def test_a_new_password_is_none_of_the_last_ones(accounts: Accounts) -> None:
    accounts.add("李明", PASSWORD, Role.STAFF)
    for number in range(MAX_EARLIER_PASSWORDS):
        with pytest.raises(AccountError, match="用过的密码"):
            accounts.set_password("李明", PASSWORD)
        accounts.set_password("李明", f"{PASSWORD}{number}")
    accounts.set_password("李明", PASSWORD)
    assert accounts.sessions.sign_in("李明", PASSWORD)


def test_a_hash_of_older_parameters_is_made_anew_at_the_log_in(
    accounts: Accounts, database_url: str
) -> None:
    accounts.add("李明", PASSWORD, Role.STAFF)
    engine = open_engine(database_url)
    older = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with engine.begin() as connection:
        connection.execute(update(USERS).values(password=older))
    for _ in range(2):
        assert accounts.sessions.sign_in("李明", PASSWORD)
        with engine.connect() as connection:
            kept = connection.execute(select(USERS.c.password)).scalar_one()
        assert not PasswordHasher().check_needs_rehash(kept)
    engine.dispose()


def test_a_temporary_password_allows_nothing_but_the_first_users_own_does(
    accounts: Accounts,
) -> None:
    first = accounts.add("管理", PASSWORD, Role.ADMIN, temporary=True)
    second = accounts.add("李明", PASSWORD, Role.ADMIN, temporary=True)
    assert (first.temporary, second.temporary) == (False, True)
    visitor = accounts.sessions.visitor(accounts.sessions.sign_in("李明", PASSWORD))
    assert visitor
    assert visitor.must_change_password
    assert not any(visitor.may(right) for right in Right)
    with pytest.raises(AccessDenied, match="要先改成"):
        visitor.must(Right.ASK)


def test_a_token_ends_in_time_and_its_use_is_written_once_an_hour(
    accounts: Accounts, clock: Clock
) -> None:
    accounts.add("李明", PASSWORD, Role.STAFF)
    token = accounts.tokens.add("李明", days=1)
    begun = int(clock.now)
    used = []
    for _ in range(3):
        assert accounts.tokens.visitor(token)
        used.append(accounts.tokens.all()[0].used)
        clock.now += USE_WRITTEN_SECONDS / 2
    assert used == [begun, begun, begun + USE_WRITTEN_SECONDS]
    clock.now = begun + DAY_SECONDS
    with pytest.raises(NotSignedIn, match="到期"):
        accounts.tokens.visitor(token)
    assert accounts.tokens.visitor(token[:-1]) is None
    for days in (0, MAX_TOKEN_DAYS + 1):
        with pytest.raises(AccountError, match="天数"):
            accounts.tokens.add("李明", days=days)


def test_tokens_end_for_good_with_a_new_password_and_with_deactivation(accounts: Accounts) -> None:
    accounts.add("管理", PASSWORD, Role.ADMIN)
    accounts.add("李明", PASSWORD, Role.STAFF)
    token = accounts.tokens.add("李明")
    accounts.set_active("李明", False)
    accounts.set_active("李明", True)
    assert accounts.tokens.visitor(token) is None
    token = accounts.tokens.add("李明")
    accounts.set_password("李明", PASSWORD + "新")
    assert accounts.tokens.visitor(token) is None


def test_tokens_are_listed_and_removed(accounts: Accounts) -> None:
    accounts.add("李明", PASSWORD, Role.STAFF)
    token = accounts.tokens.add("李明", label="脚本")
    (listed,) = accounts.tokens.all("李明")
    assert (listed.user, listed.label) == ("李明", "脚本")
    accounts.tokens.remove(listed.number)
    assert accounts.tokens.visitor(token) is None
    with pytest.raises(AccountError, match="没有编号"):
        accounts.tokens.remove(listed.number)


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    accounts.add("管理", PASSWORD, Role.ADMIN)
    for change in (
        lambda: accounts.remove("管理"),
        lambda: accounts.change("管理", role=Role.STAFF),
    ):
        with pytest.raises(AccountError, match="唯一的管理员"):
            change()
    accounts.add("另一个", PASSWORD, Role.ADMIN)
    accounts.remove("管理")
    assert [user.name for user in accounts.users()] == ["另一个"]


@pytest.mark.parametrize(("name", "password"), [("a b", PASSWORD), ("", PASSWORD), ("好", "短")])
def test_what_cannot_be_a_user(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(AccountError):
        accounts.add(name, password, Role.STAFF)
    assert not accounts.any()


def test_rights_by_role() -> None:
    staff = Visitor("甲", Role.STAFF, id="9c1e")
    assert staff.may(Right.ASK)
    with pytest.raises(AccessDenied, match="工作人员，没有“起草”的权限"):
        staff.must(Right.DRAFT)
    assert all(LOCAL.may(right) for right in Right)


def test_what_was_done_is_written_down(accounts: Accounts) -> None:
    accounts.activity_log.add(
        Action.ASKED, "预算多少？", Visitor("李明", Role.STAFF, id="9c1e", address="10.0.0.1")
    )
    (done,) = accounts.activity_log.activities()
    assert (done.user, done.user_id, done.address) == ("李明", "9c1e", "10.0.0.1")
    assert (done.action, done.subject) == ("提问", "预算多少？")


# -- over a running server ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(library_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web app with users, over a library of its own."""
    home = tmp_path_factory.mktemp("office") / "home"
    copytree(library_home, home)
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        accounts.add(
            "staff", PASSWORD, Role.STAFF, departments=["中国共产主义青年团广州市黄埔区委员会"]
        )
    with closing(Assistant(Settings(home=home))) as assistant, served(assistant, home) as url:
        yield url


@contextmanager
def signed_in(url: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60) as client:
        sent = {"name": name, "password": PASSWORD, "next": "/api/docs"}
        reply = client.post("/login", data=sent)
        assert (reply.status_code, reply.headers["location"]) == (303, "/api/docs")
        yield client


PRIVATE = (
    "/config",
    "/gradio_api/info",
    "/gradio_api/queue/data?session_hash=x",
    "/gradio_api/app_id",
    "/api/v1/documents",
    "/api/v1/openapi.json",
    "/v1/models",
    "/mcp",
)


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_is_open_beside_the_guard(office: str, path: str) -> None:
    reply = httpx.get(office + path, timeout=60)
    assert reply.status_code == 401
    assert "请先登录" in reply.text


def test_a_browser_is_sent_to_the_login_page(office: str) -> None:
    page = httpx.get(office, headers={"Accept": "text/html"}, follow_redirects=True, timeout=60)
    assert page.url.path == "/login"
    assert "密码" in page.text
    wrong = httpx.post(
        f"{office}/login", data={"name": "staff", "password": "错的密码啊"}, timeout=60
    )
    assert wrong.status_code == 401
    assert "用户名或密码不对" in wrong.text
    assert "set-cookie" not in wrong.headers


def test_staff_see_their_department_and_may_not_delete(office: str) -> None:
    with signed_in(office, "staff") as staff, signed_in(office, "admin") as admin:
        everything = admin.get("/api/v1/documents").json()["documents"]
        (own,) = staff.get("/api/v1/documents").json()["documents"]
        (hidden,) = [one for one in everything if one["id"] != own["id"]]
        assert "东莞" in hidden["department"]
        assert staff.get("/api/v1/figures", params={"document": hidden["id"]}).status_code == 404
        departments = {f["department"] for f in staff.get("/api/v1/figures").json()["figures"]}
        assert departments == {own["department"]}
        answer = staff.post("/api/v1/ask", json={"question": "东莞团市委有哪些绩效指标？"}).json()
        assert answer["citations"] == []
        assert hidden["id"] not in str(answer)
        answer = staff.post("/api/v1/ask", json={"question": "2021年实际支出数是多少？"}).json()
        assert {cited["document_id"] for cited in answer["citations"]} == {own["id"]}
        refused = staff.delete(f"/api/v1/documents/{own['id']}")
        assert refused.status_code == 403
        assert "没有“删除文件”的权限" in refused.json()["error"]
        sent = {"files": ("a.txt", "预算100万元。".encode())}
        assert staff.post("/api/v1/documents", files=sent).status_code == 403
        assert staff.post("/gradio_api/upload", files=sent).status_code == 404


def test_the_page_opens_for_who_signed_in(office: str) -> None:
    with signed_in(office, "staff") as staff:
        assert "绩问" in staff.get("/", headers={"Accept": "text/html"}).text
        assert staff.post("/logout").status_code == 303
        assert staff.get("/config").status_code == 401


def test_without_an_administrator_only_this_machine_is_served(assistant: Assistant) -> None:
    settings = Settings(home=assistant._settings.home, host="0.0.0.0", port=free_port())
    with pytest.raises(SettingsError, match="jiwen users add 名字 --role admin"):
        launch(assistant, settings)


def test_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def jiwen(*words: str, typed: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        main([*words, "--home", str(tmp_path)])
        shown = capsys.readouterr()
        return shown.out + shown.err

    assert "管理员，全部部门" in jiwen(
        "users", "add", "管理", "--role", "admin", typed=PASSWORD + "\n"
    )
    assert "只看甲局、乙局" in jiwen(
        "users", "add", "李明", "--department", "甲局，乙局", "--unlisted", typed=PASSWORD + "\n"
    )
    assert jiwen("users").splitlines()[0].startswith("李明（工作人员")
    again = ("users", "add", "李明", "--all-departments")
    assert "已经存在" in jiwen(*again, typed=PASSWORD + "\n")
    assert "请写出用户名" in jiwen("users", "add")
    token = jiwen("tokens", "add", "李明", "--label", "脚本", "--scope", "all").split("（")[0]
    assert '"label": "脚本"' in jiwen("tokens", "list", "--json")
    with closing(Accounts.of(Settings(home=tmp_path))) as accounts:
        visitor = accounts.tokens.visitor(token)
        assert visitor
        assert (visitor.name, visitor.departments) == ("李明", ("甲局", "乙局"))
    assert "已删除令牌" in jiwen("tokens", "remove", "1")
    assert "已删除用户" in jiwen("users", "remove", "李明")


@pytest.mark.parametrize("unset", ["", " ", ",", "甲局,", "，、"])
def test_an_unset_variable_widens_nobody(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    unset: str,
) -> None:
    def jiwen(*words: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD))
        main(["users", *words, "--home", str(tmp_path)])
        shown = capsys.readouterr()
        return shown.out + shown.err

    with closing(Accounts.of(Settings(home=tmp_path))) as accounts:
        accounts.add("李明", PASSWORD, Role.DRAFTER, departments=["甲局"])
    for wrong in (("role", "李明"), ("add", "王芳")):
        assert "不能为空" in jiwen(*wrong, "--department", unset, "--unlisted")
        assert "部门" in jiwen(*wrong)  # neither departments nor all of them
    assert "不能同时使用" in jiwen_misused(capsys, "role", "李明", "--department", "甲局")
    assert "审核人，只看甲局" in jiwen("role", "李明", "--role", "supervisor")
    assert "没有唯一叫“乙局”" in jiwen("role", "李明", "--department", "乙局")
    assert "审核人，只看乙局" in jiwen("role", "李明", "--department", "乙局", "--unlisted")
    assert "审核人，全部部门" in jiwen("role", "李明", "--all-departments")


def jiwen_misused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said of a call with both departments and all of them."""
    with pytest.raises(SystemExit):
        main(["users", *words, "--all-departments"])
    return capsys.readouterr().err


def test_what_many_do_at_once_is_all_written_down(tmp_path: Path) -> None:
    accounts = Accounts(f"sqlite:///{tmp_path / 'library.db'}")
    with ThreadPoolExecutor(20) as people:
        list(
            people.map(
                lambda n: accounts.activity_log.add(Action.ASKED, f"第{n}问", LOCAL), range(60)
            )
        )
    assert len(accounts.activity_log.activities(limit=500)) == 60
    accounts.close()
