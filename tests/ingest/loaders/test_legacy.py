"""Old office formats go through LibreOffice if installed; elsewhere the way out is told."""

import shutil
from pathlib import Path

import pytest

from ingest.errors import LoadError
from ingest.loaders import load
from ingest.types.blocks import TableBlock, TextBlock
from tests.support.builders import FILES


def test_an_old_file_is_read_or_refused_with_the_way_out() -> None:
    data = (FILES / "report.doc").read_bytes()
    if shutil.which("soffice") is None:
        with pytest.raises(LoadError, match="没有安装，请用 Word 或 WPS 另存为"):
            load("报告.doc", data)
        return
    blocks = load("报告.doc", data).blocks
    title, table = blocks[0], blocks[1]
    assert isinstance(title, TextBlock)
    assert title.text == "青岭县水利局2023年度部门整体支出绩效自评报告"
    assert isinstance(table, TableBlock)
    assert [(cell.text, cell.column_span) for cell in table.cells if cell.row == 1] == [
        ("合计", 2),
        ("92.71%", 1),
    ]


def test_without_libreoffice_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LoadError, match=r"^无法读取“报告\.doc”：.*没有安装，.*另存为 \.docx.*。$"):
        load("报告.doc", (FILES / "report.doc").read_bytes())


def test_a_program_that_fails_is_reported_as_such(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "soffice"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LoadError, match="LibreOffice 无法转换"):
        load("报告.doc", (FILES / "report.doc").read_bytes())
