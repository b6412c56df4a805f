"""The demo staff."""

from datetime import UTC, datetime

from services import clock, directory, journal
from services.config import Config
from services.db import db
from services.directory.demo import DEMO_PASSWORD, demo_people, seed_demo_staff
from services.registry import Registry
from tests.counting import counted


def test_every_role_of_the_region_is_played(rules: Registry, config: Config):
    played = {role for person in demo_people(rules) for _, role in person.roles}
    assert played == set(rules.by_key("roles"))


def test_demo_people_are_made_once(rules: Registry, config: Config):
    assert seed_demo_staff(rules, config) == len(demo_people(rules)) > 40
    lines = len(journal.read("staff", limit=1000))
    assert seed_demo_staff(rules, config) == 0
    assert len(journal.read("staff", limit=1000)) == lines
    assert journal.verify() == []


def test_every_demo_person_has_the_roles_the_sign_in_page_tells(rules: Registry, config: Config):
    seed_demo_staff(rules, config)
    people = {person.login: person for person in directory.find_people(actor="console", limit=1000)}
    for told in demo_people(rules):
        held = {(each.office_key, each.role) for each in people[told.login].appointments}
        assert held == set(told.roles)
        assert people[told.login].full_name == told.full_name


def test_demo_people_sign_in_with_the_one_password(rules: Registry, config: Config):
    seed_demo_staff(rules, config)
    for login in ("clerk.taldykorgan", "inspector.shelek", "admin"):
        assert directory.sign_in(login, DEMO_PASSWORD, "127.0.0.1", config).login == login


def test_every_office_of_the_region_has_everybody_a_worked_case_needs_in_2013(rules: Registry, config: Config):
    seed_demo_staff(rules, config)
    wanted = {
        "body": {"clerk": 2, "executor": 2, "head": 2},  # a complaint is considered by another head
        "psc": {"psc_inspector": 2, "psc_accum": 1, "psc_head": 1, "courier": 1},
    }
    with clock.stopped(datetime(2013, 3, 4, 4, tzinfo=UTC)):
        for kind, number in (("body", 19), ("psc", 33)):
            offices = directory.offices(kind)
            assert len(offices) == number
            for office in offices:
                found = {role: len(directory.staff_at(office.key, role)) for role in wanted[kind]}
                assert all(found[role] >= least for role, least in wanted[kind].items()), (office.key, found)


def test_everybody_of_the_demo_is_added_in_a_handful_of_statements(rules: Registry, config: Config):
    with counted(db.engine) as count:
        added = seed_demo_staff(rules, config)
    assert added > 200 and len(count.statements) <= 10


def test_somebody_works_at_two_offices(rules: Registry, config: Config):
    seed_demo_staff(rules, config)
    both = directory.sign_in("executor.both", DEMO_PASSWORD, "127.0.0.1", config)
    assert len(both.offices()) == 2 and both.roles() == {"executor"}


def test_names_and_phones_are_all_different(rules: Registry, config: Config):
    seed_demo_staff(rules, config)
    people = directory.find_people(actor="console", limit=1000)
    assert len({person.full_name for person in people}) == len({person.phone for person in people}) == len(people)
    assert all(len(person.phone) == 12 for person in people)


def test_the_demo_settings_do_not_weaken_the_password_policy():
    assert len(DEMO_PASSWORD) >= 10
    assert Config().demo is False
