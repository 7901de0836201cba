"""Where the library cannot be written, one sentence says so, and nothing is lost."""

from contextlib import closing
from pathlib import Path

import pytest
from library import open_library

from assistant.cli import main
from ingest.home import Home

Printed = pytest.CaptureFixture[str]


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
