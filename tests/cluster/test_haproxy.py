"""HAProxy as deploy/cluster has it, over databases that only say their names."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from tempfile import mkdtemp
from threading import Thread

import pytest

from services.config import ROOT
from tests.cluster import programs
from tests.cluster.machine import Site, copied

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(bool(programs.missing()), reason=f"{programs.WHY}; missing: {programs.missing()}"),
]

PRIMARY, BASES = "db2", ("db1", "db2", "db3")
#: it has made up its mind within this time, on whichever machine
LONGEST_S = 60.0


class Patroni(BaseHTTPRequestHandler):
    """Says 200 at /primary on one machine alone, the one with the key, and beside it what PostgreSQL is there."""

    primary, promoted, asked = "", True, 0

    def do_OPTIONS(self) -> None:
        holds_key = self.server.server_address[0] == self.primary
        Patroni.asked += holds_key
        self.send_response(200 if holds_key else 503)
        self.end_headers()

    def do_GET(self) -> None:
        self.do_OPTIONS()
        self.wfile.write(json.dumps({"state": "running", "role": "master" if self.promoted else "replica"}).encode())

    def log_message(self, *told: object) -> None:
        """Nobody reads it."""


class Named(BaseRequestHandler):
    """A database that says at which address it is."""

    def handle(self) -> None:
        self.request.sendall(str(self.server.server_address[0]).encode())


@pytest.fixture
def site() -> Iterator[Site]:
    """Three databases, each with its Patroni, and the folder of the machine in front."""
    folder = Path(mkdtemp(prefix="komek-haproxy-"))
    found = Site(folder)
    Patroni.primary = found.address(PRIMARY)
    with ExitStack() as stack:
        for name in BASES:
            for port, kind, says in ((8008, ThreadingHTTPServer, Patroni), (5432, ThreadingTCPServer, Named)):
                server = stack.enter_context(kind((found.address(name), port), says))  # type: ignore[arg-type]
                Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
                stack.callback(server.shutdown)
        yield found
    shutil.rmtree(folder)


def reached(site: Site) -> str:
    """Which database answers where the primary is; empty while nobody does."""
    with suppress(OSError), socket.create_connection((site.address("front"), 5000), timeout=5) as line:
        return line.recv(100).decode()
    return ""


@pytest.fixture
def haproxy(site: Site) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Begins it over those databases."""
    config, begun = site.folder / "haproxy.cfg", list["subprocess.Popen[bytes]"]()
    copied(site, ROOT / "deploy" / "cluster" / "haproxy.cfg", config, site.folder)

    def begin() -> "subprocess.Popen[bytes]":
        begun.append(subprocess.Popen(
            [str(programs.program("haproxy")), "-db", "-f", str(config)],
            env=programs.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ))  # fmt: skip
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait(30)


def reached_until(site: Site, process: "subprocess.Popen[bytes]", enough: Callable[[list[str]], bool]) -> set[str]:
    """Which databases answered until that is enough."""
    seen, end = list[str](), time.monotonic() + LONGEST_S
    while not enough(seen):
        assert time.monotonic() < end and process.poll() is None, f"reached so far: {set(seen)}"
        seen.append(reached(site))
        time.sleep(0.01)
    return set(seen) - {""}


def test_begun_anew_it_lets_nobody_to_a_standby_before_it_knows_the_primary(
    site: Site, haproxy: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    primary = site.address(PRIMARY)
    assert reached_until(site, haproxy(), lambda seen: seen.count(primary) >= 20) == {primary}


def test_a_machine_that_has_the_key_is_reached_once_its_database_takes_writes_and_not_before(
    site: Site, haproxy: Callable[[], "subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    process, former, new = haproxy(), site.address(PRIMARY), site.address("db3")
    assert reached_until(site, process, lambda seen: former in seen) == {former}
    for name, value in (("primary", new), ("promoted", False), ("asked", 0)):
        monkeypatch.setattr(Patroni, name, value)
    assert new not in reached_until(site, process, lambda seen: Patroni.asked >= 5)
    monkeypatch.setattr(Patroni, "promoted", True)
    assert reached_until(site, process, lambda seen: seen.count(new) >= 5) == {new}
