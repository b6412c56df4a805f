"""systemd's units, read and kept running as systemd would: by the files themselves, where there is no systemd.

Of a unit what counts here is read: the command, the environment and its files, who runs it, where, how it is told to
stop, and after how long it is started again. Restart=always is what all of ours say; nothing else is kept.
"""

import os
import pwd
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from services.postgres import dies_with_parent

LOOK_EVERY_S = 0.05
#: of systemd, unless a unit says otherwise
RESTART_AFTER_S, STOP_IN_S = 0.1, 90.0


class Unit:
    """What a unit and the file beside it say together: for each key of [Service] its values in order."""

    def __init__(self, *files: Path) -> None:
        self._said: dict[str, list[str]] = {}
        for file in files:
            self._read(file.read_text(encoding="utf-8").replace("%p", files[0].stem))

    def _read(self, text: str) -> None:
        section = ""
        for line in text.replace("\\\n", " ").splitlines():
            line = line.strip()
            if line.startswith("["):
                section = line
            elif section == "[Service]" and line and line[0] not in "#;":
                key, _, value = line.partition("=")
                self._said.setdefault(key.strip(), []).append(value.strip())

    def last(self, key: str, otherwise: str = "") -> str:
        return (self._said.get(key) or [otherwise])[-1]

    def all(self, key: str) -> list[str]:
        return list(self._said.get(key, ()))

    def seconds(self, key: str, otherwise: float) -> float:
        said = self.last(key) or (self.last("TimeoutSec") if key.startswith("Timeout") else "")
        return float(said.removesuffix("s")) if said else otherwise

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """What it tells its command, over what is given. Raises FileNotFoundError where a file has to be there."""
        told = dict(given)
        for said in self.all("Environment"):
            told |= dict(each.split("=", 1) for each in shlex.split(said))
        for said in self.all("EnvironmentFile"):
            file = Path(said.removeprefix("-"))
            if said.startswith("-") and not file.exists():
                continue
            told |= dict(read_environment(file))
        return told

    def command(self, told: Mapping[str, str]) -> list[str]:
        """What it runs: `$NAME` alone is several words, `${NAME}` is one."""
        words: list[str] = []
        for word in shlex.split(self.last("ExecStart").lstrip("-@+!")):
            if re.fullmatch(r"\$\w+", word):
                words += told.get(word[1:], "").split()
            else:
                words.append(re.sub(r"\$\{(\w+)\}", lambda found: told.get(found[1], ""), word))
        return words


def read_environment(file: Path) -> list[tuple[str, str]]:
    """The names and values of a file as EnvironmentFile= takes it."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [
        (line.partition("=")[0], line.partition("=")[2].strip('"')) for line in lines if line and line[0] not in "#;"
    ]


class Service:
    """A unit kept running in a session of its own, until it is stopped; what it says goes into its log."""

    def __init__(
        self, name: str, unit: Unit, log: Path, given: Mapping[str, str], account: pwd.struct_passwd | None,
        moved: Callable[[list[str]], list[str]] = list,
    ) -> None:  # fmt: skip
        self.name, self.unit, self.log, self.account = name, unit, log, account
        self.told = unit.environment(given)
        self._command = moved(unit.command(self.told))
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted, self._held_until_s = Event(), 0.0
        self.starts = 0
        self._keeper: Thread | None = None

    @property
    def pid(self) -> int | None:
        """Of the main process, while it lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        self._wanted.set()
        self._keeper = Thread(target=self._keep, name=self.name, daemon=True)
        self._keeper.start()

    def hold(self, away_s: float) -> None:
        """Let it not be started again for so many seconds."""
        self._held_until_s = time.monotonic() + away_s

    def kill(self, *, away_s: float = 0.0) -> None:
        """SIGKILL for it and all that it started, as where power is lost; it is back after so many seconds."""
        self.hold(away_s)
        self._signal_all(signal.SIGKILL)

    def stop(self) -> None:
        """Told to stop, and ended when it does not."""
        self._wanted.clear()
        process = self._process
        if process is not None and process.poll() is None:
            said = self.unit.last("KillSignal", "SIGTERM")
            with suppress(ProcessLookupError):
                process.send_signal(signal.Signals[said])
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(self.unit.seconds("TimeoutStopSec", STOP_IN_S), 30.0))
        self._signal_all(signal.SIGKILL)
        if self._keeper is not None:
            self._keeper.join(10)

    def _signal_all(self, how: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        for pid in below(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, how)

    def _keep(self) -> None:
        """Start it, and again whenever it ended: in one thread, for a child dies with the thread that began it."""
        pause_s = self.unit.seconds("RestartSec", RESTART_AFTER_S)
        while self._wanted.is_set():
            self._begin()
            while self._wanted.is_set() and self._process is not None and self._process.poll() is None:
                time.sleep(LOOK_EVERY_S)
            if self._process is not None and not self._wanted.is_set():
                self._process.wait()
            due_s = max(time.monotonic() + pause_s, self._held_until_s)
            while self._wanted.is_set() and time.monotonic() < max(due_s, self._held_until_s):
                time.sleep(LOOK_EVERY_S)

    def _begin(self) -> None:
        self.starts += 1
        who = {} if self.account is None else {
            "user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": list[int]()}  # fmt: skip
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self.told, cwd=self.unit.last("WorkingDirectory", "/"), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=dies_with_parent(signal.SIGKILL), **who,
            )  # type: ignore[call-overload]  # fmt: skip


def below(leader: int) -> list[int]:
    """The process of that number and all that came from it, whatever sessions they opened."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            said = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(said[1]), []).append(int(file.parent.name))
    found, seen = [leader], list[int]()
    while found:
        seen += found
        found = [child for each in found for child in children.get(each, ())]
    return seen


def ended(leader: int, mark: str) -> bool:
    """Whether the process of that number, if these words stand in its command, was ended with all below it."""
    try:
        if mark not in Path(f"/proc/{leader}/cmdline").read_text(encoding="utf-8", errors="replace"):
            return False
    except OSError:
        return False
    for pid in below(leader):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return True
