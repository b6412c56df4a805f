"""A courier's trip over HTTP: taken is handed over, delivered moves no paper, each press is one; and who may press."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from komek.testing.surfer import Surfer
from services import custody, desk, journal
from services.custody.models import Consignment
from services.db import db
from services.desk.models import OfflineEntry
from tests.people.office import PSC, Psc
from tests.webapp.axe import faults_of_axe
from tests.webapp.desk.shop import Plug, open_desk


@pytest.fixture
def closed(house: Flask) -> tuple[Psc, int, int]:
    """A PSC, a folder's case, and its registry, closed and not gone."""
    psc = Psc(house)
    case_id = psc.accept()
    psc.scan("psc_accum", psc.folder(case_id))
    consignment_id = custody.paper(psc.folder(case_id)).consignment_id or 0
    accum = psc.person("psc_accum")
    accum.get(f"/desk/consignments/{consignment_id}")
    accum.submit(f"/desk/consignments/{consignment_id}/close")
    return psc, case_id, consignment_id


def row(consignment_id: int) -> Consignment:
    db.session.rollback()
    return db.session.get_one(Consignment, consignment_id, populate_existing=True)


def press(person: Surfer, consignment_id: int, act: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', person.get("/account").text)
    data = {"csrf_token": token[1] if token else "", "code": row(consignment_id).number, "act": act}
    return person._ask("POST", "/desk/trips", data=data)


def test_taken_hands_the_registry_over_and_delivered_moves_no_paper(closed: tuple[Psc, int, int]) -> None:
    psc, case_id, consignment_id = closed
    courier = psc.person("courier")
    page = courier.get("/desk/").text
    assert 'value="taken"' in page and 'value="delivered"' not in page and "Үлгібаев М" not in page
    for _ in range(2):
        assert press(courier, consignment_id, "taken").status_code == 200
    assert (row(consignment_id).state, custody.paper(psc.folder(case_id)).state) == ("in_transit", "in_transit")
    assert row(consignment_id).courier_id == row(consignment_id).handed_over_by_id
    for _ in range(2):
        press(courier, consignment_id, "delivered")
    assert row(consignment_id).delivered_at is not None and row(consignment_id).state == "in_transit"
    assert "Курьердің айтуынша" in psc.person("clerk").get(f"/desk/consignments/{consignment_id}").text
    press(courier, consignment_id, "undelivered")
    assert row(consignment_id).delivered_at is None
    assert 'data-word="received"' in psc.scan("clerk", psc.folder(case_id)).text
    events = [each.event for each in journal.read(f"consignment:{consignment_id}")[::-1]]
    assert events == ["consignment.closed", "consignment.handed_over", "consignment.delivered",
                      "consignment.not_delivered", "consignment.received"]  # fmt: skip
    assert journal.verify() == []


def test_nobody_but_a_courier_of_its_offices_takes_or_delivers_it(closed: tuple[Psc, int, int]) -> None:
    psc, _, consignment_id = closed
    app = psc.app
    for login in (
        "courier.aksu",
        "clerk.taldykorgan",
        "head.taldykorgan",
        "inspector.taldykorgan",
        "operator",
        "admin",
    ):
        other = Surfer(app).sign_in(login)
        assert press(other, consignment_id, "taken").status_code == 403, login
        assert press(other, consignment_id, "delivered").status_code == 403, login
    assert row(consignment_id).state == "closed"
    courier = psc.person("courier")
    assert press(courier, consignment_id, "delivered").status_code == 409, "it was not taken yet"
    assert press(courier, consignment_id, "stolen").status_code == 400


def test_what_was_pressed_without_a_network_is_done_once_when_it_comes(closed: tuple[Psc, int, int]) -> None:
    psc, _, consignment_id = closed
    courier = psc.person("courier")
    here = courier.json("/desk/outbox.json")
    number = row(consignment_id).number
    entries = [
        {"id": f"{at:032x}", "office": PSC, "kind": "trip", "happened_at": f"2026-11-30T0{at}:00:00Z", "waited": True,
         "content": {"code": number, "act": act}}
        for at, act in enumerate(("taken", "delivered"), start=1)
    ]  # fmt: skip
    sent = json.dumps({"person": here["person"], "entries": entries})
    headers = {"X-CSRFToken": here["csrf"], "Content-Type": "application/json"}
    for _ in range(2):
        told = courier._ask("POST", "/desk/merge", data=sent, headers=headers).get_json()["results"]
        assert [each["state"] for each in told] == ["merged", "merged"], told
    assert row(consignment_id).delivered_at is not None
    assert db.session.query(OfflineEntry).count() == 2 and desk.count_conflicts(PSC) == 0


@pytest.mark.browser
def test_a_round_opened_anew_without_the_server_is_taken_and_delivered_and_sent_once(
    closed: tuple[Psc, int, int], browser: Browser
) -> None:
    psc, _, consignment_id = closed
    plug = Plug(psc.app)
    context = browser.new_context(base_url=plug.address, viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = open_desk(context.new_page(), "courier.taldykorgan")
    plug.pull()
    page.close()
    page = context.new_page()
    page.goto("/desk/")
    number = row(consignment_id).number
    line = page.locator(f'[data-number="{number}"]')
    expect(line).to_contain_text("Талдықорған қалалық ХҚКО → Талдықорған қаласы")
    expect(page.locator("#codes")).to_be_hidden()
    expect(page.locator("[data-network]")).to_have_attribute("data-state", "away")
    assert faults_of_axe(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= 390
    for said in ("Алынды", "Жеткізілді"):  # in the next village, still without anybody
        line.get_by_role("button", name=said).click()
    expect(line.get_by_role("button")).to_be_disabled()
    expect(line.locator(".kept")).to_be_visible()
    plug.push()
    expect(page.locator('[data-network][data-state="back"]')).to_be_visible()
    expect(line.locator(".kept")).to_be_hidden()
    expect(line.get_by_role("button")).to_be_disabled()
    events = [each.event for each in journal.read(f"consignment:{consignment_id}")[::-1]]
    assert events == ["consignment.closed", "consignment.handed_over", "consignment.delivered"]
    context.close()
    plug.pull()
