"""A user of the library (用户), as stored and as shown."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from assistant.accounts.permissions import ROLE_NAMES, Role, Visitor
from assistant.accounts.schema import USERS
from assistant.errors import AccountError


@dataclass(frozen=True, slots=True)
class User:
    """A user as listings show it; `created` is in seconds since 1970.

    `id` is who it is, also when somebody else is given the name later.
    """

    id: str
    name: str
    role: Role
    departments: tuple[str, ...]
    active: bool
    created: int
    temporary: bool = False
    """Whether the password was chosen by somebody else and must be changed at the next log-in."""

    @property
    def visitor(self) -> Visitor:
        """The user as the one who asks."""
        return Visitor(self.name, self.role, self.departments, id=self.id)


def read_user(row: Row) -> User:  # type: ignore[type-arg]
    """The user of a row of USERS."""
    departments = tuple(str(name) for name in json.loads(row.departments))
    role = Role(row.role)
    return User(row.id, row.name, role, departments, row.active, row.created, row.temporary)


def find_user(connection: Connection, name: str) -> User:
    """The user of this name; raises AccountError if there is none."""
    row = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
    if row is None:
        raise AccountError(f"没有用户“{name}”，请用 jiwen users list 查看。")
    return read_user(row)


def everything_for(role: Role) -> tuple[str, ...]:
    """All departments, where none are named: to administrators; raises AccountError for others."""
    if role is not Role.ADMIN:
        raise AccountError("请写出这个用户能看的部门，或明确选择全部部门。")
    return ()


def described(user: User) -> str:
    """A user in one line.

    >>> described(User("5f0c", "李明", Role.STAFF, ("团市委",), True, 0))
    '李明（工作人员，只看团市委）'
    """
    scope = f"只看{'、'.join(user.departments)}" if user.departments else "全部部门"
    return f"{user.name}（{ROLE_NAMES[user.role]}，{scope}）"
