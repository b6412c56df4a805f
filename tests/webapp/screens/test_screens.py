"""Screens in the hall: shut until an administrator opens them, showing last digits alone; and calls to a counter."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from komek.testing.surfer import Surfer
from services import clock, journal
from services.cases.models import Case
from services.db import db
from services.screens.models import CounterCall
from tests.counting import counted
from tests.people.office import APPLICATION, OFFICE, Office
from webapp.public import kept

WALL, KIOSK = f"/screen/{OFFICE}/", f"/screen/{OFFICE}/kiosk"
#: what stands of an applicant nowhere in a hall
NEVER = ("Үлгібаев", "Мысал", APPLICATION["iin"], "Үлгі көшесі", "теңге")


@pytest.fixture
def passer_by(house: Flask) -> Iterator[FlaskClient]:
    kept.forget()
    yield house.test_client()
    kept.forget()


def open_at(house: Flask, office: str = OFFICE) -> Surfer:
    admin = Surfer(house).sign_in("admin")
    admin.get("/admin/screens/")
    assert admin.submit(f"/admin/screens/{office}/open").status_code == 200
    return admin


def digits(case_id: int) -> str:
    return (db.session.get_one(Case, case_id).number or "")[-3:]


def ready_on(passer_by: FlaskClient, address: str = WALL) -> list[str]:
    return re.findall(r"<li>(\d{3})</li>", passer_by.get(address).text)


def call(person: Surfer, case_id: int, counter: int = 3) -> str:
    person.get(f"/cases/{case_id}")
    return person.submit(f"/cases/{case_id}/call", {"counter": counter}).text


def test_a_hall_shows_nothing_until_an_administrator_opens_it_and_nothing_once_it_is_shut(
    house: Flask, passer_by: FlaskClient
) -> None:
    for address in (WALL, KIOSK, "/screen/NOWHERE/"):
        shut = passer_by.get(address)
        assert shut.status_code == 404 and not shut.headers.getlist("Set-Cookie")
        assert "screen.js" in shut.text, "a screen that is left on comes back by itself"
    admin = open_at(house)
    for address in (WALL, KIOSK):
        page = passer_by.get(address)
        assert page.status_code == 200 and not page.headers.getlist("Set-Cookie"), address
        for language in ("kk", "ru", "en"):
            assert f'lang="{language}"' in page.text
    assert passer_by.get("/screen/AKSU/").status_code == 404
    admin.submit(f"/admin/screens/{OFFICE}/shut")
    assert passer_by.get(WALL).status_code == passer_by.get(KIOSK).status_code == 404
    assert [(each.event, each.details["office"]) for each in journal.read("screens")[::-1]] == [
        ("screens.opened", OFFICE), ("screens.shut", OFFICE),
    ]  # fmt: skip


def test_a_result_that_waits_at_the_body_or_at_the_psc_stands_on_its_own_wall_by_its_last_three_digits(
    house: Flask, passer_by: FlaskClient
) -> None:
    office = Office(house)
    case_id = office.run(until=len(office.steps()) - 1)
    open_at(house)
    assert ready_on(passer_by) == []
    office.work(case_id, "executor", {"way": "ready", "told_how": "phone", "received_by": None})
    page = passer_by.get(WALL).text
    assert ready_on(passer_by) == [digits(case_id)]
    assert db.session.get_one(Case, case_id).number not in page and not [each for each in NEVER if each in page]
    open_at(house, "PSC_TALDYKORGAN")
    assert ready_on(passer_by, "/screen/PSC_TALDYKORGAN/") == []


def test_whoever_works_at_a_counter_calls_a_number_and_takes_it_back_and_the_history_has_both(
    house: Flask, passer_by: FlaskClient
) -> None:
    office = Office(house)
    case_id, clerk = office.run(until=1), office.person("clerk")
    assert "Терезеге шақыру" not in clerk.get(f"/cases/{case_id}").text, "no screen, no button"
    open_at(house)
    page = call(clerk, case_id)
    assert 'value="3"' in page, "the counter is kept for the next one"
    shown = passer_by.get(WALL).text
    assert re.search(rf'<th scope="row">{digits(case_id)}</th><td>3</td>', shown)
    assert not [each for each in NEVER if each in shown]
    call(clerk, case_id)
    assert db.session.query(CounterCall).count() == 1, "a press too many calls nobody twice"
    clerk.submit("/take-back")
    assert f">{digits(case_id)}<" not in passer_by.get(WALL).text
    assert [each.event for each in journal.read(f"case:{case_id}")[:2]] == ["case.call_taken_back", "case.called_in"]
    call(clerk, case_id)
    with clock.stopped(clock.now() + timedelta(minutes=11)):
        assert f">{digits(case_id)}<" not in passer_by.get(WALL).text, "nobody is called for ever"


def test_nobody_else_calls_and_nobody_but_an_administrator_opens_or_shuts(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    open_at(house)
    clerk = office.person("clerk")
    for counter in (0, 100):
        assert call(clerk, case_id, counter).count("99"), counter
    assert db.session.query(CounterCall).count() == 0
    call(clerk, case_id)
    call_id = db.session.query(CounterCall.id).scalar()
    unregistered = office.open()
    for login in ("head.taldykorgan", "control", "operator", "designer", "admin", "courier.taldykorgan", "clerk.aksu"):
        other = Surfer(house).sign_in(login)
        token = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/account").text)
        data = {"csrf_token": token[1] if token else "", "counter": "3"}
        assert other._ask("POST", f"/cases/{case_id}/call", data=data).status_code == 403, login
        assert other._ask("POST", f"/calls-to-counters/{call_id}/take-back", data=data).status_code == 403, login
        if login != "admin":
            assert other.get("/admin/screens/").status_code == 403, login
            for act in ("open", "shut"):
                assert other._ask("POST", f"/admin/screens/{OFFICE}/{act}", data=data).status_code == 403, login
    token = re.search(r'name="csrf_token" value="([^"]+)"', clerk.get("/account").text)
    data = {"csrf_token": token[1] if token else "", "counter": "3"}
    assert clerk._ask("POST", f"/cases/{unregistered}/call", data=data).status_code == 400


def test_a_wall_that_has_not_changed_is_not_drawn_again_and_costs_three_statements_whatever_it_shows(
    house: Flask, passer_by: FlaskClient
) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    open_at(house)
    first = passer_by.get(WALL)
    same = passer_by.get(WALL, headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304 and not same.data
    call(office.person("clerk"), case_id)
    with counted(db.engine) as count:
        assert passer_by.get(WALL, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert len(count.statements) == 3, count.statements


def test_the_kiosk_leads_to_the_public_pages_in_every_language_and_prints_what_hangs_on_the_stand(
    house: Flask, passer_by: FlaskClient
) -> None:
    open_at(house)
    page = passer_by.get(KIOSK).text
    for language in ("kk", "ru", "en"):
        for leads in (f"/status/{language}/", f"/service/{language}/", f"/service/{language}/offices/{OFFICE}"):
            assert f'href="{leads}"' in page
            assert passer_by.get(leads).status_code == 200
    assert "Қабылдау" in page or "09:00–" in page
