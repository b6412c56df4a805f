"""A session ends when its person says so, or has done nothing for long: on every node, whatever a cookie says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import itsdangerous.timed
import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import directory
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from tests.conftest import config_for
from tests.counting import counted
from webapp import create_app

LOGIN = "clerk.taldykorgan"


def copied(surfer: Surfer, app: Flask) -> Surfer:
    """Another browser with the same cookies."""
    other = Surfer(app)
    for cookie in surfer.client._cookies.values():
        other.client.set_cookie(cookie.key, cookie.value)
    return other


def is_in(surfer: Surfer) -> bool:
    return surfer.get("/account").request.path == "/account"


def left(hours: float) -> None:
    """Let every session have so long left."""
    db.session.execute(text("UPDATE staff_session SET ends_at = now() + :h * interval '1 hour'"), {"h": hours})
    db.session.commit()


def hours_left() -> float:
    db.session.rollback()
    return float(db.session.scalar(text("SELECT extract(epoch FROM max(ends_at) - now()) / 3600 FROM staff_session")))


@contextmanager
def clock_of_a_node(ahead_s: int) -> Iterator[None]:
    """What a node signs and reads meanwhile carries the time of a clock that is so far off."""
    signer = itsdangerous.timed.TimestampSigner
    honest = signer.get_timestamp
    signer.get_timestamp = lambda self: honest(self) + ahead_s  # type: ignore[method-assign]
    try:
        yield
    finally:
        signer.get_timestamp = honest  # type: ignore[method-assign]


def test_signing_out_ends_the_session_wherever_its_cookie_was_copied_to(house: Flask, database_url: str) -> None:
    clerk = Surfer(house).sign_in(LOGIN)
    thief, at_home = copied(clerk, house), Surfer(house).sign_in(LOGIN)
    other_node = copied(clerk, create_app(config_for(database_url)))
    assert is_in(thief) and is_in(other_node)
    clerk.get("/account")
    clerk.submit("/sign-out")
    assert not is_in(thief) and not is_in(other_node) and not is_in(clerk)
    assert is_in(at_home), "another session of the same person goes on"


def test_a_cookie_from_before_a_second_sign_in_on_the_same_browser_is_another_session(
    house: Flask,
) -> None:
    clerk = Surfer(house).sign_in(LOGIN)
    before = clerk.client.get_cookie("komek").value  # type: ignore[union-attr]
    clerk.get("/account")
    clerk.submit("/sign-out")
    clerk.sign_in(LOGIN)
    assert is_in(clerk)
    clerk.client.set_cookie("komek", before)
    assert not is_in(clerk)


@pytest.mark.parametrize("ahead_s", [-3600, -2, 2, 3600])
def test_nodes_whose_clocks_differ_take_each_others_sessions_and_forms(house: Flask, ahead_s: int) -> None:
    clerk = Surfer(house)
    with clock_of_a_node(ahead_s):
        clerk.sign_in(LOGIN).get("/account")
    assert clerk.submit("/language", {"language": "ru"}).status_code == 200
    assert is_in(clerk)


def test_the_cookie_ends_with_the_browser(house: Flask) -> None:
    clerk = Surfer(house).sign_in(LOGIN)
    cookie = clerk.client.get_cookie("komek")
    assert cookie is not None and cookie.expires is None and cookie.max_age is None and cookie.http_only


def test_a_session_ends_twelve_hours_after_the_last_thing_done_and_looking_does_not_lengthen_it(house: Flask) -> None:
    clerk = Surfer(house).sign_in(LOGIN)
    assert 11.9 < hours_left() <= 12
    left(2)
    assert is_in(clerk) and hours_left() < 2.1
    assert clerk.submit("/language", {"language": "ru"}).status_code == 200
    assert hours_left() > 11.9
    left(11.5)
    clerk.submit("/language", {"language": "kk"})
    assert hours_left() < 11.6, "one write an hour"
    left(0)
    assert not is_in(clerk)
    Surfer(house).sign_in(LOGIN)
    assert db.session.scalar(text("SELECT count(*) FROM staff_session")) == 1, "what ran out is forgotten"


def test_whoever_is_shut_out_or_gets_another_password_is_out_on_every_browser(house: Flask) -> None:
    clerk, again = Surfer(house).sign_in(LOGIN), Surfer(house).sign_in(LOGIN)
    db.session.execute(text("UPDATE staff SET session_version = session_version + 1 WHERE login = :me"), {"me": LOGIN})
    db.session.commit()
    assert not is_in(clerk) and not is_in(again)


def test_who_is_signed_in_is_asked_in_one_statement(house: Flask) -> None:
    clerk = Surfer(house).sign_in(LOGIN)
    with counted(db.engine) as asked:
        clerk.json("/session")
    assert len([each for each in asked.statements if "staff_session" in each]) == 1


def test_a_key_that_was_made_up_is_nobodys(house: Flask) -> None:
    stranger = Surfer(house)
    for key in ("", "1:1", "x" * 100_000, "\udcff\x00", "й"):
        with stranger.client.session_transaction() as kept:
            kept["_user_id"] = key
        assert not is_in(stranger)


def test_over_plain_http_the_page_says_why_nobody_can_sign_in(house: Flask, database_url: str) -> None:
    strict = create_app(replace(config_for(database_url), demo=False, secure_cookies=True))
    there = Surfer(strict)
    said = "HTTP арқылы"

    def page(path: str = "/sign-in", **more: str) -> str:
        return there._ask("GET", path, **more).text  # type: ignore[arg-type]

    assert said in page(base_url="http://komek.office.local")
    sent = there._ask("POST", "/sign-in", base_url="http://komek.office.local", data={"login": "a", "password": "b"})
    assert sent.status_code == 400 and said in sent.text
    for fine in ("https://komek.office.local", "http://127.0.0.1:8000", "http://localhost"):
        assert said not in page(base_url=fine)


def guess(surfer: Surfer, login: str, times: int) -> int:
    for _ in range(times):
        surfer.get("/sign-in")
        answer = surfer.submit("/sign-in", {"login": login, "password": "a guess"})
    return answer.status_code


def test_whoever_guesses_beside_an_administrator_keeps_their_browser_out_of_nothing(house: Flask) -> None:
    admin, guesser = Surfer(house).sign_in("admin"), Surfer(house)
    admin.get("/account")
    admin.submit("/sign-out")
    assert guess(guesser, "admin", 6) == 403
    assert is_in(admin.sign_in("admin")), "the same address, the same name, a browser that is theirs"
    borrowed = copied(admin, house)
    borrowed.client.set_cookie("komek-browser", "made.up")
    borrowed.client.delete_cookie("komek")
    borrowed.get("/sign-in")
    assert borrowed.submit("/sign-in", {"login": "admin", "password": DEMO_PASSWORD}).status_code == 403
    clerks = Surfer(house).sign_in(LOGIN)
    clerks.get("/account")
    clerks.submit("/sign-out")
    clerks.get("/sign-in")
    assert clerks.submit("/sign-in", {"login": "admin", "password": DEMO_PASSWORD}).status_code == 403, "not admin's"


def test_an_administrator_lets_somebody_try_again_on_their_page(house: Flask) -> None:
    admin, clerk = Surfer(house).sign_in("admin"), Surfer(house)
    assert guess(clerk, LOGIN, 6) == 403
    me = directory.id_of(LOGIN)
    assert "кіру әрекеттері: 5." in admin.get(f"/staff/{me}").text
    assert admin.submit(f"/staff/{me}/unlock").status_code == 200
    assert is_in(clerk.sign_in(LOGIN))


def test_a_page_knows_when_its_session_ends_and_looking_lengthens_nothing_but_a_press_does(house: Flask) -> None:
    clerk = Surfer(house).sign_in(LOGIN)
    left(4 / 60)
    clerk.get("/account")
    (seconds,) = clerk.tree.xpath("//div[contains(@class, 'session-end')]/@data-left")
    assert 0 < int(seconds) <= 240
    assert clerk.json("/session") and hours_left() < 0.1
    assert clerk.submit("/session").get_json()["left"] == 12 * 3600 and hours_left() > 11.9
    left(-1)
    assert clerk.get("/session", Accept="application/json").status_code == 401
