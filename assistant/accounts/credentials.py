"""Passwords and random secrets (口令与密钥): only hashes of them are stored."""

import secrets
from collections.abc import Sequence
from functools import cache, partial
from hashlib import sha256
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from assistant.accounts.password_rules import check_password
from assistant.errors import AccountError

MAX_EARLIER_PASSWORDS = 5
"""Number of passwords, the present one among them, that a new one must differ from."""
MAX_HASHING_AT_ONCE = 2
"""Maximum number of passwords hashed at once: each takes 64 MB for a moment."""


class Passwords:
    """Makes and checks argon2 hashes of passwords. Safe to call from several threads."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._of_nobody = cache(partial(self._hasher.hash, secrets.token_hex()))
        self._hashing = Semaphore(MAX_HASHING_AT_ONCE)

    def new(self, password: str, *, user: str, earlier: Sequence[str] = ()) -> str:
        """The hash of a password that the user called so is given.

        Raises AccountError where `password_rules` refuse it, or where it is one of the `earlier`,
        of which the hashes are given.
        """
        check_password(password, user=user)
        with self._hashing:
            if any(self._verified(hashed, password) for hashed in earlier):
                raise AccountError(
                    f"这个密码不能用：和最近{MAX_EARLIER_PASSWORDS}个用过的密码之一相同，请换一个。"
                )
            return self._hasher.hash(password)

    def renewed(self, hashed: str, password: str) -> str | None:
        """The hash of the same password as it would be made today; None where it is as today's."""
        if not self._hasher.check_needs_rehash(hashed):
            return None
        with self._hashing:
            return self._hasher.hash(password)

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether the password is the hashed one.

        Takes as long where there is no hash: the time does not tell whether there is such a user.
        """
        with self._hashing:
            nobody = self._of_nobody()  # made by whoever signs in first, not at the start
            return self._verified(nobody if hashed is None else hashed, password)

    def _verified(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except VerificationError:
            return False


def new_secret() -> str:
    """A random secret that nobody guesses, of 43 characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The sha256 of a random secret: what is stored of it."""
    return sha256(secret.encode()).hexdigest()
