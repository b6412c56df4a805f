"""Signing in, and what keeps guessers out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from flask import Flask
from sqlalchemy import text

from services import clock, directory, journal
from services.config import Config
from services.db import db, transaction
from services.directory import Person, TooManyAttempts, WrongPassword
from services.directory.demo import DEMO_PASSWORD as PASSWORD
from services.directory.sign_in import network
from tests.counting import counted

Hire = Callable[..., Person]
AT = datetime(2013, 3, 4, 4, 0, tzinfo=UTC)


@pytest.fixture
def clerk(hire: Hire) -> Person:
    return hire("clerk.talgar", TALGAR="clerk")


@pytest.fixture
def fail(config: Config) -> Callable[..., None]:
    """Try with a wrong password."""

    def fail(login: str = "clerk.talgar", address: str = "10.0.0.1", times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(WrongPassword):
                directory.sign_in(login, "not the password", address, config)

    return fail


def test_the_right_password_lets_in_with_all_roles(clerk: Person, config: Config):
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk
    assert directory.sign_in("  CLERK.Talgar ", PASSWORD, "10.0.0.1", config) == clerk
    line = journal.read("staff")[0]
    assert (line.event, line.actor, line.details) == ("staff.signed_in", f"staff:{clerk.id}", {"staff": clerk.id})


def test_a_password_is_the_same_from_every_keyboard(hire: Hire, config: Config):
    person = hire("clerk.talgar")
    directory.change_password(person.id, "Семёнов және й", actor="console", config=config)
    assert directory.sign_in("clerk.talgar", "Семе\u0308нов және и\u0306", "10.0.0.1", config).id == person.id


@pytest.mark.parametrize(
    ("login", "password"),
    [("clerk.talgar", ""), ("clerk.talgar", PASSWORD + " "), ("clerk.talgar", PASSWORD.upper()),
     ("nobody", PASSWORD), ("", ""),
     ("clerk.talgar\0", PASSWORD), ("\ud800", "\ud800"), ("clerk.talgar", "x" * 1_000_000), ("x" * 100_000, PASSWORD),
     ("сlerk.talgar", PASSWORD), ("' OR 1=1 --", PASSWORD)],
)  # fmt: skip
def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(
    clerk: Person, config: Config, login: str, password: str
):
    with pytest.raises(WrongPassword) as caught:
        directory.sign_in(login, password, "10.0.0.1", config)
    assert str(caught.value) == "The name or the password is not right."
    assert caught.value.details == {}


def test_who_is_no_longer_active_is_not_let_in(clerk: Person, config: Config, fail: Callable[..., None]):
    directory.set_active(clerk.id, False, actor="console")
    with pytest.raises(WrongPassword):
        directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config)
    assert directory.person(clerk.id) is None


def test_an_unknown_name_costs_as_many_hashes_of_the_same_cost_and_statements_as_a_wrong_password(
    hire: Hire, monkeypatch: pytest.MonkeyPatch
):
    config = Config(sign_in_attempts=100)
    staff_id = directory.add_staff("slow.one", "Үлгібаев Мысал", PASSWORD, actor="console", config=config)
    assert directory.person(staff_id)
    hashed: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, kept, given: (hashed.append(kept), verify(self, kept, given))[1]
    )

    def costs(login: str) -> tuple[list[Parameters], int]:
        hashed.clear()
        with counted(db.engine) as count, pytest.raises(WrongPassword):
            directory.sign_in(login, "not the password", "10.0.0.1", config)
        return [extract_parameters(each) for each in hashed], len(count.statements)

    costs("warm.up")
    known, unknown = costs("slow.one"), costs("no.such.one")
    assert known == unknown and len(known[0]) == 1
    assert known[0][0].memory_cost > 10_000, "the real costs, not those of tests"


# ---------------------------------------------------------------- the throttle


def test_a_name_waits_where_it_failed_even_with_the_right_password_and_twice_as_long_each_time(
    clerk: Person, config: Config, fail: Callable[..., None]
):
    at = AT
    with clock.stopped(at):
        fail(times=3)
    for wait_s in (10, 20, 40, 80):
        with clock.stopped(at + timedelta(seconds=1)), pytest.raises(TooManyAttempts) as caught:
            directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config)
        assert caught.value.details == {"wait_s": wait_s - 1}
        at += timedelta(seconds=wait_s)
        with clock.stopped(at):
            fail()
    assert str(caught.value) == "Too many sign-ins failed. Please try again in 79 seconds."
    with clock.stopped(at):
        assert directory.sign_in("clerk.talgar", PASSWORD, "10.9.9.9", config).id == clerk.id, (
            "elsewhere it did not fail"
        )
    with clock.stopped(at + timedelta(seconds=300)):
        assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config).id == clerk.id, (
            "no longer than the window"
        )


def test_a_name_that_fails_ten_times_as_often_waits_wherever_nobody_knows_them(
    clerk: Person, config: Config, fail: Callable[..., None]
):
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk
    for number in range(10):
        fail(address=f"10.66.0.{number}", times=3)
    with pytest.raises(TooManyAttempts):
        directory.sign_in("clerk.talgar", PASSWORD, "10.99.0.1", config)
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.99.0.1", config, device="b1") == clerk, "a browser of theirs"
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk, "a network of theirs"
    with clock.stopped(clock.now() + timedelta(days=91)):
        for number in range(10):
            fail(address=f"10.66.0.{number}", times=3)
        with pytest.raises(TooManyAttempts):
            directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config)


def test_guesses_in_a_known_browser_wait_like_others_and_hold_up_nobody_else(
    clerk: Person, config: Config, fail: Callable[..., None]
):
    for _ in range(3):
        with pytest.raises(WrongPassword):
            directory.sign_in("clerk.talgar", "a guess", "10.0.0.1", config, device="b1")
    with pytest.raises(TooManyAttempts):
        directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config, device="b1")
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk
    fail(times=3)
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config, device="b2") == clerk


def test_an_administrator_and_the_console_unlock(
    admin: Person, clerk: Person, config: Config, fail: Callable[..., None]
):
    fail(times=3)
    assert directory.failures_of("Clerk.Talgar", config) == 3
    with pytest.raises(directory.NotAdministrator):
        directory.unlock(clerk.id, actor=clerk)
    for actor in (admin, "console"):
        directory.unlock(clerk.id, actor=actor)
        line = journal.read("staff")[0]
        assert (line.event, line.details) == ("staff.unlocked", {"staff": clerk.id})
        assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk
    with pytest.raises(directory.NoSuchStaff):
        directory.unlock(2**70, actor=admin)


def test_an_unknown_name_waits_just_so(config: Config, fail: Callable[..., None]):
    fail("nobody", times=3)
    with pytest.raises(TooManyAttempts):
        directory.sign_in("NOBODY", PASSWORD, "10.0.0.1", config)


def test_an_office_behind_one_address_goes_on_when_a_few_names_failed_there(
    clerk: Person, config: Config, fail: Callable[..., None]
):
    for number in range(29):
        fail(f"name{number}")
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk
    fail("name29")
    with pytest.raises(TooManyAttempts):
        fail("name30")
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk, "who is known there goes on"
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.2", config) == clerk


def test_a_success_clears_the_own_failures_there_and_no_others(
    clerk: Person, config: Config, fail: Callable[..., None]
):
    fail("another")
    fail(times=2)
    fail(address="10.66.6.6", times=2)
    directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config)
    kept = db.session.execute(text("SELECT place, count(*) FROM sign_in_failure GROUP BY place")).all()
    assert sorted(map(tuple, kept)) == [("10.0.0.1", 1), ("10.66.6.6", 2)]


def test_failures_are_forgotten_after_the_window(config: Config, fail: Callable[..., None]):
    with clock.stopped(AT):
        fail("one", times=2)
    with clock.stopped(AT + timedelta(seconds=301)):
        fail("two", "10.0.0.7")
    assert db.session.scalar(text("SELECT count(*) FROM sign_in_failure")) == 1


def test_what_was_typed_is_kept_nowhere(config: Config, fail: Callable[..., None]):
    fail("my secret typed as a name")
    line = journal.read("staff")[0]
    assert (line.event, line.actor, line.details) == ("staff.sign_in_failed", "nobody", {})
    assert "secret" not in str(db.session.execute(text("SELECT * FROM sign_in_failure")).all())


def test_a_failure_of_a_known_person_names_their_id(clerk: Person, fail: Callable[..., None]):
    fail()
    assert journal.read("staff")[0].details == {"staff": clerk.id}


def test_attempts_at_the_same_moment_are_all_counted(app: Flask, clerk: Person, config: Config):
    together, outcomes = Barrier(12, timeout=60), []

    def guess() -> None:
        with app.app_context():
            together.wait()
            try:
                directory.sign_in("clerk.talgar", "not the password", "10.0.0.1", config)
            except (WrongPassword, TooManyAttempts) as error:
                outcomes.append(error.code)

    threads = [Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["TooManyAttempts"] * 9 + ["WrongPassword"] * 3


def test_an_office_behind_one_address_may_sign_in_all_at_once(app: Flask, hire: Hire, config: Config):
    for number in range(8):
        hire(f"clerk{number}")
    together, seen = Barrier(8, timeout=60), []

    def come(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                seen.append(directory.sign_in(f"clerk{number}", PASSWORD, "10.0.0.1", config).login)
            except directory.TooManyAttempts as error:
                seen.append(error.code)

    threads = [Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [f"clerk{number}" for number in range(8)]
    assert journal.verify() == []


def test_twelve_right_passwords_at_the_same_moment_are_all_right(app: Flask, clerk: Person, config: Config):
    together, outcomes = Barrier(12, timeout=60), []

    def come() -> None:
        with app.app_context():
            together.wait()
            try:
                outcomes.append(directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config).login)
            except TooManyAttempts as error:
                outcomes.append(error.code)

    threads = [Thread(target=come) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["clerk.talgar"] * 12


def test_a_sign_in_inside_a_transaction_is_refused(config: Config):
    with pytest.raises(RuntimeError, match="commits by itself"), transaction():
        directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config)


def test_one_holder_of_many_addresses_counts_as_one():
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") != network("2001:db8:1:3::1")
    assert network("::ffff:10.0.0.1") == network(" 10.0.0.1") == "10.0.0.1"
    assert network("unix:\n" + "x" * 100) == "unix:" + "x" * 59


# ---------------------------------------------------------------- passwords


def test_another_password_ends_every_session(clerk: Person, config: Config):
    directory.change_password(clerk.id, "another secret", actor=clerk, config=config, old=PASSWORD)
    assert directory.person(clerk.id).session_version == clerk.session_version + 1
    assert directory.sign_in("clerk.talgar", "another secret", "10.0.0.1", config).id == clerk.id
    with pytest.raises(WrongPassword):
        directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config)


def test_ones_own_password_needs_the_old_one_and_guesses_are_counted(clerk: Person, config: Config):
    for _ in range(3):
        with pytest.raises(WrongPassword):
            directory.change_password(clerk.id, "another secret", actor=clerk, config=config, old="a wrong one")
    with pytest.raises(TooManyAttempts):
        directory.change_password(clerk.id, "another secret", actor=clerk, config=config, old=PASSWORD)
    assert directory.person(clerk.id).session_version == clerk.session_version


def test_an_administrator_needs_the_own_old_password_too(admin: Person, clerk: Person, config: Config):
    with pytest.raises(WrongPassword):
        directory.change_password(admin.id, "another secret", actor=admin, config=config)
    directory.change_password(clerk.id, "another secret", actor=admin, config=config)
    assert directory.sign_in("clerk.talgar", "another secret", "10.0.0.1", config).id == clerk.id


def test_a_weak_new_password_changes_nothing(clerk: Person, config: Config):
    with pytest.raises(directory.WeakPassword):
        directory.change_password(clerk.id, "short", actor=clerk, config=config, old=PASSWORD)
    assert directory.sign_in("clerk.talgar", PASSWORD, "10.0.0.1", config) == clerk


def test_a_hash_of_other_costs_is_renewed_at_the_next_sign_in(hire: Hire, config: Config):
    staff_id = directory.add_staff("old.hash", "Үлгібаев Мысал", PASSWORD, actor="console", config=Config())
    kept = text("SELECT password_hash FROM staff WHERE id = :id")
    before = db.session.scalar(kept, {"id": staff_id})
    directory.sign_in("old.hash", PASSWORD, "10.0.0.1", config)
    after = db.session.scalar(kept, {"id": staff_id})
    assert "m=65536" in before and "m=8," in after
    assert directory.sign_in("old.hash", PASSWORD, "10.0.0.1", config).session_version == 1
