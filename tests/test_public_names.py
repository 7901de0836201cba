"""What `assistant` exports: a whole and documented list that costs nothing until it is used."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
from tests.support.builders import ROOT, SAMPLES


def test_every_name_of_the_list_is_there() -> None:
    assert assistant.__all__ == sorted(set(assistant.__all__))
    for name in assistant.__all__:
        assert getattr(assistant, name).__name__ == name
    everything: dict[str, object] = {}
    exec("from assistant import *", everything)
    assert set(assistant.__all__) == everything.keys() - {"__builtins__"}


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Planner'"):
        assistant.Planner  # type: ignore[attr-defined]  # noqa: B018


def test_every_name_of_the_list_is_documented() -> None:
    assert assistant.__doc__
    _, _, prose = assistant.__doc__.rpartition(">>>")
    assert set(re.findall(r"`([A-Z]\w+)`", prose)) == set(assistant.__all__)


def test_importing_the_package_imports_no_module_of_ours() -> None:
    program = "import sys, assistant; print(*sys.modules)"
    modules = run(program, ROOT).split()
    assert [name for name in modules if re.match(r"(assistant|ingest)\b", name)] == ["assistant"]


def test_the_example_of_the_readme_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    shutil.copytree(SAMPLES, tmp_path / "data" / "samples")
    printed = run(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{example}", tmp_path)
    promised = re.search(r"print\(answer.text\)  # (.*)", example)
    assert promised
    assert promised[1] in printed
    assert "实际支出数 | 1022.93" in printed
    assert "整体支出年度预算数 1103.35 万元" in printed


def run(program: str, folder: Path) -> str:
    """What a program prints that is run in a folder."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
