"""The parts of the page that we draw ourselves."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import gradio as gr

from assistant.web.page_blocks import checked, taken_by

ServerFunction = Callable[..., object]
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""How our events run: no progress sign of gradio's own, no place in its API."""


def panel(
    name: str, html: str = "", *, events: str = "", functions: Sequence[ServerFunction] = ()
) -> gr.HTML:
    """HTML of our own in the page: none of gradio's styles, and only the `events` given.

    `events` is JavaScript that sees `element`, `trigger` and, as `server`, the `functions`.
    """
    return gr.HTML(
        html,
        elem_id=name,
        apply_default_css=False,
        js_on_load=events or None,
        server_functions=[_unbound(function) for function in functions] or None,
    )


def with_busy_sign(
    event: Callable[..., Any],
    function: ServerFunction,
    inputs: Sequence[gr.Component],
    outputs: Sequence[gr.Component] | gr.Component,
    *,
    panel_name: str,
) -> None:
    """Has the event call the function; a sign above the panel says so until that is done.

    All events of one panel are answered in the order in which they came, so the page shows what was
    asked for last. A click goes through `window.jiwenWhenIdle`, or gradio drops it while an event
    of its kind is under way.
    """
    begin = f"(...inputs) => {{ window.jiwenBusy('{panel_name}', true); return inputs; }}"
    end = f"() => window.jiwenBusy('{panel_name}', false)"
    answered = event(function, inputs, outputs, js=begin, concurrency_id=panel_name, **QUIET)
    answered.then(None, None, None, js=end)
    answered.failure(None, None, None, js=end)


def refreshed_by_timer(
    timer: gr.Timer,
    function: ServerFunction,
    inputs: Sequence[gr.Component],
    outputs: Sequence[gr.Component],
    *,
    panel_name: str,
) -> None:
    """Has the timer call the function, except while the panel is being made.

    What the page says then is about to change, and must not be overwritten by what it said before.
    """
    unless_busy = (
        f"(...inputs) => window.jiwenIsBusy('{panel_name}') ? inputs.map(() => null) : inputs"
    )

    def refresh(*values: object) -> object:
        return [gr.skip()] * len(outputs) if None in values else function(*values)

    timer.tick(refresh, inputs, outputs, js=unless_busy, concurrency_id=panel_name, **QUIET)


def _unbound(function: ServerFunction) -> ServerFunction:
    """The function as gradio wants it, which sets attributes on it, and a method takes none.

    It is called only with what it says it takes; raises RequestError.
    """
    kind = next(taken_by(function))

    @wraps(function)
    def call(sent: object, *request: object) -> object:
        return function(checked(sent, kind), *request)

    return call
