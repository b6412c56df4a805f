"""One-time codes: set up after the password, asked for at every sign-in, taken once; and the roles that owe one."""

import base64
import re

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import clock, directory, factors, journal, registry
from services.directory.demo import DEMO_PASSWORD

LOGIN = "clerk.taldykorgan"


def secret_on(surfer: Surfer) -> bytes:
    (written,) = surfer.tree.xpath("//p/span[@class='code']/text()")
    return base64.b32decode(str(written).replace(" ", ""))


def code(secret: bytes, later: int = 0) -> str:
    return factors.totp.code_at(secret, int(clock.real().timestamp() // 30) + later)


def set_up(surfer: Surfer) -> tuple[bytes, list[str]]:
    """Codes on one's own page: the secret, and the recovery codes."""
    surfer.get("/account/second")
    surfer.submit("/account/codes", {"password": DEMO_PASSWORD})
    secret = secret_on(surfer)
    surfer.submit("/account/codes/confirm", {"code": code(secret, -1)})
    codes = surfer.tree.xpath("//ul[@class='recovery']/li/text()")
    assert len(codes) == 10, surfer.page.text  # type: ignore[union-attr]
    return secret, [str(each) for each in codes]


def at_the_step(house: Flask, login: str = LOGIN) -> Surfer:
    surfer = Surfer(house)
    surfer.get("/sign-in")
    surfer.submit("/sign-in", {"login": login, "password": DEMO_PASSWORD})
    assert surfer.page is not None and surfer.page.request.path == "/sign-in/second"
    return surfer


def answer(surfer: Surfer, typed: str) -> int:
    return surfer.submit("/sign-in/second", {"code": typed}).status_code


def is_in(surfer: Surfer) -> bool:
    return surfer.get("/account").request.path == "/account"


@pytest.fixture
def owing(house: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The clerk's role asks for a code, the head's for a passkey."""
    roles = registry.current().by_key("roles")
    monkeypatch.setitem(roles["clerk"], "second_factor", "code")
    monkeypatch.setitem(roles["head"], "second_factor", "passkey")
    return house


def test_whoever_set_codes_up_is_nobody_until_the_code_is_given_which_is_taken_once(house: Flask) -> None:
    own = Surfer(house).sign_in(LOGIN)
    secret, _ = set_up(own)
    assert is_in(own), "whoever sets it up goes on"
    door = at_the_step(house)
    for path in ("/", "/inbox", "/account", "/cases/1", "/account/second"):
        assert door.get(path).request.path == "/sign-in/second", path
    assert door.get("/inbox", Accept="application/json").status_code == 401
    door.get("/sign-in/second")
    assert answer(door, code(secret, -1)) == 403, "it was taken when it was set up"
    assert answer(door, "000000") == 403
    right = code(secret)
    assert answer(door, f" {right[:3]} {right[3:]} ") == 200 and is_in(door)
    assert answer(at_the_step(house), right) == 403
    events = [each.event for each in journal.read("staff")]
    assert "staff.codes_set_up" in events and "staff.recovery_codes_made" in events


def test_what_was_wanted_opens_after_the_step_and_what_was_typed_is_sent(house: Flask) -> None:
    secret, _ = set_up(Surfer(house).sign_in(LOGIN))
    surfer = Surfer(house)
    surfer.get("/notices/")
    surfer.submit("/sign-in", {"login": LOGIN, "password": DEMO_PASSWORD})
    answer(surfer, code(secret))
    assert surfer.page is not None and surfer.page.request.path == "/notices/"


def test_a_recovery_code_signs_in_once_and_new_ones_take_the_place_of_all(house: Flask) -> None:
    own = Surfer(house).sign_in(LOGIN)
    _, codes = set_up(own)
    door = at_the_step(house)
    assert answer(door, codes[0].upper().replace("-", " ")) == 200 and is_in(door)
    assert answer(at_the_step(house), codes[0]) == 403
    own.get("/account/second")
    assert "9" in own.page.text  # type: ignore[union-attr]
    own.submit("/account/recovery-codes", {"password": DEMO_PASSWORD})
    assert answer(at_the_step(house), codes[1]) == 403


def test_guesses_wait_though_the_password_is_right_each_time_between_them(house: Flask) -> None:
    secret, _ = set_up(Surfer(house).sign_in(LOGIN))
    for _guess in range(5):
        assert answer(at_the_step(house), "000000") == 403
    refused = at_the_step(house)
    assert (answer(refused, code(secret)) == 403 and "минут" in refused.page.text) or "секунд" in refused.page.text  # type: ignore[union-attr]
    directory.unlock(directory.id_of(LOGIN) or 0, actor="console")
    assert answer(refused, code(secret)) == 200


def test_without_the_password_nothing_is_set_up_or_taken_away(house: Flask) -> None:
    own = Surfer(house).sign_in(LOGIN)
    own.get("/account/second")
    assert own.submit("/account/codes", {"password": "not the one"}).status_code == 403
    set_up(own)
    own.get("/account/second")
    assert own.submit("/account/codes/remove", {"password": "not the one"}).status_code == 403
    assert factors.has_codes(directory.id_of(LOGIN) or 0)
    own.get("/account/second")
    own.submit("/account/codes/remove", {"password": DEMO_PASSWORD})
    assert is_in(Surfer(house).sign_in(LOGIN))


def test_codes_that_no_first_code_confirmed_are_asked_for_nowhere(house: Flask) -> None:
    own = Surfer(house).sign_in(LOGIN)
    own.get("/account/second")
    own.submit("/account/codes", {"password": DEMO_PASSWORD})
    assert own.submit("/account/codes/confirm", {"code": "000000"}).status_code == 403
    assert is_in(Surfer(house).sign_in(LOGIN))


def test_a_role_that_asks_for_a_code_opens_nothing_until_one_is_set_up(owing: Flask) -> None:
    door = at_the_step(owing)
    door.submit("/account/codes")
    secret = secret_on(door)
    assert not is_in(door)
    door.get("/sign-in/second")
    door.submit("/account/codes")
    secret = secret_on(door)
    door.submit("/account/codes/confirm", {"code": code(secret)})
    assert len(door.tree.xpath("//ul[@class='recovery']/li")) == 10 and is_in(door)
    second = at_the_step(owing)
    token = dict(second.form("/sign-in/second").form_values())
    tried = second._ask("POST", "/account/codes", data=token, follow_redirects=False)
    assert tried.status_code == 303, "a password alone adds nothing beside what is there"


def test_a_role_given_in_the_middle_of_a_session_asks_at_the_next_click(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = Surfer(house).sign_in(LOGIN)
    assert is_in(clerk)
    monkeypatch.setitem(registry.current().by_key("roles")["clerk"], "second_factor", "code")
    assert clerk.get("/inbox").request.path == "/sign-in/second"


def test_a_code_is_not_enough_where_a_passkey_is_asked(owing: Flask) -> None:
    door = at_the_step(owing, "head.taldykorgan")
    assert "/account/codes" not in [form.action for form in door.tree.forms]
    assert door.form("/account/passkeys") is not None


def test_programs_do_not_go_round_the_step_by_their_header(house: Flask) -> None:
    own = Surfer(house).sign_in("designer")
    basic = base64.b64encode(f"designer:{DEMO_PASSWORD}".encode()).decode()
    asked = {"Authorization": f"Basic {basic}", "Accept": "application/json"}
    path = "/engine-rest/process-definition/count"
    assert Surfer(house).get(path, **asked).status_code == 200
    set_up(own)
    directory.end_sessions_of(directory.id_of("designer") or 0, actor="console")
    assert Surfer(house).get(path, **asked).status_code == 403


def test_an_administrator_takes_away_what_was_lost_but_never_their_own(house: Flask) -> None:
    clerk, admin = Surfer(house).sign_in(LOGIN), Surfer(house).sign_in("admin")
    set_up(clerk)
    page = f"/staff/{directory.id_of(LOGIN)}"
    admin.get(page)
    admin.submit(f"{page}/factors/forget")
    assert not is_in(clerk) and is_in(Surfer(house).sign_in(LOGIN))
    me = directory.id_of("admin") or 0
    with pytest.raises(directory.NotAdministrator):
        factors.forget_factors(me, actor=directory.person(me))  # type: ignore[arg-type]


def test_the_secret_and_the_codes_stand_in_no_line_of_the_journal(house: Flask) -> None:
    secret, codes = set_up(Surfer(house).sign_in(LOGIN))
    said = str([each.details for each in journal.read("staff")])
    assert codes[0] not in said and factors.totp.written(secret) not in said
    assert re.search(r"'staff': \d+", said)
