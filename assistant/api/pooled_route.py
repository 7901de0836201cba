"""How every address of REST, /v1 and log-in is answered: in the lane of its work, in turn.

A route of this class does the work of its endpoint, and writes the answer, in the threads of
`server/work_lanes.py`; FastAPI would do it in threads that all requests share. The work ends when
the client goes. Endpoints that are `async` themselves are left as they are: they must not wait.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import wraps
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from assistant.accounts.permissions import PRESENT
from assistant.server.gateway import Gateway
from assistant.server.work_lanes import lane_of, left

REQUEST = "incoming"
"""The parameter by which a pooled endpoint that asks for no request is given it; FastAPI gives the
request to one parameter alone."""


class EventStream(Response):
    """What an endpoint returns that answers by server-sent events, each made in the lane."""

    def __init__(self, events: Iterator[str]) -> None:
        super().__init__()
        self.events = events


class PooledRoute(APIRoute):
    """A route whose endpoint runs in its lane."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        whole = endpoint if iscoroutinefunction(endpoint) else pooled(endpoint)
        super().__init__(path, whole, **options)


def pooled(endpoint: Callable[..., Any]) -> Callable[..., Awaitable[Response]]:
    """The endpoint as one that waits for its work to be done in its lane."""
    declared = signature(endpoint)
    as_json = TypeAdapter(declared.return_annotation) if returns_data(declared) else None
    lane = lane_of(endpoint)
    asked = [one.name for one in declared.parameters.values() if one.annotation is Request]

    def steps(values: dict[str, Any]) -> Iterator[Response | str]:
        result = endpoint(**values)
        if isinstance(result, EventStream):
            yield from result.events
        elif isinstance(result, Response):
            yield result
        else:
            assert as_json is not None
            content = as_json.dump_json(as_json.validate_python(result))
            yield Response(content, media_type="application/json")

    @wraps(endpoint)
    async def whole(**values: Any) -> Response:
        request: Request = values[asked[0]] if asked else values.pop(REQUEST)
        gateway: Gateway = request.app.state.gateway
        whose, gone = owner_of(request), left(request)
        pieces = gateway.work.stream(lane, whose, lambda: steps(values), gone)
        first = await anext(pieces)
        if isinstance(first, Response):
            await pieces.aclose()
            return first
        return StreamingResponse(joined(first, pieces), media_type="text/event-stream")

    added = [] if asked else [Parameter(REQUEST, Parameter.KEYWORD_ONLY, annotation=Request)]
    parameters = [*declared.parameters.values(), *added]
    whole.__signature__ = declared.replace(parameters=parameters)  # type: ignore[attr-defined]
    return whole


def returns_data(declared: Any) -> bool:
    """Whether an endpoint returns what is to be written as JSON."""
    kind = declared.return_annotation
    return not (kind is None or (isinstance(kind, type) and issubclass(kind, Response)))


def owner_of(request: Request) -> str:
    """In whose queue the work for a request stands: the visitor's, or that of a machine."""
    visitor = PRESENT.get()
    if visitor is not None:
        return visitor.id
    return request.client.host if request.client else ""


async def joined(first: Any, rest: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The first piece again, then all others."""
    yield first
    async for piece in rest:
        yield piece
