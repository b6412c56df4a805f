"""HAProxy as deploy/cluster has it, over databases that only say their names."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
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
    """Says 200 at /primary on one machine alone."""

    primary = ""

    def do_OPTIONS(self) -> None:
        self.send_response(200 if self.server.server_address[0] == self.primary else 503)
        self.end_headers()

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


def test_begun_anew_it_lets_nobody_to_a_standby_before_it_knows_the_primary(site: Site) -> None:
    config = site.folder / "haproxy.cfg"
    copied(site, ROOT / "deploy" / "cluster" / "haproxy.cfg", config, site.folder)
    process = subprocess.Popen(
        [str(programs.program("haproxy")), "-db", "-f", str(config)],
        env=programs.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        seen, end = list[str](), time.monotonic() + LONGEST_S
        while seen.count(site.address(PRIMARY)) < 20:
            assert time.monotonic() < end and process.poll() is None, f"the primary was not reached: {set(seen)}"
            seen.append(reached(site))
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait(30)
    assert set(seen) - {""} == {site.address(PRIMARY)}
