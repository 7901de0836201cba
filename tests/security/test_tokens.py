"""Tokens that never end, or that may do more than their program needs (finding M7)."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.accounts.schema import TOKENS
from assistant.accounts.tokens import DAY_SECONDS, MAX_TOKEN_DAYS, TokenScope
from assistant.config import Settings
from assistant.service import Assistant
from ingest.records.engines import open_engine
from tests.support.page_events import PASSWORD, config_of, join, signed_in
from tests.support.web_site import served


@pytest.fixture(scope="module")
def office(home: Path) -> Iterator[str]:
    """A web app with users, over an empty library."""
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        accounts.add("staff", PASSWORD, Role.STAFF)
    with closing(Assistant(Settings(home=home))) as assistant, served(assistant, home) as url:
        yield url


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


MCP = {"Accept": "application/json, text/event-stream"}
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "audit", "arguments": {}},
}


PAGE = (
    ("GET", "/"),
    ("GET", "/assets/x.js"),
    ("GET", "/gradio_api/heartbeat/abc"),
    ("GET", "/gradio_api/queue/data?session_hash=abc"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/component_server/"),
)


@pytest.mark.parametrize("scope", TokenScope)
def test_no_token_uses_the_page(office: str, accounts: Accounts, scope: TokenScope) -> None:
    secret = accounts.tokens.add("staff", scope=scope)
    with signed_in(office, "staff") as browser:
        event = next(e for e in config_of(browser).events if e["api_name"] == "forget")
        for headers in (bearer(secret), {"Authorization": f"bearer  {secret}"}):
            for method, path in PAGE:
                with httpx.Client(base_url=office, headers=headers) as program:
                    reply = program.request(method, path, json={"session_hash": "abc"})
                    assert (reply.status_code, "不能用令牌" in reply.text) == (403, True), path
                    joined = join(program, event["id"], ["", "new"], "abc")
                    assert joined.status_code == 403
        browser.headers.update(bearer(secret))  # nor does a log-in lend itself to a token
        assert join(browser, event["id"], ["", "new"], "abc").status_code == 403


def test_the_scope_of_a_token_holds_at_every_door(office: str, accounts: Accounts) -> None:
    narrow, wide = (accounts.tokens.add("admin", scope=scope) for scope in TokenScope)
    for secret, status, denied in ((narrow, 403, True), (wide, 200, False)):
        with httpx.Client(base_url=office, headers=bearer(secret), timeout=60) as program:
            assert program.get("/api/v1/documents").status_code == 200
            assert program.get("/v1/models").status_code == 200
            for path in ("/api/v1/settings/users", "/api/v1/audit", "/metrics"):
                reply = program.get(path)
                assert (reply.status_code, "令牌的范围" in reply.text) == (status, denied), path
            upload = {"files": ("空.txt", b"")}
            taken = program.post("/api/v1/documents", files=upload)
            assert (taken.status_code == 403) is denied
            tool = program.post("/mcp", json=CALL, headers=MCP).json()["result"]
            assert tool["isError"] is denied
            assert ("令牌的范围" in str(tool)) is denied


def test_a_token_never_has_more_than_its_owner(office: str, accounts: Accounts) -> None:
    secret = accounts.tokens.add("staff", scope=TokenScope.ALL)
    refused = httpx.get(f"{office}/api/v1/audit", headers=bearer(secret), timeout=60)
    assert (refused.status_code, "工作人员" in refused.text) == (403, True)


def test_an_expired_token_is_told_so_and_to_nobody_else(
    office: str, accounts: Accounts, home: Path
) -> None:
    secret = accounts.tokens.add("staff", label="到期", days=1)
    engine = open_engine(Settings(home=home).database_url or f"sqlite:///{home / 'library.db'}")
    with engine.begin() as connection:
        past = int(time.time()) - 1
        connection.execute(update(TOKENS).where(TOKENS.c.label == "到期").values(expires=past))
    engine.dispose()
    for path in ("/api/v1/documents", "/v1/models", "/mcp", "/config"):
        told = httpx.get(office + path, headers=bearer(secret), timeout=60)
        assert (told.status_code, "到期" in told.text) == (401, True), path
        other = httpx.get(office + path, headers=bearer(secret[:-1]), timeout=60)
        assert (other.status_code, "到期" in other.text) == (401, False)
    assert httpx.get(f"{office}/healthz", headers=bearer(secret), timeout=60).status_code == 200


def test_a_user_looks_after_their_own_tokens_alone(office: str, accounts: Accounts) -> None:
    foreign = accounts.tokens.add("admin", label="别人的")
    (number,) = [one.number for one in accounts.tokens.all() if one.label == "别人的"]
    with signed_in(office, "staff") as user:
        made = user.post("/api/v1/me/tokens", json={"label": "报表", "days": 30})
        secret = made.json()["token"]
        assert httpx.get(f"{office}/api/v1/documents", headers=bearer(secret)).status_code == 200
        listed = user.get("/api/v1/me/tokens").json()["tokens"]
        (own,) = [one for one in listed if one["label"] == "报表"]
        assert "admin" not in {one["user"] for one in listed}
        assert (own["scope"], secret in str(listed)) == ("ask", False)
        assert own["used"] is not None
        assert user.delete(f"/api/v1/me/tokens/{number}").status_code == 400
        assert httpx.get(f"{office}/api/v1/documents", headers=bearer(foreign)).status_code == 200
        user.delete(f"/api/v1/me/tokens/{own['number']}")
        assert httpx.get(f"{office}/api/v1/documents", headers=bearer(secret)).status_code == 401
        for days in (0, MAX_TOKEN_DAYS + 1, 10**25):
            assert user.post("/api/v1/me/tokens", json={"days": days}).status_code == 422
        assert user.delete(f"/api/v1/me/tokens/{10**25}").status_code == 422


def test_a_token_makes_no_other_token(office: str, accounts: Accounts) -> None:
    secret = accounts.tokens.add("staff", scope=TokenScope.ALL)
    made = httpx.post(f"{office}/api/v1/me/tokens", json={}, headers=bearer(secret), timeout=60)
    assert (made.status_code, "不能用令牌" in made.text) == (403, True)


def test_administrators_see_when_tokens_end_and_were_used(office: str, accounts: Accounts) -> None:
    secret = accounts.tokens.add("staff", label="看得见", days=10)
    httpx.get(f"{office}/api/v1/documents", headers=bearer(secret), timeout=60)
    with signed_in(office, "admin") as admin:
        listed = admin.get("/api/v1/settings/tokens").json()["tokens"]
    (one,) = [token for token in listed if token["label"] == "看得见"]
    assert one["used"] is not None
    (kept,) = [token for token in accounts.tokens.all() if token.label == "看得见"]
    assert kept.expires - kept.created == 10 * DAY_SECONDS


def test_the_log_tells_whose_token_was_revoked(tmp_path: Path) -> None:
    with closing(Accounts.of(Settings(home=tmp_path))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        for label in ("报表", "大屏"):  # the second gets the number of the first
            accounts.tokens.add("admin", label=label)
            accounts.tokens.remove(accounts.tokens.all("admin")[0].number)
        said = [one.subject for one in accounts.activity_log.activities()]
    for label in ("报表", "大屏"):
        assert f"作废 admin 的第1个 {label}" in said
