"""People of two PSCs and their bodies doing whatever comes to them, at random; and what must be true whatever they did.

As a program (`python -m tests.people.walk ADDRESS SEED`) it walks until it is killed.
"""

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Executable, select, update

from services import cases, clock, custody, desk, directory, documents, registry
from services.cases.models import Case, Instance, Task
from services.custody.models import Consignment, ConsignmentLine, CustodyEvent, Item, Label
from services.db import db
from services.documents.models import NumberSeries
from services.errors import KomekError
from tests.unbroken import assert_unbroken

PSCS = ("PSC_TALDYKORGAN", "PSC_NURA")
APPLICATION = {
    "surname": "Сынақова",
    "given_name": "Үлгі",
    "address": "Үлгі көшесі, 2",
    "language": "kk",
    "documents-application": "1",
    "missing_reason": "Кейін әкеледі",
    "again_reason": "Басқа ай үшін",
}
FIGURES = {
    "papers": "complete",
    "members-0-name": "Сынақова Үлгі",
    "members-0-relation": "applicant",
    "members-0-income": "40000",
    "expenses-0-kind": "heating",
    "expenses-0-amount": "30000",
}


class Walk:
    """Everybody who works at these PSCs and bodies, and chance."""

    def __init__(self, seed: int, pscs: tuple[str, ...] = PSCS) -> None:
        self.chance = random.Random(seed)
        rows = registry.current()
        self.body_of = {psc: rows.row("offices", psc)["parent"] for psc in pscs}
        offices = [*self.body_of, *self.body_of.values()]
        roles = rows.by_key("roles")
        self.people = {(office, role): directory.staff_at(office, role) for office in offices for role in roles}
        self.seen: Counter[str] = Counter()

    def person(self, office: str, role: str) -> directory.Person:
        return self.chance.choice(self.people[office, role])

    def anybody(self) -> tuple[str, directory.Person]:
        office = self.chance.choice([office for (office, _), people in self.people.items() if people])
        return office, self.chance.choice(
            [each for (at, _), those in self.people.items() if at == office for each in those]
        )

    def step(self) -> None:
        """One act of somebody; what Komek refuses is refused."""
        act = self.chance.choice(
            [self.accept, self.scan, self.scan, self.scan, self.work, self.work, self.work, self.close, self.hand_over,
             self.finish, self.came, self.note_damage, self.stray, self.replace, self.put_label,
             self.send_back, self.send_again, self.take_off,
             self.scan_where_it_belongs, self.scan_where_it_belongs]
        )  # fmt: skip
        try:
            act()
            self.seen[act.__name__] += 1
        except KomekError as error:
            self.seen[type(error).__name__] += 1
        finally:
            db.session.rollback()

    def accept(self) -> int:
        psc = self.chance.choice(list(self.body_of))
        inspector = self.person(psc, "psc_inspector")
        case_id = cases.open_case("psc", psc, inspector, key=str(self.chance.random()))
        task = db.session.scalars(select(Task).filter_by(case_id=case_id, waits_for="person")).one()
        body = self.chance.choice([self.body_of[psc], *self.body_of.values()])
        answers = APPLICATION | {"body": body, "body_reason": "Мекенжайы сол жақта"}
        cases.complete_task(task.id, answers, cases.Click(inspector, "k"))
        return case_id

    def scan(self) -> None:
        """Any code, by anybody, anywhere."""
        codes = [
            *self.pick(select(Item.code)),
            *self.pick(select(Consignment.number).where(Consignment.number.is_not(None))),
        ]
        office, person = self.anybody()
        bundles = [*self.pick(select(Consignment.id)), None]
        code = self.chance.choice([*codes, "19-2013-99999", "?"])
        done = desk.scan(code, office, person, unpacking=self.chance.choice(bundles))
        self.seen[f"scan {done.word}"] += 1

    def stray(self) -> None:
        """A paper on the way comes to an office that it is not for."""
        for item in self.pick(select(Item).where(Item.state.in_(["in_transit", "missing"]))):
            offices = {*self.body_of, *self.body_of.values()} - {item.office_key, item.destination_key}
            office = self.chance.choice(sorted(offices))
            if desk.scan(item.code, office, self.handler(office)).act == "take_in_stray":  # nobody else was faster
                desk.take_in_stray(item.code, office, self.handler(office))

    def note_damage(self) -> None:
        for line in self.pick(select(ConsignmentLine).where(ConsignmentLine.state == "received")):
            to = db.session.get_one(Consignment, line.consignment_id).to_key
            desk.note_damage(line.consignment_id, line.code, "жыртылған", self.handler(to))

    def replace(self) -> None:
        """What is missing is given up, and its duplicate sent."""
        for item in self.pick(select(Item).filter_by(state="missing")):
            desk.replace_paper(item.code, item.office_key, "Табылмады", self.handler(item.office_key))

    def take_off(self) -> None:
        """Put on by mistake."""
        for item in self.pick(select(Item).filter_by(state="listed")):
            desk.take_off_registry(item.code, item.office_key, self.handler(item.office_key))

    def put_label(self) -> None:
        """A label printed beforehand is put on whatever lies there; from then on it is scanned instead."""
        for item in self.pick(select(Item)):
            handler = self.handler(item.office_key)
            desk.print_labels(item.office_key, 2, handler)
            unused = select(Label.code).filter_by(office_key=item.office_key, item_code=None)
            for label in self.pick(unused):
                desk.replace_label(item.code, item.office_key, "Жыртылды", handler, label=label)
                assert custody.paper(label).code == item.code

    def scan_where_it_belongs(self) -> None:
        """A paper, by whoever handles paper where it lies or goes."""
        for item in self.pick(select(Item).where(Item.destination_key.is_not(None))):
            office = self.chance.choice([item.office_key, item.destination_key])
            role = "psc_accum" if office in self.body_of else "clerk"
            person = self.person(office, role)
            done = desk.scan(item.code, office, person)
            self.seen[f"scan {done.word}"] += 1
            if done.act == "take_in_unsent":
                desk.take_in_unsent(item.code, office, person)
                self.seen["taken in unsent"] += 1

    def close(self) -> None:
        for row in self.pick(select(Consignment).where(Consignment.state == "draft")):
            desk.close_registry(row.id, self.handler(row.from_key))

    def hand_over(self) -> None:
        for row in self.pick(select(Consignment).where(Consignment.state == "closed")):
            couriers = self.people.get((row.from_key, "courier"), [])
            badge = documents.badge_payload(self.chance.choice(couriers).id) if couriers else ""
            desk.hand_over(row.id, self.handler(row.from_key), badge=self.chance.choice([badge, ""]))
            self.seen["badge"] += bool(desk.consignment_page(row.id, self.handler(row.from_key)).courier)

    def send_back(self) -> None:
        """Nobody came for a result within the region's term: it goes back to the body."""
        wanted = select(Task).where(Task.message == "applicant.came", Task.closed_at.is_(None))
        for task in self.pick(wanted):
            long_ago = clock.now() - timedelta(days=70)
            db.session.execute(update(Task).where(Task.id == task.id).values(opened_at=long_ago))
            db.session.commit()
            desk.send_back_unclaimed(task.case_id, self.person(task.office_key, "psc_inspector"))
            self.seen["unclaimed"] += 1

    def send_again(self) -> None:
        """Its applicant has asked for it after all."""
        bodies = list(self.body_of.values())
        for item in self.pick(select(Item).filter_by(kind="result", state="here").where(Item.office_key.in_(bodies))):
            desk.send_again(item.code, item.office_key, self.handler(item.office_key))
            self.seen["asked for again"] += 1

    def finish(self) -> None:
        for row in self.pick(select(Consignment).where(Consignment.state == "in_transit")):
            desk.finish_receiving(row.id, self.handler(row.to_key))

    def handler(self, office: str) -> directory.Person:
        return self.person(office, "psc_accum" if office in self.body_of else "clerk")

    def came(self) -> None:
        for task in self.pick(select(Task).where(Task.message == "applicant.came", Task.closed_at.is_(None))):
            self.meet(task)

    def work(self) -> None:
        for task in self.pick(select(Task).where(Task.closed_at.is_(None), Task.waits_for == "person")):
            self.do(task)

    def do(self, task: Task) -> None:
        person = directory.person(task.assignee_id) if task.assignee_id else self.person(task.office_key, task.role)
        assert person is not None
        cases.complete_task(task.id, self.answers(task), cases.Click(person, "k"), together=self.chance.random() < 0.5)

    def answers(self, task: Task) -> dict[str, object]:
        executor = self.people[task.office_key, "executor"]
        decision = {"decision": "approve", "amount": "26000", "period_months": "12", "departure_reason": "Сынақ"}
        return {
            **APPLICATION,
            **FIGURES,
            **decision,
            **({"papers": "match"} if task.step == "receive" else {}),
            "executor": str(executor[0].id) if executor else "",
            "text": "Қарау",
            "verdict": "return" if self.chance.random() < 0.2 else "sign" if task.step == "sign" else "agree",
            "code": self.code_to_sign(task),
            "reason": "Толықтыру",
            "received_by": "Сынақова Үлгі",
            "identified_by": "identity",
            "receipt": "shown",
            "body": self.body_of.get(task.office_key, ""),
        }

    def code_to_sign(self, task: Task) -> str:
        """What stands on the paper that the head has before them."""
        item = custody.of_case(task.case_id, "result") if task.step == "sign" else None
        return item.code if item else ""

    def pick(self, wanted) -> list:  # type: ignore[no-untyped-def,type-arg]
        """One of what there is, as it was when somebody saw it, or nothing."""
        found = list(db.session.scalars(wanted))
        db.session.expunge_all()
        db.session.rollback()
        return [self.chance.choice(found)] if found else []

    def bring_everything_home(self) -> None:
        """Whatever was begun is brought to its end, by everybody doing their duty."""
        for _ in range(60):
            moved = False
            for wanted, act in self.duties():
                for row in list(db.session.scalars(wanted)):
                    db.session.rollback()
                    with quietly():
                        act(row)
                        moved = True
            if not moved:
                return
        raise AssertionError("the work never ends")

    def duties(self) -> list[tuple[Executable, Callable[[Any], object]]]:
        """What lies where somebody has to do something about it, and what they do."""
        waits, bundles = select(Task).where(Task.closed_at.is_(None)), select(Consignment)
        return [
            (select(Item).where(Item.state.in_(["missing", "to_send"])), lambda row: self.read(row, row.office_key)),
            (bundles.filter_by(state="draft"), lambda row: desk.close_registry(row.id, self.handler(row.from_key))),
            (bundles.filter_by(state="closed"), lambda row: desk.hand_over(row.id, self.handler(row.from_key))),
            (select(Item).filter_by(state="in_transit"), lambda row: self.read(row, row.destination_key)),
            (
                bundles.filter_by(state="in_transit"),
                lambda row: desk.finish_receiving(row.id, self.handler(row.to_key)),
            ),
            (waits.where(Task.waits_for == "person"), self.do),
            (waits.where(Task.message == "applicant.came"), self.meet),
            (
                select(Item).filter_by(kind="result", state="here").where(Item.office_key.in_(self.body_of.values())),
                lambda row: desk.send_again(row.code, row.office_key, self.handler(row.office_key)),
            ),
        ]

    def read(self, item: Item, office: str) -> None:
        desk.scan(item.code, office, self.handler(office))

    def meet(self, task: Task) -> None:
        cases.applicant_came(task.case_id, self.person(task.office_key, "psc_inspector"))


@contextmanager
def quietly() -> Iterator[None]:
    try:
        yield
    except KomekError:
        db.session.rollback()


# ---------------------------------------------------------------- what must be true at any moment


def check_everything() -> None:
    """Nothing lost, nothing doubled, paper and process together, numbers gapless, the journal whole."""
    db.session.rollback()
    items = {item.code: item for item in db.session.scalars(select(Item))}
    events: dict[str, list[CustodyEvent]] = defaultdict(list)
    for event in db.session.scalars(select(CustodyEvent).order_by(CustodyEvent.id)):
        events[event.code].append(event)
    for code, item in items.items():
        check_line(item, events[code])
    for case in db.session.scalars(select(Case)):
        check_case(case, [item for item in items.values() if item.case_id == case.id])
    check_registries(items)
    check_numbers()
    assert_unbroken()


def check_line(item: Item, line: list[CustodyEvent]) -> None:
    """One unbroken line: a paper leaves where it is, and arrives from where it left."""
    assert line[0].event == "tracked"
    holder, on_the_way = line[0].office_key, False
    for event in line[1:]:
        if event.event in ("prepared", "listed", "unlisted", "found", "replaced", "relabelled", "unclaimed"):
            assert event.office_key == holder, f"{item.code}: {event.event} at {event.office_key}, held by {holder}"
            on_the_way = on_the_way and event.event not in ("found", "replaced")
        elif event.event == "handed_over":
            assert event.office_key == holder and not on_the_way
            on_the_way = True
        elif event.event in ("received", "misrouted"):
            assert event.office_key != holder
            holder, on_the_way = event.office_key, False
    assert item.office_key == holder
    assert (item.state in ("in_transit", "missing")) == on_the_way


def check_case(case: Case, items: list[Item]) -> None:
    """Every step is done at most once a round, and the process never runs ahead of the paper."""
    tasks = list(db.session.scalars(select(Task).filter_by(case_id=case.id).order_by(Task.seq)))
    # what has no key is no step of the act: a result may come back and be sent again more than once
    done = Counter((task.step or task.id, task.round) for task in tasks if task.done_at)
    assert not done or max(done.values()) == 1, f"case {case.id}: {done}"
    assert case.kept == 0
    open_steps = {task.step for task in tasks if task.closed_at is None}
    folder = [item for item in items if item.kind == "folder"]
    result = [item for item in items if item.kind == "result" and item.state != "annulled"]
    for item in items:  # what nobody signed never left the house
        assert item.signature != "awaited" or item.state in ("here", "to_send", "listed", "annulled")
    assert len(folder) == (case.number is not None) and len(result) <= 1
    if case.closed_at:
        assert not open_steps
        return
    if "registry" in open_steps:
        assert folder[0].destination_key == case.body_key and folder[0].state in ("to_send", "listed")
    if "courier_out" in open_steps:
        assert folder[0].office_key != folder[0].destination_key == case.body_key
    if "await_result" in open_steps:
        assert (folder[0].office_key, folder[0].state) == (case.body_key, "here")
    if "send" in open_steps:
        assert result[0].destination_key == case.office_key and result[0].state in ("to_send", "listed")
    if "courier_back" in open_steps:
        assert result[0].office_key != result[0].destination_key == case.office_key
    sent_back = select(CustodyEvent.id).where(
        CustodyEvent.event == "unclaimed", CustodyEvent.code.in_([item.code for item in result])
    )
    if (
        "await_applicant" in open_steps
        and not open_steps & {"arrive", "issue"}
        and db.session.scalars(sent_back).first()
    ):
        return  # nobody came: it may be on its way back, or at the body until it is asked for
    if open_steps & {"arrive", "await_applicant", "issue"}:
        assert (result[0].office_key, result[0].state) == (case.office_key, "here")


def check_registries(items: dict[str, Item]) -> None:
    """A paper stands on one registry that is not unpacked at most, and says so itself."""
    states = {row.id: row.state for row in db.session.scalars(select(Consignment))}
    for line in db.session.scalars(select(ConsignmentLine)):
        state = states[line.consignment_id]
        if line.state == "listed":
            assert state in ("draft", "closed") and items[line.code].state == "listed"
            assert items[line.code].consignment_id == line.consignment_id
        if line.state == "sent":
            assert state == "in_transit" and items[line.code].state == "in_transit"


def check_numbers() -> None:
    """Every series runs from one to its last, each number once."""
    given: dict[tuple[str, str], list[int]] = defaultdict(list)
    instances = db.session.scalars(select(Instance.number).where(Instance.number.is_not(None)))
    registries = db.session.scalars(select(Consignment.number).where(Consignment.number.is_not(None)))
    for number in [*instances, *registries, *db.session.scalars(select(Label.code))]:
        office, year, count = str(number).split("-")
        series = {"R": "registry", "L": "label"}.get(year[0], "in")
        given[office.lstrip("0"), series].append(int(count))
    for row in db.session.scalars(select(NumberSeries).where(NumberSeries.series != "out")):
        assert sorted(given[row.office_number, row.series]) == list(range(1, row.last + 1)), row.office_number


def walk_until_killed(address: str, seed: int) -> None:
    """Not for ever, where nobody is left to kill it."""
    from tests.conftest import config_for
    from webapp import create_app

    app = create_app(config_for(address))
    with app.app_context():
        walk = Walk(seed)
        print("walking", flush=True)  # noqa: T201
        ends = time.monotonic() + 600
        while time.monotonic() < ends:
            walk.step()


if __name__ == "__main__":
    walk_until_killed(sys.argv[1], int(sys.argv[2]))
