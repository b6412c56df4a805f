"""Viewflow beside Komek: a Django project of the same seven steps of people (bench/peers/viewflow), served alike.

Viewflow is others' work under the AGPL and no part of Komek: the bench installs it into an environment of its own, by a
list with hashes, when `PEER=viewflow` asks for it, and speaks to it over HTTP like a browser. `PEER_URL` names such a
project that runs already; there its people have to be there, too (`manage.py people`).
"""

import functools
import http.client
import os
import re
import select
import socket
import subprocess
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.http import Client, Make, Pressed, served
from services.config import ROOT

PROJECT = Path(__file__).parent / "peers" / "viewflow"
HOME = ROOT / "var" / "peers" / "viewflow"
PASSWORD = "bench-bench"
FIGURES = {"papers": "complete", "member_name": "Үлгібаев Мысал", "member_relation": "applicant",
           "member_income": "40000", "expense_kind": "heating", "expense_amount": "30000"}  # fmt: skip
APPLICATION = {"surname": "Үлгібаев", "given_name": "Мысал", "address": "Үлгі көшесі, 1", "language": "kk",
               "again_reason": "Басқа ай үшін", "missing_reason": "Кейін әкеледі"}  # fmt: skip
DECIDED = {"decision": "approve", "amount": "26000", "period_months": "3", "departure_reason": "Өлшеу"}
#: step, whose it is, what is entered in it: after the first, with which a process begins
STEPS = (
    ("resolution", "head", {"executor": "Үлгібаев", "text": "Қарауға"}),
    ("review", "executor", FIGURES),
    ("draft", "executor", {**FIGURES, **DECIDED}),
    ("agree", "head", {"verdict": "agree"}),
    ("sign", "head", {"verdict": "sign", "code": "19-X2026-00001"}),
    ("deliver", "executor", {"way": "handed_over", "received_by": "Үлгібаев", "identified_by": "identity"}),
)


class Browser(Client):
    """Somebody signed in at a Django site."""

    def __init__(self, url: str, login: str) -> None:
        super().__init__(urlsplit(url).port or 80)
        self.host = urlsplit(url).hostname or "127.0.0.1"
        self.ask("GET", "/accounts/login/")
        status, page, _ = self.post("/accounts/login/", {"username": login, "password": PASSWORD})
        assert status == 302, f"nobody is signed in: {status} {page[:200]}"

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str, str]:
        return self.ask("POST", path, {"csrfmiddlewaretoken": self.cookies["csrftoken"], **form})

    def _connection(self) -> http.client.HTTPConnection:
        port = self._chance.choice(self.nodes)
        kept = self.connections.get(port)
        if kept is None or (kept.sock is not None and _is_shut(kept.sock)):
            kept = self.connections[port] = http.client.HTTPConnection(self.host, port, timeout=60)
        return kept


def _is_shut(sock: socket.socket) -> bool:
    """Whether the other side let it go: one that somebody else serves keeps it for as long as it likes. Nothing is
    awaited, so there is something to read at the end alone."""
    return bool(select.select([sock], [], [], 0)[0])


def viewflow_case(url: str, pressed: Pressed) -> Callable[[], list[float]]:
    """A client of Viewflow: the same seven tasks by the same three people, each completed one timed."""
    people = {name: Browser(url, name) for name in ("clerk", "head", "executor")}

    def complete(who: str, path: str, form: dict[str, str]) -> tuple[float, str]:
        seconds, (status, page, location) = pressed(functools.partial(people[who].post, path, form))
        assert status == 302, f"{path}: {status} {re.sub('<[^>]+>', ' ', page)[:400]}"
        return seconds, location

    def run() -> list[float]:
        seconds, process = complete("clerk", "/direct/register/", APPLICATION)  # it leads to /direct/<process>/
        took = [seconds]
        for step, who, form in STEPS:
            task = re.findall(rf"{process}{step}/(\d+)/", people[who].ask("GET", process)[1])[-1]
            took.append(complete(who, f"{process}{step}/{task}/execute/", form)[0])
        return took

    return run


@contextmanager
def beside(env: dict[str, str]) -> Iterator[tuple[Make, int] | None]:
    """Viewflow's client and its port, nought of one that is named by `PEER_URL`, else served here over the same
    PostgreSQL; None where nobody asks for it."""
    if url := os.environ.get("PEER_URL"):
        yield (lambda _, pressed: viewflow_case(url, pressed)), 0
    elif os.environ.get("PEER") == "viewflow":
        python = installed()
        with served("house.wsgi", furnished(env, python), python=str(python), folder=PROJECT) as port:
            yield (lambda port, pressed: viewflow_case(f"http://127.0.0.1:{port}", pressed)), port
    else:
        yield None


def installed() -> Path:
    """The Python of its environment, which is made when it is not there or its list changed."""
    python, wanted, kept = HOME / "bin" / "python", PROJECT / "requirements.txt", HOME / "requirements.txt"
    if not kept.exists() or kept.read_bytes() != wanted.read_bytes():
        venv.create(HOME, clear=True, with_pip=True)
        install = [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", wanted]
        subprocess.run(install, check=True, timeout=600, stdout=subprocess.DEVNULL)
        kept.write_bytes(wanted.read_bytes())
    return python


def furnished(env: dict[str, str], python: Path) -> dict[str, str]:
    """Its environment: a database of its own in the same server, with its tables and its people."""
    at = psycopg.conninfo.conninfo_to_dict(env["FLOOR_DATABASE"])
    with psycopg.connect(env["FLOOR_DATABASE"], autocommit=True) as line:
        line.execute("CREATE DATABASE peer")
    told = {**os.environ, "PEER_DATABASE": "peer", "PEER_HOST": str(at["host"])}
    for command in ("migrate", "people"):
        subprocess.run([python, "manage.py", command], env=told, cwd=PROJECT, check=True, timeout=300,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    return told
