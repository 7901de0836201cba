"""MCP under /mcp (工具接口): ask, figures, indicators, audit and draft for models that use tools.

Streamable HTTP without sessions: nothing is kept between two calls. Who calls is known by the
guard, by token, as everywhere.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.fastmcp import Context, FastMCP
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.accounts.permissions import Right, Visitor
from assistant.api.fields import Year
from assistant.api.rest import (
    DraftRequest,
    FiguresJson,
    FindingsJson,
    IndicatorsJson,
    ListQuery,
    audit,
    draft,
    figures,
    indicators,
)
from assistant.drafting.types import Section
from assistant.schemas import answers as answer_schemas
from assistant.schemas import drafts as draft_schemas
from assistant.server.gateway import Gateway
from assistant.server.work_lanes import Lane, left
from ingest.types.blocks import Form

Result = TypeVar("Result")
Call = Context[Any, Any, Any]
INSTRUCTIONS = (
    "预算绩效文档问答。每个数字都印在某份文件里，citations 给出文件和位置；"
    "文件里没有的，回答会直接说没有（state 为 refused），不要替它编造；"
    "state 为 quoted 时只附原文（blocks），没有下结论，不要替它下；"
    "doubts 是对数字的存疑，要一并转告。"
)
UNREADABLE = "这不是 MCP 能读的请求，请按 JSON-RPC 2.0 以 POST 发送，Accept 里写 application/json。"
INVALID_REQUEST = -32600
"""JSON-RPC's code of a message that is none."""
DEFAULT_ROWS = 200
"""Rows that a tool returns unless asked otherwise: what a model can still read."""


class McpTools:
    """The tools, each a method."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._server = FastMCP(
            "jiwen",
            instructions=INSTRUCTIONS,
            log_level="WARNING",
            stateless_http=True,
            json_response=True,
            # the guard has looked at host and origin
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        for tool in (self.ask, self.figures, self.indicators, self.audit, self.draft):
            self._server.add_tool(tool)

    def app(self) -> Starlette:
        """Answers under /mcp for as long as its lifespan runs."""
        app = self._server.streamable_http_app()
        app.add_middleware(PlainRefusals)
        return app

    async def ask(
        self,
        ctx: Call,
        question: str,
        turns: list[str] | None = None,
        department: str = "",
        year: Year | None = None,
        form: Form | None = None,
    ) -> answer_schemas.AnswerJson:
        """提问，得到附出处的回答。turns 是此前的问题（先问的在前），可限定部门、年度和表种。"""

        def answered(caller: Visitor) -> answer_schemas.AnswerJson:
            assistant = self._gateway.enter(caller, Right.ASK)
            answer = assistant.ask(
                question, turns=turns or (), department=department, year=year, form=form
            )
            return answer_schemas.answer(answer)

        return await self._as_caller(ctx, answered, Lane.QUESTION)

    async def figures(
        self,
        ctx: Call,
        department: str = "",
        year: Year | None = None,
        name: str = "",
        document: str = "",
        limit: int = DEFAULT_ROWS,
    ) -> FiguresJson:
        """文件里的每一个数据：是谁的、哪一年、目标还是实际、原样写法、规范值、位置和置信度。"""
        query = ListQuery(department=department, year=year, document=document, limit=limit)
        return await self._as_caller(
            ctx, lambda caller: figures(self._gateway, caller, query, name=name)
        )

    async def indicators(
        self,
        ctx: Call,
        department: str = "",
        year: Year | None = None,
        document: str = "",
        limit: int = DEFAULT_ROWS,
    ) -> IndicatorsJson:
        """每一项绩效指标的目标、实际、状态（达标、未达标…）和理由。"""
        query = ListQuery(department=department, year=year, document=document, limit=limit)
        return await self._as_caller(ctx, lambda caller: indicators(self._gateway, caller, query))

    async def audit(
        self,
        ctx: Call,
        department: str = "",
        year: Year | None = None,
        document: str = "",
        limit: int = DEFAULT_ROWS,
    ) -> FindingsJson:
        """校核：各文件里值得核对的问题（勾稽不符、缺项、前后不一），每条有依据和算式。"""
        query = ListQuery(department=department, year=year, document=document, limit=limit)
        return await self._as_caller(ctx, lambda caller: audit(self._gateway, caller, query))

    async def draft(
        self,
        ctx: Call,
        department: str,
        section: Section = Section.REPORT,
        year: Year | None = None,
    ) -> draft_schemas.DraftJson:
        """起草绩效报告的一节或全文，每个数字附出处，文件里没有的留空待填。"""
        request = DraftRequest(department=department, section=section, year=year)
        return await self._as_caller(ctx, lambda caller: draft(request, self._gateway, caller))

    async def _as_caller(
        self, ctx: Call, work: Callable[[Visitor], Result], lane: Lane = Lane.REPORT
    ) -> Result:
        """Does the work for whoever the guard let in, in its lane."""
        request = ctx.request_context.request
        assert isinstance(request, Request)
        caller: Visitor = request.state.visitor
        return await self._gateway.work.run(lane, caller.id, lambda: work(caller), left(request))


class PlainRefusals:
    """What mcp cannot read is refused in our words: its own hold what was sent, and its insides."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on; of a refusal the status is kept."""
        refused = 0

        async def plain(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and 400 <= message["status"] < 500:
                refused = message["status"]
            if not refused:
                await send(message)

        await self._app(scope, receive, plain)
        if refused:
            error = {"code": INVALID_REQUEST, "message": UNREADABLE}
            reply = {"jsonrpc": "2.0", "id": None, "error": error}
            await JSONResponse(reply, refused)(scope, receive, send)
