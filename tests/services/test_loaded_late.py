"""What few requests need is loaded by those: every process and every command begins sooner, and holds less."""

import subprocess
import sys

import pytest

from services.config import ROOT

#: libraries that sign, join PDFs, read and write workbooks, read calendars, Markdown and YAML, examine new passwords
LATE = (
    "aiohttp",
    "holidays",
    "icalendar",
    "markdown_it",
    "openpyxl",
    "pyhanko",
    "pypdf",
    "xlsxwriter",
    "yaml",
    "zxcvbn",
)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """What the pages have loaded before anybody asks for one."""
    asked = """
import gc, sys
gc.callbacks.append(lambda phase, told: looks.append(told["generation"]))
looks = []
from webapp import create_app
print(*(["looked_through"] if 2 in looks else []), *(["never_looked"] if not gc.isenabled() else []))
import webapp.serve.worker, webapp.cli
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("library", LATE)
def test_a_process_begins_without_what_few_requests_need(loaded: set[str], library: str) -> None:
    assert "flask" in loaded and library not in loaded


def test_nobody_looks_through_what_is_loaded_for_rubbish_until_all_is_there(loaded: set[str]) -> None:
    assert loaded.isdisjoint({"looked_through", "never_looked"})


def test_who_keeps_the_processes_running_loads_no_application() -> None:
    """A supervisor stays as long as Komek does, and each command loads its own part alone."""
    asked = "import sys, webapp.cli, webapp.serve.several, webapp.serve.supervisor; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    assert {"flask", "sqlalchemy", "services.db", "services.cases"}.isdisjoint(done.stdout.split())
