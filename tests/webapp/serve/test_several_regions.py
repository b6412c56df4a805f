"""`komek serve` over several regions: what befalls one ends nothing of another. Real processes, really killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from services.config import ROOT
from tests import the_region
from tests.ports import free_port
from tests.webapp.serve.streets import ask
from tests.webapp.serve.supervised import wait_for
from webapp.cli import komek

#: the broken one first: it holds up nobody
KEYS = ("broken", "north", "south")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    tables = [f'[regions.{key}]\nplugins = ["{the_region.REGION}"]\nport = {free_port()}\n' for key in KEYS]
    written = tmp_path / "regions.toml"
    written.write_text('address = "http://komek.test"\n' + "".join(tables), encoding="utf-8")
    return written


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def running(file: Path, port: int, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Three regions behind a door, in a session of their own; nothing of them is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.webapp.serve.tiny_regions", str(file), str(port)], cwd=ROOT, text=True,
        env={**os.environ, "KOMEK_VAR": str(tmp_path / "var"), "KOMEK_PROXIES": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    yield process
    for each in [*psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []:
        each.kill()
    process.kill()
    process.communicate(timeout=60)


def said(port: int, key: str) -> tuple[int, str]:
    try:
        answer, text = ask(port, f"{key}.komek.test")
        return answer.status, text
    except OSError:
        return 0, ""


@pytest.mark.processes
def test_a_region_that_does_not_start_or_dies_hinders_no_other_and_all_end_together(
    running: subprocess.Popen[str], port: int
) -> None:
    for key in ("north", "south"):
        wait_for(lambda key=key: said(port, key) == (200, f"{key} {key} 2"))  # type: ignore[misc]
    assert said(port, "broken")[0] == 503
    children = psutil.Process(running.pid).children(recursive=True)
    victim = next(each for each in children if "of north" in " ".join(each.cmdline()))
    victim.kill()
    assert said(port, "south")[0] == 200
    wait_for(lambda: said(port, "north")[0] == 200)
    children = psutil.Process(running.pid).children(recursive=True)
    os.killpg(running.pid, signal.SIGINT)
    told, _ = running.communicate(timeout=40)
    assert running.returncode == 0
    assert "its package is broken" in told and "· broken ended, started again" in told
    assert "· north ended, started again" in told and "· south" not in told
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in children)


def test_a_command_says_which_region_it_is_for_or_is_done_for_each(file: Path, port: int) -> None:
    def run(*words: str, **env: str) -> tuple[int, str]:
        ended = CliRunner().invoke(komek, words, env={"KOMEK_REGIONS": str(file), "DATABASE_URL": None, **env})
        return ended.exit_code, ended.output

    assert run("office", "secret") == (1, "Error: which region? komek --region KEY …, of broken, north, south\n")
    code, text = run("--region", "west", "office", "secret")
    assert code == 1 and "there is no region 'west'" in text
    code, text = run("regions")
    assert code == 1 and [line.split("\t")[0] for line in text.splitlines()] == list(KEYS)
    assert "does not answer" in text
    code, text = run("serve", "--port", str(port), DATABASE_URL="postgresql://db/komek")
    assert code == 1 and "KOMEK_DATABASE_URL would be every region's at once" in text
    assert run("--help")[0] == 0
