"""Debian's programs: those that this machine has, else those that `make` laid beside the Python packages."""

import os
import shutil
from pathlib import Path

from services.config import ROOT

#: where `make test` and `make cluster` lay the packages of Debian that the machine lacks
LAID = ROOT / ".venv" / "cluster"
FOLDERS = ("usr/sbin", "usr/bin", "usr/lib/postgresql/15/bin")
#: what a cluster needs, by the name of its program
NEEDED = ("etcd", "patroni", "postgres", "haproxy", "pgbouncer", "nginx")
WHY = "Debian's etcd, Patroni, PostgreSQL 15, HAProxy, pgbouncer and nginx are needed; `make test` fetches them"


def program(name: str) -> Path | None:
    """Where that program lies; what was laid down goes first, so that all are of one release."""
    searched = [*(LAID / each for each in FOLDERS), *(Path("/") / each for each in FOLDERS)]
    found = shutil.which(name, path=os.pathsep.join(map(str, searched)))
    return Path(found) if found else None


def missing() -> list[str]:
    """Which of them are not to be had."""
    return [name for name in NEEDED if program(name) is None]


def environment() -> dict[str, str]:
    """What the laid ones need to find their libraries and modules, and nothing of ours."""
    libraries = [str(each) for each in (LAID / "usr" / "lib").glob("*-linux-gnu")]
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": os.pathsep.join(libraries),
        "PYTHONPATH": str(LAID / "usr" / "lib" / "python3" / "dist-packages"),
    }
