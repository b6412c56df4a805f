"""Promise: a number is never given twice and leaves no gap."""

from collections.abc import Callable
from random import Random
from threading import Thread

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from services.db import db, transaction
from services.documents import NoSuchSeries, next_number, read_payload
from services.documents.numbers import write_number


def take(office: str = "19", series: str = "in", year: int = 2013) -> str:
    with transaction():
        return next_number(office, series, year)


def test_numbers_say_office_direction_year_and_count(app: Flask):
    assert [take(), take(), take(series="out")] == ["19-2013-00001", "19-2013-00002", "19-X2013-00001"]


def test_every_office_and_year_counts_for_itself(app: Flask):
    taken = [take(), take("4"), take("P12"), take(year=2014)]
    assert taken == ["19-2013-00001", "04-2013-00001", "P12-2013-00001", "19-2014-00001"]


def test_a_number_of_a_click_that_failed_was_never_given(app: Flask):
    take()
    with pytest.raises(ZeroDivisionError), transaction():
        assert next_number("19", "in", 2013) == "19-2013-00002"
        raise ZeroDivisionError
    assert take() == "19-2013-00002"


@pytest.mark.parametrize(
    ("office", "series", "year"),
    [("19", "sideways", 2013), ("", "in", 2013), ("1'9", "in", 2013), ("019", "in", 2013), ("19", "in", 13)],
)
def test_no_other_series_can_be_begun(app: Flask, office: str, series: str, year: int):
    with pytest.raises(NoSuchSeries):
        next_number(office, series, year)


def test_many_at_once_get_every_number_once_whatever_fails_between(app: Flask):
    given_out: list[str] = []
    run_together([lambda seed=seed: _take_some(app, seed, given_out) for seed in range(8)])
    assert len(given_out) > 40
    assert sorted(given_out) == [f"19-2013-{count:05d}" for count in range(1, len(given_out) + 1)]


def _take_some(app: Flask, seed: int, given_out: list[str]) -> None:
    chance = Random(seed)
    with app.app_context():
        for _ in range(15):
            number = next_number("19", "in", 2013)
            if chance.random() < 0.4:
                db.session.rollback()
            else:
                db.session.commit()
                given_out.append(number)
        db.session.remove()


def run_together(jobs: list[Callable[[], None]]) -> None:
    threads = [Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@given(
    st.one_of(st.integers(0, 999).map(str), st.integers(0, 999).map("P{}".format)),
    st.sampled_from(["in", "out"]),
    st.integers(1000, 9999),
    st.integers(1, 2**31 - 1),
)
def test_every_number_reads_back_as_itself(office: str, series: str, year: int, count: int):
    number = write_number(office, series, year, count)
    assert read_payload(number) == number
