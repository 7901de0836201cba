"""The apps that are there a little later than the server (延后启动): the page and MCP.

The libraries of these two take seconds to import and build, gradio most of all, and an answer needs
neither. So the server answers at once, and they are imported and built in one thread behind it,
one after the other: two threads that import at the same time meet in half-imported modules.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import Receive, Scope, Send

from assistant.server.middleware import failure

START_DELAY_SECONDS = 1.0
"""Seconds from the start of the server to the first import: who asks at once is answered before."""
WAITING_PAGE = files("assistant.web.static") / "waiting.html"
STOPPED = "绩问正在停止，请在它重新启动后再试。"
RETRY_HEADERS = {"Retry-After": "1", "Cache-Control": "no-store"}


class DeferredApp:
    """Stands where the app that `build` makes is going to be.

    Whoever opens a page before sees one that says so and opens itself again every second; any
    other request waits until the app is there.
    """

    def __init__(self, build: Callable[[], Starlette]) -> None:
        self.build = build
        self._app: Starlette | None = None
        self._opened = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the app is there."""
        return self._opened.is_set()

    def open(self, app: Starlette) -> None:
        """From now on `app` answers; its lifespan must have begun."""
        self._app = app
        self._opened.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the app; before it is there, with the waiting page or not yet."""
        if not self.is_open and _shows_pages(scope):
            waiting = HTMLResponse(WAITING_PAGE.read_text(encoding="utf-8"), 503, RETRY_HEADERS)
            await waiting(scope, receive, send)
            return
        try:
            await self._opened.wait()
        except asyncio.CancelledError:  # the program stops before
            refused = JSONResponse(failure(scope["path"], 503, STOPPED), 503)
            await refused(scope, receive, send)
            return
        assert self._app
        await self._app(scope, receive, send)


class DeferredApps:
    """Both of them. `opened` is done when they are open, and fails if one cannot be built."""

    def __init__(
        self, *, tools: DeferredApp, page: DeferredApp, pause: float = START_DELAY_SECONDS
    ) -> None:
        self.tools = tools
        self.page = page
        self.opened: Future[None] = Future()
        self._pause = pause

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Opens them behind the block and closes them at its end; a build that runs is awaited."""
        with ThreadPoolExecutor(1, "deferred-apps") as builder:
            opening = asyncio.create_task(self._open(builder))
            opening.add_done_callback(self._ended)
            try:
                yield
            finally:
                opening.cancel()
                await asyncio.wait([opening])

    async def _open(self, builder: ThreadPoolExecutor) -> None:
        await asyncio.sleep(self._pause)
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            for deferred in (self.tools, self.page):  # gradio imports what the tools need anyway
                app = await loop.run_in_executor(builder, deferred.build)
                await stack.enter_async_context(app.router.lifespan_context(app))
                deferred.open(app)
            self.opened.set_result(None)
            await loop.create_future()  # until the program stops

    def _ended(self, opening: "asyncio.Task[None]") -> None:
        """Tells why the apps could not be built; once they are there, there is nothing to tell."""
        if self.opened.done():
            return
        error = None if opening.cancelled() else opening.exception()
        while isinstance(error, BaseExceptionGroup):  # it came through mcp's group of tasks
            error = error.exceptions[0]
        if error:
            self.opened.set_exception(error)
        else:
            self.opened.cancel()


def _shows_pages(scope: Scope) -> bool:
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
