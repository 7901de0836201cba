"""What a browser may ask of gradio (网页的请求): the addresses that the page needs, and no other.

Closed by default: gradio has some seventy addresses (uploads, files by their path, streams, its
own interface), the page needs a dozen, which are listed here as the only routes there are, for
those who have signed in: a token is for programs. What they are sent is read as what it must be
before gradio sees it; whose page session it is about is settled by `PageSessions`; and none of
gradio's permissions for pages of other sites (CORS) leaves.
"""

import re
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.input_check import replayed
from assistant.server.middleware import token_of
from assistant.server.page_html import rewritten
from assistant.server.page_sessions import PageSessions

OPEN_ROUTES = (
    "/",
    "/theme.css",
    "/manifest.json",
    "/favicon.ico",
    "/assets/{path:path}",
    "/static/{path:path}",
)
"""The page itself and what it is made of: read, the same for everybody."""
API = "/gradio_api"
LONGEST_PATH = 200
"""Bytes of the longest address of a part of the page."""
SESSION_HASH = r"^[0-9A-Za-z]{1,64}$"
OF_ALL_USERS = re.compile(
    rb'"(average_duration|avg_time|cache_duration|eta|rank_eta)": ?-?\d[\d.]*(?:[eE][-+]?\d+)?'
)
"""What gradio tells of an event from all users' together: how often and how long others worked."""
MALFORMED = "网页发来的内容有误，没有处理，请刷新页面后重试。"
FOR_LOG_INS = "网页只能登录后使用，不能用令牌，程序请用 /api/v1、/v1 或 /mcp 的接口。"
UNKNOWN = "没有这个网页会话或功能，请刷新页面后重试。"

Number = Annotated[int, Field(ge=0, lt=2**31)]
SessionHash = Annotated[str, Field(pattern=SESSION_HASH)]


class PageRequest(BaseModel):
    """What every request about a page session says; what else it says goes no further."""

    model_config = ConfigDict(strict=True)
    session_hash: SessionHash


class EventRequest(PageRequest):
    """Something happened on the page: one of its events, with the values it is about."""

    fn_index: Number
    data: list[Any]
    trigger_id: Number | None = None
    event_data: Any = None


class CancelRequest(PageRequest):
    """Nobody waits for the event any more."""

    fn_index: Number
    event_id: str | None = Field(default=None, max_length=64)


class PanelRequest(PageRequest):
    """A part of the page that we draw ourselves calls one of its functions."""

    component_id: Number
    fn_name: str = Field(max_length=100)
    data: Any


Read = TypeVar("Read", bound=PageRequest)


@dataclass(frozen=True, slots=True)
class PageParts:
    """What there is on the page, as its requests name it."""

    events: Mapping[int, int]
    """How many values each event has, by its number."""
    sources: Container[int | None]
    """What events come from, as `trigger_id` says it."""
    functions: Mapping[int, Container[str]]
    """The functions that each component offers."""
    has_sent: Callable[[str], bool]
    """Whether a session has sent events. They may all be over when the page begins to listen:
    another stream of its brought their results, and the one that it opens will bring the next."""
    session_of: Callable[[str], str | None]
    """The session of an event that is under way."""


class PageDoor:
    """Hands to `app`, which is gradio's, what the page needs."""

    def __init__(self, app: ASGIApp, parts: PageParts) -> None:
        self._app = app
        self._parts = parts
        self._sessions = PageSessions()

    def routes(self) -> list[Route]:
        """All the addresses there are."""
        return [
            *(Route(path, _Endpoint(self._part), methods=["GET"]) for path in OPEN_ROUTES),
            self._route("/heartbeat/{session_hash}", self._heartbeat, "GET"),
            self._route("/queue/data", self._events, "GET"),
            self._route("/queue/join", self._event, "POST"),
            self._route("/cancel", self._cancel, "POST"),
            self._route("/reset", self._reset, "POST"),
            self._route("/component_server/", self._panel, "POST"),
        ]

    def _route(
        self, path: str, answer: Callable[[Request, Send], Awaitable[None]], method: str
    ) -> Route:
        async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
            await answer(Request(scope, receive), send)

        return Route(API + path, _Endpoint(endpoint), methods=[method])

    async def _part(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page itself, or a file of it; no file has so long a name."""
        if len(scope["path"].encode()) > LONGEST_PATH:
            raise HTTPException(404, UNKNOWN)
        if scope["path"] == "/":  # what is to be read here must not be packed before
            send = rewritten(send, Headers(scope=scope))
            plain = MutableHeaders(raw=[*scope["headers"]])
            plain["accept-encoding"] = "identity"
            scope = {**scope, "headers": plain.raw}
        await self._through(scope, receive, send)

    async def _heartbeat(self, request: Request, send: Send) -> None:
        session = self._session(request, request.path_params["session_hash"])
        path = f"{API}/heartbeat/{session}"
        scope = {**request.scope, "path": path, "raw_path": path.encode()}
        await self._through(scope, request.receive, send)

    async def _events(self, request: Request, send: Send) -> None:
        named = parse_qs(request.url.query).get("session_hash", [""])
        session = self._session(request, named[0])
        if not self._parts.has_sent(session):
            raise HTTPException(404, UNKNOWN)
        query = urlencode({"session_hash": session})

        async def of_own(message: Message) -> None:
            if message.get("body"):
                message = {**message, "body": OF_ALL_USERS.sub(rb'"\1":null', message["body"])}
            await send(message)

        await self._through(request.scope, request.receive, of_own, query=query)

    async def _event(self, request: Request, send: Send) -> None:
        sent = await _read(request, EventRequest)
        if sent.fn_index not in self._parts.events:
            raise HTTPException(400, UNKNOWN)
        known = sent.trigger_id is None or sent.trigger_id in self._parts.sources
        if not known or len(sent.data) != self._parts.events[sent.fn_index]:
            raise HTTPException(400, MALFORMED)
        await self._rewritten(request, sent, send)

    async def _cancel(self, request: Request, send: Send) -> None:
        sent = await _read(request, CancelRequest)
        session = self._sessions.of(request.scope, sent.session_hash)
        # an event of another session is answered like one that is over
        own = sent.event_id and self._parts.session_of(sent.event_id) == session
        sent.event_id = sent.event_id if own else ""
        await self._rewritten(request, sent, send)

    async def _reset(self, request: Request, send: Send) -> None:
        """Gradio does nothing here either, but its page asks for it after a cancel."""
        await request.body()
        receive = replayed(b'{"event_id":""}', request.receive)
        await self._through(_of_length(request.scope, 15), receive, send)

    async def _panel(self, request: Request, send: Send) -> None:
        sent = await _read(request, PanelRequest)
        if sent.fn_name not in self._parts.functions.get(sent.component_id, ()):
            raise HTTPException(400, UNKNOWN)
        await self._rewritten(request, sent, send)

    async def _rewritten(self, request: Request, sent: PageRequest, send: Send) -> None:
        """Hands on what was read, about the visitor's own session."""
        session = self._sessions.of(request.scope, sent.session_hash)
        body = sent.model_copy(update={"session_hash": session}).model_dump_json().encode()
        scope = _of_length(request.scope, len(body))
        await self._through(scope, replayed(body, request.receive), send)

    def _session(self, request: Request, session_hash: str) -> str:
        try:
            named = PageRequest(session_hash=session_hash)
        except ValidationError:
            raise HTTPException(404, UNKNOWN) from None
        return self._sessions.of(request.scope, named.session_hash)

    async def _through(
        self, scope: Scope, receive: Receive, send: Send, *, query: str = ""
    ) -> None:
        """Hands a request on, with the given query and no other."""

        async def closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]
            await send(message)

        await self._app({**scope, "query_string": query.encode()}, receive, closed)


class _Endpoint:
    """An ASGI app for those who have signed in; refuses tokens.

    It is an object, for of a function Starlette would think that it takes a Request.
    """

    def __init__(self, answer: ASGIApp) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if token_of(Headers(scope=scope)) is not None:
            raise HTTPException(403, FOR_LOG_INS)
        await self._answer(scope, receive, send)


async def _read(request: Request, kind: type[Read]) -> Read:
    """What was sent; raises a refusal where it is not what it must be."""
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError:
        raise HTTPException(400, MALFORMED) from None


def _of_length(scope: Scope, length: int) -> Scope:
    """The request as one for a JSON body of that length."""
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers["content-length"] = str(length)
    headers["content-type"] = "application/json"
    return {**scope, "headers": headers.raw}
