"""Two people do two things to one thing in one moment: what one of them did holds, the other is told what became of it.

The first stands still where they have looked and are about to change something, and where they have changed it and not
committed yet; the second does all they can meanwhile.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import cases, directory, factors, screens
from services.db import db
from services.errors import NotFound
from tests.people.office import OFFICE, Office
from tests.services.cases.main_verbs import deploy
from tests.statements import COMMIT, changes, meanwhile, watched
from tests.unbroken import assert_unbroken

#: about to change something, and about to commit
MOMENTS = pytest.mark.parametrize("at", [changes, COMMIT], ids=["before it is changed", "before it is committed"])
Verb = Callable[[], object]


def both(house: Flask, first: Verb, second: Verb, at: Callable[[str], bool] | str) -> list[object]:
    db.session.rollback()
    with watched():
        answers = list(meanwhile(house, first, second, at))
    db.session.rollback()
    assert_unbroken()
    return answers


def told(event: str) -> int:
    """How many lines of the journal say so."""
    return int(
        db.session.scalar(text("SELECT count(*) FROM journal_entry WHERE event = :event"), {"event": event}) or 0
    )


def admins() -> list[directory.Person]:
    return directory.staff_at("OBLAST", "admin")


@MOMENTS
def test_the_screens_of_a_hall_are_opened_by_one_of_two(house: Flask, at: Callable[[str], bool]) -> None:
    admin = admins()[0]
    opens = lambda: screens.open_screens(OFFICE, admin)  # noqa: E731
    assert both(house, opens, opens, at) == [None, None]
    assert told("screens.opened") == 1


@MOMENTS
def test_of_two_who_take_one_comment_back_one_does_and_the_other_is_told_that_it_is_gone(
    house: Flask, at: Callable[[str], bool]
) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    case_id = Office(house).run(until=1)
    comment = cases.comment(case_id, "Үлгі", [], clerk, key="k")
    takes = lambda: cases.take_comment_back(comment, clerk)  # noqa: E731
    answers = both(house, takes, takes, at)
    assert Counter(type(each).__name__ for each in answers) == {"int": 1, "NoSuchComment": 1}
    assert told("case.comment_taken_back") == 1


@MOMENTS
@pytest.mark.parametrize("removes_first", [True, False])
def test_a_list_of_the_office_that_is_removed_while_it_is_renamed_is_gone_and_whoever_is_late_reads_so(
    house: Flask, at: Callable[[str], bool], removes_first: bool
) -> None:
    head = directory.staff_at(OFFICE, "head")[0]
    kept = cases.keep_list(head, OFFICE, "Асығыс", list="role", order="step", only=cases.Only(), shared=True)
    verbs: list[Verb] = [
        lambda: cases.remove_list(kept, head, OFFICE),
        lambda: cases.rename_list(kept, "Басқа", head, OFFICE),
    ]
    first, second = verbs if removes_first else verbs[::-1]
    answers = both(house, first, second, at)
    assert all(each is None or isinstance(each, NotFound) for each in answers), answers
    assert None in answers and cases.saved_lists(head, OFFICE) == []


@MOMENTS
def test_a_passkey_is_removed_once_by_its_owner_or_by_an_administrator(house: Flask, at: Callable[[str], bool]) -> None:
    owner, admin = directory.staff_at(OFFICE, "head")[0], admins()[0]
    added = text(
        "INSERT INTO passkey (staff_id, credential_id, public_key, sign_count, name, added_at) "
        "VALUES (:owner, 'c', 'k', 0, 'x', now()) RETURNING id"
    )
    passkey = int(db.session.scalar(added, {"owner": owner.id}) or 0)
    db.session.commit()
    answers = both(
        house,
        lambda: factors.remove_passkey(passkey, actor=owner),
        lambda: factors.remove_passkey(passkey, actor=admin),
        at,
    )
    assert Counter(type(each).__name__ for each in answers) == {"NoneType": 1, "NoSuchPasskey": 1}
    assert told("staff.passkey_removed") == 1


@MOMENTS
def test_an_absence_to_come_is_ended_once(house: Flask, at: Callable[[str], bool]) -> None:
    head, admin = directory.staff_at(OFFICE, "head")[0], admins()[0]
    begins = directory.today() + timedelta(days=20)
    absence = directory.enter_absence(
        head.id,
        from_on=begins,
        until_on=begins + timedelta(days=9),
        order_number="1",
        order_on=directory.today(),
        actor=admin,
    )
    ends = lambda: directory.end_absence(absence, actor=admin)  # noqa: E731
    answers = both(house, ends, ends, at)
    assert Counter(type(each).__name__ for each in answers) == {"NoneType": 1, "AbsenceOver": 1}
    assert told("staff.absence_ended") == 1


@pytest.mark.parametrize("enacts_first", [True, False])
def test_a_deployment_is_not_both_withdrawn_and_the_law(house: Flask, enacts_first: bool) -> None:
    """Over the pages: theirs had looked at the deployment before it was anybody's alone."""
    made = deploy().deployment.id
    admin = Surfer(house).sign_in("admin")
    page = f"/processes/deployments/{made}"
    admin.get(page)
    token = {"csrf_token": admin.tree.xpath("//input[@name='csrf_token']/@value")[0]}
    enact = token | {"act_number": "№ 17", "act_on": "01.11.2026", "why": ""}
    verbs: list[Verb] = [
        lambda: admin._ask("POST", f"{page}/enact", data=enact, follow_redirects=False).status_code,
        lambda: admin._ask("POST", f"{page}/withdraw", data=token | {"withdrawn_why": "Керек емес"},
                           follow_redirects=False).status_code,
    ]  # fmt: skip
    first, second = verbs if enacts_first else verbs[::-1]
    answers = both(house, first, second, "SELECT pg_advisory_xact_lock")
    assert sorted(map(str, answers)) == ["303", "409"], answers
    assert told("deployment.withdrawn") + told("deployment.enacted") == 2, "one of them, and the first deployment"
