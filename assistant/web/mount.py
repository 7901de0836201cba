"""The page as an app of the web server: what gradio is told about how it is served."""

from functools import partial

import gradio as gr
from fastapi import FastAPI, Request

from assistant.accounts.permissions import Visitor
from assistant.config import Settings
from assistant.server.gateway import Gateway
from assistant.web.current_visitor import for_visitor, present
from assistant.web.page import build
from assistant.web.pooled_events import in_lanes
from assistant.web.theme import ICON, head, theme


def mounted(gateway: Gateway, settings: Settings) -> FastAPI:
    """The page alone, with gradio's own beginning and end as its lifespan."""
    page = build(for_visitor(gateway), partial(present, gateway))
    in_lanes(page, gateway)
    app: FastAPI = gr.mount_gradio_app(
        FastAPI(openapi_url=None),
        page,
        path="/",
        app_kwargs={"openapi_url": None},  # what the page sends is no interface of ours
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
    """The id of the visitor whose conversations the page shows; "" where nobody signs in."""
    visitor: Visitor = request.state.visitor
    return visitor.id
