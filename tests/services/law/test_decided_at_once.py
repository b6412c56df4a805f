"""Two people decide about one edition of the act in one moment: it is withdrawn, or it comes into force, once."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text

from services import editions
from services.db import db
from services.errors import Conflict
from services.law import Edition, EditionInForce
from services.registry import Registry
from tests.services.law.two_editions import SECOND_FROM, admin, amend, package_of
from tests.statements import COMMIT, changes, meanwhile, watched
from tests.unbroken import assert_unbroken

MOMENTS = pytest.mark.parametrize("at", [changes, COMMIT], ids=["before it is changed", "before it is committed"])


def candidate(rules: Registry) -> int:
    amend(rules.folders[0])
    return editions.receive(package_of(rules))[1].edition.id


def enacts(edition: int) -> Callable[[], object]:
    said = {"from_on": SECOND_FROM, "act_number": "77", "act_on": date(2013, 2, 11)}
    return lambda: editions.enact(edition, admin(), **said)  # type: ignore[arg-type]


def withdraws(edition: int, why: str = "Керек емес") -> Callable[[], object]:
    return lambda: editions.withdraw(edition, admin(), why=why)


@MOMENTS
@pytest.mark.parametrize("enacts_first", [True, False])
def test_an_edition_is_not_both_withdrawn_and_to_come_into_force(
    house: Flask, region_of_act: Registry, enacts_first: bool, at: Callable[[str], bool]
) -> None:
    made = candidate(region_of_act)
    first, second = (enacts(made), withdraws(made)) if enacts_first else (withdraws(made), enacts(made))
    db.session.rollback()
    with watched():
        answers = meanwhile(house, first, second, at)
    db.session.rollback()
    assert sum(isinstance(each, Conflict) for each in answers) == 1, answers
    row = db.session.get_one(Edition, made, populate_existing=True)
    in_force = db.session.scalar(select(EditionInForce.id).filter_by(edition_id=made, cancelled_at=None))
    assert (row.withdrawn_at is None) == (in_force is not None)
    assert_unbroken()


@MOMENTS
def test_of_two_who_withdraw_an_edition_one_does_and_the_other_reads_that_it_is_withdrawn(
    house: Flask, region_of_act: Registry, at: Callable[[str], bool]
) -> None:
    made = candidate(region_of_act)
    db.session.rollback()
    with watched():
        answers = meanwhile(house, withdraws(made, "бірінші"), withdraws(made, "екінші"), at)
    assert Counter(type(each).__name__ for each in answers) == {"NoneType": 1, "EditionWithdrawn": 1}
    db.session.rollback()
    lines = "SELECT count(*) FROM journal_entry WHERE event = 'edition.withdrawn'"
    assert db.session.scalar(text(lines)) == 1
    assert_unbroken()
