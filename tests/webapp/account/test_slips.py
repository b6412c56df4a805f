"""Who forgot a password gets a slip of an administrator's, and chooses another that nobody else ever knows."""

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import directory, journal
from services.db import db
from services.directory import TooManyAttempts, WrongSlip
from services.directory.demo import DEMO_PASSWORD
from webapp.cli import komek

LOGIN, NEW = "clerk.taldykorgan", "тау-бұлақ-4-көпір"


@pytest.fixture
def admin(house: Flask) -> Surfer:
    return Surfer(house).sign_in("admin")


def slip(admin: Surfer, login: str = LOGIN) -> str:
    """The code of a slip that was printed just now."""
    page = f"/staff/{directory.id_of(login)}"
    admin.get(page)
    assert admin.submit(f"{page}/slip").status_code == 200
    (code,) = admin.tree.xpath("//*[contains(@class,'slip-said')]/text()")
    return str(code)


def choose(house: Flask, code: str, new: str = NEW, login: str = LOGIN, again: str | None = None) -> Surfer:
    someone = Surfer(house)
    someone.get("/slip")
    typed = {"login": login, "slip": code, "new_password": new, "new_password_again": again or new}
    someone.submit("/slip", typed)
    return someone


def use(house: Flask, code: str, login: str = LOGIN) -> None:
    directory.use_slip(login, code, NEW, "10.0.0.1", house.config["KOMEK"])


def test_by_a_slip_its_owner_chooses_a_password_and_every_session_of_before_is_over(
    house: Flask, admin: Surfer
) -> None:
    before, code = Surfer(house).sign_in(LOGIN), slip(admin)
    someone = choose(house, code.upper().replace("-", " "))
    assert someone.page is not None and someone.page.request.path == "/sign-in"
    assert "Құпиясөзіңіз өзгертілді" in someone.page.text
    assert before.get("/account").request.path == "/sign-in"
    clerk = Surfer(house).sign_in(LOGIN, NEW)
    assert clerk.get("/account").request.path == "/account", "it is their own: nothing more is asked"
    assert [each.event for each in journal.read("staff") if "slip" in each.event or "recovered" in each.event] == [
        "staff.password_recovered", "staff.slip_made",
    ]  # fmt: skip


def test_a_slip_holds_once_and_a_second_one_takes_its_place(house: Flask, admin: Surfer) -> None:
    first, second = slip(admin), slip(admin)
    with pytest.raises(WrongSlip):
        use(house, first)
    use(house, second)
    with pytest.raises(WrongSlip):
        use(house, second)


def test_a_slip_runs_out_after_three_days_and_is_taken_back_by_a_press(house: Flask, admin: Surfer) -> None:
    code, page = slip(admin), f"/staff/{directory.id_of(LOGIN)}"
    left = db.session.scalar(text("SELECT extract(epoch FROM ends_at - now()) / 3600 FROM password_slip"))
    assert 71.9 < left < 72.1
    db.session.execute(text("UPDATE password_slip SET ends_at = now()"))
    db.session.commit()
    with pytest.raises(WrongSlip):
        use(house, code)
    code = slip(admin)
    admin.get(page)
    admin.submit(f"{page}/slip/take-back")
    with pytest.raises(WrongSlip):
        use(house, code)


def test_the_password_of_before_holds_until_a_slip_is_used_and_no_log_or_table_has_its_code(
    house: Flask, admin: Surfer
) -> None:
    code = slip(admin)
    Surfer(house).sign_in(LOGIN, DEMO_PASSWORD)
    kept = db.session.execute(text("SELECT staff_id, encode(code_hash, 'escape') FROM password_slip")).all()
    assert code not in str(kept) and code not in str([each.details for each in journal.read("staff")])


@pytest.mark.parametrize(
    ("typed", "field", "status"),
    [
        ({"code": "aaaa-bbbb-cccc-dddd-eeee"}, "slip", 403),
        ({"code": ""}, "slip", 403),
        ({"login": "head.taldykorgan"}, "slip", 403),
        ({"login": "nobody"}, "slip", 403),
        ({"new": "short"}, "new_password", 400),
        ({"again": NEW + "x"}, "new_password_again", 422),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_slip_still_holds(
    house: Flask, admin: Surfer, typed: dict[str, str], field: str, status: int
) -> None:
    code = slip(admin)
    someone = choose(house, **{"code": code, **typed})
    assert someone.page is not None and someone.page.status_code == status
    assert someone.tree.xpath(f"//*[@id='error-{field}']") and not someone.tree.xpath(
        "//input[@type='password'][@value]"
    )
    use(house, code)


def test_guesses_at_a_slip_are_counted_with_those_at_signing_in(house: Flask, admin: Surfer) -> None:
    code = slip(admin)
    for _ in range(5):
        with pytest.raises(WrongSlip):
            use(house, "aaaa")
    with pytest.raises(TooManyAttempts):
        use(house, code)


def test_a_slip_is_made_by_administrators_alone_for_others_who_may_come_in(house: Flask, admin: Surfer) -> None:
    clerk, me, boss = (
        directory.id_of(LOGIN) or 0,
        directory.staff_at("TALDYKORGAN", "clerk")[0],
        directory.id_of("admin"),
    )
    with pytest.raises(directory.NotAdministrator):
        directory.make_slip(clerk, actor=me)
    with pytest.raises(directory.OwnSlip):
        directory.make_slip(boss or 0, actor=directory.person(boss or 0))  # type: ignore[arg-type]
    directory.set_active(clerk, False, actor="console")
    with pytest.raises(directory.ShutOut):
        directory.make_slip(clerk, actor="console")


def test_at_the_server_itself_a_slip_is_had_by_a_command(house: Flask) -> None:
    there = {"DATABASE_URL": house.config["KOMEK"].database_url}
    ran = CliRunner().invoke(komek, ["staff", "slip", LOGIN], env=there)
    assert ran.exit_code == 0, ran.output
    use(house, ran.output.split()[1])
