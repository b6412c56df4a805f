"""Ports for servers that are started, killed and started again at the same address."""

import random
import socket
import time
from collections.abc import Callable
from typing import TypeVar

#: below those that the system gives to outgoing calls: one of them would take the port while its server is down
LOW, HIGH = 20_000, 32_000

Server = TypeVar("Server")


def free_port() -> int:
    """A port of this computer that is free just now, and that no outgoing call is given."""
    for port in random.SystemRandom().sample(range(LOW, HIGH), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


def once_free(serve: Callable[[], Server]) -> Server:
    """What ``serve`` opens at a port that was left just now.

    A child process that is being started at this moment holds the socket of the server before until its own
    program runs: for that long the port is not free, though nobody listens any more.
    """
    until = time.monotonic() + 60
    while True:
        try:
            return serve()
        except (OSError, SystemExit):  # werkzeug leaves the program when the port is taken
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
