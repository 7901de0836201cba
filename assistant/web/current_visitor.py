"""On whose behalf the page acts: the visitor of the request in hand (访问者)."""

from typing import cast

import gradio as gr
from gradio.context import LocalContext

from assistant.accounts.permissions import LOCAL, PRESENT, Right, Visitor
from assistant.server.gateway import NEEDED, Gateway
from assistant.service import Assistant

NOTED = {
    "stream": "提问",
    "ask": "提问",
    "draft": "起草",
    "docx": "导出",
}
"""Methods whose use is written down, with the word for it."""
PARTS = frozenset({"drafts"})
"""What of an Assistant has methods of its own."""


class ForVisitor:
    """An Assistant for the tabs: each use of it is the present visitor's.

    It knows the rights that every method needs, so a tab cannot forget to ask for one.
    """

    def __init__(self, gateway: Gateway, *, part: str = "") -> None:
        self._gateway = gateway
        self._part = part

    def __getattr__(self, name: str) -> object:
        if name in PARTS:
            return ForVisitor(self._gateway, part=name)
        visitor = present(self._gateway)
        right = NEEDED.get(self._part or name, Right.ASK)
        whole = self._gateway.enter(visitor, right)
        found = getattr(getattr(whole, self._part) if self._part else whole, name)
        if name not in NOTED:
            return found

        def noted(*arguments: object, **options: object) -> object:
            told = (*arguments, *options.values())
            subject = " ".join(str(one) for one in told if isinstance(one, str | int))
            self._gateway.note(visitor, NOTED[name], subject)
            return found(*arguments, **options)

        return noted


def present(gateway: Gateway) -> Visitor:
    """Who sent the request in hand, as the guard found out."""
    request = LocalContext.request.get(None)
    # An event brings gradio's own request around the web server's, a server function that.
    sent = getattr(request, "request", request)
    if sent is not None:
        sender: Visitor = sent.state.visitor
        return sender
    return PRESENT.get() or gateway.insider()


def for_visitor(gateway: Gateway) -> Assistant:
    """What the tabs take for the Assistant."""
    return cast(Assistant, ForVisitor(gateway))


def user(request: gr.Request) -> str:
    """Whose conversations a request is about, "" where nobody signs in.

    A panel's function is handed the web server's own request instead of gradio's.
    """
    if isinstance(request, gr.Request):
        return str(request.username or "")
    visitor: Visitor = request.state.visitor
    return "" if visitor is LOCAL else visitor.name
