"""How fast passwords may be guessed at (登录限速): after failures the next try has to wait.

Failures are counted of one name from one address, of one address the names that were failed with,
and of one name whatever the addresses. So whoever forgets one password, or guesses at one, keeps
nobody else out of an office that shares an address. Some are free, then each makes the wait twice
as long; with time they are forgotten. The last count would let strangers lock a user out: so a
browser in which the user has signed in before is known by a cookie and counted by itself, as OWASP
describes it ("Slow Down Online Guessing Attacks with Device Cookies",
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies). Whoever
signs in from a new browser while many guess at that very name may have to wait, at most
`LONGEST_WAIT`.

Counts are in memory: they start anew with the program, and programs that share a database count
each for itself. Waits are measured by a clock that nobody sets, so that a machine whose date is
put right keeps nobody waiting.
"""

import hmac
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address, ip_network
from threading import Lock
from unicodedata import normalize

from assistant.errors import TooManyTries

LONGEST_WAIT = 15 * 60
"""Maximum number of seconds to wait for the next try."""
MAX_WATCHED = 20_000
"""Maximum number of names, addresses and so on whose failures are remembered, the latest ones."""
IPV6_PREFIX = 64
"""Bits of an IPv6 address that one customer is given: all addresses within are one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Failures that are free, the first wait after them, and in how long one is forgotten."""

    free: int
    first_wait: float
    forgotten: float


class Counted(Enum):
    """Of what failures are counted."""

    PAIR = "name from address"
    ADDRESS = "address"
    NAME = "name"
    DEVICE = "known browser"


LIMITS: Mapping[Counted, Limit] = {
    Counted.PAIR: Limit(free=5, first_wait=60, forgotten=600),
    Counted.ADDRESS: Limit(free=20, first_wait=60, forgotten=180),
    Counted.NAME: Limit(free=20, first_wait=15, forgotten=180),
    Counted.DEVICE: Limit(free=5, first_wait=60, forgotten=600),
}


@dataclass(frozen=True, slots=True)
class Failures:
    """How many failures count, as of `at`."""

    number: float
    at: float

    def wait(self, limit: Limit, now: float) -> float:
        """Seconds from `now` to the next try; none where it may be made."""
        over = math.ceil(self.number) - limit.free
        wait = min(limit.first_wait * 2.0 ** min(over, 20), LONGEST_WAIT) if over >= 0 else 0
        return self.at + wait - now

    def plus(self, limit: Limit, number: int, now: float) -> "Failures":
        """With so many more, and without those forgotten since."""
        return Failures(max(0.0, self.left(limit, now) + number), now)

    def left(self, limit: Limit, now: float) -> float:
        """How many are not forgotten."""
        return max(0.0, self.number - (now - self.at) / limit.forgotten)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to sign in, and from where; `device` tells a browser known to the user, else ""."""

    name: str
    address: str
    device: str = ""

    @property
    def keys(self) -> Iterator[tuple[Counted, str]]:
        """What a failure counts against."""
        name, address = normalize("NFKC", self.name).casefold(), network_of(self.address)
        if self.device:
            yield Counted.DEVICE, self.device
            return
        yield Counted.PAIR, f"{address} {name}"
        yield Counted.ADDRESS, address
        yield Counted.NAME, name


class LoginThrottle:
    """Slows guessing down. `ticks` gives seconds that only go forward. Safe in several threads."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._lock = Lock()
        self._failures: dict[Counted, OrderedDict[str, Failures]] = {
            counted: OrderedDict() for counted in Counted
        }

    def count(self, attempt: Attempt) -> None:
        """Counts a try before the password is looked at, so that parallel tries count too.

        Raises TooManyTries; a try that has to wait makes the wait no longer.
        """
        now = self._ticks()
        with self._lock:
            known = [(one, key, self._failures[one].get(key)) for one, key in attempt.keys]
            wait = max(failed.wait(LIMITS[one], now) if failed else 0 for one, _, failed in known)
            if wait > 0:
                raise TooManyTries(f"密码输错次数过多，请{in_words(wait)}后再试。")
            tried_before = any(
                one is Counted.PAIR and failed and failed.left(LIMITS[one], now)
                for one, _, failed in known
            )
            for one, key, failed in known:
                if one is Counted.ADDRESS and tried_before:  # this name counts already
                    continue
                self._keep(one, key, (failed or Failures(0, now)).plus(LIMITS[one], 1, now))

    def forget(self, attempt: Attempt) -> None:
        """The password was right: it was no failure, and the user's own before count no longer.

        Failures of the name elsewhere and of the address with other names go on to count.
        """
        now = self._ticks()
        with self._lock:
            for one, key in attempt.keys:
                failed = self._failures[one].pop(key, None)
                if failed and one in (Counted.ADDRESS, Counted.NAME):
                    self._keep(one, key, failed.plus(LIMITS[one], -1, now))

    def _keep(self, counted: Counted, key: str, failed: Failures) -> None:
        failures = self._failures[counted]
        failures[key] = failed
        failures.move_to_end(key)
        while len(failures) > MAX_WATCHED:
            failures.popitem(last=False)


def device_cookie(user: str, password: str) -> str:
    """What the browser of a user is given at a log-in: of this id, with this hash of a password.

    It ends with the password, and lets nobody in.
    """
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_signature(user, password, nonce)}"


def known_device(cookie: str, user: str, password: str) -> str:
    """The browser that was given this cookie when the user signed in, "" where it was not."""
    nonce, _, signature = cookie.partition(".")
    expected = _signature(user, password, nonce)
    return nonce if hmac.compare_digest(signature.encode(), expected.encode()) else ""


def network_of(address: str) -> str:
    """The address as one that guesses: within IPv6 a whole network is one customer's.

    >>> network_of("10.0.0.1"), network_of("2001:db8::1:2"), network_of("?")
    ('10.0.0.1', '2001:db8::/64', '?')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:60]
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped or ip_network((parsed, IPV6_PREFIX), strict=False))


def in_words(seconds: float) -> str:
    """A wait as it is told.

    >>> in_words(4.2), in_words(60), in_words(61)
    ('5秒', '1分钟', '2分钟')
    """
    return f"{-int(-seconds // 1)}秒" if seconds < 60 else f"{-int(-seconds // 60)}分钟"


def _signature(user: str, password: str, nonce: str) -> str:
    told = f"device {user} {nonce}".encode()
    return hmac.new(password.encode(), told, "sha256").hexdigest()
