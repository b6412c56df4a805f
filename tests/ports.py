"""Ports for servers that are started, killed and started again at the same address."""

import random
import socket

#: below those that the system gives to outgoing calls: one of them would take the port while its server is down
LOW, HIGH = 20_000, 32_000


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
