"""Staff, their roles, and who may give them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from services import clock, directory, journal
from services.config import Config
from services.db import db, transaction
from services.directory import Person
from services.directory.demo import DEMO_PASSWORD as PASSWORD
from services.errors import InvalidAnswers
from tests.counting import counted

Hire = Callable[..., Person]


@pytest.fixture
def statements():
    """The SQL that was sent."""
    with counted(db.engine) as count:
        yield count.statements


# ---------------------------------------------------------------- people


def test_a_person_is_read_in_one_statement(hire: Hire, statements: list[str]):
    clerk = hire("clerk.talgar", TALGAR="clerk", PANFILOV="executor")
    statements.clear()
    assert directory.person(clerk.id) == clerk
    assert len(statements) == 1


def test_a_person_has_other_roles_at_other_offices(hire: Hire):
    person = hire("clerk.talgar", TALGAR="clerk", PANFILOV="executor")
    directory.appoint(person.id, "TALGAR", "head", actor="console")
    person = directory.person(person.id)
    assert person.roles_at("TALGAR") == {"clerk", "head"}
    assert person.roles_at("PANFILOV") == {"executor"}
    assert person.roles_at("AKSU") == frozenset()
    assert list(person.offices()) == ["PANFILOV", "TALGAR"]
    assert person.may("head", "TALGAR") and not person.may("head", "PANFILOV")
    assert person.appointments[0].office_kind == "body"


def test_offices_are_named_in_the_persons_language(hire: Hire):
    person = hire("clerk.talgar", TALGAR="clerk")
    assert person.appointments[0].office_short == "Талғар ауданы"
    directory.choose_language("ru", actor=person)
    assert directory.person(person.id).appointments[0].office_short == "Талгарский район"
    with pytest.raises(directory.UnknownLanguage):
        directory.choose_language("de", actor=person)


@pytest.mark.parametrize("staff_id", [0, -1, 999, 2**63, 10**30])
def test_an_unknown_person_is_nobody(staff_id: int):
    assert directory.person(staff_id) is None


def test_staff_of_an_office_come_in_order_and_in_one_statement(hire: Hire, statements: list[str]):
    hire("one", "Үлгібаев Мысал", TALGAR="executor")
    hire("two", "Дерекбаев Мысал", TALGAR="executor", AKSU="clerk")
    hire("three", "Нұсқабаев Мысал", AKSU="executor")
    gone = hire("four", "Сынақов Мысал", TALGAR="executor")
    directory.set_active(gone.id, False, actor="console")
    statements.clear()
    found = directory.staff_at("TALGAR", "executor")
    assert [person.login for person in found] == ["two", "one"]
    assert found[0].roles_at("AKSU") == {"clerk"}
    assert len(statements) == 1
    assert directory.staff_at("TALGAR", "nobody") == directory.staff_at("NOWHERE", "clerk") == []


def test_names_are_told_of_former_staff_too(hire: Hire):
    person = hire("clerk.talgar")
    directory.set_active(person.id, False, actor="console")
    assert directory.names([person.id, 999]) == {person.id: "Үлгібаев Мысал Сынақұлы"}
    assert directory.names([]) == {}


def test_people_are_found_by_the_beginning_of_name_or_login(hire: Hire):
    for number, surname in enumerate(("Үлгібаев", "Дерекбаев", "Әлібеков", "Дереков")):
        hire(f"login{number}", f"{surname} Мысал")
    assert [person.login for person in directory.find_people("дерек", actor="console")] == ["login1", "login3"]
    assert [person.login for person in directory.find_people("LOGIN2", actor="console")] == ["login2"]
    first = directory.find_people(limit=3, actor="console")
    assert [person.login for person in first] == ["login2", "login1", "login3"]
    from services.kazakh import sort_key

    after = (sort_key(first[-1].full_name), first[-1].id)
    assert [person.login for person in directory.find_people(after=after, actor="console")] == ["login0"]
    for nothing in ("%", "\0", "()"):
        assert directory.find_people(nothing, actor="console") == []


# ---------------------------------------------------------------- adding


def test_a_login_is_kept_in_small_letters_and_given_once(hire: Hire, config: Config):
    assert hire("Clerk.Talgar").login == "clerk.talgar"
    with pytest.raises(directory.LoginTaken):
        hire("CLERK.talgar")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"login": "a"}, "login"), ({"login": "кеңсе"}, "login"), ({"login": "a b c"}, "login"),
     ({"login": "x" * 65}, "login"),
     ({"login": "a\nbc"}, "login"), ({"full_name": "  "}, "full_name"), ({"full_name": "а" * 201}, "full_name"),
     ({"full_name": "\0"}, "full_name"), ({"full_name": "…"}, "full_name"), ({"phone": "123"}, "phone"),
     ({"language": "de"}, "language")],
)  # fmt: skip
def test_what_is_wrong_is_told_field_by_field(config: Config, given: dict[str, str], field: str):
    values = {"login": "clerk", "full_name": "Үлгібаев Мысал", "phone": "", "language": "kk"} | given
    with pytest.raises(InvalidAnswers) as caught:
        directory.add_staff(password=PASSWORD, actor="console", config=config, **values)
    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize(
    ("fault", "password"),
    [("ShortPassword", ""), ("ShortPassword", "123456789"), ("LongPassword", "x" * 201),
     ("PasswordIsName", "clerk.talgar"), ("PasswordIsName", "CLERK.Talgar"), ("PasswordIsName", "Үлгібаев2026"),
     ("PasswordIsName", "мысалмысал"), ("PasswordIsName", "talgar2013!"), ("LeakedPassword", "1234567890"),
     ("LeakedPassword", " " * 10), ("LeakedPassword", "password123"), ("LeakedPassword", "P@ssw0rd123"),
     ("LeakedPassword", "qwertyuiop"), ("LeakedPassword", "йцукенгшщз"), ("LeakedPassword", "парольпароль"),
     ("LeakedPassword", "abcabcabcabc"), ("LeakedPassword", "31.12.1990"), ("LeakedPassword", "а" * 200)],
)  # fmt: skip
def test_a_weak_password_is_refused_and_what_is_weak_about_it_is_said(config: Config, fault: str, password: str):
    with pytest.raises(directory.WeakPassword) as caught:
        directory.add_staff("clerk.talgar", "Үлгібаев Мысал", password, actor="console", config=config)
    assert caught.value.code == fault


@pytest.mark.parametrize(
    "password", ["қыс шам терезе", "winter-lamp-47", "Тек-осы-жер-7", "87ж4Ғ*qz0-1", "Үлгі бойынша төрт сөз"]
)
def test_words_that_nobody_expects_are_a_password_in_any_script(config: Config, password: str):
    staff_id = directory.add_staff("clerk.talgar", "Үлгібаев Мысал", password, actor="console", config=config)
    assert directory.sign_in("clerk.talgar", password, "10.0.0.1", config).id == staff_id


def test_a_person_with_a_role_is_added_whole_or_not_at_all(hire: Hire):
    with pytest.raises(directory.WrongRole), transaction():
        hire("chief", TALGAR="admin")
    assert directory.find_people("chief", actor="console") == [] == journal.read("staff")
    with transaction():
        hire("chief", OBLAST="admin")
    assert directory.find_people("chief", actor="console")[0].may("admin", "OBLAST")


# ---------------------------------------------------------------- roles


@pytest.mark.parametrize(
    ("office_key", "role", "why"),
    [("TALGAR", "psc_inspector", directory.WrongRole), ("TALGAR", "king", directory.WrongRole),
     ("OBLAST", "clerk", directory.WrongRole),
     ("PSC_NURA", "head", directory.WrongRole), ("NOWHERE", "clerk", directory.NoSuchOffice)],
)  # fmt: skip
def test_a_role_stands_only_at_offices_of_its_kind(hire: Hire, office_key: str, role: str, why: type[Exception]):
    person = hire("somebody")
    with pytest.raises(why):
        directory.appoint(person.id, office_key, role, actor="console")
    assert directory.person(person.id).appointments == ()


def test_a_courier_may_be_at_any_office(hire: Hire):
    assert hire("courier", PSC_NURA="courier", TALGAR="courier").roles() == {"courier"}


def test_an_appointment_holds_from_its_day_until_the_day_it_ends(hire: Hire):
    person = hire("clerk.talgar")
    days = {"from_on": date(2013, 3, 4), "until_on": date(2013, 3, 6)}
    directory.appoint(person.id, "TALGAR", "clerk", actor="console", **days)
    held = {}
    for day in (3, 4, 5, 6):
        with clock.stopped(datetime(2013, 3, day, 6, tzinfo=UTC)):
            held[day] = directory.person(person.id).may("clerk", "TALGAR")
    assert held == {3: False, 4: True, 5: True, 6: False}


def test_a_day_begins_at_midnight_in_the_region(hire: Hire):
    person = hire("clerk.talgar")
    directory.appoint(person.id, "TALGAR", "clerk", actor="console", from_on=date(2013, 3, 4))
    with clock.stopped(datetime(2013, 3, 3, 17, 59, tzinfo=UTC)):
        assert not directory.person(person.id).may("clerk", "TALGAR")
    with clock.stopped(datetime(2013, 3, 3, 18, 0, tzinfo=UTC)):
        assert directory.person(person.id).may("clerk", "TALGAR")


def test_the_same_role_is_not_given_twice_in_the_same_days(hire: Hire):
    person = hire("clerk.talgar", TALGAR="clerk")
    with pytest.raises(directory.AlreadyAppointed):
        directory.appoint(person.id, "TALGAR", "clerk", actor="console")
    with pytest.raises(directory.AlreadyAppointed):
        directory.appoint(person.id, "TALGAR", "clerk", actor="console", from_on=date(2099, 1, 1))
    before = {"from_on": date(2001, 1, 1), "until_on": date(2002, 1, 1)}
    directory.appoint(person.id, "TALGAR", "clerk", actor="console", **before)
    with pytest.raises(directory.EndsBeforeItBegins):
        directory.appoint(
            person.id, "AKSU", "clerk", actor="console", from_on=date(2013, 1, 2), until_on=date(2013, 1, 2)
        )


def test_an_ended_appointment_holds_no_longer_and_can_be_given_again(hire: Hire):
    person = hire("clerk.talgar", TALGAR="clerk")
    (appointment,) = directory.appointments_of(person.id, actor="console")
    directory.end_appointment(appointment.id, actor="console")
    assert directory.person(person.id).appointments == ()
    with pytest.raises(directory.AppointmentOver):
        directory.end_appointment(appointment.id, actor="console")
    directory.appoint(person.id, "TALGAR", "clerk", actor="console")
    assert directory.person(person.id).may("clerk", "TALGAR")
    with pytest.raises(directory.NoSuchAppointment):
        directory.end_appointment(10**30, actor="console")


# ---------------------------------------------------------------- who may


def test_only_an_administrator_changes_the_staff(hire: Hire, admin: Person, config: Config):
    clerk = hire("clerk.talgar", TALGAR="clerk", AKSU="head")
    (first, _) = directory.appointments_of(clerk.id, actor="console")
    attempts: list[Callable[[Person], object]] = [
        lambda actor: directory.appoint(clerk.id, "TALGAR", "head", actor=actor),
        lambda actor: directory.end_appointment(first.id, actor=actor),
        lambda actor: directory.set_active(admin.id, False, actor=actor),
        lambda actor: directory.change_password(admin.id, "another secret", actor=actor, config=config),
        lambda actor: directory.find_people(actor=actor),
        lambda actor: directory.appointments_of(clerk.id, actor=actor),
        lambda actor: directory.add_staff("new.one", "Жаңа Адам", PASSWORD, actor=actor, config=config),
    ]
    before = len(journal.read("staff"))
    for attempt in attempts:
        with pytest.raises(directory.NotAdministrator):
            attempt(clerk)
    assert len(journal.read("staff")) == before
    for attempt in (*attempts[:2], *attempts[4:]):
        attempt(admin)
    assert [line.actor for line in journal.read("staff", limit=3)] == [f"staff:{admin.id}"] * 3


def test_who_is_no_longer_administrator_may_nothing_even_with_an_old_page(hire: Hire, admin: Person, config: Config):
    hire("second", OBLAST="admin")
    directory.set_active(admin.id, False, actor="console")
    with pytest.raises(directory.NotAdministrator):
        directory.appoint(admin.id, "OBLAST", "designer", actor=admin)


def test_a_forged_actor_is_refused(admin: Person, config: Config):
    for forged in ("root", None, 1, admin.id):
        with pytest.raises(directory.NotAdministrator):
            directory.set_active(admin.id, False, actor=forged)
        day = directory.today()
        with pytest.raises(directory.NotYourStaff):
            directory.enter_absence(
                admin.id, from_on=day, until_on=day + timedelta(days=1), order_number="1", order_on=day, actor=forged
            )


def test_the_last_administrator_stays(hire: Hire, admin: Person):
    (appointment,) = directory.appointments_of(admin.id, actor="console")
    with pytest.raises(directory.LastAdministrator):
        directory.end_appointment(appointment.id, actor=admin)
    with pytest.raises(directory.LastAdministrator):
        directory.set_active(admin.id, False, actor="console")
    hire("second", OBLAST="admin")
    directory.end_appointment(appointment.id, actor=admin)


def test_two_administrators_cannot_dismiss_each_other_at_once(app: Flask, hire: Hire, admin: Person):
    second = hire("second", OBLAST="admin")
    together, outcomes = Barrier(2, timeout=60), []

    def dismiss(other: Person) -> None:
        with app.app_context():
            together.wait()
            try:
                directory.set_active(other.id, False, actor="console")
                outcomes.append("done")
            except directory.LastAdministrator:
                outcomes.append("refused")

    threads = [Thread(target=dismiss, args=(other,)) for other in (admin, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]


# ---------------------------------------------------------------- the journal


def test_every_change_is_a_line_with_ids_and_no_personal_values(hire: Hire, admin: Person, config: Config):
    person = hire("clerk.talgar", TALGAR="clerk")
    directory.choose_language("ru", actor=person)
    directory.change_password(person.id, "another secret", actor=admin, config=config)
    directory.end_appointment(directory.appointments_of(person.id, actor="console")[0].id, actor=admin)
    directory.set_active(person.id, False, actor=admin)
    lines = journal.read("staff", limit=6)
    assert [line.event for line in reversed(lines)] == [
        "staff.added", "staff.appointed", "staff.language_chosen", "staff.password_changed",
        "staff.appointment_ended", "staff.deactivated",
    ]  # fmt: skip
    assert all(line.details["staff"] == person.id for line in lines)
    told = str(lines)
    assert "Үлгібаев" not in told and "clerk.talgar" not in told and PASSWORD not in told
    assert journal.verify() == []


def test_what_failed_leaves_no_line(hire: Hire):
    hire("clerk.talgar")
    before = len(journal.read("staff"))
    with pytest.raises(directory.LoginTaken):
        hire("clerk.talgar")
    assert len(journal.read("staff")) == before
