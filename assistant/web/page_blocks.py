"""The page's events as they are answered (网页事件): checked input, errors in one sentence.

Gradio hands to a function whatever was sent for its components, and says of an error what Python
says. Both are settled here, once for all events.
"""

import inspect
import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, get_type_hints

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from assistant.errors import AssistantError, RequestError
from assistant.server.error_replies import told, unexpected
from assistant.server.page_door import MALFORMED
from ingest.errors import CorrectionError, IngestError

OWN_ERRORS = (AssistantError, CorrectionError, IngestError)
TITLE = "没有完成"
"""What stands over the sentence that says why."""
Value = TypeVar("Value")

_log = logging.getLogger("jiwen.errors")


class PageBlocks(gr.Blocks):
    """A page whose events take only what their functions say they take, and say what went wrong."""

    async def process_api(self, block_fn: Any, *values: Any, **options: Any) -> dict[str, Any]:
        """One event, answered; raises gr.Error with one Chinese sentence."""
        try:
            answered: dict[str, Any] = await super().process_api(block_fn, *values, **options)
        except OWN_ERRORS as error:
            raise _shown(told(error)) from error
        except gr.Error as error:
            error.print_exception = False
            raise
        except Exception as error:
            _log.exception("unexpected error: event %s", block_fn)
            raise _shown(unexpected(error)) from error
        return answered

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], *values: Any, **options: Any
    ) -> list[Any]:
        """What was sent, as the function is given it; raises RequestError."""
        try:
            sent: list[Any] = await super().preprocess_data(block_fn, inputs, *values, **options)
        except Exception as error:  # all that can go wrong here is what was sent
            raise RequestError(MALFORMED) from error
        kinds = taken_by(block_fn.fn)
        for block, value in zip(block_fn.inputs, sent, strict=True):
            kind = next(kinds)
            if not isinstance(block, gr.State | gr.BrowserState):
                checked(value, kind)
        return sent


def checked(value: object, kind: type[Value]) -> Value:
    """What a browser sent, which must be of that kind; raises RequestError."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        raise RequestError(MALFORMED) from None


def checked_json(text: str, kind: type[Value]) -> Value:
    """The same of JSON inside a text."""
    try:
        return TypeAdapter(kind).validate_json(text)
    except ValidationError:
        raise RequestError(MALFORMED) from None


def sent_with(event: gr.EventData, name: str, kind: type[Value]) -> Value:
    """What the browser says of an event under that name; raises RequestError."""
    return checked(getattr(event, name, None), kind)


def taken_by(function: Callable[..., object]) -> Iterator[type]:
    """What kinds of values a function says it is sent; no end where it takes any number."""
    hints = get_type_hints(function)
    for parameter in inspect.signature(function).parameters.values():
        kind = hints.get(parameter.name, object)
        if kind in (gr.Request, gr.EventData):
            continue
        yield kind
        while parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            yield kind


def _shown(words: str) -> gr.Error:
    return gr.Error(words, title=TITLE, print_exception=False)
