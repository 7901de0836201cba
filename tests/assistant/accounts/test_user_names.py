"""No two users have names that look like one, and none is called what the log calls others."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.errors import AccountError
from ingest.records.engines import open_engine

PASSWORD = "Haitang-4417-渡口"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with closing(Accounts(f"sqlite:///{tmp_path / 'library.db'}")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("known", "alike"),
    [
        ("adm", "ａｄｍ"),
        ("adm", "ADM"),
        ("adm", "Adm"),
        ("admin", "adrnin"),
        ("lan", "Ian"),
        ("admin", "adm1n"),
        ("supervisor", "5uperv1sor"),
        ("user10", "userl0"),
        ("user10", "userIO"),
        ("李〇", "李0"),
        ("李明", "\uf9e1明"),  # the same character once more, for compatibility
    ],
)
def test_a_name_that_looks_like_anothers_is_refused(
    accounts: Accounts, known: str, alike: str
) -> None:
    accounts.add(known, PASSWORD, Role.STAFF)
    with pytest.raises(AccountError, match=r"太像|已经存在"):
        accounts.add(alike, PASSWORD, Role.ADMIN)
    assert [user.name for user in accounts.users()] == [known]


@pytest.mark.parametrize(
    "name",
    [
        "аdmin",  # Cyrillic
        "αdmin",  # Greek
        "ádmin",
        "admın",
        "ad\u200bmin",
        "李明\u0301",
        "カ",
        "١٢",
        "本机",
        "命令行",
        ".",
        "..",
        "-rf",
        "@all",
        "_x",
        "a b",
        "",
        "长" * 41,
    ],
)
def test_what_no_user_is_called(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="用户名"):
        accounts.add(name, PASSWORD, Role.STAFF)
    assert not accounts.any()


@pytest.mark.parametrize("name", ["李明", "li.ming@yp", "Wang-2", "9号窗口", "𠮷田", "㐀_1"])
def test_what_a_user_is_called(accounts: Accounts, name: str) -> None:
    assert accounts.add(name, PASSWORD, Role.STAFF).name == name


def test_a_name_is_kept_as_it_is_typed_otherwise(accounts: Accounts) -> None:
    assert accounts.add("ｌｉ．ｍｉｎｇ", PASSWORD, Role.STAFF).name == "li.ming"
    assert accounts.sessions.sign_in("li.ming", PASSWORD)


def test_who_is_there_already_keeps_the_name(accounts: Accounts, tmp_path: Path) -> None:
    accounts.add("admin", PASSWORD, Role.ADMIN)
    engine = open_engine(f"sqlite:///{tmp_path / 'library.db'}")
    with engine.begin() as connection:  # as programs up to 0.2.0 let it
        connection.execute(text("UPDATE users SET name = 'аdmin'"))
    engine.dispose()
    assert accounts.sessions.sign_in("аdmin", PASSWORD)
    assert accounts.change("аdmin", departments=()).role is Role.ADMIN
