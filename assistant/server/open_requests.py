"""Requests that stay open (长连接), as those of pages do: they end with what let them in."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOK_AGAIN_SECONDS = 5.0
"""Seconds after which it is looked again whether who waits for more is still let in."""


async def served(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, let_in: Callable[[], Awaitable[bool]]
) -> None:
    """Hands a request to `app`, which is told that its client has gone once it is not `let_in`."""
    open_reply = ended = False

    async def waited() -> Message:
        nonlocal ended
        coming = asyncio.ensure_future(receive())
        try:
            while not (await asyncio.wait([coming], timeout=LOOK_AGAIN_SECONDS))[0]:
                if not await let_in():
                    ended = True
                    return {"type": "http.disconnect"}
            return coming.result()
        finally:
            coming.cancel()

    async def noted(message: Message) -> None:
        nonlocal open_reply
        open_reply = message["type"] == "http.response.start" or message.get("more_body", False)
        await send(message)

    await app(scope, waited, noted)
    if ended and open_reply:  # the client itself is there still
        await send({"type": "http.response.body", "body": b"", "more_body": False})
