"""The process that stands by: what it begins anew, and how both end."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from services.config import ROOT
from tests.webapp.serve.supervised import wait_for

pytestmark = pytest.mark.processes
WORKS = """
import os, signal, sys, time
from webapp.serve.fork import work_in_a_fork
work_in_a_fork()
signal.signal(signal.SIGTERM, lambda *_: (print("told", flush=True), sys.exit(7)))
print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def stands_by() -> Iterator["subprocess.Popen[str]"]:
    made = subprocess.Popen([sys.executable, "-c", WORKS], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield made
    made.kill()
    made.communicate(timeout=60)


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_whoever_is_killed_is_followed_by_another_and_who_ends_by_itself_ends_both(
    stands_by: "subprocess.Popen[str]",
) -> None:
    first = psutil.Process(int(said(stands_by)))
    first.kill()
    second = int(said(stands_by))
    assert second != first.pid and psutil.Process(second).ppid() == stands_by.pid
    stands_by.terminate()
    assert said(stands_by) == "told", "it may end what it has in hand"
    assert stands_by.wait(20) == 7


def test_who_works_is_told_to_stop_when_the_one_that_stands_by_was_killed(stands_by: "subprocess.Popen[str]") -> None:
    works = psutil.Process(int(said(stands_by)))
    stands_by.send_signal(signal.SIGKILL)
    assert said(stands_by) == "told"
    wait_for(lambda: not works.is_running() or works.status() == psutil.STATUS_ZOMBIE)
