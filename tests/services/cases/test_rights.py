"""A page's lists, written in SQL, and a verb's check, written in Python, say the same of everybody and everything."""

from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import insert, or_, select

from services import cases, registry
from services.cases.models import Case, Instance, Task
from services.cases.programs import records
from services.cases.reading import Work
from services.cases.rights import check_may_work, lists_of, looks_at_cases, may_reach, seen_by, sees
from services.db import db
from services.directory import Appointed, Person
from services.errors import Conflict, Forbidden
from tests.examples import SOAK
from tests.services.cases.small_cases import begin, people

OFFICES = ("TALDYKORGAN", "PSC_AKSU", "ESKELDI")
STAFF = (101, 102, 103, 104)
CASES, TASKS = 40, 300
#: people tried for each of the staff
MANY = 8 if SOAK else 3


def somebody(chance: Random, staff_id: int) -> Person:
    """One with roles of their own and of others', at none, one or several offices."""
    roles = sorted(registry.current().by_key("roles"))
    held = tuple(
        Appointed(chance.choice(OFFICES), "", "body", chance.choice(roles), for_id=chance.choice((None, None, *STAFF)),
                  for_name="?", order="1")
        for _ in range(chance.randrange(5))
    )  # fmt: skip
    return Person(
        staff_id, f"staff{staff_id}", "?", "", "kk", 0, tuple(each for each in held if each.for_id != staff_id)
    )


def copied(row: Any, **changes: object) -> dict[str, object]:
    own = {column.key: getattr(row, column.key) for column in row.__mapper__.columns if column.key not in ("id", "seq")}
    return {**own, **changes}


def populate(chance: Random) -> None:
    """Cases of every kind at three offices, and open tasks of every role, holder, recorder and candidate."""
    case_id = begin(people("A"), "start>A A>end")
    case, instance = db.session.get_one(Case, case_id), db.session.scalars(select(Instance)).one()
    task, ids = db.session.scalars(select(Task)).one(), []
    roles = sorted(registry.current().by_key("roles"))
    for at in range(CASES):
        plays = chance.choice((None, None, OFFICES[-1]))
        home = {
            "office_key": chance.choice(OFFICES),
            "body_key": chance.choice(OFFICES),
            "plays": plays,
            "found_by": "",
        }
        ids.append(db.session.scalar(insert(Case).values(copied(case, **home, open_key=f"n{at}")).returning(Case.id)))
        db.session.execute(insert(Instance).values(copied(instance, case_id=ids[-1], number=None)))
    pools = dict(db.session.execute(select(Instance.case_id, Instance.id)).all())
    for at in range(TASKS):
        of = chance.choice(ids)
        whose = {
            "role": chance.choice(("", *roles)),
            "recorder": chance.choice((None, None, *roles)),
            "assignee_id": chance.choice((None, None, *STAFF)),
            "candidates": chance.choice((None, None, chance.sample(STAFF, 2))),
            "not_by": chance.choice((None, None, chance.sample(STAFF, 2))),
            "office_key": chance.choice(OFFICES),
        }
        db.session.execute(
            insert(Task).values(copied(task, id=f"t{at}", case_id=of, instance_id=pools[of], stop_id=f"s{at}", **whose))
        )
    db.session.commit()


def may_work(task: Task, person: Person) -> bool:
    work = Work(
        task, db.session.get_one(Case, task.case_id), db.session.get_one(Instance, task.instance_id), None, None, {}
    )
    try:
        check_may_work(work, person)
    except (Forbidden, Conflict):
        return False
    return True


def test_what_stands_in_somebodys_lists_is_what_the_verbs_let_them_work_on(house: Flask) -> None:
    chance = Random(20261129)
    populate(chance)
    tasks = db.session.scalars(select(Task)).all()
    let, refused = 0, 0
    for person in (somebody(chance, staff_id) for staff_id in STAFF * MANY):
        allowed = {each.id for each in tasks if may_work(each, person)}
        let, refused = let + len(allowed), refused + len(tasks) - len(allowed)
        lists: dict[str, set[str]] = {"mine": set(), "role": set(), "record": set()}
        for office_key in person.offices():
            for list, found in lists.items():
                found |= {row.task_id for row in cases.inbox(person, office_key, list, limit=TASKS + 1).rows}
        assert set().union(*lists.values()) == allowed, person
        assert sum(map(len, lists.values())) == len(allowed), "each stands in one of them"
        told = records.tasks(records.RecordsAsked(), person, most=TASKS + 1)
        assert {each.task.id for each in told} == allowed, "and programs are told the same"
        for office_key in person.offices():
            waiting = select(Task.id).where(
                Task.office_key == office_key, or_(*lists_of(person, office_key)["waiting"])
            )
            hands = lists["mine"] | lists["role"]
            assert hands.isdisjoint(db.session.scalars(waiting)), "what stands with others is not theirs"
    assert let > 60 * MANY and refused > 600 * MANY, "the population has both"


def test_the_cases_that_a_list_shows_to_somebody_are_those_that_they_see(house: Flask) -> None:
    chance = Random(20261130)
    populate(chance)
    every, seen = db.session.scalars(select(Case)).all(), 0
    for person in (somebody(chance, staff_id) for staff_id in STAFF * MANY):
        theirs = {each.id for each in every if sees(each, person)}
        assert {each.case_id for each in records.instances(records.RecordsAsked(), person, most=CASES + 1)} == theirs, (
            person
        )
        seen += len(theirs)
    assert 0 < seen < CASES * len(STAFF) * MANY


def test_a_role_that_the_region_does_not_know_looks_at_no_case(house: Flask) -> None:
    """As an appointment is left behind by a role that was taken out of the region's table."""
    case_id = begin(people("A"), "start>A A>end")
    case = db.session.get_one(Case, case_id)
    held = Appointed(case.office_key, "", "body", "archivist")
    left = Person(101, "left", "?", "", "kk", 0, (held,))
    assert not looks_at_cases(left, case.office_key) and not sees(case, left) and not may_reach(case, left)
    assert db.session.scalars(select(Case.id).where(seen_by(left))).all() == []
    clerk = Person(102, "clerk", "?", "", "kk", 0, (Appointed(case.office_key, "", "body", "clerk"),))
    assert sees(case, clerk) == (not case.plays) and may_reach(case, clerk)
