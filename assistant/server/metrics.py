"""Counters of the running web app in Prometheus' text format (运行指标), and a log line a request.

Labels are the addresses the program declares, never what a visitor typed, so that their number
stays small whatever is asked.
"""

import logging
from collections.abc import Callable, MutableMapping
from time import perf_counter
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Receive, Scope, Send

PAGE = "page"
"""The door of everything that the page itself sends and fetches."""
DECLARED_PREFIXES = ("/api/", "/v1/", "/healthz", "/metrics", "/mcp", "/login", "/logout")
"""How the addresses of all other doors begin."""
BUCKET_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper bounds of the buckets in which durations of requests are counted."""

_log = logging.getLogger("jiwen.requests")
Message = MutableMapping[str, Any]


class Metrics:
    """What one web app counts; `documents` is asked for when the numbers are read."""

    def __init__(self, documents: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "jiwen_requests",
            "Requests answered, by door, method and HTTP status.",
            ["door", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "jiwen_request_seconds",
            "Seconds from a request to the end of its answer, by door.",
            ["door"],
            buckets=BUCKET_SECONDS,
            registry=self._registry,
        )
        Gauge("jiwen_documents", "Documents in the library.", registry=self._registry).set_function(
            documents
        )

    def count(self, door: str, method: str, status: int, seconds: float) -> None:
        """One answered request."""
        self._requests.labels(door, method, str(status)).inc()
        self._seconds.labels(door).observe(seconds)

    def text(self) -> bytes:
        """All numbers as Prometheus reads them."""
        return generate_latest(self._registry)


class Observer:
    """Counts and logs every request on its way out; stands outside the guard."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the app, then counts and logs the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            seconds = perf_counter() - started
            door, method = door_of(scope), scope["method"]
            self._metrics.count(door, method, status, seconds)
            visitor = scope.get("state", {}).get("visitor")
            _log.info(
                "%s %s %d",
                method,
                door,
                status,
                extra={
                    "door": door,
                    "method": method,
                    "status": status,
                    "ms": round(seconds * 1000),
                    "user": visitor.name if visitor else "",
                },
            )


def door_of(scope: Scope) -> str:
    """The declared address that answered, without what stood in its place holders."""
    path: str = getattr(scope.get("route"), "path", "")
    return path if path.startswith(DECLARED_PREFIXES) else PAGE
