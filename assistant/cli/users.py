"""`jiwen users` and `jiwen tokens`: who may use the web app, and with which programs."""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from getpass import getpass

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import ROLE_NAMES, Role
from assistant.accounts.users import described
from assistant.cli.arguments import DONE, Arguments, Parser
from assistant.config import Settings
from assistant.errors import AccountError
from assistant.schemas.accounts import token_json, user_json

Command = Callable[[str, Callable[[Settings, Arguments], int], str], Parser]
USER_ACTIONS = ("list", "add", "remove", "role", "password")
TOKEN_ACTIONS = ("list", "add", "remove")


def add_commands(command: Command) -> None:
    users = command("users", run_users, "管理网页的用户：list、add、remove、role、password")
    users.add_argument("action", nargs="?", choices=USER_ACTIONS, metavar="动作", default="list")
    users.add_argument("target", nargs="?", metavar="用户名", help="要新建、删除或修改的用户")
    users.add_argument(
        "--role",
        choices=[role.value for role in Role],
        metavar="角色",
        help="、".join(f"{role.value}（{name}）" for role, name in ROLE_NAMES.items()),
    )
    users.add_argument("--department", metavar="部门", help="只看这些部门，用逗号隔开")
    tokens = command("tokens", run_tokens, "管理程序用的令牌：list、add、remove")
    tokens.add_argument("action", nargs="?", choices=TOKEN_ACTIONS, metavar="动作", default="list")
    tokens.add_argument("target", nargs="?", metavar="用户名或编号", help="令牌归谁，或删除第几个")
    tokens.add_argument("--label", metavar="用途", help="令牌给哪个程序用")


def run_users(settings: Settings, given: Arguments) -> int:
    """Lists, adds, removes or changes users; passwords are typed, or read from stdin."""
    with closing(Accounts.of(settings)) as accounts:
        action, name = given.action, given.target
        if action != "list" and not name:
            raise AccountError(f"请写出用户名，如 jiwen users {action} 李明。")
        role = Role(given.role) if given.role else Role.STAFF
        departments = [one for one in given.department.replace("，", ",").split(",") if one.strip()]
        match action:
            case "add":
                user = accounts.add(name, password(), role, departments=departments)
                tell(given, user_json(user), f"已新建用户 {described(user)}")
            case "role":
                user = accounts.set_role(name, role, departments=departments)
                tell(given, user_json(user), f"已修改用户 {described(user)}")
            case "password":
                accounts.set_password(name, password())
                tell(given, {"name": name}, f"已修改 {name} 的密码，原有的登录都已失效")
            case "remove":
                accounts.remove(name)
                tell(given, {"name": name}, f"已删除用户 {name}")
            case _:
                for user in accounts.users():
                    tell(given, user_json(user), described(user))
    return DONE


def run_tokens(settings: Settings, given: Arguments) -> int:
    """Lists, adds or removes API tokens; a new one is shown once."""
    with closing(Accounts.of(settings)) as accounts:
        action, target = given.action, given.target
        if action == "add":
            if not target:
                raise AccountError("请写出令牌归哪个用户，如 jiwen tokens add 李明。")
            secret = accounts.tokens.add(target, label=given.label)
            tell(given, {"user": target, "token": secret}, f"{secret}（只显示这一次，请妥善保存）")
        elif action == "remove":
            if not target.isdecimal():
                raise AccountError("请写出令牌的编号，用 jiwen tokens list 查看。")
            accounts.tokens.remove(int(target))
            tell(given, {"number": int(target)}, f"已删除令牌 {target}")
        else:
            for token in accounts.tokens.all(target):
                tell(given, token_json(token), f"{token.number}  {token.user}  {token.label}")
    return DONE


def password() -> str:
    """A password typed twice at a terminal, or the first line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("密码：")
    if getpass("再输入一次：") != first:
        raise AccountError("两次输入的密码不一样，请重新来过。")
    return first


def tell(given: Arguments, as_json: Mapping[str, object], words: str) -> None:
    print(json.dumps(as_json, ensure_ascii=False) if given.json else words, flush=True)
