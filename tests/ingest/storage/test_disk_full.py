"""No room on the disk: one sentence, nothing lost, nothing half there, and it goes on with room.

No file of this process may grow beyond a limit (RLIMIT_FSIZE): the system refuses the very writes
that a full disk refuses, to the database, the vectors and the files, and no rights are needed.
"""

import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ingest.errors import StoreError
from ingest.pipeline import Library
from ingest.records.database import Database
from ingest.types.library import Outcome
from tests.support.library import open_library

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
WORDS = "全年开展河道巡查{number}场，第{n}段完成率98%，共有{number}00人次参加。"


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def paper(folder: Path, number: int, *, size: int = 0) -> Path:
    """A web page that says something; `size` bytes more of it are seen by nobody."""
    text = "".join(f"<p>{WORDS.format(number=number, n=n)}</p>" for n in range(30))
    path = folder / f"{number:02}.html"
    path.write_text(f"<html><body>{text}<!--{'x' * size}--></body></html>", encoding="utf-8")
    return path


def taken_in(library: Library, folder: Path) -> tuple[set[str], set[str]]:
    """The files that are said to be there, and the sentences on those that are not."""
    reports = list(library.add([folder]))
    assert {report.file for report in reports} == {path.name for path in folder.iterdir()}
    failed = [report.error for report in reports if report.outcome is Outcome.FAILED]
    for error in failed:
        assert error.count("。") == 1
        assert error.endswith("。")
        assert "磁盘空间" in error
    there = {report.file for report in reports if report.outcome is not Outcome.FAILED}
    return there, set(failed)


def held(library: Library) -> set[str]:
    return {record.file for record in library.records.documents()}


@pytest.fixture(params=["资料库", "向量库", "原文件"])
def store(request: pytest.FixtureRequest) -> str:
    """Which of the stores finds no room."""
    kind: str = request.param
    return kind


def test_what_finds_no_room_is_told_and_taken_in_later(store: str, tmp_path: Path) -> None:
    folder, home = tmp_path / "材料", tmp_path / "home"
    folder.mkdir()
    paper(folder, 0)
    with closing(open_library(home)) as library:
        assert taken_in(library, folder) == ({"00.html"}, set())
    vectors = (home / "chroma" / "chroma.sqlite3").stat().st_size
    size = {"资料库": 80 * KILOBYTE, "向量库": vectors + 5 * KILOBYTE, "原文件": MEGABYTE}[store]
    paper(folder, 1, size=MEGABYTE if store == "原文件" else 0)
    if store != "向量库":  # there the record of a second file would find none, either
        paper(folder, 2)
    library = open_library(home)
    with room(size):
        there, told = taken_in(library, folder)
        assert held(library) == there
        assert {sentence[:3] for sentence in told} == {store}
        if store == "向量库":  # here the program ends before there is room again
            library.close()
    if store == "向量库":
        library = open_library(home)
        assert held(library) == there
    assert taken_in(library, folder) == ({path.name for path in folder.iterdir()}, set())
    assert library.verify() == ()
    library.close()


def test_a_transaction_that_was_given_up_is_not_taken_for_done(tmp_path: Path) -> None:
    """SQLite undoes a whole transaction where a step of it finds no room for its pages."""
    database = Database(f"sqlite:///{tmp_path / 'library.db'}")
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE held (words TEXT)")

    def write(words: str) -> None:
        with database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO held VALUES (?)", (words,))

    def together() -> None:
        with database.together():
            write("before")
            with pytest.raises(StoreError, match="磁盘空间"):
                write("x" * 8 * MEGABYTE)
            with pytest.raises(StoreError, match="磁盘空间"):
                write("after")

    with room(MEGABYTE), pytest.raises(StoreError, match="磁盘空间"):
        together()
    write("later")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT words FROM held").all() == [("later",)]
    database.close()


def test_deleting_and_backing_up_without_room_fails_whole(tmp_path: Path) -> None:
    papers = [paper(tmp_path, number) for number in range(3)]
    with closing(open_library(tmp_path / "home")) as library:
        reports = list(library.add(papers))
        with room(30 * KILOBYTE):
            with pytest.raises(StoreError, match="磁盘空间"):
                library.backup(tmp_path / "备份.zip")
            with pytest.raises(StoreError, match="磁盘空间"):
                library.remove(reports[0].id)
        assert not [*tmp_path.glob("备份*")]
        library.remove(reports[1].id)
        left = held(library)
        assert left in ({"00.html", "02.html"}, {"02.html"})
        assert library.verify() == ()
