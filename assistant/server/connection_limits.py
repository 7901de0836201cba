"""What one connection may send (连接的限度): no half requests for ever, no work in crumbs.

uvicorn itself waits for ever for the rest of a request, and has no limit for its head. Each header,
each chunk of a body and each request costs the one thread that all visitors share a call, however
few bytes it has: so their number is limited while they are read, before anybody knows who sends.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS = 10.0
"""Seconds from the opening of a connection, or from the first byte of a later request, in which the
head of the request must have come."""
MAX_HEAD_BYTES = 128 * 1024
"""Maximum size in bytes of what comes before a head is whole."""
MAX_HEADERS = 100
"""Maximum number of headers of a request."""
MAX_WAITING = 16
"""Maximum number of requests that are sent on one connection before their replies have come."""
STALL_SECONDS = 60.0
"""Seconds that a body may stand still."""
BODY_SECONDS = 30.0
"""Seconds in which a body must have come, beside those that its size needs over a slow line."""
FULL = 0.8
"""The share of the connections that are served at once beyond which those give way that wait for
more to be sent."""
GIVING_WAY = 0.1
"""The share of them that give way together, those first that were opened first."""
SLOWEST_BYTES_PER_SECOND = 1024
"""The slowest line that is served."""


class Unwanted(Exception):
    """What came is not read on."""


class ModestProtocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it; a connection that asks for too much or stays half sent is closed.

    Bodies come with their length: those in chunks (411) are of no program that we know, and of
    proxies only where they do not buffer.

    Where nearly as many are open as may be, those that still owe a head or a body give way, the
    oldest first: who sends at once what is asked is served, however many others send nothing.
    """

    _refusal: HTTPStatus | None = None
    _answered: RequestResponseCycle | None = None
    """The request whose reply is under way; those behind it wait."""

    _timer: asyncio.TimerHandle | None = None
    _opened: float = 0.0
    _head_since: float | None = None
    _body_since: float = 0.0
    _last: float = 0.0
    _came: int = 0
    """Bytes of the head or body at hand."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The head of the first request must follow."""
        super().connection_made(transport)
        self._opened = self._head_since = self.loop.time()
        self._watch()
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._write_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Notes what came, and of what."""
        before = self.cycle
        super().data_received(data)
        if self._refusal:
            return
        self._last = self.loop.time()
        if self._awaits_head():
            self._came = len(data) + (self._came if self._head_since is not None else 0)
            if self._head_since is None:
                self._head_since = self._last
            if self._came > MAX_HEAD_BYTES:
                self.transport.abort()
        elif self._awaits_body():
            if self.cycle is not before:
                self._body_since, self._came = self._last, 0
            self._head_since = None
            self._came += len(data)
        else:
            self._head_since = None
        self._watch()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keeps a header of a request, not too many of them."""
        if len(self.headers) >= MAX_HEADERS:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if name.lower() == b"transfer-encoding":
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begins with a request, or has it wait for those before."""
        if len(self.pipeline) >= MAX_WAITING:
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS)
        super().on_headers_complete()

    def _refuse(self, status: HTTPStatus) -> None:
        """Has the parser stop, which ends the connection."""
        self._refusal = status
        raise Unwanted

    def send_400_response(self, msg: str) -> None:
        """Says why the connection ends, unless another reply is under way."""
        status = self._refusal or HTTPStatus.BAD_REQUEST
        if self.cycle is None or self.cycle.response_complete:
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            self.transport.write(f"{line}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self.transport.close()
        self._write_no_more()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Notes which request is answered now."""
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _write_no_more(self) -> None:
        """Has the reply under way end in silence.

        uvicorn tells this only to the last request that came, and each write to a closed connection
        is an error of many lines in the log.
        """
        if self._answered is not None:
            self._answered.disconnected = True

    def _awaits_head(self) -> bool:
        """Whether the next that comes is of the head of a request."""
        return self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)

    def _awaits_body(self) -> bool:
        """Whether the rest of a request's body is still to come."""
        return self.cycle is not None and self.cycle.more_body

    def _make_room(self) -> None:
        """Ends the oldest connections that owe something where too many are open."""
        most = self.limit_concurrency
        if most is None or len(self.connections) < FULL * most:
            return
        owing = [
            one
            for one in self.connections
            if isinstance(one, ModestProtocol) and one is not self and one.owes()
        ]
        owing.sort(key=lambda one: one._opened)
        for one in owing[: max(int(GIVING_WAY * most), 1)]:
            one.transport.abort()

    def owes(self) -> bool:
        """Whether nothing is under way here but what is still to be sent."""
        return self._awaits_head() or self._awaits_body()

    def _due(self) -> float | None:
        """When what is awaited must have come; None while nothing is."""
        if self._awaits_body():
            if self.flow.read_paused:  # what came is not yet read by the program
                return self.loop.time() + STALL_SECONDS
            needed = BODY_SECONDS + self._came / SLOWEST_BYTES_PER_SECOND
            return min(self._last + STALL_SECONDS, self._body_since + needed)
        if self._awaits_head() and self._head_since is not None:
            return self._head_since + HEAD_SECONDS
        return None

    def _watch(self) -> None:
        """Has the connection looked at when what is awaited is due."""
        due = self._due()
        if due is None or (self._timer is not None and self._timer.when() <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(due, self._look)

    def _look(self) -> None:
        """Closes the connection where what is awaited is overdue."""
        self._timer = None
        due = self._due()
        if due is not None and due <= self.loop.time():
            self.transport.abort()
        else:
            self._watch()
