"""A person's key, opened for one request and never kept: not in the database, not on disk, not in the log."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from services.signing.errors import KeyExpired, KeyNotForSigning, NotAKey, NotYourKey, WrongPassphrase

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

#: no key file is larger
MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Signature:
    """Whose certificate it is, as it is printed and kept."""

    name: str
    serial: str  #: hexadecimal, as certificate viewers show it
    issuer: str
    valid_until: datetime


@dataclass(frozen=True)
class Signer:
    """An opened key."""

    signature: Signature
    signer: "SimpleSigner"


def open_key(file: bytes, passphrase: str, *, at: datetime) -> Signer:
    """Open a PKCS#12 file. Raises NotAKey, WrongPassphrase, KeyExpired, KeyNotForSigning."""
    from pyhanko.sign.signers import SimpleSigner

    if not file or len(file) > MOST_BYTES:
        raise NotAKey
    try:
        bundle = pkcs12.load_pkcs12(file, passphrase.encode())
    except ValueError as error:
        raise (WrongPassphrase if "password" in str(error).lower() else NotAKey) from None
    except Exception:  # the file is hostile or broken in whatever way
        raise NotAKey from None
    if bundle.cert is None or not isinstance(bundle.key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise NotAKey
    certificate = bundle.cert.certificate
    _check(certificate, at)
    read = SimpleSigner.load_pkcs12_data(file, other_certs=[], passphrase=passphrase.encode())
    if read is None:
        raise NotAKey
    return Signer(_signature(certificate), read)


def check_owner(signature: Signature, full_name: str) -> None:
    """The certificate names this person: each word of its name is one of theirs. Raises NotYourKey."""
    own = set(full_name.casefold().split())
    named = set(signature.name.casefold().split())
    if len(named) < 2 or not named <= own:
        raise NotYourKey(owner=signature.name)


def _check(certificate: x509.Certificate, at: datetime) -> None:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not since <= at.astimezone(UTC) <= until:
        raise KeyExpired(since=f"{since:%d.%m.%Y}", until=f"{until:%d.%m.%Y}")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise KeyNotForSigning


def _signature(certificate: x509.Certificate) -> Signature:
    subject, issuer = certificate.subject, certificate.issuer
    return Signature(
        name=_one(subject, NameOID.COMMON_NAME),
        serial=f"{certificate.serial_number:x}",
        issuer=_one(issuer, NameOID.COMMON_NAME) or issuer.rfc4514_string(),
        valid_until=certificate.not_valid_after_utc,
    )


def _one(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
