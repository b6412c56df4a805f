"""The next release takes over node by node: the former one's code works over its tables, beside it, under load."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from flask import Flask

from bench.http import KomekCase
from services.config import ROOT
from services.migrations import known, served_now
from services.postgres import Server, as_application
from tests.conftest import KEY
from tests.unbroken import assert_unbroken
from tests.webapp.conftest import Answering
from tests.webapp.serve.former import REVISION, Node, komek, leave, nodes, unpack_into
from tests.webapp.serve.supervised import wait_for

pytestmark = pytest.mark.processes


def environment(server: Server, database_url: str, name: str = "komek") -> dict[str, str]:
    return {
        "KOMEK_DATABASE_URL": database_url, "KOMEK_DATABASE_OWNER_URL": server.address_of(name),
        "KOMEK_SECRET_KEY": KEY, "KOMEK_DEMO": "1", "KOMEK_DEMO_CASES": "0", "KOMEK_SECURE_COOKIES": "0",
    }  # fmt: skip


def test_the_former_release_is_served_by_the_tables_of_this_one() -> None:
    assert known().index(served_now()) <= known().index(REVISION), "a contraction came one release too early"


def test_each_step_of_a_case_is_taken_by_whichever_release_is_reached(
    house: Flask, served: tuple[str, Answering], server: Server, database_url: str, tmp_path: Path
) -> None:
    former = Node(unpack_into(tmp_path), environment(server, database_url))
    try:
        case = KomekCase([former.ready(), int(served[0].rpartition(":")[2])])
        for _ in range(2):
            assert len(case()) == 7
    finally:
        former.stop()
    assert_unbroken()


@contextmanager
def load(reached: list[int], clients: int = 2) -> Iterator[Counter[str]]:
    """So many clients bring cases to their end one after the other, all the time; what fails is raised at the end."""
    done, stop = Counter[str](), Event()

    def go_on(case: Callable[[], list[float]]) -> None:
        while not stop.is_set():
            done["steps"] += len(case())
            done["cases"] += 1

    cases = [KomekCase(reached) for _ in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(go_on, each) for each in cases]
        try:
            yield done
        finally:
            stop.set()
        for each in running:
            each.result()


def more(done: Counter[str], running: list[Node], cases: int = 8) -> None:
    """Returns when so many more cases are at their end, and no node has ended."""
    aim = done["cases"] + cases
    wait_for(lambda: done["cases"] >= aim, 300)
    assert all(each.process.poll() is None for each in running)


@pytest.mark.soak
def test_one_release_takes_over_from_the_other_and_back_under_load(
    server: Server, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    former = unpack_into(tmp_path)
    server.create_database("rolling")
    env = environment(server, as_application(server.address_of("rolling")), "rolling")
    for words in (["db", "upgrade"], ["deploy"], ["seed"]):
        komek(former, env, *words)
    with nodes() as running:
        running += [Node(former, env), Node(former, env, work=True)]
        reached = [running[0].ready()]
        with load(reached) as done:
            more(done, running)
            komek(ROOT, env, "db", "upgrade")  # the former release works on meanwhile, and afterwards
            more(done, running)
            komek(ROOT, env, "deploy")
            running += [Node(ROOT, env), Node(ROOT, env, work=True)]
            reached.append(running[2].ready())
            more(done, running)  # side by side
            leave(reached, running[0].port)
            assert [each.stop() for each in running[:2]] == [0, 0]
            more(done, running[2:])  # the new one alone
            running += [Node(former, env), Node(former, env, work=True)]
            reached.append(running[4].ready())
            more(done, [*running[2:]])
            leave(reached, running[2].port)  # and back: the former one, over what the new one left
            assert [each.stop() for each in running[2:4]] == [0, 0]
            more(done, running[4:])
        record_property("cases ended while two releases took turns", done["cases"])
    assert "broken: 0" in komek(ROOT, env, "doctor", "--data")
    assert "whole" in komek(ROOT, env, "journal", "verify")
