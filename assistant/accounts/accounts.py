"""The users of one library (用户), with their sessions, API tokens and the log of what they did.

Passwords are kept as argon2 hashes, sessions and tokens as sha256 of a random secret: whoever
reads the database can sign in as nobody.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.accounts.activity_log import ActivityLog
from assistant.accounts.credentials import Passwords
from assistant.accounts.migrations import UPGRADES
from assistant.accounts.permissions import Role
from assistant.accounts.schema import SCHEMA, TOKENS, USERS
from assistant.accounts.sessions import Sessions
from assistant.accounts.tokens import ApiTokens
from assistant.accounts.users import User, find_user, read_user
from assistant.config import Settings
from assistant.errors import AccountError
from ingest.errors import StoreError
from ingest.records.database import OwnTables
from ingest.storage.home import Home

USER_NAME = re.compile(r"[\w.@-]{1,40}")
"""What a user may be called."""


class Accounts:
    """The users of one library, in its database. `now` gives the seconds since 1970."""

    def __init__(self, url: str, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._tables = OwnTables(url, SCHEMA, "用户和操作记录", StoreError, upgrades=UPGRADES)
        self._passwords = Passwords()
        self.sessions = Sessions(self._tables, self._passwords, now)
        self.tokens = ApiTokens(self._tables, now)
        self.activity_log = ActivityLog(self._tables, now)

    @classmethod
    def of(cls, settings: Settings) -> "Accounts":
        """The users of the library that the settings name."""
        return cls(settings.database_url or Home(settings.home).database_url)

    def close(self) -> None:
        """Lets go of the database."""
        self._tables.close()

    def users(self) -> tuple[User, ...]:
        """All users, by name."""
        with self._tables.connected() as connection:
            rows = connection.execute(select(USERS).order_by(USERS.c.name)).all()
        return tuple(read_user(row) for row in rows)

    def any(self) -> bool:
        """Whether anybody has to sign in."""
        with self._tables.connected() as connection:
            return connection.scalar(select(func.count()).select_from(USERS)) != 0

    def has_admin(self) -> bool:
        """Whether there is an administrator who is let in."""
        return any(user.active and user.role is Role.ADMIN for user in self.users())

    def add(self, name: str, password: str, role: Role, *, departments: Sequence[str] = ()) -> User:
        """A new user; raises AccountError if the name is taken or the password too short."""
        if not USER_NAME.fullmatch(name):
            raise AccountError(f"用户名“{name}”不能用，请用1到40个字，只含文字、数字和 . @ _ -。")
        created = int(self._now())
        row = {
            "name": name,
            "id": (id := uuid4().hex),
            "role": role.value,
            "departments": _listed(departments),
            "password": self._passwords.hash(password),
            "active": True,
            "created": created,
        }
        with self._tables.connected() as connection:
            try:
                connection.execute(insert(USERS).values(row))
            except IntegrityError as error:
                raise AccountError(f"用户“{name}”已经存在，请换一个名字。") from error
        return User(id, name, role, tuple(departments), True, created)

    def remove(self, name: str) -> None:
        """Deletes a user with all sessions and tokens; the last administrator stays."""
        user = self._find(name)
        self._keep_an_admin(user)
        self.sessions.end_all(user.id)
        with self._tables.connected() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.user == user.id))
            connection.execute(delete(USERS).where(USERS.c.id == user.id))

    def set_password(self, name: str, password: str) -> None:
        """A new password; every session of the user ends."""
        user = self._find(name)
        self._update(user, password=self._passwords.hash(password))
        self.sessions.end_all(user.id)

    def set_role(self, name: str, role: Role, *, departments: Sequence[str] = ()) -> User:
        """A new role and new departments; open sessions go on with them."""
        user = self._find(name)
        if role is not Role.ADMIN:
            self._keep_an_admin(user)
        self._update(user, role=role.value, departments=_listed(departments))
        return self._find(name)

    def set_active(self, name: str, active: bool) -> None:
        """Lets a user in again, or no more: sessions end and tokens are nobody's."""
        user = self._find(name)
        if not active:
            self._keep_an_admin(user)
            self.sessions.end_all(user.id)
        self._update(user, active=active)

    def _find(self, name: str) -> User:
        with self._tables.connected() as connection:
            return find_user(connection, name)

    def _update(self, user: User, **values: str | bool) -> None:
        with self._tables.connected() as connection:
            connection.execute(update(USERS).where(USERS.c.id == user.id).values(values))

    def _keep_an_admin(self, user: User) -> None:
        """Raises AccountError where the user is the only administrator who is let in."""
        admins = [one for one in self.users() if one.active and one.role is Role.ADMIN]
        if [one.id for one in admins] == [user.id]:
            raise AccountError(f"“{user.name}”是唯一的管理员，请先设另一个管理员。")


def _listed(departments: Sequence[str]) -> str:
    return json.dumps(list(departments), ensure_ascii=False)
