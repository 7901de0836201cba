"""The 看板 tab: where every indicator stands."""

from html import escape

import gradio as gr

from assistant.service import Assistant
from assistant.web.panel import panel
from ingest.types import Scope

EMPTY = (
    '<section class="welcome"><h2>资料库还是空的</h2>'
    "<p>先收入文件：<code>jiwen add 文件夹</code>，再打开看板。</p></section>"
)


class Dashboard:
    """The tab's layout and events."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out and fills it when it is selected."""
        board = panel("board")
        tab.select(self.open, None, board, show_progress="hidden", api_visibility="private")

    def open(self) -> str:
        records = self._assistant.documents()
        if not records:
            return EMPTY
        rows = self._assistant.indicators(Scope(copies=False))
        tiles = {
            "部门": len({record.department for record in records}),
            "文件": len(records),
            "指标": len(rows),
        }
        return "".join(f"<p>{escape(name)} {count}</p>" for name, count in tiles.items())
