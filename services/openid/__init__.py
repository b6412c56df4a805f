"""Signing in by an organisation's provider (OpenID Connect): there and back, and whose account that is."""

from services.openid.errors import PasswordsOff
from services.openid.provider import check_ready, check_tls, is_on
from services.openid.service import CameBack, send_there, sign_out_there, tie_of, tie_subject, untie_subject, who_came

__all__ = [
    "CameBack",
    "PasswordsOff",
    "check_ready",
    "check_tls",
    "is_on",
    "send_there",
    "sign_out_there",
    "tie_of",
    "tie_subject",
    "untie_subject",
    "who_came",
]
