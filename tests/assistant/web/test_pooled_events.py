"""Every event and server function of the page waits for its work in a lane."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from inspect import isasyncgenfunction, iscoroutinefunction

import gradio as gr
import pytest

from assistant.accounts.accounts import Accounts
from assistant.config import Settings
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from assistant.web.current_visitor import for_visitor, present
from assistant.web.page import build
from assistant.web.pooled_events import in_lanes


@pytest.fixture(scope="module")
def page(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[gr.Blocks]:
    settings = Settings(home=tmp_path_factory.mktemp("events"))
    with closing(Gateway(assistant, Accounts.of(settings))) as gateway:

        async def within_a_loop() -> gr.Blocks:  # gradio leaves loops behind where none is running
            made = build(for_visitor(gateway), partial(present, gateway))
            in_lanes(made, gateway)
            return made

        yield asyncio.run(within_a_loop())


def test_no_event_runs_in_threads_or_limits_that_all_visitors_share(page: gr.Blocks) -> None:
    events = [event for event in page.fns.values() if event.fn is not None]
    assert len(events) > 30
    for event in events:
        assert iscoroutinefunction(event.fn) or isasyncgenfunction(event.fn), event.name
        assert event.types_generator == isasyncgenfunction(event.fn), event.name
        assert event.concurrency_limit is None, event.name
    assert page._queue.max_size is None
    assert page._queue.default_concurrency_limit is None


def test_no_server_function_does_either(page: gr.Blocks) -> None:
    functions = {
        function.__name__: getattr(block, function.__name__)
        for block in page.blocks.values()
        for function in getattr(block, "server_fns", ())
    }
    assert functions.keys() >= {"open", "rate", "file"}
    assert all(iscoroutinefunction(function) for function in functions.values())
    assert all(function._is_server_fn for function in functions.values())
