"""What a desk kept while nobody answered is sent again and merged once; what cannot be done, a person decides."""

import random
import secrets
from collections.abc import Mapping

from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import custody, desk, directory, journal
from services.custody.models import CustodyEvent
from services.db import db
from services.desk.models import OfflineEntry
from tests.people.hands import Hands
from tests.people.office import PSC, Psc

#: how much the browser still keeps of whoever is signed in
WAITING = "komek.desk.ready.then((here) => komek.outbox.count(here.person)).then(({ own }) => own)"


def scan(code: str, office: str = PSC, **more: object) -> dict[str, object]:
    happened_at = "2026-11-25T09:00:00+05:00"
    return {"id": secrets.token_hex(16), "office": office, "kind": "scan", "happened_at": happened_at,
            "content": {"code": code, "unpacking": None}, **more}  # fmt: skip


def merge(surfer: Surfer, *entries: object, status: int = 200) -> list[Mapping[str, str]]:
    told: Mapping[str, str] = surfer.json("/desk/outbox.json")  # type: ignore[assignment]
    sent = {"person": told["person"], "entries": list(entries)}
    answer = surfer._ask("POST", "/desk/merge", json=sent, headers={"X-CSRFToken": told["csrf"]})
    assert answer.status_code == status, answer.text
    return answer.get_json()["results"] if status == 200 else []


def test_the_same_scan_sent_twice_is_done_once_and_each_answer_comes_in_order(house: Flask) -> None:
    psc = Psc(house)
    first, second = psc.folder(psc.accept()), psc.folder(psc.accept())
    accum = psc.person("psc_accum")
    entries = [scan(first), scan("nonsense"), scan(second)]
    assert [each["state"] for each in merge(accum, *entries)] == ["merged", "conflict", "merged"]
    assert [each["state"] for each in merge(accum, *reversed(entries))] == ["merged", "conflict", "merged"]
    db.session.rollback()
    listed = db.session.scalars(select(CustodyEvent.code).filter_by(event="listed")).all()
    assert sorted(listed) == sorted([first, second])
    assert journal.verify() == []


def test_a_refusal_that_was_seen_at_once_is_no_conflict(house: Flask) -> None:
    accum = Psc(house).person("psc_accum")
    (refused,) = merge(accum, scan("P30-2026-99999", waited=False))
    assert refused["state"] == "refused" and 'data-tone="unknown"' in refused["card"]
    assert db.session.scalar(select(OfflineEntry.id)) is None


def test_what_no_desk_made_stops_nothing_else(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    accum = psc.person("psc_accum")
    results = merge(accum, {"id": "x"}, 7, scan(code), scan(code, office="NOWHERE"))
    assert [each["state"] for each in results] == ["unreadable", "unreadable", "merged", "unreadable"]
    assert 'class="card' in results[0]["card"]
    for wrong in ([], [scan(code)] * (desk.MOST_ENTRIES + 1)):
        merge(accum, *wrong, status=400)


def test_nobody_sends_or_decides_for_another(house: Flask) -> None:
    psc = Psc(house)
    accum, clerk = psc.person("psc_accum"), psc.person("clerk")
    entry = scan("nonsense")
    merge(accum, entry)
    (others,) = merge(clerk, entry)
    assert others["state"] == "unreadable"
    (elsewhere,) = merge(clerk, scan("nonsense"))
    assert elsewhere["state"] == "conflict"
    assert "nonsense" not in clerk.get("/desk/conflicts").text
    assert Surfer(house).get("/desk/outbox.json").request.path == "/sign-in"


def test_a_person_tries_again_or_sets_aside_with_a_reason(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    accum = psc.person("psc_accum")
    merge(accum, scan("nonsense"))
    assert "/desk/conflicts" in accum.get("/desk/").text
    page = accum.get("/desk/conflicts").text
    assert "nonsense" in page
    entry_id = desk.conflicts(PSC, directory.staff_at(PSC, "psc_accum")[0])[0].id
    accum.submit(f"/desk/conflicts/{entry_id}/again")
    assert desk.count_conflicts(PSC) == 1
    accum.submit(f"/desk/conflicts/{entry_id}/aside", {"reason": "Сканер қате оқыды"})
    db.session.rollback()
    assert desk.count_conflicts(PSC) == 0 and custody.paper(code).state == "to_send"


def test_however_often_and_in_whatever_order_it_is_sent_each_scan_is_done_once(house: Flask) -> None:
    psc, chance = Psc(house), random.Random(5)
    codes = [psc.folder(psc.accept()) for _ in range(4)]
    accum = psc.person("psc_accum")
    entries: list[object] = [*(scan(code) for code in codes), scan("19-2013-00001-0"), scan("nonsense")]
    for _ in range(8):
        merge(accum, *chance.sample(entries, chance.randrange(1, len(entries) + 1)))
    merge(accum, *entries)
    db.session.rollback()
    listed = db.session.scalars(select(CustodyEvent.code).filter_by(event="listed")).all()
    assert sorted(listed) == sorted(codes)
    assert desk.count_conflicts(PSC) == 2 and journal.verify() == []


def test_scans_whose_answer_was_lost_are_done_once_also_over_a_closed_page(
    house: Flask, browser: Browser, address: str
) -> None:
    psc = Psc(house)
    codes = [psc.folder(psc.accept()) for _ in range(3)]
    page = browser.new_context(base_url=address).new_page()
    Hands(page).sign_in("accum.taldykorgan", "/desk/")
    lost = [True]

    def answer(route: Route) -> None:
        if lost:
            route.fetch()  # the server does it, and nobody hears of it
            route.abort()
        else:
            route.continue_()

    page.route("**/desk/merge", answer)
    for code in codes:
        page.fill("#codes", code)
        page.press("#codes", "Enter")
    expect(page.locator(".waiting")).to_be_visible()
    page.goto("/")
    lost.clear()
    page.goto("/desk/")
    for _ in range(50):
        if page.evaluate(WAITING) == 0:
            break
        page.wait_for_timeout(200)
    assert page.evaluate(WAITING) == 0
    page.context.close()
    db.session.rollback()
    listed = db.session.scalars(select(CustodyEvent.code).filter_by(event="listed")).all()
    assert sorted(listed) == sorted(codes)


def test_digits_stay_digits_under_a_kazakh_layout(house: Flask, page: Page) -> None:
    Hands(page).sign_in("accum.taldykorgan", "/desk/")
    for code, letter in (("Digit1", '"'), ("Digit2", "ә"), ("Digit3", "і")):
        page.dispatch_event("#codes", "keydown", {"code": code, "key": letter, "bubbles": True, "cancelable": True})
    assert page.input_value("#codes") == "123"
