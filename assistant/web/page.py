"""The page of the web app: tabs over one Assistant."""

from collections.abc import Callable
from typing import Protocol

import gradio as gr

from assistant.accounts.permissions import LOCAL, ROLE_NAMES, Right, Visitor
from assistant.server.permitted import PermittedAssistant
from assistant.web.html import answers as markup
from assistant.web.html_panel import QUIET, panel
from assistant.web.tabs.audit import Audit
from assistant.web.tabs.chat import Chat
from assistant.web.tabs.dashboard import Dashboard
from assistant.web.tabs.documents import Documents
from assistant.web.tabs.drafting import Drafting
from assistant.web.tabs.settings import SettingsTab
from assistant.web.tabs.source_panel import Openings

TITLE = "绩问：预算绩效文档问答"
WAITING_AT_MOST = 64
NEEDED = {
    "校核": Right.AUDIT,
    "起草": Right.DRAFT,
    "文档": Right.UPLOAD,
    "设置": Right.ADMINISTER,
}
"""What a visitor must be allowed for a tab to be shown; all see the others."""
FILES_LISTED = """
document.addEventListener("jiwen-listed", () => trigger("outdated"));
"""
"""The list of files has been read anew: what the title says of them may be out of date."""


class Part(Protocol):
    """What one tab shows. It lays itself out inside the open `tab`, and wires its own events.

    A tab that reads the whole library does so when it is selected (`tab.select`), not when the
    page is opened. What is clicked opens beside the page: `data-source="ID"` its
    `<template id="ID">`, an `Opening`'s `data-open` the places that it names.
    """

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None: ...


def tabs(assistant: PermittedAssistant) -> dict[str, Part]:
    """The tabs by their titles, from left to right; the first is open at the start."""
    return {
        "问答": Chat(assistant),
        "看板": Dashboard(assistant),
        "校核": Audit(assistant),
        "起草": Drafting(assistant),
        "文档": Documents(),
        "设置": SettingsTab(),
    }


def build(assistant: PermittedAssistant, present: Callable[[], Visitor]) -> gr.Blocks:
    """The whole page: its title, the tabs that the visitor may use, the source that they open.

    `present` tells whose request is in hand.
    """
    page: gr.Blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        masthead = panel("masthead", events=FILES_LISTED)
        with gr.Row(elem_id="frame"):
            with gr.Tabs(elem_id="tabs"):
                selected = [page.load]
                for number, (title, part) in enumerate(tabs(assistant).items()):
                    with gr.Tab(title, elem_id=f"tab{number}") as tab:
                        part.build(page, tab)
                    selected.append(tab.select)
            Openings(assistant).panel()

        def opened() -> str:
            visitor = present()
            name = "" if visitor is LOCAL else f"{visitor.name}（{ROLE_NAMES[visitor.role]}）"
            hidden = [
                f"#tab{number}-button"  # as gradio names the button of a tab
                for number, title in enumerate(tabs(assistant))
                if title in NEEDED and not visitor.may(NEEDED[title])
            ]
            style = f"<style>{','.join(hidden)}{{display:none}}</style>" if hidden else ""
            return markup.masthead(assistant.documents(), visitor=name) + style

        for event in (*selected, masthead.outdated):  # files come and go meanwhile
            event(opened, None, masthead, trigger_mode="always_last", **QUIET)
    page.queue(max_size=WAITING_AT_MOST, api_open=False)
    return page
