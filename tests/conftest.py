"""What all tests share: a clean environment and one library that holds the samples."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from assistant.config import PREFIX, Settings
from tests.support import servers
from tests.support.builders import SAMPLES

if TYPE_CHECKING:
    from assistant.service import Assistant


STORES = ("embedded", "servers")


@pytest.fixture(autouse=True, scope="session")
def heard_interrupts() -> None:
    """Ctrl-C reaches the programs that tests start, also where the suite runs in the background.

    A shell starts what it does not wait for with SIGINT ignored, and so would its children.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class SteadyLoggers(dict[str, Any]):
    """The loggers of this process, which may be gone through while a thread adds one.

    pytest goes through them around each test, and takes no lock; a web app imports meanwhile.
    """

    def values(self) -> Any:
        """All loggers there are at this moment."""
        return list(super().values())


@pytest.fixture(autouse=True, scope="session")
def steady_loggers() -> None:
    """Tests go on while programs that they started load their libraries."""
    manager = logging.Logger.manager
    manager.loggerDict = SteadyLoggers(manager.loggerDict)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's own machine reaches a test, and none reaches its library."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[servers.PostgreSQL]:
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.chroma(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture(params=STORES)
def stores(
    request: pytest.FixtureRequest, clean_environment: None, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Every test with this runs twice: on the embedded stores, and on servers by the settings.

    On servers each test has an empty database and an empty set of vectors of its own.
    """
    kind: str = request.param
    if kind == "servers":
        monkeypatch.setenv(
            f"{PREFIX}DATABASE_URL", request.getfixturevalue("postgresql").database()
        )
        address = request.getfixturevalue("chroma_server")
        monkeypatch.setenv(f"{PREFIX}CHROMA_URL", f"{address}/test-{uuid4().hex}")
    return kind


@pytest.fixture
def database_url(stores: str, tmp_path: Path) -> str:
    """The address of an empty database, of either kind."""
    return os.environ.get(f"{PREFIX}DATABASE_URL", f"sqlite:///{tmp_path / 'library.db'}")


@pytest.fixture
def vectors_at(stores: str, tmp_path: Path) -> Path | str:
    """Where vectors may be kept: a folder, or the address of a server."""
    return os.environ.get(f"{PREFIX}CHROMA_URL") or tmp_path / "chroma"


@pytest.fixture(scope="session")
def library_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library that holds the two samples; tests only read it."""
    from assistant.service import Assistant  # only tests that need a library pay for it

    home = tmp_path_factory.mktemp("library")
    with closing(Assistant(Settings(home=home))) as assistant:
        assert [report.error for report in assistant.add([SAMPLES])] == ["", ""]
    return home


@pytest.fixture(scope="session")
def served_library(
    tmp_path_factory: pytest.TempPathFactory, postgresql: servers.PostgreSQL, chroma_server: str
) -> Settings:
    """The settings of a library on servers that holds the two samples; tests only read it."""
    from assistant.service import Assistant

    settings = Settings(
        home=tmp_path_factory.mktemp("served"),
        database_url=postgresql.database(),
        chroma_url=f"{chroma_server}/samples",
    )
    with closing(Assistant(settings)) as assistant:
        assert [report.error for report in assistant.add([SAMPLES])] == ["", ""]
    return settings


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module that says ON_EACH_STORE has its `assistant` on either kind of stores."""
    if getattr(metafunc.module, "ON_EACH_STORE", False) and "assistant" in metafunc.fixturenames:
        metafunc.parametrize("assistant", STORES, indirect=True, scope="module")


@pytest.fixture(scope="module")
def assistant(request: pytest.FixtureRequest) -> "Iterator[Assistant]":
    from assistant.service import Assistant

    if getattr(request, "param", "embedded") == "servers":
        settings: Settings = request.getfixturevalue("served_library")
    else:
        settings = Settings(home=request.getfixturevalue("library_home"))
    with closing(Assistant(settings)) as opened:
        yield opened
