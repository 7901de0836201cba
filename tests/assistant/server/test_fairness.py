"""One visitor's work keeps neither the others nor log-in nor health waiting, and ends with them."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.api.app import application
from assistant.api.pooled_route import EventStream, PooledRoute
from assistant.config import Settings
from assistant.serve import Site, listen, mcp_app
from assistant.server.connection_limits import ModestProtocol
from assistant.server.deferred_apps import DeferredApp, DeferredApps
from assistant.server.gateway import Gateway
from assistant.server.work_lanes import Lane, WorkLanes, in_lane
from assistant.service import Assistant
from assistant.time_limit import check
from tests.support.servers import free_port

PATIENT = 120
PASSWORD = "Gou-chang-de-2026"
AT_ONCE = 30
"""Requests of one user: more than are taken on."""


@dataclass
class Work:
    """What a request has the server do: it goes on until a check ends it, or it is let go."""

    begun: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
    let_go: Event = field(default_factory=Event)

    def steps(self) -> Iterator[str]:
        self.begun.set()
        try:
            while not self.let_go.is_set():
                check()
                yield ""
                sleep(0.005)
        finally:
            self.ended.set()

    def whole(self) -> dict[str, bool]:
        """As an endpoint that answers at the end."""
        list(self.steps())
        return {"done": True}

    @in_lane(Lane.QUESTION)
    def question(self) -> dict[str, bool]:
        """The same as a question."""
        return self.whole()

    def streamed(self) -> EventStream:
        """As one that answers piece by piece."""
        return EventStream(f"data: {step}\n\n" for step in self.steps())


@dataclass
class Tried:
    """A running server, what its visitors show, and the work behind three addresses of it."""

    port: int
    tokens: dict[str, str]
    work: dict[str, Work]

    def get(self, path: str, user: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[user]}"}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=PATIENT)


@pytest.fixture
def tried(assistant: Assistant, tmp_path: Path) -> Iterator[Tried]:
    settings = Settings(home=tmp_path / "home", port=free_port())
    accounts = Accounts.of(settings)
    accounts.add("chief", PASSWORD, Role.ADMIN)
    for name in ("many", "other"):
        accounts.add(name, PASSWORD, Role.STAFF)
    tokens = {name: accounts.tokens.add(name, label="test") for name in ("many", "other")}
    gateway = Gateway(assistant, accounts, WorkLanes(question_seconds=10))
    tools = DeferredApp(lambda: mcp_app(gateway))
    deferred = DeferredApps(tools=tools, page=DeferredApp(Starlette), pause=0)
    app = application(gateway, deferred, host="127.0.0.1", largest_upload=1)
    work = {name: Work() for name in ("whole", "question", "streamed")}
    for name, one in work.items():
        endpoint: Callable[[], object] = getattr(one, name)
        app.router.routes.insert(0, PooledRoute(f"/tried/{name}", endpoint, methods=["GET"]))
    config = uvicorn.Config(app, log_config=None, http=ModestProtocol, ws="none")
    site = Site(uvicorn.Server(config), listen(settings), deferred, gateway.close)
    with closing(site):
        site.ready()
        yield Tried(settings.port, tokens, work)
        for one in work.values():
            one.let_go.set()


def until(condition: Callable[[], bool]) -> None:
    end = monotonic() + PATIENT
    while not condition():
        assert monotonic() < end
        sleep(0.02)


def test_who_asks_too_much_is_refused_and_nobody_else_waits(tried: Tried) -> None:
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(tried.get("/tried/whole", "many"))

    asking = [Thread(target=ask) for _ in range(AT_ONCE)]
    for one in asking:
        one.start()
    until(lambda: len(answers) >= AT_ONCE - 17)  # one in a slot, sixteen that wait for it
    assert tried.get("/api/v1/figures?limit=1", "other").status_code == 200
    address = f"http://127.0.0.1:{tried.port}"
    assert httpx.get(f"{address}/healthz", timeout=PATIENT).json()["status"] == "ok"
    form = {"name": "other", "password": PASSWORD}
    assert httpx.post(f"{address}/login", data=form, timeout=PATIENT).status_code == 303
    assert len(answers) == AT_ONCE - 17
    for refused in answers:
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert "您同时提出的请求太多" in refused.json()["error"]
    tried.work["whole"].let_go.set()
    for one in asking:
        one.join(PATIENT)
    assert [one.status_code for one in answers].count(200) == 17


@pytest.mark.parametrize("name", ["whole", "question", "streamed"])
def test_work_ends_when_the_client_goes(tried: Tried, name: str) -> None:
    work = tried.work[name]
    request = (
        f"GET /tried/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {tried.tokens['many']}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", tried.port), timeout=PATIENT) as connection:
        connection.sendall(request.encode())
        assert work.begun.wait(PATIENT)
    assert work.ended.wait(PATIENT)


def test_a_question_that_takes_too_long_is_ended_and_told(tried: Tried) -> None:
    told = tried.get("/tried/question", "many")
    assert told.status_code == 422
    assert "10秒内没有算完" in told.json()["error"]
    assert tried.work["question"].ended.is_set()
