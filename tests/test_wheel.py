"""The wheel works by itself: installed in an empty environment, used from an empty folder."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from assistant.config import PREFIX
from tests.support.builders import ROOT, SAMPLES
from tests.support.servers import free_port

PARTS = ["assistant", "ingest", "data", "prompts"]
"""The folders that the wheel is made of; beside them only the files that describe it."""
SAMPLE = SAMPLES / "黄埔区广州开发区部门整体支出绩效自评表（2021年度）.txt"
QUESTION = "黄埔区团委填报的预算完成率对不对？"
PATIENCE = 120
"""Seconds that the web app may take to be complete, on whatever machine."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that holds the wheel, an empty folder, and a library that is not there yet."""

    programs: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The surroundings of a user: nothing points to the repository."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return kept | {f"{PREFIX}HOME": str(self.folder.parent / "home")}

    def run(self, program: str, *arguments: object) -> str:
        """What one of its programs prints, run in the empty folder."""
        return run([self.programs / program, *arguments], self.folder, self.environment)


def run(command: Sequence[object], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of a copy of the repository, in an environment where our libraries lie beside it.

    Their folder is named by a .pth file: the editable packages in it stay out.
    """
    here = tmp_path_factory.mktemp("wheel")
    source, made, environment = here / "source", here / "made", here / "environment"
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", made, source]
    run(build, here, bare)
    run([sys.executable, "-m", "venv", "--without-pip", environment], here, bare)
    programs = environment / "bin"
    pip = [sys.executable, "-m", "pip", "--python", programs / "python", "install"]
    (wheel,) = made.glob("jiwen-*.whl")
    run([*pip, "--no-index", "--no-deps", wheel], here, bare)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    shutil.rmtree(source)
    folder = here / "empty"
    folder.mkdir()
    return Installed(programs, folder)


def test_code_and_data_are_the_ones_of_the_wheel(installed: Installed) -> None:
    told = installed.run(
        "python",
        "-c",
        "import assistant, ingest\nfrom ingest.config import DATA, PROMPTS\n"
        "print(assistant.__file__, ingest.__file__, DATA, PROMPTS, sep='\\n')",
    )
    packages = installed.programs.parent
    assert all(Path(line).is_relative_to(packages) for line in told.splitlines()), told
    data = Path(told.splitlines()[2])
    for mine, theirs in ((ROOT / "data", data), (ROOT / "prompts", data.parent / "jiwen_prompts")):
        files = {path.relative_to(mine) for path in mine.rglob("*") if path.is_file()}
        assert files == {path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()}
        assert all((mine / file).read_bytes() == (theirs / file).read_bytes() for file in files)
    assert (data.parent / "assistant" / "py.typed").is_file()
    assert (data.parent / "ingest" / "py.typed").is_file()
    assert (data.parent / "assistant" / "web" / "static" / "page.js").is_file()


def test_a_file_is_taken_in_and_a_question_answered(installed: Installed) -> None:
    report = installed.run("jiwen", "add", SAMPLE)
    assert SAMPLE.name in report
    assert "暂无向量" not in report
    answer = installed.run("jiwen", "ask", QUESTION)
    assert "1022.93 ÷ 1103.35 × 100% = 92.71%" in answer
    assert f"[1] {SAMPLE.name}  第15行" in answer
    assert not list(installed.folder.iterdir())


def test_the_web_app_starts(installed: Installed) -> None:
    port = free_port()
    server = subprocess.Popen(
        [installed.programs / "jiwen", "serve", "--port", str(port)],
        cwd=installed.folder,
        env=installed.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert json.loads(health(port, server)) == {"status": "ok", "page": "ready"}
    finally:
        server.terminate()
        server.wait()


def health(port: int, server: subprocess.Popen[bytes]) -> str:
    """What /healthz says once it no longer says that the page is being built."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as reply:
            health: str = reply.read().decode()
            if "starting" not in health:
                return health
        time.sleep(0.1)
    raise AssertionError("the web app did not start")
