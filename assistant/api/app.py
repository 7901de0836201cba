"""Every door of the web app (开放接口) behind the guard, errors in one sentence."""

from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from assistant.accounts.permissions import Right
from assistant.api import admin as api_settings
from assistant.api import corrections as api_corrections
from assistant.api import login as api_login
from assistant.api import openai_chat as api_chat
from assistant.api import rest as api
from assistant.api import sources as api_source
from assistant.api.reference_page import reference
from assistant.errors import (
    AccessDenied,
    AssistantError,
    NotSignedIn,
    TooManyTries,
    UnknownDocument,
)
from assistant.server.deferred_apps import DeferredApps
from assistant.server.gateway import Gateway
from assistant.server.metrics import Metrics, Observer
from assistant.server.middleware import AccessMiddleware, failure
from ingest.errors import CorrectionError, IngestError

METRICS = "text/plain; version=0.0.4; charset=utf-8"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (UnknownDocument, 404),
    (NotSignedIn, 401),
    (TooManyTries, 429),
    (AccessDenied, 403),
    (AssistantError, 400),
    (CorrectionError, 400),
    (IngestError, 409),
)
"""HTTP status of our errors, the first that fits."""
WORDS = {
    400: "请求的内容无法读取，请检查格式后重试。",
    404: "没有这个地址，或它不接受这种请求，请查看 /api/docs 里的接口说明。",
}


def application(gateway: Gateway, late: DeferredApps, *, host: str, largest_upload: int) -> FastAPI:
    """REST and its description, the OpenAI-compatible API, MCP and the page, behind the guard."""

    def running(_: FastAPI) -> AbstractAsyncContextManager[None]:
        return late.running()

    app = FastAPI(
        title="绩问 JiWen",
        version="1",
        description="预算绩效文档问答：每个数字都有出处。与命令行 --json 输出同样的对象。",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere
        redoc_url=None,
        lifespan=running,
    )
    app.state.gateway = gateway
    app.state.page = late.page
    app.include_router(api.router)
    app.include_router(api_corrections.router)
    app.include_router(api_settings.router)
    app.include_router(api_chat.router)
    app.include_router(api_login.router)
    app.include_router(api_source.router)
    app.router.routes.append(Route("/mcp", late.tools))
    app.add_api_route("/healthz", api.healthz, include_in_schema=False)
    metrics = Metrics(gateway.count)

    def numbers(who: api.Who) -> Response:
        who.must(Right.ADMINISTER)
        return Response(metrics.text(), media_type=METRICS)

    app.add_api_route("/metrics", numbers, include_in_schema=False)

    def docs() -> HTMLResponse:
        return HTMLResponse(reference(app.openapi()))

    def nothing_here() -> None:
        raise HTTPException(404)

    app.add_api_route("/api/docs", docs, include_in_schema=False)
    for rest in ("/api/{rest:path}", "/v1/{rest:path}"):  # else the page would answer
        app.add_api_route(rest, nothing_here, methods=METHODS, include_in_schema=False)
    app.mount("/", late.page)
    app.add_exception_handler(AssistantError, refused)
    app.add_exception_handler(IngestError, refused)
    app.add_exception_handler(RequestValidationError, misunderstood)
    app.add_exception_handler(HTTPException, misplaced)
    app.add_exception_handler(Exception, broken)
    app.add_middleware(
        AccessMiddleware, accounts=gateway.accounts, host=host, largest_upload=largest_upload
    )
    app.add_middleware(Observer, metrics=metrics)
    return app


def told(request: Request, status: int, words: str) -> Response:
    return JSONResponse(failure(request.url.path, status, words), status_code=status)


def refused(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUSES if isinstance(error, kind))
    return told(request, status, str(error))


def misunderstood(request: Request, error: Exception) -> Response:
    """What of a request cannot be used, by its place in it."""
    assert isinstance(error, RequestValidationError)
    places = (
        ".".join(str(part) for part in one["loc"] if part not in ("body", "query"))
        for one in error.errors()
    )
    names = "、".join(dict.fromkeys(place for place in places if place)) or "请求内容"
    return told(request, 422, f"参数 {names} 缺少或有误，请对照 /api/docs 里的说明改正。")


def misplaced(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    chinese = any(character >= "\u4e00" for character in str(error.detail))
    words = str(error.detail) if chinese else WORDS.get(error.status_code, WORDS[400])
    return told(request, error.status_code, words)


def broken(request: Request, error: Exception) -> Response:
    """The last line of defence: the caller never sees a traceback, the server's log does."""
    kind = type(error).__name__
    return told(request, 500, f"程序遇到意外错误（{kind}），请把这一行报告给维护者。")
