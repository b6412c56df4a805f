"""A process of ours that is started again whenever it dies, and woken or ended when it stands still."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from services.config import ROOT
from services.postgres import CannotStart, dies_with_parent, end_all, stopped_of

#: what it is doing may come to its end
GRACE_S = 10
#: died sooner than this, it is started again later and later
SHORT_LIFE_S = 5.0
#: the longest pause of one that ends by itself, and of one that is killed: what it promises is to be kept
LONGEST_PAUSE_S, KILLED_PAUSE_S = 30.0, 1.0
#: stopped for so long, it is woken; woken so often within a minute and stopped again, it is ended
STOPPED_S, MOST_WAKINGS = 2.0, 3
MINUTE_S = 60.0
#: the number of the file into which it writes a byte now and then
PULSE = "KOMEK_PULSE"


class CannotBeMade(Exception):
    """The machine has no process, no memory or no file to give just now; what it says of it."""


class Kept:
    """The process, and the mark among its arguments by which a later run knows it.

    `silent_s`: one that gives no sign for so long is ended; None: it gives none. `grace_s`: what it may take to end.
    `now`: a clock, in seconds, by which it is paused.
    """

    def __init__(
        self,
        command: Sequence[str],
        mark: str,
        silent_s: float | None = None,
        grace_s: float = GRACE_S + 5,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._command, self._mark, self._silent_s = list(command), mark, silent_s
        self._grace_s, self._told = grace_s, False
        self._env: Mapping[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._began_at_s = 0.0
        self._pause_s = 0.0
        self._cannot = ""  #: why it could not be made at the last attempt
        self._pulse: int | None = None  #: where its signs are read
        self._sign_at_s = 0.0
        self._stopped: dict[int, float] = {}  #: process -> since when it is seen stopped
        self._woken: list[float] = []
        self._look_at_s = 0.0  #: when it is looked again whether something is stopped

    def start(self, env: Mapping[str, str]) -> None:
        """Start it; it gets SIGTERM when we die."""
        self._env, self._began_at_s, self._told = env, self._now(), False
        self._sign_at_s = self._began_at_s
        self._close_pulse()
        written: tuple[int, ...] = ()
        if self._silent_s is not None:
            self._pulse, end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            env, written = {**env, PULSE: str(end)}, (end,)
        try:
            self._process = subprocess.Popen(
                self._command, env=env, cwd=ROOT, start_new_session=True, pass_fds=written,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )  # fmt: skip
        finally:
            for end in written:
                os.close(end)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def died(self) -> bool:
        """Whether it had died and was started again just now; one that dies at once is started later and later.

        One that was killed by a signal comes back within a second, however often. Raises CannotBeMade, once for each
        reason; it is tried again later.
        """
        if self._process is None or self._process.poll() is None:
            return False
        longest_s = KILLED_PAUSE_S if self._process.returncode < 0 else LONGEST_PAUSE_S
        lived_s = self._now() - self._began_at_s
        if lived_s > max(SHORT_LIFE_S, self._pause_s + SHORT_LIFE_S):
            self._pause_s = 0.0
        if lived_s < min(self._pause_s, longest_s):
            return False
        self._pause_s = min(longest_s, self._pause_s * 2 or 1.0)
        return self._begun_again()

    def _begun_again(self) -> bool:
        """Whether it could be made. Raises CannotBeMade, once for each reason."""
        told = self._cannot
        try:
            self.end_left()  # those it had started itself
            self.start(self._env)
        except (OSError, subprocess.SubprocessError, CannotStart) as fault:
            self._cannot = getattr(fault, "strerror", None) or str(fault)
            if self._cannot != told:
                raise CannotBeMade(self._cannot) from fault
            return False
        self._cannot = ""
        return True

    def stood_still(self) -> str:
        """What was done about it just now, in words; empty when it goes on.

        Whatever of it is stopped (SIGSTOP) is woken and loses nothing; what is stopped again and again, and one that
        gives no sign, is ended: then it has died, and is started again.
        """
        process = self._process
        if process is None or process.poll() is not None:
            return ""
        return self._wake(process.pid) or self._end_silent(process.pid)

    def _wake(self, session: int) -> str:
        now = self._now()
        if now < self._look_at_s:
            return ""
        self._look_at_s = now + STOPPED_S / 2  # all of the machine's processes are gone through
        here = stopped_of(session)
        self._stopped = {pid: self._stopped.get(pid, now) for pid in here}
        due = [pid for pid, since in self._stopped.items() if now - since >= STOPPED_S]
        if not due:
            return ""
        self._woken = [*(at for at in self._woken if now - at < MINUTE_S), now]
        ends = len(self._woken) > MOST_WAKINGS
        for pid in due:
            del self._stopped[pid]
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if ends else signal.SIGCONT)
        return f"stopped: {'ended' if ends else 'woken'} (process {', '.join(map(str, due))})"

    def _end_silent(self, session: int) -> str:
        if self._silent_s is None or self._pulse is None:
            return ""
        with suppress(BlockingIOError):
            while os.read(self._pulse, 4096):
                self._sign_at_s = self._now()
        silent_s = self._now() - self._sign_at_s
        if silent_s < self._silent_s:
            return ""
        self._sign_at_s = self._now()
        with suppress(ProcessLookupError):
            os.killpg(session, signal.SIGKILL)
        return f"gave no sign for {silent_s:.0f} s: ended"

    def tell_to_stop(self) -> None:
        """Once: `stop` waits. So several may end at the same time."""
        if self.alive and not self._told and self._process is not None:
            self._told = True
            self._process.terminate()
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGCONT)  # what is stopped hears nothing

    def stop(self, stopping: list[int]) -> None:
        """Stop it, letting it finish; at once when told twice. Nothing that it started is left."""
        self.tell_to_stop()
        process, self._process = self._process, None
        self._close_pulse()
        if process is None:
            return
        end = time.monotonic() + self._grace_s
        while process.poll() is None and time.monotonic() < end and len(stopping) < 2:
            time.sleep(0.05)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            process.wait()

    def end_left(self, mark: str | None = None) -> None:
        """End what a killed run left behind: all with this mark. Call it only while holding the lock."""
        wanted = f"--name {mark or self._mark} "
        stages = ((signal.SIGTERM, GRACE_S + 2.0), (signal.SIGKILL, 5.0))
        if not end_all(lambda process: wanted in " ".join((*process.arguments, "")), stages):
            raise CannotStart("processes of an earlier run do not end: kill gunicorn and the worker")

    def _close_pulse(self) -> None:
        if self._pulse is not None:
            os.close(self._pulse)
            self._pulse = None
