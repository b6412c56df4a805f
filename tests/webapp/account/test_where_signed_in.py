"""Everybody sees where they are signed in, and ends what they do not know; an administrator does it for them."""

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import directory, journal
from services.db import db
from webapp.account.where import browser_said, place_said
from webapp.language.i18n import reading_in

LOGIN = "clerk.taldykorgan"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


def come(house: Flask, agent: str, address: str, login: str = LOGIN) -> Surfer:
    surfer = Surfer(house)
    surfer.client.environ_base.update({"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address})
    return surfer.sign_in(login)


def rows(surfer: Surfer) -> list[str]:
    return [
        " ".join(each.text_content().split())
        for each in surfer.tree.xpath("//table[contains(@class,'signed-in')]//tbody/tr")
    ]


def is_in(surfer: Surfer) -> bool:
    return surfer.get("/account").request.path == "/account"


def test_ones_own_page_says_at_which_browsers_and_from_where_and_ends_one_of_them(house: Flask) -> None:
    desk, phone = come(house, FIREFOX, "10.0.0.7"), come(house, PHONE, "8.8.8.8")
    come(house, FIREFOX, "10.0.0.8", "head.taldykorgan")
    desk.get("/account")
    there, here = rows(desk)
    assert "Android жүйесіндегі Chrome" in there and "8.8.8.8" in there and "Осы браузер" not in there
    assert "Linux жүйесіндегі Firefox" in here and "10.0.0.7" in here and "Осы браузер" in here
    desk.submit(f"/account/sessions/{session_at('8.8.8.8')}/end")
    assert not is_in(phone) and is_in(desk) and len(rows(desk)) == 1
    line = journal.read("staff")[0]
    assert (line.event, line.details) == (
        "staff.session_ended", {"staff": directory.id_of(LOGIN), "sessions": 1},
    )  # fmt: skip


def session_at(place: str) -> int:
    db.session.rollback()
    return int(db.session.scalar(text("SELECT id FROM staff_session WHERE place = :place"), {"place": place}))


def test_nobody_ends_anothers_session_and_one_that_is_over_is_said_to_be(house: Flask) -> None:
    mine, other = come(house, FIREFOX, "10.0.0.7"), come(house, FIREFOX, "10.0.0.8", "head.taldykorgan")
    foreign = session_at("10.0.0.8")
    mine.get("/account")
    token = mine.form("/sign-out").form_values()
    for session_id in (foreign, foreign + 1000):
        answer = mine._ask("POST", f"/account/sessions/{session_id}/end", data=dict(token))
        assert answer.status_code == 404
    assert is_in(other)
    with pytest.raises(directory.NotAdministrator):
        directory.sessions_of(
            directory.id_of("head.taldykorgan") or 0, actor=directory.staff_at("TALDYKORGAN", "clerk")[0]
        )


def test_one_press_signs_out_everywhere_but_here(house: Flask) -> None:
    here, others = come(house, FIREFOX, "10.0.0.7"), [come(house, PHONE, f"10.0.1.{at}") for at in range(3)]
    here.get("/account")
    here.submit("/account/sessions/end-others")
    assert is_in(here) and not any(is_in(each) for each in others)
    with pytest.raises(AssertionError):
        here.form("/account/sessions/end-others")


def test_an_administrator_sees_where_somebody_is_signed_in_and_signs_them_out(house: Flask) -> None:
    admin, one, two = Surfer(house).sign_in("admin"), come(house, FIREFOX, "10.0.0.7"), come(house, PHONE, "8.8.8.8")
    page = f"/staff/{directory.id_of(LOGIN)}"
    admin.get(page)
    assert len(rows(admin)) == 2
    admin.submit(f"{page}/sessions/{session_at('8.8.8.8')}/end")
    assert not is_in(two) and is_in(one)
    admin.submit(f"{page}/sessions/end")
    assert not is_in(one) and is_in(admin)
    admin.get(page)
    assert rows(admin) == []
    clerk = Surfer(house).sign_in(LOGIN)
    assert clerk.get(page).status_code == 403


def test_that_a_session_is_used_is_written_down_once_in_ten_minutes_with_where_it_comes_from_now(house: Flask) -> None:
    clerk = come(house, PHONE, "10.0.0.7")
    seen = text("SELECT place, now() - seen_at < interval '1 minute' FROM staff_session")
    clerk.client.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    clerk.get("/account")
    assert db.session.execute(seen).one() == ("10.0.0.7", True), "not with every click"
    db.session.execute(text("UPDATE staff_session SET seen_at = now() - interval '11 minutes'"))
    db.session.commit()
    clerk.get("/account")
    assert db.session.execute(seen).one() == ("10.0.0.9", True)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/138.0 YaBrowser/25.8 Safari/537.36", "Yandex on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1", "Safari on macOS"),
        ("curl/8.0", "a browser that does not say its name"),
        ("", "a browser that does not say its name"),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_its_own_name_though_it_says_others_too(app: Flask, agent: str, said: str) -> None:
    with app.test_request_context(), reading_in("en"):
        assert browser_said(agent) == said


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1", "on the server itself"),
        ("192.168.1.5", "from an internal network, 192.168.1.5"),
        ("2a00:1450::1", "from outside, 2a00:1450::1"),
        ("", "it is not known from where"),
        ("<b>", "it is not known from where"),
    ],
)
def test_a_network_is_said_to_be_inside_or_outside(app: Flask, address: str, said: str) -> None:
    with app.test_request_context(), reading_in("en"):
        assert place_said(address) == said
