"""REST behind the 设置 tab, for administrators alone: users, tokens, feedback, log, state."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import ROLE_NAMES, Right, Role, Visitor
from assistant.accounts.users import User
from assistant.api.rest import Open, Who
from assistant.errors import AccountError
from assistant.schemas.accounts import TokenJson, UserJson, moment, token_json, user_json
from assistant.schemas.answers import CitationJson, citation
from assistant.server.gateway import Gateway
from assistant.system_status import SystemStatus

router = APIRouter(prefix="/api/v1/settings")
Department = Annotated[str, Field(max_length=100)]


class UsersJson(TypedDict):
    users: list[UserJson]


class TokensJson(TypedDict):
    tokens: list[TokenJson]


class SecretJson(TypedDict):
    """The one time that a token is shown."""

    user: str
    token: str


class OpinionJson(TypedDict):
    """What a user said of an answer, with that answer."""

    id: str
    user: str
    asked: str
    kind: str
    note: str
    question: str
    text: str
    citations: list[CitationJson]


class FeedbackJson(TypedDict):
    feedback: list[OpinionJson]


class ActivityJson(TypedDict):
    at: str
    user: str
    action: str
    subject: str


class ActivitiesJson(TypedDict):
    activities: list[ActivityJson]
    actions: list[str]


class RuleUseJson(TypedDict):
    name: str
    source: str
    used: list[str]


class StateJson(TypedDict):
    condition: SystemStatus
    rules: list[RuleUseJson]


class NewUser(BaseModel):
    name: str = Field(max_length=40, description="用户名")
    password: str = Field(max_length=1000, description="初始密码")
    role: Role = Field(
        default=Role.STAFF,
        description="角色：" + "、".join(f"{r.value} {n}" for r, n in ROLE_NAMES.items()),
    )
    departments: list[Department] = Field(default=[], max_length=200, description="只看这些部门")


class Change(BaseModel):
    """What of a user changes; what is not given stays."""

    role: Role | None = Field(default=None, description="新的角色")
    departments: list[Department] | None = Field(
        default=None, max_length=200, description="只看这些部门，空为全部"
    )
    active: bool | None = Field(default=None, description="停用为 false")
    password: str | None = Field(default=None, max_length=1000, description="新的密码")


class NewToken(BaseModel):
    user: str = Field(max_length=40, description="令牌归谁")
    label: str = Field(default="", max_length=100, description="给哪个程序用")


def accounts_for(gateway: Gateway, who: Visitor) -> Accounts:
    who.must(Right.ADMINISTER)
    return gateway.accounts


def one(accounts: Accounts, name: str) -> User:
    found = next((user for user in accounts.users() if user.name == name), None)
    if found is None:
        raise AccountError(f"没有用户“{name}”，请刷新后重试。")
    return found


@router.get("/users", summary="用户")
def users(gateway: Open, who: Who) -> UsersJson:
    return {"users": [user_json(user) for user in accounts_for(gateway, who).users()]}


@router.post("/users", summary="新建用户；第一个必须是管理员，此后都要登录")
def add_user(asked: NewUser, gateway: Open, who: Who) -> UserJson:
    accounts = accounts_for(gateway, who)
    if asked.role is not Role.ADMIN and not accounts.any():
        raise AccountError("第一个用户要设为管理员：有了用户以后，大家都要登录才能使用。")
    made = accounts.add(asked.name, asked.password, asked.role, departments=asked.departments)
    gateway.note(who, "管理用户", f"新建 {made.name}（{ROLE_NAMES[made.role]}）")
    return user_json(made)


@router.patch("/users/{name}", summary="修改用户的角色、部门、密码，停用或恢复")
def change_user(name: str, asked: Change, gateway: Open, who: Who) -> UserJson:
    accounts = accounts_for(gateway, who)
    user = one(accounts, name)
    if asked.role is not None or asked.departments is not None:
        role = user.role if asked.role is None else asked.role
        kept = user.departments if asked.departments is None else asked.departments
        accounts.set_role(name, role, departments=kept)
        gateway.note(who, "管理用户", f"修改 {name}（{ROLE_NAMES[role]}）")
    if asked.active is not None:
        accounts.set_active(name, asked.active)
        gateway.note(who, "管理用户", f"{'恢复' if asked.active else '停用'} {name}")
    if asked.password is not None:
        accounts.set_password(name, asked.password)
        gateway.note(who, "管理用户", f"重设 {name} 的密码")
    return user_json(one(accounts, name))


@router.get("/tokens", summary="令牌，不含令牌本身")
def tokens(gateway: Open, who: Who) -> TokensJson:
    return {"tokens": [token_json(token) for token in accounts_for(gateway, who).tokens.all()]}


@router.post("/tokens", summary="新建令牌，只显示这一次")
def add_token(asked: NewToken, gateway: Open, who: Who) -> SecretJson:
    secret = accounts_for(gateway, who).tokens.add(asked.user, label=asked.label)
    gateway.note(who, "管理令牌", f"为 {asked.user} 新建 {asked.label}")
    return {"user": asked.user, "token": secret}


@router.delete("/tokens/{number}", summary="作废一个令牌")
def remove_token(number: int, gateway: Open, who: Who) -> TokensJson:
    accounts = accounts_for(gateway, who)
    accounts.tokens.remove(number)
    gateway.note(who, "管理令牌", f"作废第{number}个")
    return {"tokens": [token_json(token) for token in accounts.tokens.all()]}


@router.get("/feedback", summary="对回答的反馈，最近的在前")
def feedback(
    gateway: Open, who: Who, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> FeedbackJson:
    given = gateway.enter(who, Right.ADMINISTER).feedback_given(limit=limit)
    return {
        "feedback": [
            {
                "id": turn.id,
                "user": turn.user,
                "asked": turn.asked.isoformat(),
                "kind": turn.feedback.kind.value,
                "note": turn.feedback.note,
                "question": turn.answer.question,
                "text": turn.answer.text,
                "citations": [citation(cited) for cited in turn.answer.citations],
            }
            for turn in given
            if turn.feedback
        ]
    }


@router.get("/activities", summary="操作记录，最近的在前")
def activities(
    gateway: Open,
    who: Who,
    user: Annotated[str, Query(max_length=40, description="只看这个用户")] = "",
    action: Annotated[str, Query(max_length=20, description="只看这种操作")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> ActivitiesJson:
    log = accounts_for(gateway, who).activity_log
    found = log.activities(limit=limit, user=user, action=action)
    rows: list[ActivityJson] = [
        {"at": moment(done.at), "user": done.user, "action": done.action, "subject": done.subject}
        for done in found
    ]
    return {"activities": rows, "actions": list(log.actions())}


@router.get("/state", summary="模型、资料库和生效的规则包")
def state(gateway: Open, who: Who) -> StateJson:
    assistant = gateway.enter(who, Right.ADMINISTER)
    return {
        "condition": assistant.condition(),
        "rules": [
            {
                "name": use.name,
                "source": use.source,
                "used": [f"{name} {year or '年度未注明'}" for name, year in use.used],
            }
            for use in assistant.rules_in_force()
        ],
    }
