"""The page of the web app: tabs over one Assistant."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol, assert_never

import gradio as gr

from assistant.accounts.permissions import ROLE_NAMES, Right, Visitor
from assistant.server.permitted import PermittedAssistant
from assistant.web.html import library
from assistant.web.html_panel import QUIET, panel
from assistant.web.page_blocks import PageBlocks
from assistant.web.source_panel import SourcePanel
from assistant.web.tabs.audit import Audit
from assistant.web.tabs.chat import Chat
from assistant.web.tabs.dashboard import Dashboard
from assistant.web.tabs.documents import Documents
from assistant.web.tabs.drafting import Drafting
from assistant.web.tabs.settings import SettingsTab

TITLE = "绩问：预算绩效文档问答"
FILES_LISTED = """
document.addEventListener("jiwen-listed", () => trigger("outdated"));
"""
"""The list of files has been read anew: what the title says of them may be out of date."""


class TabName(StrEnum):
    """The tabs by their titles, from left to right; the first is open at the start."""

    CHAT = "问答"
    DASHBOARD = "看板"
    AUDIT = "校核"
    DRAFTING = "起草"
    DOCUMENTS = "文档"
    SETTINGS = "设置"


NEEDED_RIGHTS: Mapping[TabName, Right] = {
    TabName.AUDIT: Right.AUDIT,
    TabName.DRAFTING: Right.DRAFT,
    TabName.DOCUMENTS: Right.UPLOAD,
    TabName.SETTINGS: Right.ADMINISTER,
}
"""What a visitor must be allowed for a tab to be shown; all see the others."""


class TabContent(Protocol):
    """What one tab shows.

    A tab that reads the whole library does so when it is selected (`tab.select`), not when the
    page is opened. What is clicked opens beside the page: `data-source="ID"` its
    `<template id="ID">`, a `SourceLink`'s `data-open` the places that it names.
    """

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays itself out inside the open `tab` and wires its events."""


def content(name: TabName, assistant: PermittedAssistant) -> TabContent:
    """What stands in a tab."""
    match name:
        case TabName.CHAT:
            return Chat(assistant)
        case TabName.DASHBOARD:
            return Dashboard(assistant)
        case TabName.AUDIT:
            return Audit(assistant)
        case TabName.DRAFTING:
            return Drafting(assistant)
        case TabName.DOCUMENTS:
            return Documents()
        case TabName.SETTINGS:
            return SettingsTab()
        case unknown:
            assert_never(unknown)


def hidden_tabs(visitor: Visitor) -> str:
    """A style that hides what leads to the tabs that the visitor may not use."""
    buttons = [
        f"#tab{number}-button"  # as gradio names the button of a tab
        for number, name in enumerate(TabName)
        if name in NEEDED_RIGHTS and not visitor.may(NEEDED_RIGHTS[name])
    ]
    if not visitor.may(Right.UPLOAD):
        buttons += ["#attach", ".own-files button"]
    if not visitor.may(Right.AUDIT):
        buttons.append(".to-finding")
    return f"<style>{','.join(buttons)}{{display:none}}</style>" if buttons else ""


def build(assistant: PermittedAssistant, present: Callable[[], Visitor]) -> gr.Blocks:
    """The whole page: its title, the tabs that the visitor may use, the source that they open.

    `present` tells whose request is in hand.
    """
    page = PageBlocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        masthead = panel("masthead", events=FILES_LISTED)
        with gr.Row(elem_id="frame"):
            with gr.Tabs(elem_id="tabs"):
                selected = [page.load]
                for number, name in enumerate(TabName):
                    with gr.Tab(name.value, elem_id=f"tab{number}") as tab:
                        content(name, assistant).build(page, tab)
                    selected.append(tab.select)
            SourcePanel(assistant).panel()

        def title() -> str:
            visitor = present()
            name = f"{visitor.name}（{ROLE_NAMES[visitor.role]}）" if visitor.id else ""
            unread = 0
            if visitor.may(Right.AUDIT):
                told = assistant.subscriptions.notices(user=visitor.id)
                unread = sum(not notice.read for notice in told)
            records = assistant.documents()
            shown = library.masthead(records, visitor=name, unread=unread)
            return shown + hidden_tabs(visitor)

        for event in (*selected, masthead.outdated):  # files come and go meanwhile
            event(title, None, masthead, trigger_mode="always_last", **QUIET)
    return page
