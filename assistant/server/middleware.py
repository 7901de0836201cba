"""The one guard before every door of the web app (门卫): host, origin, size of what is sent, login.

Pure ASGI, so that answers stream through it: the page, its event endpoints, REST, the
OpenAI-compatible API and MCP all stand behind it. Whoever passes is known to what follows as
`request.state.visitor`.
"""

import logging
import re
import time
from asyncio import get_running_loop, sleep
from collections import Counter
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import CHANGE_FIRST, LOCAL, PRESENT, Right, Visitor
from assistant.errors import NotSignedIn
from assistant.server.open_requests import served
from assistant.text_limits import DRAFT
from ingest.errors import StoreError

COOKIE = "jiwen_session"
HEALTH_PATHS = frozenset({"/healthz", "/api/v1/healthz"})
"""What is answered without a thread and without the database."""
OPEN_PATHS = frozenset({"/login", "/favicon.ico", *HEALTH_PATHS})
"""What is shown to whoever has not signed in."""
ACCOUNT_PAGE, OWN_ACCOUNT = "/account", "/api/v1/me"
"""The page of one's own account, and how the addresses begin that it sends to."""
TO_CHANGE_PASSWORD = frozenset({ACCOUNT_PAGE, OWN_ACCOUNT, f"{OWN_ACCOUNT}/password", "/logout"})
"""What is left to a visitor who must change the password before anything else."""
UPLOADS = re.compile(r"/api/v1/(?:documents|conversations/[^/]+/files)")
UPLOAD_TYPE = "multipart/form-data"
"""The address that takes uploads, and how they are sent."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names and addresses of this machine that no other machine reaches."""
LOOKING_UP = 4
"""Visitors that are looked up at the same time: this takes milliseconds, and waits for no work."""
MAX_OPEN = 64
"""Requests of one visitor that may be open at the same time, the page's event streams included."""
AT_A_TIME = 6
"""Requests with something to read in them, by one token, log-in or address, that are looked at one
right after the other."""
PACE_SECONDS = 0.025
"""Seconds between the further ones: to read them takes the one thread that all visitors share."""
LONGEST_PACE_SECONDS = 1.0
"""Seconds that a request waits so at most: whoever sends more is refused, and nothing piles up."""
BYTES_A_PACE = 24 * 1024
"""Bytes that take as long to read as a request itself."""
MAX_PACED = 1000
"""Number of visitors from which on those are forgotten whose next request would not wait."""
TOO_MANY_AT_ONCE = "您同时发送的请求太多，请等前面的完成后再试。"
TOO_MANY_OPEN = (
    f"您同时打开的连接超过{MAX_OPEN}个，请关掉一些绩问的网页，或等前面的请求完成后再试。"
)
MAX_REQUEST_BYTES = 256 * 1024
"""Maximum size in bytes of a request: a question with all its turns has 135 KB where each character
is written as six, and a chat of a hundred long answers fits too."""
MAX_DRAFT_BYTES = 4 * DRAFT.length
"""The same of what the page sends with an open draft, for those who may draft."""
PAGE_EVENTS = "/gradio_api/queue/join"
"""Where it is sent."""
MAX_FORM_BYTES = 8 * 1024
"""The same of the form of the log-in, which strangers may send."""
HEADERS: dict[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "worker-src 'self' blob:; frame-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""With every reply. Gradio's page has scripts of its own inside it, which cannot be told by a hash;
what the rules leave is that nothing is loaded from elsewhere or sent there, and no other site shows
our pages in a frame."""
CACHEABLE = ("/assets/", "/static/", "/theme.css", "/manifest.json", "/favicon.ico")
"""How the addresses begin whose replies are the same for everybody; no browser and no proxy keeps
any other, unless the door says so itself."""
HTTPS_ONLY = "max-age=31536000"
"""Strict-Transport-Security of replies to requests that came by https: for a year no other way."""
HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,253})(:\d{1,5})?", re.ASCII)
"""The name or address of a machine with its port, as a request says whom it is sent to."""
FORWARDING = re.compile(rb"forwarded|via|x-forwarded-[a-z-]+|x-real-ip|x-client-ip|true-client-ip")
"""Headers that proxies add. What those of a trusted proxy say is known before the guard (see
`assistant.serve`); what follows never sees one, so that nobody else's are believed."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OTHER_SITES = frozenset({"cross-site", "same-site"})
"""What a browser's header Sec-Fetch-Site says of a request that another site's page sent."""

Message = MutableMapping[str, Any]
_log = logging.getLogger("jiwen.errors")


NOT_OPEN = (
    "绩问还没有用户，只供坐在这台机器前的人直接使用，这个请求却来自代理或别的机器，"
    "请先在这台机器上用 jiwen users add 名字 --role admin 建一个管理员。"
)


UNREADABLE = "用户所在的数据库现在无法读取，请管理员检查磁盘空间和目录权限，过一会儿再试。"
"""What is said, whoever asks: no path of this machine."""


class Pace:
    """When the next request of each visitor is looked at."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due: dict[str, float] = {}

    def wait(self, whose: str, size: int = 0) -> float | None:
        """Seconds that this request of `size` bytes waits; None where it must not wait so long.

        It counts from now on, the larger the more.
        """
        now = self._now()
        idle = now - AT_A_TIME * PACE_SECONDS
        if len(self._due) >= MAX_PACED:
            self._due = {one: due for one, due in self._due.items() if due > idle}
        due = max(self._due.get(whose, idle), idle) + PACE_SECONDS
        if due - now > LONGEST_PACE_SECONDS:
            return None
        self._due[whose] = due + PACE_SECONDS * size / BYTES_A_PACE
        return max(due - now, 0.0)


class AccessMiddleware:
    """Lets requests through to `app` that come from where and from whom they may.

    `host` is the address served on. Where it is this machine only, requests must name this machine
    (a page elsewhere cannot reach it by a name that it makes point here), and as long as there are
    no users nobody signs in who comes straight from this machine.
    """

    def __init__(self, app: ASGIApp, *, accounts: Accounts, host: str, largest_upload: int) -> None:
        self._app = app
        self._accounts = accounts
        self._local = host in LOOPBACK
        self._largest_upload = largest_upload
        self._threads = ThreadPoolExecutor(LOOKING_UP, "guard")
        self._open: Counter[str] = Counter()
        self._pace = Pace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through with its visitor known, or answers with a refusal."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})  # none of our doors is one
            return
        send = _sealed(send, scope["path"], https=scope["scheme"] == "https")
        direct = _direct(scope)
        scope["headers"] = [one for one in scope["headers"] if not FORWARDING.fullmatch(one[0])]
        headers = Headers(scope=scope)
        path, method = scope["path"], scope["method"]
        limit = self._limit(path, headers)
        refused = self._wrong_sender(headers, method) or _too_large(path, headers, limit)
        visitor = None
        address = scope["client"][0] if scope.get("client") else ""
        if refused is None and method not in SAFE_METHODS:
            whose = headers.get("authorization") or session_of(headers) or address
            size = 0 if limit == self._largest_upload else _announced(headers)
            wait = self._pace.wait(whose, size)
            if wait is None:
                refused = _refusal(path, 429, TOO_MANY_AT_ONCE)
            else:
                await sleep(wait)
        if refused is None:
            try:
                visitor = await self._looked_up(path, headers)
            except NotSignedIn as error:  # a token that has expired, or the users are lost
                refused = _unless_open(path, _refusal(path, 401, str(error)))
            except StoreError as error:
                _log.warning("%s", error.in_full)
                refused = _unless_open(path, _refusal(path, 503, UNREADABLE))
            if visitor is LOCAL and not direct:
                visitor, refused = None, _unless_open(path, _refusal(path, 403, NOT_OPEN))
            query = scope["query_string"].decode("latin-1")
            refused = refused or self._wrong_visitor(path, method, headers, visitor, query=query)
        if visitor:
            again = partial(self._visitor, headers, uses=False)
            visitor = replace(visitor, address=address, anew=again)
        scope.setdefault("state", {})["visitor"] = visitor
        if refused:
            await refused(scope, receive, send)
            return
        PRESENT.set(visitor)
        whose = visitor.id if visitor else ""
        self._open[whose] += 1
        try:
            if visitor and self._open[whose] > MAX_OPEN:
                refused = _refusal(path, 429, TOO_MANY_OPEN)
                await refused(scope, receive, send)
            elif visitor and method in SAFE_METHODS:
                await served(self._app, scope, receive, send, partial(self._goes_on, headers))
            else:  # what changes something is done to its end
                await self._app(scope, receive, send)
        finally:
            self._open[whose] -= 1

    async def _goes_on(self, headers: Headers) -> bool:
        """Whether who sent the request is still let in; so if nobody can tell at the moment."""
        looked_up = partial(self._visitor, headers, uses=False)
        try:
            visitor = await get_running_loop().run_in_executor(self._threads, looked_up)
        except NotSignedIn:
            return False
        except StoreError:
            return True
        return visitor is not None

    def _limit(self, path: str, headers: Headers) -> int:
        """Bytes of the largest request of anybody to an address."""
        if UPLOADS.fullmatch(path) and headers.get("content-type", "").startswith(UPLOAD_TYPE):
            return self._largest_upload
        if path == PAGE_EVENTS:
            return MAX_DRAFT_BYTES
        return MAX_FORM_BYTES if path in OPEN_PATHS else MAX_REQUEST_BYTES

    async def _looked_up(self, path: str, headers: Headers) -> Visitor | None:
        """Who asks, in threads that nothing else uses; whoever asks for health is nobody."""
        if path in HEALTH_PATHS:
            return None
        return await get_running_loop().run_in_executor(self._threads, self._visitor, headers)

    def _visitor(self, headers: Headers, *, uses: bool = True) -> Visitor | None:
        token = token_of(headers)
        if self._local and not self._accounts.any():
            self._accounts.must_never_have_had_users()
            return LOCAL
        if token is not None:
            return self._accounts.tokens.visitor(token)
        secret = session_of(headers)
        return self._accounts.sessions.visitor(secret, uses=uses) if secret else None

    def _wrong_sender(self, headers: Headers, method: str) -> Response | None:
        """A refusal where the request names another machine or another site's page sent it."""
        host = ",".join(headers.getlist("host"))
        name = _host_name(host)
        if host and not name:
            words = f"请求头 Host 写的“{host[:80]}”不是一个地址，请检查网址或代理的设置。"
            return _refusal("", 400, words)
        if self._local and name not in LOOPBACK:
            return _refusal("", 403, f"请用 127.0.0.1 或 localhost 打开绩问，而不是“{host[:80]}”。")
        origin = headers.get("origin")
        elsewhere = origin is not None and origin.partition("://")[2] != host
        # Some browsers leave the origin out, none of them this.
        elsewhere = elsewhere or headers.get("sec-fetch-site", "") in OTHER_SITES
        if elsewhere and method not in SAFE_METHODS:
            return _refusal("", 403, "这个请求来自别的网站，已拒绝，请在绩问自己的页面上操作。")
        return None

    def _wrong_visitor(
        self,
        path: str,
        method: str,
        headers: Headers,
        visitor: Visitor | None,
        *,
        query: str,
    ) -> Response | None:
        if visitor is None:
            if path in OPEN_PATHS:
                return None
            if _is_page(method, headers):
                wanted = f"{path}?{query}" if query else path
                return RedirectResponse(f"/login?next={quote(wanted)}", status_code=303)
            words = "请先登录，或在请求头 Authorization 里带上有效的令牌（Bearer）。"
            return _refusal(path, 401, words)
        if visitor.must_change_password and path not in OPEN_PATHS | TO_CHANGE_PASSWORD:
            if _is_page(method, headers):
                return RedirectResponse(ACCOUNT_PAGE, status_code=303)
            return _refusal(path, 403, CHANGE_FIRST)
        largest = MAX_DRAFT_BYTES if visitor.may(Right.DRAFT) else MAX_REQUEST_BYTES
        return _too_large(path, headers, largest) if path == PAGE_EVENTS else None


def _announced(headers: Headers) -> int:
    """Bytes that a request says it has: no more come, and none without saying."""
    length = headers.get("content-length", "")
    return int(length[:9]) if length.isdecimal() else 0


def _unless_open(path: str, refused: Response) -> Response | None:
    return None if path in OPEN_PATHS else refused


def _direct(scope: Scope) -> bool:
    """Whether the request came from this machine itself, with no sign of a proxy between.

    What speaks HTTP/1.0 is a proxy as well: nginx does, and adds no header unless told to.
    """
    if scope["http_version"] == "1.0":
        return False
    peer = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback and not any(
        FORWARDING.fullmatch(name) for name, _ in scope["headers"]
    )


def _host_name(host: str) -> str:
    """The machine that a Host header names, "" where it is not one.

    >>> [_host_name(one) for one in ("localhost:7860", "[::1]:7860", "[", "a b", "a:99999")]
    ['localhost', '::1', '', '', '']
    """
    parts = HOST.fullmatch(host)
    if parts is None or int((parts[2] or ":0")[1:]) > 65535:
        return ""
    return parts[1].strip("[]").lower()


def _is_page(method: str, headers: Headers) -> bool:
    """Whether a browser asks for a page that it shows."""
    return method == "GET" and "text/html" in headers.get("accept", "")


def _sealed(send: Send, path: str, *, https: bool) -> Send:
    """Sends replies with the headers that tell a browser what it may do with them."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                if name != "Cache-Control" or not path.startswith(CACHEABLE):
                    headers.setdefault(name, value)
            if https:
                headers["Strict-Transport-Security"] = HTTPS_ONLY
        await send(message)

    return sealed


def token_of(headers: Headers) -> str | None:
    """The token that a program asks with; None where no token is named."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def session_of(headers: Headers) -> str:
    """The session's secret in the cookies, "" if there is none."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def oversize(limit: int) -> str:
    """What is said of a request of more than `limit` bytes."""
    size = f"{limit // 1024}KB" if limit < 1024 * 1024 else f"{limit // (1024 * 1024)}MB"
    return f"发送的内容超过{size}，请拆分后再发送。"


def failure(path: str, status: int, words: str) -> dict[str, object]:
    """An error as each door words it: OpenAI's clients expect an object of their own."""
    if path.startswith("/v1/"):
        kind = "authentication_error" if status == 401 else "invalid_request_error"
        if status >= 500:
            kind = "server_error"
        return {"error": {"message": words, "type": kind, "param": None, "code": None}}
    return {"error": words}


def _too_large(path: str, headers: Headers, limit: int) -> Response | None:
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > limit:
        return _refusal(path, 413, oversize(limit))
    return None


def _refusal(path: str, status: int, words: str) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(failure(path, status, words), status_code=status, headers=headers)
