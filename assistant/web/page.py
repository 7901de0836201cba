"""The web app: one page, put together from its parts and served."""

import os
import sys
from threading import Event, Thread

import gradio as gr

from assistant.errors import SettingsError
from assistant.service import Assistant
from assistant.web.chat import Chat
from assistant.web.theme import ICON, head, theme
from ingest.errors import IngestError

TITLE = "绩问：预算绩效文档问答"
WAITING_AT_MOST = 64


def build(assistant: Assistant) -> gr.Blocks:
    """The whole page over one Assistant."""
    page: gr.Blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        Chat(assistant).build(page)
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
