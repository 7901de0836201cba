"""Whose a page session (网页会话) of gradio is: of who opened the page, and of nobody else.

What an open page keeps on the server (the open draft, its stream of events) gradio finds by a
`session_hash` that the browser makes up. It is short, it is no secret (it stands in addresses,
which proxies log), and nothing says whose it is. So gradio never sees it: each user in each log-in
has session hashes of their own, made from the browser's with a key that only this process knows.
Whoever sends another's hash names a session of their own, which is empty, as if the other did not
exist. Nothing is remembered for this, so nothing can be claimed beforehand, run out or expire.
"""

import hmac
import secrets
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.types import Scope

from assistant.accounts.permissions import Visitor
from assistant.server.middleware import session_of


class PageSessions:
    """The session hashes of one running web app, for as long as it runs."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, scope: Scope, session_hash: str) -> str:
        """The session hash that gradio is given for what the browser calls `session_hash`."""
        visitor: Visitor = scope["state"]["visitor"]
        owner = "\0".join((visitor.id, session_of(Headers(scope=scope)), session_hash))
        return hmac.digest(self._key, owner.encode(), sha256).hex()
