"""The web app as it is served: page, REST, OpenAI-compatible API and MCP, on one port.

Gradio and mcp are imported once the server answers, not before: see
`assistant.server.deferred_apps`.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from threading import Thread

import uvicorn
from starlette.applications import Starlette

from assistant.accounts.accounts import Accounts
from assistant.api.app import application
from assistant.config import Settings
from assistant.errors import SettingsError, SiteError
from assistant.server.connection_limits import ModestProtocol
from assistant.server.deferred_apps import START_DELAY_SECONDS, DeferredApp, DeferredApps
from assistant.server.gateway import Gateway
from assistant.server.log_format import configure
from assistant.server.middleware import LOOPBACK
from assistant.server.notifier import Notifier
from assistant.server.work_lanes import WorkLanes
from assistant.service import Assistant
from ingest.errors import IngestError, place

MAX_CONNECTIONS = 900
"""Connections that are open at the same time: what the usual limit of open files leaves."""
SHUTDOWN_SECONDS = 2
"""Seconds that requests in progress have to end when the program stops."""
SWITCH_SECONDS = 0.0001
"""After how many seconds a busy thread lets another go on. Python's own 5 ms are what a light
request waits, beside a heavy one, each time it comes back from the database."""

_log = logging.getLogger("jiwen.site")


class Site:
    """A running web app; `close` stops it. It stops by itself if its page cannot be built."""

    def __init__(
        self,
        server: uvicorn.Server,
        listener: socket.socket,
        deferred: DeferredApps,
        clean_up: Callable[[], None],
    ):
        self._server = server
        self._opened = deferred.opened
        self._clean_up = clean_up
        self._opened.add_done_callback(self._stop_if_failed)
        self._thread = Thread(target=server.run, args=[[listener]], name="web", daemon=True)
        self._thread.start()

    def ready(self) -> None:
        """Waits until the page is there; raises what kept it from being built."""
        self._opened.result()

    def wait(self) -> None:
        """Waits for as long as the server runs; a SiteError says why it ended by itself."""
        self._thread.join()
        if error := _failure(self._opened):
            _log.info("the page could not be built", exc_info=error)
            raise SiteError(
                f"网页无法建成{place(f'（{type(error).__name__}：{error}）')}，程序已停止，"
                "请按 README 重新安装后再启动。"
            )

    def close(self) -> None:
        """Stops answering; where the page is still being built this takes until it is."""
        self._server.should_exit = True
        self._thread.join()
        self._clean_up()

    def _stop_if_failed(self, opened: "Future[None]") -> None:
        if _failure(opened):
            self._server.should_exit = True


def serve(assistant: Assistant, settings: Settings) -> None:
    """Serves until the process is told to stop, by Ctrl-C or as services are."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    configure(settings)
    site = launch(assistant, settings)
    print(f"绩问已启动：http://{settings.host}:{settings.port}（按 Ctrl+C 停止）", flush=True)
    try:
        site.wait()
    except KeyboardInterrupt:
        print("绩问已停止。", flush=True)
    finally:
        site.close()


def launch(assistant: Assistant, settings: Settings, *, pause: float = START_DELAY_SECONDS) -> Site:
    """Starts serving in the background.

    The page is built behind it, `pause` seconds later, and then the embedding model warms up.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    sys.setswitchinterval(SWITCH_SECONDS)
    accounts = Accounts.of(settings)
    beyond = f"监听 {settings.host} " if settings.host not in LOOPBACK else ""
    if settings.trusted_proxies:
        beyond = beyond or "经过代理（JIWEN_TRUSTED_PROXIES）"
    if beyond and not accounts.has_admin():
        accounts.close()
        raise SettingsError(
            f"{beyond}会让别的机器也能打开，请先用 jiwen users add 名字 --role admin 建一个管理员。"
        )
    gateway = Gateway(assistant, accounts, WorkLanes(settings.question_seconds))
    deferred = DeferredApps(
        tools=DeferredApp(partial(mcp_app, gateway)),
        page=DeferredApp(partial(page_app, gateway, settings)),
        pause=pause,
    )
    deferred.opened.add_done_callback(partial(warm_up_when_open, assistant))
    return start(gateway, deferred, settings)


def start(gateway: Gateway, deferred: DeferredApps, settings: Settings) -> Site:
    """The server, in a thread of its own."""
    listener = listen(settings)
    largest = settings.ingest.limits.file_bytes
    server = uvicorn.Server(
        uvicorn.Config(
            application(gateway, deferred, host=settings.host, largest_upload=largest),
            log_config=None,
            log_level="warning",
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            access_log=False,  # ours has the user and the time, and no questions
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            ws="none",
            http=ModestProtocol,
            limit_concurrency=MAX_CONNECTIONS,
        )
    )
    notifier = Notifier(gateway, settings.notice_seconds)

    def clean_up() -> None:
        notifier.close()
        gateway.close()

    return Site(server, listener, deferred, clean_up)


def mcp_app(gateway: Gateway) -> Starlette:
    """MCP under /mcp."""
    from assistant.api.mcp_tools import McpTools

    return McpTools(gateway).app()


def page_app(gateway: Gateway, settings: Settings) -> Starlette:
    """The page, and all that it sends and fetches, under /."""
    from assistant.web.mount import mounted

    async def within_a_loop() -> Starlette:  # gradio leaves loops behind where none is running
        return mounted(gateway, settings)

    return asyncio.run(within_a_loop())


def listen(settings: Settings) -> socket.socket:
    """The listener socket; a SettingsError says that the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SettingsError(f"端口{settings.port}已被占用，请用 --port 换一个端口。") from error
    return listener


def warm_up_when_open(assistant: Assistant, opened: "Future[None]") -> None:
    """Loads the model once the page is there: two that import at once only hold each other up."""
    if not opened.cancelled() and not _failure(opened):
        Thread(target=warm_up, args=[assistant], name="warm-up", daemon=True).start()


def warm_up(assistant: Assistant) -> None:
    """Loads the model; where that fails it is printed, and figures and words alone answer.

    What is there by then stays, and is not gone through again at each collection of garbage, which
    would stop all threads for half a second.
    """
    try:
        assistant.warm_up()
    except IngestError as error:
        print(f"{error.in_full} 目前只按数据和词语检索。", file=sys.stderr, flush=True)
    gc.collect()
    gc.freeze()


def _failure(opened: "Future[None]") -> BaseException | None:
    """Why page and MCP do not open, None while they still may."""
    return opened.exception() if opened.done() and not opened.cancelled() else None
