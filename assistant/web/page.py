"""The web app: one page, put together from its parts and served."""

import os
from threading import Thread

import gradio as gr

from assistant.errors import SettingsError
from assistant.service import Assistant
from assistant.web.chat import Chat
from assistant.web.theme import head, theme

TITLE = "绩问：预算绩效文档问答"
WAITING_AT_MOST = 64


def build(assistant: Assistant) -> gr.Blocks:
    """The whole page over one Assistant."""
    page: gr.Blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        Chat(assistant).build(page)
    page.queue(max_size=WAITING_AT_MOST, api_open=False)
    return page


def serve(assistant: Assistant, *, host: str, port: int, block: bool = True) -> gr.Blocks:
    """Serves the page; the embedding model warms up behind it. Returns at once unless `block`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    Thread(target=assistant.warm_up, name="warm-up", daemon=True).start()
    page = build(assistant)
    print(f"绩问已启动：http://{host}:{port}（按 Ctrl+C 停止）", flush=True)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            head=head(),
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            share=False,
            enable_monitoring=False,
            quiet=True,
            prevent_thread_lock=not block,
        )
    except OSError as error:
        raise SettingsError(f"端口{port}已被占用，请用 --port 换一个端口。") from error
    return page
