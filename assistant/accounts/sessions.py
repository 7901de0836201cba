"""Sessions of the page (登录会话): signing in, slowed down after failures, and the cookie's secret.

A session ends after a time without use, and at the latest after `MAX_SESSION_SECONDS`. One that
would last longer than that, because the machine's clock was put back, is over as well: whose it is
signs in again.
"""

from collections.abc import Callable

from sqlalchemy import delete, insert, select, update

from assistant.accounts.credentials import Passwords, digest, new_secret
from assistant.accounts.permissions import Visitor
from assistant.accounts.schema import SESSIONS, USERS
from assistant.accounts.throttle import Attempt, LoginThrottle, device_cookie, known_device
from assistant.accounts.users import read_user
from assistant.errors import NotSignedIn
from ingest.records.database import OwnTables

MAX_IDLE_SECONDS = 8 * 3600
"""Maximum time that a session lives without use."""
MAX_SESSION_SECONDS = 7 * 24 * 3600
"""Maximum time that a session lives, however much it is used."""
CLOCK_STEP_SECONDS = 60
"""Seconds that the clock may be put back without an effect on sessions."""


class Sessions:
    """Who is signed in at the page. `now` gives the seconds since 1970."""

    def __init__(
        self,
        tables: OwnTables,
        passwords: Passwords,
        throttle: LoginThrottle,
        now: Callable[[], float],
    ) -> None:
        self._tables = tables
        self._passwords = passwords
        self._now = now
        self._throttle = throttle

    def sign_in(self, name: str, password: str, *, address: str = "", device: str = "") -> str:
        """A session's secret; raises NotSignedIn or, after too many tries, TooManyTries.

        `device` is the cookie that the browser was given at an earlier log-in.
        """
        with self._tables.connected() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
        known = known_device(device, row.id if row else "", row.password if row else name)
        attempt = Attempt(name, address, known if row else "")
        self._throttle.count(attempt)
        matches = self._passwords.matches(row.password if row else None, password)
        if row is None or not row.active or not matches:
            raise NotSignedIn("用户名或密码不对，请重新输入。")
        self._throttle.forget(attempt)
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

    def device(self, name: str) -> str:
        """The cookie by which the browser of this user is known at the next log-in."""
        with self._tables.connected() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).one()
        return device_cookie(row.id, row.password)

    def visitor(self, secret: str) -> Visitor | None:
        """Whose session it is, and lengthens it; None if it has expired or never was."""
        now = int(self._now())
        with self._tables.connected() as connection:
            row = connection.execute(
                select(USERS, SESSIONS.c.created.label("begun"), SESSIONS.c.expires)
                .join(SESSIONS, SESSIONS.c.user == USERS.c.id)
                .where(
                    SESSIONS.c.secret == digest(secret),
                    SESSIONS.c.expires > now,
                    SESSIONS.c.expires <= now + MAX_IDLE_SECONDS + CLOCK_STEP_SECONDS,
                    SESSIONS.c.created <= now + CLOCK_STEP_SECONDS,
                )
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
