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
    """Has the event call the function; the panel named `sign` says so until that is done."""
    begun = f"(...given) => {{ window.jiwenBusy('{sign}', true); return given; }}"
    done = f"() => window.jiwenBusy('{sign}', false)"
    event(function, inputs, outputs, js=begun, **QUIET).then(None, None, None, js=done)


def served(function: Served) -> Served:
    """The function as gradio wants it: it writes on what it serves, and a method takes no note."""

    @wraps(function)
    def call(*given: object) -> object:
        return function(*given)

    return call
