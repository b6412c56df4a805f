"""A list of fifty rows over HTTP: the inbox against two bare Flask pages that select the same rows with one statement.

One draws seven bare cells of each row, the other what people read and press in a row of Komek's.
"""

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from bench import ratios
from bench.http import APPLICATION, OFFICE, Client, KomekCase, Person, furnished, served

ROWS = 50
LOOKS = {1: 40, 8: 15}  #: at the page, by number of clients


#: pages of the floor (bench/floor.py) with the same rows
FLOORS = {"bare cells": "rows", "the same words": "said-rows"}


def fill(port: int) -> None:
    """So many registered applications that nobody at the head's has taken yet."""
    case = KomekCase(port)
    case.took = []
    for _ in range(ROWS):
        number = case.clerk.post("/cases", route="direct").rpartition("/")[2]
        case.complete(number, case.clerk, APPLICATION)


def looks(clients: list[Client], path: str) -> float:
    """The median of a look, in milliseconds."""

    def look(client: Client) -> list[float]:
        took = []
        for _ in range(LOOKS[len(clients)]):
            began = time.perf_counter()
            status, page, _ = client.ask("GET", path)
            took.append((time.perf_counter() - began) * 1000)
            assert status == 200 and page.count("<tr") >= ROWS, status
        return took

    look(clients[0])
    with ThreadPoolExecutor(len(clients)) as pool:
        return statistics.median(one for took in pool.map(look, clients) for one in took)


def main() -> None:
    """Print the table."""
    say = sys.stdout.write
    with furnished() as env, served("wsgi:app", env) as komek, served("bench.floor:create_floor()", env) as floor:
        fill(komek)
        say(f"\na list of {ROWS} rows over HTTP: median in ms; the ratio\n")
        for clients in LOOKS:
            heads: list[Client] = [Person(komek, f"head.{OFFICE}") for _ in range(clients)]
            ours = looks(heads, "/inbox?list=role")
            say(f"  {clients} at once   Komek {ours:6.1f}")
            for name, page in FLOORS.items():
                theirs = looks([Client(floor) for _ in range(clients)], f"/{page}/{OFFICE.upper()}")
                ratio = ratios.note(f"list of {ROWS} rows to {name}, {clients} at once", ours, theirs)
                say(f"   {name} {theirs:6.1f} {ratio:5.2f}")
            say("\n")


if __name__ == "__main__":
    main()
