"""Guessing passwords over the network, behind a proxy and without, and with a clock put back."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.accounts.sessions import MAX_IDLE_SECONDS
from assistant.accounts.throttle import LIMITS, Counted
from assistant.config import Settings
from assistant.errors import NotSignedIn, SettingsError, TooManyTries
from assistant.serve import launch
from assistant.service import Assistant
from tests.support.servers import free_port

PASSWORD = "一个足够长的密码口令"
NEVER = 3600.0
"""Seconds until the page is built: it is not needed here."""
DAY = 24 * 3600


@contextmanager
def office(home: Path, *, trusted_proxies: tuple[str, ...] = ()) -> Iterator[str]:
    """The address of a web app with users."""
    settings = Settings(home=home, port=free_port(), trusted_proxies=trusted_proxies)
    with closing(Accounts.of(settings)) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        accounts.add("李明", PASSWORD, Role.STAFF)
    with closing(Assistant(settings)) as assistant:
        site = launch(assistant, settings, pause=NEVER)
        try:
            yield f"http://127.0.0.1:{settings.port}"
        finally:
            site.close()


def tried(
    client: httpx.Client, name: str, password: str = "猜一个密码", **headers: str
) -> httpx.Response:
    """The reply to a log-in with these headers, `_` for `-` in their names."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/login", data={"name": name, "password": password}, headers=sent)


def test_what_anybody_writes_into_a_header_changes_nothing(tmp_path: Path) -> None:
    with office(tmp_path) as url, httpx.Client(base_url=url, timeout=60) as client:
        statuses = [
            tried(client, "李明", X_Forwarded_For=f"10.0.0.{n}", Forwarded=f"for=10.0.0.{n}")
            for n in range(LIMITS[Counted.PAIR].free + 3)
        ]
        assert statuses[0].status_code == 401
        assert statuses[-1].status_code == 429
        right = tried(client, "李明", PASSWORD, X_Forwarded_For="10.0.0.99")
        assert right.status_code == 429
        assert "后再试" in right.text
        secure = tried(client, "admin", PASSWORD, X_Forwarded_Proto="https")
        assert secure.status_code == 303
        assert "secure" not in str(secure.headers.get_list("set-cookie")).lower()
        assert "strict-transport-security" not in secure.headers


def test_behind_a_trusted_proxy_the_last_address_that_is_none_of_its_counts(tmp_path: Path) -> None:
    free = LIMITS[Counted.PAIR].free
    with (
        office(tmp_path, trusted_proxies=("127.0.0.1/32", "10.9.0.0/16")) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        for n in range(free + 2):  # the left part is what the visitor wrote
            chain = f"10.0.0.{n}, 203.0.113.9, 10.9.0.1"
            tried(client, "李明", X_Forwarded_For=chain)
        assert tried(client, "李明", PASSWORD, X_Forwarded_For="203.0.113.9").status_code == 429
        reply = tried(
            client, "李明", PASSWORD, X_Forwarded_For="203.0.113.8", X_Forwarded_Proto="https"
        )
        assert reply.status_code == 303
        assert reply.headers["strict-transport-security"] == "max-age=31536000"
        session, device = reply.headers.get_list("set-cookie")
        for cookie in (session, device):
            assert {"httponly", "samesite=lax", "secure"} <= set(cookie.lower().split("; "))


def test_many_names_from_one_address_are_slowed_down(tmp_path: Path) -> None:
    free = LIMITS[Counted.ADDRESS].free
    with office(tmp_path) as url, httpx.Client(base_url=url, timeout=60) as client:
        statuses = [tried(client, f"user{n}").status_code for n in range(free + 5)]
        assert statuses[:free] == [401] * free
        assert 429 in statuses


def test_nobody_is_kept_from_the_own_account_by_others(tmp_path: Path) -> None:
    """Strangers guess at the administrator from everywhere; their own browser is let in."""
    with (
        office(tmp_path, trusted_proxies=("127.0.0.1/32",)) as url,
        httpx.Client(base_url=url, timeout=60) as own,
        httpx.Client(base_url=url, timeout=60) as strangers,
    ):
        assert tried(own, "admin", PASSWORD, X_Forwarded_For="203.0.113.1").status_code == 303
        free = LIMITS[Counted.NAME].free
        statuses = [
            tried(strangers, "admin", X_Forwarded_For=f"198.51.100.{n}").status_code
            for n in range(free + 5)
        ]
        assert statuses[:free] == [401] * free
        assert 429 in statuses
        for _ in range(LIMITS[Counted.PAIR].free):
            tried(strangers, "admin", X_Forwarded_For="203.0.113.1")
        assert tried(own, "admin", PASSWORD, X_Forwarded_For="203.0.113.1").status_code == 303
        stolen = {"jiwen_device": own.cookies["jiwen_device"]}
        strangers.cookies.update(stolen)  # one browser's cookie speaks for one user only
        assert tried(strangers, "李明", X_Forwarded_For="198.51.100.1").status_code == 401
        assert tried(strangers, "admin", X_Forwarded_For="198.51.100.1").status_code == 401


def test_a_clock_put_back_keeps_nobody_out_and_no_session_alive(tmp_path: Path) -> None:
    date, ticks = [1_700_000_000.0], [1_000.0]
    url = f"sqlite:///{tmp_path / 'library.db'}"
    with closing(Accounts(url, now=lambda: date[0], ticks=lambda: ticks[0])) as accounts:
        accounts.add("李明", PASSWORD, Role.STAFF)
        secret = accounts.sessions.sign_in("李明", PASSWORD)
        for _ in range(LIMITS[Counted.PAIR].free):
            with pytest.raises(NotSignedIn):
                accounts.sessions.sign_in("李明", "猜一个密码", address="10.0.0.1")
        with pytest.raises(TooManyTries):
            accounts.sessions.sign_in("李明", PASSWORD, address="10.0.0.1")
        date[0] -= DAY
        ticks[0] += LIMITS[Counted.PAIR].first_wait
        assert accounts.sessions.sign_in("李明", PASSWORD, address="10.0.0.1")
        assert accounts.sessions.visitor(secret) is None
        fresh = accounts.sessions.sign_in("李明", PASSWORD)
        assert accounts.sessions.visitor(fresh)
        date[0] += DAY + MAX_IDLE_SECONDS
        assert accounts.sessions.visitor(fresh) is None


@pytest.mark.parametrize("given", ["*", "proxy", "10.0.0.1/8", "10.0.0.0/8,x"])
def test_only_addresses_can_be_trusted(given: str) -> None:
    with pytest.raises(SettingsError, match="JIWEN_TRUSTED_PROXIES"):
        Settings.from_environment({"JIWEN_TRUSTED_PROXIES": given})
    settings = Settings.from_environment({"JIWEN_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"})
    assert settings.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8")
