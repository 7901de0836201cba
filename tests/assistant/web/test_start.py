"""The start of the web app: it answers at once, and its page opens behind it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright
from starlette.applications import Starlette

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.errors import SiteError
from assistant.serve import Site, mcp_app, page_app, start
from assistant.server.deferred_apps import DeferredApp, DeferredApps
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from tests.support.servers import free_port
from tests.support.web_site import ARGUMENTS, CHROMIUM

ROOT = Path(__file__).parents[3]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
MODEL = {"Accept": "application/json, text/event-stream"}
Build = Callable[[], Starlette]


def after(gate: Event, build: Build) -> DeferredApp:
    """A door that nobody builds before the gate is open."""

    def built() -> Starlette:
        gate.wait()
        return build()

    return DeferredApp(built)


@contextmanager
def begun(
    assistant: Assistant, home: Path, gate: Event, build: Build | None = None
) -> Iterator[tuple[Site, str]]:
    """A web app whose page waits for the gate, and its address."""
    settings = Settings(home=home, port=free_port())
    gateway = Gateway(assistant, Accounts.of(settings))
    made = after(gate, build or partial(page_app, gateway, settings))
    deferred = DeferredApps(tools=DeferredApp(partial(mcp_app, gateway)), page=made, pause=0)
    site = start(gateway, deferred, settings)
    try:
        yield site, f"http://127.0.0.1:{settings.port}"
    finally:
        gate.set()
        site.close()


def test_a_page_opened_too_early_becomes_the_app_by_itself(
    assistant: Assistant, library_home: Path
) -> None:
    gate = Event()
    with (
        begun(assistant, library_home, gate) as (site, url),
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)) as browser,
        httpx.Client(base_url=url, timeout=180) as client,
    ):
        asked = client.post("/api/v1/ask", json={"question": "预算完成率是多少？"})
        assert asked.json()["text"]
        assert client.post("/mcp", json=CALL, headers=MODEL).json()["result"]["tools"]
        assert client.get("/healthz").json() == {"status": "ok", "page": "starting"}
        early = client.get("/", headers=BROWSER)
        assert (early.status_code, early.headers["retry-after"]) == (503, "1")
        assert "frame-ancestors 'self'" in early.headers["content-security-policy"]

        hosts = set()
        opened = browser.new_page()
        opened.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        opened.goto(url)
        expect(opened.get_by_role("status")).to_have_text("正在准备网页，几秒后自动打开。")
        gate.set()
        expect(opened.locator(".welcome")).to_be_visible(timeout=180_000)
        site.ready()
        assert client.get("/healthz").json() == {"status": "ok", "page": "ready"}
        assert hosts - {""} == {urlsplit(url).netloc}  # an icon inside the page has no host
        for described in ("/docs", "/redoc", "/openapi.json"):
            assert client.get(described).status_code == 404


def broken() -> Starlette:
    raise ImportError("没有这个库")


def test_the_guard_stands_before_a_page_that_is_not_there_and_it_may_fail(
    assistant: Assistant, tmp_path: Path
) -> None:
    with closing(Accounts.of(Settings(home=tmp_path))) as accounts:
        accounts.add("管理", "一个够长的密码1", Role.ADMIN)
        token = accounts.tokens.add("管理", label="试")
    gate = Event()
    with (
        begun(assistant, tmp_path, gate, broken) as (site, url),
        httpx.Client(base_url=url, timeout=180) as client,
    ):
        sent = client.get("/", headers=BROWSER)
        assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/")
        assert "密码" in client.get(sent.headers["location"], headers=BROWSER).text
        assert client.get("/gradio_api/app_id").status_code == 401
        assert client.post("/gradio_api/upload").status_code == 401
        assert client.get("/", headers={**BROWSER, "Host": "elsewhere.test"}).status_code == 403
        known = {**BROWSER, "Authorization": f"Bearer {token}"}
        assert client.get("/", headers=known).status_code == 503
        gate.set()
        with pytest.raises(SiteError, match="网页无法建成，") as stopped:
            site.wait()
        assert "（ImportError：没有这个库）" in stopped.value.in_full
        with pytest.raises(httpx.TransportError):
            client.get("/healthz")


def test_it_stops_while_the_page_is_built(assistant: Assistant, tmp_path: Path) -> None:
    gate = Event()
    with (
        begun(assistant, tmp_path, gate) as (site, url),
        ThreadPoolExecutor(2) as others,
        httpx.Client(base_url=url, timeout=180) as client,
    ):
        client.post("/mcp", json=CALL, headers=MODEL)  # now only the page is missing
        waiting = others.submit(client.get, "/gradio_api/app_id")
        seen = httpx.get(f"{url}/healthz", timeout=60).json()
        closed = others.submit(site.close)
        assert seen["page"] == "starting"
        assert waiting.result().status_code == 503
        gate.set()
        closed.result()
        site.wait()


def test_a_program_without_its_page_ends_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "gradio.py").write_text("raise ImportError('cut off')", encoding="utf-8")
    surroundings = os.environ | {
        "JIWEN_HOME": str(tmp_path / "home"),
        "JIWEN_PORT": str(free_port()),
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
    }
    program = [sys.executable, str(ROOT / "app.py")]
    ended = subprocess.run(
        program, env=surroundings, capture_output=True, text=True, timeout=180, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        "网页无法建成（ImportError：cut off），程序已停止，请按 README 重新安装后再启动。"
    )
