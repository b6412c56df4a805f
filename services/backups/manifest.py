"""PostgreSQL's own list of a copy's files, and whether they are as it says.

What `pg_verifybackup` does, said in Python: the one among the packed programs does not run, and this serves copies of
every version. The format stands in PostgreSQL's documentation, "Backup Manifest Format".
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from services.backups.errors import BackupDamaged
from services.postgres import clean_environment

MANIFEST = "backup_manifest"
#: written by whoever copies or starts it, or proved by itself
NOT_LISTED = (MANIFEST, "postgresql.auto.conf", "recovery.signal", "standby.signal")
#: so many faults are said
SAID = 5


def check_copy(data: Path, name: str, reading: Path) -> None:
    """Every file is there, is no other and says what it said, and the log that the copy needs can be read to its end.

    `reading` is `pg_waldump` of the copy's version. Raises BackupDamaged.
    """
    try:
        manifest = _read(data / MANIFEST)
        faults = [*_faults_in_files(data, manifest["Files"]), *_faults_in_log(data, manifest["WAL-Ranges"], reading)]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BackupDamaged(name=name, said=f"{MANIFEST}: {fault}") from fault
    if faults:
        more = f" … ({len(faults)})" if len(faults) > SAID else ""
        raise BackupDamaged(name=name, said="; ".join(faults[:SAID]) + more)


def digest_of(file: Path) -> str:
    """SHA-256 of what it holds, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read(file: Path) -> dict[str, list[dict[str, object]]]:
    """Raises ValueError when it is not as PostgreSQL wrote it: its last line is the digest of those before."""
    content = file.read_bytes()
    before, found, _ = content.rpartition(b'"Manifest-Checksum"')
    manifest = json.loads(content)
    if not found or hashlib.sha256(before).hexdigest() != manifest["Manifest-Checksum"]:
        raise ValueError("its own checksum differs")
    return dict(manifest)


def _faults_in_files(data: Path, listed: list[dict[str, object]]) -> Iterator[str]:
    known = set()
    for each in listed:
        path = os.fsdecode(bytes.fromhex(str(each["Encoded-Path"]))) if "Encoded-Path" in each else str(each["Path"])
        known.add(path)
        file = data / path
        if path in NOT_LISTED:
            continue
        if not file.is_file():
            yield f"{path} is missing"
        elif file.stat().st_size != each["Size"]:
            yield f"{path} has {file.stat().st_size} bytes, not {each['Size']}"
        elif digest_of(file) != each["Checksum"]:
            yield f"{path} was changed"
    for file in data.rglob("*"):
        path = file.relative_to(data).as_posix()
        if file.is_file() and path not in known and path not in NOT_LISTED and not path.startswith("pg_wal/"):
            yield f"{path} is no file of it"


def _faults_in_log(data: Path, ranges: list[dict[str, object]], reading: Path) -> Iterator[str]:
    for each in ranges:
        command: list[str | Path] = [reading, "--quiet", "--path", data / "pg_wal", "--timeline", str(each["Timeline"]),
                   "--start", str(each["Start-LSN"]), "--end", str(each["End-LSN"])]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=clean_environment())
        if done.returncode != 0:
            yield done.stderr.strip().partition("\n")[0] or f"pg_waldump ended with {done.returncode}"
