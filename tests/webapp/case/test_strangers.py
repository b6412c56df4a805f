"""Whoever has nothing to do with a case is refused before anything about it is said; whoever has is always shown it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from komek.testing.surfer import Surfer
from services import directory
from services.db import db
from tests.people.office import APPLICATION, Office

_PART = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def open_door(house: Flask) -> Iterator[Flask]:
    """Forms need no token: what is sent is not what a page offered."""
    house.config["WTF_CSRF_ENABLED"] = False
    yield house
    house.config["WTF_CSRF_ENABLED"] = True


def addresses(house: Flask, known: dict[str, str]) -> list[tuple[str, str]]:
    """Every address that is about a case or a task of it alone, with those filled in."""
    found = []
    for rule in house.url_map.iter_rules():
        parts = _PART.findall(rule.rule)
        if parts and set(parts) <= set(known) and not rule.rule.startswith("/engine-rest"):
            path = _PART.sub(lambda part: known[part[1]], rule.rule)
            found += [(method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


@pytest.mark.parametrize("steps", [0, 2, 6])
def test_strangers_are_refused_with_403_at_every_address_of_a_case_whatever_its_state(
    open_door: Flask, steps: int
) -> None:
    office = Office(open_door)
    case_id = office.run(until=steps)
    task_id = db.session.scalar(
        db.text("SELECT id FROM task WHERE case_id = :id ORDER BY seq DESC LIMIT 1"), {"id": case_id}
    )
    strangers = [Office(open_door, "PANFILOV").person(role) for role in ("clerk", "head", "executor")]
    sent = {"reason": "Үлгі", "stop": "none", "to": "1", "key": "k", "staff_id": "1"}
    asked = addresses(open_door, {"case_id": str(case_id), "task_id": str(task_id)})
    assert len(asked) > 15
    wrong = []
    for stranger in strangers:
        for method, path in asked:
            more: dict[str, Any] = {"data": sent} if method == "POST" else {}
            answer = stranger._ask(method, path, follow_redirects=False, **more)
            if answer.status_code != 403:
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_a_case_that_goes_on_while_its_page_is_read_is_shown_and_never_refused(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.open(), office.person("clerk")
    looking = Surfer(house).sign_in(directory.staff_at(office.key, "clerk")[0].login)
    clerk.get(f"/cases/{case_id}")
    went_on: list[str] = []

    def meanwhile(connection: object, cursor: object, statement: str, *_: object) -> None:
        """The page knows its open step; before it reads that step's form, somebody has done it."""
        if not went_on and "jsonb_object_agg" in statement:
            went_on.append("now")
            answer = office.work(case_id, "clerk", dict(APPLICATION))
            assert answer.status_code == 200, answer.text

    event.listen(db.engine, "before_cursor_execute", meanwhile)
    try:
        page = looking.get(f"/cases/{case_id}")
    finally:
        event.remove(db.engine, "before_cursor_execute", meanwhile)
    assert went_on
    assert page.status_code == 200 and "Үлгібаев" in page.text


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**30])
def test_an_id_that_no_row_has_is_not_found_at_any_address(open_door: Flask, number: int) -> None:
    people = [Surfer(open_door).sign_in(login) for login in ("admin", "designer", "clerk.taldykorgan")]
    wrong, asked = [], 0
    for rule in open_door.url_map.iter_rules():
        if "<" not in rule.rule or rule.rule.startswith(("/engine-rest", "/static", "/admin/calendar")):
            continue
        path = _PART.sub(str(number), rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for each in people:
                asked += 1
                status = each._ask(method, path, follow_redirects=False).status_code
                if status >= 500 or (number >= 2**63 and "<int:" in rule.rule and status not in (404, 405)):
                    wrong.append(f"{method} {rule.rule}: {status}")
    assert asked > 100
    assert not wrong, "\n".join(sorted(set(wrong)))
