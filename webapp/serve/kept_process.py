"""A process of ours that is started again whenever it dies."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from services.config import ROOT
from services.postgres import CannotStart, dies_with_parent, end_all

#: what it is doing may come to its end
GRACE_S = 10
#: died sooner than this, it is started again later and later
SHORT_LIFE_S = 5.0
LONGEST_PAUSE_S = 30.0


class Kept:
    """The process, and the mark among its arguments by which a later run knows it."""

    def __init__(self, command: Sequence[str], mark: str) -> None:
        self._command, self._mark = list(command), mark
        self._env: Mapping[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._began_at_s = 0.0
        self._pause_s = 0.0

    def start(self, env: Mapping[str, str]) -> None:
        """Start it; it gets SIGTERM when we die."""
        self._env, self._began_at_s = env, time.monotonic()
        self._process = subprocess.Popen(
            self._command, env=env, cwd=ROOT, start_new_session=True, preexec_fn=dies_with_parent(signal.SIGTERM)
        )

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def died(self) -> bool:
        """Whether it had died and was started again just now; one that dies at once is started later and later."""
        if self._process is None or self._process.poll() is None:
            return False
        lived_s = time.monotonic() - self._began_at_s
        if lived_s > max(SHORT_LIFE_S, self._pause_s + SHORT_LIFE_S):
            self._pause_s = 0.0
        if lived_s < self._pause_s:
            return False
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2 or 1.0)
        self.end_left()  # those it had started itself
        self.start(self._env)
        return True

    def stop(self, stopping: list[int]) -> None:
        """Stop it, letting it finish; at once when told twice. Nothing that it started is left."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        end = time.monotonic() + GRACE_S + 5
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
