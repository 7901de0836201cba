"""Where the library cannot be written, one sentence says so, and nothing is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from assistant.cli.main import main
from ingest.storage.home import Home
from tests.support.library import open_library

Printed = pytest.CaptureFixture[str]
AS_ANYBODY = (
    ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
)
"""Root may write where nobody may; a program begun by this may not."""
CALLS = """
import sys
from assistant.cli.main import main
home, paper = sys.argv[1:]
for call in (["add", paper], ["remove", "旧.txt"], ["rebuild"], ["users", "list"], ["documents"]):
    print(main([*call, "--home", home]), flush=True)
"""


def refused(call: list[str], home: Path, capsys: Printed) -> str:
    """What a call that fails says: one line."""
    assert main([*call, "--home", str(home)]) == 1
    out, complaint = capsys.readouterr()
    assert out == ""
    (line,) = complaint.splitlines()
    assert line.endswith("。")
    return line


def test_a_second_program_is_told_what_to_do(tmp_path: Path, capsys: Printed) -> None:
    home = tmp_path / "home"
    with closing(open_library(home)):
        words = refused(["rebuild"], home, capsys)
    assert "正由另一个绩问程序写入，请在那个程序里操作，或关闭它后重试" in words


def test_a_folder_that_cannot_be_made_or_locked_is_named(tmp_path: Path, capsys: Printed) -> None:
    assert "资料库目录 /sys/jiwen 无法创建" in refused(["documents"], Path("/sys/jiwen"), capsys)
    home = tmp_path / "home"
    open_library(home).close()
    (home / "lock").unlink()
    (home / "lock").mkdir()
    assert "无法写入，请检查磁盘是否只读" in refused(["documents"], home, capsys)
    (home / "lock").rmdir()
    with closing(open_library(home)) as library:
        assert library.verify() == ()
    other = Home(home)
    assert other.own()
    other.release()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in the folder may be written meanwhile."""
    within = [folder, *folder.rglob("*")]
    modes = [path.stat().st_mode for path in within]
    for path in within:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path, mode in zip(within, modes, strict=True):
            path.chmod(mode)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_that_may_not_be_written_is_named_and_stays_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("旧.txt", "新.txt"):
        (tmp_path / name).write_text(f"{name}：完成率98%。", encoding="utf-8")
    with closing(open_library(home)) as library:
        assert [report.error for report in library.add([tmp_path / "旧.txt"])] == [""]
    before = contents(home)
    with read_only(home):
        command = [*AS_ANYBODY, sys.executable, "-c", CALLS, str(home), str(tmp_path / "新.txt")]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["1"] * 5
    lines = run.stderr.splitlines()
    assert len(lines) == 5
    for line in lines:
        assert str(home) in line
        assert "请检查" in line
        assert "写" in line
        assert line.endswith("。")
    assert contents(home) == before
    with closing(open_library(home)) as library:
        assert library.verify() == ()
