"""Of gradio's addresses the page's are there and no others, whatever a later gradio brings."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import gradio
import httpx
import pytest
from gradio.routes import App

from assistant.server.page_door import OPEN_ROUTES
from assistant.text_limits import DRAFT
from tests.support.page_events import API, PageConfig, call, config_of, join, signed_in

NEEDED = {
    *OPEN_ROUTES,
    *(
        API + path
        for path in (
            "/heartbeat/{session_hash}",
            "/queue/data",
            "/queue/join",
            "/cancel",
            "/reset",
            "/component_server/",
        )
    ),
}


@pytest.fixture(scope="module")
def drafter(office: str) -> Iterator[httpx.Client]:
    with signed_in(office, "admin") as client:
        yield client


@pytest.fixture(scope="module")
def staff(office: str) -> Iterator[httpx.Client]:
    with signed_in(office, "staff") as client:
        yield client


@pytest.fixture(scope="module")
def page(drafter: httpx.Client) -> PageConfig:
    return config_of(drafter)


def gradios_own() -> list[tuple[str, str]]:
    """Method and path of everything that gradio answers, with something in each place holder."""

    async def built() -> App:  # gradio leaves loops behind where none is running
        with gradio.Blocks() as blocks:
            gradio.HTML()
        return App.create_app(blocks)

    app = asyncio.run(built())

    def routes(found: Iterable[Any]) -> Iterator[tuple[str, str]]:
        for route in found:
            if included := getattr(route, "original_router", None):
                yield from routes(included.routes)
            else:
                for method in route.methods:
                    yield method, route.path

    return sorted(set(routes(app.routes)))


def filled(path: str) -> str:
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + "1" + rest.partition("}")[2]
    return path


def test_gradio_has_addresses_that_the_page_does_not_need() -> None:
    paths = {path for _, path in gradios_own()}
    assert len(paths) > 40
    assert paths >= NEEDED - {API + "/component_server/"}


@pytest.mark.parametrize(("method", "path"), [r for r in gradios_own() if r[1] not in NEEDED])
def test_what_the_page_does_not_need_is_not_there(
    drafter: httpx.Client, method: str, path: str
) -> None:
    if path.startswith(("/login", "/logout")):
        pytest.skip("our own")
    reply = drafter.request(method, filled(path), headers={"Accept": "*/*"})
    assert reply.status_code in (404, 405)
    if method != "HEAD":
        assert "没有这个地址" in reply.json()["error"]


def test_no_file_comes_in_or_goes_out_by_gradio(drafter: httpx.Client, office_home: Path) -> None:
    files = {"files": ("a.html", b"<script>1</script>")}
    assert drafter.post(f"{API}/upload", files=files).status_code == 404
    for path in (office_home / "library.db", Path("/etc/passwd")):
        for how in ("file=", "file/", "proxy=", "stream/"):
            assert drafter.get(f"{API}/{how}{path}").status_code == 404


@pytest.mark.parametrize("origin", ["http://localhost:9999", "http://127.0.0.1:1", "null"])
@pytest.mark.parametrize("path", ["/", "/theme.css", f"{API}/queue/data", "/api/v1/documents"])
def test_no_other_sites_page_may_read_a_reply(
    drafter: httpx.Client, origin: str, path: str
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS"):
        reply = drafter.request(method, path, headers=asked)
        assert not [name for name in reply.headers if name.startswith("access-control-")]
        assert method == "GET" or reply.status_code in (404, 405)


def test_without_the_right_a_function_is_refused_in_a_sentence(
    staff: httpx.Client, page: PageConfig
) -> None:
    for panel in ("audit", "board"):
        reply = call(staff, page.component(panel), "file", {"kind": "xlsx", "choice": {}})
        assert reply.status_code == 403
        assert "没有“校核”的权限" in reply.json()["error"]


ODD: tuple[Any, ...] = (None, 1, -1, 10**30, 1.5, "", "x", [], {}, [[]], {"kind": 1}, True)
FUNCTIONS = [("audit", "file"), ("board", "file"), ("conversations", "rate"), ("beside", "open")]


@pytest.mark.parametrize(("panel", "function"), FUNCTIONS)
def test_a_function_answers_odd_data_in_a_sentence(
    drafter: httpx.Client, page: PageConfig, panel: str, function: str
) -> None:
    odd = (
        *ODD,
        {"kind": "exe", "choice": {}},
        {"kind": "xlsx", "choice": {"year": "x"}},
        {"kind": "xlsx", "choice": {"year": 10**30}},
        {"kind": "xlsx", "choice": {"nothing": "x", "form": "x"}},
        {"kind": "xlsx", "choice": {"form": "x"}},
        {"turn": 1, "kind": "x", "note": None},
        '{"places":[["x",{"page":1e999},""]]}',
        '{"places":{"a":1},"figures":3}',
        "[" * 5000,
        '{"title":"\\ud800"}',
    )
    for data in odd:
        reply = call(drafter, page.component(panel), function, data)
        assert reply.status_code in (200, 400), (data, reply.text)
        assert reply.status_code == 200 or "请" in reply.json()["error"]


def test_a_call_of_what_is_not_there_is_refused_in_a_sentence(
    drafter: httpx.Client, page: PageConfig
) -> None:
    board = page.component("board")
    for component, function in (
        *((odd, "file") for odd in ODD),
        *((board, odd) for odd in ODD),
        (board, "__init__"),
        (board, "preprocess"),
        (10**6, "file"),
    ):
        reply = call(drafter, component, function, {})
        assert reply.status_code == 400, (component, function)
        assert "请" in reply.json()["error"]
    for body in (b"", b"{", b"[]", b"null", b'{"session_hash":"abc"}'):
        for path in ("component_server/", "queue/join", "cancel"):
            reply = drafter.post(f"{API}/{path}", content=body)
            assert reply.status_code == 400, (path, body)


def test_an_event_that_is_none_is_refused_in_a_sentence(
    drafter: httpx.Client, page: PageConfig
) -> None:
    event = page.event("draft-check", "click")
    right = [None] * len(event["inputs"])
    for number, data, more in (
        *((odd, right, {}) for odd in ODD),
        *((event["id"], odd, {}) for odd in ODD),
        *((event["id"], right, {"trigger_id": odd}) for odd in (-1, 10**30, "x", 10**6)),
        (event["id"], [*right, 1], {}),
    ):
        reply = join(drafter, number, data, "abc", **more)
        assert reply.status_code == 400, (number, data)
        assert "请" in reply.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/ask",
        "/api/v1/documents",
        "/v1/chat/completions",
        "/mcp",
        f"{API}/component_server/",
        f"{API}/queue/join",
    ],
)
def test_no_body_is_larger_than_its_texts_may_be(staff: httpx.Client, path: str) -> None:
    body = b"[" + b" " * 300_000 + b"]"
    reply = staff.post(path, content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 413
    assert "256KB" in reply.text


def test_who_may_draft_sends_a_whole_draft(drafter: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    for size, status in ((4 * DRAFT.length - 2, 400), (4 * DRAFT.length, 413)):
        body = b"[" + b" " * size + b"]"
        reply = drafter.post(f"{API}/queue/join", content=body, headers=headers)
        assert reply.status_code == status
