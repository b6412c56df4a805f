"""The pages' processes: gunicorn on one address, started, watched, ended."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from services.config import ROOT
from services.postgres import CannotStart, dies_with_parent, end_all

THREADS = 4
#: a request that runs may finish
GRACE_S = 10
LONGEST_START_S = 90
#: died sooner than this, it is started again later and later
SHORT_LIFE_S = 5.0
LONGEST_PAUSE_S = 30.0


class Web:
    """Gunicorn, its workers, and the mark by which a later run knows them."""

    def __init__(self, host: str, port: int, workers: int, application: str, var: Path) -> None:
        self.host, self.port, self.workers, self.application = host, port, workers, application
        self._folder_mark = f"komek {var}"
        self._mark = f"{self._folder_mark} {host}:{port}"
        self._env: Mapping[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._began_at_s = 0.0
        self._pause_s = 0.0

    @property
    def address(self) -> str:
        return f"http://{_bracketed(self.host)}:{self.port}"

    def need_port(self) -> None:
        """Raises CannotStart when the address is taken or not allowed."""
        try:
            family, kind, _, _, where = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
        except (OSError, OverflowError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise CannotStart(
                f"{self.host}:{self.port} cannot be used ({reason}): stop what is there, "
                f"or choose another port: make run PORT={(self.port + 1) % 65536 or 8001}"
            ) from None

    def start(self, env: Mapping[str, str]) -> None:
        """Start gunicorn with its workers."""
        self._env, self._began_at_s = env, time.monotonic()
        command = [sys.executable, "-m", "gunicorn", self.application, "--name", self._mark,
                   "--bind", f"{_bracketed(self.host)}:{self.port}",
                   "--worker-class", "gthread", "--workers", str(self.workers), "--threads", str(THREADS),
                   "--graceful-timeout", str(GRACE_S), "--log-level", "warning", "--no-control-socket"]  # fmt: skip
        if Path("/dev/shm").is_dir():
            command += ["--worker-tmp-dir", "/dev/shm"]
        self._process = subprocess.Popen(
            command, env=env, cwd=ROOT, start_new_session=True, preexec_fn=dies_with_parent(signal.SIGTERM)
        )

    def wait_until_it_answers(self, stopping: list[int]) -> None:
        """Returns when a page is answered, or when told to stop. Raises CannotStart when that does not come about."""
        end = time.monotonic() + LONGEST_START_S
        while not stopping and not self._answers():
            if self._process is None or self._process.poll() is not None or time.monotonic() > end:
                raise CannotStart("the pages did not start; the reason stands above")
            time.sleep(0.1)

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
        self.end_left(this_address_only=True)  # its workers hold the port
        self.start(self._env)
        return True

    def stop(self, stopping: list[int]) -> None:
        """Stop it, letting requests finish; at once when told twice. None of its workers is left."""
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

    def end_left(self, *, this_address_only: bool = False) -> None:
        """End what a killed run left behind. Call it only while holding the lock."""
        mark = f"--name {self._mark if this_address_only else self._folder_mark} "
        stages = ((signal.SIGTERM, GRACE_S + 2.0), (signal.SIGKILL, 5.0))
        if not end_all(lambda process: mark in " ".join(process.arguments), stages):
            raise CannotStart("pages of an earlier run do not end: kill gunicorn")

    def _answers(self) -> bool:
        """Whether a worker answers, whatever it says; an open port alone is no answer."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        asked = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            asked.request("GET", "/healthz")
            asked.getresponse()
            return True
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
