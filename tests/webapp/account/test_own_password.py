"""Everybody changes their own password on their own page."""

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import directory
from services.directory.demo import DEMO_PASSWORD

LOGIN, NEW = "clerk.taldykorgan", "тау-бұлақ-4-көпір"


def change(surfer: Surfer, old: str, new: str, again: str | None = None) -> int:
    surfer.get("/account")
    told = {"old_password": old, "new_password": new, "new_password_again": new if again is None else again}
    return surfer.submit("/account/password", told).status_code


def test_one_changes_ones_own_password_and_stays_in_here_and_nowhere_else(house: Flask) -> None:
    here, elsewhere = Surfer(house).sign_in(LOGIN), Surfer(house).sign_in(LOGIN)
    assert change(here, DEMO_PASSWORD, NEW) == 200
    assert "Құпиясөзіңіз өзгертілді." in here.page.text  # type: ignore[union-attr]
    assert here.get("/account").request.path == "/account"
    assert elsewhere.get("/account").request.path == "/sign-in"
    Surfer(house).sign_in(LOGIN, NEW)
    with pytest.raises(AssertionError):
        Surfer(house).sign_in(LOGIN, DEMO_PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "status"),
    [
        ("not the one", NEW, NEW, "old_password", 403),
        ("", NEW, NEW, "old_password", 422),
        (DEMO_PASSWORD, "short", "short", "new_password", 400),
        (DEMO_PASSWORD, "password123", "password123", "new_password", 400),
        (DEMO_PASSWORD, NEW, NEW + "x", "new_password_again", 422),
        (DEMO_PASSWORD, DEMO_PASSWORD, DEMO_PASSWORD, "new_password", 400),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_changes(
    house: Flask, old: str, new: str, again: str, field: str, status: int
) -> None:
    here = Surfer(house).sign_in(LOGIN)
    assert change(here, old, new, again) == status
    assert here.tree.xpath(f"//*[@id='error-{field}']") and not here.tree.xpath("//input[@type='password'][@value]")
    Surfer(house).sign_in(LOGIN, DEMO_PASSWORD)


def test_whoever_somebody_else_gave_a_password_chooses_their_own_before_anything_else(house: Flask) -> None:
    given = "жаңбырлы күз кеші 17"
    directory.change_password(directory.id_of(LOGIN) or 0, given, actor="console", config=house.config["KOMEK"])
    new = Surfer(house).sign_in(LOGIN, given)
    for path in ("/", "/inbox", "/account", "/cases/1"):
        assert new.get(path).request.path == "/account/first-password", path
    assert new.get("/inbox", Accept="application/json").status_code == 403
    new.get("/inbox")
    wrong = new.submit("/account/password", {"old_password": given, "new_password": given, "new_password_again": given})
    assert wrong.status_code == 400 and new.tree.xpath("//*[@id='error-new_password']"), "it is no choice of theirs"
    new.submit("/account/password", {"old_password": given, "new_password": NEW, "new_password_again": NEW})
    assert new.page.request.path == "/inbox" and "Құпиясөзіңіз өзгертілді." in new.page.text  # type: ignore[union-attr]
    assert new.get("/account/first-password").request.path == "/account"
    assert Surfer(house).sign_in(LOGIN, NEW).get("/account").request.path == "/account"


def test_the_first_administrator_and_the_demos_people_chose_theirs(house: Flask) -> None:
    assert all(each.own_password for each in directory.everybody())
    who = directory.add_staff(
        "new.one", "Жаңа Адам", "жаңбырлы күз кеші 17", actor="console", config=house.config["KOMEK"]
    )
    found = directory.person(who)
    assert found is not None and not found.own_password
