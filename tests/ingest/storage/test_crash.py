"""Killed at random moments, the program leaves whole documents: a short run of the benchmark."""

import subprocess
import sys
from pathlib import Path

CRASH = Path(__file__).parents[3] / "benchmarks" / "crash.py"


def test_kills_at_random_moments_leave_whole_documents(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(CRASH), "--kills", "6", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 kills, 0 wrong" in run.stdout
