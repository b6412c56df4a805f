"""Under load a copy is made, the machine goes down, and the database comes back as it was at a moment: real servers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from services import backups
from services.backups.errors import (
    AfterBackups,
    BackupDamaged,
    BackupNotMade,
    BackupUnderWay,
    BeforeBackups,
    FolderTaken,
    NoPrograms,
    NoRoomForBackup,
    NothingKept,
)
from services.backups.receiving import Receiver
from services.config import ROOT
from services.postgres import Server, plain

pytestmark = pytest.mark.processes

HANDS = 4
#: a whole copy by a process of its own, to be killed in the middle
COPY = """
import sys
from pathlib import Path
from services import backups
backups.make(backups.LivingServer(sys.argv[1]), backups.Repository(Path(sys.argv[2])), komek="0", keep_days=7)
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder on a short path that everybody may pass."""
    made = Path(tempfile.mkdtemp(prefix="komek-backup-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def living(place: Path) -> Iterator[Server]:
    """A database in use, that knows of each row when it was committed."""
    server = Server(place / "living").start()
    server.create_database("komek")
    with asked(server) as connection:
        connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        connection.execute("CREATE TABLE click (id bigint GENERATED ALWAYS AS IDENTITY, hand int)")
    server._end()
    server.restart()
    yield server
    server.stop()


@pytest.fixture
def source(living: Server) -> backups.LivingServer:
    return backups.LivingServer(living.address)


@pytest.fixture
def kept(place: Path) -> Iterator[backups.Repository]:
    made = backups.Repository(place / "backups")
    yield made
    shutil.rmtree(made.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def once(place: Path, living: Server) -> backups.Repository:
    """With one copy, made once."""
    made = backups.Repository(place / "once")
    make(backups.LivingServer(living.address), made)
    return made


@pytest.fixture
def into(place: Path) -> Iterator[Path]:
    yield place / "back"
    shutil.rmtree(place / "back", ignore_errors=True)


def asked(server: Server) -> psycopg.Connection:
    return psycopg.connect(plain(server.address), autocommit=True)


def make(source: backups.LivingServer, kept: backups.Repository) -> backups.WholeCopy:
    return backups.make(source, kept, komek="0", keep_days=7)


def clicks(address: str, condition: str = "true") -> set[int]:
    with psycopg.connect(plain(address)) as connection:
        return {each for (each,) in connection.execute(f"SELECT id FROM click WHERE {condition}").fetchall()}


class Load:
    """Hands that click, each click a commit; `taken` are those that were answered."""

    def __init__(self, server: Server, pause_s: float = 0) -> None:
        self._address, self._stop, self.taken = plain(server.address), Event(), set[int]()
        self._pause_s = pause_s
        self._hands = [Thread(target=self._click, args=(hand,)) for hand in range(HANDS)]

    def _click(self, hand: int) -> None:
        with suppress(psycopg.OperationalError), psycopg.connect(self._address, autocommit=True) as connection:
            while not self._stop.is_set():
                row = connection.execute("INSERT INTO click (hand) VALUES (%s) RETURNING id", [hand]).fetchone()
                self.taken.add(row[0])
                time.sleep(self._pause_s)

    def more(self, count: int = 150) -> None:
        """Until so many more were answered."""
        wanted = len(self.taken) + count
        while len(self.taken) < wanted:
            assert any(each.is_alive() for each in self._hands)
            time.sleep(0.01)

    def __enter__(self) -> "Load":
        for each in self._hands:
            each.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._stop.set()
        for each in self._hands:
            each.join()


def crash(server: Server) -> None:
    """As when the machine loses its power: every process of the server is gone at once."""
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(60)


@pytest.mark.parametrize("more", [150, pytest.param(20_000, marks=pytest.mark.soak)])
def test_after_a_crash_under_load_exactly_the_clicks_committed_until_the_moment_come_back(
    living: Server, source: backups.LivingServer, kept: backups.Repository, into: Path, more: int
) -> None:
    receiver = Receiver(source, kept)
    receiver.start()
    with Load(living) as load:
        load.more(more)
        base = make(source, kept)
        load.more(more)
        moment = source.now()
        load.more(more)
        crash(living)
    assert receiver.ended() is not None or not living.alive
    receiver.stop()
    with backups.restored(kept, backups.Target(moment), into) as back:
        found = clicks(back.address)
    assert (into / "pg18" / "PG_VERSION").exists() and not (into / "wal").exists()

    living.restart()
    assert found == clicks(living.address, f"pg_xact_commit_timestamp(xmin) <= '{moment.isoformat()}'")
    assert clicks(living.address, f"pg_xact_commit_timestamp(xmin) <= '{base.ended_at}'") < found < load.taken
    opened = Server(into).start()  # what was restored is a database to work with
    try:
        assert clicks(opened.address) == found
    finally:
        opened.stop()

    with receiving(source, kept):  # what was not received before the crash is received after it
        pass
    with backups.restored(kept, backups.read_moment("latest"), into.with_name("all"), keep=False) as back:
        assert clicks(back.address) == clicks(living.address) >= load.taken
    assert not into.with_name("all").exists()


class receiving:
    """Changes are received as long as the block lasts, and until all that the server wrote before its end is here."""

    def __init__(self, source: backups.LivingServer, kept: backups.Repository) -> None:
        self.source, self.receiver = source, Receiver(source, kept)

    def __enter__(self) -> Receiver:
        self.receiver.start()
        return self.receiver

    def __exit__(self, *fault: object) -> None:
        try:
            with self.source.asked() as connection:
                (lsn,) = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
                arrived = "SELECT flush_lsn >= %s FROM pg_stat_replication WHERE application_name = 'komek backup'"
                until = time.monotonic() + 120
                while connection.execute(arrived, [lsn]).fetchone() != (True,):
                    assert time.monotonic() < until and self.receiver.ended() is None
                    time.sleep(0.05)
        finally:
            self.receiver.stop()


def test_a_rehearsal_finds_in_every_table_the_rows_that_were_counted_while_others_wrote(
    living: Server, source: backups.LivingServer, kept: backups.Repository, into: Path
) -> None:
    with receiving(source, kept), Load(living, pause_s=0.05) as load:
        base = make(source, kept)
        load.more(50)
    assert base.witness is not None and base.witness.rows["public.click"] > 0
    target = backups.Target(lsn=base.witness.lsn)
    with (
        backups.restored(kept, target, into, keep=False) as back,
        psycopg.connect(plain(back.address)) as connection,
    ):
        found = backups.count_rows(connection)
    assert backups.differing(base.witness.rows, found) == []
    assert backups.differing(base.witness.rows, {**found, "public.click": 1})


def test_a_copy_that_is_killed_in_the_middle_leaves_the_former_whole_and_nothing_of_itself(
    living: Server, source: backups.LivingServer, kept: backups.Repository, into: Path
) -> None:
    former = make(source, kept)
    copying = subprocess.Popen([sys.executable, "-c", COPY, living.address, str(kept.folder)], cwd=ROOT)
    (line,) = kept.lines
    until = time.monotonic() + 120
    while not list(line.folder.glob("base/.*/data/base/*")) and time.monotonic() < until:
        time.sleep(0.005)
    with pytest.raises(BackupUnderWay):
        make(source, kept)  # and nobody makes another meanwhile
    copying.kill()
    copying.wait(60)
    assert list(line.folder.glob("base/.*")) and [each for _, each in kept.bases] == [former]

    with backups.restored(kept, backups.Target(), into, keep=False) as back:
        assert clicks(back.address) <= clicks(living.address)
    after = make(source, kept)
    assert [each for _, each in kept.bases] == [former, after] and not list(line.folder.glob("base/.*"))


def test_half_a_copy_and_a_changed_file_are_found_and_nothing_is_left_in_the_new_folder(
    once: backups.Repository, into: Path
) -> None:
    ((line, base),) = once.bases
    data = line.place(base) / "data"
    file = max((data / "base").rglob("[0-9]*"), key=lambda each: each.stat().st_size if each.is_file() else 0)
    whole = file.read_bytes()
    manifest = (data / "backup_manifest").read_text()
    changed = manifest.replace(f'"Size": {len(whole)}', f'"Size": {len(whole) - 1}', 1)
    for spoil in (
        lambda: file.write_bytes(whole[: len(whole) // 2]),
        lambda: file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1])),
        file.unlink,
        lambda: (data / "backup_manifest").write_text(changed),
    ):
        spoil()
        with pytest.raises(BackupDamaged, match=base.name), backups.restored(once, backups.Target(), into):
            pytest.fail("it was opened")
        assert not into.exists()
        file.write_bytes(whole)
        (data / "backup_manifest").write_text(manifest)
    whole = (line.place(base) / "komek.json").read_bytes()
    (line.place(base) / "komek.json").write_text("{")
    with pytest.raises(NothingKept), backups.restored(once, backups.Target(), into):
        pytest.fail("it was opened")
    (line.place(base) / "komek.json").write_bytes(whole)


def test_a_moment_that_no_copy_reaches_is_said_with_the_first_and_the_last_that_there_are(
    living: Server, source: backups.LivingServer, kept: backups.Repository, into: Path
) -> None:
    before = source.now()
    with pytest.raises(NothingKept):
        backups.restored(kept, backups.Target(before), into).__enter__()
    with receiving(source, kept):
        base = make(source, kept)
        with asked(living) as connection:
            connection.execute("INSERT INTO click (hand) VALUES (0)")
    with pytest.raises(BeforeBackups, match=base.ended.isoformat()[:19]):
        backups.restored(kept, backups.Target(before), into).__enter__()
    with pytest.raises(AfterBackups, match="the last change in it is of 20"):
        backups.restored(kept, backups.Target(source.now()), into).__enter__()
    assert not into.exists()


def test_a_living_folder_is_never_restored_over(living: Server, once: backups.Repository) -> None:
    before = clicks(living.address)
    for taken in (living.home, once.folder, once.folder / "new", Path("/etc/passwd")):
        with pytest.raises(FolderTaken):
            backups.restored(once, backups.Target(), taken).__enter__()
    assert clicks(living.address) == before and [each for _, each in once.bases]


def test_where_no_room_is_or_the_programs_are_of_another_version_nothing_is_begun(
    source: backups.LivingServer, once: backups.Repository, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((line, base),) = once.bases
    said = json.loads((line.place(base) / "komek.json").read_text())
    (line.place(base) / "komek.json").write_text(json.dumps({**said, "version": 140004}))
    with pytest.raises(NoPrograms, match="PostgreSQL 14"):
        backups.restored(once, backups.Target(), into, programs="/nowhere").__enter__()
    (line.place(base) / "komek.json").write_text(json.dumps({**said, "bytes": 10**18}))
    with pytest.raises(NoRoomForBackup, match="Nothing was changed"):
        backups.restored(once, backups.Target(), into).__enter__()
    (line.place(base) / "komek.json").write_text(json.dumps(said))
    monkeypatch.setattr(backups.LivingServer, "size", lambda self: 10**18)
    with pytest.raises(NoRoomForBackup, match="Nothing was changed"):
        make(source, once)
    assert not into.exists() and len(once.bases) == 1
    with pytest.raises(BackupNotMade, match="komek-backup-nowhere"):
        make(backups.LivingServer("postgresql+psycopg://postgres@/komek?host=/tmp/komek-backup-nowhere"), once)


def test_changes_that_break_off_begin_another_line_and_its_copy_is_gone_back_to(
    living: Server, source: backups.LivingServer, kept: backups.Repository
) -> None:
    with receiving(source, kept):
        make(source, kept)
    with asked(living) as connection:
        connection.execute("SELECT pg_drop_replication_slot(%s)", [backups.SLOT])
    with receiving(source, kept):
        second = make(source, kept)
    assert len(kept.lines) == 2 and kept.lines[-1].bases == [second]
    assert kept.newest() == second
