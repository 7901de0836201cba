"""Who may do what (权限): roles, rights, and the visitor on whose behalf something is done."""

import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from getpass import getuser

from assistant.errors import AccessDenied, NotSignedIn


class Role(StrEnum):
    """What a user is in the office (角色)."""

    STAFF = "staff"
    DRAFTER = "drafter"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Right(StrEnum):
    """Something that not everyone may do (权限); the value names it in messages."""

    ASK = "提问和查看"
    DRAFT = "起草"
    AUDIT = "校核"
    UPLOAD = "收入文件"
    CORRECT = "更正数据"
    REMOVE = "删除文件"
    ADMINISTER = "管理用户和设置"


ROLE_NAMES: Mapping[Role, str] = {
    Role.STAFF: "工作人员",
    Role.DRAFTER: "撰写人",
    Role.SUPERVISOR: "审核人",
    Role.ADMIN: "管理员",
}
DRAFTING = frozenset({Right.ASK, Right.DRAFT, Right.AUDIT, Right.UPLOAD, Right.CORRECT})
SUPERVISING = DRAFTING | {Right.REMOVE}
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.STAFF: frozenset({Right.ASK}),
    Role.DRAFTER: DRAFTING,
    Role.SUPERVISOR: SUPERVISING,
    Role.ADMIN: frozenset(Right),
}


CHANGE_FIRST = "这个密码是别人代设的，要先改成只有您自己知道的密码才能使用，请在网页上登录后修改。"
"""What is said to whoever still has a password that somebody else chose."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The one who asks, through whatever door; no `departments` means all of them.

    `id` is whose conversations and drafts are theirs; `name` is only for showing. `limits` are the
    rights that count here of those of the role: through a token those of its scope, and none at
    all before a temporary password has been changed. `anew` finds out again whom the same log-in or
    token lets in; None where nothing did.
    """

    name: str
    role: Role
    departments: tuple[str, ...] = ()
    id: str = field(kw_only=True)
    limits: frozenset[Right] = field(default=frozenset(Right), kw_only=True)
    address: str = field(default="", kw_only=True, compare=False)
    anew: "Callable[[], Visitor | None] | None" = field(
        default=None, kw_only=True, compare=False, repr=False
    )

    def unchanged(self) -> bool:
        """Whether the visitor is still let in, with the same rights over the same departments.

        Much may change while files are taken in.
        """
        try:
            return self.anew is None or self.anew() == self
        except NotSignedIn:
            return False

    def may(self, right: Right) -> bool:
        """Whether the visitor has the right.

        Users, the log and the state of the program are of all departments: who is limited to some
        could lift their own limit, and administers nothing.
        """
        if right is Right.ADMINISTER and self.departments:
            return False
        return right in RIGHTS[self.role] & self.limits

    @property
    def must_change_password(self) -> bool:
        """Whether nothing may be done before a temporary password has been changed."""
        return not self.limits

    def must(self, right: Right) -> None:
        """Raises AccessDenied unless the visitor has the right."""
        if self.may(right):
            return
        if self.must_change_password:
            raise AccessDenied(CHANGE_FIRST)
        if right is Right.ADMINISTER and self.role is Role.ADMIN and self.departments:
            raise AccessDenied(
                f"用户“{self.name}”限定了部门，不能管理用户和设置，请由管全部部门的管理员来做。"
            )
        if right in RIGHTS[self.role]:
            raise AccessDenied(
                f"这个令牌的范围里没有“{right.value}”，请换用范围更大的令牌，或登录网页来做。"
            )
        raise AccessDenied(
            f"用户“{self.name}”是{ROLE_NAMES[self.role]}，没有“{right.value}”的权限，"
            "如需要请联系管理员。"
        )


LOCAL = Visitor("本机", Role.ADMIN, id="")
"""Whoever sits at this machine, as long as there are no users."""


def acting() -> Visitor:
    """Who does what is being done: the visitor of the request in hand, else who runs `jiwen`."""
    return PRESENT.get() or Visitor(f"命令行（{_account()}）", Role.ADMIN, id="")


def _account() -> str:
    """The account of the operating system that runs the program."""
    try:
        return getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return str(os.getuid())


PRESENT: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
"""The visitor of the request in hand, as the guard found out; None outside of any."""
