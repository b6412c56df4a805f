"""What a plugin stood at when it held its whole process is told by whichever process begins next."""

import json
import logging
import re
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import last_calls
from services.config import ROOT
from services.guarded import call_plugin

#: a regular expression without an end holds the interpreter: no thread of the process runs meanwhile
HOLDS = """
import re, sys, threading
from pathlib import Path
from services import last_calls
from services.guarded import call_plugin

last_calls.keep(Path(sys.argv[1]))
call_plugin("quick.form", lambda: 1)


def holds():
    print("holds", flush=True)
    re.match("(a|a?)+$", "a" * 64 + "b")


call_plugin("visit.check", holds)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(last_calls, "_folder", None)
    monkeypatch.setattr(last_calls, "_slots", None)
    monkeypatch.setattr(last_calls, "YOUNGEST_S", 0.0)
    return tmp_path / "calls"


def killed_at_work(folder: Path) -> None:
    """A process whose plugin holds it is killed, as gunicorn kills one that gives no sign."""
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(folder)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"holds\n"
    finally:
        process.kill()
        process.wait(timeout=60)
        process.stdout.close()


def test_the_call_that_held_a_killed_process_is_named_in_the_log_and_on_the_page_of_incidents(
    folder: Path, house: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    killed_at_work(folder)
    with caplog.at_level(logging.ERROR):
        last_calls.keep(folder)
    said = [each.getMessage() for each in caplog.records if "when its process ended" in each.getMessage()]
    assert len(said) == 1 and said[0].endswith("visit.check")
    assert [(each.plugin, each.name) for each in last_calls.last_calls()] == [("visit", "visit.check")]
    page = Surfer(house).sign_in("admin").get("/admin/incidents/").text
    assert "visit.check" in page and "quick.form" not in page
    last_calls.keep(folder)
    assert len(last_calls.last_calls()) == 1, "told once, by whoever finds it"


def test_what_runs_in_a_process_that_lives_and_what_has_ended_is_nobody_s_last_call(folder: Path) -> None:
    last_calls.keep(folder)
    inside: list[int] = []
    call_plugin("visit.check", lambda: inside.append(len(list(folder.glob("*.calls")))))
    assert inside == [1]
    held = last_calls._slots
    last_calls.keep(folder)  # another that begins beside it leaves the file of one that lives
    assert held is not None and held.file.is_file() and last_calls.last_calls() == []


def test_where_nothing_can_be_written_calls_go_on_and_the_log_says_so(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("in the way", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        last_calls.keep(folder)
    assert "not written down" in caplog.text
    assert call_plugin("visit.check", lambda: 7) == 7 and last_calls.last_calls() == []


def test_how_long_a_call_may_have_held_its_process_is_said_so_that_it_can_be_read(folder: Path, house: Flask) -> None:
    last_calls.keep(folder)
    began = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    found = [last_calls.LastCall("visit.check", began.isoformat(), (began + timedelta(seconds=each)).isoformat())
             for each in (37, 119, 120, 9060)]  # fmt: skip
    (folder / last_calls.KEPT).write_text("".join(json.dumps(asdict(each)) + "\n" for each in found), encoding="utf-8")
    administrator = Surfer(house).sign_in("admin")
    administrator.submit("/language", {"language": "en"})
    page = administrator.get("/admin/incidents/").text.replace("\u00a0", " ")
    assert re.findall(r"<td>(\d+ [^<]+)</td>", page) == ["2 h 31 min", "2 min", "119 s", "37 s"]
