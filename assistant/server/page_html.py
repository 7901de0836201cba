"""The page as browsers get it (网页的骨架): in Chinese, nothing of gradio's own in it, packed."""

import gzip
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Send

OF_GRADIO = re.compile(
    r"\s*<meta\s+(?:property=\"og:|name=\"twitter:)[^>]*>"
    r"|\s*<script>\s*\(\(\) => \{\s*const root = .*?</script>",
    re.DOTALL,
)
"""What gradio puts in for other sites: cards of its own, and the script of pages within frames."""
OPENING = '<p id="opening" role="status">正在打开绩问……</p>'
"""What is seen until the page is drawn."""
_APP = re.compile(r"(<gradio-app[^>]*>)\s*(</gradio-app>)")
ICON = '<link rel="icon" href="/favicon.ico">'


def for_browsers(html: str) -> str:
    """The page in Chinese, with a sign of life and nothing of gradio's own in it."""
    html = OF_GRADIO.sub("", html)
    html = html.replace('lang="en"', 'lang="zh-CN"', 1)
    html = html.replace("</head>", f"{ICON}</head>", 1)
    return _APP.sub(rf"\1{OPENING}\2", html, count=1)


def rewritten(send: Send, headers: Headers) -> Send:
    """Sends a page as it is for browsers, packed where they take that; all else as it is."""
    packs = "gzip" in headers.get("accept-encoding", "")
    started: Message = {}
    held: list[bytes] = []

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
            if not _is_page(message):
                await send(message)
            return
        if not _is_page(started):
            await send(message)
            return
        held.append(message.get("body", b""))
        if message.get("more_body"):
            return
        body = for_browsers(b"".join(held).decode()).encode()
        told = MutableHeaders(raw=list(started["headers"]))
        if packs:
            body = gzip.compress(body, mtime=0)
            told["content-encoding"] = "gzip"
        told["content-length"] = str(len(body))
        told.append("vary", "Accept-Encoding")
        await send({**started, "headers": told.raw})
        await send({**message, "body": body})

    return sent


def _is_page(started: Message) -> bool:
    """Whether a reply is HTML that nobody has packed yet."""
    headers = Headers(raw=started["headers"])
    return headers.get("content-type", "").startswith("text/html") and not headers.get(
        "content-encoding"
    )
