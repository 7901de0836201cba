"""Without users whoever sits at this machine is let in, and nobody who comes by any other way."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.errors import SettingsError
from assistant.serve import launch
from assistant.service import Assistant
from tests.support.servers import free_port
from tests.support.web_site import served

PASSWORD = "一个足够长的密码口令"
SIGNS = (
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": "elsewhere.test"},
    {"X-Forwarded-Server": "proxy"},
    {"Forwarded": "for=203.0.113.9"},
    {"Via": "1.1 proxy"},
    {"X-Real-IP": "203.0.113.9"},
)
DOORS = ("/", "/api/v1/settings/users", "/api/v1/documents", "/theme.css", "/metrics", "/v1/models")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web app without users."""
    home = tmp_path_factory.mktemp("open") / "home"
    with closing(Assistant(Settings(home=home))) as assistant, served(assistant, home) as address:
        yield address


@pytest.mark.parametrize("headers", SIGNS, ids=str)
def test_what_a_proxy_hands_on_is_not_let_in(url: str, headers: dict[str, str]) -> None:
    for door in DOORS:
        reply = httpx.get(url + door, headers=headers, timeout=60)
        assert reply.status_code == 403
        assert "jiwen users add 名字 --role admin" in reply.text
    assert httpx.get(f"{url}/healthz", headers=headers, timeout=60).is_success


def test_whoever_sits_here_is_let_in(url: str) -> None:
    for door in DOORS:
        assert httpx.get(url + door, timeout=60).is_success


def test_a_trusted_proxy_needs_an_administrator(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, port=free_port(), trusted_proxies=("127.0.0.1/32",))
    told = pytest.raises(SettingsError, match="jiwen users add 名字 --role admin")
    with closing(Assistant(settings)) as assistant, told:
        launch(assistant, settings)


def closed(home: Path, database_url: str = "") -> None:
    """Whoever sits at this machine is told how to go on, and is no administrator."""
    port = free_port()
    settings = Settings(home=home, port=port, database_url=database_url)
    with closing(Assistant(settings)) as assistant:
        site = launch(assistant, settings, pause=3600)
        try:
            for door in ("/", "/api/v1/settings/users", "/api/v1/documents"):
                reply = httpx.get(f"http://127.0.0.1:{port}{door}", timeout=60)
                assert reply.status_code == 401
                assert "jiwen restore" in reply.text
            assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60).is_success
        finally:
            site.close()


def test_a_library_that_lost_its_users_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("管理", PASSWORD, Role.ADMIN)
    for path in home.glob("library.db*"):
        path.unlink()
    closed(home)
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("管理", PASSWORD, Role.ADMIN)
        assert accounts.sessions.sign_in("管理", PASSWORD)


def test_an_older_library_with_users_is_closed_as_well_once_it_was_opened(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("管理", PASSWORD, Role.ADMIN)
    (mark,) = home.glob("has-users")
    mark.unlink()  # as an older program leaves it
    with closing(Accounts.of(Settings(home=home))):
        assert mark.exists()
    (home / "library.db").write_bytes(b"")
    closed(home)


def test_with_another_database_the_library_is_closed_too(tmp_path: Path) -> None:
    home, url = tmp_path / "home", f"sqlite:///{tmp_path / 'other.db'}"
    with closing(Accounts.of(Settings(home=home, database_url=url))) as accounts:
        accounts.add("管理", PASSWORD, Role.ADMIN)
    (tmp_path / "other.db").unlink()
    for left in tmp_path.glob("other.db-*"):
        left.unlink()
    closed(home, database_url=url)
