"""What tests of the doors share: a web app with its users, over the samples or nothing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.service import Assistant
from tests.support.page_events import PASSWORD
from tests.support.web_site import served


@pytest.fixture(scope="module")
def office_home(library_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of the two samples, with its users."""
    home = copytree(library_home, tmp_path_factory.mktemp("office") / "home")
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        accounts.add("drafter", PASSWORD, Role.DRAFTER)
        accounts.add(
            "limited", PASSWORD, Role.DRAFTER, departments=["中国共产主义青年团东莞市委员会"]
        )
        accounts.add(
            "staff", PASSWORD, Role.STAFF, departments=["中国共产主义青年团广州市黄埔区委员会"]
        )
    return home


@pytest.fixture(scope="module")
def office(office_home: Path) -> Iterator[str]:
    """The address of the web app over it."""
    with (
        closing(Assistant(Settings(home=office_home))) as assistant,
        served(assistant, office_home) as url,
    ):
        yield url


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty library; a module that has another says so."""
    return tmp_path_factory.mktemp("office") / "home"


@pytest.fixture
def accounts(office: str, home: Path) -> Iterator[Accounts]:
    """The users, as the command line reaches them while the web app runs."""
    with closing(Accounts.of(Settings(home=home))) as opened:
        yield opened
