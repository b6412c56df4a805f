"""Rows of a list that say the same are said once."""

import re

from flask import Flask, url_for
from markupsafe import Markup

from tests.people.office import Office
from webapp.inbox.alike import DIFFERS, SaidOnce, addresses, told_apart


def test_a_cell_is_drawn_once_for_all_rows_of_the_same_key() -> None:
    drawn: list[object] = []

    def said(row: object) -> Markup:
        drawn.append(row)
        return Markup(f'<a href="/why/{DIFFERS}">&lt;D{row}&gt;</a>')

    alike = SaidOnce()
    first, second = alike(said, 1, "same"), alike(said, 2, "same")
    assert drawn == [1] and first is second and first.said == "<D1>"
    assert first.leading('x"&') == Markup('<a href="/why/x&#34;&amp;">&lt;D1&gt;</a>')
    assert alike(said, 2, "other").said == "<D2>" and drawn == [1, 2]


def test_addresses_by_the_dozen_are_those_that_the_router_says(house: Flask) -> None:
    with house.test_request_context():
        for key in (7, 12345):
            assert addresses("case.show", "case_id", list="role&due=week")(key) == url_for(
                "case.show", case_id=key, list="role&due=week"
            )
        for task in ("76.9pnpzZnuNs5LKu8-", "a b/ә?%"):
            assert addresses("inbox.claim", "task_id")(task) == url_for("inbox.claim", task_id=task).replace(
                "a%20b/", "a%20b%2F"
            )


def test_every_row_leads_to_its_own_case_step_and_date(house: Flask) -> None:
    office = Office(house)
    cases = [office.run(until=1) for _ in range(3)]
    page = office.person("head").get("/inbox?list=role").text
    rows = re.findall(r"<tr data-row.*?</tr>", page, re.DOTALL)
    assert len(rows) >= 3 and DIFFERS not in page
    for case_id in cases:
        (row,) = [each for each in rows if f'href="/cases/{case_id}?list=role"' in each]
        task = re.search(r'data-row="([^"]+)"', row)
        assert task and f'action="/inbox/{task[1]}/claim"' in row and f'value="{task[1]}"' in row
        assert re.search(rf'class="why" href="[^"]*({re.escape(task[1])}|/{case_id}[/"?])', row)


def test_processes_of_one_service_are_told_apart_by_what_differs_and_one_alone_is_said_whole() -> None:
    """Fault: what a narrow column cut off was by which act each case goes."""
    service = "Тұрғын үй көмегін тағайындау: "
    both = {"a": f"{service}ХҚКО арқылы өтініш", "b": f"{service}мемлекеттік корпорация арқылы өтініш"}
    assert told_apart("aba", both.__getitem__) == {
        "a": "ХҚКО арқылы өтініш",
        "b": "Мемлекеттік корпорация арқылы өтініш",
    }
    assert told_apart("aa", both.__getitem__) == {"a": both["a"]}
    assert told_apart(["Шағым", "Шақыру: кері"], str) == {"Шағым": "Шағым", "Шақыру: кері": "Шақыру: кері"}
    assert told_apart([], str) == {}
