"""Several regions on one machine: a door, and behind it each region as the whole Komek that it would be alone.

Whatever befalls one region, its package, its database, its disk, ends nothing but its own processes; they are begun
again and again, and the others go on.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from services.config import Config
from services.postgres import AlreadyRunning, CannotStart, Lock
from services.regions import BadRegions, Neighbourhood, Region, check_nothing_is_shared, read
from webapp.serve.kept_process import Kept
from webapp.serve.supervisor import ALREADY_RUNNING, CANNOT_START, LOOK_EVERY_S, look_after, say, signals
from webapp.serve.web_processes import THREADS, Web, answers

#: the next region begins when the one before answers, or after so long: all at once they hinder each other
LONGEST_PREPARATION_S = 60.0
#: what a region takes to end: its pages, its worker and its database, one after the other
REGION_GRACE_S = 45.0
DOOR = "doors:app"


#: a region -> the command that runs it until told to stop
Command = Callable[[Region], Sequence[str]]


def supervise_regions(config: Config, host: str, port: int, workers: int, *, command: Command | None = None) -> int:
    """Run all regions of the file until told to stop; the exit code as of `supervise`.

    `workers`: web processes of each region, 0 for as many as cores.
    """
    command = command or partial(_serve, config.demo, workers)
    config = replace(config, var=config.var.resolve(), regions=str(Path(config.regions).resolve()))
    lock = Lock(config.var / f"lock-{port}")
    try:
        check_nothing_is_shared(config)
        street = read(Path(config.regions))
        door = Web(host, port, 1, DOOR, config.var, THREADS * len(street.regions))
        lock.take()
        door.end_left()
        door.check_port()
        with signals() as stopping:
            return _run(config, street, door, command, stopping)
    except AlreadyRunning:
        say(f"Komek runs already at port {port}, over {config.var}")
        return ALREADY_RUNNING
    except (CannotStart, BadRegions) as fault:
        say(str(fault))
        return CANNOT_START
    finally:
        lock.free()


def _run(config: Config, street: Neighbourhood, door: Web, command: Command, stopping: list[int]) -> int:
    env = _environment(config)
    kept = {key: _kept(config, region, command) for key, region in street.regions.items() if region.stands_here}
    for each in kept.values():
        each.end_left()
    try:
        door.start(env)
        door.wait_until_it_answers(stopping)
        say(f"the door is at {door.address} (ctrl-C stops everything)")
        beginning = _Beginning(street, kept, env)
        while not stopping:
            beginning.look()
            look_after({"the door": door, **kept}, "ended, started again")
            time.sleep(LOOK_EVERY_S)
        say("stopping")
        return 0
    finally:
        for each in (door, *kept.values()):
            each.tell_to_stop()
        for each in (door, *kept.values()):
            each.stop(stopping)


class _Beginning:
    """The regions that have not been begun yet, one after the other."""

    def __init__(self, street: Neighbourhood, kept: dict[str, Kept], env: dict[str, str]) -> None:
        self._waiting = [each for each in street.regions.values() if each.key in kept]
        self._kept, self._env = kept, env
        self._last: Region | None = None
        self._since_s = 0.0

    def look(self) -> None:
        """Begin the next one, when the one before is there, or will not be for a while."""
        if not self._waiting or not self._is_next():
            return
        self._last, self._since_s = self._waiting.pop(0), time.monotonic()
        self._kept[self._last.key].start({**self._env, "KOMEK_REGION": self._last.key})

    def _is_next(self) -> bool:
        if self._last is None or time.monotonic() - self._since_s > LONGEST_PREPARATION_S:
            return True
        return not self._kept[self._last.key].alive or answers("127.0.0.1", self._last.port)


def _kept(config: Config, region: Region, command: Command) -> Kept:
    mark = f"komek {config.var} region {region.key}"
    return Kept([*command(region), "--name", mark], mark, grace_s=REGION_GRACE_S)


def _serve(demo: bool, workers: int, region: Region) -> Sequence[str]:
    """Which region it is, stands in its environment."""
    return [sys.executable, "-m", "webapp.cli", *(["--demo"] if demo else []),
            "serve", "--port", str(region.port), "--workers", str(workers)]  # fmt: skip


def _environment(config: Config) -> dict[str, str]:
    """One proxy more: the door is believed."""
    return {
        **os.environ,
        "KOMEK_REGIONS": config.regions,
        "KOMEK_VAR": str(config.var),
        "KOMEK_PROXIES": str(config.proxies + 1),
    }
