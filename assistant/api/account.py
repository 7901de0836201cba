"""One's own account (我的账号): password, sessions and tokens of whoever is signed in at the page.

Only through a session: a token that could change the password or make another token would outlive
its end and its scope.
"""

from importlib.resources import files
from string import Template
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.credentials import MAX_EARLIER_PASSWORDS
from assistant.accounts.password_rules import RULES
from assistant.accounts.permissions import LOCAL, ROLE_NAMES
from assistant.accounts.sessions import session_id
from assistant.accounts.tokens import (
    DEFAULT_TOKEN_DAYS,
    MAX_TOKEN_DAYS,
    SCOPE_NAMES,
    TokenScope,
)
from assistant.api.login import DEVICE
from assistant.api.pooled_route import PooledRoute
from assistant.api.rest import AppGateway, Caller
from assistant.errors import AccessDenied
from assistant.schemas.accounts import TokenJson, moment, token_json
from assistant.server.middleware import ACCOUNT_PAGE, OWN_ACCOUNT, session_of, token_of
from assistant.server.page_door import FOR_LOG_INS
from assistant.server.work_lanes import Lane, in_lane

STATIC = files("assistant.web.static")
MAX_NUMBER = 2**31 - 1
"""Maximum number that a token can have."""

router = APIRouter(prefix=OWN_ACCOUNT, route_class=PooledRoute)
page_router = APIRouter(include_in_schema=False, route_class=PooledRoute)


class AccountJson(TypedDict):
    """Who is signed in, and what a new password must be like."""

    name: str
    role: str
    departments: list[str]
    must_change_password: bool
    rules: str


class SessionJson(TypedDict):
    """A session; times are ISO 8601 in UTC, `used` is known to the hour."""

    id: str
    begun: str
    used: str
    this: bool


class SessionsJson(TypedDict):
    """One's own sessions, the latest first."""

    sessions: list[SessionJson]


class OwnTokensJson(TypedDict):
    """One's own tokens, without their secrets."""

    tokens: list[TokenJson]


class OwnSecretJson(TypedDict):
    """The one time that a token is shown."""

    token: str


class PasswordChange(BaseModel):
    """A new password, and the one until now."""

    old: str = Field(max_length=1000, description="现在的密码")
    new: str = Field(max_length=1000, description="新的密码")


class TokenLife(BaseModel):
    """How long a new token lives and what it may do."""

    label: str = Field(default="", max_length=100, description="给哪个程序用")
    days: int = Field(
        default=DEFAULT_TOKEN_DAYS, ge=1, le=MAX_TOKEN_DAYS, description="多少天后到期"
    )
    scope: TokenScope = Field(
        default=TokenScope.ASK,
        description="范围：" + "、".join(f"{s.value} {n}" for s, n in SCOPE_NAMES.items()),
    )


async def own_session(request: Request, caller: Caller) -> str:
    """The secret of the session that asks; raises AccessDenied where it is something else."""
    secret = session_of(request.headers)
    if caller is LOCAL:
        raise AccessDenied("本机使用不用登录，也就没有自己的密码和令牌。")
    if token_of(request.headers) is not None or not secret:
        raise AccessDenied("自己的密码、登录和令牌只能在网页上登录后管理，不能用令牌。")
    return secret


OwnSession = Annotated[str, Depends(own_session)]
Number = Annotated[int, Path(ge=1, le=MAX_NUMBER)]


@page_router.get(ACCOUNT_PAGE)
@in_lane(Lane.ACCOUNT)
def account_page(request: Request, caller: Caller) -> Response:
    """The page of one's own account, like all pages for log-ins alone."""
    if token_of(request.headers) is not None:
        raise AccessDenied(FOR_LOG_INS)
    if caller is LOCAL:
        return RedirectResponse("/", status_code=303)
    parts = {
        name: (STATIC / file).read_text(encoding="utf-8")
        for name, file in (("elements", "elements.js"), ("script", "account.js"))
    }
    page = Template((STATIC / "account.html").read_text(encoding="utf-8"))
    return HTMLResponse(page.substitute(parts))


@router.get("", summary="谁在登录，是否要先修改密码")
@in_lane(Lane.ACCOUNT)
def account(caller: Caller, _: OwnSession) -> AccountJson:
    """Tells who is signed in."""
    return {
        "name": caller.name,
        "role": ROLE_NAMES[caller.role],
        "departments": list(caller.departments),
        "must_change_password": caller.must_change_password,
        "rules": f"{RULES}，也不能和最近{MAX_EARLIER_PASSWORDS}个用过的相同",
    }


@router.post("/password", summary="修改自己的密码；自己别处的登录和全部令牌随之失效")
@in_lane(Lane.ACCOUNT)
def change_password(
    change: PasswordChange,
    request: Request,
    gateway: AppGateway,
    caller: Caller,
    session: OwnSession,
) -> SessionsJson:
    """Changes one's own password; other sessions and all tokens end."""
    address = request.client.host if request.client else ""
    device = request.cookies.get(DEVICE, "")
    accounts = gateway.accounts
    accounts.sessions.confirm(caller.name, change.old, address=address, device=device)
    accounts.change_password(caller.name, change.new, session=session)
    return sessions(gateway, caller, session)


@router.get("/sessions", summary="自己在各处的登录")
@in_lane(Lane.ACCOUNT)
def sessions(gateway: AppGateway, caller: Caller, session: OwnSession) -> SessionsJson:
    """Lists one's own sessions."""
    return {
        "sessions": [
            {
                "id": one.id,
                "begun": moment(one.begun),
                "used": moment(one.used),
                "this": one.id == session_id(session),
            }
            for one in gateway.accounts.sessions.of(caller.id)
        ]
    }


@router.delete("/sessions/{id}", summary="结束自己的一个登录")
@in_lane(Lane.ACCOUNT)
def end_session(id: str, gateway: AppGateway, caller: Caller, session: OwnSession) -> SessionsJson:
    """Ends one of one's own sessions."""
    gateway.accounts.sessions.end(caller.id, id)
    return sessions(gateway, caller, session)


@router.get("/tokens", summary="自己的令牌，不含令牌本身")
@in_lane(Lane.ACCOUNT)
def tokens(gateway: AppGateway, caller: Caller, _: OwnSession) -> OwnTokensJson:
    """Lists one's own tokens."""
    return {"tokens": [token_json(token) for token in gateway.accounts.tokens.all(caller.name)]}


@router.post("/tokens", summary="为自己新建令牌，只显示这一次")
@in_lane(Lane.ACCOUNT)
def add_token(new: TokenLife, gateway: AppGateway, caller: Caller, _: OwnSession) -> OwnSecretJson:
    """Adds a token of one's own and tells its secret this once."""
    secret = gateway.accounts.tokens.add(
        caller.name, label=new.label, days=new.days, scope=new.scope
    )
    return {"token": secret}


@router.delete("/tokens/{number}", summary="作废自己的一个令牌")
@in_lane(Lane.ACCOUNT)
def remove_token(
    number: Number, gateway: AppGateway, caller: Caller, _: OwnSession
) -> OwnTokensJson:
    """Makes one of one's own tokens invalid."""
    gateway.accounts.tokens.remove(number, user=caller.name)
    return {"tokens": [token_json(one) for one in gateway.accounts.tokens.all(caller.name)]}
