"""What stands still, dies again and again, or has no room on its disk, works again without anybody's hands."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from services.postgres import Server
from tests.other_user import needs_root
from tests.ports import free_port
from tests.webapp.serve.supervised import Supervised, wait_for
from webapp.serve.kept_process import KILLED_PAUSE_S, Kept
from webapp.serve.revival import disk_full

pytestmark = pytest.mark.processes

SLEEPS = (sys.executable, "-S", "-c", "import time; time.sleep(60)", "--name", "komek-test-kept")
SIGNS = (sys.executable, "-S", "-c", "import os, time\nfor each in range(600):\n"
         " os.write(int(os.environ['KOMEK_PULSE']), b'.'); time.sleep(0.1)", "--name", "komek-test-kept")  # fmt: skip
#: a cluster with its first files takes 40 MB, its log of changes two files of 16 MB
SMALL_DISK_MB = 160


def kept(command: tuple[str, ...], silent_s: float | None = None) -> Kept:
    made = Kept(command, f"komek-test-kept-{os.getpid()}", silent_s)
    made.start({**os.environ})
    return made


def pid_of(process: Kept) -> int:
    assert process._process is not None
    return process._process.pid


def test_one_that_is_killed_again_and_again_is_back_after_a_second_at_most_each_time() -> None:
    process = kept(SLEEPS)
    try:
        for _ in range(5):
            os.kill(pid_of(process), signal.SIGKILL)
            wait_for(process.died)
            assert process._pause_s <= KILLED_PAUSE_S, "the pause before the next one does not grow"
    finally:
        process.stop([1, 1])


def test_one_that_is_stopped_is_woken_with_what_it_had_in_hand_and_one_that_gives_no_sign_is_begun_anew() -> None:
    stopped, silent, lively = kept(SLEEPS), kept(SLEEPS, 1.5), kept(SIGNS, 1.5)
    try:
        before = pid_of(stopped)
        os.kill(before, signal.SIGSTOP)
        wait_for(lambda: "woken" in stopped.stood_still())
        assert pid_of(stopped) == before and psutil.Process(before).status() != psutil.STATUS_STOPPED
        wait_for(lambda: "gave no sign" in silent.stood_still())
        wait_for(silent.died)
        assert lively.stood_still() == "" and not lively.died()
    finally:
        for each in (stopped, silent, lively):
            each.stop([1, 1])


def test_stopped_pages_and_a_stopped_worker_go_on_by_themselves() -> None:
    home = Path(tempfile.mkdtemp(prefix="komek-still-"))
    home.chmod(0o755)
    komek = Supervised(home / "var", free_port())
    try:
        before = komek.start().visits() or 0
        victims = [komek.look()[kind][0] for kind in ("worker", "jobs")]
        for each in victims:
            each.suspend()
        wait_for(lambda: all(each.status() != psutil.STATUS_STOPPED for each in victims))
        assert (komek.visits() or 0) > before
        code, said = komek.tell(signal.SIGINT)
        assert code == 0 and "· the worker stood still, stopped: woken" in said and "· the pages stood still" in said
    finally:
        komek.force()
        shutil.rmtree(home)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A real file system with little room."""
    place = Path(tempfile.mkdtemp(prefix="komek-disk-"))
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_MB}m,mode=755", "tmpfs", str(place)], capture_output=True
    )
    if made.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


@needs_root
@pytest.mark.slow
def test_with_a_full_disk_komek_says_so_stays_and_works_again_when_there_is_room(small_disk: Path) -> None:
    komek = Supervised(small_disk / "var", free_port())
    filler = small_disk / "filler"
    try:
        komek.start()
        postgres = komek.look()["postgres"][0]
        with filler.open("wb") as stream, suppress(OSError):
            while True:
                stream.write(bytes(1_000_000))
        with suppress(psycopg.Error):
            write_much(komek.var)
        wait_for(lambda: not postgres.is_running() or postgres.status() == psutil.STATUS_ZOMBIE, 60)
        assert str(komek.var) in disk_full(komek.var)
        wait_for(lambda: f"the disk is full. {Server(komek.var).data} has " in komek.said, 60)
        assert komek.process is not None and komek.process.poll() is None
        filler.unlink()
        assert disk_full(komek.var) == ""
        wait_for(lambda: "· the database is back" in komek.said, 60)
        wait_for(lambda: komek.visits() is not None)
        assert komek.tell(signal.SIGINT)[0] == 0
    finally:
        komek.force()


def write_much(var: Path) -> None:
    """More changes than the disk has room for."""
    address = Server(var).address.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as line:
        for _ in range(100):
            line.execute("SELECT pg_logical_emit_message(false, 'much', repeat('x', 1000000))")
