"""The page as an app of the web server: what gradio is told about how it is served."""

from functools import partial
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.routing import Mount

from assistant.accounts.permissions import Visitor
from assistant.config import Settings
from assistant.server.error_replies import ERROR_HANDLERS
from assistant.server.gateway import Gateway
from assistant.server.page_door import PageDoor, PageParts
from assistant.web.current_visitor import for_visitor, present
from assistant.web.page import build
from assistant.web.pooled_events import in_lanes
from assistant.web.theme import ICON, head, theme


def mounted(gateway: Gateway, settings: Settings) -> FastAPI:
    """The page alone, with gradio's own beginning and end as its lifespan.

    Of gradio's addresses there are those that `PageDoor` lists.
    """
    handlers: Any = ERROR_HANDLERS
    page = build(for_visitor(gateway), partial(present, gateway))
    in_lanes(page, gateway)
    app: FastAPI = gr.mount_gradio_app(
        FastAPI(openapi_url=None, redirect_slashes=False, exception_handlers=handlers),
        page,
        path="/",
        app_kwargs={  # what the page sends is no interface of ours
            "openapi_url": None,
            "exception_handlers": handlers,
        },
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
    (mounted_page,) = app.router.routes
    assert isinstance(mounted_page, Mount)
    app.router.routes[:] = PageDoor(mounted_page.app, parts_of(page)).routes()
    return app


def parts_of(page: gr.Blocks) -> PageParts:
    """What there is on the page, as its requests name it."""
    queue = page._queue  # gradio has no public way to ask for these two

    def session_of(event_id: str) -> str | None:
        event = queue.event_ids_to_events.get(event_id)
        return event.session_hash if event else None

    return PageParts(
        events={number: len(event.inputs) for number, event in page.fns.items() if event.fn},
        sources=frozenset(source for event in page.fns.values() for source, _ in event.targets),
        functions={
            number: frozenset(function.__name__ for function in getattr(block, "server_fns", ()))
            for number, block in page.blocks.items()
        },
        has_sent=queue.pending_messages_per_session.__contains__,
        session_of=session_of,
    )


def user_of(request: Request) -> str:
    """The id of the visitor whose conversations the page shows; "" where nobody signs in."""
    visitor: Visitor = request.state.visitor
    return visitor.id
