"""A backup that somebody has tampered with: refused, or what it brings along is told."""

import json
import sqlite3
import stat
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.audit.marks import MarkStore
from assistant.cli.main import main
from assistant.config import Settings
from assistant.dashboard.saved_views import ViewStore
from assistant.drafting.store import DraftStore
from assistant.history.store import History
from ingest.storage.restore import OWN_INDEXES
from tests.support.builders import FILES
from tests.support.library import open_library

Printed = pytest.CaptureFixture[str]
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is restored here has no documents: nothing may ask for the embedding model."""
    monkeypatch.setenv("JIWEN_EMBEDDING_MODEL", "/no/such/model")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a library with a user who is signed in and has a token."""
    home = tmp_path / "home"
    open_library(home).close()
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("李明", PASSWORD, Role.ADMIN)
        accounts.sessions.sign_in("李明", PASSWORD, address="")
        user = accounts.users()[0]
    with closing(sqlite3.connect(home / "library.db")) as connection:
        connection.execute(
            "INSERT INTO tokens (secret, user, label, created) VALUES ('s', ?, '报表', 1)",
            (user.id,),
        )
        connection.commit()
    assert main(["backup", str(tmp_path / "备份.zip"), "--home", str(home)]) == 0
    return tmp_path / "备份.zip"


def tampered(source: Path, *commands: str, pack: str = "", link: str = "") -> Path:
    """The backup with its database changed, or with a rule pack more, its contents to match."""
    target, database = source.with_name("改过.zip"), source.with_name("改过.db")
    with ZipFile(source) as old:
        files = {name: old.read(name) for name in old.namelist() if name != "backup.json"}
        contents = json.loads(old.read("backup.json"))
    database.write_bytes(files["library.db"])
    with closing(sqlite3.connect(database)) as connection:
        for command in commands:
            connection.execute(command)
        connection.commit()
    files["library.db"] = database.read_bytes()
    if pack:
        files["rules/本地.toml"] = pack.encode()
    if link:
        files["rules/链接.toml"] = link.encode()
    contents["entries"] = [
        {"name": name, "size": len(data), "sha256": sha256(data).hexdigest()}
        for name, data in files.items()
    ]
    with ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name, data in files.items():
            entry = ZipInfo(name)
            if link and name.endswith("链接.toml"):
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            new.writestr(entry, data)
        new.writestr("backup.json", json.dumps(contents))
    return target


def tables(home: Path, name: str) -> int:
    with closing(sqlite3.connect(home / "library.db")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])


@pytest.mark.parametrize(
    "command",
    [
        "CREATE TRIGGER quiet AFTER INSERT ON activity BEGIN DELETE FROM activity; END",
        "CREATE VIEW everybody AS SELECT * FROM users",
        "CREATE TABLE computed (a, b AS (a || 'x'))",
        "CREATE INDEX computed ON users (upper(name)) WHERE role = 'admin'",
        "CREATE VIRTUAL TABLE boxes USING rtree(id, low, high)",
        "CREATE UNIQUE INDEX one ON tokens ((1))",
        "CREATE INDEX halves ON activity (upper(subject))",
        "CREATE INDEX more ON activity (subject)",
        "CREATE UNIQUE INDEX ix_tokens_user_and_label ON tokens (user, label)",
        "CREATE INDEX ix_corrections_file ON corrections (file, upper(correction))",
    ],
)
def test_a_database_in_which_something_acts_is_refused(
    backup: Path, tmp_path: Path, capsys: Printed, command: str
) -> None:
    second = tmp_path / "second"
    assert main(["restore", str(tampered(backup, command)), "--home", str(second)]) == 1
    assert "不属于资料库的" in capsys.readouterr().err
    assert not second.exists()


def indexes(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        return dict(
            connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            )
        )


def test_every_index_of_a_library_is_known(tmp_path: Path) -> None:
    """Of this release and of those before, whose libraries are restored as well."""
    open_library(tmp_path / "new").close()
    Accounts.of(Settings(home=tmp_path / "new")).close()
    url = f"sqlite:///{tmp_path / 'new' / 'library.db'}"
    History(url).close()
    DraftStore(url).close()
    ViewStore(url).close()
    MarkStore(url).close()
    made = [indexes(tmp_path / "new" / "library.db")]
    for old in sorted(FILES.glob("library-*.zip")):
        with ZipFile(old) as archive:
            archive.extract("library.db", tmp_path / old.stem)
        made.append(indexes(tmp_path / old.stem / "library.db"))
    assert len(made) == 4
    assert {name: sql for held in made for name, sql in held.items()} == OWN_INDEXES


def test_who_comes_with_a_backup_is_told_and_nobody_is_signed_in(
    backup: Path, tmp_path: Path, capsys: Printed
) -> None:
    more = (
        "INSERT INTO users (name, id, role, departments, password, active, created)"
        " SELECT 'backdoor', 'ff', role, departments, password, active, created FROM users"
    )
    second = tmp_path / "second"
    assert main(["restore", str(tampered(backup, more)), "--home", str(second)]) == 0
    out, err = capsys.readouterr()
    told = "".join(out.split())
    assert "2个用户，管理员是backdoor、李明，请核对" in told
    assert "登录都已失效，1个API令牌没有恢复" in told
    assert "向量模型" not in out + err  # an empty library needs none
    assert tables(second, "users") == 2
    assert tables(second, "sessions") == tables(second, "tokens") == 0


def test_tokens_come_back_only_where_that_is_asked_for(backup: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    assert main(["restore", str(backup), "--keep-tokens", "--home", str(second)]) == 0
    assert tables(second, "tokens") == 1
    assert tables(second, "sessions") == 0


def test_rule_packs_are_checked_before_they_hold(
    backup: Path, tmp_path: Path, capsys: Printed
) -> None:
    second = tmp_path / "second"
    wrong = tampered(backup, pack='name = "坏"\n[thresholds]\nexecution_low = "八成"\n')
    assert main(["restore", str(wrong), "--home", str(second)]) == 1
    assert "规则包" in capsys.readouterr().err
    assert not second.exists()


def test_a_refused_restore_leaves_the_folder_as_it_was(backup: Path, tmp_path: Path) -> None:
    wrong = tampered(backup, "CREATE VIEW everybody AS SELECT * FROM users")
    new, empty, used = tmp_path / "上级" / "新", tmp_path / "空", tmp_path / "home"
    empty.mkdir()
    before = {path.name for path in used.iterdir()}
    for folder in (new, empty, used):
        assert main(["restore", str(wrong), "--home", str(folder)]) == 1
    assert not new.parent.exists()
    assert not list(empty.iterdir())
    assert {path.name for path in used.iterdir()} == before
    assert main(["restore", str(backup), "--home", str(empty)]) == 0


def test_a_link_leads_nowhere(backup: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    assert main(["restore", str(tampered(backup, link="/etc/passwd")), "--home", str(second)]) == 1
    assert not second.exists()


def test_an_empty_backup_needs_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_library(tmp_path / "空").close()
    empty, target = tmp_path / "空.zip", tmp_path / "恢复"
    assert main(["backup", str(empty), "--home", str(tmp_path / "空")]) == 0
    capsys.readouterr()
    assert main(["restore", str(empty), "--home", str(target)]) == 0
    assert "向量" not in capsys.readouterr().err
