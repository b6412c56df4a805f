"""What the worker counts of what changes all the time: where much is done today, boards say that, and as of when."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from services import boards, clock, figures
from services.boards.looked import Looked
from services.db import db, transaction
from services.figures import now
from tests.conftest import WEDNESDAY
from tests.people.office import OFFICE, PSC, Office, Psc
from tests.services.figures.looks import control

TODAY = ("2026-11-25", "2026-11-25")


def looked(office: str | None) -> Looked:
    return boards.look(boards.period(*TODAY), control(), office)


def said(found: Looked) -> list[Any]:
    """All that a board of the day says."""
    first = boards.side_by_side(found) if found.office is None else boards.figures_of(found)
    return [first, boards.by_step(found), boards.by_holder(found), boards.by_ground(found)]


@pytest.fixture
def busy(house: Flask, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office, a counter, and what they did today; anything is too much to be counted for whoever looks."""
    with clock.stopped(WEDNESDAY):
        office, psc = Office(house), Psc(house)
        office.run(until=3)
        psc.run()
    monkeypatch.setattr(now, "MOST_TODAY", 0)
    return office


@pytest.mark.parametrize("at", [None, OFFICE, PSC])
def test_today_as_the_worker_counted_it_is_what_whoever_looks_would_count(busy: Office, at: str | None) -> None:
    with clock.stopped(WEDNESDAY):
        by_hand = said(looked(at))
        assert len(by_hand[1]) > 3 and not looked(at).not_counted
        with transaction():
            figures.settle()
        assert said(looked(at)) == by_hand
        assert looked(at).not_counted.today_at == WEDNESDAY


def test_what_is_done_meanwhile_comes_with_the_next_count_and_the_page_says_when_that_was(busy: Office) -> None:
    with clock.stopped(WEDNESDAY):
        before = looked(None).held.counts[OFFICE]
        for _ in range(2):  # the second look finds that it was counted just now
            with transaction():
                figures.settle()
            busy.run(until=1)
        assert looked(None).held.counts[OFFICE] == before
        note = "Бүгінгі көрсеткіштер минут сайын саналады, соңғысы"
        head = busy.person("head")
        assert note in head.get(f"/boards/offices/{OFFICE}").text
        assert note not in head.get(f"/boards/offices/{OFFICE}?since=2026-11-01&until=2026-11-24").text
    with clock.stopped(WEDNESDAY + timedelta(seconds=61)):
        with transaction():
            figures.settle()
        after = looked(None)
    assert after.held.counts[OFFICE] != before
    assert after.not_counted.today_at == WEDNESDAY + timedelta(seconds=61)


def test_where_little_is_done_it_is_counted_for_whoever_looks(busy: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.stopped(WEDNESDAY):
        with transaction():
            figures.settle()
        monkeypatch.setattr(now, "MOST_TODAY", 2_000)
        busy.run(until=1)
        exact = looked(OFFICE)
    assert not exact.not_counted


def test_yesterdays_count_is_never_shown_as_todays(busy: Office) -> None:
    with clock.stopped(WEDNESDAY), transaction():
        figures.settle()
    with clock.stopped(WEDNESDAY + timedelta(days=1)):
        found = boards.look(boards.period("2026-11-26", "2026-11-26"), control())
    assert found.not_counted.today_at is None and not found.held.counts


def test_what_takes_long_to_count_is_counted_fifty_times_as_rarely(house: Flask) -> None:
    with clock.stopped(WEDNESDAY), transaction():
        figures.settle()
        db.session.execute(text("""UPDATE figure_now SET found = found || '{"took_s": 12}' WHERE what = 'tried'"""))
    for after, counted_anew in ((599, False), (601, True)):
        moment = WEDNESDAY + timedelta(seconds=after)
        with clock.stopped(moment):
            with transaction():
                figures.settle()
            found = figures.open_steps()
        assert found is not None and (found.counted_at == moment) is counted_anew


def test_a_count_that_the_database_breaks_off_leaves_the_former_one_with_its_age_and_today_is_counted(
    busy: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(_: object) -> None:
        db.session.execute(text("SET LOCAL statement_timeout = 5"))
        db.session.execute(text("SELECT pg_sleep(60)"))

    with clock.stopped(WEDNESDAY), transaction():
        figures.settle()
    monkeypatch.setattr(now, "_open", too_long)
    moment = WEDNESDAY + timedelta(hours=1)
    with clock.stopped(moment):
        with transaction():
            figures.settle()
        found = figures.open_steps()
        assert found is not None and found.counted_at == WEDNESDAY and found.rows
        assert looked(None).not_counted.today_at == moment
