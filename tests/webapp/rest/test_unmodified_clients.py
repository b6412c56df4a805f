"""Camunda's own clients for JavaScript and Python, unmodified, as processes of their own, against the server's own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Empty, Queue
from select import select as readable
from threading import Thread
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from komek.testing.rows import Kept
from services import engine, jobs, processes
from services.cases.models import ExternalTask, Instance, Task
from services.config import ROOT
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from services.jobs.models import JobRow
from tests.services.cases.small_cases import task_at, waits
from tests.webapp.rest.outside import TOPIC, waiting
from tests.webapp.rest.programs import basic
from tests.webapp.rest.served import served

HERE = Path(__file__).parent
PROGRAMS = {
    "js": ["node", str(HERE / "js_worker.mjs")],
    "python": [sys.executable, str(HERE / "python_worker.py")],
}
PATIENCE_S = 40.0
#: how long the clients wait in one request (js_worker.mjs, python_worker.py)
ONE_REQUEST_S = 20.0


class Worker:
    """A client at work, and what it says."""

    def __init__(self, client: str, base: str, name: str, how: str, lock_ms: int) -> None:
        command = [*PROGRAMS[client], f"{base}/engine-rest", name, TOPIC, str(lock_ms), how]
        env = {**os.environ, "NODE_PATH": str(ROOT / "node_modules"), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)  # fmt: skip
        self.said: Queue[dict[str, object]] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with suppress(ValueError):
                said = json.loads(line)
                if isinstance(said, dict) and "what" in said:
                    self.said.put(said)

    def hear(self, what: str) -> dict[str, object]:
        """The next thing of that kind that it says."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with suppress(Empty):
                said = self.said.get(timeout=0.2)
                assert not str(said["what"]).endswith(":error"), said
                if said["what"] == what:
                    return said
        raise AssertionError(f"it never said {what}")


@pytest.fixture(scope="module")
def server_of_its_own(session_app: Flask, kept_house: Kept, database_url: str) -> Iterator[str]:
    with session_app.app_context():
        kept_house.restore()  # it begins with what is there
    with served(database_url) as address:
        yield address


@pytest.fixture
def base(house: Flask, server_of_its_own: str) -> str:
    return server_of_its_own


Starts = Callable[..., Worker]


@pytest.fixture
def start(base: str) -> Iterator[Starts]:
    started: list[Worker] = []

    def begin(client: str, how: str = "complete", name: str = "", lock_ms: int = 20_000) -> Worker:
        started.append(Worker(client, base, name or f"{client}-{len(started)}", how, lock_ms))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.wait(10)


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def known(case_id: int, element: str) -> dict[str, object]:
    task = task_at(case_id, element)
    row = db.session.get_one(Instance, task.instance_id)
    return engine.variables(processes.definition(row.definition_id), row.state, task.stop_id)


@pytest.mark.parametrize("client", PROGRAMS)
def test_it_is_told_of_a_task_at_once_and_completes_it_with_what_it_found(start: Starts, client: str) -> None:
    worker = start(client)
    time.sleep(3)  # so that it waits in a long request when the task comes
    case_id = waiting()
    began = time.monotonic()
    fetched = worker.hear("fetched")
    assert time.monotonic() - began < ONE_REQUEST_S, "it did not have to ask once more"
    assert fetched["variables"] == {"route": "p", "norm": "p"}
    until(lambda: waits(case_id) == ["B"])
    found = known(case_id, "B")
    assert {"heated": True, "area": 42, "rate": 1.5, "name": "Үлгі", "none": None}.items() <= found.items()
    if client == "js":
        assert found["big"] == 2**40 and found["list"] == {"a": [1, "б"]}
        assert found["seen"] == "2026-11-23T08:51:32.945000+00:00"
    else:
        assert fetched["properties"] == {"register": "heat"}


@pytest.mark.parametrize("client", PROGRAMS)
def test_it_fails_until_no_retries_are_left_and_then_there_is_an_incident(start: Starts, client: str) -> None:
    case_id = waiting()
    start(client, "fail")

    def given_up() -> JobRow | None:
        db.session.rollback()
        return db.session.scalars(select(JobRow).where(JobRow.incident_at.is_not(None))).one_or_none()

    until(given_up)
    job = given_up()
    assert job is not None and job.error_details == {"text": "It is cold."}
    row = db.session.get_one(ExternalTask, job.key)
    assert (row.retries, row.error_message, row.error_details) == (0, "It is cold.", "in full")
    assert waits(case_id) == ["o"]


@pytest.mark.parametrize("client", PROGRAMS)
def test_its_bpmn_error_goes_to_the_boundary_event(start: Starts, client: str) -> None:
    case_id = waiting()
    start(client, "error")
    until(lambda: waits(case_id) == ["C"])
    assert known(case_id, "C")["why"] == "cold"


def test_the_js_client_keeps_a_task_longer(start: Starts) -> None:
    case_id = waiting()
    worker = start("js", "extend")
    worker.hear("extendLock")
    until(lambda: waits(case_id) == ["B"])


@pytest.mark.parametrize(("dies", "takes_over"), [("js", "python"), ("python", "js")])
def test_a_worker_that_is_killed_loses_its_task_to_another_when_its_lock_runs_out(
    start: Starts, dies: str, takes_over: str
) -> None:
    case_id = waiting()
    first = start(dies, "hang", lock_ms=2500)
    task = first.hear("fetched")["task"]
    first.process.kill()
    second = start(takes_over)
    assert second.hear("fetched")["task"] == task
    until(lambda: waits(case_id) == ["B"])


@pytest.mark.slow
def test_workers_in_both_languages_share_many_tasks_and_each_is_done_once(start: Starts) -> None:
    workers = [start("js"), start("python"), start("js"), start("python")]
    cases = [waiting(str(number)) for number in range(24)]
    until(lambda: all(waits(case_id) == ["B"] for case_id in cases))
    fetched: list[object] = []
    for worker in workers:
        with suppress(Empty):
            while True:
                said = worker.said.get_nowait()
                fetched += [said["task"]] if said["what"] == "fetched" else []
    assert len(fetched) == 24 == len(set(fetched))
    done = db.session.scalars(select(Task).filter_by(element="o")).all()
    assert len(done) == 24 and jobs.work_off() == 0


def test_a_client_that_hung_up_while_it_waited_is_given_nothing(base: str) -> None:
    body = {"workerId": "gone", "asyncResponseTimeout": 20_000,
            "topics": [{"topicName": TOPIC, "lockDuration": 600_000}]}  # fmt: skip
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(f"{base}/engine-rest/external-task/fetchAndLock", json=body, timeout=2.0,
                      auth=("worker", DEMO_PASSWORD))  # fmt: skip
    case_id = waiting()
    time.sleep(3.0)
    row = db.session.scalars(select(ExternalTask)).one()
    assert row.worker_id is None and waits(case_id) == ["o"]


def test_programs_that_wait_never_keep_the_pages_from_answering(base: str) -> None:
    body = json.dumps({"workerId": "w", "asyncResponseTimeout": 1_800_000,
                       "topics": [{"topicName": TOPIC, "lockDuration": 1000}]})  # fmt: skip
    head = ("POST /engine-rest/external-task/fetchAndLock HTTP/1.1", "Host: x", f"Authorization: {basic('worker')}",
            "Content-Type: application/json", f"Content-Length: {len(body)}", "", body)  # fmt: skip
    said = "\r\n".join(head).encode()
    with ExitStack() as held:
        waiting = [held.enter_context(socket.create_connection(("127.0.0.1", urlsplit(base).port))) for _ in range(20)]
        for each in waiting:
            each.sendall(said)
        time.sleep(1.0)
        for _ in range(5):
            assert requests.get(f"{base}/sign-in", timeout=60).status_code == 200
        assert len(readable(waiting, [], [], 0)[0]) < len(waiting), "pages were answered while programs waited"


def test_a_server_that_ends_lets_those_who_wait_go(house: Flask, database_url: str) -> None:
    db.session.remove()
    with served(database_url) as base:
        worker = Worker("js", base, "w", "complete", 1000)
        time.sleep(3)
        began = time.monotonic()
    assert time.monotonic() - began < ONE_REQUEST_S, "it did not wait for the end of their requests"
    worker.process.kill()
    worker.process.wait(10)
