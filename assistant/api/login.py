"""Signing in and out of the page (登录)."""

from html import escape
from importlib.resources import files
from string import Template
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.accounts.sessions import MAX_SESSION_SECONDS
from assistant.api.pooled_route import PooledRoute
from assistant.api.rest import AppGateway
from assistant.errors import NotSignedIn, TooManyTries
from assistant.server.middleware import COOKIE, UNREADABLE, session_of
from assistant.server.work_lanes import Lane, in_lane
from ingest.errors import StoreError

DEVICE = "jiwen_device"
"""The cookie of a browser in which somebody has signed in, see `assistant.accounts.throttle`."""
DEVICE_SECONDS = 365 * 24 * 3600
"""How long it is kept."""
PAGE = files("assistant.web.static") / "login.html"
router = APIRouter(include_in_schema=False, route_class=PooledRoute)


@router.get("/login")
@in_lane(Lane.ACCOUNT)
def login_form(next: str = "/") -> Response:
    """The page to sign in on."""
    return HTMLResponse(page(next=next))


@router.post("/login")
@in_lane(Lane.ACCOUNT)
def sign_in(
    request: Request,
    gateway: AppGateway,
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Begins a session and goes on to `next`, or shows the form with the reason."""
    address = request.client.host if request.client else ""
    sessions = gateway.accounts.sessions
    try:
        device = request.cookies.get(DEVICE, "")
        secret = sessions.sign_in(name, password, address=address, device=device)
        known = sessions.device(name)
    except (NotSignedIn, TooManyTries) as error:
        status = 429 if isinstance(error, TooManyTries) else 401
        return HTMLResponse(page(next=next, name=name, alert=str(error)), status_code=status)
    except StoreError:
        alert = page(next=next, name=name, alert=UNREADABLE)
        return HTMLResponse(alert, status_code=503)
    reply = RedirectResponse(quote(local_address(next), safe="/?&=%+,:@"), status_code=303)
    for cookie, value, seconds in (
        (COOKIE, secret, MAX_SESSION_SECONDS),
        (DEVICE, known, DEVICE_SECONDS),
    ):
        reply.set_cookie(
            cookie,
            value,
            max_age=seconds,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return reply


@router.post("/logout")
@in_lane(Lane.ACCOUNT)
def sign_out(request: Request, gateway: AppGateway) -> Response:
    """Ends the session."""
    gateway.accounts.sessions.sign_out(session_of(request.headers))
    reply = RedirectResponse("/login", status_code=303)
    reply.delete_cookie(COOKIE)
    return reply


def local_address(next: str) -> str:
    """Where to go on; never to another site.

    >>> local_address("/api/docs"), local_address("//elsewhere.test"), local_address("https://elsewhere.test")
    ('/api/docs', '/', '/')
    """
    return next if next.startswith("/") and next[1:2] not in ("/", "\\") else "/"


def page(*, next: str = "/", name: str = "", alert: str = "") -> str:
    """The form as HTML; `next` is where to go on."""
    message = f'<p role="alert">{escape(alert)}</p>' if alert else ""
    template = Template(PAGE.read_text(encoding="utf-8"))
    return template.substitute(
        next=escape(next, quote=True), name=escape(name, quote=True), alert=message
    )
