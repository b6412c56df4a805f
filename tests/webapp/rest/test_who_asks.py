"""Who may talk to the API: a name and a password with every request; no cookie, no page, no redirect, ever."""

import time
from threading import Barrier, Thread

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from komek.testing.surfer import Surfer
from services import directory
from services.config import Config
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from tests.webapp.rest.programs import ADMIN, CLERK, DESIGNER, Program, basic
from webapp.rest import auth


@pytest.fixture(autouse=True)
def forgotten() -> None:
    auth._known.clear()


def asked(house: Flask, authorization: str | None, path: str = "/deployment?maxResults=0", **more: str) -> TestResponse:
    sent = {} if authorization is None else {"Authorization": authorization}
    return Program(house).ask("GET", path, headers={**sent, **more})


def is_refused(answer: TestResponse) -> bool:
    body = answer.get_json()
    return (
        answer.status_code == 401
        and answer.headers["WWW-Authenticate"] == 'Basic realm="komek"'
        and answer.mimetype == "application/json"
        and set(body) >= {"type", "message", "code"}
    )


@pytest.mark.parametrize("header", [
    None, "", "undefined", "Bearer abc.def", "Basic", "Basic undefined", "Basic !!!", "Basic bm8tY29sb24=",
    basic("nobody"), basic(DESIGNER, "wrong password"), "basic " + "x" * 5000, "Негізгі".encode().decode("latin-1"),
])  # fmt: skip
def test_whoever_says_no_name_and_password_of_ours_is_asked_for_them(house: Flask, header: str | None) -> None:
    assert is_refused(asked(house, header))


def test_a_session_of_the_pages_opens_nothing_and_no_cookie_is_set(house: Flask) -> None:
    surfer = Surfer(house).sign_in(DESIGNER)
    answer = surfer._ask("GET", "/engine-rest/deployment", headers={"Accept": "text/html"})
    assert is_refused(answer) and "Set-Cookie" not in answer.headers
    signed_in = surfer._ask("GET", "/engine-rest/deployment", headers={"Authorization": basic(DESIGNER)})
    assert signed_in.status_code == 200 and "Set-Cookie" not in signed_in.headers


def test_a_password_is_read_as_utf_8_or_as_latin_1(house: Flask) -> None:
    config: Config = house.config["KOMEK"]
    staff_id = directory.id_of(DESIGNER)
    assert staff_id is not None
    person = directory.person(staff_id)
    assert person is not None
    directory.change_password(person.id, "pâss-mot-de-passe", actor="console", config=config)
    db.session.remove()
    assert asked(house, basic(DESIGNER, "pâss-mot-de-passe", "utf-8")).status_code == 200
    assert asked(house, basic(DESIGNER, "pâss-mot-de-passe", "latin-1")).status_code == 200


def test_a_header_that_was_right_is_not_checked_anew_but_refused_at_once_when_it_is_right_no_more(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program(house, DESIGNER)
    assert program.get("/deployment", maxResults=0) == []
    monkeypatch.setattr(directory, "sign_in", None)
    assert program.get("/deployment", maxResults=0) == []
    monkeypatch.undo()
    config: Config = house.config["KOMEK"]
    directory.change_password(directory.id_of(DESIGNER), "quite another one", actor="console", config=config)
    db.session.remove()
    assert is_refused(program.ask("GET", "/deployment"))
    program = Program(house, CLERK)
    assert program.ask("GET", "/process-instance").status_code == 200
    directory.set_active(directory.id_of(CLERK), False, actor="console")
    db.session.remove()
    assert is_refused(program.ask("GET", "/process-instance"))


def test_guessing_is_slowed_down_as_on_the_page(house: Flask) -> None:
    for _ in range(5):
        assert is_refused(asked(house, basic(ADMIN, "guess")))
    answer = asked(house, basic(ADMIN, DEMO_PASSWORD))
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert "seconds" in answer.get_json()["message"]


def test_many_requests_at_once_with_the_right_password_are_all_answered(house: Flask) -> None:
    together, seen = Barrier(12, timeout=60), []

    def come() -> None:
        together.wait()
        seen.append(asked(house, basic(CLERK), "/version").status_code)

    threads = [Thread(target=come) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 12


def test_messages_come_in_the_language_that_is_asked_for_kazakh_first(house: Flask) -> None:
    said = {language: asked(house, None, **{"Accept-Language": language}).get_json()["message"]
            for language in ("kk", "ru-RU,ru;q=0.9", "en", "de")}  # fmt: skip
    assert said["en"] == "Please sign in with a name and a password of Komek."
    assert said["de"] == said["kk"] and len(set(said.values())) == 3


@pytest.mark.parametrize("path", ["/deployment", "//deployment", "/deployment/", "//deployment//"])
def test_an_address_may_be_written_with_too_many_slashes(house: Flask, path: str) -> None:
    assert Program(house, DESIGNER).ask("GET", f"{path}?maxResults=0").get_json() == []


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/nothing", 404), ("GET", "", 404), ("DELETE", "/deployment", 405), ("GET", "/deployment/create", 405),
    ("GET", "/deployment/99", 404), ("GET", "/deployment/%00", 400), ("GET", "/process-definition/x:1:9", 404),
    ("GET", "/deployment?maxResults=-1", 400), ("GET", "/deployment?maxResults=many", 400),
    ("GET", "/process-instance/abc", 404), ("POST", "/process-definition/key/nothing/start", 404),
])  # fmt: skip
def test_what_goes_wrong_is_said_as_json_whatever_is_accepted(
    house: Flask, method: str, path: str, status: int
) -> None:
    answer = Program(house, DESIGNER).ask(method, path, headers={"Accept": "text/html"})
    assert answer.status_code == status and answer.mimetype == "application/json", answer.text
    assert isinstance(answer.get_json()["code"], int) and answer.get_json()["message"]
    assert status != 405 or answer.headers["Allow"]


@pytest.mark.parametrize("origin", ["null", "file://", "https://elsewhere.example"])
def test_a_browser_asks_before_it_sends_and_only_modelers_pages_may_read(house: Flask, origin: str) -> None:
    answer = Program(house).ask("OPTIONS", "/deployment/create", headers={"Origin": origin})
    assert answer.status_code == 204 and "Access-Control-Allow-Credentials" not in answer.headers
    assert {"authorization", "content-type"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    ours = origin != "https://elsewhere.example"
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if ours else None)
    sent = asked(house, basic(DESIGNER), Origin=origin)
    assert (sent.status_code == 200) if ours else is_refused(sent), "a foreign page uses what the browser remembers"


@pytest.mark.parametrize("mode", ["navigate", "no-cors", "cors"])
def test_a_form_of_a_foreign_page_sends_nothing_with_what_the_browser_remembers(house: Flask, mode: str) -> None:
    sent = {"Origin": "null", "Sec-Fetch-Mode": mode}
    answer = Program(house, DESIGNER).ask("POST", "/deployment/create", headers=sent, data={"deployment-name": "x"})
    assert (answer.status_code == 400) if mode == "cors" else is_refused(answer)


def test_a_header_is_remembered_for_a_while_and_no_longer(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(house, DESIGNER)
    program.get("/deployment", maxResults=0)
    later = time.monotonic() + auth.REMEMBER_S + 1
    monkeypatch.setattr(auth.time, "monotonic", lambda: later)
    monkeypatch.setattr(directory, "sign_in", lambda *given: (_ for _ in ()).throw(directory.WrongPassword))
    assert is_refused(program.ask("GET", "/deployment"))
