"""«From one machine to many»: what the page has an administrator type is what the cluster of `make cluster` is made by."""

import re
import shlex

from services.config import ROOT
from tests.cluster.computer import OWN_WORDS
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
