"""Errors as every door of the web app answers them (出错的回答): one Chinese sentence and a status.

REST, the OpenAI-compatible API, MCP and the page answer alike. What nobody foresaw is answered too,
and logged once; the connection goes on.
"""

import logging
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.errors import (
    AccessDenied,
    AssistantError,
    NotSignedIn,
    OutOfTime,
    TooBusy,
    TooManyTries,
    UnknownDepartment,
    UnknownDocument,
    UnknownFinding,
    WorkAbandoned,
)
from assistant.server.middleware import failure
from ingest.errors import CorrectionError, IngestError, MessageError

CLIENT_LEFT = 499
"""Status of what nobody waits for any more: it is only counted."""
RETRY_SECONDS = 5
"""After how many seconds a client that was refused for asking too much may try again."""
ERROR_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (UnknownDocument, 404),
    (UnknownFinding, 404),
    (UnknownDepartment, 404),
    (NotSignedIn, 401),
    (TooManyTries, 429),
    (AccessDenied, 403),
    (TooBusy, 429),
    (OutOfTime, 422),
    (WorkAbandoned, CLIENT_LEFT),
    (AssistantError, 400),
    (CorrectionError, 400),
    (IngestError, 409),
)
"""HTTP status of our errors, the first that fits."""
HTTP_ERROR_TEXTS = {
    400: "请求的内容无法读取，请检查格式后重试。",
    404: "没有这个地址，或它不接受这种请求，请查看 /api/docs 里的接口说明。",
}

_log = logging.getLogger("jiwen.errors")
Message = MutableMapping[str, Any]


def error_response(path: str, status: int, words: str) -> Response:
    """The error in the form that callers of this address expect."""
    return JSONResponse(failure(path, status, words), status_code=status)


def told(error: Exception) -> str:
    """What is said of one of our errors; where on the machine it was, only the log says."""
    if isinstance(error, MessageError) and error.in_full != str(error):
        _log.warning("%s", error.in_full)
    return str(error)


def own_error(request: Request, error: Exception) -> Response:
    """One of our errors, with its own sentence."""
    status = next(status for kind, status in ERROR_STATUSES if isinstance(error, kind))
    response = error_response(request.url.path, status, told(error))
    if status == 429:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def http_error(request: Request, error: Exception) -> Response:
    """An address or request that no route takes; a detail in Chinese is ours and is kept."""
    assert isinstance(error, HTTPException)
    return _of_http(request.url.path, error)


def client_left(request: Request, error: Exception) -> Response:
    """Whoever asked has left in the middle of what they sent: this is only counted."""
    return error_response(request.url.path, CLIENT_LEFT, "")


def unexpected_error(request: Request, error: Exception) -> Response:
    """An error that nobody foresaw."""
    return error_response(request.url.path, 500, unexpected(error))


ERROR_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    AssistantError: own_error,
    CorrectionError: own_error,
    IngestError: own_error,
    HTTPException: http_error,
    ClientDisconnect: client_left,
    Exception: unexpected_error,
}
"""What each app of ours is given, and gradio's."""


def unexpected(error: Exception) -> str:
    """What is said of an error that nobody foresaw."""
    return f"程序遇到意外错误（{type(error).__name__}），请把这一行报告给维护者。"


class ErrorReplies:
    """The last line of defence: the caller never sees a traceback, the server's log does.

    The error goes no further than here: the web server would close the connection on it, and the
    next request sent on that would be lost.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the app, or with what is said of its error."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = complete = False

        async def noted(message: Message) -> None:
            nonlocal started, complete
            started = True
            complete = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:  # left in the middle of what it sent: nobody is there to answer
            await error_response(scope["path"], CLIENT_LEFT, "")(scope, receive, send)
        except HTTPException as error:  # of one of the guards, or of gradio
            if started:
                raise
            await _of_http(scope["path"], error)(scope, receive, send)
        except Exception as error:
            if started and not complete:  # half an answer cannot be taken back
                raise
            _log.exception("unexpected error: %s %s", scope["method"], scope["path"])
            if complete:  # an app tells it to its caller first, and then to its server
                return
            await error_response(scope["path"], 500, unexpected(error))(scope, receive, send)


def _of_http(path: str, error: HTTPException) -> Response:
    chinese = any(character >= "\u4e00" for character in str(error.detail))
    words = (
        str(error.detail)
        if chinese
        else HTTP_ERROR_TEXTS.get(error.status_code, HTTP_ERROR_TEXTS[400])
    )
    return error_response(path, error.status_code, words)
