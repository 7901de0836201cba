"""Every request leaves a line in the activity log (每个请求留痕), whatever door it came to.

What a use notes itself (see `permitted`) is its line. All else that is answered or refused is
counted here by its declared address, so that a new address cannot forget it.
"""

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.accounts.activity_log import NOTED, Action, ActivityLog
from assistant.accounts.permissions import Visitor
from assistant.server.metrics import PAGE, door_of
from assistant.server.middleware import CACHEABLE, OPEN_PATHS, SAFE_METHODS

REFUSALS = frozenset({401, 403, 404})
"""Statuses of what somebody may not do or see, or what is not there."""
METHODS = frozenset({*SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE"})
"""What a request may call itself: anything else is not repeated."""
READING_DOORS = frozenset({PAGE, "/mcp"})
"""What is read there is sent as POST."""


class NotedRequests:
    """Hands requests to `app`, the guard, and counts how they ended."""

    def __init__(self, app: ASGIApp, *, log: ActivityLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the app; the line is there when the answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        noted: set[Action] = set()
        NOTED.set(noted)

        async def ended(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"], noted)
            await send(message)

        await self._app(scope, receive, ended)

    def _count(self, scope: Scope, status: int, noted: set[Action]) -> None:
        visitor: Visitor | None = scope.get("state", {}).get("visitor")
        if noted:
            return
        if status in REFUSALS:
            if visitor is None:
                client = scope.get("client")
                self._log.add_refused(Action.REFUSED, "", client[0] if client else "")
                return
            missing = "：没有或看不到" if status == 404 else ""
            self._log.add(Action.REFUSED, named(scope) + missing, visitor)
        elif visitor and status >= 400 and scope["method"] not in SAFE_METHODS:
            self._log.add(Action.USED, f"{named(scope)}：没有办成", visitor)
        elif status < 400 and visitor and not is_for_all(scope["path"]):
            reads = scope["method"] in SAFE_METHODS or door_of(scope) in READING_DOORS
            self._log.add(Action.READ if reads else Action.USED, named(scope), visitor)


def is_for_all(path: str) -> bool:
    """Whether what stands at an address is the same for everybody, strangers too."""
    return path in OPEN_PATHS or path.startswith(CACHEABLE)


def named(scope: Scope) -> str:
    """The door as the log calls it: its Chinese summary, or its declared address."""
    door = door_of(scope)
    if door == PAGE:
        return "网页"
    route: Any = scope.get("route")
    summary: str = getattr(route, "summary", None) or ""
    method = scope["method"] if scope["method"] in METHODS else ""
    return summary or f"{method} {door}".strip()
