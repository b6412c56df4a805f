"""The server of one home folder: made, started, looked after, stopped."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from services.postgres.children import Process, dies_with_parent, end_all, wait_until
from services.postgres.errors import AlreadyRunning, CannotStart
from services.postgres.lock import Lock
from services.postgres.places import CLUSTER, as_account, clean_environment, find_places, prepare

#: roles: who owns the tables, and who works with them
OWNER, APPLICATION = "postgres", "komek_app"
PORT = 5432  # names the socket's file; nothing listens on the network
SETTINGS = ("listen_addresses=", "logging_collector=off", "unix_socket_permissions=0700", f"port={PORT}",
            "timezone=UTC", "log_timezone=UTC", "log_error_verbosity=terse", "log_min_messages=log",
            "max_slot_wal_keep_size=4GB")  # fmt: skip
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
LONGEST_LOG_BYTES = 10_000_000
#: for what a killed run left: ask, insist, force
ENDINGS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


class Server:
    """The server of one home folder (`var/`). `start` it, use its `address`, `stop` it.

    Start it from the main thread: it stops when the thread ends that started it. `durable=False` is for tests.
    """

    def __init__(self, home: Path, *, durable: bool = True, max_connections: int = 100) -> None:
        self.places = find_places(home)
        self.home, self.data, self.sockets = self.places.home, self.places.data, self.places.sockets
        self.durable = durable
        self.max_connections = max_connections
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = Lock(self.home / "lock")
        self._binaries = Path()

    @property
    def address(self) -> str:
        """Of the database `komek`, for SQLAlchemy: as its owner."""
        return self.address_of("komek")

    def address_of(self, database: str) -> str:
        """Of a database of this server, for SQLAlchemy."""
        return f"postgresql+psycopg://{OWNER}@/{quote(database)}?host={quote(str(self.sockets))}&port={PORT}"

    @property
    def application_address(self) -> str:
        """Of the database `komek`, for whoever works with its tables and does not own them."""
        return as_application(self.address)

    def hold(self) -> None:
        """Keep everybody else out of the home folder. Raises AlreadyRunning, CannotStart."""
        self._lock.take()

    def start(self, *, timeout_s: float = 120) -> "Server":
        """Start the server, making its cluster first when there is none.

        Raises AlreadyRunning, CannotStart.
        """
        self.hold()
        try:
            with self._faults_told():
                self._binaries = prepare(self.places)
                self._clear_stale()
                self._make_cluster()
                self._launch(timeout_s)
        except BaseException:
            self.stop()
            raise
        return self

    def restart(self, *, timeout_s: float = 120) -> None:
        """Start it again after it died, without letting go of the home folder. Raises CannotStart."""
        with self._faults_told():
            self._end()
            self._clear_stale()
            self._launch(timeout_s)

    def stop(self) -> None:
        """Stop it, as a fast shutdown: open transactions are rolled back. Then let go of the home folder."""
        self._end()
        self._lock.free()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Make an empty database of that name, or a copy of another, and the application's role; nothing twice."""
        with psycopg.connect(host=str(self.sockets), port=PORT, user="postgres", dbname="postgres") as connection:
            connection.autocommit = True
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                names = sql.Identifier(name), sql.Identifier(template)
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION)))

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            raise CannotStart(f"the database cannot be kept in {self.places.place}: {fault}") from fault

    def _make_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        new = self.places.place / f"{CLUSTER}.new"  # half an initdb is never mistaken for a cluster
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.places.give(new)
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=PG_UNICODE_FAST", *([] if self.durable else ["--no-sync"])]
        made = self.places.run(self._binaries / "initdb", "-D", new, *options)
        if made.returncode != 0:
            raise CannotStart(
                f"the database could not be made in {new}: {made.stderr.strip()}\n"
                "It needs 100 MB on a local disk that knows Unix permissions; another folder: KOMEK_VAR"
            )
        new.rename(self.data)

    def _clear_stale(self) -> None:
        """End what a killed run left, and take away its files; never a stranger that got the same number since.

        Deleting the pid file is safe only because no process of this cluster is left.
        """
        if not end_all(self._is_ours, ENDINGS):
            raise CannotStart(f"an earlier PostgreSQL works in {self.data} still and does not end: kill it")
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _is_ours(self, process: Process) -> bool:
        """Whether it is one of ours: the first names the folder, others work in it, as does one that was making it."""
        said = " ".join(process.arguments) + " "
        folders = (str(self.data), str(self.data.with_suffix(".new")))
        is_postgres = "postgres" in process.arguments[0] or "initdb" in process.arguments[0]
        return is_postgres and (process.folder in folders or any(f"-D {each} " in said for each in folders))

    def _launch(self, timeout_s: float) -> None:
        settings = (*SETTINGS, f"max_connections={self.max_connections}", *(() if self.durable else NOT_DURABLE))
        log = self.home / "postgres.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as stream:
            began_at = stream.tell()
            process = self.process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self.data, "-k", self.sockets,
                 *(part for setting in settings for part in ("-c", setting))],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd="/",
                env=clean_environment(),
                start_new_session=True,  # ctrl-C is for its owner to handle
                preexec_fn=dies_with_parent(signal.SIGINT),
                **as_account(self.places.account),
            )  # fmt: skip
        answered = wait_until(lambda: process.poll() is not None or self._answers(), timeout_s)
        if process.poll() is not None or not answered:  # asked once more, a busy machine might not answer in time
            self._end()
            raise CannotStart(f"PostgreSQL did not start; {log} says why:\n{_said(log, began_at)}")

    def _answers(self) -> bool:
        asked = self.places.run(self._binaries / "pg_isready", "-q", "-h", self.sockets, "-p", str(PORT))
        return asked.returncode == 0

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        for how, patience_s in ENDINGS:
            process.send_signal(how)
            try:
                process.wait(patience_s)
                return
            except subprocess.TimeoutExpired:
                continue


def as_application(address: str) -> str:
    """The address of a database of ours, for the role that works with its tables and does not own them."""
    return address.replace(f"//{OWNER}@", f"//{APPLICATION}@", 1)


@contextmanager
def at_hand(home: Path, *, make: bool = False) -> Iterator[str]:
    """The owner's address of the database `komek` of that home folder: of the server that runs there, else of one that
    runs as long as it is asked. Raises CannotStart, also when nothing is kept there and none is to be made.
    """
    server = Server(home)
    if not make and not (server.data / "PG_VERSION").exists():
        raise CannotStart(
            f"DATABASE_URL is not set, and no database is kept in {server.home}. "
            "Set DATABASE_URL, or make one: komek db upgrade, then komek deploy (komek serve does both)"
        )
    try:
        server.start()
        server.create_database("komek")
    except AlreadyRunning:
        yield server.address
        return
    try:
        yield server.address
    finally:
        server.stop()


def _said(log: Path, since: int) -> str:
    """What it wrote, the last lines of it."""
    with log.open("rb") as stream:
        stream.seek(max(since, os.path.getsize(log) - 4000))
        return "\n".join(stream.read().decode(errors="replace").splitlines()[-5:])
