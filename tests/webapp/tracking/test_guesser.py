"""A guesser at eight connections learns nothing: not a code, not even that a number exists."""

import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context

import pytest
from flask import Flask

from services import tracking
from services.cases.models import Case
from services.db import db
from services.tracking import guesses
from services.tracking.codes import new_code
from services.tracking.pace import Pace
from tests.people.office import Office
from tests.people.public import code_on, printed

CONNECTIONS = 8


@pytest.mark.parametrize("tries", [160, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_guesser_at_eight_connections_learns_nothing_not_even_that_a_number_exists(
    house: Flask, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    guesses.refused.cache_clear()
    monkeypatch.setattr(tracking, "looked_up", Pace(10_000, 10_000, CONNECTIONS))  # all that it could ever be told
    case_id = Office(house).run(until=1)
    printed_code = code_on(printed(case_id))
    real = db.session.get_one(Case, case_id).number or ""
    numbers = [real, f"{real[:-5]}77777"]
    bodies: dict[int, set[str]] = defaultdict(set)
    statuses: dict[str, Counter[int]] = {each: Counter() for each in numbers}
    took: dict[str, list[float]] = {each: [] for each in numbers}

    def guess(at: int) -> None:
        """From a network of its own, so that only the number's own limit can hold it."""
        number, client = numbers[at % 2], house.test_client()
        said = {"number": number, "code": new_code(), "who": "Үлгібаев"}
        place = f"11.{at // 65536 % 256}.{at // 256 % 256}.{at % 256}" if tries > 1000 else f"11.{at}.0.1"
        begun = time.perf_counter()
        page = client.post("/status/kk/", data=said, environ_base={"REMOTE_ADDR": place})
        took[number].append(time.perf_counter() - begun)
        statuses[number][page.status_code] += 1
        bodies[page.status_code].add(re.sub(r'value="[^"]*"', "", page.text))

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda at: Context().run(guess, at), range(tries)))
    assert set(bodies) == {404, 429} and all(len(each) == 1 for each in bodies.values())
    assert statuses[numbers[0]] == statuses[numbers[1]]  # the same, to the single try: ten, then none
    assert statuses[real][404] == guesses.MOST["number"]
    if tries > 1000:  # somebody looks on
        for each in numbers:
            ms = [1000 * one for one in statistics.quantiles(took[each], n=20)]
            sys.stdout.write(f"\n{each}: {dict(statuses[each])} in {ms[9]:.2f} ms, 95 % under {ms[-1]:.2f} ms")
    middles = [statistics.median(each) for each in took.values()]
    spread = statistics.median(abs(each - middles[0]) for each in took[real])
    assert abs(middles[0] - middles[1]) < max(4 * spread, 0.005), middles
    guesses.refused.cache_clear()
    said = {"number": real, "code": printed_code, "who": "Үлгібаев"}
    assert house.test_client().post("/status/kk/", data=said).status_code == 429  # nor does the right code show it now
    guesses.refused.cache_clear()
