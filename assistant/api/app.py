"""Every door of the web app (开放接口) behind the guard, errors in one sentence."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from assistant.accounts.permissions import Right
from assistant.api import (
    account,
    admin,
    conversation_files,
    corrections,
    login,
    openai_chat,
    rest,
    sources,
    templates,
)
from assistant.api.pooled_route import PooledRoute
from assistant.api.reference_page import reference
from assistant.server.deferred_apps import DeferredApps
from assistant.server.error_replies import ERROR_HANDLERS, ErrorReplies, error_response
from assistant.server.gateway import Gateway
from assistant.server.input_check import InputCheck
from assistant.server.metrics import Metrics, Observer
from assistant.server.middleware import AccessMiddleware
from assistant.server.noted_requests import NotedRequests

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


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
    for part in (
        rest,
        conversation_files,
        corrections,
        templates,
        account,
        admin,
        openai_chat,
        login,
        sources,
    ):
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
    for kind, answer in {**ERROR_HANDLERS, RequestValidationError: invalid_request}.items():
        app.add_exception_handler(kind, answer)
    app.add_middleware(InputCheck)
    app.add_middleware(
        AccessMiddleware, accounts=gateway.accounts, host=host, largest_upload=largest_upload
    )
    app.add_middleware(ErrorReplies)
    app.add_middleware(NotedRequests, log=gateway.accounts.activity_log)
    app.add_middleware(Observer, metrics=metrics)
    return app


def invalid_request(request: Request, error: Exception) -> Response:
    """What of a request cannot be used, by its place in it."""
    assert isinstance(error, RequestValidationError)
    places = (
        ".".join(str(part) for part in one["loc"] if part not in ("body", "query"))
        for one in error.errors()
    )
    names = "、".join(dict.fromkeys(place for place in places if place)) or "请求内容"
    return error_response(
        request.url.path, 422, f"参数 {names} 缺少或有误，请对照 /api/docs 里的说明改正。"
    )
