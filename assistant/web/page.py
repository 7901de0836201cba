"""The web app: one page of tabs over one Assistant, put together and served."""

import os
import sys
from threading import Event, Thread
from typing import Protocol

import gradio as gr

from assistant.errors import SettingsError
from assistant.service import Assistant
from assistant.web import markup
from assistant.web.chat import Chat
from assistant.web.dashboard import Dashboard
from assistant.web.panel import panel
from assistant.web.theme import ICON, head, theme
from ingest.errors import IngestError

TITLE = "绩问：预算绩效文档问答"
WAITING_AT_MOST = 64


class Part(Protocol):
    """What one tab shows. It lays itself out inside the open `tab`, and wires its own events.

    A tab that reads the whole library does so when it is selected (`tab.select`), not when the
    page is opened. Any element with `data-source="ID"` opens `<template id="ID">` beside the page.
    """

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None: ...


def tabs(assistant: Assistant) -> dict[str, Part]:
    """The tabs by their titles, from left to right; the first is open at the start."""
    return {
        "问答": Chat(assistant),
        "看板": Dashboard(assistant),
    }


def build(assistant: Assistant) -> gr.Blocks:
    """The whole page over one Assistant: its title, the tabs, and the source that they open."""
    page: gr.Blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        masthead = panel("masthead")
        with gr.Row(elem_id="frame"):
            with gr.Tabs(elem_id="tabs"):
                for title, part in tabs(assistant).items():
                    with gr.Tab(title) as tab:
                        part.build(page, tab)
            panel("beside", markup.source_panel())
        page.load(
            lambda: markup.masthead(assistant.documents()),
            None,
            masthead,
            show_progress="hidden",
            api_visibility="private",
        )
    page.queue(max_size=WAITING_AT_MOST, api_open=False)
    return page


def serve(assistant: Assistant, *, host: str, port: int) -> None:
    """Serves the page until the process is told to stop."""
    page = launch(assistant, host=host, port=port)
    print(f"绩问已启动：http://{host}:{port}（按 Ctrl+C 停止）", flush=True)
    try:
        Event().wait()
    except KeyboardInterrupt:
        print("绩问已停止。", flush=True)
    finally:
        page.close(verbose=False)


def launch(assistant: Assistant, *, host: str, port: int) -> gr.Blocks:
    """Starts serving in the background; the embedding model warms up behind the open page."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    Thread(target=warm_up, args=[assistant], name="warm-up", daemon=True).start()
    page = build(assistant)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            head=head(),
            favicon_path=ICON,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            share=False,
            enable_monitoring=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise SettingsError(f"端口{port}已被占用，请用 --port 换一个端口。") from error
    return page


def warm_up(assistant: Assistant) -> None:
    """Loads the model; where it cannot be loaded this is said, and figures and words answer."""
    try:
        assistant.warm_up()
    except IngestError as error:
        print(f"{error} 目前只按数据和词语检索。", file=sys.stderr, flush=True)
