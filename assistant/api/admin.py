"""REST behind the 设置 tab, for administrators alone: users, tokens, feedback, log, state."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.accounts import Accounts
from assistant.accounts.activity_log import Action, Sought
from assistant.accounts.permissions import ROLE_NAMES, Right, Role, Visitor
from assistant.accounts.users import User, everything_for
from assistant.api.account import Number, TokenLife
from assistant.api.pooled_route import PooledRoute
from assistant.api.rest import AppGateway, Caller
from assistant.errors import AccountError
from assistant.schemas.accounts import (
    RemovedJson,
    TokenJson,
    UserJson,
    removed_json,
    token_json,
    user_json,
)
from assistant.schemas.activities import ActivityJson, activities_csv, activity_json
from assistant.schemas.answers import CitationJson, citation
from assistant.server.gateway import Gateway
from assistant.server.permitted import PermittedAssistant
from assistant.server.work_lanes import Lane, in_lane
from assistant.system_status import SystemStatus

MAX_EXPORTED = 100_000
"""Maximum number of lines of the activity log in one CSV, the latest."""
DAY_SECONDS = 24 * 3600
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9000, 1, 1)
router = APIRouter(prefix="/api/v1/settings", route_class=PooledRoute)
Department = Annotated[str, Field(max_length=100)]


class UsersJson(TypedDict):
    """All users, and which departments of the library who is limited may miss, by their name."""

    users: list[UserJson]
    withheld: dict[str, list[str]]


class TokensJson(TypedDict):
    """All tokens, without their secrets."""

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
    """Feedback, the latest first."""

    feedback: list[OpinionJson]


class ActivitiesJson(TypedDict):
    """The activity log, the kinds of actions in it, and how many lines could not be written."""

    activities: list[ActivityJson]
    actions: list[str]
    lost: int


class RuleUseJson(TypedDict):
    """A rule pack, and the departments and years that it holds for."""

    name: str
    source: str
    used: list[str]


class StateJson(TypedDict):
    """Models, counts of the library and rule packs."""

    condition: SystemStatus
    rules: list[RuleUseJson]


class DepartmentsJson(TypedDict):
    """The departments that a user may be limited to."""

    departments: list[str]


class ScopeGiven(BaseModel):
    """Which departments somebody sees; none of it stands for all of them by accident."""

    departments: list[Department] | None = Field(
        default=None, max_length=200, description="只看这些部门，资料库或部门名单里有的"
    )
    all_departments: bool = Field(default=False, description="看全部部门，要明确写 true")
    unlisted: bool = Field(default=False, description="资料库还没有的部门也照写")

    def chosen(self, assistant: PermittedAssistant) -> tuple[str, ...] | None:
        """The departments by their fullest names, () for all, None where nothing is given."""
        if self.all_departments:
            if self.departments:
                raise AccountError("全部部门和指定部门只能选一样，请去掉一样后重试。")
            return ()
        if self.departments is None:
            return None
        return assistant.choose_departments(self.departments, unlisted=self.unlisted)


class NewUser(ScopeGiven):
    """A user to be added; all but administrators are given their departments."""

    name: str = Field(max_length=40, description="用户名")
    password: str = Field(max_length=1000, description="初始密码，第一次登录时要修改")
    role: Role = Field(
        default=Role.STAFF,
        description="角色：" + "、".join(f"{r.value} {n}" for r, n in ROLE_NAMES.items()),
    )


class UserChange(ScopeGiven):
    """What of a user changes; what is not given stays."""

    role: Role | None = Field(default=None, description="新的角色")
    active: bool | None = Field(default=None, description="停用为 false")
    password: str | None = Field(
        default=None, max_length=1000, description="新的密码，下次登录时要修改"
    )


class NewToken(TokenLife):
    """A token to be added."""

    user: str = Field(max_length=40, description="令牌归谁")


def accounts_for(gateway: Gateway, caller: Visitor) -> Accounts:
    """The users of the library; raises AccessDenied to all but administrators."""
    gateway.enter(caller, Right.ADMINISTER)
    return gateway.accounts


def user_named(accounts: Accounts, name: str) -> User:
    """The user of that name; raises AccountError where there is none."""
    user = next((user for user in accounts.users() if user.name == name), None)
    if user is None:
        raise AccountError(f"没有用户“{name}”，请刷新后重试。")
    return user


@router.get("/users", summary="用户")
@in_lane(Lane.ACCOUNT)
def users(gateway: AppGateway, caller: Caller) -> UsersJson:
    """Lists the users, with the departments that a name which means several hides from them."""
    accounts = accounts_for(gateway, caller)
    listed, limits = accounts.users(), accounts.limits()
    assistant = gateway.enter(caller, Right.ADMINISTER)
    withheld = {
        user.name: list(assistant.withheld_departments(user.departments, beside=limits))
        for user in listed
    }
    return {
        "users": [user_json(user) for user in listed],
        "withheld": {name: missed for name, missed in withheld.items() if missed},
    }


@router.post("/users", summary="新建用户；第一个必须是管理员，此后都要登录")
@in_lane(Lane.ACCOUNT)
def add_user(new: NewUser, gateway: AppGateway, caller: Caller) -> UserJson:
    """Adds a user; from the first on all must sign in."""
    accounts = accounts_for(gateway, caller)
    if new.role is not Role.ADMIN and not accounts.any():
        raise AccountError("第一个用户要设为管理员：有了用户以后，大家都要登录才能使用。")
    departments = new.chosen(gateway.enter(caller, Right.ADMINISTER))
    if departments is None:
        departments = everything_for(new.role)
    user = accounts.add(new.name, new.password, new.role, departments=departments, temporary=True)
    return user_json(user)


@router.patch("/users/{name}", summary="修改用户的角色、部门、密码，停用或恢复")
@in_lane(Lane.ACCOUNT)
def change_user(name: str, change: UserChange, gateway: AppGateway, caller: Caller) -> UserJson:
    """Changes role, departments, password or whether the user may sign in."""
    accounts = accounts_for(gateway, caller)
    departments = change.chosen(gateway.enter(caller, Right.ADMINISTER))
    if change.role is not None or departments is not None:
        accounts.change(name, role=change.role, departments=departments)
    if change.active is not None:
        accounts.set_active(name, change.active)
    if change.password is not None:
        accounts.set_password(name, change.password, temporary=True)
    return user_json(user_named(accounts, name))


@router.delete("/users/{name}", summary="删除用户，连同其对话、已存初稿、令牌和登录；要保留请停用")
@in_lane(Lane.ACCOUNT)
def remove_user(name: str, gateway: AppGateway, caller: Caller) -> RemovedJson:
    """Deletes a user with all that is theirs."""
    erased = accounts_for(gateway, caller).remove(name)
    return removed_json(name, erased)


@router.get("/departments", summary="可以选的部门：资料库里的和部门名单里的")
@in_lane(Lane.ACCOUNT)
def departments(gateway: AppGateway, caller: Caller) -> DepartmentsJson:
    """Lists the departments that a user may be limited to."""
    assistant = gateway.enter(caller, Right.ADMINISTER)
    return {"departments": list(assistant.choosable_departments())}


@router.get("/tokens", summary="令牌，不含令牌本身")
@in_lane(Lane.ACCOUNT)
def tokens(gateway: AppGateway, caller: Caller) -> TokensJson:
    """Lists the tokens."""
    return {"tokens": [token_json(token) for token in accounts_for(gateway, caller).tokens.all()]}


@router.post("/tokens", summary="新建令牌，只显示这一次")
@in_lane(Lane.ACCOUNT)
def add_token(new: NewToken, gateway: AppGateway, caller: Caller) -> SecretJson:
    """Adds a token and tells its secret this once."""
    secret = accounts_for(gateway, caller).tokens.add(
        new.user, label=new.label, days=new.days, scope=new.scope
    )
    return {"user": new.user, "token": secret}


@router.delete("/tokens/{number}", summary="作废一个令牌")
@in_lane(Lane.ACCOUNT)
def remove_token(number: Number, gateway: AppGateway, caller: Caller) -> TokensJson:
    """Makes a token invalid."""
    accounts = accounts_for(gateway, caller)
    accounts.tokens.remove(number)
    return {"tokens": [token_json(token) for token in accounts.tokens.all()]}


@router.get("/feedback", summary="对回答的反馈，最近的在前")
def feedback(
    gateway: AppGateway, caller: Caller, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> FeedbackJson:
    """Lists feedback with the answers that it is about."""
    turns = gateway.enter(caller, Right.ADMINISTER).feedback_given(limit=limit)
    names = {user.id: user.name for user in gateway.accounts.users()}
    return {
        "feedback": [
            {
                "id": turn.id,
                "user": names.get(turn.user, ""),
                "asked": turn.asked.isoformat(),
                "kind": turn.feedback.kind.value,
                "note": turn.feedback.note,
                "question": turn.answer.question,
                "text": turn.answer.text,
                "citations": [citation(source) for source in turn.answer.citations],
            }
            for turn in turns
            if turn.feedback
        ]
    }


class ActivityQuery(BaseModel):
    """Which lines of the activity log are meant."""

    user: str = Field(default="", max_length=60, description="只看这个用户")
    action: str = Field(default="", max_length=20, description="只看这种操作")
    since: date | None = Field(default=None, description="从这一天起，如 2026-11-01")
    until: date | None = Field(default=None, description="到这一天为止，含当天")

    @property
    def sought(self) -> Sought:
        """The lines as the log knows them; days are those of the server's time zone."""
        until = None if self.until is None else day_begins(self.until) + DAY_SECONDS
        since = 0 if self.since is None else day_begins(self.since)
        return Sought(self.user, self.action, since, until)


def day_begins(day: date) -> int:
    """When the day begins here, in seconds since 1970; days before that and far off are near it."""
    near = min(max(day, FIRST_DAY), LAST_DAY)
    return int(datetime(near.year, near.month, near.day).timestamp())


@router.get("/activities", summary="操作记录，最近的在前")
@in_lane(Lane.ACCOUNT)
def activities(
    gateway: AppGateway,
    caller: Caller,
    query: Annotated[ActivityQuery, Query()],
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> ActivitiesJson:
    """Lists what users did."""
    log = accounts_for(gateway, caller).activity_log
    rows = [activity_json(one) for one in log.activities(query.sought, limit=limit)]
    return {"activities": rows, "actions": list(log.actions()), "lost": log.lost}


@router.get(
    "/activities.csv", summary="操作记录，存为 CSV 交审计，最近的在前", response_class=Response
)
@in_lane(Lane.ACCOUNT)
def activities_as_csv(
    gateway: AppGateway, caller: Caller, query: Annotated[ActivityQuery, Query()]
) -> Response:
    """The same as a table for auditors; that it was taken out is written down as well."""
    log = accounts_for(gateway, caller).activity_log
    text = activities_csv(log.activities(query.sought, limit=MAX_EXPORTED))
    log.add(Action.EXPORTED, "操作记录（CSV）", caller)
    name = {"Content-Disposition": 'attachment; filename="activities.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=name)


@router.get("/state", summary="模型、资料库和生效的规则包")
def state(gateway: AppGateway, caller: Caller) -> StateJson:
    """Tells models, counts and rule packs."""
    assistant = gateway.enter(caller, Right.ADMINISTER)
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
