"""What is killed, in an order that a seed gives, and how long people waited for what."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.cluster.browser import BARE, Record, Stop, Waited
from tests.cluster.cluster import FRONT, PAGES, WORKERS, Cluster, say

#: longer than Patroni's ttl (20 s): whoever is away so long is given up
PRIMARY_AWAY_S, STANDBY_AWAY_S = 25.0, 8.0
#: everything is back by itself within this time
LONGEST_RETURN_S = 150.0
#: people work in peace for so long between two kills
PEACE_S = (2.0, 6.0)


@dataclass
class Kill:
    """One: what, when, what people met with until the next one, and after how long nothing was lacking."""

    kind: str
    what: str
    at_s: float
    whole_after_s: float = 0.0
    waited: list[Waited] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)

    @property
    def gap_s(self) -> float:
        """The longest that somebody waited for a page or for a click that was taken."""
        return max((each.until_s - each.at_s for each in self.waited), default=0.0)

    @property
    def disturbed(self) -> list[Waited]:
        return [each for each in self.waited if each.troubles]

    @property
    def most_stops(self) -> int:
        """How often one person was stopped by a page, at most."""
        return max(Counter(each.who for each in self.stops).values(), default=0)

    def stopped_again(self) -> list[str]:
        """Who was stopped more than once: when each time began and ended, and the first and the last page of it."""
        often = [who for who, times in Counter(each.who for each in self.stops).items() if times > 1]
        return [
            f"{stop.who}, {stop.at_s - self.at_s:.1f} to {stop.until_s - self.at_s:.1f} s: "
            f"{stop.shown[0]} … {stop.shown[-1]} ({len(stop.shown)} pages)"
            for stop in self.stops if stop.who in often
        ]  # fmt: skip

    @property
    def bare(self) -> int:
        """How often somebody was shown a page that says nothing in their language."""
        return sum(each.troubles.count(BARE) for each in self.waited)


class Killer:
    """Kills what its cluster has, of every kind once before any comes again."""

    def __init__(self, cluster: Cluster, record: Record, seed: int) -> None:
        self.cluster, self.record, self.chance = cluster, record, random.Random(seed)
        self.kills: list[Kill] = []
        self.kinds: dict[str, Callable[[], str]] = {
            "the primary's machine": self._primary, "the primary's PostgreSQL": self._postgres,
            "a standby's machine": self._standby, "etcd's leader": self._etcd, "a web node": self._pages,
            "a worker": self._worker, "HAProxy": lambda: self._front("haproxy"),
            "pgbouncer": lambda: self._front("pgbouncer"), "nginx": lambda: self._front("nginx"),
        }  # fmt: skip

    def go_on_for(self, seconds: float) -> None:
        """Kill, wait until all is whole, and again. Raises AssertionError where something does not come back."""
        end = time.monotonic() + seconds
        for kind in self._order():
            if time.monotonic() > end:
                return
            time.sleep(self.chance.uniform(*PEACE_S))
            at_s = time.monotonic()
            kill = Kill(kind, self.kinds[kind](), at_s)
            self.kills.append(kill)
            time.sleep(1.0)
            try:
                self.cluster.wait_until_whole(LONGEST_RETURN_S)
            except AssertionError as fault:
                raise AssertionError(f"{kind} ({kill.what}) was killed, and it is not whole again: {fault}") from None
            kill.whole_after_s = time.monotonic() - at_s
            say(f"  {kind} ({kill.what}): whole after {kill.whole_after_s:.1f} s")

    def _order(self) -> Iterator[str]:
        while True:
            yield from self.chance.sample(sorted(self.kinds), len(self.kinds))

    def settle(self) -> None:
        """Give each kill what people waited for from then on until the next one."""
        ends = [*(each.at_s for each in self.kills[1:]), time.monotonic()]
        for kill, until_s in zip(self.kills, ends, strict=True):
            kill.stops = self.record.stopped_since(kill.at_s, until_s)
            kill.waited = [each for each in self.record.since(kill.at_s, until_s) if each.until_s < until_s]

    # ------------------------------------------------------------- the kinds

    def _primary(self) -> str:
        name = self.cluster.role("leader")
        self.cluster.cut_power(name, PRIMARY_AWAY_S)
        return name

    def _postgres(self) -> str:
        name = self.cluster.role("leader")
        self.cluster.end_postgres(name)
        return name

    def _standby(self) -> str:
        name = self.cluster.role(self.chance.choice(("sync_standby", "replica")))
        self.cluster.cut_power(name, STANDBY_AWAY_S)
        return name

    def _etcd(self) -> str:
        name = self.cluster.etcd_leader()
        self.cluster[name].services["etcd"].kill()
        return name

    def _pages(self) -> str:
        return self._service(self.chance.choice(PAGES), "komek-web")

    def _worker(self) -> str:
        return self._service(self.chance.choice(WORKERS), "komek-worker")

    def _front(self, service: str) -> str:
        return self._service(FRONT, service)

    def _service(self, name: str, service: str) -> str:
        self.cluster[name].services[service].kill()
        return name
