"""Strangers' files are looked at in another process: what takes too much is broken off, and the pages go on."""

import io
import os
import signal
from collections.abc import Iterator, Mapping

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import directory, processes, registry
from services.config import ROOT
from services.processes import apart
from services.processes.doctor.catalogue import TAKES_TOO_MUCH

FILES = {"direct.bpmn": (ROOT / "bpmn/direct.bpmn").read_bytes()}


def whose(files: Mapping[str, bytes], *_: object) -> tuple[int, int]:
    return os.getpid(), os.getppid()


def spins(files: Mapping[str, bytes], *_: object) -> None:
    while True:
        pass


def swells(files: Mapping[str, bytes], *_: object) -> int:
    return len(bytearray(2 * apart.MOST_MB * 1024 * 1024))


def dies(files: Mapping[str, bytes], *_: object) -> None:
    os.kill(os.getppid(), signal.SIGKILL)


@pytest.fixture(scope="module", autouse=True)
def helper() -> Iterator[None]:
    """A helper that finds the functions above."""
    with pytest.MonkeyPatch.context() as there:
        there.setenv("PYTHONPATH", str(ROOT))
        there.setattr(apart, "_helper", apart._Helper())
        yield


def look(what: apart.Look) -> object:
    return apart.look(what, FILES, {}, registry.current(), {})


def test_every_look_has_a_process_of_its_own_that_one_helper_forks_for_it(app: Flask) -> None:
    pids, parents = zip(*(look(whose) for _ in range(5)), strict=True)
    assert len(set(pids)) == 5 and os.getpid() not in pids
    assert len(set(parents)) == 1 and os.getpid() not in parents, "none of them loads Komek anew"


@pytest.mark.parametrize("what", [spins, swells])
def test_a_look_that_takes_too_much_is_broken_off_and_the_next_one_works(
    app: Flask, what: apart.Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(whose)
    if what is spins:
        monkeypatch.setattr(apart, "MOST_SECONDS", 1)
    with pytest.raises(apart.TakesTooMuch):
        look(what)
    assert look(whose) != os.getpid()


def test_a_helper_that_was_killed_is_started_again(app: Flask) -> None:
    look(dies)
    assert look(whose) != os.getpid()


def test_files_that_take_too_much_are_refused_in_words_and_nothing_is_kept(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "MOST_MB", 1)
    end = b"</bpmn:definitions>"
    large = FILES["direct.bpmn"].replace(end, b'<bpmn:category id="c"/>' * 100_000 + end)
    said = processes.examine({"direct.bpmn": large}, registry.current())
    assert [each.rule for each in said.errors] == [TAKES_TOO_MUCH.code] and not said.deployable
    designer = directory.person(directory.id_of("designer") or 0)
    with pytest.raises(processes.NotDeployable):
        processes.deploy({"direct.bpmn": large}, registry.current(), name="x", person=designer)
    surfer = Surfer(house).sign_in("designer")
    for page in "/processes/doctor", "/processes/upload":
        surfer.get(page)
        answer = surfer.submit(page, {"files": (io.BytesIO(large), "direct.bpmn")})
        assert "тексеру тоқтатылды" in answer.text, page


def test_it_says_the_same_as_the_doctor_here(house: Flask) -> None:
    broken = {"a.bpmn": FILES["direct.bpmn"].replace(b'camunda:topic="registration.register"', b'camunda:topic="x.y"')}
    there = processes.examine_apart(broken, registry.current(), beside=FILES, translated={})
    here = processes.doctor.examine(broken, registry.current(), beside=FILES, translated={})
    assert there.findings and [each.said() for each in there.findings] == [each.said() for each in here.findings]
