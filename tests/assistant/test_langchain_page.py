"""The examples of docs/langchain.md run, one behind the other, over a library of the samples."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.builders import ROOT
from tests.support.chat_server import chat_server

PAGE = ROOT / "docs" / "langchain.md"


def test_every_example_of_the_page_runs(library_home: Path, tmp_path: Path) -> None:
    shutil.copytree(library_home, tmp_path / "资料库")
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    (tmp_path / "page.py").write_text("\n".join(blocks), encoding="utf-8")
    with chat_server() as model:
        model.reply = lambda sentences: "以原文为准。"
        told = subprocess.run(
            [sys.executable, "page.py"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "MODEL_URL": model.url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 0, told.stderr
    lines = told.stdout
    assert "answered 黄埔区团委2021年实际支出数为1022.93万元[1]。" in lines
    assert "'jiwen', 'help', 'compose'" in lines
    assert "'retrieve', 'read'" in lines
    assert lines.count("1022.93万元[1]") >= 2
    assert "以原文为准。" in lines
