"""On whose behalf the page acts: the visitor of the request in hand (访问者)."""

from functools import partial

import gradio as gr
from gradio.context import LocalContext

from assistant.accounts.permissions import PRESENT, Visitor
from assistant.server.gateway import Gateway
from assistant.server.permitted import PermittedAssistant


def present(gateway: Gateway) -> Visitor:
    """Who sent the request in hand, as the guard found out."""
    request = LocalContext.request.get(None)
    # An event brings gradio's own request around the web server's, a server function that.
    sent = getattr(request, "request", request)
    if sent is not None:
        sender: Visitor = sent.state.visitor
        return sender
    return PRESENT.get() or gateway.insider()


def for_visitor(gateway: Gateway) -> PermittedAssistant:
    """What the tabs use: each use is the present visitor's."""
    return gateway.for_page(partial(present, gateway))


def user(request: gr.Request) -> str:
    """The id of the visitor whose conversations a request is about, "" where nobody signs in.

    A panel's function is handed the web server's own request instead of gradio's.
    """
    if isinstance(request, gr.Request):
        return str(request.username or "")
    visitor: Visitor = request.state.visitor
    return visitor.id
