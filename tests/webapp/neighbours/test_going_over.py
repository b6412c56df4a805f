"""Somebody works in two regions: both administrators tie the accounts, one press goes over, and nothing else does."""

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from playwright.sync_api import Browser

from komek.testing.surfer import NoSuchForm, Surfer
from services import journal
from services.config import Config
from services.directory.demo import DEMO_PASSWORD
from tests.webapp.axe import faults_in_light_and_dark, faults_of_axe, wider_than_a_phone
from tests.webapp.serve.streets import serving
from webapp.serve.door import door

HERE, THERE = "clerk.taldykorgan", "head.talgar"


def admin(app: Flask) -> Surfer:
    return Surfer(app).sign_in("admin")


def page_of(surfer: Surfer, login: str) -> Surfer:
    """The page of that account among the staff."""
    surfer.get("/staff/?q=" + login)
    link = surfer.tree.xpath(f'//tr[.//*[text()="{login}"]]//a/@href')[0]
    surfer.get(link)
    return surfer


def tie(app: Flask, login: str, region: str, login_there: str, order: str = "17-к") -> Surfer:
    surfer = page_of(admin(app), login)
    surfer.submit("/ties", {"region": region, "login_there": login_there, "order": order})
    return surfer


def way_over(surfer: Surfer, region: str) -> str:
    """The address to which a press on that region leads."""
    answer = surfer.submit("/regions/go", {"region": region}, follow=False)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_one_press_goes_over_once_an_administrator_of_each_region_has_tied_the_accounts(
    street: tuple[Flask, Flask],
) -> None:
    north, south = street
    clerk = Surfer(north).sign_in(HERE)
    clerk.get("/")
    with pytest.raises(NoSuchForm):
        clerk.form("/regions/go")
    assert THERE in tie(north, HERE, "south", THERE).page.text  # type: ignore[union-attr]
    clerk.get("/")
    assert "Оңтүстік" in clerk.form("/regions/go").text_content()
    there = Surfer(south)
    refused = there.get(local(way_over(clerk, "south")))
    assert refused.status_code == 403 and "NotTied" not in refused.text
    assert there.get("/account").request.path == "/sign-in", "one region's word alone lets nobody in"

    tie(south, THERE, "north", HERE)
    clerk.get("/")
    way = way_over(clerk, "south")
    assert urlsplit(way).hostname == "south.localhost"
    assert there.get(local(way)).status_code == 200
    assert there.get("/account").text.count(THERE) >= 1
    assert Surfer(south).get(local(way)).status_code == 403, "once"
    for app, event, region in ((north, "staff.went", "south"), (south, "staff.came", "north")):
        with app.app_context():
            last = [line for line in journal.read("staff") if line.event == event][-1]
            assert last.details["region"] == region
            assert journal.verify([]) == []

    back = way_over(there, "north")
    assert Surfer(north).get(local(back)).status_code == 200, "and back, by the same tie"
    ending = page_of(admin(south), THERE)
    ending.submit("/ties/1/end", {})
    assert there.get("/account").request.path == "/sign-in", "at once"
    clerk.get("/")
    assert Surfer(south).get(local(way_over(clerk, "south"))).status_code == 403


def test_a_ticket_is_of_one_person_one_region_and_one_minute(street: tuple[Flask, Flask]) -> None:
    north, south = street
    tie(north, HERE, "south", THERE)
    tie(south, THERE, "north", HERE)
    key = north.config["KOMEK_NEIGHBOURHOOD"].key
    good = {"from": HERE, "to": THERE, "at": int(time.time()), "id": "a"}

    def enters(said: object, pair: str = "north>south", came_from: str = "north", key: str = key) -> int:
        ticket = URLSafeSerializer(key, salt=f"komek.ticket:{pair}").dumps(said)
        return Surfer(south).get(f"/regions/enter?from={came_from}&ticket={ticket}").status_code

    wrong = [
        enters({**good, "at": good["at"] - 61}), enters({**good, "at": good["at"] + 120}),  # type: ignore[operator]
        enters({**good, "to": "head.aksu"}), enters({**good, "from": "clerk.talgar"}),
        enters(good, pair="south>north"), enters(good, pair="south>south", came_from="south"),
        enters(good, pair="north>north"), enters(good, came_from="west", pair="west>south"),
        enters(good, key="0" * 64), enters({"from": HERE}), enters("words"), enters({**good, "at": "now"}),
    ]  # fmt: skip
    assert wrong == [403] * len(wrong)
    assert enters({**good, "id": "b"}) == 200
    assert Surfer(south).get("/regions/enter").status_code == 403


def test_only_administrators_tie_and_what_is_wrong_is_said(street: tuple[Flask, Flask]) -> None:
    north, _ = street
    chief = page_of(admin(north), HERE)
    where = urlsplit(chief.form("/ties").action).path
    said = {"region": "south", "login_there": THERE, "order": "1"}
    for change, status in (({"region": "west"}, 404), ({"region": "north"}, 404), ({"login_there": "Ә"}, 400),
                           ({"order": " "}, 400), ({}, 303), ({}, 409)):  # fmt: skip
        token = dict(chief.form("/appoint").form_values())["csrf_token"]
        answer = chief._ask("POST", where, data={**said, **change, "csrf_token": token}, follow_redirects=False)
        assert answer.status_code == status, (change, answer.text)
    clerk = Surfer(north).sign_in(HERE)
    clerk.get("/")
    token = dict(clerk.form("/language").form_values())["csrf_token"]
    assert clerk._ask("POST", where, data={**said, "csrf_token": token}).status_code == 403
    assert clerk._ask("POST", "/regions/go", data={"region": "west", "csrf_token": token}).status_code == 403


def test_no_address_of_one_region_tells_anything_to_a_session_of_another(street: tuple[Flask, Flask]) -> None:
    """Each answers what a stranger gets, though both sign their cookies with one key here."""
    north, south = street
    insider = Surfer(north).sign_in("admin")
    spy, stranger = Surfer(south), Surfer(south)
    for cookie in insider.client._cookies.values():  # type: ignore[attr-defined]
        spy.client.set_cookie(cookie.key, cookie.value)
    asked = 0
    for rule in south.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values = {each: "kk" if each == "language" else "1" for each in rule.arguments}
        path = south.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or ())))
        for method in sorted({"GET", "POST", "PUT", "DELETE"} & set(rule.methods or ())):
            answers = [each._ask(method, path, follow_redirects=False) for each in (spy, stranger)]
            assert answers[0].status_code == answers[1].status_code, path
            assert answers[0].headers.get("Location") == answers[1].headers.get("Location"), path
            assert answers[0].status_code != 200 or "Шығу" not in answers[0].text, path
            asked += 1
    assert asked > 150
    assert spy.get("/account").request.path == "/sign-in"


def test_one_region_alone_has_no_switch_no_ties_and_no_other_policy(house: Flask) -> None:
    surfer = page_of(admin(house), HERE)
    assert "/ties" not in surfer.page.text and "/regions/" not in surfer.page.text  # type: ignore[union-attr]
    assert "form-action 'self';" in surfer.page.headers["Content-Security-Policy"]  # type: ignore[union-attr]
    assert Surfer(house).get("/regions/enter?from=a&ticket=b").status_code == 404


@pytest.mark.browser
def test_the_switch_is_one_press_at_a_real_browser(street: tuple[Flask, Flask], file: Path, browser: Browser) -> None:
    north, south = street
    tie(north, HERE, "south", THERE)
    tie(south, THERE, "north", HERE)
    here = north.config["KOMEK_NEIGHBOURHOOD"]
    ports = {each.key: each.port for each in here.regions.values()}
    with (
        serving(north, ports["north"]), serving(south, ports["south"]),
        serving(door(Config(regions=str(file))), urlsplit(here.address).port or 0),
    ):  # fmt: skip
        page = browser.new_page()
        page.goto(f"{here.address}/")
        page.get_by_role("link", name="Солтүстік").click()
        page.fill("#login", HERE)
        page.fill("#password", DEMO_PASSWORD)
        page.press("#password", "Enter")
        page.click(".regions button")
        page.wait_for_url("http://south.localhost:*/**")
        assert page.get_attribute(".who", "data-login") == THERE
        page.click(".regions button")
        page.wait_for_url("http://north.localhost:*/**")
        assert page.get_attribute(".who", "data-login") == HERE
        assert faults_of_axe(page) == []
        page.goto(f"{here.address}/")
        assert faults_of_axe(page) == []
        page.context.clear_cookies()
        page.goto(f"http://south.localhost:{ports['south']}/sign-in")
        page.fill("#login", "control")
        page.fill("#password", DEMO_PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url("**/boards/region")
        page.goto(f"http://south.localhost:{ports['south']}/regions/")
        assert page.locator("table.few tbody tr").count() == 2
        assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0
        page.close()
