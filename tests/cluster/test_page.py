"""«From one machine to many»: what the page has an administrator type is what `make cluster` makes a cluster by."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

from services.config import ROOT
from tests.cluster import report
from tests.cluster.browser import NOTHING, OURS, Stop, Waited
from tests.cluster.clients import Ledger
from tests.cluster.computer import OWN_WORDS
from tests.cluster.killing import Kill
from tests.cluster.machine import PLACES
from tests.cluster.page import PAGE, blocks

FILES = ROOT / "deploy" / "cluster"
TYPED = [(machine, line) for block in blocks() for machine in block.machines for line in block.lines]


def test_the_page_comes_first_and_has_something_for_every_machine() -> None:
    headings = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), re.M)
    assert headings[0] == "From one machine to many"
    assert {machine for machine, _ in TYPED} == set(PLACES)
    section = PAGE.read_text(encoding="utf-8").split("\n## ")[1]
    assert section.count("```sh") == len(blocks()), "each of its commands says on which machine it is given"


def test_every_file_of_the_cluster_is_copied_by_a_command_of_the_page_and_every_copied_file_is_there() -> None:
    copied = {shlex.split(line)[-2] for _, line in TYPED if line.startswith("install ")}
    there = {str(file.relative_to(ROOT)) for file in FILES.rglob("*") if file.is_file()}
    assert copied == there | {"deploy/nginx.conf"}


def test_what_the_page_installs_is_what_make_lays_down() -> None:
    laid = re.search(r"^CLUSTER := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    installed = {word for _, line in TYPED if line.startswith("apt-get") for word in line.split()[3:]}
    assert laid is not None and installed - {"postgresql-client-15"} == set(laid[1].split())


def test_services_are_started_for_which_there_is_a_unit_or_one_beside_debians() -> None:
    started = {word for _, line in TYPED if re.match(r"systemctl (enable|restart)", line) for word in line.split()[2:]}
    units = {file.stem for file in (FILES / "systemd").iterdir()}
    assert {each for each in started if not each.startswith("-")} == units
    assert all(shlex.split(line)[0] for _, line in TYPED) and "systemctl" in OWN_WORDS


def test_the_page_of_runs_keeps_the_three_newest_and_says_all_that_was_wrong(tmp_path: Path) -> None:
    page = tmp_path / "cluster.md"
    page.write_text(f"before\n{report.MARKS[0]}\n{report.MARKS[1]}\nafter\n", encoding="utf-8")
    seen = Waited(1.0, 3.5, "a clerk", (OURS, NOTHING))
    kill = Kill("a worker", "web1", 1.0, 4.0, [seen], [Stop(1.5, "a clerk", ["0.0 s GET /: 503"], 3.5)])
    for seed in range(5):
        wrong = {"clicks doubled": ["one"] if seed == 4 else []}
        found = report.Run(datetime(2026, 11, 30, tzinfo=UTC), seed, 600, [kill], Ledger(), [], [], wrong)
        report.write_down(page, found)
    said = page.read_text(encoding="utf-8")
    assert re.findall(r"seed (\d)", said) == ["4", "3", "2"] and said.endswith(f"{report.MARKS[1]}\nafter\n")
    assert said.count("| a worker | 1 | 2.5; 2.5 | 4.0; 4.0 | 1, 1 | 1 | 0 |") == 3
    assert "**clicks doubled**: one" in said and said.count("* clicks doubled: 0") == 2
