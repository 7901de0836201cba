"""How every event of the page is answered: in the lane of its work, in the visitor's turn.

gradio would answer all events in threads that all visitors share, a few of each kind at a time,
and from a queue of all visitors together. Here its functions only wait for ours, which run as the
work of REST does. The events of one kind in one page are answered in the order in which they came,
so that it shows what was asked for last.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr
from gradio.context import LocalContext

from assistant.server.gateway import Gateway
from assistant.server.work_lanes import lane_of, left
from assistant.web.current_visitor import present

MAX_EVENTS = 400
"""Events of all visitors that may wait for their work together."""
LOOK_SECONDS = 0.5
"""How often is looked whether a page still waits for its event."""


def in_lanes(page: gr.Blocks, gateway: Gateway) -> None:
    """Has all events and server functions of the page run in lanes; to be called last."""
    page.max_threads = MAX_EVENTS
    page.queue(max_size=None, api_open=False, default_concurrency_limit=None)
    for event in page.fns.values():
        if event.fn is not None:
            event.fn = _event(event.fn, gateway, str(event.concurrency_id))
            event.concurrency_limit = None
    for block in page.blocks.values():
        for function in getattr(block, "server_fns", ()):
            setattr(block, function.__name__, _server_function(function, gateway))


def _event(function: Callable[..., Any], gateway: Gateway, kind: str) -> Callable[..., Any]:
    """An event's function that waits for its work."""
    lane = lane_of(function)
    streams = isgeneratorfunction(function)

    async def steps(values: tuple[Any, ...]) -> AsyncGenerator[Any, None]:
        request = LocalContext.request.get(None)
        order = (getattr(request, "session_hash", None), kind)

        def made() -> Iterator[Any]:
            if streams:
                yield from function(*values)
            else:
                yield function(*values)

        whose = present(gateway).id
        work = gateway.work.stream(lane, whose, made, _page_left(), order=order)
        async with aclosing(work):
            async for step in work:
                yield step

    @wraps(function)
    async def streamed(*values: Any) -> AsyncIterator[Any]:
        async with aclosing(steps(values)) as made:
            async for step in made:
                yield step

    @wraps(function)
    async def answered(*values: Any) -> Any:
        async with aclosing(steps(values)) as made:
            return await anext(made)

    return streamed if streams else answered


def _server_function(function: Callable[..., Any], gateway: Gateway) -> Callable[..., Any]:
    """A server function of a panel that waits for its work."""
    lane = lane_of(function)

    @wraps(function)
    async def answered(*values: Any) -> Any:
        request: Any = LocalContext.request.get()  # the web server's own, as gradio hands it over
        whose = present(gateway).id
        return await gateway.work.run(lane, whose, lambda: function(*values), left(request))

    return answered


async def _page_left() -> None:
    """Waits until the page that sent the event in hand is closed."""
    page, sent = LocalContext.blocks.get(), LocalContext.event_id.get()
    event = page._queue.event_ids_to_events.get(sent) if page and sent else None
    while event is None or event.alive:
        await asyncio.sleep(LOOK_SECONDS)
