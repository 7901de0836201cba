"""Passwords and random secrets (口令与密钥): only hashes of them are stored."""

import secrets
from functools import cache, partial
from hashlib import sha256
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from assistant.errors import AccountError

MIN_PASSWORD_LENGTH = 8
"""Minimum number of characters of a password."""
MAX_HASHING_AT_ONCE = 2
"""Maximum number of passwords hashed at once: each takes 64 MB for a moment."""


class Passwords:
    """Makes and checks argon2 hashes of passwords. Safe to call from several threads."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._of_nobody = cache(partial(self._hasher.hash, secrets.token_hex()))
        self._hashing = Semaphore(MAX_HASHING_AT_ONCE)

    def hash(self, password: str) -> str:
        """The hash to store; raises AccountError where the password is too short."""
        if len(password) < MIN_PASSWORD_LENGTH:
            raise AccountError(f"密码太短，至少要{MIN_PASSWORD_LENGTH}个字符。")
        with self._hashing:
            return self._hasher.hash(password)

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether the password is the hashed one.

        Takes as long where there is no hash: the time does not tell whether there is such a user.
        """
        with self._hashing:
            nobody = self._of_nobody()  # made by whoever signs in first, not at the start
            try:
                return self._hasher.verify(nobody if hashed is None else hashed, password)
            except VerificationError:
                return False


def new_secret() -> str:
    """A random secret that nobody guesses, of 43 characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The sha256 of a random secret: what is stored of it."""
    return sha256(secret.encode()).hexdigest()
