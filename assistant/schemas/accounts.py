"""Users and tokens as every channel shows them."""

from datetime import UTC, datetime

from typing_extensions import TypedDict

from assistant.accounts.tokens import Token
from assistant.accounts.users import User


class UserJson(TypedDict):
    """A user; `created` is ISO 8601 in UTC."""

    name: str
    role: str
    departments: list[str]
    active: bool
    created: str


class TokenJson(TypedDict):
    """A token without its secret; `created` is ISO 8601 in UTC."""

    number: int
    user: str
    label: str
    created: str


def user_json(user: User) -> UserJson:
    """A user."""
    return {
        "name": user.name,
        "role": user.role.value,
        "departments": list(user.departments),
        "active": user.active,
        "created": moment(user.created),
    }


def token_json(token: Token) -> TokenJson:
    """A token without its secret."""
    return {
        "number": token.number,
        "user": token.user,
        "label": token.label,
        "created": moment(token.created),
    }


def moment(seconds: int) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
