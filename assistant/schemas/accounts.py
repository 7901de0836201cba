"""Users and tokens as every channel shows them."""

from datetime import UTC, datetime

from typing_extensions import TypedDict

from assistant.accounts.accounts import Token, User


class UserJson(TypedDict):
    name: str
    role: str
    departments: list[str]
    active: bool
    created: str


class TokenJson(TypedDict):
    number: int
    user: str
    label: str
    created: str


def user_json(user: User) -> UserJson:
    return {
        "name": user.name,
        "role": user.role.value,
        "departments": list(user.departments),
        "active": user.active,
        "created": moment(user.created),
    }


def token_json(token: Token) -> TokenJson:
    return {
        "number": token.number,
        "user": token.user,
        "label": token.label,
        "created": moment(token.created),
    }


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
