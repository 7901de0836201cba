"""Guessing gets slower and slower, and nobody is kept out by what others guess elsewhere."""

import pytest

from assistant.accounts.throttle import (
    LIMITS,
    LONGEST_WAIT,
    Attempt,
    Counted,
    LoginThrottle,
    device_cookie,
    known_device,
)
from assistant.errors import TooManyTries

DAY = 24 * 3600


class Ticks:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def throttle(ticks: Ticks) -> LoginThrottle:
    return LoginThrottle(ticks)


def guesses(throttle: LoginThrottle, ticks: Ticks, seconds: int, *attempts: Attempt) -> int:
    """How many guesses are let through in that time, one tried each second for each attempt."""
    through = 0
    for _ in range(seconds):
        ticks.now += 1
        for attempt in attempts:
            try:
                throttle.count(attempt)
                through += 1
            except TooManyTries:
                pass
    return through


def test_one_name_from_one_address(throttle: LoginThrottle, ticks: Ticks) -> None:
    assert guesses(throttle, ticks, 60, Attempt("李明", "10.0.0.1")) == 5
    assert guesses(throttle, ticks, DAY // 8, Attempt("李明", "10.0.0.1")) < 40


def test_many_names_from_one_address(throttle: LoginThrottle, ticks: Ticks) -> None:
    names = [Attempt(f"u{n}", "10.0.0.1") for n in range(200)]
    assert guesses(throttle, ticks, 1, *names) == LIMITS[Counted.ADDRESS].free
    network = [Attempt(f"u{n}", f"2001:db8::{n:x}") for n in range(200)]
    assert guesses(throttle, ticks, 1, *network) == LIMITS[Counted.ADDRESS].free


def test_who_guesses_at_one_name_keeps_no_other_out_of_the_same_address(
    throttle: LoginThrottle, ticks: Ticks
) -> None:
    assert guesses(throttle, ticks, DAY, Attempt("李明", "10.0.0.1")) > LIMITS[Counted.ADDRESS].free
    throttle.count(Attempt("王芳", "10.0.0.1"))


def test_one_name_from_many_addresses(throttle: LoginThrottle, ticks: Ticks) -> None:
    everywhere = [Attempt("管理", f"10.0.{n}.1") for n in range(200)]
    assert guesses(throttle, ticks, 1, *everywhere) == LIMITS[Counted.NAME].free
    with pytest.raises(TooManyTries, match="请15秒后再试"):
        throttle.count(Attempt("管理", "10.9.9.9"))
    for spelt in ("管理", "ＡＤＭＩＮ", "Admin", "admin"):  # one name, however it is spelt
        guesses(throttle, ticks, 1, *(Attempt(spelt, f"10.1.{n}.1") for n in range(10)))
    with pytest.raises(TooManyTries):
        throttle.count(Attempt("admin", "10.9.9.9"))


def test_a_known_browser_is_let_try_whatever_others_guess(
    throttle: LoginThrottle, ticks: Ticks
) -> None:
    own = Attempt("管理", "10.0.0.9", device="abc")
    others = [Attempt("管理", f"10.0.0.{n}") for n in range(200)]
    guesses(throttle, ticks, 600, *others[:20])
    throttle.count(own)
    throttle.forget(own)
    assert guesses(throttle, ticks, 60, own) == LIMITS[Counted.DEVICE].free


def test_waits_grow_and_end(throttle: LoginThrottle, ticks: Ticks) -> None:
    attempt = Attempt("李明", "10.0.0.1")
    guesses(throttle, ticks, 10 * 3600, attempt)
    ticks.now += LONGEST_WAIT
    throttle.count(attempt)
    with pytest.raises(TooManyTries, match="分钟后再试"):
        throttle.count(attempt)
    ticks.now += DAY
    assert guesses(throttle, ticks, 10, attempt) == LIMITS[Counted.PAIR].free


def test_a_right_password_is_no_failure(throttle: LoginThrottle, ticks: Ticks) -> None:
    """Many behind one address sign in, each at the first try."""
    for n in range(500):
        attempt = Attempt(f"u{n}", "10.0.0.1")
        throttle.count(attempt)
        throttle.forget(attempt)
    for turn in range(5):  # one's own password between guesses at another's makes those no fewer
        others = (Attempt(f"v{turn}-{n}", "10.0.0.1") for n in range(10))
        guesses(throttle, ticks, 1, *others)
        own = Attempt("u1", "10.0.0.7")
        throttle.count(own)
        throttle.forget(own)
    with pytest.raises(TooManyTries):
        throttle.count(Attempt("v99", "10.0.0.1"))


def test_a_device_cookie_is_one_users_and_ends_with_the_password() -> None:
    cookie = device_cookie("5f0c", "$argon2id$one")
    assert known_device(cookie, "5f0c", "$argon2id$one")
    assert device_cookie("5f0c", "$argon2id$one") != cookie
    for user, password in (("5f0d", "$argon2id$one"), ("5f0c", "$argon2id$two"), ("", "")):
        assert known_device(cookie, user, password) == ""
    for made_up in ("", ".", "abc", "abc.", cookie[:-1], "x" + cookie, "é.é"):
        assert known_device(made_up, "5f0c", "$argon2id$one") == ""
