"""Komek's pages as a process of their own, as `komek serve` starts them: gunicorn with one worker."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from services.config import ROOT
from tests.ports import free_port
from webapp.serve.web_processes import THREADS

PATIENCE_S = 120.0


@contextmanager
def served(database_url: str, *, python: str = sys.executable, **more: str) -> Iterator[str]:
    """Where it answers; of that environment, with more settings."""
    port = free_port()
    settings = {"DATABASE_URL": database_url, "KOMEK_SECRET_KEY": "a key of the trials, kept by nobody",
                "KOMEK_DEMO": "1", "KOMEK_SECURE_COOKIES": "0", "PYTHONPATH": str(ROOT)}  # fmt: skip
    command = [python, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--threads", str(THREADS), "--log-level", "warning", "--no-control-socket"]  # fmt: skip
    running = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings, **more})
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(30)


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the pages did not start")
