"""Who may read the library's files: nobody but the account that runs the program."""

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from time import sleep
from urllib.error import URLError
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from assistant.server.uploads import clean_name
from ingest.storage.home import Home
from ingest.types.file_names import MAX_NAME_BYTES, known_name
from tests.support.builders import FILES, SAMPLES
from tests.support.library import open_library
from tests.support.servers import free_port

Heard = pytest.LogCaptureFixture
AS_USUAL = partial(os.umask, 0o022)
"""The umask of most machines: what is made can be read by all."""
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")


@pytest.fixture(autouse=True, scope="module")
def usual_umask() -> Iterator[None]:
    """A test before may have called the program's `main`, which sets another."""
    before = AS_USUAL()
    yield
    os.umask(before)


def jiwen(*call: object, home: Path) -> None:
    program = [sys.executable, "-m", "assistant", *map(str, call), "--home", str(home)]
    subprocess.run(program, check=True, capture_output=True, preexec_fn=AS_USUAL)


def open_to_others(folder: Path) -> list[str]:
    """What of the folder, itself included, another account has any right to."""
    everything = [folder, *folder.rglob("*")]
    return [str(path) for path in everything if path.lstat().st_mode & 0o077]


def test_all_that_the_program_makes_is_closed_to_others(tmp_path: Path) -> None:
    """After `add`, while and after `serve`, after `backup` and `restore`: the whole tree."""
    home, second, backup = tmp_path / "home", tmp_path / "second", tmp_path / "备份.zip"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    surroundings = os.environ | {"TMPDIR": str(temporary)}
    jiwen("add", sorted(SAMPLES.glob("*.txt"))[0], home=home)
    assert {"library.db", "chroma", "files", "lock"} <= {path.name for path in home.iterdir()}
    assert open_to_others(home) == []

    port = free_port()
    serve = [sys.executable, "-m", "assistant", "serve", "--home", str(home)]
    with subprocess.Popen(
        [*serve, "--port", str(port)], env=surroundings, preexec_fn=AS_USUAL
    ) as server:
        while not answers(port):
            assert server.poll() is None
            sleep(0.2)
        assert open_to_others(home) == []
        temporary.chmod(0o700)
        assert open_to_others(temporary) == []
        server.send_signal(signal.SIGINT)
    assert server.returncode == 0

    jiwen("backup", backup, home=home)
    assert open_to_others(backup) == []
    jiwen("restore", backup, home=second)
    assert open_to_others(home) == open_to_others(second) == []


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz") as reply:
            return bool(reply.status == 200)
    except URLError:
        return False


def test_an_older_library_is_closed_when_it_is_opened(tmp_path: Path, caplog: Heard) -> None:
    home = tmp_path / "home"
    with ZipFile(FILES / "library-0.1.0.zip") as archive:
        archive.extractall(home)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("not ours to close")
    (home / "files" / "link").symlink_to(elsewhere)
    assert len(open_to_others(home)) > 5
    Home(home)
    assert open_to_others(home) == [str(home / "files" / "link")]
    assert elsewhere.stat().st_mode & 0o777 == 0o644
    assert caplog.messages == []


def test_a_program_that_has_the_library_in_it_closes_the_folder_too(tmp_path: Path) -> None:
    """Its umask is its own: the one folder around everything keeps others out."""
    home = tmp_path / "home"
    open_library(home).close()
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_exchange_is_told(tmp_path: Path, caplog: Heard) -> None:
    everybodys = tmp_path / "everybodys"
    everybodys.mkdir()
    everybodys.chmod(0o777)
    with caplog.at_level(logging.WARNING):
        Home(everybodys / "home")
    (words,) = caplog.messages
    assert f"所在的 {everybodys} 任何账户都能写入" in words
    assert words.endswith("。")
    caplog.clear()
    everybodys.chmod(0o1777)  # as /tmp is: nobody renames what is another's
    Home(everybodys / "home")
    assert caplog.messages == []


@AS_ROOT
def test_a_folder_of_another_account_is_told(tmp_path: Path, caplog: Heard) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shutil.chown(home, 65534)
    with closing(open_library(home)):
        (words,) = caplog.messages
    assert words == (
        f"资料库目录 {home} 属于另一个账户，那个账户能读取和改动其中的一切，"
        "请改用自己的目录，或把它改归运行绩问的账户。"
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("...", "未命名"),
        ("nul", "_nul"),
        ("CON.txt", "_CON.txt"),
        ("com1.表.xlsx", "_com1.表.xlsx"),
        ("contract.txt", "contract.txt"),
        ("<img src=x onerror=alert(1)>.txt", "＜img src=x onerror=alert(1)＞.txt"),
        ("表.txt. . ", "表.txt"),
        ("  表 1.txt", "表 1.txt"),
        ("表\u202etxt.exe", "表txt.exe"),
        ("表\u200b\ufeff.txt", "表.txt"),
        ("a\\b/c:d.txt", "a/b/c：d.txt"),
        ("../.. /...  /x.txt", "x.txt"),
        ("\ud800.txt", ".txt"),
    ],
)
def test_names_of_files_are_cleaned(given: str, kept: str) -> None:
    """In one place, for uploads, folders, archives and backups."""
    assert known_name(given) == kept
    assert known_name(kept) == kept
    assert clean_name(given) == kept.rpartition("/")[2]


@pytest.mark.parametrize(
    "name", ["长" * 500 + ".xlsx", "长" * 500, "a." + "b" * 500, "长" * 79 + "表.txt"]
)
def test_a_name_too_long_for_a_disk_is_cut_before_its_ending(name: str, tmp_path: Path) -> None:
    kept = known_name(name)
    assert len(kept.encode()) <= MAX_NAME_BYTES
    assert kept.endswith(".xlsx") == name.endswith(".xlsx")
    assert known_name(kept) == kept
    (tmp_path / kept).write_text("")
