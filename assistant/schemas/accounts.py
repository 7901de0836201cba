"""Users and tokens as every channel shows them."""

from datetime import UTC, datetime

from typing_extensions import TypedDict

from assistant.accounts.accounts import Erased
from assistant.accounts.tokens import Token
from assistant.accounts.users import User


class UserJson(TypedDict):
    """A user; `created` is ISO 8601 in UTC, `temporary` says that the password is to be changed."""

    name: str
    role: str
    departments: list[str]
    active: bool
    created: str
    temporary: bool


class RemovedJson(TypedDict):
    """A user who was removed, and how much of theirs was deleted with them."""

    name: str
    sessions: int
    tokens: int
    conversations: int
    drafts: int


class TokenJson(TypedDict):
    """A token without its secret; times are ISO 8601 in UTC, `used` is None for one never used."""

    number: int
    user: str
    label: str
    created: str
    scope: str
    expires: str
    used: str | None


def user_json(user: User) -> UserJson:
    """A user."""
    return {
        "name": user.name,
        "role": user.role.value,
        "departments": list(user.departments),
        "active": user.active,
        "created": moment(user.created),
        "temporary": user.temporary,
    }


def removed_json(name: str, erased: Erased) -> RemovedJson:
    """A user who was removed."""
    return {
        "name": name,
        "sessions": erased.sessions,
        "tokens": erased.tokens,
        "conversations": erased.conversations,
        "drafts": erased.drafts,
    }


def token_json(token: Token) -> TokenJson:
    """A token without its secret."""
    return {
        "number": token.number,
        "user": token.user,
        "label": token.label,
        "created": moment(token.created),
        "scope": token.scope.value,
        "expires": moment(token.expires),
        "used": None if token.used is None else moment(token.used),
    }


def moment(seconds: int) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
