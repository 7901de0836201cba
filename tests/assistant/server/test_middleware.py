"""The guard: what it says of who sent a request."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role, Visitor
from assistant.config import Settings
from assistant.server.middleware import AccessMiddleware

PASSWORD = "一个足够长的密码口令"


def test_the_visitor_of_a_request_can_be_asked_for_anew(tmp_path: Path) -> None:
    seen: list[Visitor] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(Request(scope).state.visitor)
        await PlainTextResponse("")(scope, receive, send)

    async def sent(guard: ASGIApp, tokens: Sequence[str]) -> None:
        transport = httpx.ASGITransport(guard)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for token in tokens:
                await client.post("/", headers={"Authorization": f"Bearer {token}"})

    with closing(Accounts.of(Settings(home=tmp_path))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        accounts.add("李明", PASSWORD, Role.SUPERVISOR)
        tokens = [accounts.tokens.add(name) for name in ("admin", "李明")]
        guard = AccessMiddleware(app, accounts=accounts, host="127.0.0.1", largest_upload=1)
        asyncio.run(sent(guard, tokens))
        admin, supervisor = seen
        assert admin.unchanged()
        assert supervisor.unchanged()
        accounts.change("李明", role=Role.STAFF)
        assert admin.unchanged()
        assert not supervisor.unchanged()
        accounts.remove("李明")
        assert not supervisor.unchanged()
