"""A session that ended while a form was half filled: the person signs in where they are, and it is sent again."""

import io

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from komek.testing.surfer import NoSuchForm
from services import cases, directory
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from tests.people.hands import Hands
from tests.people.office import APPLICATION, Office

OURS = {"Sec-Fetch-Site": "same-origin"}


def login_of(role: str) -> str:
    return directory.staff_at("TALDYKORGAN", role)[0].login


def end_sessions() -> None:
    """As if twelve hours had gone by."""
    set_left("0 minutes")


def set_left(span: str) -> None:
    """Let every session have so long left."""
    db.session.execute(text("UPDATE staff_session SET ends_at = now() + CAST(:span AS interval)"), {"span": span})
    db.session.commit()


@pytest.mark.parametrize("way", ["ran out", "signed out in another tab"])
def test_a_form_sent_after_the_session_ended_is_sent_again_once_signed_in(house: Flask, way: str) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task, login = office.person("clerk"), office.task(case_id), login_of("clerk")
    page = clerk.get(f"/cases/{case_id}")
    if way == "ran out":
        end_sessions()
    else:
        clerk.submit("/sign-out")
        clerk.page = page
    asked = clerk.submit(f"/inbox/{task}/complete", APPLICATION, headers=OURS)
    assert asked.status_code == 401 and "Сеансыңыз аяқталды" in asked.text
    wrong = clerk.submit("/sign-in", {"login": login, "password": "no such password"})
    assert wrong.status_code == 403 and "Сеансыңыз аяқталды" in wrong.text
    back = clerk.submit("/sign-in", {"login": login, "password": DEMO_PASSWORD})
    by_itself = clerk.tree.xpath("//form[@data-send-now]")
    assert back.status_code == 200 and bool(by_itself) == (way == "ran out"), "known by the cookie"
    done = clerk.submit(f"/inbox/{task}/complete")
    assert done.request.path == f"/cases/{case_id}" and cases.number_at(case_id, office.key)


def test_what_was_typed_beside_chosen_files_is_carried_and_sent_without_them_by_a_press_alone(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.run(until=1), office.person("clerk")
    clerk.get(f"/cases/{case_id}")
    end_sessions()
    sent = {"text": "Көршісі қоңырау шалды", "files": (io.BytesIO(b"%PDF-1.4"), "анықтама.pdf")}
    asked = clerk.submit(f"/cases/{case_id}/comments", sent, headers=OURS)
    assert asked.status_code == 401 and "Сеансыңыз аяқталды" in asked.text
    back = clerk.submit("/sign-in", {"login": login_of("clerk"), "password": DEMO_PASSWORD})
    assert "Таңдаған файлдарыңыз көшірілген жоқ" in back.text and not clerk.tree.xpath("//form[@data-send-now]")
    assert not clerk.tree.xpath("//*[@name='_files']")
    assert "Көршісі қоңырау шалды" in clerk.submit(f"/cases/{case_id}/comments").text


def test_somebody_else_who_signs_in_sends_nothing_without_a_press(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task = office.person("clerk"), office.task(case_id)
    clerk.get(f"/cases/{case_id}")
    end_sessions()
    clerk.submit(f"/inbox/{task}/complete", APPLICATION, headers=OURS)
    clerk.submit("/sign-in", {"login": login_of("head"), "password": DEMO_PASSWORD})
    assert not clerk.tree.xpath("//form[@data-send-now]")
    assert clerk.submit(f"/inbox/{task}/complete").status_code == 403


def test_a_form_from_before_one_signed_in_anew_in_another_tab_is_sent_by_one_press(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task, login = office.person("clerk"), office.task(case_id), login_of("clerk")
    page = clerk.get(f"/cases/{case_id}")
    clerk.submit("/sign-out")
    clerk.sign_in(login)
    clerk.page = page
    asked = clerk.submit(f"/inbox/{task}/complete", APPLICATION, headers=OURS)
    assert asked.status_code == 400 and not clerk.tree.xpath("//form[@data-send-now]")
    clerk.submit(f"/inbox/{task}/complete")
    assert cases.number_at(case_id, office.key)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_what_another_site_sends_is_carried_nowhere(house: Flask, site: str) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task = office.person("clerk"), office.task(case_id)
    page = clerk.get(f"/cases/{case_id}")
    clerk.submit("/sign-out")
    clerk.page = page
    told = clerk.submit(f"/inbox/{task}/complete", APPLICATION, headers={"Sec-Fetch-Site": site})
    assert told.status_code == 400 and APPLICATION["iin"] not in told.text


def test_no_password_is_carried_and_no_foreign_address_is_sent_to(house: Flask) -> None:
    surfer, login = Office(house).person("clerk"), login_of("clerk")
    surfer.get("/sign-in")
    end_sessions()
    surfer.page = None
    answer = surfer._ask("POST", "/staff/1/password", data={"new_password": "secret of mine"}, headers=OURS)
    assert "secret of mine" not in answer.text
    surfer.get("/sign-in")
    token = surfer.form("/sign-in").fields["csrf_token"]
    told = {"csrf_token": token, "login": login, "password": DEMO_PASSWORD}
    told |= {"_to": "https://example.com/", "_sent": "a=b"}
    surfer.page = surfer._ask("POST", "/sign-in", data=told)
    with pytest.raises(NoSuchForm):
        surfer.form("example.com/")
    assert surfer.page.request.path == "/"


def test_a_draft_that_is_not_kept_is_told_so_as_data_and_a_sign_in_as_data_brings_a_new_token(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task, login = office.person("clerk"), office.task(case_id), login_of("clerk")
    clerk.get(f"/cases/{case_id}")
    end_sessions()
    as_data = {"Accept": "application/json"}
    form = clerk.form(f"/inbox/{task}/complete")
    told = clerk._ask("POST", f"/inbox/{task}/draft", data=dict(form.form_values()), headers=as_data)
    assert (told.status_code, told.json["type"]) == (401, "SessionEnded") and "аяқталды" in told.json["message"]
    clerk.get("/sign-in")
    sent = {"csrf_token": clerk.form("/sign-in").fields["csrf_token"], "login": login, "password": DEMO_PASSWORD}
    signed = clerk._ask("POST", "/sign-in", data=sent, headers=as_data)
    assert signed.status_code == 200 and signed.json["person"] == login
    kept = dict(form.form_values()) | {"csrf_token": signed.json["csrf"], "surname": "Үлгібаев"}
    done = clerk._ask("POST", f"/inbox/{task}/draft", data=kept, headers=as_data)
    assert done.status_code == 204, done.text
    assert 'value="Үлгібаев"' in clerk.get(f"/cases/{case_id}").text


def test_what_stands_in_a_form_with_faults_is_there_again_after_a_reload_or_another_language(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task = office.person("clerk"), office.task(case_id)
    clerk.get(f"/cases/{case_id}")
    faulty = clerk.submit(f"/inbox/{task}/complete", {"surname": "Үлгібаев", "iin": "12"})
    assert faulty.status_code == 422
    assert 'value="Үлгібаев"' in clerk.get(f"/inbox/{task}/complete").text
    clerk.page = faulty
    told = clerk.submit("/language", {"language": "ru"}, headers={"Referer": f"http://localhost/inbox/{task}/complete"})
    assert (told.status_code, told.request.path) == (200, f"/cases/{case_id}")
    assert 'value="Үлгібаев"' in told.text and 'lang="ru"' in told.text


@pytest.mark.browser
def test_at_a_browser_the_draft_says_loudly_that_it_is_not_kept_and_is_kept_after_signing_in_beside_it(
    house: Flask, browser: Browser, address: str
) -> None:
    case_id, login = Office(house).open(), login_of("clerk")
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, locale="kk-KZ")
    page = context.new_page()
    Hands(page).sign_in(login, f"/cases/{case_id}")
    loud, dialog, warned = page.locator(".unkept"), page.locator("#again"), page.locator(".session-end")
    expect(warned).to_be_hidden()
    set_left("4 minutes")
    page.reload()
    expect(warned).to_contain_text("бес минуттан аз")
    warned.locator("button").click()  # stays signed in, where they are
    expect(warned).to_be_hidden()
    page.route("**/draft", lambda route: route.abort())
    page.fill("#surname", "Үлгібаев")
    page.press("#surname", "Tab")
    expect(loud).to_contain_text("сервер жауап бермейді")
    assert page.evaluate("document.querySelector('.unkept').getBoundingClientRect().bottom <= innerHeight"), "in sight"
    page.unroute("**/draft")
    end_sessions()
    page.fill("#given_name", "Мысал")
    page.press("#given_name", "Tab")
    expect(dialog).to_be_visible()
    page.fill("#again-password", "not the one")
    page.click("#again button.primary")
    expect(dialog.locator(".error")).to_have_text("Логин немесе құпиясөз дұрыс емес.")
    page.fill("#again-password", DEMO_PASSWORD)
    with page.expect_response("**/draft") as kept:
        page.click("#again button.primary")
    assert kept.value.status == 204
    expect(dialog).to_be_hidden()
    expect(loud).to_be_hidden()
    expect(page.locator("#surname")).to_have_value("Үлгібаев")
    for name, value in APPLICATION.items():
        if name == "again_reason":
            continue  # asked beside an earlier application alone
        page.fill(f"[name='{name}']", value)
    page.wait_for_load_state("networkidle")
    end_sessions()
    with page.expect_navigation():  # by a key, from the last field: no field was left meanwhile
        page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_have_text("Сеансыңыз аяқталды")
    expect(page.locator("#login")).to_have_value(login)
    page.fill("#password", DEMO_PASSWORD)
    page.click("main button.primary")
    expect(page.locator("#just-done-title")).to_be_visible()
    context.close()
