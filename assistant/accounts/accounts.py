"""Users, their sessions and API tokens, and the log of what they did (用户与操作记录).

Passwords are kept as argon2 hashes, sessions and tokens as sha256 of a random secret: whoever
reads the database can sign in as nobody. Sessions end after a time without use, and at the latest
after `LONGEST`.
"""

import json
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from threading import Lock, Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from assistant.accounts.permissions import ROLE_NAMES, Role, Visitor
from assistant.config import Settings
from assistant.errors import AccountError, NotSignedIn, TooManyTries
from ingest.errors import StoreError
from ingest.records.database import OwnTables
from ingest.storage.home import Home

IDLE, LONGEST = 8 * 3600, 7 * 24 * 3600
"""Seconds that a session lives without use, and at most."""
TRIES, WINDOW = 5, 300
"""Wrong passwords for one name from one address, within so many seconds."""
REMEMBERED = 10_000
SHORTEST_PASSWORD = 8
TOKEN_MARK = "jw-"
NAME = re.compile(r"[\w.@-]{1,40}")
LOG_KEPT = 2 * 365 * 24 * 3600

SCHEMA = MetaData()
USERS = Table(
    "users",
    SCHEMA,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("departments", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created", Integer, nullable=False),
)
SESSIONS = Table(
    "sessions",
    SCHEMA,
    Column("secret", Text, primary_key=True),
    Column("user", Text, nullable=False, index=True),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False, index=True),
)
TOKENS = Table(
    "tokens",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("secret", Text, nullable=False, unique=True),
    Column("user", Text, nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("created", Integer, nullable=False),
)
LOG = Table(
    "activity",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("at", Integer, nullable=False, index=True),
    Column("user", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class User:
    """A user as listings show it; times are seconds since 1970."""

    name: str
    role: Role
    departments: tuple[str, ...]
    active: bool
    created: int

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.name, self.role, self.departments)


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as listings show it: the secret itself is shown once and not kept."""

    number: int
    user: str
    label: str
    created: int


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that somebody did: asked, uploaded, deleted, exported (操作记录)."""

    at: int
    user: str
    action: str
    subject: str


class Accounts:
    """The users of one library, in its database. `now` gives the seconds since 1970."""

    def __init__(self, url: str, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._tables = OwnTables(url, SCHEMA, "用户和操作记录", StoreError)
        self._hasher = PasswordHasher()
        self._nobody = cache(partial(self._hasher.hash, secrets.token_hex()))  # late: it takes time
        self._hashing = Semaphore(2)  # each takes 64 MB for a moment
        self._failures: OrderedDict[tuple[str, str], tuple[float, ...]] = OrderedDict()
        self._lock = Lock()
        self._writing = Lock()
        with self._tables.connected() as connection:
            connection.execute(delete(LOG).where(LOG.c.at < int(now()) - LOG_KEPT))

    @classmethod
    def of(cls, settings: Settings) -> "Accounts":
        """The users of the library that the settings name."""
        return cls(settings.database_url or Home(settings.home).database_url)

    def close(self) -> None:
        self._tables.close()

    # -- users -----------------------------------------------------------------------------------

    def add(self, name: str, password: str, role: Role, *, departments: Sequence[str] = ()) -> User:
        """A new user; raises AccountError if the name is taken or the password too short."""
        if not NAME.fullmatch(name):
            raise AccountError(f"用户名“{name}”不能用，请用1到40个字，只含文字、数字和 . @ _ -。")
        created = int(self._now())
        row = {
            "name": name,
            "role": role.value,
            "departments": json.dumps(list(departments), ensure_ascii=False),
            "password": self._hashed(password),
            "active": True,
            "created": created,
        }
        with self._tables.connected() as connection:
            try:
                connection.execute(insert(USERS).values(row))
            except IntegrityError as error:
                raise AccountError(f"用户“{name}”已经存在，请换一个名字。") from error
        return User(name, role, tuple(departments), True, created)

    def users(self) -> tuple[User, ...]:
        with self._tables.connected() as connection:
            rows = connection.execute(select(USERS).order_by(USERS.c.name)).all()
        return tuple(_user(row) for row in rows)

    def any(self) -> bool:
        """Whether anybody has to sign in."""
        with self._tables.connected() as connection:
            return connection.scalar(select(func.count()).select_from(USERS)) != 0

    def has_admin(self) -> bool:
        return any(user.active and user.role is Role.ADMIN for user in self.users())

    def remove(self, name: str) -> None:
        """Deletes a user with all sessions and tokens; the last administrator stays."""
        self._keep_an_admin(self._found(name))
        self._sign_out_everywhere(name)
        with self._tables.connected() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.user == name))
            connection.execute(delete(USERS).where(USERS.c.name == name))

    def set_password(self, name: str, password: str) -> None:
        """A new password; every session of the user ends."""
        self._found(name)
        hashed = self._hashed(password)
        with self._tables.connected() as connection:
            connection.execute(update(USERS).where(USERS.c.name == name).values(password=hashed))
        self._sign_out_everywhere(name)

    def set_role(self, name: str, role: Role, *, departments: Sequence[str] = ()) -> User:
        """A new role and new departments; open sessions go on with them."""
        user = self._found(name)
        if role is not Role.ADMIN:
            self._keep_an_admin(user)
        with self._tables.connected() as connection:
            connection.execute(
                update(USERS)
                .where(USERS.c.name == name)
                .values(
                    role=role.value, departments=json.dumps(list(departments), ensure_ascii=False)
                )
            )
        return self._found(name)

    def set_active(self, name: str, active: bool) -> None:
        """Lets a user in again, or no more: sessions end and tokens are nobody's."""
        user = self._found(name)
        if not active:
            self._keep_an_admin(user)
            self._sign_out_everywhere(name)
        with self._tables.connected() as connection:
            connection.execute(update(USERS).where(USERS.c.name == name).values(active=active))

    def _found(self, name: str) -> User:
        with self._tables.connected() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
        if row is None:
            raise AccountError(f"没有用户“{name}”，请用 jiwen users list 查看。")
        return _user(row)

    def _keep_an_admin(self, user: User) -> None:
        admins = [one for one in self.users() if one.active and one.role is Role.ADMIN]
        if [one.name for one in admins] == [user.name]:
            raise AccountError(f"“{user.name}”是唯一的管理员，请先设另一个管理员。")

    def _hashed(self, password: str) -> str:
        if len(password) < SHORTEST_PASSWORD:
            raise AccountError(f"密码太短，至少要{SHORTEST_PASSWORD}个字符。")
        with self._hashing:
            return self._hasher.hash(password)

    # -- sessions --------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, *, address: str = "") -> str:
        """A session's secret; raises NotSignedIn or, after too many tries, TooManyTries."""
        key = (name.casefold(), address)
        self._count_try(key)
        with self._tables.connected() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
        with self._hashing:
            nobody = self._nobody()  # made for whoever tries first: the time tells nothing
            right = self._verified(row.password if row else nobody, password)
        if row is None or not row.active or not right:
            raise NotSignedIn("用户名或密码不对，请重新输入。")
        with self._lock:
            self._failures.pop(key, None)
        secret = secrets.token_urlsafe(32)
        now = int(self._now())
        with self._tables.connected() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires <= now))
            connection.execute(
                insert(SESSIONS).values(
                    secret=_digest(secret), user=name, created=now, expires=now + IDLE
                )
            )
        return secret

    def session(self, secret: str) -> Visitor | None:
        """Whose session it is, and lengthens it; None if it has expired or never was."""
        now = int(self._now())
        with self._tables.connected() as connection:
            row = connection.execute(
                select(USERS, SESSIONS.c.created.label("begun"), SESSIONS.c.expires)
                .join(SESSIONS, SESSIONS.c.user == USERS.c.name)
                .where(SESSIONS.c.secret == _digest(secret), SESSIONS.c.expires > now)
            ).one_or_none()
        if row is None or not row.active:
            return None
        until = min(now + IDLE, row.begun + LONGEST)
        if until - row.expires > IDLE // 10:  # not a write for every request
            with self._tables.connected() as connection:
                connection.execute(
                    update(SESSIONS)
                    .where(SESSIONS.c.secret == _digest(secret))
                    .values(expires=until)
                )
        return _user(row).visitor

    def sign_out(self, secret: str) -> None:
        with self._tables.connected() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.secret == _digest(secret)))

    def _sign_out_everywhere(self, name: str) -> None:
        with self._tables.connected() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user == name))

    def _verified(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except VerificationError:
            return False

    def _count_try(self, key: tuple[str, str]) -> None:
        """Counts before the password is looked at, so that parallel tries count too."""
        now = self._now()
        with self._lock:
            recent = tuple(t for t in self._failures.get(key, ()) if t > now - WINDOW)
            if len(recent) >= TRIES:
                wait = max(1, round((recent[0] + WINDOW - now) / 60))
                raise TooManyTries(f"密码输错次数过多，请{wait}分钟后再试。")
            self._failures[key] = (*recent, now)
            self._failures.move_to_end(key)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    # -- tokens ----------------------------------------------------------------------------------

    def add_token(self, name: str, *, label: str = "") -> str:
        """A new API token of a user: the only time that it can be seen."""
        self._found(name)
        secret = TOKEN_MARK + secrets.token_urlsafe(32)
        with self._tables.connected() as connection:
            connection.execute(
                insert(TOKENS).values(
                    secret=_digest(secret), user=name, label=label, created=int(self._now())
                )
            )
        return secret

    def tokens(self, name: str = "") -> tuple[Token, ...]:
        """The tokens of a user, or of all."""
        query = select(TOKENS).order_by(TOKENS.c.number)
        with self._tables.connected() as connection:
            rows = connection.execute(query.where(TOKENS.c.user == name) if name else query).all()
        return tuple(Token(row.number, row.user, row.label, row.created) for row in rows)

    def remove_token(self, number: int) -> None:
        with self._tables.connected() as connection:
            gone = connection.execute(delete(TOKENS).where(TOKENS.c.number == number))
        if not gone.rowcount:
            raise AccountError(f"没有编号为{number}的令牌，请用 jiwen tokens list 查看。")

    def bearer(self, secret: str) -> Visitor | None:
        """Whose token it is; None if it is nobody's."""
        with self._tables.connected() as connection:
            row = connection.execute(
                select(USERS)
                .join(TOKENS, TOKENS.c.user == USERS.c.name)
                .where(TOKENS.c.secret == _digest(secret))
            ).one_or_none()
        return _user(row).visitor if row is not None and row.active else None

    # -- what was done ---------------------------------------------------------------------------

    def note(self, visitor: Visitor, action: str, subject: str) -> None:
        """Writes down that the visitor did something (提问, 收入, 删除, 导出…) with what."""
        # In turn: where all wait for SQLite's lock at once, it is not the longest who gets it.
        with self._writing, self._tables.connected() as connection:
            connection.execute(
                insert(LOG).values(
                    at=int(self._now()), user=visitor.name, action=action, subject=subject[:500]
                )
            )

    def activities(
        self, *, limit: int = 200, user: str = "", action: str = ""
    ) -> tuple[Activity, ...]:
        """What was done, by all or one user, of every kind or one, the newest first."""
        query = select(LOG).order_by(LOG.c.number.desc()).limit(limit)
        for column, wanted in ((LOG.c.user, user), (LOG.c.action, action)):
            query = query.where(column == wanted) if wanted else query
        with self._tables.connected() as connection:
            rows = connection.execute(query).all()
        return tuple(Activity(row.at, row.user, row.action, row.subject) for row in rows)

    def actions(self) -> tuple[str, ...]:
        """Every kind of thing that was done."""
        with self._tables.connected() as connection:
            return tuple(connection.scalars(select(LOG.c.action).distinct().order_by("action")))


def described(user: User) -> str:
    """A user in one line.

    >>> described(User("李明", Role.STAFF, ("团市委",), True, 0))
    '李明（工作人员，只看团市委）'
    """
    whose = f"只看{'、'.join(user.departments)}" if user.departments else "全部部门"
    return f"{user.name}（{ROLE_NAMES[user.role]}，{whose}）"


def _user(row: Row) -> User:  # type: ignore[type-arg]
    departments = tuple(str(name) for name in json.loads(row.departments))
    return User(row.name, Role(row.role), departments, row.active, row.created)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
