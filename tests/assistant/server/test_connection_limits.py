"""Requests that stay half sent are ended, and those in crumbs; what comes slowly is served."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPResponse
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.config import Settings
from assistant.server.connection_limits import MAX_WAITING
from assistant.service import Assistant
from tests.support.web_site import served

PATIENT = 120
"""Seconds after which a connection that is still open is held to stay so."""
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HALF_SENT = {
    "nothing": b"",
    "a part of the head": b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    "a part of the body": (
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
    ),
    "a whole request and a part of the next": WHOLE + b"GET /healthz HTTP/1.1\r\n",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    home = tmp_path_factory.mktemp("slow")
    with closing(Assistant(Settings(home=home))) as assistant, served(assistant, home) as url:
        address = urlsplit(url)
        yield str(address.hostname), int(address.port or 0)


def ended(connection: socket.socket) -> bool:
    """Whether the other side closes the connection."""
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def test_what_stays_half_sent_is_ended(place: tuple[str, int]) -> None:
    opened = {name: socket.create_connection(place, timeout=PATIENT) for name in HALF_SENT}
    for name, sent in HALF_SENT.items():
        opened[name].sendall(sent)
    still_open = [name for name, connection in opened.items() if not ended(connection)]
    assert still_open == []


def test_those_who_send_nothing_give_way_to_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 40
    monkeypatch.setattr("assistant.serve.MAX_CONNECTIONS", most)
    with (
        ExitStack() as opened,
        closing(Assistant(Settings(home=tmp_path))) as assistant,
        served(assistant, tmp_path) as url,
    ):
        address = urlsplit(url)
        place = str(address.hostname), int(address.port or 0)
        for sent in [*HALF_SENT.values()] * most:
            connection = opened.enter_context(socket.create_connection(place, timeout=PATIENT))
            with suppress(ConnectionError):
                connection.sendall(sent)
            assert httpx.get(f"{url}/healthz", timeout=PATIENT).status_code == 200


def test_a_head_without_end_is_ended(place: tuple[str, int]) -> None:
    with socket.create_connection(place, timeout=PATIENT) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        endless = b"X: " + b"x" * 10_000_000
        with pytest.raises(ConnectionError):
            connection.sendall(endless)


def test_a_request_that_comes_slowly_is_served_and_so_is_the_next(place: tuple[str, int]) -> None:
    form = b"name=nobody&password=none"
    head = (
        f"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(form)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode()
    with socket.create_connection(place, timeout=PATIENT) as connection:
        for _ in range(2):
            for part in (head[:30], head[30:], form[:5], form[5:]):
                connection.sendall(part)
                sleep(0.2)
            answer = HTTPResponse(connection)
            answer.begin()
            assert answer.status == 401
            assert answer.read()


ASKED = b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CRUMBS = {
    "a body in chunks": (ASKED + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 9, 411),
    "chunks by another name": (ASKED + b"transfer-encoding:gzip, chunked\r\n\r\n0\r\n\r\n", 411),
    "too many headers": (WHOLE[:-2] + b"A:\r\n" * 200 + b"\r\n", 431),
}


@pytest.mark.parametrize("name", CRUMBS)
def test_what_comes_in_crumbs_is_refused_with_the_reason(place: tuple[str, int], name: str) -> None:
    sent, status = CRUMBS[name]
    with socket.create_connection(place, timeout=PATIENT) as connection:
        connection.sendall(sent)
        reply = HTTPResponse(connection)
        reply.begin()
        assert reply.status == status
        assert ended(connection)


@pytest.mark.parametrize(("count", "replies"), [(MAX_WAITING + 1, MAX_WAITING + 1), (5_000, 0)])
def test_few_requests_wait_on_a_connection(
    place: tuple[str, int], count: int, replies: int
) -> None:
    with socket.create_connection(place, timeout=PATIENT) as connection:
        last = WHOLE[:-2] + b"Connection: close\r\n\r\n"
        connection.sendall(WHOLE * (count - 1) + last)
        came = b""
        try:
            while more := connection.recv(65536):
                came += more
        except ConnectionError:
            assert not replies
        assert came.count(b"HTTP/1.1 200") == replies


def test_a_reply_to_a_connection_that_is_closed_leaves_no_error(
    place: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    unknown = WHOLE.replace(b"/healthz", b"/nowhere")
    connections = [socket.create_connection(place, timeout=PATIENT) for _ in range(60)]
    for connection in connections:
        with closing(connection), suppress(ConnectionError):
            connection.sendall(unknown * 300)
            connection.recv(10)
    with socket.create_connection(place, timeout=PATIENT) as another:  # those replies are over
        another.sendall(WHOLE[:-2] + b"Connection: close\r\n\r\n")
        assert ended(another)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
