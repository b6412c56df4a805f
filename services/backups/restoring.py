"""Back to a moment: a copy from before it, the changes until then, in a new folder, never over a living one."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services import clock
from services.backups.errors import (
    AfterBackups,
    BackupDamaged,
    BackupUnderWay,
    BadMoment,
    BeforeBackups,
    FolderTaken,
    MomentToCome,
    NoPrograms,
    NothingKept,
    NotRestored,
)
from services.backups.making import SPARE_BYTES, check_room, size_of
from services.backups.manifest import MANIFEST, check_copy, digest_of
from services.backups.repository import Repository, Stretch, WholeCopy
from services.postgres import AlreadyRunning, Lock, Recovery, RecoveryFailed, programs_of

LATEST = "latest"
_SEGMENT = re.compile(r"([0-9A-F]{24})(\.partial)?|[0-9A-F]{8}\.history")


@dataclass(frozen=True)
class Target:
    """Where to: a moment, a place in the log of changes, or the end of what is kept."""

    moment: datetime | None = None
    lsn: str = ""

    def settings(self) -> list[tuple[str, str]]:
        """As PostgreSQL is told. What was committed at the moment itself is in; at a place, what ended before it."""
        line = ("recovery_target_timeline", "latest")
        if self.lsn:
            return [line, ("recovery_target_lsn", self.lsn), ("recovery_target_inclusive", "off")]
        return [line, ("recovery_target_time", self.moment.isoformat())] if self.moment else [line]


@dataclass(frozen=True)
class Restored:
    """A database that was brought back and is open, for whoever looks at it before it is used."""

    base: WholeCopy
    address: str  #: SQLAlchemy's, as superuser
    folder: Path  #: of its files, once it is closed and kept


def read_moment(said: str) -> Target:
    """Raises BadMoment, MomentToCome."""
    if said.strip().lower() == LATEST:
        return Target()
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        raise BadMoment(said=said) from None
    if moment.tzinfo is None:
        raise BadMoment(said=said)
    if moment > clock.real():
        raise MomentToCome(
            moment=moment.isoformat(), now=clock.real().astimezone(moment.tzinfo).isoformat("T", "seconds")
        )
    return Target(moment)


def choose(repository: Repository, target: Target) -> tuple[Stretch, WholeCopy]:
    """The newest copy that was whole by then. Raises NothingKept, BeforeBackups."""
    found = repository.bases
    if not found:
        raise NothingKept(folder=str(repository.folder))
    fit = [each for each in found if target.moment is None or each[1].ended <= target.moment]
    if not fit:
        assert target.moment is not None
        first = found[0][1].ended.astimezone(target.moment.tzinfo)
        raise BeforeBackups(moment=target.moment.isoformat(), first=first.isoformat())
    return fit[-1]


@contextmanager
def restored(
    repository: Repository, target: Target, home: Path, *, programs: str = "", keep: bool = True
) -> Iterator[Restored]:
    """The database of a moment, open in a new home folder while it is looked at; then closed, and kept there or not.

    Whatever goes wrong, also in the caller's hands, leaves nothing in that folder. Raises FolderTaken, NothingKept,
    BeforeBackups, AfterBackups, NoRoomForBackup, NoPrograms, BackupDamaged, BackupUnderWay, NotRestored, CannotStart.
    """
    home = home.absolute()
    taken = home.exists() and (not home.is_dir() or any(home.iterdir()))
    if taken or (keep and home.resolve().is_relative_to(repository.folder)):
        raise FolderTaken(folder=str(home))
    line, base = choose(repository, target)
    major = base.version // 10000
    needed = ("postgres", "pg_waldump")
    found = programs_of(major, programs, *needed)
    if found is None:
        raise NoPrograms(version=major, programs=", ".join(needed))
    recovery = Recovery(home, major, found)
    try:
        with repository.held():
            _fill(recovery, line, base, found)
        _open(recovery, target)
        yield Restored(base, recovery.address(base.database), recovery.places.place / f"pg{major}")
        recovery.close()
        if keep:
            recovery.keep()
    except BaseException:
        recovery.discard()
        raise
    if not keep:
        recovery.discard()


@contextmanager
def rehearsing(repository: Repository) -> Iterator[Path]:
    """The folder in which a copy is brought back for a look only: one at a time, empty of what a killed run left there.

    Its server died with it. Raises BackupUnderWay.
    """
    lock = Lock(repository.folder / "rehearsing")
    try:
        lock.take()
    except AlreadyRunning:
        raise BackupUnderWay(folder=str(repository.folder)) from None
    home = repository.folder / "rehearsal"
    try:
        Recovery(home, 0, Path()).discard()
        yield home
    finally:
        lock.free()


def _fill(recovery: Recovery, line: Stretch, base: WholeCopy, programs: Path) -> None:
    """The copy, proved as it came over, and the changes since."""
    source, changes = line.place(base) / "data", changes_since(line, base)
    home = next(each for each in (recovery.home, *recovery.home.parents) if each.exists())
    check_room(home, base.bytes + size_of(line.wal) + SPARE_BYTES)
    recovery.prepare()
    try:
        shutil.copytree(source, recovery.data, symlinks=True)
    except (OSError, shutil.Error) as fault:
        raise BackupDamaged(name=base.name, said=str(fault)[:300]) from fault
    if not (recovery.data / MANIFEST).exists() or digest_of(recovery.data / MANIFEST) != base.manifest:
        raise BackupDamaged(name=base.name, said=MANIFEST)
    check_copy(recovery.data, base.name, programs / "pg_waldump")
    for file, name in changes:
        fetch(file, recovery.wal / name)


def _changed_at_s(file: Path) -> float:
    """By the computer's clock; one that was received to its end meanwhile changed just now."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def fetch(file: Path, target: Path) -> None:
    """Copy a file of the log; one that was received to its end meanwhile has lost its ending `.partial`."""
    try:
        shutil.copyfile(file, target)
    except FileNotFoundError:
        shutil.copyfile(file.with_suffix(""), target)


def changes_since(line: Stretch, base: WholeCopy) -> list[tuple[Path, str]]:
    """Files of the log of changes that a return from that copy may need, and how PostgreSQL calls them.

    The newest file is taken as far as it came, unless the copy itself holds it and went on longer.
    """
    found: dict[str, Path] = {}
    for file in sorted(line.wal.iterdir()):
        said = _SEGMENT.fullmatch(file.name)
        if said is None:
            continue
        name = said[1] or file.name
        if said[1] and name[8:] < base.first_wal[8:]:
            continue
        within = line.place(base) / "data" / "pg_wal" / name
        if said[2] and (name in found or (within.exists() and _changed_at_s(file) < base.ended.timestamp())):
            continue
        found[name] = file
    return [(file, name) for name, file in found.items()]


def _open(recovery: Recovery, target: Target) -> None:
    try:
        recovery.open(target.settings())
    except RecoveryFailed as fault:
        said = str(fault)
        last = re.findall(r"last completed transaction was at log time (.+)", said)
        if "before configured recovery target was reached" in said and target.moment is not None:
            raise AfterBackups(moment=target.moment.isoformat(), last=last[-1] if last else "?") from None
        fatal = re.findall(r"(?:FATAL|PANIC|ERROR):\s+(.+)", said)
        raise NotRestored(said="; ".join(fatal[-3:]) or said.strip()[-300:]) from None
