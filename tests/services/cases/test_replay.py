"""A candidate's tables over what past cases were decided on: whose answer would change, and by which rule."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import cases, clock, directory, processes, registry
from services.cases.pages import replaying
from services.db import db
from tests.entitlement import ENTITLEMENT, amended, granting
from tests.people.office import FIGURES, Office

#: a hundred tenge more, and for a year
MORE = granting(12, amended("шекті шығыс + 0.5)", "шекті шығыс + 100.5)"))
#: nobody is entitled who has not a hundred thousand tenge to pay beyond the share
STRICT = ENTITLEMENT.replace(b"+ 0.5</text>", b"+ 99999</text>")
REASONS: dict[str, object] = {"explanation": "Шығыс үлестен аспайды."}


def person(login: str) -> directory.Person:
    found = directory.person(directory.id_of(login) or 0)
    assert found is not None
    return found


def candidate(table: bytes) -> int:
    """A deployment of the designer's with that table, beside what uses it."""
    done = processes.deploy({"entitlement.dmn": table}, registry.current(), name="e", person=person("designer"))
    return done.deployment.id


def decided(house: Flask, count: int = 1, **figures: str) -> Office:
    office = Office(house)
    steps = office.steps()
    for _ in range(count):
        case_id = office.open()
        for role, answers in steps[:4]:
            said = {**answers, **figures} if answers == FIGURES else answers or REASONS
            assert office.work(case_id, role, said).status_code == 200
    return office


def test_who_would_get_another_amount_is_listed_with_the_rules_and_summed_up(house: Flask) -> None:
    decided(house)
    decided(house, **{"expenses-0-amount": "100"})  # within the share: refused then and now
    found = cases.replay(candidate(MORE), person("designer2"))
    assert (found.tried, found.same, found.without, found.more) == (2, 1, 0, False)
    (row,) = found.rows
    assert row.before["entitled"] is True and row.after["period_months"] == 12
    assert row.after["amount"] - row.before["amount"] == 100  # type: ignore[operator]
    assert (row.office_key, row.rules_before, row.rules_after, row.may_open) == ("TALDYKORGAN", "3", "3", False)
    shifts = {each.output: each for each in found.shifts}
    assert (shifts["amount"].higher, shifts["amount"].lower, shifts["amount"].difference) == (1, 0, 100)
    assert shifts.keys() == {"amount", "period_months"}
    assert found.labels["entitlement"]["amount"] == "Айлық көмек мөлшері, теңге"


def test_whoever_would_be_refused_is_shown_as_such_and_what_is_the_law_already_is_no_change(house: Flask) -> None:
    decided(house)
    deployment_id = candidate(STRICT)
    found = cases.replay(deployment_id, person("designer2"))
    (entitled,) = [each for each in found.shifts if each.output == "entitled"]
    assert entitled.pairs == [(True, False, 1)] and found.rows[0].rules_after == "2"
    processes.enact(deployment_id, person("designer2"), act_number="1", act_on=clock.now().date())
    again = cases.replay(deployment_id, person("designer2"))
    assert (again.rows, again.already) == ([], 1)


def test_only_these_days_and_no_rehearsals_and_what_was_kept_before_is_counted_apart(house: Flask) -> None:
    decided(house)
    deployment_id, who = candidate(MORE), person("designer2")
    tomorrow = (clock.now() + timedelta(days=2)).date()
    assert cases.replay(deployment_id, who, since=tomorrow).tried == 0
    db.session.execute(text("UPDATE process_instance SET decided = (SELECT jsonb_agg(e - 'given') FROM"
                            " jsonb_array_elements(decided) e) WHERE decided <> '[]'"))  # fmt: skip
    db.session.commit()
    found = cases.replay(deployment_id, who)
    assert (found.tried, found.without) == (0, 1)
    db.session.execute(text("UPDATE \"case\" SET plays = 'TALDYKORGAN'"))
    db.session.commit()
    assert cases.replay(deployment_id, who).without == 0


def test_it_takes_hundreds_and_stops_where_it_would_take_too_long(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(house)
    own = "case_id, definition_id, office_key, state, started_at, finished_at, passed, decided"
    db.session.execute(text(f"INSERT INTO process_instance ({own}) SELECT {own} FROM process_instance,"
                            " generate_series(1, 299)"))  # fmt: skip
    db.session.commit()
    deployment_id, who = candidate(MORE), person("designer2")
    begun = clock.now()
    found = cases.replay(deployment_id, who)
    assert len(found.rows) == 300 and not found.more
    assert (clock.now() - begun) < timedelta(seconds=8)
    surfer = Surfer(house).sign_in("designer2")
    page = surfer.get(f"/processes/deployments/{deployment_id}/replay")
    assert page.text.count("<tr data-case") == 300
    monkeypatch.setattr(replaying, "MOST", 100)
    assert cases.replay(deployment_id, who).more
    monkeypatch.setattr(replaying, "SECONDS", 0.0)
    hurried = cases.replay(deployment_id, who)
    assert hurried.more and hurried.tried == 0


def test_the_page_says_it_before_it_is_put_in_force_and_names_nobody(house: Flask) -> None:
    office = decided(house)
    deployment_id = candidate(MORE)
    surfer = Surfer(house).sign_in("designer2")
    page = surfer.get(f"/processes/deployments/{deployment_id}")
    assert f"/processes/deployments/{deployment_id}/replay" in page.text and 'name="act_number"' in page.text
    told = surfer.get(f"/processes/deployments/{deployment_id}/replay")
    assert told.status_code == 200 and "Үлгібаев" not in told.text and "Талдықорған қаласы" in told.text
    assert "100" in told.text and 'href="/cases/' not in told.text
    assert surfer.get(f"/processes/deployments/{deployment_id}/replay?since=x").status_code == 422
    assert office.person("clerk").get(f"/processes/deployments/{deployment_id}/replay").status_code == 403
