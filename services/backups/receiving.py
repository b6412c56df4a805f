"""Changes as they happen: the log streams in beside the copies, so that any moment can be gone back to."""

import logging
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from services import clock
from services.backups.making import make
from services.backups.repository import Repository, Stretch
from services.backups.server import SLOT, LivingServer
from services.errors import KomekError
from services.postgres import dies_with_parent

logger = logging.getLogger(__name__)

#: between two looks at the stream, and after a failure
LOOK_S, PAUSE_S = 1.0, 5.0
#: what it may take to end
GRACE_S = 10.0
#: a copy that failed is begun anew after this
AGAIN = timedelta(minutes=10)


class Receiver:
    """`pg_receivewal` over the newest line: each change is on the disk here as soon as it came."""

    def __init__(self, source: LivingServer, repository: Repository) -> None:
        self.source, self.repository = source, repository
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Stretch:
        """Go on with the newest line; begin another one where changes may be missing. Raises as `make`."""
        cluster = self.source.cluster()
        with self.repository.held():
            line = self.repository.line_of(cluster)
            if self.source.slot() in (None, "lost"):
                self.source.make_slot()
                line = self.repository.begin(cluster) if line.bases or any(line.wal.iterdir()) else line
        program = self.source.program("pg_receivewal", cluster.version)
        self._process = subprocess.Popen(
            [program, "--directory", line.wal, "--slot", SLOT, "--synchronous", "--no-loop", "--no-password"],
            env=self.source.environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        return line

    def ended(self) -> str | None:
        """What it said when it ended; None while it receives."""
        if self._process is None:
            return ""
        if self._process.poll() is None:
            return None
        return (self._process.communicate()[1] or "").strip()

    def stop(self) -> None:
        """End it; what came is on the disk."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=GRACE_S)
            return
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Keeping:
    """What whoever keeps backups goes by."""

    source: LivingServer
    repository: Repository
    every_h: int  #: a whole copy so often, in hours
    keep_days: int
    komek: str  #: Komek's version
    #: hears of each copy by its name, and once of what goes wrong
    told: Callable[[KomekError | str], None]


def keep(keeping: Keeping, stop: Event) -> None:
    """Receive until told to stop, and make a whole copy whenever the newest of the line is too old, or there is none.

    What fails is tried again.
    """
    receiver, copies, said = Receiver(keeping.source, keeping.repository), _Copies(keeping), ""
    try:
        while not stop.is_set():
            try:
                line = receiver.start()
                while not stop.is_set() and (ended := receiver.ended()) is None:
                    copies.make_when_due(line)
                    stop.wait(LOOK_S)
                if not stop.is_set():
                    logger.warning("the log of changes broke off: %s", ended)
                said = ""
            except KomekError as fault:
                if str(fault) != said:
                    keeping.told(fault)
                said = str(fault)
            receiver.stop()
            stop.wait(PAUSE_S)
    finally:
        receiver.stop()


class _Copies:
    """Whole copies in their time. A failure hinders no change from being received."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping, self._said, self._not_before = keeping, "", clock.real()

    def make_when_due(self, line: Stretch) -> None:
        now, keeping, bases = clock.real(), self._keeping, line.bases
        if now < self._not_before or (bases and now - bases[-1].ended < timedelta(hours=keeping.every_h)):
            return
        try:
            base = make(
                keeping.source, keeping.repository,
                komek=keeping.komek, keep_days=keeping.keep_days,
            )  # fmt: skip
            self._said = ""
            keeping.told(base.name)
        except KomekError as fault:
            self._not_before = now + AGAIN
            if str(fault) != self._said:
                keeping.told(fault)
            self._said = str(fault)
