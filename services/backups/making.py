"""A whole copy of the database: made beside the others, proved, and only then one of them."""

import re
import shutil
import signal
import subprocess
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from services.backups.errors import BackupNotMade, NoRoomForBackup
from services.backups.manifest import MANIFEST, check_copy, digest_of
from services.backups.repository import (
    DatabaseCluster,
    Repository,
    Stretch,
    WholeCopy,
    stamp,
    sync,
    throw_away,
    write,
    written,
)
from services.backups.server import LivingServer
from services.backups.witness import witness
from services.postgres import dies_with_parent, plain

MB = 1_000_000
#: beside the database's own size: changes while it is copied, and what a disk should keep anyway
SPARE_BYTES = 200 * MB


def make(source: LivingServer, repository: Repository, *, komek: str, keep_days: int) -> WholeCopy:
    """A new whole copy, proved file by file; then what is older than `keep_days` needs is thrown away.

    Killed at any moment, it leaves the former ones as they were. Raises BackupUnderWay, NoRoomForBackup, NoPrograms,
    HasTablespaces, BackupNotMade, BackupDamaged.
    """
    cluster = source.cluster()
    with repository.held():
        check_room(repository.folder, source.size() + SPARE_BYTES)
        line = repository.line_of(cluster)
        new = line.folder / "base" / f".{stamp()}"
        try:
            base = _copied(source, cluster, new, komek)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        new.rename(new.with_name(base.name))
        sync(new.parent)
        prune(repository, keep_days)
        return base


def _copied(source: LivingServer, cluster: DatabaseCluster, new: Path, komek: str) -> WholeCopy:
    began = source.now()
    new.mkdir(mode=0o700)
    data = new / "data"
    copying = source.program("pg_basebackup", cluster.version)
    command: list[str | Path] = [copying, "--pgdata", data, "--format=plain", "--wal-method=stream",
               "--checkpoint=fast", "--manifest-checksums=SHA256", "--label=komek", "--no-password"]  # fmt: skip
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=source.environment(), stdin=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )  # fmt: skip
    _check_done(done)
    check_copy(data, new.name.removeprefix("."), source.program("pg_waldump", cluster.version, same=True))
    base = WholeCopy(
        name=new.name.removeprefix("."),
        began_at=began.isoformat(),
        ended_at=source.now().isoformat(),
        system=cluster.system,
        timeline=cluster.timeline,
        version=cluster.version,
        first_wal=_first_wal(data),
        bytes=size_of(data),
        manifest=digest_of(data / MANIFEST),
        komek=komek,
        database=str(conninfo_to_dict(plain(source.address)).get("dbname", "komek")),
        revision=source.revision(),
        witness=witness(source),
    )
    write(new / "komek.json", written(base))
    return base


def check_room(folder: Path, needed: int) -> None:
    """Raises NoRoomForBackup when that disk has less left, in bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoomForBackup(folder=str(folder), free=free // MB, needed=-(-needed // MB))


def prune(repository: Repository, keep_days: int) -> list[str]:
    """Throw away what no moment of the last `keep_days` needs; the names of the copies that went.

    The newest copy from before those days stays, with every change since.
    """
    bases = repository.bases
    if not bases:
        return []
    since = bases[-1][1].ended - timedelta(days=keep_days)
    before = [at for at, (_, base) in enumerate(bases) if base.ended <= since]
    gone = bases[: before[-1]] if before else []
    for line, base in gone:
        throw_away(line.place(base))
    current = repository.lines[-1]
    for line in repository.lines:
        if not line.bases and line != current and gone:
            throw_away(line.folder)
        elif line.bases:
            _drop_changes(line)
    return [base.name for _, base in gone]


def _drop_changes(line: Stretch) -> None:
    """Of changes before the line's first copy nobody has any use."""
    first = line.bases[0].first_wal[8:]
    for file in line.wal.iterdir():
        if re.fullmatch(r"[0-9A-F]{24}", file.name) and file.name[8:] < first:
            file.unlink(missing_ok=True)


def size_of(folder: Path) -> int:
    """Bytes of all files in it."""
    found = 0
    for each in folder.rglob("*"):
        with suppress(FileNotFoundError):  # the log of changes goes on meanwhile
            found += each.lstat().st_size if each.is_file() else 0
    return found


def _first_wal(data: Path) -> str:
    said = (data / "backup_label").read_text(encoding="utf-8")
    found = re.search(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", said, re.M)
    if found is None:
        raise BackupNotMade(said=said[:200])
    return found[1]


def _check_done(done: subprocess.CompletedProcess[str]) -> None:
    """Raises BackupNotMade when the program failed, with what it said."""
    if done.returncode != 0:
        raise BackupNotMade(said=_last_words(done.stderr))


def _last_words(said: str) -> str:
    lines = [line.partition(": ")[2] or line for line in said.strip().splitlines()]
    return "; ".join(lines[:3]) or "?"
