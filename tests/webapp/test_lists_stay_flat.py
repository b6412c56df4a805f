"""No statement of any page reads more of a database than its page shows: each is planned, and carried out, over
thousands of cases. `make bench-large` is the same over hundreds of thousands."""

from collections.abc import Iterator

import pytest
from flask import Flask

from bench.http import OFFICE
from bench.large import Page, grow, looked_at, pages_of
from bench.pages import GROWS, opened, spared_in_vain
from komek.testing.owner import owner_address
from services import cases, directory
from services.boards import head
from services.cases import newest
from services.cases.lists import several, standing
from services.cases.pages import lists, offered, rechecks, versions
from services.db import db

pytestmark = pytest.mark.slow

OPEN, CLOSED = 4_000, 2_000
#: what a count looks at before it says that there is more: a tenth of what it is over real work
CAP = 99
#: rows of one statement: ten times the cap, as a list of everybody has as many conditions
MOST_READ = 1_200
#: a head's board counts each group and each person up to the cap, and reads three hundred rows
OF_A_BOARD = {"/boards/": 4_500, "/boards/head": 4_500}
#: rows that every table of a small region may have
LARGE = 1_500


@pytest.fixture
def grown(region: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The region with copies of its cases, and caps that these reach."""
    for module in (standing, several, offered, lists, head, versions, rechecks):
        monkeypatch.setattr(module, "CAP", CAP)
    monkeypatch.setattr(head, "CAP_EACH", CAP)
    monkeypatch.setattr(newest, "RARE", CAP)
    lists._all_counted.cache_clear()
    db.session.remove()
    grow(owner_address().replace("+psycopg", ""), OPEN, CLOSED)
    yield region
    lists._all_counted.cache_clear()


def test_every_page_is_opened_or_says_why_not(region: Flask) -> None:
    assert len(opened(region)) > 50
    assert spared_in_vain(region) == set()


def test_no_page_reads_a_large_table_whole_or_more_rows_than_it_shows(grown: Flask) -> None:
    pages = list(looked_at(grown, pages_of(grown), times=1))
    assert not {f"{page.who} {page.path}": page.status for page in pages if page.status >= 500}
    found = {page.path.partition("?")[0]: faults(page) for page in pages if faults(page)}
    assert not set(found) - set(GROWS), "\n".join(fault for path in set(found) - set(GROWS) for fault in found[path])


def test_every_assignment_is_met_once_page_after_page_also_where_a_page_holds_nothing_of_what_is_asked(
    region: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = directory.staff_at(OFFICE.upper(), "head")[0]
    every = cases.rechecks(OFFICE.upper(), who)
    assert len(every.lines) > 8 and every.after is None and not every.beyond
    monkeypatch.setattr(rechecks, "MOST", 2)
    monkeypatch.setattr(rechecks, "CAP", 3)
    for state in ("", *{each.state for each in every.lines}):
        met, after = [], None
        for _ in range(len(every.lines) + 1):
            page = cases.rechecks(OFFICE.upper(), who, state=state, after=after)
            assert len(page.lines) <= 2
            met += [each.case_id for each in page.lines]
            if (after := page.after) is None:
                break
        assert met == [each.case_id for each in every.lines if not state or each.state == state]
        assert page.beyond


def faults(page: Page) -> list[str]:
    most = OF_A_BOARD.get(page.path, MOST_READ)
    return [f"{page.who} {page.path}: {each}" for each in page.refused(most, LARGE)]
