"""Every figure of a board leads to the cases that it counts, and the totals agree."""

from collections.abc import Iterator
from importlib import import_module
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import text

from bench.http import OFFICE
from komek.testing.surfer import Surfer
from services.db import db

#: modules, of which the face hands on verbs of these names
counted, side_by_side = (import_module(f"services.boards.{each}") for each in ("counted", "side_by_side"))


def figures(surfer: Surfer, path: str) -> Iterator[tuple[str, str]]:
    """What each figure on that board says, and where it leads; of the offices side by side one of each column."""
    surfer.get(path)
    known = set()
    for link in surfer.tree.xpath("//a[starts-with(@href, '/boards/counted?')]"):
        asked = dict(parse_qsl(urlsplit(link.get("href")).query))
        if (column := (asked["what"], asked.get("of"), bool(asked.get("office")))) not in known:
            known.add(column)
            yield " ".join(link.text_content().split()), link.get("href")


@pytest.mark.parametrize(
    ("login", "path", "least"),
    [
        ("control", "/boards/region?period=month", 30),
        ("control", "/boards/offices/PSC_TALDYKORGAN?period=month", 12),
        ("control", "/boards/heat?period=month", 10),
        ("head.taldykorgan", "/boards/head", 5),
    ],
)
def test_every_figure_of_a_board_leads_to_as_many_cases_as_it_says(
    region: Flask, login: str, path: str, least: int
) -> None:
    who = Surfer(region).sign_in(login)
    found = dict.fromkeys(figures(who, path))
    assert len(found) >= least, len(found)
    for said, address in found:
        page = who.get(address)
        assert page.status_code == 200, address
        total = who.tree.xpath("//dd[@data-total]/@data-total")[0]
        if "what=returns" not in address or said.isdigit():  # above the board stands the ratio
            assert total == said, (address, said, total)
        rows = who.tree.xpath("//table[contains(@class, 'figures')]//tbody/tr")
        cases = int(total)
        if "what=returns" in address:
            cases = (
                int(who.tree.xpath("//dd[@data-total]/small/text()")[0].split()[-1])
                if total != str(len(rows))
                else len(rows)
            )
        assert len(rows) == cases, address
        assert all(row.xpath(".//a[starts-with(@href, '/boards/cases/')]") for row in rows), address


def test_nobody_looks_behind_a_figure_of_an_office_that_is_not_theirs(region: Flask) -> None:
    (_, theirs), *_rest = figures(Surfer(region).sign_in("control"), "/boards/region?period=month")
    (_, work), *_rest = figures(Surfer(region).sign_in("head.taldykorgan"), "/boards/head")
    for login in ("clerk.taldykorgan", "head.talgar", "designer"):
        assert Surfer(region).sign_in(login).get(theirs).status_code == 403, login
        assert Surfer(region).sign_in(login).get(work).status_code == 403, login
    assert Surfer(region).sign_in("control").get(work).status_code == 403  # a person's work is their head's to see


@pytest.mark.parametrize("asked", ["what=secrets", "what=decided&of=x", "what=element&of=1", "what=element&of=", ""])
def test_a_figure_that_no_board_has_is_not_found(region: Flask, asked: str) -> None:
    assert Surfer(region).sign_in("control").get(f"/boards/counted?{asked}").status_code == 404


def rows_of(surfer: Surfer, address: str) -> list[str]:
    """The lines of a table as a file, below its heading."""
    said: str = surfer.get(address).data.decode("utf-8-sig")
    return said.splitlines()[1:]


def test_a_file_holds_all_cases_behind_a_figure_or_says_in_its_last_line_what_it_leaves_out(
    region: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = Surfer(region).sign_in("control")
    address = "/boards/counted?what=received&period=month"
    who.get(address)
    total = int(who.tree.xpath("//dd[@data-total]/@data-total")[0])
    monkeypatch.setattr(counted, "MOST", 2)
    monkeypatch.setattr(counted, "AT_ONCE", 3)  # several turns of the cursor
    whole = rows_of(who, f"{address}&as=csv&table=counted")
    assert len(whole) == total > 6
    monkeypatch.setattr(counted, "MOST_IN_FILE", 5)
    *some, last = rows_of(who, f"{address}&as=csv&table=counted")
    assert some == whole[:5] and "5" in last and str(total) in last
    assert who.get(f"{address}&as=xlsx").status_code == 200


def test_a_figure_of_more_than_are_counted_says_so_and_shows_the_newest_of_all_offices(
    region: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = Surfer(region).sign_in("control")
    for what in ("received", "finished", "terms&of=kept"):
        address = f"/boards/counted?what={what}&period=month"
        monkeypatch.setattr(counted, "MOST", 500)
        monkeypatch.setattr(counted, "MOST_COUNTED", 4_999)
        who.get(address)
        every = who.tree.xpath("//table[@id='counted']//tbody/tr/*[1]/text() | //table//tbody/tr/*[1]//a/text()")
        assert len(every) > 6 and "+" not in who.tree.xpath("string(//dd[@data-total])")
        monkeypatch.setattr(counted, "MOST", 2)
        monkeypatch.setattr(counted, "MOST_COUNTED", 5)
        page = who.get(address).text
        assert who.tree.xpath("normalize-space(//dd[@data-total]/text())") == "5+" and "5+ ішінен ең соңғы 2" in page
        few = who.tree.xpath("//table[@id='counted']//tbody/tr/*[1]/text() | //table//tbody/tr/*[1]//a/text()")
        assert [each.strip() for each in few if each.strip()] == [each.strip() for each in every if each.strip()][:2]


def test_a_file_of_late_steps_says_how_many_it_leaves_out(region: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    who = Surfer(region).sign_in("control")
    address = f"/boards/offices/{OFFICE.upper()}?period=month&as=csv&table=late"
    whole = rows_of(who, address)
    assert len(whole) > 1
    monkeypatch.setattr(side_by_side, "MOST_LATE", 1)
    first, said = rows_of(who, address)
    assert first == whole[0] and str(len(whole)) in said


def test_a_file_that_the_database_breaks_off_is_none(region: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        db.session.execute(text("SET LOCAL statement_timeout = 1"))
        db.session.execute(text("SELECT pg_sleep(5)"))

    monkeypatch.setattr(counted, "_asked", stopped)
    answer = Surfer(region).sign_in("control").get("/boards/counted?what=received&as=csv&table=counted")
    assert answer.status_code >= 500 and "attachment" not in answer.headers.get("Content-Disposition", "")
