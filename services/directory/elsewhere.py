"""Passwords that the organisation's directory knows (LDAP, Active Directory), an extra (`komek[ldap]`).

Whoever the directory lets in by their password is who they say; what they may do is said here alone.
"""

import re
import ssl
from urllib.parse import urlsplit

import structlog

from services.config import THIS_MACHINE, Config
from services.directory.errors import DirectoryAway

#: seconds until a directory that does not answer is given up: when connecting, and when it is asked
CONNECT_S, ANSWER_S = 3, 5
#: names that can stand in a distinguished name, a filter or an address without meaning anything there
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PLACE = "{login}"
#: RFC 4511: what a directory says of a name or a password that is not right; some refuse in other words
NOT_RIGHT = {19: "constraintViolation", 32: "noSuchObject", 34: "invalidDNSyntax", 49: "invalidCredentials",
             50: "insufficientAccessRights", 53: "unwillingToPerform"}  # fmt: skip
log = structlog.get_logger("komek.ldap")


class LdapSettings(ValueError):
    """KOMEK_LDAP_URL and KOMEK_LDAP_NAME do not fit."""


def is_on(config: Config) -> bool:
    """Whether a directory is asked for passwords here."""
    return bool(config.ldap_url)


def check_settings(config: Config) -> None:
    """Nothing, when they can be used or none are set. Raises LdapSettings, with what is wrong in words."""
    if not is_on(config):
        return
    parts = urlsplit(config.ldap_url)
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
        raise LdapSettings("KOMEK_LDAP_URL must look like ldaps://ldap.example.kz or ldap://ldap.example.kz?starttls")
    if not _is_private(config.ldap_url) and parts.hostname not in THIS_MACHINE:
        raise LdapSettings("KOMEK_LDAP_URL sends passwords: it has to begin with ldaps:// or end with ?starttls")
    if config.ldap_name.count(PLACE) != 1:
        raise LdapSettings("KOMEK_LDAP_NAME must hold {login} once: uid={login},ou=people,dc=example,dc=kz")
    try:
        import ldap3  # noqa: F401
    except ImportError as error:
        raise LdapSettings("KOMEK_LDAP_URL is set, and ldap3 is not installed: pip install 'komek[ldap]'") from error


def lets_in(login: str, password: str, config: Config) -> bool:
    """Whether the directory takes that password of that name. Raises DirectoryAway.

    An empty password is nobody's: directories take it for a visit without a name (RFC 4513, 5.1.2).
    """
    if not password or "\0" in password or not PLAIN_NAME.fullmatch(login):
        return False
    import ldap3
    from ldap3.core.exceptions import LDAPException

    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=config.ldap_ca or None)
    parts = urlsplit(config.ldap_url)
    server = ldap3.Server(
        parts.hostname, port=parts.port or (636 if parts.scheme == "ldaps" else 389), use_ssl=parts.scheme == "ldaps",
        tls=tls if _is_private(config.ldap_url) else None, get_info=ldap3.NONE, connect_timeout=CONNECT_S,
    )  # fmt: skip
    name = config.ldap_name.replace(PLACE, login)
    try:
        line = ldap3.Connection(server, user=name, password=password, receive_timeout=ANSWER_S, raise_exceptions=False)
        line.open()
        if parts.query == "starttls" and not line.start_tls():
            raise DirectoryAway
        taken, code = bool(line.bind()), int(line.result["result"])
        line.unbind()
    except (LDAPException, OSError) as error:
        log.warning("ldap", result="away", error=type(error).__name__)
        raise DirectoryAway from error
    if not taken and code not in NOT_RIGHT:
        log.warning("ldap", result="away", code=code)
        raise DirectoryAway
    return taken


def _is_private(url: str) -> bool:
    """Whether what goes there is encrypted, and the other end shows who it is."""
    parts = urlsplit(url)
    return parts.scheme == "ldaps" or parts.query == "starttls"
