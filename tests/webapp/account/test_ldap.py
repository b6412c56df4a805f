"""Signing in by the organisation's directory: asked of OpenLDAP's own server."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import directory
from services.config import Config
from services.directory.demo import DEMO_PASSWORD
from tests.webapp.account.ldap_server import NAME, PASSWORD, Directory, directory_at_work
from webapp import create_app


@pytest.fixture(scope="module")
def there() -> Iterator[Directory]:
    with directory_at_work() as found:
        yield found


def config_of(house: Flask, there: Directory, **more: Any) -> Config:
    return replace(house.config["KOMEK"], **there.settings(**more))


def signs_in(config: Config, password: str, login: str = NAME) -> bool:
    try:
        return directory.sign_in(login, password, "192.0.2.1", config).login == login
    except directory.WrongPassword:
        return False


def test_the_directorys_password_signs_in_and_so_does_the_one_kept_here_unless_the_settings_say_no(
    house: Flask, there: Directory
) -> None:
    config = config_of(house, there, sign_in_attempts=50)
    assert signs_in(config, PASSWORD) and signs_in(config, DEMO_PASSWORD) and not signs_in(config, "another one 17")
    directory.check_password(NAME, PASSWORD, config)  # as somebody is asked again who signs a paper
    alone = replace(config, ldap_passwords=False)
    assert signs_in(alone, PASSWORD) and not signs_in(alone, DEMO_PASSWORD)
    assert signs_in(house.config["KOMEK"], DEMO_PASSWORD)  # nothing that is kept here was changed by it


@pytest.mark.parametrize(
    ("login", "password"),
    [
        (NAME, ""), (NAME, "\0"), (NAME, PASSWORD + "\0"),  # an empty password is a visit without a name
        ("nobody.here", PASSWORD),  # the directory knows them, and nobody here does
        (f"{NAME},ou=people", PASSWORD), ("*", PASSWORD), ("", PASSWORD), (f"{NAME}\0", PASSWORD),
        ("head.taldykorgan", PASSWORD),
    ],
)  # fmt: skip
def test_nobody_else_comes_in_by_it(house: Flask, there: Directory, login: str, password: str) -> None:
    assert not signs_in(config_of(house, there), password, login)


def test_guesses_at_it_are_counted_as_all_others(house: Flask, there: Directory) -> None:
    config = config_of(house, there, sign_in_attempts=2)
    assert [signs_in(config, "another one 17") for _ in range(2)] == [False, False]
    with pytest.raises(directory.TooManyAttempts):
        directory.sign_in(NAME, PASSWORD, "192.0.2.1", config)


def test_a_directory_that_is_away_or_shows_another_certificate_is_told_and_counts_as_no_guess(
    house: Flask, there: Directory
) -> None:
    for wrong in ({"ldap_url": "ldaps://127.0.0.1:9"}, {"ldap_ca": ""}, {"ldap_url": there.plain + "?starttls",
                                                                           "ldap_ca": ""}):  # fmt: skip
        config = config_of(house, there, sign_in_attempts=1, **wrong)
        for _ in range(2):
            with pytest.raises(directory.DirectoryAway):
                directory.sign_in(NAME, PASSWORD, "192.0.2.1", config)
        assert signs_in(config, DEMO_PASSWORD)  # the way back
    assert signs_in(config_of(house, there, ldap_url=there.plain + "?starttls"), PASSWORD)


def test_where_the_directory_alone_counts_nobody_is_offered_another_password_here(
    house: Flask, there: Directory
) -> None:
    app = create_app(config_of(house, there, ldap_passwords=False))
    clerk = Surfer(app).sign_in(NAME, PASSWORD)
    assert "ұйымның каталогында" in clerk.get("/account").text and not clerk.tree.xpath("//*[@id='new_password']")
    stranger = Surfer(app)
    assert "Құпиясөз" in stranger.get("/sign-in").text and not stranger.tree.xpath("//a[@href='/slip']")
    with pytest.raises(directory.PasswordElsewhere):
        directory.use_slip(NAME, "x", "Another one, quite long 3", "192.0.2.1", app.config["KOMEK"])
    person = directory.sign_in(NAME, PASSWORD, "192.0.2.1", app.config["KOMEK"])
    with pytest.raises(directory.PasswordElsewhere):
        directory.change_password(
            person.id, "Another one 3 long", actor=person, config=app.config["KOMEK"], old=PASSWORD
        )


@pytest.mark.parametrize(
    ("url", "name", "said"),
    [
        ("ldap://ldap.example.kz", "uid={login}", "ldaps://"), ("https://ldap.example.kz", "uid={login}", "look like"),
        ("ldaps://", "uid={login}", "look like"), ("ldaps://ldap.example.kz", "uid=clerk", "{login}"),
        ("ldaps://ldap.example.kz", "", "{login}"),
    ],
)  # fmt: skip
def test_settings_that_send_passwords_openly_or_name_nobody_stop_it_at_the_start(
    url: str, name: str, said: str
) -> None:
    with pytest.raises(directory.LdapSettings, match=said):
        directory.check_elsewhere(Config(ldap_url=url, ldap_name=name))
