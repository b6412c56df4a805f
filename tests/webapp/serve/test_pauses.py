"""How long whoever looks after Komek waits before it tries again, on a clock that the test sets; and that it goes on
looking after it whatever it cannot say or start."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
import structlog

from services.postgres import CannotStart, Server
from webapp.serve import supervisor, worker
from webapp.serve.kept_process import KILLED_PAUSE_S, LONGEST_PAUSE_S, Kept
from webapp.serve.revival import PAUSES_S, Revival

AN_HOUR_S = 3600
ENDS = (sys.executable, "-S", "-c", "raise SystemExit(1)")
STAYS = (sys.executable, "-S", "-c", "import time; time.sleep(60)")


class Hands:
    """Of a clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


class DeadServer(Server):
    """A database that is dead, and does not start until something is mended."""

    def __init__(self, home: Path, hands: Hands) -> None:
        super().__init__(home)
        self.hands, self.mended, self.tried_at_s, self.up = hands, False, list[float](), False

    @property
    def alive(self) -> bool:
        return self.up

    def restart(self, *, timeout_s: float = 120) -> None:
        self.tried_at_s.append(self.hands.at_s)
        if not self.mended:
            raise CannotStart("no room")
        self.up = True


def passes(hands: Hands, seconds: float) -> Iterator[None]:
    """So many seconds, a look every fifth of one."""
    end = hands.at_s + seconds
    while hands.at_s < end:
        hands.at_s = round(hands.at_s + supervisor.LOOK_EVERY_S, 3)
        yield


def test_a_database_that_does_not_start_is_tried_at_once_then_later_and_later_and_never_given_up(
    tmp_path: Path,
) -> None:
    hands, said = Hands(), list[str]()
    server = DeadServer(tmp_path, hands)
    revival = Revival(server, said.append, now=hands)
    for _ in passes(hands, AN_HOUR_S):
        revival.look()
    pauses = [round(later - sooner) for sooner, later in pairwise(server.tried_at_s)]
    assert pauses[: len(PAUSES_S) - 1] == [round(each) for each in PAUSES_S[1:]]
    assert set(pauses[len(PAUSES_S) - 1 :]) == {round(PAUSES_S[-1])} and len(pauses) > AN_HOUR_S / PAUSES_S[-1]
    assert [line.partition(":")[0] for line in said] == [
        "the database died, started again", "the database does not start",
    ], "said once, not at every attempt"  # fmt: skip


def test_a_database_that_is_mended_is_back_within_the_longest_pause_and_begins_with_short_pauses_again(
    tmp_path: Path,
) -> None:
    hands, said = Hands(), list[str]()
    server = DeadServer(tmp_path, hands)
    revival = Revival(server, said.append, now=hands)
    for _ in passes(hands, AN_HOUR_S):
        revival.look()
    server.mended, mended_at_s = True, hands.at_s
    for _ in passes(hands, PAUSES_S[-1] + 1):
        revival.look()
    assert server.up and server.tried_at_s[-1] - mended_at_s <= PAUSES_S[-1]
    assert said[-1] == "the database is back"
    server.up = server.mended = False
    server.tried_at_s.clear()
    for _ in passes(hands, 2.5):
        revival.look()
    assert len(server.tried_at_s) == 2, "at once, and a second later"


def test_a_database_whose_disk_was_taken_away_is_waited_for(tmp_path: Path) -> None:
    hands, said = Hands(), list[str]()
    server = DeadServer(tmp_path / "taken away", hands)
    revival = Revival(server, said.append, now=hands)
    for up in (True, False):
        server.up = up
        for _ in passes(hands, 60):
            revival.look()
    assert said[-1].startswith("the database does not start: no room")


def begun(command: tuple[str, ...], hands: Hands) -> Kept:
    made = Kept(command, f"komek-test-pauses-{os.getpid()}", now=hands)
    made.start({**os.environ})
    return made


def starts(kept: Kept, hands: Hands, seconds: float) -> list[float]:
    """When it was started again, while so many seconds go by; each of its processes has ended before the next look."""
    found = []
    for _ in passes(hands, seconds):
        assert kept._process is not None
        kept._process.wait(30)
        if kept.died():
            found.append(hands.at_s)
    return found


def test_pages_that_end_by_themselves_at_once_are_started_later_and_later_up_to_half_a_minute() -> None:
    hands = Hands()
    kept = begun(ENDS, hands)
    found = starts(kept, hands, 150)
    pauses = [round(later - sooner) for sooner, later in pairwise(found)]
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert LONGEST_PAUSE_S == 30
    kept.stop([1, 1])


def test_what_is_killed_is_started_again_within_a_second_however_often() -> None:
    hands = Hands()
    kept = begun(STAYS, hands)
    for _ in range(5):
        assert kept._process is not None
        kept._process.kill()
        kept._process.wait(30)
        killed_at_s = hands.at_s
        for _ in passes(hands, 60):
            if kept.died():
                break
        assert hands.at_s - killed_at_s <= KILLED_PAUSE_S + supervisor.LOOK_EVERY_S
    kept.stop([1, 1])


def test_where_no_process_can_be_made_for_a_while_it_is_tried_again_and_the_others_are_looked_after(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hands = Hands()
    kept = begun(STAYS, hands)
    assert kept._process is not None
    os.kill(kept._process.pid, signal.SIGKILL)
    kept._process.wait(30)
    whole = subprocess.Popen

    def none_left(*told: object, **more: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", none_left)
    for _ in passes(hands, 5):
        supervisor.look_after({"the worker": kept})
    assert not kept.alive
    told = capsys.readouterr().out
    assert told.count("the worker cannot be started: Resource temporarily unavailable") == 1, told
    monkeypatch.setattr(subprocess, "Popen", whole)
    for _ in passes(hands, LONGEST_PAUSE_S + 1):
        supervisor.look_after({"the worker": kept})
    assert kept.alive
    kept.stop([1, 1])


@contextmanager
def told_nowhere(where: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`komek serve > log` on the disk that is full; `komek serve | tee log` whose tee was killed."""
    if where == "a full disk":
        stream = open("/dev/full", "w")  # noqa: SIM115
    else:
        read, write = os.pipe()
        os.close(read)
        stream = os.fdopen(write, "w")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        yield
    with pytest.raises(OSError):
        stream.close()


@pytest.mark.parametrize("where", ["a full disk", "a pipe that nobody reads"])
def test_a_supervisor_that_cannot_say_what_it_does_goes_on_doing_it(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with told_nowhere(where, monkeypatch):
        supervisor.say("the database died, started again")
        supervisor.say("the disk is full")


@pytest.mark.parametrize("where", ["a full disk", "a pipe that nobody reads"])
def test_a_worker_whose_line_of_a_job_cannot_be_written_goes_on_with_the_next_job(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = structlog.get_config()
    try:
        with told_nowhere(where, monkeypatch):
            worker._log_as_lines("info")
            structlog.get_logger("komek.jobs").info("job", result="done")
            structlog.get_logger("komek.worker").warning("database", error="DiskFull")
    finally:
        structlog.configure(**before)
