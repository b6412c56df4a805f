"""Where backups lie: lines of changes without a gap, and in each the copies of the whole database that it begins from.

    BACKUPS/
      lock                               one at a time makes or throws away
      20261130T070322123456Z/            a line: one cluster's changes, unbroken
        line.json                        of which cluster and timeline
        wal/                             its log of changes, as it streams in
        base/20261130T070400123456Z/     a whole copy: data/, and komek.json, written last

What begins with a dot is not done yet, or on its way out. A line ends where the changes break off: another cluster,
another timeline (a database that was restored), a slot that was lost.
"""

import json
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services import clock
from services.backups.errors import BackupUnderWay
from services.postgres import AlreadyRunning, Lock

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Witness:
    """How many rows each table had at one place of the log of changes, with nothing under way."""

    lsn: str
    at: str
    rows: dict[str, int]  #: schema and name -> rows


@dataclass(frozen=True)
class DatabaseCluster:
    """Which database server it is: what one has written another cannot go on with."""

    system: str
    timeline: int
    version: int  #: as the server says it: 180001


@dataclass(frozen=True)
class WholeCopy:
    """A whole copy of the database, as its komek.json says. Moments are the database server's."""

    name: str
    began_at: str
    ended_at: str
    system: str
    timeline: int
    version: int
    first_wal: str  #: the file of the log of changes with which it begins
    bytes: int
    manifest: str  #: SHA-256 of PostgreSQL's own list of files with their checksums
    komek: str
    database: str
    revision: str  #: of Komek's tables
    witness: Witness | None = None

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.began_at)

    @property
    def ended(self) -> datetime:
        return datetime.fromisoformat(self.ended_at)


@dataclass(frozen=True)
class Stretch:
    """A stretch of changes without a gap."""

    folder: Path
    system: str
    timeline: int

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def bases(self) -> list[WholeCopy]:
        """Whole copies, the oldest first."""
        files = sorted(self.folder.glob("base/[0-9]*/komek.json"))
        return [base for file in files if (base := _read_base(file)) is not None]

    def place(self, base: WholeCopy) -> Path:
        """The folder of that copy."""
        return self.folder / "base" / base.name

    def is_of(self, cluster: DatabaseCluster) -> bool:
        """Whether that server goes on with it."""
        return (self.system, self.timeline) == (cluster.system, cluster.timeline)


class Repository:
    """All backups of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def lines(self) -> list[Stretch]:
        """The oldest first."""
        files = sorted(self.folder.glob("[0-9]*/line.json"))
        return [line for file in files if (line := _read_line(file)) is not None]

    @property
    def bases(self) -> list[tuple[Stretch, WholeCopy]]:
        """Every whole copy, the oldest first."""
        found = [(line, base) for line in self.lines for base in line.bases]
        return sorted(found, key=lambda each: each[1].ended)

    def newest(self) -> WholeCopy | None:
        """The newest whole copy."""
        found = self.bases
        return found[-1][1] if found else None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else makes or throws away; what killed runs left is gone. Raises BackupUnderWay."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = Lock(self.folder / "lock")
        try:
            lock.take()
        except AlreadyRunning:
            raise BackupUnderWay(folder=str(self.folder)) from None
        try:
            for left in (*self.folder.glob(".*"), *self.folder.glob("*/base/.*")):
                shutil.rmtree(left, ignore_errors=True)
            yield
        finally:
            lock.free()

    def line_of(self, cluster: DatabaseCluster) -> Stretch:
        """The newest line if that server goes on with it, else a new one."""
        lines = self.lines
        return lines[-1] if lines and lines[-1].is_of(cluster) else self.begin(cluster)

    def begin(self, cluster: DatabaseCluster) -> Stretch:
        """A new line for what that server writes from now on."""
        folder = self.folder / stamp()
        new = self.folder / f".{folder.name}"
        (new / "wal").mkdir(mode=0o700, parents=True)
        (new / "base").mkdir(mode=0o700)
        write(new / "line.json", {"system": cluster.system, "timeline": cluster.timeline})
        new.rename(folder)
        return Stretch(folder, cluster.system, cluster.timeline)

    def rehearsed(self) -> dict[str, Any]:
        """The last rehearsal: `base`, `at`, `ok`, and what it found; empty when there was none."""
        try:
            return dict(json.loads((self.folder / "rehearsed.json").read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}


def write(file: Path, said: dict[str, Any]) -> None:
    """Whole or not at all, also when the machine stops."""
    new = file.with_name(f".{file.name}")
    with new.open("w", encoding="utf-8") as stream:
        json.dump(said, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
    sync(file.parent)


def written(base: WholeCopy) -> dict[str, Any]:
    """As komek.json says it."""
    return asdict(base)


def sync(folder: Path) -> None:
    """Flush a folder's list of names to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def throw_away(folder: Path) -> None:
    """Delete a folder; it is out of sight at once, so that half of it is never taken for a whole."""
    gone = folder.with_name(f".{folder.name}")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def stamp() -> str:
    """The computer's moment, as a name that sorts by time."""
    return clock.real().strftime("%Y%m%dT%H%M%S%fZ")


def _read_line(file: Path) -> Stretch | None:
    said = _read(file)
    try:
        return Stretch(file.parent, str(said["system"]), int(said["timeline"]))
    except (KeyError, ValueError, TypeError):
        return None


def _read_base(file: Path) -> WholeCopy | None:
    """None of one whose komek.json somebody spoilt: then it is no backup."""
    said = _read(file)
    try:
        witness = said.pop("witness", None)
        found = WholeCopy(**said, witness=Witness(**witness) if witness else None)
        return found if found.name == file.parent.name and found.ended.tzinfo else None
    except (ValueError, TypeError):
        return None


def _read(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        logger.warning("%s cannot be read: %s", file, fault)
        return {}
    return said if isinstance(said, dict) else {}
