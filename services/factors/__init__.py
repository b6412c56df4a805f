"""What is shown beside a password, or in its place: one-time codes, recovery codes, passkeys; and who owes it."""

from services.factors import totp
from services.factors.codes import (
    begin_codes,
    check_code,
    confirm_codes,
    has_codes,
    pending_secret,
    recovery_left,
    remove_codes,
    renew_recovery_codes,
)
from services.factors.errors import PasskeyRefused, SecondFactorMissing, SecondStepWaits
from services.factors.needed import CODE, PASSKEY, has_any, needed_by, suffices
from services.factors.passkeys import (
    Site,
    ask,
    ask_for_new,
    keep_passkey,
    passkeys_of,
    remove_passkey,
    who_signed,
)
from services.factors.reset import forget_factors

__all__ = [
    "CODE",
    "PASSKEY",
    "PasskeyRefused",
    "SecondFactorMissing",
    "SecondStepWaits",
    "Site",
    "ask",
    "ask_for_new",
    "begin_codes",
    "check_code",
    "confirm_codes",
    "forget_factors",
    "has_any",
    "has_codes",
    "keep_passkey",
    "needed_by",
    "passkeys_of",
    "pending_secret",
    "recovery_left",
    "remove_codes",
    "remove_passkey",
    "renew_recovery_codes",
    "suffices",
    "totp",
    "who_signed",
]
