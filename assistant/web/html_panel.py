"""The parts of the page that we draw ourselves."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import gradio as gr

Served = Callable[..., object]
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""How our events run: no sign of gradio's own, no door of its API."""


def panel(
    name: str, html: str = "", *, events: str = "", functions: Sequence[Served] = ()
) -> gr.HTML:
    """HTML of our own in the page: none of gradio's styles, and only the `events` given.

    `events` is JavaScript that sees `element`, `trigger` and, as `server`, the `functions`.
    """
    return gr.HTML(
        html,
        elem_id=name,
        apply_default_css=False,
        js_on_load=events or None,
        server_functions=[served(function) for function in functions] or None,
    )


def signed(
    event: Callable[..., Any],
    function: Served,
    inputs: Sequence[gr.Component],
    outputs: Sequence[gr.Component] | gr.Component,
    *,
    sign: str,
) -> None:
    """Has the event call the function; the panel named `sign` says so until that is done.

    All events of one sign are answered in the order in which they came, so the page shows what was
    asked for last. A click goes through `window.jiwenWhenIdle`, or gradio drops it while an event
    of its kind is under way.
    """
    begun = f"(...given) => {{ window.jiwenBusy('{sign}', true); return given; }}"
    done = f"() => window.jiwenBusy('{sign}', false)"
    made = event(function, inputs, outputs, js=begun, concurrency_id=sign, **QUIET)
    made.then(None, None, None, js=done)
    made.failure(None, None, None, js=done)


def looked_after(
    timer: gr.Timer,
    function: Served,
    inputs: Sequence[gr.Component],
    outputs: Sequence[gr.Component],
    *,
    sign: str,
) -> None:
    """Has the timer call the function, except while the panel is being made.

    What the page says then is about to change, and must not be overwritten by what it said before.
    """
    asked = f"(...given) => window.jiwenIsBusy('{sign}') ? given.map(() => null) : given"

    def look(*given: object) -> object:
        return [gr.skip()] * len(outputs) if None in given else function(*given)

    timer.tick(look, inputs, outputs, js=asked, concurrency_id=sign, **QUIET)


def served(function: Served) -> Served:
    """The function as gradio wants it: it writes on what it serves, and a method takes no note."""

    @wraps(function)
    def call(*given: object) -> object:
        return function(*given)

    return call
