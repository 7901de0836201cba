"""Libraries of older formats: brought up to the present one with everything they held."""

import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import create_engine, text

from ingest.corrections.types import Aspect, Wanted
from ingest.errors import StoreError
from ingest.pipeline import Library
from ingest.records.schema import FACTS, FORMAT
from ingest.storage.home import Home
from ingest.storage.migrations import STEPS, upgrade
from ingest.storage.restore import restore_backup
from ingest.types.facts import Role
from ingest.types.library import Certainty, Outcome, Scope
from ingest.types.tables import How
from tests.support.builders import FILES, page, write
from tests.support.library import PlumbingEncoder, open_library

FIRST = FILES / "library-format-1.zip"
"""Made by the program as it was at commit 9398b94, the last one of format 1, with the encoder of
tests/library.py: 甲, 甲 again in another file, 乙, and 丙, which was staged when it ended."""

SECOND = FILES / "library-format-2.zip"
"""Made by the program at commit 1da2fed, with the same encoder: corrections of a document replaced
since (甲), of year and department (乙), of one that is gone (丙); of a document whose namesake in
another department they changed as well (自评表), or that was replaced beside a namesake (丁)."""
WATER, HEALTH = "青禾市水务局", "东明市卫健局"


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A library of format 2, with corrections."""
    home = tmp_path / "home"
    with ZipFile(SECOND) as archive:
        archive.extractall(home)
    return home


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


def held(library: Library) -> dict[tuple[str, str], tuple[int | None, str]]:
    """File and department of each document → its year, and what it reports as actual value."""
    figures = {f.document_id: f for f in library.records.figures() if f.role is Role.ACTUAL}
    rows = {row.document_id: row.actual_text for row in library.records.indicators()}
    assert rows.keys() == figures.keys()
    return {(d.file, d.department): (d.year, rows[d.id]) for d in library.records.documents()}


CORRECTED = {
    ("甲.html", WATER): (2022, "37场"),
    ("乙.html", "青禾市水利局"): (2021, "57场"),
    ("自评表.html", WATER): (1999, "0.01"),
    ("自评表.html", HEALTH): (2022, "57场"),
    ("丁.html", WATER): (2022, "57场"),
    ("丁.html", HEALTH): (2022, "57场"),
}
"""What format 2 held, without what was another department's: there the namesakes were changed."""


def test_corrections_stay_on_the_document_that_they_were_made_on(
    second: Path, tmp_path: Path
) -> None:
    library = open_library(second)
    assert held(library) == CORRECTED
    corrections = library.records.corrections.all()
    assert [one.number for one in corrections] == [7, 6, 5, 4, 3, 2, 1]
    assert library.verify() == ()
    ids = {(d.file, d.department): d.id for d in library.records.documents()}
    in_effect = {id: [*numbers] for id, numbers in library.records.amendments().items()}
    assert in_effect == {
        ids["甲.html", WATER]: [1],
        ids["乙.html", "青禾市水利局"]: [2, 3],
        ids["自评表.html", WATER]: [5, 6],
    }
    gone = page(WATER, indicator="防汛演练")
    assert [report.error for report in library.add([write(tmp_path / "丙.html", gone)])] == [""]
    library.withdraw(1)
    now = held(library)
    assert (now["丙.html", WATER], now["甲.html", WATER]) == ((2022, "38场"), (2022, "57场"))
    changed = page(WATER, indicator="管网巡检").replace(b"100", b"200") + b"\n"
    (report,) = library.add([write(tmp_path / "乙.html", changed)], replace=True)
    assert (report.outcome, report.year, report.department) == (
        Outcome.REPLACED,
        2021,
        "青禾市水利局",
    )
    assert library.verify() == ()
    library.close()


def test_a_library_on_a_server_is_upgraded_too(
    stores: str, database_url: str, tmp_path: Path
) -> None:
    """The tables as they were in format 2, in either kind of database."""
    home = tmp_path / "home"
    url = database_url if stores == "servers" else f"sqlite:///{home / 'library.db'}"
    library = open_library(home)
    (own, other) = library.add(
        [write(tmp_path / "一" / "甲.html", page(WATER)), write(tmp_path / "乙.html", page(HEALTH))]
    )
    library.correct(Wanted(own.id, Aspect.YEAR, "1999", "李明"))
    before = library.records.documents(), library.records.amendments()
    library.close()
    engine = create_engine(url.replace("postgresql://", "postgresql+pg8000://"))
    with engine.begin() as connection:
        for table in ("documents", "corrections"):
            connection.execute(text(f"DROP INDEX ix_{table}_lineage"))
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN lineage"))
        for facts in FACTS:
            connection.execute(text(f"ALTER TABLE {facts.name} DROP COLUMN confirmed"))
        connection.execute(text("UPDATE meta SET value = '2' WHERE name = 'format'"))
    engine.dispose()
    library = open_library(home)
    assert (library.records.documents(), library.records.amendments()) == before
    assert library.records.document(other.id) in library.records.named("乙.html")
    library.withdraw(1)
    assert {record.year for record in library.records.documents()} == {2022}
    assert library.verify() == ()
    library.close()


def test_what_was_read_before_doubts_were_told_is_certain(tmp_path: Path) -> None:
    """The tables as they were in format 3."""
    home = tmp_path / "home"
    library = open_library(home)
    (own,) = library.add([write(tmp_path / "甲.html", page(WATER))])
    before = library.records.figures(), library.records.indicators()
    library.close()
    with closing(sqlite3.connect(home / "library.db")) as connection:
        for facts in FACTS:
            connection.execute(f"ALTER TABLE {facts.name} DROP COLUMN confirmed")
        connection.execute("UPDATE meta SET value = '3' WHERE name = 'format'")
        connection.commit()
    library = open_library(home)
    assert (library.records.figures(), library.records.indicators()) == before
    assert {(f.confidence, f.how) for f in library.records.figures()} == {(1, How.WORDS)}
    assert library.records.figures(Scope(certainty=Certainty.UNCONFIRMED)) == ()
    assert library.verify() == ()
    library.correct(Wanted(own.id, Aspect.YEAR, "1999", "李明"))
    assert {figure.year for figure in library.records.figures()} == {1999}
    library.close()


def test_an_upgraded_library_is_backed_up_and_restored_whole(second: Path, tmp_path: Path) -> None:
    library = open_library(second)
    before = held(library), library.records.corrections.all(), library.records.amendments()
    library.backup(tmp_path / "backup.zip")
    library.close()
    home = Home(tmp_path / "restored")
    restore_backup(home, tmp_path / "backup.zip", with_database=True)
    restored = open_library(home.folder)
    restored.rebuild()
    records = restored.records
    assert (held(restored), records.corrections.all(), records.amendments()) == before
    assert restored.verify() == ()
    restored.close()


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


@pytest.mark.parametrize("held", [str(int(FORMAT) + 1), "99", "甲"])
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
