"""A copy of a database is brought to a moment: its log of changes is played until there, then it is opened."""

import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from services.postgres.children import dies_with_parent, wait_until
from services.postgres.places import as_account, clean_environment, find_places, packed, prepare
from services.postgres.server import PORT

#: whatever the copied settings say: it listens to nobody, sends nothing anywhere and waits for no standby
APART = {
    "listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700", "logging_collector": "off",
    "log_destination": "stderr", "log_min_messages": "log", "timezone": "UTC", "log_timezone": "UTC",
    "lc_messages": "C",
    "archive_mode": "off", "archive_library": "", "primary_conninfo": "", "primary_slot_name": "",
    "synchronous_standby_names": "", "shared_preload_libraries": "", "session_preload_libraries": "", "ssl": "off",
    "hot_standby": "off", "recovery_end_command": "", "archive_cleanup_command": "", "external_pid_file": "",
}  # fmt: skip
#: for the server's end
ENDINGS = ((signal.SIGINT, 120.0), (signal.SIGKILL, 10.0))
LOOK_S = 0.1


class RecoveryFailed(RuntimeError):
    """The server ended before it was opened; the message is what it said last."""


class Recovery:
    """In a new home folder: the caller fills `data` and `wal`; then it is opened, closed, and given its name."""

    def __init__(self, home: Path, major: int, programs: Path) -> None:
        self.places = find_places(home)
        self.home, self.major, self._programs = self.places.home, major, programs
        self.data = self.places.place / "restoring"
        self.wal = self.places.place / "wal"
        self._log = self.places.place / "restoring.log"
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the folders. Raises CannotStart."""
        self.home.mkdir(parents=True, exist_ok=True)
        ours = prepare(self.places)
        self._programs = ours if self._programs == packed() else self._programs
        self.wal.mkdir(mode=0o700, exist_ok=True)

    def address(self, database: str) -> str:
        """Of a database of it, as its superuser."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.places.sockets}&port={PORT}"

    def open(self, target: Sequence[tuple[str, str]]) -> None:
        """Play the log until the target (PostgreSQL's recovery settings) and open the database. Takes as long as it
        takes. Raises RecoveryFailed."""
        (self.data / "recovery.signal").touch()
        for name, content in (("restoring.conf", ""), ("restoring.hba", "local all all trust\n")):
            (self.places.place / name).write_text(content, encoding="utf-8")
        self._give_all()
        fetch = f'cp "{self.wal}/%f" "%p"'
        settings = {**APART, "restore_command": fetch, "recovery_target_action": "promote",
                    "hba_file": str(self.places.place / "restoring.hba"), **dict(target)}  # fmt: skip
        with self._log.open("ab") as stream:
            process = self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.data, "-k", self.places.sockets,
                 "-c", f"config_file={self.places.place / 'restoring.conf'}",
                 *(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))],
                stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, cwd="/", env=clean_environment(),
                start_new_session=True, preexec_fn=dies_with_parent(signal.SIGINT), **as_account(self.places.account),
            )  # fmt: skip
        while not wait_until(lambda: process.poll() is not None or self._answers(), 60.0, every_s=LOOK_S):
            continue
        if process.poll() is not None:
            raise RecoveryFailed(self._log.read_text(encoding="utf-8", errors="replace")[-4000:])

    def close(self) -> None:
        """Stop the server; what was restored is whole on the disk."""
        process, self._process = self._process, None
        for how, patience_s in ENDINGS:
            if process is None or process.poll() is not None:
                return
            process.send_signal(how)
            wait_until(lambda: process.poll() is not None, patience_s)

    def keep(self) -> Path:
        """Make it a cluster, by the name under which `komek serve` looks for it; the folder."""
        for left in (self.wal, self.places.sockets):
            shutil.rmtree(left, ignore_errors=True)
        for name in ("restoring.conf", "restoring.hba", "restoring.log"):
            (self.places.place / name).unlink(missing_ok=True)
        there = self.places.place / f"pg{self.major}"
        self.data.rename(there)
        return there

    def discard(self) -> None:
        """Nothing of it is left."""
        self.close()
        for left in (self.places.sockets, self.places.place, self.home):
            shutil.rmtree(left, ignore_errors=True)

    def _give_all(self) -> None:
        """Whoever runs the server owns what it reads; nobody else reads it."""
        for folder in (self.data, self.wal):
            for each in (folder, *folder.rglob("*")):
                self.places.give(each)
        for name in ("restoring.conf", "restoring.hba"):
            self.places.give(self.places.place / name)
        self.data.chmod(0o700)

    def _answers(self) -> bool:
        asked = self.places.run(self._programs / "pg_isready", "-q", "-h", self.places.sockets, "-p", str(PORT))
        return asked.returncode == 0
