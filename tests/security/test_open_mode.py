"""Without users whoever sits at this machine is let in, and nobody who comes by any other way."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

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
DOORS = ("/", "/api/v1/settings/users", "/api/v1/documents", "/config", "/metrics", "/v1/models")


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
