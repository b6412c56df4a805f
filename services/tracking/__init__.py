"""The code by which an applicant asks where the application is; what is kept of it, and what keeps guessers out."""

from services.tracking.codes import WrongCode, WrongGroup, groups_of, read_code
from services.tracking.guesses import (
    WINDOW,
    TooManyGuesses,
    check_not_refused,
    count_guess,
    digest_with,
    forget_old,
    is_refused,
    keys_of,
    take_back,
)
from services.tracking.pace import TooManyAsk, looked_up
from services.tracking.service import NOBODYS, KeptCode, forget_codes, give_code, has_code

__all__ = [
    "NOBODYS",
    "WINDOW",
    "KeptCode",
    "TooManyAsk",
    "TooManyGuesses",
    "WrongCode",
    "WrongGroup",
    "check_not_refused",
    "count_guess",
    "digest_with",
    "forget_codes",
    "forget_old",
    "give_code",
    "groups_of",
    "has_code",
    "is_refused",
    "keys_of",
    "looked_up",
    "read_code",
    "take_back",
]
