"""Keys made for the tests: a small authority, and people's PKCS#12 files signed by it."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSPHRASE = "Құпия сөз 1"
NOW = datetime.now(UTC)


@cache
def authority(name: str = "Test Authority") -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    """An issuer that signs itself."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = _certificate(subject, subject, key, NOW - timedelta(days=3650), NOW + timedelta(days=3650))
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return built.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key


def issuer_pem(name: str = "Test Authority") -> bytes:
    """The issuer's certificate, as a region keeps it."""
    return authority(name)[0].public_bytes(serialization.Encoding.PEM)


@cache
def person_key(
    name: str,
    *,
    since: datetime = NOW - timedelta(days=3650),
    until: datetime = NOW + timedelta(days=365),
    issuer: str = "Test Authority",
    signs: bool = True,
) -> bytes:
    """A person's PKCS#12 file, opened by PASSPHRASE."""
    root, root_key = authority(issuer)
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(signs, signs, not signs, False, False, False, False, False, False)
    built = _certificate(subject, root.subject, key, since, until).add_extension(usage, critical=True)
    certificate = built.sign(root_key, hashes.SHA256())
    encrypted = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [root], encrypted)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
