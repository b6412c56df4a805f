"""`make cluster`: a cluster is made, worked in by eight, killed piece by piece for some minutes, and looked through."""

import argparse
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from tests.cluster import looking, programs, report
from tests.cluster.browser import Record
from tests.cluster.clients import Client, Ledger
from tests.cluster.cluster import Cluster, cluster, say
from tests.cluster.killing import Killer

#: two people at each: they take numbers of one series
OFFICES = ("TALDYKORGAN", "AKSU", "ESKELDI", "BALKHASH")
CLIENTS = 8
#: of peace, to see how long a click waits when nothing is killed
PEACE_S = 10.0


def main() -> int:
    """0 when nothing is lost, doubled or broken; 2 where a cluster cannot be had."""
    told = argparse.ArgumentParser(prog="make cluster")
    told.add_argument("--minutes", type=float, default=10)
    told.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    told.add_argument("--record", type=Path, help="the page in which it is written down")
    given = told.parse_args()
    if missing := programs.missing():
        say(f"{programs.WHY}; missing: {', '.join(missing)}")
        return 2
    say(f"seed {given.seed}: the machines are made")
    began = time.monotonic()
    with cluster() as made:
        say(f"whole after {time.monotonic() - began:.0f} s, in {made.folder}")
        found = run(made, given.minutes * 60, given.seed)
    said = report.words(found)
    say(said)
    if given.record is not None:
        report.write_down(given.record, found)
    return 1 if any(found.wrong.values()) else 0


def run(made: Cluster, seconds: float, seed: int) -> report.Run:
    """Work and kill for that long, then look."""
    record, ledger, stop = Record(), Ledger(), Event()
    clients = [
        Client(number, made, OFFICES[number % len(OFFICES)], stop, ledger, record, seed) for number in range(CLIENTS)
    ]
    for each in clients:
        each.start()
    time.sleep(PEACE_S)
    quiet, stopped_quiet = record.since(0.0, time.monotonic()), record.stopped_since(0.0, time.monotonic())
    looking.seal(made)
    killer = Killer(made, record, seed)
    faults = []
    try:
        killer.go_on_for(seconds)
    except AssertionError as fault:
        faults.append(str(fault))
    stop.set()
    for each in clients:
        each.join(240)
    killer.settle()
    for kill in killer.kills:
        for said in kill.stopped_again():
            say(f"  {kill.kind} ({kill.what}) stopped one person more than once: {said}")
    wrong = {
        "parts that did not come back": faults,
        "pages that nobody can read": record.bare,
        **looking.found_wrong(made, ledger),
    }
    return report.Run(datetime.now(UTC), seed, seconds, killer.kills, ledger, quiet, stopped_quiet, wrong)


if __name__ == "__main__":
    sys.exit(main())
