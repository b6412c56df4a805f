"""The verbs by which a case and its papers go on, each ready to be done: by one person, and by a second."""

from collections.abc import Callable, Mapping
from datetime import date

from flask import Flask

from services import cases, clock, custody, desk, directory, processes, registry
from services.config import ROOT
from services.db import db
from tests.attacks import Ready, Verb
from tests.people.contesting import COMPLAINT
from tests.people.office import OFFICE, PSC, Office, Psc
from tests.people.walk import APPLICATION


def opened(house: Flask) -> Ready:
    one, two = directory.staff_at(OFFICE, "clerk")[:2]
    return Ready(
        lambda: cases.open_case("direct", OFFICE, one, key="form"),
        lambda: cases.open_case("direct", OFFICE, two, key="another form"),
    )


def step(steps: int, role: str, answers: Mapping[str, object]) -> Callable[[Flask], Ready]:
    """The next step of a case that has gone so far, which lies in its role's list."""

    def ready(house: Flask) -> Ready:
        office = Office(house)
        case_id = office.run(until=steps) if steps else office.open()
        task, people = office.task(case_id), directory.staff_at(OFFICE, role)[:2]
        db.session.rollback()
        said = {**answers}
        if said.get("verdict") == "sign":
            said["code"] = custody.code_of(case_id, "result")
        if not steps:
            cases.release_task(task, people[0])
        one, two = (complete(task, said, each) for each in (people[0], people[-1]))
        return Ready(one, two)

    return ready


def complete(task: str, answers: Mapping[str, object], person: directory.Person) -> Verb:
    return lambda: cases.complete_task(task, answers, cases.Click(person, f"form of {person.id}"))


def resolution(house: Flask) -> Ready:
    return step(1, "head", {"executor": str(directory.staff_at(OFFICE, "executor")[0].id), "text": "Қарау"})(house)


def handed_over(house: Flask) -> Ready:
    office = Office(house)
    role, answers = office.steps()[-1]
    return step(len(office.steps()) - 1, role, answers)(house)


def complained(house: Flask) -> Ready:
    """A closed case is taken up again."""
    office = Office(house)
    case_id = office.run()
    one, two = directory.staff_at(OFFICE, "clerk")[:2]
    (what,) = [each for each in cases.case_happenings(case_id, one) if each.takes_up or "complaint" in each.id.lower()]
    db.session.rollback()
    today = f"{clock.now():%d.%m.%Y}"
    said = {name: value for name, value in COMPLAINT.items() if name != "reason"} | {
        "known_on": today,
        "came_on": today,
    }

    def tells(person: directory.Person, key: str) -> Verb:
        return lambda: cases.happen(case_id, what.id, said, COMPLAINT["reason"], person=person, key=key)

    return Ready(tells(one, "form"), tells(two, "another form"))


def handed_on(house: Flask) -> Ready:
    office = Office(house)
    task = office.task(office.run(until=2))
    head, other = directory.staff_at(OFFICE, "head")[0], directory.staff_at(OFFICE, "executor")[1]
    db.session.rollback()
    verb = lambda: cases.reassign_task(task, other.id, head)  # noqa: E731
    return Ready(verb, verb)


def folders(house: Flask, count: int = 1) -> tuple[Psc, list[str]]:
    psc = Psc(house)
    codes = [psc.folder(psc.accept()) for _ in range(count)]
    db.session.rollback()
    return psc, codes


def scans(code: str, office: str, role: str) -> Ready:
    people = directory.staff_at(office, role)
    db.session.rollback()
    one, two = (lambda person=each: desk.scan(code, office, person) for each in (people[0], people[-1]))
    return Ready(one, two)


def listed(house: Flask) -> Ready:
    _, codes = folders(house)
    return scans(codes[0], PSC, "psc_accum")


def on_a_registry(house: Flask) -> tuple[Psc, str, int, directory.Person]:
    psc, (code,) = folders(house)
    person = directory.staff_at(PSC, "psc_accum")[0]
    made = desk.scan(code, PSC, person).consignment_id
    assert made is not None
    return psc, code, made, person


def closed(house: Flask) -> Ready:
    *_, made, person = on_a_registry(house)
    verb = lambda: desk.close_registry(made, person)  # noqa: E731
    return Ready(verb, verb)


def taken_off(house: Flask) -> Ready:
    _, code, _, person = on_a_registry(house)
    verb = lambda: desk.take_off_registry(code, PSC, person)  # noqa: E731
    return Ready(verb, verb)


def given_to_the_courier(house: Flask) -> Ready:
    *_, made, person = on_a_registry(house)
    desk.close_registry(made, person)
    db.session.rollback()
    verb = lambda: desk.hand_over(made, person)  # noqa: E731
    return Ready(verb, verb)


def arrived(house: Flask) -> Ready:
    psc, (code,) = folders(house)
    psc.send("psc_accum", code)
    return scans(code, OFFICE, "clerk")


def unpacked(house: Flask) -> Ready:
    """One of two is missing."""
    psc, codes = folders(house, 2)
    sent = psc.send("psc_accum", *codes)
    psc.scan("clerk", codes[0])
    one, two = directory.staff_at(OFFICE, "clerk")[:2]
    db.session.rollback()
    return Ready(lambda: desk.finish_receiving(sent, one), lambda: desk.finish_receiving(sent, two))


def taken_back(house: Flask) -> Ready:
    """A signature that was confirmed by mistake."""
    case_id = Office(house).run(until=6)
    code, head = custody.code_of(case_id, "result"), directory.staff_at(OFFICE, "head")[0]
    db.session.rollback()
    verb = lambda: cases.take_signature_back(code, "Қате", head)  # noqa: E731
    return Ready(verb, verb)


def confirmed(house: Flask) -> Ready:
    case_id = Office(house).run(until=6)
    code, head = custody.code_of(case_id, "result"), directory.staff_at(OFFICE, "head")[0]
    cases.take_signature_back(code, "Қате", head)
    db.session.rollback()
    verb = lambda: cases.confirm_signature(code, head)  # noqa: E731
    return Ready(verb, verb)


def deploy() -> processes.Deployed:
    """The direct route once more, its first task called otherwise."""
    content = (ROOT / "bpmn/direct.bpmn").read_bytes().replace(b'name="', 'name="Өзгерген '.encode(), 1)
    designer = directory.staff_at(control(), "designer")[0]
    return processes.deploy({"direct.bpmn": content}, registry.current(), name="test", person=designer)


def control() -> str:
    return str(registry.current().facts()["control_office"])


def deployed(house: Flask) -> Ready:
    return Ready(deploy, deploy)


def of_a_candidate(verb: Callable[[int, directory.Person], object]) -> Callable[[Flask], Ready]:
    def ready(house: Flask) -> Ready:
        made, admin = deploy().deployment.id, directory.staff_at(control(), "admin")[0]
        db.session.rollback()
        return Ready(lambda: verb(made, admin), lambda: verb(made, admin))

    return ready


def enact(made: int, admin: directory.Person) -> object:
    return processes.enact(made, admin, act_number="№ 17", act_on=date(2026, 11, 1))


def withdraw(made: int, admin: directory.Person) -> object:
    return processes.withdraw(made, admin, why="Керек емес")


#: what is done -> how it is made ready
VERBS: Mapping[str, Callable[[Flask], Ready]] = {
    "a case is opened": opened,
    "an application is registered": step(0, "clerk", APPLICATION),
    "an executor is named": resolution,
    "a notice is signed": step(5, "head", {"verdict": "sign"}),
    "a result is handed over": handed_over,
    "a complaint comes": complained,
    "a task is handed on": handed_on,
    "a signature is taken back": taken_back,
    "a signature is confirmed": confirmed,
    "a folder is put on a registry": listed,
    "a folder is taken off a registry": taken_off,
    "a registry is closed": closed,
    "a registry is given to the courier": given_to_the_courier,
    "a folder arrives": arrived,
    "a registry is unpacked": unpacked,
    "diagrams are deployed": deployed,
    "a deployment is put in force": of_a_candidate(enact),
    "a deployment is withdrawn": of_a_candidate(withdraw),
}
