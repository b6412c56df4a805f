"""From a scan to its answer over HTTP, with 1 and 8 scanners: Komek against the floor, in one run, as ratios.

The floor completes a task of one row; a scan finds the paper, moves it, moves its case where the case waits for it, and
draws the card. Onto the registry at the PSC, and out of the bag at the body. The first scans that a process answers are
among them; it reads the diagrams then, and the slowest answers are those that waited for it.
"""

import json
import re
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

from bench import ratios
from bench.http import APPLICATION, OFFICE, Person, floor_case, furnished, in_turns, served

FOLDERS = {1: 60, 8: 160}  #: by number of scanners


def folders(port: int, count: int) -> list[str]:
    """That many folders that wait for the courier."""
    inspector, codes = Person(port, f"inspector.{OFFICE}"), []
    for _ in range(count):
        case = inspector.post("/cases", route="psc").rpartition("/")[2]
        steps = json.loads(inspector.ask("GET", f"/cases/{case}/steps.json")[1])["steps"]
        task = next(each["task_id"] for each in steps if not each["done_at"])
        inspector.post(f"/inbox/{task}/complete", body=OFFICE.upper(), **APPLICATION)
        found = json.loads(inspector.ask("GET", f"/cases/{case}/steps.json")[1])["number"]
        codes.append(found)
    return codes


def scans(people: list[Person], codes: list[str], word: str) -> list[float]:
    """Each of them scans a share of the codes; how long each answer took, in milliseconds."""

    def share(at: int) -> list[float]:
        person, took = people[at], []
        token = json.loads(person.ask("GET", "/desk/outbox.json")[1])
        person.headers = {"X-CSRFToken": token["csrf"]}
        for code in codes[at :: len(people)]:
            now, content = datetime.now(UTC).isoformat(), {"code": code, "unpacking": None}
            entry = {"id": uuid4().hex, "office": token["office"], "kind": "scan", "happened_at": now, "waited": False}
            began = time.perf_counter()
            status, page, _ = person.ask(
                "POST", "/desk/merge", data={"person": token["person"], "entries": [{**entry, "content": content}]}
            )
            took.append((time.perf_counter() - began) * 1000)
            assert status == 200 and f'data-word=\\"{word}\\"' in page, page[:400]
        return took

    with ThreadPoolExecutor(len(people)) as pool:
        return sorted(each for one in pool.map(share, range(len(people))) for each in one)


def send(person: Person) -> None:
    """Close the registry that stands open, and hand it over."""
    found = re.search(r"/desk/consignments/\d+", person.ask("GET", "/desk/consignments")[1])
    assert found
    person.post(f"{found[0]}/close")
    person.post(f"{found[0]}/hand-over")


def main() -> None:
    """Print the table."""
    say = sys.stdout.write
    with furnished() as env, served("wsgi:app", env) as komek, served("bench.floor:create_floor()", env) as floor:
        say("scan to answer over HTTP: median (95 %) in ms; the ratio of the medians to the floor's\n")
        for clients in (1, 8):
            codes = folders(komek, FOLDERS[clients])
            theirs = in_turns({"floor": (floor_case, floor)}, clients)["floor"]
            for login, word, what in (("accum", "listed", "onto the registry"), ("clerk", "received", "received")):
                people = [Person(komek, f"{login}.{OFFICE}") for _ in range(clients)]
                took = scans(people, codes, word)
                median, most = statistics.median(took), took[int(len(took) * 0.95)]
                ratios.note(f"scan {what}, {clients} at once", median, theirs[0])
                say(
                    f"  {clients} scanner{'s' if clients > 1 else ' '}  {what:17}  Komek {median:6.1f} ({most:6.1f})   "
                    f"floor {theirs[0]:6.1f} ({theirs[1]:6.1f})   {median / theirs[0]:5.2f}\n"
                )
                if word == "listed":
                    send(people[0])


if __name__ == "__main__":
    main()
