"""What all tests share: a clean environment and one library that holds the samples."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.config import PREFIX, Settings
from ingest.config import DATA

if TYPE_CHECKING:
    from assistant.service import Assistant

SAMPLES = DATA / "samples"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's own machine reaches a test, and none reaches its library."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def library_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library that holds the two samples; tests only read it."""
    from assistant.service import Assistant  # only tests that need a library pay for it

    home = tmp_path_factory.mktemp("library")
    with closing(Assistant(Settings(home=home))) as assistant:
        assert [report.error for report in assistant.add([SAMPLES])] == ["", ""]
    return home


@pytest.fixture(scope="module")
def assistant(library_home: Path) -> "Iterator[Assistant]":
    from assistant.service import Assistant

    with closing(Assistant(Settings(home=library_home))) as opened:
        yield opened
