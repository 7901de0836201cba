"""What the browser tests share: one browser a module, the web app, a library that may change."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.config import Settings
from assistant.service import Assistant
from tests.support.web_site import chromium, served, visiting


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def address(assistant: Assistant, library_home: Path) -> Iterator[str]:
    """The web app over the library of the samples, which is only read."""
    with served(assistant, library_home) as url:
        yield url


@pytest.fixture(scope="module")
def copied_home(library_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of that library: what a module's tests do is stored in it."""
    return shutil.copytree(library_home, tmp_path_factory.mktemp("copied") / "home")


@pytest.fixture(scope="module")
def copied_library(copied_home: Path) -> Iterator[Assistant]:
    with closing(Assistant(Settings(home=copied_home))) as opened:
        yield opened


@pytest.fixture(scope="module")
def copied_address(copied_library: Assistant, copied_home: Path) -> Iterator[str]:
    """The web app over that copy."""
    with served(copied_library, copied_home) as url:
        yield url


@pytest.fixture(scope="module")
def opened(browser: Browser, copied_address: str) -> Iterator[Page]:
    """A page of that app for a whole module, which may use the clipboard."""
    allowed = ["clipboard-read", "clipboard-write"]
    with visiting(browser, copied_address, permissions=allowed) as page:
        expect(page.locator(".welcome")).to_be_visible()
        yield page
