"""Passwords: how they are kept, compared, and which are too weak."""

import re
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.config import Config
from services.directory.errors import LeakedPassword, LongPassword, PasswordIsName, ShortPassword

MIN_LENGTH = 10
#: zxcvbn counts them from 30,000 leaked passwords, words and names, rows of keys, repeats and dates; with fewer, even
#: the few tries that a sign-in allows would find it
FEWEST_GUESSES = 10**8
#: zxcvbn looks at no more
EXAMINED = 72
SHORTEST_NAME = 3
#: «йцукен» is «qwerty», and «пароль» stands among the leaked ones as «gfhjkm»
AS_LATIN = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.")
#: more is not typed by people, and costs time to hash
MAX_LENGTH = 200


def hash_password(password: str, login: str, full_name: str, config: Config) -> str:
    """What is kept of that person's new password.

    Raises ShortPassword, LongPassword, PasswordIsName, LeakedPassword.
    """
    plain = _normal(password)
    if len(plain) < MIN_LENGTH:
        raise ShortPassword(length=MIN_LENGTH)
    if len(plain) > MAX_LENGTH:
        raise LongPassword(length=MAX_LENGTH)
    from zxcvbn import zxcvbn

    names = [each for each in re.split(r"\W+", f"{login} {full_name}".casefold()) if len(each) >= SHORTEST_NAME]
    for typed in {plain, plain.casefold().translate(AS_LATIN)}:
        if zxcvbn(typed[:EXAMINED], user_inputs=[login, *names])["guesses"] < FEWEST_GUESSES:
            raise PasswordIsName if any(each in plain.casefold() for each in names) else LeakedPassword
    return renewed(plain, config)


def matches(kept: str | None, password: str, config: Config) -> bool:
    """Whether it is the password; takes as long when there is nobody to compare it with (`kept` is None)."""
    plain = _normal(password[: MAX_LENGTH * 4])
    try:
        _hasher(config.testing).verify(kept or _nobody(config.testing), _bytes(plain))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None and len(plain) <= MAX_LENGTH


def renewed(password: str, config: Config) -> str:
    """The password with today's costs."""
    return _hasher(config.testing).hash(_bytes(_normal(password)))


def is_outdated(kept: str, config: Config) -> bool:
    """Whether it was hashed with other costs than today's."""
    return _hasher(config.testing).check_needs_rehash(kept)


@cache
def _hasher(testing: bool) -> PasswordHasher:
    """The library's own costs; next to none in tests."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if testing else PasswordHasher()


@cache
def _nobody(testing: bool) -> str:
    return _hasher(testing).hash(secrets.token_bytes(32))


def _normal(password: str) -> str:
    """One form for what different keyboards compose differently (й, ё)."""
    return unicodedata.normalize("NFC", password)


def _bytes(plain: str) -> bytes:
    return plain.encode("utf-8", "surrogatepass")
