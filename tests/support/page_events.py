"""The page without a browser: its events and functions, asked for over HTTP as a stranger would."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

PASSWORD = "一个足够长的密码口令"
CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});</script>", re.DOTALL)
API = "/gradio_api"


@contextmanager
def signed_in(url: str, name: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
    """A client that has signed in under the name."""
    with httpx.Client(base_url=url, timeout=180) as client:
        sign_in(client, name, password)
        yield client


def sign_in(client: httpx.Client, name: str, password: str) -> None:
    """Signs in; the client keeps the cookie."""
    told = {"name": name, "password": password, "next": "/api/docs"}
    assert client.post("/login", data=told).status_code == 303


@dataclass(frozen=True)
class PageConfig:
    """What the page tells every browser of its parts and events."""

    components: Sequence[dict[str, Any]]
    events: Sequence[dict[str, Any]]

    def component(self, elem_id: str) -> int:
        """The number of the component with this id in the page."""
        (number,) = (c["id"] for c in self.components if c["props"].get("elem_id") == elem_id)
        return int(number)

    def event(self, elem_id: str, name: str) -> dict[str, Any]:
        """The first event of this name of the component."""
        target = [self.component(elem_id), name]
        return next(
            e for e in self.events if target in [list(t) for t in e["targets"]] and e["backend_fn"]
        )


def config_of(client: httpx.Client) -> PageConfig:
    """The page's own description, as its HTML has it."""
    found = CONFIG.search(client.get("/", headers={"Accept": "text/html"}).text)
    assert found
    config = json.loads(found[1])
    return PageConfig(config["components"], config["dependencies"])


def join(
    client: httpx.Client, number: int, data: object, session: str, **more: object
) -> httpx.Response:
    """Has an event of the page begin."""
    sent = {"fn_index": number, "data": data, "session_hash": session, **more}
    return client.post(f"{API}/queue/join", json=sent)


def messages(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    """What the stream of a session says until it ends."""
    said = []
    with client.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                said.append(json.loads(line.removeprefix("data:")))
    return said


def outcome(
    client: httpx.Client, number: int, data: object, session: str, **more: object
) -> dict[str, Any]:
    """The last word on an event: its output, or the error in its words."""
    joined = join(client, number, data, session, **more)
    assert joined.status_code == 200, joined.text
    ended = [m for m in messages(client, session) if m["msg"] == "process_completed"]
    return {"success": ended[-1]["success"], **ended[-1]["output"]}


def call(
    client: httpx.Client, component: object, function: object, data: object, session: str = "abc"
) -> httpx.Response:
    """Calls a function of a part of the page."""
    sent = {
        "component_id": component,
        "fn_name": function,
        "data": data,
        "session_hash": session,
    }
    return client.post(f"{API}/component_server/", json=sent)
