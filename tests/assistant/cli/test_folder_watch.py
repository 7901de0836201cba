"""A watched folder: what is new, changed or gone follows, once it has come to rest."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.cli.folder_watch import Follower
from assistant.cli.main import main
from assistant.cli.operator import noted
from assistant.config import Settings
from assistant.server.permitted import PermittedAssistant
from assistant.service import Assistant
from ingest.errors import StoreError

TEXT = "青禾市水务局{year}年度自评报告\n全年预算数为{amount}万元。\n"


def write(path: Path, year: int, amount: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEXT.format(year=year, amount=amount), encoding="utf-8")


def files(settings: Settings) -> list[str]:
    with closing(Assistant(settings)) as assistant:
        return sorted(record.file for record in assistant.documents())


def test_a_folder_is_followed(tmp_path: Path) -> None:
    folder, settings, said = tmp_path / "收件", Settings(home=tmp_path / "home"), list[str]()
    write(folder / "甲.txt", 2022, "12.30")
    write(folder / "局" / "甲.txt", 2023, "45.60")
    with ZipFile(folder / "包.zip", "w") as package:
        package.writestr("乙.txt", TEXT.format(year=2021, amount="7.80"))

    def follower() -> Follower:
        return Follower(folder, partial(noted, settings), said.append, tmp_path / "ledger.json")

    first = follower()
    assert [first.look(), first.look(), first.look()] == [False, True, False]
    assert files(settings) == ["包.zip/乙.txt", "局/甲.txt", "甲.txt"]

    write(folder / "甲.txt", 2022, "99.90")
    os.utime(folder / "甲.txt", (1, 1))
    assert first.look() is False  # it may still be on its way
    assert first.look() is True
    assert said[-1].startswith("已更新  甲.txt")

    (folder / "包.zip").unlink()
    again = follower()  # what went while nobody looked is missed at the next start
    assert [again.look(), again.look(), again.look()] == [False, True, False]
    assert files(settings) == ["局/甲.txt", "甲.txt"]
    assert "已移除  包.zip/乙.txt" in said

    shutil.move(folder, tmp_path / "拔出")  # a drive that is away is no empty folder
    assert [again.look(), again.look()] == [False, False]
    assert files(settings) == ["局/甲.txt", "甲.txt"]
    assert len([line for line in said if "打不开" in line]) == 1


def test_what_keeps_it_from_following_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    write(tmp_path / "收件" / "甲.txt", 2022, "12.30")

    @contextmanager
    def busy() -> Iterator[PermittedAssistant]:
        raise StoreError("资料库正由另一个程序写入。")
        yield

    follower = Follower(tmp_path / "收件", busy, said.append, tmp_path / "ledger.json")
    assert [follower.look() for _ in range(4)] == [False] * 4
    assert said == ["暂时没有跟进：资料库正由另一个程序写入。"]


def test_one_look_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIWEN_HOME", str(tmp_path / "home"))
    write(tmp_path / "收件" / "甲.txt", 2022, "12.30")
    log = tmp_path / "记录.log"
    for _ in range(2):
        assert main(["watch", str(tmp_path / "收件"), "--once", "--log", str(log)]) == 0
    assert log.read_text(encoding="utf-8").count("已入库  甲.txt") == 1
    assert main(["watch", str(tmp_path / "没有")]) != 0
    assert "找不到文件夹" in capsys.readouterr().err
