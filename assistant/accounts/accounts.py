"""The users of one library (用户), with their sessions, API tokens and the log of what they did.

Passwords are kept as argon2 hashes, sessions and tokens as sha256 of a random secret: whoever
reads the database can sign in as nobody.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Table, delete, func, insert, inspect, select, update

from assistant.accounts.activity_log import Action, ActivityLog
from assistant.accounts.credentials import MAX_EARLIER_PASSWORDS, Passwords, digest
from assistant.accounts.migrations import UPGRADES
from assistant.accounts.permissions import Role
from assistant.accounts.schema import SCHEMA, SESSIONS, TOKENS, USERS
from assistant.accounts.sessions import Sessions
from assistant.accounts.throttle import LoginThrottle
from assistant.accounts.tokens import ApiTokens
from assistant.accounts.user_names import checked_name
from assistant.accounts.users import User, described, find_user, read_user
from assistant.config import Settings
from assistant.dashboard.saved_views import VIEWS
from assistant.drafting.comments import COMMENTS, SHARED
from assistant.drafting.store import DRAFTS
from assistant.errors import AccountError, NotSignedIn
from assistant.history.store import CONVERSATIONS
from assistant.subscriptions.store import DELIVERIES, NOTICES, SUBSCRIPTIONS
from ingest.errors import StoreError
from ingest.records.database import OwnTables
from ingest.storage.home import Home

_log = logging.getLogger("jiwen.accounts")


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was deleted with a user."""

    sessions: int
    tokens: int
    conversations: int
    drafts: int


class Accounts:
    """The users of one library, in its database.

    `mark` is a file that says that there are users, also when the database is lost. `now` gives the
    seconds since 1970, `ticks` seconds that only go forward. What changes is
    written down as done by whoever acts at the moment.
    """

    def __init__(
        self,
        url: str,
        *,
        mark: Path | None = None,
        now: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._tables = OwnTables(url, SCHEMA, "用户和操作记录", StoreError, upgrades=UPGRADES)
        self._passwords = Passwords()
        self.activity_log = log = ActivityLog(self._tables, now)
        self.sessions = Sessions(self._tables, self._passwords, LoginThrottle(ticks), log, now)
        self.tokens = ApiTokens(self._tables, log, now)
        self._mark = mark
        if self.any():
            self._remember_users()

    @classmethod
    def of(cls, settings: Settings) -> "Accounts":
        """The users of the library that the settings name."""
        home = Home(settings.home)
        return cls(settings.database_url or home.database_url, mark=home.has_users)

    def close(self) -> None:
        """Writes down what is left to be, and lets go of the database."""
        self.activity_log.close()
        self._tables.close()

    def users(self) -> tuple[User, ...]:
        """All users, by name."""
        with self._tables.connected() as connection:
            rows = connection.execute(select(USERS).order_by(USERS.c.name)).all()
        return tuple(read_user(row) for row in rows)

    def limits(self) -> frozenset[str]:
        """Every department that somebody is limited to."""
        with self._tables.connected() as connection:
            rows = connection.scalars(select(USERS.c.departments).distinct()).all()
        return frozenset(name for row in rows for name in json.loads(row))

    def any(self) -> bool:
        """Whether anybody has to sign in."""
        with self._tables.connected() as connection:
            return connection.scalar(select(func.count()).select_from(USERS)) != 0

    def must_never_have_had_users(self) -> None:
        """Raises NotSignedIn where there were users before, and now there is none to sign in.

        Then the database was lost, emptied or exchanged, which makes nobody an administrator.
        """
        if self._mark is not None and self._mark.exists():
            raise NotSignedIn(
                "这个资料库有过用户，现在却一个也没有，数据库可能丢失或换过：请用 jiwen restore "
                "恢复备份，或在这台机器上用 jiwen users add 名字 --role admin 重新建管理员。"
            )

    def _remember_users(self) -> None:
        if self._mark is None or self._mark.exists():
            return
        try:
            self._mark.touch(mode=0o600)
            self._mark.write_text("这个资料库有用户，都要登录；见 docs/operations.md。\n", "utf-8")
        except OSError as error:  # tried again at the next start
            _log.warning("无法记下资料库已有用户（%s）", error.strerror)

    def has_admin(self) -> bool:
        """Whether there is an administrator who is let in."""
        return any(
            user.active and user.role is Role.ADMIN and not user.departments
            for user in self.users()
        )

    def add(
        self,
        name: str,
        password: str,
        role: Role,
        *,
        departments: Sequence[str] = (),
        temporary: bool = False,
    ) -> User:
        """A new user; raises AccountError if name, password or departments cannot be used.

        A `temporary` password, one that somebody else chose, has to be changed at the first
        log-in; whoever makes the first user chooses for themselves.
        """
        checked_name(name, ())
        _must_fit(role, departments)
        row = {
            "id": uuid4().hex,
            "role": role.value,
            "departments": _listed(departments),
            "password": self._passwords.new(password, user=name),
            "active": True,
            "created": int(self._now()),
            "temporary": temporary and self.any(),
        }
        with self._tables.in_turn() as connection:
            kept = checked_name(name, connection.scalars(select(USERS.c.name)))
            connection.execute(insert(USERS).values(row | {"name": kept}))
            user = find_user(connection, kept)
        self._remember_users()
        self.activity_log.add(Action.USERS, f"新建 {described(user)}")
        return user

    def remove(self, name: str) -> Erased:
        """Deletes a user with all that is theirs; the last administrator stays.

        Who is to come back, or whose conversations and drafts are to be kept, is deactivated.
        """
        with self._tables.in_turn() as connection:
            user = find_user(connection, name)
            _keep_an_admin(connection, user)
            _erase_comments(connection, user)
            erased = Erased(
                sessions=_erase(connection, SESSIONS, user),
                tokens=_erase(connection, TOKENS, user),
                conversations=_erase(connection, CONVERSATIONS, user),
                drafts=_erase(connection, DRAFTS, user),
            )
            for table in (VIEWS, SUBSCRIPTIONS, NOTICES, DELIVERIES):
                _erase(connection, table, user)
            connection.execute(delete(USERS).where(USERS.c.id == user.id))
        self.activity_log.add(Action.USERS, f"删除 {name}")
        return erased

    def set_password(self, name: str, password: str, *, temporary: bool = False) -> None:
        """A new password; every session and token of the user ends.

        A `temporary` one has to be changed at the next log-in. Raises AccountError.
        """
        self._give_password(name, password, temporary=temporary)

    def change_password(self, name: str, password: str, *, session: str) -> None:
        """A new password that the user chose, who has just confirmed the old one.

        All that let the user in ends, but for this session. Raises AccountError.
        """
        self._give_password(name, password, temporary=False, session=session)

    def _give_password(
        self, name: str, password: str, *, temporary: bool, session: str = ""
    ) -> None:
        with self._tables.connected() as connection:
            row = connection.execute(
                select(USERS).where(USERS.c.id == find_user(connection, name).id)
            ).one()
        earlier = [row.password, *json.loads(row.earlier)][:MAX_EARLIER_PASSWORDS]
        hashed = self._passwords.new(password, user=name, earlier=earlier)
        with self._tables.in_turn() as connection:
            user = find_user(connection, name)
            _update(
                connection,
                user,
                password=hashed,
                temporary=temporary,
                earlier=json.dumps(earlier),
            )
            theirs = SESSIONS.c.user == user.id
            connection.execute(delete(SESSIONS).where(theirs, SESSIONS.c.secret != digest(session)))
            _erase(connection, TOKENS, user)
        self.activity_log.add(Action.USERS, f"{'修改' if session else '重设'} {name} 的密码")

    def change(
        self, name: str, *, role: Role | None = None, departments: Sequence[str] | None = None
    ) -> User:
        """Another role, or other departments, () for all; what is not given stays.

        Open sessions go on with it.
        """
        with self._tables.in_turn() as connection:
            user = find_user(connection, name)
            if role not in (None, Role.ADMIN) or departments:
                _keep_an_admin(connection, user)
            role = user.role if role is None else role
            departments = user.departments if departments is None else departments
            _must_fit(role, departments)
            _update(connection, user, role=role.value, departments=_listed(departments))
            changed = find_user(connection, name)
        self.activity_log.add(Action.USERS, f"修改 {described(user)} 为 {described(changed)}")
        return changed

    def set_active(self, name: str, active: bool) -> None:
        """Lets a user in again, or no more: sessions and tokens end for good."""
        with self._tables.in_turn() as connection:
            user = find_user(connection, name)
            if not active:
                _keep_an_admin(connection, user)
                _erase(connection, SESSIONS, user)
                _erase(connection, TOKENS, user)
            _update(connection, user, active=active)
        self.activity_log.add(Action.USERS, f"{'恢复' if active else '停用'} {name}")


def _update(connection: Connection, user: User, **values: str | bool) -> None:
    connection.execute(update(USERS).where(USERS.c.id == user.id).values(values))


def _erase_comments(connection: Connection, user: User) -> None:
    """Deletes what others wrote on the user's drafts; what the user wrote on theirs stays."""
    if inspect(connection).has_table(COMMENTS.name):
        theirs = select(DRAFTS.c.id).where(DRAFTS.c.user == user.id)
        connection.execute(delete(COMMENTS).where(COMMENTS.c.draft.in_(theirs)))
        _erase(connection, SHARED, user)


def _erase(connection: Connection, table: Table, user: User) -> int:
    """Deletes what is the user's in a table; how many there were, all versions of one as one."""
    if not inspect(connection).has_table(table.name):  # nobody has asked or drafted yet
        return 0
    theirs = table.c.user == user.id
    key = table.c.id if "id" in table.c else next(iter(table.primary_key))
    number = connection.scalar(select(func.count(key.distinct())).where(theirs))
    connection.execute(delete(table).where(theirs))
    return number or 0


def _keep_an_admin(connection: Connection, user: User) -> None:
    """Raises AccountError where the user is the only administrator who is let in."""
    admins = select(USERS.c.id).where(
        USERS.c.active, USERS.c.role == Role.ADMIN.value, USERS.c.departments == _listed(())
    )
    if connection.scalars(admins).all() == [user.id]:
        raise AccountError(f"“{user.name}”是唯一的管理员，请先设另一个管理员。")


def _must_fit(role: Role, departments: Sequence[str]) -> None:
    if role is Role.ADMIN and departments:
        raise AccountError("管理员管理整个资料库，不能限定部门，请明确选择全部部门，或换一个角色。")


def _listed(departments: Sequence[str]) -> str:
    if not all(name.strip() for name in departments):
        raise AccountError("部门名称不能为空，请写出部门，或明确选择全部部门。")
    return json.dumps(list(departments), ensure_ascii=False)
