"""What no request may contain, whichever door it comes to (请求内容的检查).

Text that is none (half a surrogate pair, NUL, bytes that are not UTF-8), numbers that are none
(NaN, Infinity) and JSON that is broken or too deep are refused here, once, before any door reads
them: no door, no store and no library behind needs to be ready for them. What a field may hold
beyond that, its type says: see `assistant/api/fields.py`.
"""

from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.error_replies import error_response

NO_JSON = "请求的内容不是有效的 JSON（要求 UTF-8 编码，不能过深，不能有 NaN），请改正后重试。"
NO_TEXT = "请求的地址或内容里有不能作为文字的字符（空字符），请删去后重试。"
FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
"""What is not JSON: forms and uploads, which their doors read as such."""


class InputCheck:
    """Lets through to `app` what can be read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on, its body read once, or answers why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await error_response(scope["path"], 400, NO_TEXT)(scope, receive, send)
            return
        kind = Headers(scope=scope).get("content-type", "").lower()
        if scope["method"] in ("GET", "HEAD", "OPTIONS") or kind.startswith(FORM_TYPES):
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        if body and (refused := fault(body)):
            await error_response(scope["path"], 400, refused)(scope, receive, send)
            return
        await self._app(scope, replayed(body, receive), send)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Gives a body that has been read as if it came now, then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def fault(body: bytes) -> str:
    """Why the body is no JSON that any of our doors reads, "" where it is.

    >>> fault(b'{"year": 2021}')
    ''
    >>> fault(b'{"year": NaN}') == fault(b'"' + chr(92).encode() + b'ud800"') == NO_JSON
    True
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return NO_JSON
    if b"\\u0000" in body and any("\0" in text for text in texts(value)):
        return NO_TEXT
    return ""


def texts(value: Any) -> Iterator[str]:
    """All texts in a value that was read from JSON, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from texts(item)
