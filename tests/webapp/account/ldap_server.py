"""A directory of an organisation: OpenLDAP's own server, over TLS, with one person in it."""

import ipaddress
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.config import ROOT

BESIDE = ROOT / ".venv" / "slapd"
SLAPD = shutil.which("slapd", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", f"{BESIDE}/usr/sbin")))
NAME, PASSWORD = "clerk.taldykorgan", "Қаратал өзенінің суы 17"
LDIF = f"""dn: dc=example,dc=kz
objectClass: organization
objectClass: dcObject
o: Example
dc: example

dn: ou=people,dc=example,dc=kz
objectClass: organizationalUnit
ou: people

dn: uid={NAME},ou=people,dc=example,dc=kz
objectClass: inetOrgPerson
uid: {NAME}
cn: clerk
sn: clerk
userPassword: {PASSWORD}

dn: uid=nobody.here,ou=people,dc=example,dc=kz
objectClass: inetOrgPerson
uid: nobody.here
cn: nobody
sn: nobody
userPassword: {PASSWORD}
"""


@dataclass
class Directory:
    """Where it listens, and the certificate that vouches for it."""

    plain: str
    private: str
    certificate: Path
    process: "subprocess.Popen[bytes]"

    def settings(self, **more: object) -> dict[str, object]:
        """As an administrator writes them."""
        where = {"ldap_url": self.private, "ldap_ca": str(self.certificate)}
        return {**where, "ldap_name": "uid={login},ou=people,dc=example,dc=kz", **more}


@contextmanager
def directory_at_work() -> Iterator[Directory]:
    """Skips where OpenLDAP's server is not to be had."""
    if SLAPD is None:
        pytest.skip("slapd is not to be had here")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        settings = _written(folder)
        libraries = os.pathsep.join(str(each) for each in (BESIDE / "usr/lib", *BESIDE.glob("usr/lib/*-linux-gnu")))
        env = {**os.environ, "LD_LIBRARY_PATH": libraries}
        subprocess.run([SLAPD, "-T", "add", "-f", settings, "-l", folder / "people.ldif"], env=env, check=True)
        plain, private = (f"ldap://127.0.0.1:{_free_port()}", f"ldaps://127.0.0.1:{_free_port()}")
        process = subprocess.Popen([SLAPD, "-f", settings, "-h", f"{plain} {private}", "-d", "0"], env=env)
        try:
            _wait(int(private.rpartition(":")[2]), process)
            yield Directory(plain, private, folder / "own.pem", process)
        finally:
            process.kill()
            process.wait(60)


def _written(folder: Path) -> Path:
    share = next(each for each in (BESIDE / "etc/ldap/schema", Path("/etc/ldap/schema")) if each.exists())
    modules = next(each for each in (BESIDE / "usr/lib/ldap", Path("/usr/lib/ldap")) if each.exists())
    (folder / "data").mkdir()
    (folder / "people.ldif").write_text(LDIF, encoding="utf-8")
    _certify(folder)
    settings = folder / "slapd.conf"
    settings.write_text(f"""
{"".join(f"include {share}/{each}.schema{chr(10)}" for each in ("core", "cosine", "inetorgperson"))}
modulepath {modules}
moduleload back_mdb
TLSCertificateFile {folder}/own.pem
TLSCertificateKeyFile {folder}/own.key
database mdb
suffix "dc=example,dc=kz"
directory {folder}/data
""")
    return settings


def _certify(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ldap")])
    now = datetime.now(UTC)
    own = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    own = own.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    own = own.not_valid_after(now + timedelta(days=1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("127.0.0.1")])
    own = own.add_extension(here, critical=False)
    own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    (folder / "own.pem").write_bytes(own.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (folder / "own.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))  # fmt: skip


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("slapd did not begin")
