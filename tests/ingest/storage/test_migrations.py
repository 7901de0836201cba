"""Libraries of older formats: brought up to the present one with everything they held."""

import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from ingest.errors import StoreError
from ingest.records.schema import FORMAT
from ingest.storage.home import Home
from ingest.storage.migrations import STEPS, upgrade
from ingest.types.library import Outcome, Scope
from tests.support.builders import FILES
from tests.support.library import PlumbingEncoder, open_library

FIRST = FILES / "library-format-1.zip"
"""Made by the program as it was at commit 9398b94, the last one of format 1, with the encoder of
tests/library.py: 甲, 甲 again in another file, 乙, and 丙, which was staged when it ended."""


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A library of format 1."""
    home = tmp_path / "home"
    with ZipFile(FIRST) as archive:
        archive.extractall(home)
    return home


def format_in(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        (held,) = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    return str(held)


def test_there_is_a_step_from_every_format_to_the_next() -> None:
    assert sorted(STEPS, key=int) == [str(number) for number in range(1, int(FORMAT))]


def test_a_library_of_format_1_is_upgraded_whole(first: Path, tmp_path: Path) -> None:
    encoder = PlumbingEncoder()
    library = open_library(first, encoder)
    files = {record.file: record for record in library.records.documents()}
    assert set(files) == {"甲.html", "甲（打印）.html", "乙.html"}
    assert files["甲（打印）.html"].copy_of == files["甲.html"].id
    assert files["甲.html"].copy_of == files["乙.html"].copy_of == ""
    assert library.verify() == ()
    assert library.lacking_vectors() == ()
    words = library.tokenizer.cut("河道巡查")
    found = {id for id, _ in library.records.search(words, Scope(years=(2022,)), 50)}
    assert {passage.document_id for passage in library.records.passages(sorted(found))} == {
        record.id for record in files.values()
    }
    page = tmp_path / "甲（再次）.html"
    original = library.original(files["甲.html"].id)
    assert original
    page.write_bytes(original + b"\n")
    (report,) = library.add([page])
    assert report.outcome is Outcome.ADDED
    assert "内容与“甲.html”相同" in report.note
    library.close()
    assert format_in(first / "library.db") == FORMAT


def test_what_was_before_is_kept_beside(first: Path) -> None:
    open_library(first).close()
    (kept,) = (first / "backups").iterdir()
    assert format_in(kept) == "1"
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (4,)
    open_library(first).close()
    assert [*(first / "backups").iterdir()] == [kept]


def test_an_upgrade_that_fails_changes_nothing(first: Path) -> None:
    with closing(sqlite3.connect(first / "library.db")) as connection:
        connection.execute("UPDATE documents SET record = ?", ('{"figures": 1}',))
        connection.commit()
        before = list(connection.iterdump())
    with pytest.raises(StoreError, match="已原样保留"):
        open_library(first)
    with closing(sqlite3.connect(first / "library.db")) as connection:
        assert list(connection.iterdump()) == before


def test_an_upgrade_waits_for_nobody_to_use_the_library(first: Path) -> None:
    running = Home(first)
    assert running.own()
    with pytest.raises(StoreError, match="先关闭正在使用它的绩问程序"):
        open_library(first)
    assert format_in(first / "library.db") == "1"
    running.release()


@pytest.mark.parametrize("held", ["3", "99", "甲"])
def test_a_newer_or_unknown_format_is_refused_and_left_alone(held: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    open_library(home).close()
    with closing(sqlite3.connect(home / "library.db")) as connection:
        connection.execute("DROP TABLE coverage")
        connection.execute("UPDATE meta SET value = ? WHERE name = 'format'", (held,))
        connection.commit()
        before = list(connection.iterdump())
    with pytest.raises(StoreError, match=f"格式是 {held}，本程序只认识到 {FORMAT}"):
        open_library(home)
    with closing(sqlite3.connect(home / "library.db")) as connection:
        assert list(connection.iterdump()) == before


def test_a_library_of_this_format_is_not_touched(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    open_library(home.folder).close()
    before = (home.folder / "library.db").read_bytes()
    upgrade(home, home.database_url)
    assert (home.folder / "library.db").read_bytes() == before
    assert not home.owned
    assert not (home.folder / "backups").exists()
