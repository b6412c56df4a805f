"""The former release beside this one: its code out of the clone's history, and nodes of either over one database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from services.config import ROOT
from tests.ports import free_port
from tests.webapp.serve.supervised import wait_for
from webapp.serve.web_processes import answers

#: stands for the former release until one is tagged: a commit of main, and the revision of its tables
COMMIT, REVISION = "b4d3f770a1ee26de85b63cb70430264f961339df", "0054_steps_of_an_office"
HERE = Path(__file__).parent


@cache
def _archive() -> bytes:
    packed = subprocess.run(["git", "archive", "--format=zip", COMMIT], cwd=ROOT, capture_output=True)
    return packed.stdout if packed.returncode == 0 else b""


def unpack_into(folder: Path) -> Path:
    """The former release's code, there; skips the test where the clone has no history."""
    if not _archive():
        pytest.skip(f"the clone does not hold the former release, {COMMIT}: git fetch --unshallow")
    with ZipFile(BytesIO(_archive())) as packed:
        packed.extractall(folder)
    vendor = folder / "webapp" / "static" / "vendor"
    if not vendor.exists():
        vendor.symlink_to(ROOT / "webapp" / "static" / "vendor")
    return folder


class Node:
    """A process of one release: its pages at a port, or a worker."""

    def __init__(self, tree: Path, env: dict[str, str], *, work: bool = False) -> None:
        self.port = free_port()
        env = {**os.environ, **env, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
        pages = ["-m", "gunicorn", "former_node:app", "--pythonpath", f"{tree},{HERE}",
                 "--bind", f"127.0.0.1:{self.port}", "--workers", "1", "--threads", "8", "--log-level", "warning",
                 "--keep-alive", "300"]  # fmt: skip
        what = [str(HERE / "former_node.py")] if work else pages
        self.process = subprocess.Popen([sys.executable, *what], env=env, cwd=tree)

    def ready(self) -> int:
        """Its port, once it answers."""

        def answered() -> bool:
            assert self.process.poll() is None, "it ended at once: it says why above"
            return answers("127.0.0.1", self.port)

        wait_for(answered, 300)
        return self.port

    def stop(self) -> int:
        """Told to stop in peace; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(60)


@contextmanager
def nodes() -> Iterator[list[Node]]:
    """Those that are put in are stopped at the end."""
    running: list[Node] = []
    try:
        yield running
    finally:
        for each in running:
            each.stop()


def komek(tree: Path, env: dict[str, str], *words: str) -> str:
    """What a command of that release said; AssertionError when it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", *words],
        env={**os.environ, **env, "PYTHONPATH": str(tree)},
        cwd=tree, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def leave(reached: list[int], port: int) -> None:
    """As a proxy does before a node is stopped: nobody new is sent there, and who is there is done."""
    reached.remove(port)
    time.sleep(1.0)
