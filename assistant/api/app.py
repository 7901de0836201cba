"""Every door of the web app (开放接口) behind the guard, errors in one sentence."""

import logging
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from assistant.accounts.permissions import Right
from assistant.api import account, admin, corrections, login, openai_chat, rest, sources
from assistant.api.pooled_route import PooledRoute
from assistant.api.reference_page import reference
from assistant.errors import (
    AccessDenied,
    AssistantError,
    NotSignedIn,
    OutOfTime,
    TooBusy,
    TooManyTries,
    UnknownDepartment,
    UnknownDocument,
    WorkAbandoned,
)
from assistant.server.deferred_apps import DeferredApps
from assistant.server.gateway import Gateway
from assistant.server.metrics import Metrics, Observer
from assistant.server.middleware import AccessMiddleware, failure
from ingest.errors import CorrectionError, IngestError, MessageError

_log = logging.getLogger("jiwen.site")
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
CLIENT_LEFT = 499
"""Status of what nobody waits for any more: it is only counted."""
RETRY_SECONDS = 5
"""After how many seconds a client that was refused for asking too much may try again."""
ERROR_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (UnknownDocument, 404),
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


class _App(FastAPI):
    """Describes its operations by their Chinese summaries: docstrings are for readers of code."""

    def openapi(self) -> dict[str, Any]:
        description = super().openapi()
        for operations in description["paths"].values():
            for operation in operations.values():
                operation.pop("description", None)
        return description


def application(
    gateway: Gateway, deferred: DeferredApps, *, host: str, largest_upload: int
) -> FastAPI:
    """REST and its description, the OpenAI-compatible API, MCP and the page, behind the guard."""

    def running(_: FastAPI) -> AbstractAsyncContextManager[None]:
        return deferred.running()

    app = _App(
        title="绩问 JiWen",
        version="1",
        description="预算绩效文档问答：每个数字都有出处。与命令行 --json 输出同样的对象。",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere
        redoc_url=None,
        lifespan=running,
    )
    app.router.route_class = PooledRoute
    app.state.gateway = gateway
    app.state.page = deferred.page
    for part in (rest, corrections, account, admin, openai_chat, login, sources):
        app.include_router(part.router)
    app.include_router(account.page_router)
    app.router.routes.append(Route("/mcp", deferred.tools))
    app.add_api_route("/healthz", rest.healthz, include_in_schema=False)
    metrics = Metrics(gateway.count)

    def metrics_text(caller: rest.Caller) -> Response:
        caller.must(Right.ADMINISTER)
        return Response(metrics.text(), media_type=METRICS_TYPE)

    app.add_api_route("/metrics", metrics_text, include_in_schema=False)

    def docs() -> HTMLResponse:
        return HTMLResponse(reference(app.openapi()))

    async def not_found() -> None:
        raise HTTPException(404)

    app.add_api_route("/api/docs", docs, include_in_schema=False)
    for unknown in ("/api/{rest:path}", "/v1/{rest:path}"):  # else the page would answer
        app.add_api_route(unknown, not_found, methods=METHODS, include_in_schema=False)
    app.mount("/", deferred.page)
    app.add_exception_handler(AssistantError, own_error)
    app.add_exception_handler(IngestError, own_error)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, unexpected_error)
    app.add_middleware(
        AccessMiddleware, accounts=gateway.accounts, host=host, largest_upload=largest_upload
    )
    app.add_middleware(Observer, metrics=metrics)
    return app


def error_response(request: Request, status: int, words: str) -> Response:
    """The error in the form that callers of this address expect."""
    return JSONResponse(failure(request.url.path, status, words), status_code=status)


def own_error(request: Request, error: Exception) -> Response:
    """One of our errors, with its own sentence; where on the machine it was, only the log says."""
    if isinstance(error, MessageError) and error.in_full != str(error):
        _log.warning("%s", error.in_full)
    status = next(status for kind, status in ERROR_STATUSES if isinstance(error, kind))
    response = error_response(request, status, str(error))
    if status == 429:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def invalid_request(request: Request, error: Exception) -> Response:
    """What of a request cannot be used, by its place in it."""
    assert isinstance(error, RequestValidationError)
    places = (
        ".".join(str(part) for part in one["loc"] if part not in ("body", "query"))
        for one in error.errors()
    )
    names = "、".join(dict.fromkeys(place for place in places if place)) or "请求内容"
    return error_response(request, 422, f"参数 {names} 缺少或有误，请对照 /api/docs 里的说明改正。")


def http_error(request: Request, error: Exception) -> Response:
    """An address or request that no route takes; a detail in Chinese is ours and is kept."""
    assert isinstance(error, HTTPException)
    chinese = any(character >= "\u4e00" for character in str(error.detail))
    words = (
        str(error.detail)
        if chinese
        else HTTP_ERROR_TEXTS.get(error.status_code, HTTP_ERROR_TEXTS[400])
    )
    return error_response(request, error.status_code, words)


def unexpected_error(request: Request, error: Exception) -> Response:
    """The last line of defence: the caller never sees a traceback, the server's log does."""
    kind = type(error).__name__
    return error_response(request, 500, f"程序遇到意外错误（{kind}），请把这一行报告给维护者。")
