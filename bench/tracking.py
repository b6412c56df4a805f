"""A flood of questions where an application is, and how long staff wait meanwhile to sign in: the same server, one run.

`refused`: all from one address, which is over its limit at once. `answered`: each from a network of its own, so that
none is over a limit. Each is asked at a pace, and then as fast as can be, when the flood itself, from two processes
with twelve clients each, takes this machine's processors from everybody.
"""

import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count

from bench.http import OFFICE, Client, Person, furnished, served
from services.tracking.codes import new_code

SECONDS, PROCESSES, CLIENTS = 10.0, 2, 12
THREADS = 10  #: of a process, as gunicorn.conf.py has it
#: the pace that is wanted, of all clients together
A_SECOND = 1000


def flood(port: int, spread: bool, a_second: float | None, seconds: float = SECONDS) -> Counter[int]:
    """What the clients of one process were answered, by status; at a pace each, else as fast as can be."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        found = pool.map(lambda _: _ask(port, spread, a_second, seconds), range(CLIENTS))
    return sum(found, Counter())


def _ask(port: int, spread: bool, a_second: float | None, seconds: float) -> Counter[int]:
    client, said = Client(port), Counter[int]()
    began, code = time.monotonic(), new_code()
    for at in count():
        if a_second:
            time.sleep(max(0.0, began + at / a_second - time.monotonic()))
        if time.monotonic() > began + seconds:
            return said
        octets = ".".join(str(each) for each in os.urandom(3)) if spread else "7.7.7"
        client.headers = {"X-Forwarded-For": f"11.{octets}" if spread else "10.7.7.7"}
        number = f"19-2026-{int.from_bytes(os.urandom(3)) if spread else at % 99999:05d}"
        said[client.ask("POST", "/status/kk/", {"number": number, "code": code, "who": "Үлгібаев"})[0]] += 1
    raise AssertionError


def sign_in_times(port: int, until: Callable[[], bool]) -> list[float]:
    """Milliseconds of each sign-in, page and all, in their order of length; one after the other until it is time."""
    took = []
    while not until():
        began = time.perf_counter()
        Person(port, f"clerk.{OFFICE}")
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def _said(took: list[float]) -> str:
    return f"{statistics.median(took):4.0f} ({took[int(len(took) * 0.95)]:4.0f})"


def main() -> None:
    """Print the table."""
    say = sys.stdout.write
    with furnished() as env, served("wsgi:app", {**env, "KOMEK_PROXIES": "1"}, THREADS) as port:
        flood(port, False, None, 1.0)
        began = time.monotonic()
        quiet = sign_in_times(port, lambda: time.monotonic() > began + SECONDS)
        say(f"where is my application: signing in takes {_said(quiet)} ms, median (95 %), when nobody asks; "
            f"load {os.getloadavg()[0]:.1f}\n")  # fmt: skip
        for pace in (A_SECOND, None):
            for name, spread in (("refused", False), ("answered", True)):
                each_pace = pace and pace / PROCESSES / CLIENTS
                with ProcessPoolExecutor(PROCESSES) as pool:
                    began = time.perf_counter()
                    asked = [pool.submit(flood, port, spread, each_pace) for _ in range(PROCESSES)]
                    meanwhile = sign_in_times(port, lambda asked=asked: all(each.done() for each in asked))
                    said = sum((each.result() for each in asked), Counter[int]())
                    each_s = said.total() / (time.perf_counter() - began)
                how = f"at {pace} a second" if pace else "as fast as can be"
                say(f"  {name:9} {how:18} {each_s:6.0f} a second   {dict(said)}   signing in {_said(meanwhile)} ms   "
                    f"load {os.getloadavg()[0]:.1f}\n")  # fmt: skip


if __name__ == "__main__":
    main()
