"""Sessions of the page (登录会话): signing in, slowed down after failures, and the cookie's secret.

A session ends after a time without use, and at the latest after `MAX_SESSION_SECONDS`. One that
would last longer than that, because the machine's clock was put back, is over as well: whose it is
signs in again.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import Row, delete, select, update

from assistant.accounts.activity_log import Action, ActivityLog
from assistant.accounts.credentials import Passwords, digest, new_secret
from assistant.accounts.permissions import PRESENT, Visitor
from assistant.accounts.schema import SESSIONS, USERS
from assistant.accounts.session_store import FoundSession, KeptSession, SessionStore
from assistant.accounts.throttle import Attempt, LoginThrottle, device_cookie, known_device
from assistant.accounts.users import read_user
from assistant.errors import AccountError, NotSignedIn, TooManyTries
from ingest.errors import StoreError
from ingest.records.database import OwnTables

MAX_IDLE_SECONDS = 8 * 3600
"""Maximum time that a session lives without use."""
MAX_SESSION_SECONDS = 7 * 24 * 3600
"""Maximum time that a session lives, however much it is used."""
CLOCK_STEP_SECONDS = 60
"""Seconds that the clock may be put back without an effect on sessions."""
ID_LENGTH = 16
"""Number of characters by which a session is named: the first ones of its secret's sha256."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its user sees it; times are in seconds since 1970.

    `id` tells it from others and lets nobody in. `used` is written now and then, not each time.
    """

    id: str
    begun: int
    used: int


class Sessions:
    """Who is signed in at the page. `now` gives the seconds since 1970."""

    def __init__(
        self,
        tables: OwnTables,
        passwords: Passwords,
        throttle: LoginThrottle,
        log: ActivityLog,
        now: Callable[[], float],
    ) -> None:
        self._tables = tables
        self._store = SessionStore(tables)
        self._passwords = passwords
        self._now = now
        self._throttle = throttle
        self._log = log

    def sign_in(self, name: str, password: str, *, address: str = "", device: str = "") -> str:
        """A session's secret; raises NotSignedIn or, after too many tries, TooManyTries.

        `device` is the cookie that the browser was given at an earlier log-in.
        """
        row = self._known(name, password, address=address, device=device)
        secret = new_secret()
        now = int(self._now())
        begun = KeptSession(digest(secret), row.id, row.password, now, now + MAX_IDLE_SECONDS)
        self._store.begin(begun)
        self._log.add(Action.SIGNED_IN, "", replace(read_user(row).visitor, address=address))
        return secret

    def confirm(self, name: str, password: str, *, address: str = "", device: str = "") -> None:
        """Raises AccountError unless it is the password of the user, who is signed in.

        Raises TooManyTries as a log-in does.
        """
        try:
            self._known(name, password, address=address, device=device)
        except NotSignedIn as error:
            raise AccountError("现在的密码不对，请重新输入。") from error

    def _known(self, name: str, password: str, *, address: str, device: str) -> Row:  # type: ignore[type-arg]
        """The row in USERS of the user whose name and password these are."""
        with self._tables.connected() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
        known = known_device(device, row.id if row else "", row.password if row else name)
        attempt = Attempt(name, address, known if row else "")
        try:
            self._throttle.count(attempt)
        except TooManyTries:
            self._log.add_refused(Action.SIGN_IN_REFUSED, name, address)
            raise
        matches = self._passwords.matches(row.password if row else None, password)
        if row is None or not row.active or not matches:
            self._log.add_refused(Action.SIGN_IN_FAILED, name, address)
            raise NotSignedIn("用户名或密码不对，请重新输入。")
        self._throttle.forget(attempt)
        if renewed := self._passwords.renewed(row.password, password):
            with suppress(StoreError), self._tables.connected() as connection:
                present = (USERS.c.id == row.id) & (USERS.c.password == row.password)
                connection.execute(update(USERS).where(present).values(password=renewed))
                row = connection.execute(select(USERS).where(USERS.c.name == name)).one()
        return row

    def device(self, name: str) -> str:
        """The cookie by which the browser of this user is known at the next log-in."""
        with self._tables.connected() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).one()
        return device_cookie(row.id, row.password)

    def visitor(self, secret: str, *, uses: bool = True) -> Visitor | None:
        """Whose session it is, None if it has expired or never was; it is lengthened if one `uses`
        it, which a page that only stands open does not."""
        key, now = digest(secret), int(self._now())
        found = self._store.find(key)
        if found is None or not found.user.active or not _lasts(found, now):
            return None
        until = min(now + MAX_IDLE_SECONDS, found.created + MAX_SESSION_SECONDS)
        if uses and until - found.expires > MAX_IDLE_SECONDS // 10:  # not a write for every request
            self._store.lengthen(key, expires=until, used=now)
        user = found.user
        return replace(user.visitor, limits=frozenset()) if user.temporary else user.visitor

    def of(self, user: str) -> tuple[Session, ...]:
        """The sessions of the user of this id that have not expired, the latest first."""
        query = select(SESSIONS).where(SESSIONS.c.user == user, SESSIONS.c.expires > self._now())
        with self._tables.connected() as connection:
            rows = connection.execute(query.order_by(SESSIONS.c.created.desc())).all()
        return tuple(
            Session(row.secret[:ID_LENGTH], row.created, row.used or row.created) for row in rows
        )

    def end(self, user: str, id: str) -> None:
        """Ends one session of a user; raises AccountError where the user has no such session."""
        its = (SESSIONS.c.user == user) & SESSIONS.c.secret.startswith(id, autoescape=True)
        with self._tables.connected() as connection:
            ended = (
                connection.execute(delete(SESSIONS).where(its)).rowcount
                if len(id) == ID_LENGTH
                else 0
            )
        if not ended:
            raise AccountError("没有这个登录，它可能已经结束，请刷新后再看。")
        self._log.add(Action.SESSION_ENDED, id)

    def sign_out(self, secret: str) -> None:
        """Ends a session, if it is one."""
        visitor = self.visitor(secret)
        self._store.end(digest(secret))
        if visitor:
            self._log.add(Action.SIGNED_OUT, "", PRESENT.get() or visitor)


def _lasts(session: FoundSession, now: int) -> bool:
    """Whether the session goes on: it is not over, and not from before a clock was put back."""
    latest = now + CLOCK_STEP_SECONDS
    return now < session.expires <= latest + MAX_IDLE_SECONDS and session.created <= latest


def session_id(secret: str) -> str:
    """The id of the session of this secret."""
    return digest(secret)[:ID_LENGTH]
