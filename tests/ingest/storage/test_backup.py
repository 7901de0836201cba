"""A backup taken while the library is written, and the library that is made of it."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.cli.main import main
from assistant.config import Settings
from assistant.service import Assistant
from ingest.errors import StoreError
from ingest.pipeline import Library
from ingest.storage.backup import write_backup
from ingest.storage.home import Home
from ingest.storage.restore import restore_backup
from ingest.types.library import Outcome
from tests.support.builders import FILES, page, write
from tests.support.library import open_library

QUESTION = "黄埔区团委填报的预算完成率对不对？"
Printed = pytest.CaptureFixture[str]
Change = Callable[[dict[str, object]], object]


def restored(source: Path, folder: Path) -> Library:
    restore_backup(Home(folder), source, with_database=True)
    return open_library(folder)


def test_a_restored_library_says_the_same(
    library_home: Path, tmp_path: Path, capsys: Printed
) -> None:
    """From `jiwen backup` to `jiwen restore`, with users, conversations, drafts and rule packs."""
    home, file = tmp_path / "first", tmp_path / "备份.zip"
    shutil.copytree(library_home, home)
    (home / "rules").mkdir()
    (home / "rules" / "本地.toml").write_text('places = ["青禾市"]\n', encoding="utf-8")
    settings = Settings(home=home)
    with closing(Accounts.of(settings)) as accounts:
        accounts.add("李明", "correct horse battery staple", Role.ADMIN)
    with closing(Assistant(settings)) as assistant:
        assistant.record(assistant.ask(QUESTION), user="李明")
    assert main(["ask", QUESTION, "--json", "--home", str(home)]) == 0
    before = json.loads(capsys.readouterr().out)

    assert main(["backup", str(file), "--json", "--home", str(home)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"file": str(file), "documents": 2, "bytes": file.stat().st_size}
    assert file.stat().st_mode & 0o077 == 0

    second = tmp_path / "second"
    assert main(["restore", str(file), "--json", "--home", str(second)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "home": str(second),
        "documents": 2,
        "users": 1,
        "administrators": ["李明"],
        "tokens": 0,
        "note": "",
    }
    assert main(["verify-store", "--home", str(second)]) == 0
    capsys.readouterr()
    assert main(["ask", QUESTION, "--json", "--home", str(second)]) == 0
    after = json.loads(capsys.readouterr().out)
    assert before | {"elapsed_ms": 0} == after | {"elapsed_ms": 0}
    assert (second / "rules" / "本地.toml").read_bytes() == (
        home / "rules" / "本地.toml"
    ).read_bytes()
    with closing(Accounts.of(Settings(home=second))) as accounts:
        assert accounts.sessions.sign_in("李明", "correct horse battery staple", address="")
    with closing(Assistant(Settings(home=second))) as assistant:
        (conversation,) = assistant.conversations("李明")
        assert conversation.title == QUESTION


def test_a_backup_of_a_library_that_is_being_written_is_whole(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    papers = tmp_path / "papers"
    for number in range(60):
        text = "".join(f"\n第{number}份第{n}段：{'开展巡查，' * 20}完成。" for n in range(60))
        write(papers / f"{number:02}.txt", f"{number}市水务局2022年度自评报告{text}".encode())
    reports = library.add([papers])
    outcomes = [next(reports).outcome]
    rest: list[Outcome] = []

    def work() -> None:
        for report in reports:
            rest.append(report.outcome)
            if len(rest) % 3 == 0:
                library.remove(report.id)

    worker = threading.Thread(target=work)
    worker.start()
    counts: list[int] = []
    while worker.is_alive() and len(counts) < 3:
        counts.append(library.backup(tmp_path / f"{len(counts)}.zip").documents)
    worker.join()
    library.close()
    assert outcomes + rest == [Outcome.ADDED] * 60
    for number, count in enumerate(counts):
        with closing(restored(tmp_path / f"{number}.zip", tmp_path / f"home{number}")) as again:
            assert len(again.records.documents()) == count
            again.complete_vectors()
            assert again.verify() == ()
    assert counts
    assert not [*tmp_path.glob("*.part")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library with one document, `home`, and of its backup."""
    folder = tmp_path_factory.mktemp("made")
    with closing(open_library(folder / "home")) as library:
        list(library.add([write(folder / "甲.html", page())]))
        library.backup(folder / "备份.zip")
    return folder


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    """A copy of the backup beside a copy of the library that it is of."""
    shutil.copytree(made / "home", tmp_path / "home")
    shutil.copy(made / "备份.zip", tmp_path)
    return tmp_path / "备份.zip"


def refused(source: Path, folder: Path, words: str) -> None:
    """The backup is refused with the words, and the folder has no library nor part of one."""
    with pytest.raises(StoreError, match=words):
        restore_backup(Home(folder), source, with_database=True)
    assert not folder.exists()


def remade(source: Path, change: Change, *, also: str = "") -> Path:
    """The backup with its contents changed, and a file more."""
    target = source.with_name("改过.zip")
    with ZipFile(source) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "backup.json":
                contents = json.loads(data)
                change(contents)
                data = json.dumps(contents).encode()
            new.writestr(name, data)
        if also:
            new.writestr(also, b"x" * 10)
    return target


def entry_of(contents: dict[str, object], start: str) -> dict[str, object]:
    entries = contents["entries"]
    assert isinstance(entries, list)
    found: dict[str, object] = next(e for e in entries if str(e["name"]).startswith(start))
    return found


def add_entry(contents: dict[str, object], name: str) -> None:
    entries = contents["entries"]
    assert isinstance(entries, list)
    hashed = "01" * 32
    entries.append({"name": name, "size": 10, "sha256": hashed})


@pytest.mark.parametrize("name", ["../外面.toml", "/tmp/x", "files/../../x", "rules/../x.toml"])
def test_a_path_that_leads_out_is_refused(name: str, backup: Path, tmp_path: Path) -> None:
    changed = remade(backup, lambda contents: add_entry(contents, name), also=name)
    refused(changed, tmp_path / "new", "文件名与目录不符")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(archive=2), "换用新版本的程序"),
        (lambda c: c.update(format="99"), "换用新版本的程序"),
        (lambda c: c.pop("entries"), "没有备份目录"),
        (lambda c: c.update(entries=[]), "文件名与目录不符"),
        (lambda c: entry_of(c, "files/").update(size=3), "与目录不符"),
        (lambda c: entry_of(c, "library").update(size=1 << 60), "磁盘空间不足"),
        (lambda c: entry_of(c, "files/").update(sha256="0" * 64), "与目录不符"),
    ],
)
def test_contents_that_are_not_true_are_refused(
    change: Change, words: str, backup: Path, tmp_path: Path
) -> None:
    refused(remade(backup, change), tmp_path / "new", words)


def test_a_file_more_than_the_contents_say_is_refused(backup: Path, tmp_path: Path) -> None:
    changed = remade(backup, lambda contents: None, also="rules/多.toml")
    refused(changed, tmp_path / "new", "文件名与目录不符")


@pytest.mark.parametrize("cut", [0, 100, 0.5, 0.99])
def test_a_damaged_file_is_refused(cut: float, backup: Path, tmp_path: Path) -> None:
    data = backup.read_bytes()
    kept = int(cut if cut > 1 else cut * len(data))
    backup.write_bytes(data[:kept])
    refused(backup, tmp_path / "new", "已损坏或不是绩问的备份")


def test_a_library_is_never_written_over(backup: Path, tmp_path: Path) -> None:
    held = (tmp_path / "home" / "library.db").read_bytes()
    with pytest.raises(StoreError, match="已有资料库"):
        restore_backup(Home(tmp_path / "home"), backup, with_database=True)
    assert (tmp_path / "home" / "library.db").read_bytes() == held
    with closing(open_library(tmp_path / "home")) as library:
        assert library.verify() == ()
        with pytest.raises(StoreError, match="已经存在，备份不会覆盖它"):
            library.backup(backup)


def test_a_restore_that_was_killed_is_done_again(backup: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    home.restoring.mkdir()
    (home.folder / "files" / ("a" * 64)).write_bytes(b"half")
    with pytest.raises(StoreError, match="重新运行 jiwen restore"):
        open_library(home.folder)
    with closing(restored(backup, home.folder)) as library:
        library.complete_vectors()
        assert library.verify() == ()
        assert len(library.records.documents()) == 1
    assert not home.restoring.exists()


def test_a_backup_that_fails_leaves_nothing(backup: Path, tmp_path: Path) -> None:
    with closing(open_library(tmp_path / "home")) as library:
        with pytest.raises(StoreError, match="备份无法写入"):
            library.backup(tmp_path / "没有这个目录" / "备份.zip")
        (document,) = library.records.documents()
        library.home.remove(document.id)
        with pytest.raises(StoreError, match="缺少原文件"):
            library.backup(tmp_path / "另一份.zip")
    assert not [*tmp_path.glob("另一份*")]


def test_a_backup_of_an_older_format_is_upgraded(backup: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    with ZipFile(FILES / "library-format-1.zip") as archive:
        archive.extractall(first)
    with closing(sqlite3.connect(first / "library.db")) as connection:
        ids = [id for (id,) in connection.execute("SELECT id FROM documents WHERE state='ready'")]
    write_backup(
        Home(first), tmp_path / "旧.zip", database=first / "library.db", documents=lambda: ()
    )
    with closing(restored(tmp_path / "旧.zip", tmp_path / "second")) as library:
        assert {record.id for record in library.records.documents()} == set(ids)
        library.complete_vectors()
        assert library.verify() == ()
