"""Komek as a process of its own, for the supervisor's trials. As a program: serve the tiny pages."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import psutil

from services.config import ROOT, Config
from services.postgres import Server
from webapp.serve.supervisor import supervise

STEPS = [("a table", [sys.executable, "-m", "tests.tiny_pages"])]
WORK = [sys.executable, "-m", "tests.tiny_pages", "work"]
PATIENCE_S = 120.0


class Supervised:
    """One `supervise` over a folder and a port, in a session of its own as under a terminal."""

    def __init__(self, var: Path, port: int, *, python: str = sys.executable, user: str | None = None, **settings: str):
        self.var, self.port, self.python, self.user = var, port, python, user
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.env = {**env, "KOMEK_VAR": str(var), **settings}
        self.process: subprocess.Popen[str] | None = None
        self.known: dict[int, psutil.Process] = {}
        self._lines: list[str] = []
        self._reader: Thread | None = None

    def begin(self) -> "Supervised":
        """Start it, without waiting."""
        self.process = subprocess.Popen(
            [self.python, "-m", "tests.webapp.serve.supervised", str(self.port)],
            cwd=ROOT,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=self.user,
            extra_groups=None if self.user is None else [],
        )
        self._lines = []
        self._reader = Thread(target=self._listen, args=(self.process,), daemon=True)
        self._reader.start()
        return self

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.append(line)

    @property
    def said(self) -> str:
        """All that it said until now."""
        return "".join(self._lines)

    def start(self) -> "Supervised":
        """Start it and wait until its pages answer: its own, not those that a killed run has not closed yet."""
        self.begin()
        wait_for(lambda: "jobs" in self.look() and self.visits() is not None)
        return self

    def visits(self) -> int | None:
        """How many visits there were, with this one; None when no page came."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as page:
                return int(page.read())
        except (OSError, urllib.error.URLError):
            return None

    def ended(self) -> tuple[int, str]:
        """Its exit code and all it said, once it ends."""
        assert self.process is not None and self._reader is not None
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code, self.said

    def tell(self, how: signal.Signals) -> tuple[int, str]:
        """Its exit code and all it said, after that signal came to the terminal's whole group."""
        assert self.process is not None
        self.look()
        os.killpg(self.process.pid, how)
        return self.ended()

    def look(self) -> dict[str, list[psutil.Process]]:
        """Its processes by what they are: supervisor, postgres, backend, gunicorn, worker (of gunicorn), jobs.

        In one look at the machine's processes, each of which is a file to read.
        """
        assert self.process is not None
        supervisor = psutil.Process(self.process.pid)
        found, kinds = {"supervisor": [supervisor]}, dict[int, str]()
        for each in supervisor.children(recursive=True):  # parents before their children
            try:
                kind, inner = _kind_of(each) if each.ppid() == supervisor.pid else (kinds[each.ppid()],) * 2
            except (psutil.NoSuchProcess, KeyError):  # died meanwhile, or its parent did
                continue
            found.setdefault(kind, []).append(each)
            found.setdefault(inner, [])
            kinds[each.pid] = inner
        self.known |= {each.pid: each for processes in found.values() for each in processes}
        return found

    def left(self) -> list[psutil.Process]:
        """Its processes that live still, of all that were ever looked at."""
        return [each for each in self.known.values() if _lives(each)]

    def force(self) -> None:
        """End whatever lives of it."""
        if self.process is not None and self.process.poll() is None:
            self.look()
        for each in self.left():
            with suppress(psutil.NoSuchProcess):
                each.kill()
        if self.process is not None:
            self.ended()


def _kind_of(child: psutil.Process) -> tuple[str, str]:
    """What a child of the supervisor is, and what its own children are."""
    said = " ".join(child.cmdline())
    if "postgres" in child.name():
        return "postgres", "backend"
    return (
        ("gunicorn", "worker") if "gunicorn" in said else ("jobs", "other") if " work " in said else ("step", "other")
    )


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(condition: Callable[[], bool], patience_s: float = PATIENCE_S, pause_s: float = 0.1) -> None:
    """Return when it is true; AssertionError when that does not come about."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(pause_s)


def forget(var: Path) -> None:
    """Take away what lies elsewhere for that folder."""
    places = Server(var).places
    if places.place != places.home:
        shutil.rmtree(places.place, ignore_errors=True)


if __name__ == "__main__":
    port = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also when the tests run in a shell's background
    given = supervise(
        Config.from_env(), "127.0.0.1", port, 1, application="tests.tiny_pages:app", steps=STEPS, work=WORK
    )
    sys.exit(given)
