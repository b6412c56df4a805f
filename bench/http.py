"""Completing a task over HTTP, with 1 and 8 clients: Komek against two floors in one run, as ratios.

All are served by the same gunicorn with the same workers over the same durable PostgreSQL on this machine: the bare
floor (bench/floor.py: one row, no rights, no form) and the same work by hand (bench/by_hand.py: the same rows).
"""

import functools
import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from bench import processor, ratios
from bench.floor import prepare
from services.config import ROOT
from services.directory.demo import DEMO_PASSWORD
from services.postgres import Server

OFFICE = "taldykorgan"
CASES = {1: 15, 8: 4}  #: cases a client runs through, by number of clients
WORKERS = 2
T = TypeVar("T")


class Client:
    """Somebody with cookies, and a kept-alive connection; of several nodes any at each request, as behind a proxy.

    `nodes` are the ports, and may become others meanwhile.
    """

    def __init__(self, nodes: int | Sequence[int]) -> None:
        self.nodes = [nodes] if isinstance(nodes, int) else nodes
        self.connections: dict[int, http.client.HTTPConnection] = {}
        self._chance = random.Random(421)
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, data: object = None
    ) -> tuple[int, str, str]:
        """Status, body, Location."""
        headers = {**self.headers, "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        if data is not None:
            body, headers["Content-Type"] = json.dumps(data), "application/json"
        connection = self._connection()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for said in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(said).items()}
        return answer.status, answer.read().decode(), answer.headers.get("Location") or ""

    def _connection(self) -> http.client.HTTPConnection:
        port = self._chance.choice(self.nodes)
        if port not in self.connections:
            self.connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        return self.connections[port]


class Person(Client):
    """Somebody at Komek's pages; the form's token is read once."""

    def __init__(self, nodes: int | Sequence[int], login: str) -> None:
        super().__init__(nodes)
        page = self.ask("GET", "/sign-in")[1]
        self.token = token_of(page)
        status, _, _ = self.ask(
            "POST", "/sign-in", {"csrf_token": self.token, "login": login, "password": DEMO_PASSWORD}
        )
        assert status == 303, login
        self.token = token_of(self.ask("GET", "/")[1])

    def post(self, path: str, **form: str) -> str:
        status, body, location = self.ask("POST", path, {"csrf_token": self.token, "key": os.urandom(6).hex(), **form})
        assert status == 303, f"{path}: {status} {re.sub('<[^>]+>', ' ', body)[:400]}"
        return location


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


FIGURES = {
    "papers": "complete",
    "members-0-name": "Үлгібаев Мысал",
    "members-0-relation": "applicant",
    "members-0-income": "40000",
    "expenses-0-kind": "heating",
    "expenses-0-amount": "30000",
}
APPLICATION = {
    "surname": "Үлгібаев",
    "again_reason": "Басқа ай үшін",
    "given_name": "Мысал",
    "address": "Үлгі көшесі, 1",
    "language": "kk",
    "documents-application": "1",
    "missing_reason": "Кейін әкеледі",
}


class Pressed:
    """What all clients do at the same moment, timed: what they do before and after it slows nobody's.

    Of one client it is also told how much of the processor's time the application at its port took.
    """

    def __init__(self, clients: int, port: int = 0) -> None:
        self._all = threading.Barrier(clients, timeout=60)
        self._port = port if clients == 1 else 0
        self.processor_ms: list[float] = []

    def __call__(self, press: Callable[[], T]) -> tuple[float, T]:
        """Seconds, and the answer."""
        self._all.wait()
        spent_ms, (took, answer) = processor.taken_ms(self._port, lambda: timed(press))
        self.processor_ms.append(spent_ms)
        self._all.wait()
        return took, answer


def timed(press: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what it brought."""
    began = time.perf_counter()
    answer = press()
    return time.perf_counter() - began, answer


class KomekCase:
    """A client of Komek: whole cases by three people, each completed task timed."""

    def __init__(self, nodes: int | Sequence[int], pressed: Pressed | None = None) -> None:
        self.pressed = pressed or Pressed(1)
        self.clerk, self.head, self.executor = (
            Person(nodes, f"{role}.{OFFICE}") for role in ("clerk", "head", "executor")
        )
        self.executor_id = ""

    def __call__(self) -> list[float]:
        self.took: list[float] = []
        case = self.clerk.post("/cases", route="direct").rpartition("/")[2]
        self.complete(case, self.clerk, APPLICATION)
        self.take(case, self.head)
        self.complete(case, self.head, {"executor": self.executor_at(case), "text": "Қарауға"})
        self.complete(case, self.executor, FIGURES)
        decided = {"decision": "approve", "amount": "26000", "period_months": "3", "departure_reason": "Өлшеу"}
        self.complete(case, self.executor, {**decided, **FIGURES})
        self.take(case, self.head)
        self.complete(case, self.head, {"verdict": "agree"})
        self.complete(case, self.head, {"verdict": "sign", "code": self.outgoing(case)})
        handed = {"way": "handed_over", "received_by": "Үлгібаев", "identified_by": "identity"}
        self.complete(case, self.executor, handed)
        self.executor.ask("GET", f"/cases/{case}")  # as a browser would, which is led to a page that says what was done
        return self.took

    def task(self, case: str) -> str:
        steps = json.loads(self.clerk.ask("GET", f"/cases/{case}/steps.json")[1])["steps"]
        return str(next(each["task_id"] for each in steps if not each["done_at"]))

    def outgoing(self, case: str) -> str:
        """The code on the answer, from the case's page: what a scanner reads."""
        found = re.search(r"[0-9]+-X[0-9]{4}-[0-9]{5}", self.clerk.ask("GET", f"/cases/{case}")[1])
        assert found
        return found[0]

    def take(self, case: str, person: Person) -> None:
        person.post(f"/inbox/{self.task(case)}/claim")

    def complete(self, case: str, person: Person, answers: dict[str, str]) -> None:
        task = self.task(case)
        self.took.append(self.pressed(lambda: person.post(f"/inbox/{task}/complete", **answers))[0])

    def executor_at(self, case: str) -> str:
        if not self.executor_id:
            name = re.search(r'class="who-name"[^>]*>([^<]+)<', self.executor.ask("GET", "/")[1])
            assert name
            page = self.head.ask("GET", f"/cases/{case}")[1]
            found = re.search(rf'name="executor" value="(\d+)"[^>]*>\s*<span>{re.escape(name[1])}', page)
            assert found
            self.executor_id = found[1]
        return self.executor_id


def floor_case(port: int, pressed: Pressed) -> Callable[[], list[float]]:
    """A client of the floor: the same six tasks."""
    client = Client(port)

    def run() -> list[float]:
        case = json.loads(client.ask("POST", "/cases", data={})[1])["id"]
        took = []
        for step in range(6):
            sent = {f"a{step}": "Үлгібаев", "returned": False}
            seconds, answer = pressed(functools.partial(client.ask, "POST", f"/cases/{case}/complete", data=sent))
            took.append(seconds)
            assert answer[0] == 200
        return took

    return run


HAND_FORM = {
    "surname": "Үлгібаев", "given_name": "Мысал", "address": "Үлгі көшесі, 1", "language": "kk", "papers": "complete",
    "income": "40000", "expenses": "30000", "amount": "26000", "period_months": "3", "since": "2026-11-01",
}  # fmt: skip


def hand_case(port: int, pressed: Pressed) -> Callable[[], list[float]]:
    """A client of what does the same work by hand: six tasks of ten fields."""
    client = Client(port)
    token = json.loads(client.ask("POST", "/sign-in", {"login": f"head.{OFFICE}"})[1])["token"]

    def run() -> list[float]:
        task = json.loads(client.ask("POST", "/cases", {})[1])["task"]
        took = []
        for _ in range(6):
            sent = {"csrf_token": token, "key": os.urandom(6).hex(), **HAND_FORM}
            seconds, answer = pressed(functools.partial(client.ask, "POST", f"/tasks/{task}/complete", sent))
            took.append(seconds)
            assert answer[0] == 303
            task = answer[2].rpartition("/")[2]
        client.ask("GET", "/inbox")
        return took

    return run


@contextmanager
def served(
    application: str, env: dict[str, str], threads: int = 4, *, python: str = sys.executable, folder: Path = ROOT
) -> Iterator[int]:
    """A gunicorn on a free port, with the worker class of `gunicorn.conf.py` where that lies in the folder.

    Raises AssertionError when nobody answers within a minute.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
               "--threads", str(threads), "--log-level", "error", "--keep-alive", "300"]  # fmt: skip
    process = subprocess.Popen(command, env=env, cwd=folder)
    processor.SERVED[port] = process.pid
    try:
        until = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None and time.monotonic() < until, f"{application} does not answer"
            time.sleep(0.1)
        yield port
    finally:
        del processor.SERVED[port]
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


Make = Callable[[int, Pressed], Callable[[], list[float]]]


def in_turns(made: dict[str, tuple[Make, int]], clients: int) -> dict[str, tuple[float, float, float]]:
    """Median and 95th percentile of a completed task, in milliseconds, of each application at its port; and the median
    of the processor's time that it took there, nought where that is not measured.

    Each round all clients run a case of the first, then of the second, …: what else the machine does slows all alike.
    Of each step all press at the same moment, when what leads to it is done.
    """
    pressed = {name: Pressed(clients, port) for name, (_, port) in made.items()}
    runs = {name: [make(port, pressed[name]) for _ in range(clients)] for name, (make, port) in made.items()}
    took: dict[str, list[float]] = {name: [] for name in made}
    with ThreadPoolExecutor(clients) as pool:
        for turn in range(CASES[clients] + 1):
            for name, those in runs.items():
                found = list(pool.map(lambda run: run(), those))
                if not turn:  # to get warm
                    pressed[name].processor_ms.clear()
                    continue
                took[name] += [one * 1000 for client in found for one in client]
    return {
        name: (
            statistics.median(each),
            sorted(each)[int(len(each) * 0.95)],
            statistics.median(pressed[name].processor_ms),
        )
        for name, each in took.items()
    }


@contextmanager
def furnished() -> Iterator[dict[str, str]]:
    """The environment of a house with its people, over a durable PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as home:
        Path(home).chmod(0o755)
        server = Server(Path(home) / "v", max_connections=100).start()
        try:
            server.create_database("komek")
            env = {
                **os.environ,
                "KOMEK_DATABASE_URL": server.address,
                "KOMEK_SECRET_KEY": "a key of the bench, kept by nobody",
                "KOMEK_DEMO": "1",
                "KOMEK_SECURE_COOKIES": "0",
                "FLOOR_DATABASE": f"host={server.sockets} user=postgres dbname=komek",
            }
            for step in (["db", "upgrade"], ["deploy"], ["seed"]):
                command = [sys.executable, "-m", "webapp.cli", *step]
                subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            prepare(env["FLOOR_DATABASE"])
            yield env
        finally:
            server.stop()


#: whoever is measured beside Komek -> by what name its ratio stands in the table
BESIDE = {"bare floor": "click", "by hand": "click to by hand", "peer": "click to a peer (Viewflow)"}


@contextmanager
def no_peer(env: dict[str, str]) -> Iterator[tuple[Make, int] | None]:
    """Nobody else is measured."""
    yield None


def main(peer: Callable[[dict[str, str]], AbstractContextManager[tuple[Make, int] | None]] = no_peer) -> None:
    """Print the table; with a peer in it, if one is there (`bench.viewflow`)."""
    say = sys.stdout.write
    with (
        furnished() as env,
        served("wsgi:app", env) as komek,
        served("bench.floor:create_floor()", env) as floor,
        served("bench.by_hand:create_by_hand()", env) as hand,
        peer(env) as of_peer,
    ):
        say("completing a task over HTTP: median (95 %) in ms, and how many times as long it takes\n")
        applications: dict[str, tuple[Make, int]] = {
            "Komek": (KomekCase, komek), "bare floor": (floor_case, floor), "by hand": (hand_case, hand)
        }  # fmt: skip
        if of_peer is not None:
            applications["peer"] = of_peer
        for clients in CASES:
            found = in_turns(applications, clients)
            ours, our_95, our_share = found.pop("Komek")
            say(f"  {clients} at once   Komek {ours:6.1f} ({our_95:6.1f})")
            for name, (median, at_95, _) in found.items():
                ratio = ratios.note(f"{BESIDE[name]}, {clients} at once", ours, median)
                say(f"   {name} {median:6.1f} ({at_95:6.1f}) {ratio:5.2f}")
            say("\n")
            if our_share:
                say(f"  of the processor's time, PostgreSQL's aside   Komek {our_share:6.1f}")
                for name, (_, _, share) in found.items():
                    if share:  # not of a peer that is served elsewhere
                        ratio = ratios.note(f"{BESIDE[name]}, processor's time", our_share, share)
                        say(f"   {name} {share:6.1f} {ratio:5.2f}")
                say("\n")


if __name__ == "__main__":
    main()
