"""Sessions of the page (登录会话): signing in, slowed down after failures, and the cookie's secret.

A session ends after a time without use, and at the latest after `MAX_SESSION_SECONDS`.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from sqlalchemy import delete, insert, select, update

from assistant.accounts.credentials import Passwords, digest, new_secret
from assistant.accounts.permissions import Visitor
from assistant.accounts.schema import SESSIONS, USERS
from assistant.accounts.users import read_user
from assistant.errors import NotSignedIn, TooManyTries
from ingest.records.database import OwnTables

MAX_IDLE_SECONDS = 8 * 3600
"""Maximum time that a session lives without use."""
MAX_SESSION_SECONDS = 7 * 24 * 3600
"""Maximum time that a session lives, however much it is used."""
MAX_FAILURES = 5
"""Maximum number of wrong passwords for one name from one address within the window."""
FAILURE_WINDOW_SECONDS = 300
MAX_NAMES_WATCHED = 10_000
"""Maximum number of names and addresses whose failures are remembered, the latest ones."""


class LoginThrottle:
    """Slows guessing down: too many failures in a while, and the next try has to wait.

    In memory: it starts anew with the program. Safe to call from several threads.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = Lock()
        self._tries: OrderedDict[tuple[str, str], tuple[float, ...]] = OrderedDict()

    def count(self, name: str, address: str) -> None:
        """Counts a try before the password is looked at, so that parallel tries count too.

        Raises TooManyTries.
        """
        key, now = (name.casefold(), address), self._now()
        with self._lock:
            recent = tuple(t for t in self._tries.get(key, ()) if t > now - FAILURE_WINDOW_SECONDS)
            if len(recent) >= MAX_FAILURES:
                wait = max(1, round((recent[0] + FAILURE_WINDOW_SECONDS - now) / 60))
                raise TooManyTries(f"密码输错次数过多，请{wait}分钟后再试。")
            self._tries[key] = (*recent, now)
            self._tries.move_to_end(key)
            while len(self._tries) > MAX_NAMES_WATCHED:
                self._tries.popitem(last=False)

    def forget(self, name: str, address: str) -> None:
        """The password was right: earlier failures no longer count."""
        with self._lock:
            self._tries.pop((name.casefold(), address), None)


class Sessions:
    """Who is signed in at the page. `now` gives the seconds since 1970."""

    def __init__(self, tables: OwnTables, passwords: Passwords, now: Callable[[], float]) -> None:
        self._tables = tables
        self._passwords = passwords
        self._now = now
        self._throttle = LoginThrottle(now)

    def sign_in(self, name: str, password: str, *, address: str = "") -> str:
        """A session's secret; raises NotSignedIn or, after too many tries, TooManyTries."""
        self._throttle.count(name, address)
        with self._tables.connected() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
        matches = self._passwords.matches(row.password if row else None, password)
        if row is None or not row.active or not matches:
            raise NotSignedIn("用户名或密码不对，请重新输入。")
        self._throttle.forget(name, address)
        secret = new_secret()
        now = int(self._now())
        with self._tables.connected() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires <= now))
            connection.execute(
                insert(SESSIONS).values(
                    secret=digest(secret), user=row.id, created=now, expires=now + MAX_IDLE_SECONDS
                )
            )
        return secret

    def visitor(self, secret: str) -> Visitor | None:
        """Whose session it is, and lengthens it; None if it has expired or never was."""
        now = int(self._now())
        with self._tables.connected() as connection:
            row = connection.execute(
                select(USERS, SESSIONS.c.created.label("begun"), SESSIONS.c.expires)
                .join(SESSIONS, SESSIONS.c.user == USERS.c.id)
                .where(SESSIONS.c.secret == digest(secret), SESSIONS.c.expires > now)
            ).one_or_none()
        if row is None or not row.active:
            return None
        until = min(now + MAX_IDLE_SECONDS, row.begun + MAX_SESSION_SECONDS)
        if until - row.expires > MAX_IDLE_SECONDS // 10:  # not a write for every request
            with self._tables.connected() as connection:
                connection.execute(
                    update(SESSIONS)
                    .where(SESSIONS.c.secret == digest(secret))
                    .values(expires=until)
                )
        return read_user(row).visitor

    def sign_out(self, secret: str) -> None:
        """Ends a session, if it is one."""
        with self._tables.connected() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.secret == digest(secret)))

    def end_all(self, user: str) -> None:
        """Ends every session of the user of this id."""
        with self._tables.connected() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user == user))
