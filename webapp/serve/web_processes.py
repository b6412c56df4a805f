"""The pages' processes: gunicorn on one address, started, watched, ended; and the worker beside them."""

import http.client
import shutil
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from services.config import COUNTED_IN, MOST_HELD
from services.postgres import CannotStart
from webapp.serve.kept_process import GRACE_S, Kept

#: four at work; the others are for programs that wait for external tasks, and hold no connection meanwhile
THREADS = 4 + MOST_HELD
LONGEST_START_S = 90
#: a worker that gives no sign for so long stands still
SILENT_S = 60.0


class Web(Kept):
    """Gunicorn with its workers."""

    def __init__(self, host: str, port: int, workers: int, application: str, var: Path, threads: int = THREADS) -> None:
        self.host, self.port, self.workers = host, port, workers
        self._folder_mark = f"komek {var}"
        mark = f"{self._folder_mark} {host}:{port}"
        command = [sys.executable, "-m", "gunicorn", application, "--name", mark,
                   "--bind", f"{_bracketed(host)}:{port}",
                   "--workers", str(workers), "--threads", str(threads),
                   "--graceful-timeout", str(GRACE_S), "--log-level", "warning", "--no-control-socket"]  # fmt: skip
        if Path("/dev/shm").is_dir():
            command += ["--worker-tmp-dir", "/dev/shm"]
        super().__init__(command, mark)

    @property
    def address(self) -> str:
        return f"http://{_bracketed(self.host)}:{self.port}"

    def check_port(self) -> None:
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

    def wait_until_it_answers(self, stopping: list[int]) -> None:
        """Returns when a page is answered, or when told to stop. Raises CannotStart when that does not come about."""
        end = time.monotonic() + LONGEST_START_S
        while not stopping and not answers(self.host, self.port):
            if not self.alive or time.monotonic() > end:
                raise CannotStart("the pages did not start; the reason stands above")
            time.sleep(0.1)

    def end_all_of_folder(self) -> None:
        """End what killed runs over this folder left behind, pages and workers. Call it only while holding the lock."""
        self.end_left(self._folder_mark)


def answers(host: str, port: int) -> bool:
    """Whether a worker answers there, whatever it says; an open port alone is no answer."""
    asked = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=5)
    try:
        asked.request("GET", "/healthz")
        asked.getresponse()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def worker(host: str, port: int, var: Path, command: Sequence[str]) -> Kept:
    """What carries out what is done later, beside the pages of that address."""
    mark = f"komek {var} worker {host}:{port}"
    return Kept([*command, "--name", mark], mark, silent_s=SILENT_S)


def copies(host: str, port: int, var: Path) -> Kept:
    """What keeps backups beside the pages of that address: every change as it happens."""
    mark = f"komek {var} backup {host}:{port}"
    return Kept([sys.executable, "-m", "webapp.cli", "backup", "keep", "--name", mark], mark)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def counted_in(folder: Path) -> dict[str, str]:
    """The environment of processes that begin now: each keeps its counters there, and nothing of those before them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {COUNTED_IN: str(folder)}
