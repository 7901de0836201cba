"""`jiwen users` and `jiwen tokens`: who may use the web app, and with which programs."""

import re
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from enum import StrEnum
from getpass import getpass
from typing import assert_never

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import ROLE_NAMES, Role
from assistant.accounts.tokens import (
    DEFAULT_TOKEN_DAYS,
    MAX_TOKEN_DAYS,
    SCOPE_NAMES,
    Token,
    TokenScope,
)
from assistant.accounts.users import described, everything_for
from assistant.cli.arguments import Arguments, Command, ExitStatus, days
from assistant.cli.output import print_result
from assistant.config import Settings
from assistant.errors import AccountError
from assistant.schemas.accounts import removed_json, token_json, user_json
from assistant.service import Assistant


class UserAction(StrEnum):
    """What `jiwen users` does."""

    LIST = "list"
    ADD = "add"
    REMOVE = "remove"
    ROLE = "role"
    PASSWORD = "password"


class TokenAction(StrEnum):
    """What `jiwen tokens` does."""

    LIST = "list"
    ADD = "add"
    REMOVE = "remove"


def add_commands(command: Command) -> None:
    """Adds `users` and `tokens`."""
    users = command("users", run_users, "管理网页的用户：list、add、remove、role、password")
    users.add_argument(
        "action", nargs="?", choices=list(UserAction), metavar="动作", default="list"
    )
    users.add_argument("target", nargs="?", metavar="用户名", help="要新建、删除或修改的用户")
    users.add_argument(
        "--role",
        choices=[role.value for role in Role],
        metavar="角色",
        help="、".join(f"{role.value}（{name}）" for role, name in ROLE_NAMES.items()),
    )
    seen = users.add_mutually_exclusive_group()
    seen.add_argument(
        "--department", dest="departments", metavar="部门", help="只看这些部门，用逗号隔开"
    )
    seen.add_argument("--all-departments", action="store_true", help="看全部部门")
    users.add_argument(
        "--unlisted", action="store_true", help="资料库和部门名单里还没有的部门也照写"
    )
    users.add_argument(
        "--keep",
        action="store_true",
        help="密码是本人自己定的，登录后不必先修改（第一个用户总是这样）",
    )
    tokens = command("tokens", run_tokens, "管理程序用的令牌：list、add、remove")
    tokens.add_argument(
        "action", nargs="?", choices=list(TokenAction), metavar="动作", default="list"
    )
    tokens.add_argument("target", nargs="?", metavar="用户名或编号", help="令牌归谁，或删除第几个")
    tokens.add_argument("--label", metavar="用途", help="令牌给哪个程序用")
    tokens.add_argument(
        "--scope",
        choices=[scope.value for scope in TokenScope],
        metavar="范围",
        help="、".join(f"{scope.value}（{name}）" for scope, name in SCOPE_NAMES.items())
        + "，默认 ask",
    )
    tokens.add_argument(
        "--days",
        type=days,
        metavar="天数",
        help=f"多少天后到期，默认{DEFAULT_TOKEN_DAYS}，最多{MAX_TOKEN_DAYS}",
    )


def run_users(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists, adds, removes or changes users; passwords are typed, or read from stdin."""
    action, name = UserAction(arguments.action), arguments.target
    if action is not UserAction.LIST and not name:
        raise AccountError(f"请写出用户名，如 jiwen users {action} 李明。")
    role = Role(arguments.role) if arguments.role else None
    departments = departments_given(settings, arguments)
    with closing(Accounts.of(settings)) as accounts:
        match action:
            case UserAction.ADD:
                role = role or Role.STAFF
                if role is not Role.ADMIN and not accounts.any():
                    raise AccountError(
                        "第一个用户要设为管理员：有了用户以后，大家都要登录，请加 --role admin。"
                    )
                if departments is None:
                    departments = everything_for(role)
                user = accounts.add(
                    name, password(), role, departments=departments, temporary=not arguments.keep
                )
                _print(arguments, user_json(user), f"已新建用户 {described(user)}")
            case UserAction.ROLE:
                if role is None and departments is None:
                    raise AccountError(
                        "请写出要改什么：--role 角色、--department 部门，或 --all-departments。"
                    )
                user = accounts.change(name, role=role, departments=departments)
                _print(arguments, user_json(user), f"已修改用户 {described(user)}")
            case UserAction.PASSWORD:
                accounts.set_password(name, password(), temporary=not arguments.keep)
                then = "" if arguments.keep else "，下次登录时要先改成自己的密码"
                done = f"已修改 {name} 的密码，原有的登录和令牌都已失效{then}"
                _print(arguments, {"name": name}, done)
            case UserAction.REMOVE:
                erased = accounts.remove(name)
                told = (
                    f"已删除用户 {name}，其{erased.conversations}个对话、{erased.drafts}份初稿、"
                    f"{erased.tokens}个令牌一并删除"
                )
                _print(arguments, removed_json(name, erased), told)
            case UserAction.LIST:
                for user in accounts.users():
                    _print(arguments, user_json(user), described(user))
            case unknown:
                assert_never(unknown)
    return ExitStatus.DONE


def departments_given(settings: Settings, arguments: Arguments) -> tuple[str, ...] | None:
    """The departments named, by their fullest names; () for all, None where nothing is said.

    Raises AccountError for a blank, which an unset variable of a shell leaves, and for a
    department that is not known.
    """
    if arguments.all_departments:
        return ()
    if arguments.departments is None:
        return None
    with closing(Assistant(settings)) as assistant:
        given = re.split("[,，、]", arguments.departments)
        return assistant.choose_departments(given, unlisted=arguments.unlisted)


def run_tokens(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists, adds or removes API tokens; a new one is shown once."""
    with closing(Accounts.of(settings)) as accounts:
        target = arguments.target
        match TokenAction(arguments.action):
            case TokenAction.ADD:
                if not target:
                    raise AccountError("请写出令牌归哪个用户，如 jiwen tokens add 李明。")
                scope = TokenScope(arguments.scope)
                secret = accounts.tokens.add(
                    target, label=arguments.label, days=arguments.days, scope=scope
                )
                shown = {"user": target, "token": secret}
                _print(arguments, shown, f"{secret}（只显示这一次，请妥善保存）")
            case TokenAction.REMOVE:
                if not target.isdecimal():
                    raise AccountError("请写出令牌的编号，用 jiwen tokens list 查看。")
                accounts.tokens.remove(int(target))
                _print(arguments, {"number": int(target)}, f"已删除令牌 {target}")
            case TokenAction.LIST:
                for token in accounts.tokens.all(target):
                    _print(arguments, token_json(token), _described(token))
            case unknown:
                assert_never(unknown)
    return ExitStatus.DONE


def password() -> str:
    """A password typed twice at a terminal, or the first line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("密码：")
    if getpass("再输入一次：") != first:
        raise AccountError("两次输入的密码不一样，请重新来过。")
    return first


def _described(token: Token) -> str:
    """A token in one line."""
    expires, used = (
        "从未" if at is None else datetime.fromtimestamp(at).date().isoformat()
        for at in (token.expires, token.used)
    )
    return (
        f"{token.number}  {token.user}  {token.label or '未注明'}  {SCOPE_NAMES[token.scope]}"
        f"  到期 {expires}  最近使用 {used}"
    )


def _print(arguments: Arguments, as_json: Mapping[str, object], text: str) -> None:
    print_result(as_json, text, json=arguments.json)
