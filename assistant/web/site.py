"""The web app as it is served: the page and every other door behind one guard, on one port."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Thread

import gradio as gr
import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp

from assistant.access import LOCAL, Visitor
from assistant.accounts import Accounts
from assistant.api_app import application
from assistant.config import Settings
from assistant.doorway import Doorway
from assistant.errors import SettingsError
from assistant.guard import LOOPBACK
from assistant.logs import configure
from assistant.service import Assistant
from assistant.web.page import build
from assistant.web.theme import ICON, head, theme
from assistant.web.visitors import for_visitor, present
from ingest.errors import IngestError

GRACE = 2
"""Seconds that requests in progress have to end when the program stops."""


class Site:
    """A running web app; `close` stops it."""

    def __init__(self, server: uvicorn.Server, listening: socket.socket, done: Callable[[], None]):
        self._server = server
        self._done = done
        self._thread = Thread(target=server.run, args=[[listening]], name="web", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._done()


def serve(assistant: Assistant, settings: Settings) -> None:
    """Serves until the process is told to stop, by Ctrl-C or as services are."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    configure(settings)
    site = launch(assistant, settings)
    print(f"绩问已启动：http://{settings.host}:{settings.port}（按 Ctrl+C 停止）", flush=True)
    try:
        Event().wait()
    except KeyboardInterrupt:
        print("绩问已停止。", flush=True)
    finally:
        site.close()


def launch(assistant: Assistant, settings: Settings) -> Site:
    """Starts serving in the background; the embedding model warms up behind the open page."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    accounts = Accounts.of(settings)
    if settings.host not in LOOPBACK and not accounts.has_admin():
        accounts.close()
        raise SettingsError(
            f"监听 {settings.host} 会让别的机器也能打开，请先用"
            " jiwen users add 名字 --role admin 建一个管理员。"
        )
    listening = bound(settings)
    Thread(target=warm_up, args=[assistant], name="warm-up", daemon=True).start()
    doorway = Doorway(assistant, accounts)
    with ThreadPoolExecutor(1) as builder:  # gradio leaves loops behind where none is running
        app = builder.submit(asyncio.run, mounted(doorway, settings)).result()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,  # ours has the user and the time, and no questions
            timeout_graceful_shutdown=GRACE,
            ws="none",
        )
    )
    return Site(server, listening, accounts.close)


async def mounted(doorway: Doorway, settings: Settings) -> ASGIApp:
    """The page and all other doors as one app."""
    app = application(doorway, host=settings.host, largest_upload=settings.ingest.limits.file_bytes)
    gr.mount_gradio_app(
        app,
        build(for_visitor(doorway), partial(present, doorway)),
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        theme=theme(),
        head=head(),
        favicon_path=ICON,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        auth_dependency=user_of,
    )
    return app


def user_of(request: Request) -> str:
    """Whose conversations the page shows; "" where nobody signs in."""
    visitor: Visitor = request.state.visitor
    return "" if visitor is LOCAL else visitor.name


def bound(settings: Settings) -> socket.socket:
    """The listening socket; a SettingsError says that the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise SettingsError(f"端口{settings.port}已被占用，请用 --port 换一个端口。") from error
    return listening


def warm_up(assistant: Assistant) -> None:
    """Loads the model; where it cannot be loaded this is said, and figures and words answer."""
    try:
        assistant.warm_up()
    except IngestError as error:
        print(f"{error} 目前只按数据和词语检索。", file=sys.stderr, flush=True)
