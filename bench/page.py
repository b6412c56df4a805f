"""A list of fifty rows over HTTP: the inbox against two bare Flask pages that select the same rows with one statement.

One draws seven bare cells of each row, the other what people read and press in a row of Komek's.
"""

import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bench import processor, ratios
from bench.http import APPLICATION, OFFICE, Client, KomekCase, Person, furnished, served, timed

ROWS = 50
LOOKS = {1: 40, 8: 15}  #: at the page, by number of clients
#: looks before those that count: for so long PostgreSQL plans each statement anew on each line, which then lasts for
#: months. By eight at once what was measured without them was the planning
WARM = 12


#: pages of the floor (bench/floor.py) with the same rows
FLOORS = {"bare cells": "rows", "the same words": "said-rows"}


def fill(port: int) -> None:
    """So many registered applications that nobody at the head's has taken yet."""
    case = KomekCase(port)
    case.took = []
    for _ in range(ROWS):
        number = case.clerk.post("/cases", route="direct").rpartition("/")[2]
        case.complete(number, case.clerk, APPLICATION)


def looks(lists: dict[str, tuple[list[Client], int, str]], times: int) -> dict[str, tuple[float, float]]:
    """Name -> the median of a look, in milliseconds, and of the processor's time that it took at its port.

    All look at the first, then at the second, …, so many times: what else the machine does slows all alike. The
    processor's time is nought where several look at once.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in lists}
    clients = max(len(each) for each, _, _ in lists.values())
    with ThreadPoolExecutor(clients) as pool:
        for turn in range(WARM + times):
            for name, (people, port, path) in lists.items():
                took = list(pool.map(partial(_look, port if clients == 1 else 0, path), people))
                if turn >= WARM:
                    found[name] += took
    return {name: (statistics.median(a for a, _ in each), statistics.median(b for _, b in each))
            for name, each in found.items()}  # fmt: skip


def _look(port: int, path: str, client: Client) -> tuple[float, float]:
    spent_ms, (took_s, (status, page, _)) = processor.taken_ms(port, lambda: timed(lambda: client.ask("GET", path)))
    assert status == 200 and page.count("<tr") >= ROWS, status
    return took_s * 1000, spent_ms


def _both(ms: float, share_ms: float) -> str:
    return f"{ms:6.1f} ({share_ms:5.1f})" if share_ms else f"{ms:6.1f}"


def main() -> None:
    """Print the table."""
    say = sys.stdout.write
    with furnished() as env, served("wsgi:app", env) as komek, served("bench.floor:create_floor()", env) as floor:
        fill(komek)
        say(f"\na list of {ROWS} rows over HTTP: median in ms, of the processor's time in brackets; the ratio\n")
        for clients, times in LOOKS.items():
            heads: list[Client] = [Person(komek, f"head.{OFFICE}") for _ in range(clients)]
            lists: dict[str, tuple[list[Client], int, str]] = {"Komek": (heads, komek, "/inbox?list=role")}
            for name, page in FLOORS.items():
                lists[name] = ([Client(floor) for _ in range(clients)], floor, f"/{page}/{OFFICE.upper()}")
            found = looks(lists, times)
            ours, our_share = found.pop("Komek")
            say(f"  {clients} at once   Komek {_both(ours, our_share)}")
            for name, (theirs, share) in found.items():
                ratio = ratios.note(f"list to {name}, {clients} at once", ours, theirs)
                say(f"   {name} {_both(theirs, share)} {ratio:5.2f}")
                if share:
                    say(f" ({ratios.note(f'list to {name}, processor', our_share, share):5.2f})")
            say("\n")


if __name__ == "__main__":
    main()
