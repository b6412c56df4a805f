"""A department that has been at work for four weeks: invented cases, played through the real verbs at past moments.

Everything happens in the order of its moments, as it would have: numbers, journals and registries read like a real
office's. What a story would do after now has not happened: there the case waits. All in one transaction, and only into
a database without a single case, so that it is there whole, once, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from sqlalchemy import select, text

from services import cases, clock, custody, deadlines, desk, directory, jobs
from services.answers import as_form
from services.cases.models import Case, Task
from services.custody.models import Item
from services.db import db, transaction
from services.deadlines import add_working_minutes
from services.directory.demo import read_demo
from services.registry import Registry

#: one at a time, over all nodes
PLAY_LOCK = 4210005
DAY = 480
NEVER = 10**6

#: of the way there: when the registry is closed, when the courier takes it, when it is unpacked
RUN = (("close", time(15, 5)), ("take", time(15, 20)), ("unpack", time(15, 50)))
#: of the way back: when results are unpacked at the PSC
BACK = (time(10, 58), time(15, 58))

#: working minutes of a step of which the region says nothing
USUAL = 30
STEMS = ("Үлгі", "Мысал", "Сынақ", "Дерек", "Нұсқа")
MALE, FEMALE = ("баев", "ұлы"), ("баева", "қызы")


@dataclass(frozen=True)
class Story:
    """One application: where and when it begins, and what is out of the ordinary about it."""

    office: str
    route: str
    days: int  #: working days before today
    at: str = "10:05"
    pace: Mapping[str, int] = field(default_factory=dict)  #: step -> working minutes
    refuse: str = ""  #: ground
    returned: int = 0  #: how often the head returns it
    way: str = "handed_over"
    missing: bool = False  #: its folder is not in the bag
    complains: int = 0  #: working minutes after the case was closed until a complaint comes; nought: none does


@dataclass(frozen=True)
class Demo:
    """What a region's `demo.toml` tells: its invented cases, and what people write in their forms."""

    stories: tuple[Story, ...]
    pace: Mapping[str, int]  #: step -> working minutes when nothing is said of it
    told: Mapping[str, Mapping[str, str]]  #: field -> answer: of all forms, of the refused, of the returned
    steps: Mapping[str, Mapping[str, str]]  #: step -> its own
    delay: str
    on_the_road: str  #: the office whose last bag is still on the road
    complaint: Mapping[str, str]  #: which step tells of a complaint, why it is told, and what its form says


def demo_of(registry: Registry) -> Demo:
    """The region's demo; without stories when it has none, or other offices."""
    offices, told = registry.by_key("offices"), read_demo(registry)
    routes: Mapping[str, Mapping[str, str]] = registry.facts()["routes"]
    of_kind = {registry.row("roles", each["role"])["office"]: route for route, each in routes.items()}
    stories = [
        _story(each, of_kind[offices[each["office"]]["kind"]])
        for each in told.get("stories", ())
        if each["office"] in offices
    ]
    answers = {name: told.get(name, {}) for name in ("answers", "refused", "returned")}
    return Demo(
        tuple(stories), told.get("pace", {}), answers, told.get("steps", {}), told.get("delay", ""),
        told.get("on_the_road", ""), told.get("complained", {}),
    )  # fmt: skip


def _story(said: Mapping[str, Any], route: str) -> Story:
    pace = {step: NEVER if minutes == "never" else minutes for step, minutes in said.get("pace", {}).items()}
    return Story(**{**said, "route": route, "pace": pace})


def play_demo_cases(registry: Registry) -> int:
    """How many cases were played: none when the database has a case already, or the region other offices."""
    demo = demo_of(registry)
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PLAY_LOCK})
        if not demo.stories or db.session.scalar(select(Case.id).limit(1)) is not None:
            return 0
        _Play(registry, demo).run()
    return len(demo.stories)


class _Play:
    """Everybody at work, one act after the other."""

    def __init__(self, registry: Registry, demo: Demo) -> None:
        self.registry, self.demo, self.now = registry, demo, clock.now()
        self.stories: dict[int, tuple[int, Story]] = {}  #: case -> its number among the stories, and the story
        self.complained: set[int] = set()  #: cases about whose decision somebody complains
        self.seen = 0  #: the last of the places that were looked at
        self.people: dict[tuple[str, str], list[directory.Person]] = {}
        self.order = count()
        #: moment, order, what, which
        self.acts: list[tuple[datetime, int, str, object]] = []
        for at, story in enumerate(demo.stories):
            self._plan(self._moment(story.office, story.days, time.fromisoformat(story.at)), "open", (at, story))
        kinds = {story.office: registry.row("offices", story.office)["kind"] for story in demo.stories}
        for counter in sorted(office for office, kind in kinds.items() if kind not in ("body", "control")):
            for days in range(20, -1, -1):
                for what, hour in RUN:
                    self._plan(self._moment(counter, days, hour), what, counter)
                for hour in BACK:
                    self._plan(self._moment(counter, days, hour), "unpack_results", counter)

    def run(self) -> None:
        """Everything up to now."""
        while self.acts and self.acts[0][0] <= self.now:
            at, _, what, which = heappop(self.acts)
            with clock.stopped(at):
                getattr(self, f"_{what}")(which)
            self._look_round()

    def _plan(self, at: datetime, what: str, which: object) -> None:
        heappush(self.acts, (at, next(self.order), what, which))

    def _moment(self, office: str, days: int, at: time) -> datetime:
        """So many working days of that office before today."""
        calendar = deadlines.calendar_for(self.registry, office)
        day = calendar.local(self.now).date()
        while not calendar.works_on(day):
            day -= timedelta(days=1)
        for _ in range(days):
            day -= timedelta(days=1)
            while not calendar.works_on(day):
                day -= timedelta(days=1)
        return calendar.moment(day, at)

    def _look_round(self) -> None:
        """What waits now and was not there before: somebody will come to it."""
        db.session.flush()
        waits = select(Task).where(Task.closed_at.is_(None), Task.seq > self.seen)
        for task in db.session.scalars(waits.order_by(Task.seq)):
            self.seen = task.seq
            if task.waits_for == "operation":  # a program's work takes no minute of anybody's
                self._plan(task.opened_at, "outside", task.id)
                continue
            what = {"applicant.came": "come", "result.handed_over": "dispatch"}.get(task.message or "", "work")
            if task.waits_for == "person" or what != "work":
                self._plan_work(task, what)

    def _plan_work(self, task: Task, what: str) -> None:
        at, story = self.stories[task.case_id]
        step = "came" if what == "come" else task.step
        pace = story.pace.get(step)
        if pace is None:  # nobody takes the same time every time
            pace = round(self.demo.pace.get(step, USUAL) * (0.55 + (at * 7 + len(step) * 3) % 10 / 12))
        if pace < NEVER:
            calendar = deadlines.calendar_for(self.registry, task.office_key)
            self._plan(add_working_minutes(calendar, task.opened_at, max(pace, 1)), what, task.id)

    # ------------------------------------------------------------ what people do

    def _open(self, which: tuple[int, Story]) -> None:
        at, story = which
        routes: Mapping[str, Mapping[str, str]] = self.registry.facts()["routes"]
        person = self._person(story.office, routes[story.route]["role"], at)
        case_id = cases.open_case(story.route, story.office, person, key=f"demo-{at}")
        self.stories[case_id] = which

    def _work(self, task_id: str) -> None:
        task = db.session.get_one(Task, task_id)
        at, story = self.stories[task.case_id]
        person = directory.person(task.assignee_id) if task.assignee_id else None
        person = person or self._who_may(task, at)
        reason = self.demo.delay if task.due_at and clock.now() > task.due_at else ""
        answers = self._answers(task, at, story)
        cases.complete_task(task_id, answers, cases.Click(person, f"demo-{task_id}", cases.Reasons(reason)))
        case = db.session.get_one(Case, task.case_id)
        if story.complains and case.closed_at is not None and case.id not in self.complained:
            self.complained.add(case.id)
            calendar = deadlines.calendar_for(self.registry, case.body_key)
            self._plan(add_working_minutes(calendar, case.closed_at, story.complains), "complain", case.id)

    def _outside(self, task_id: str) -> None:
        jobs.carry_out_within(cases.OPERATION, task_id)

    def _complain(self, case_id: int) -> None:
        """The applicant brings a complaint to the body."""
        said, case = self.demo.complaint, db.session.get_one(Case, case_id)
        rule = deadlines.step_rule(self.registry, case.route, said["step"])
        person = self._person(case.body_key, rule.role, self.stories[case_id][0])
        told = next(each for each in cases.case_happenings(case_id, person) if each.code == rule.code)
        asked = cases.happening_form(case_id, told.id, person)
        answers = {**as_form(asked.form.initial(asked.call)), "by": said["by"], "says": said["says"]}
        cases.happen(case_id, told.id, answers, said["reason"], person=person, key=f"demo-complaint-{case_id}")

    def _who_may(self, task: Task, at: int) -> directory.Person:
        """One of the role whom nothing keeps away from that step."""
        people = self._people(task.office_key, task.role)
        fit = [each for each in people if each.id not in (task.not_by or ())]
        return fit[at % len(fit)]

    def _come(self, task_id: str) -> None:
        task = db.session.get_one(Task, task_id)
        at, _ = self.stories[task.case_id]
        cases.applicant_came(task.case_id, self._person(task.office_key, task.role, at))

    def _close(self, psc: str) -> None:
        sender, body = self._handler(psc), self._body(psc)
        ready = select(Item.code).where(Item.office_key == psc, Item.destination_key == body, Item.state == "to_send")
        codes = db.session.scalars(ready.order_by(Item.since, Item.code)).all()
        for consignment_id in {desk.scan(code, psc, sender).consignment_id for code in codes}:
            desk.close_registry(consignment_id or 0, sender)

    def _take(self, psc: str) -> None:
        for each in self._consignments("closed", psc):
            desk.hand_over(each.id, self._handler(psc))

    def _unpack(self, psc: str) -> None:
        later = [act for act in self.acts if act[2:] == ("take", psc) and act[0] <= self.now]
        if psc != self.demo.on_the_road or later:
            self._receive(psc, self._body(psc))

    def _unpack_results(self, psc: str) -> None:
        self._receive(self._body(psc), psc)

    def _dispatch(self, task_id: str) -> None:
        task = db.session.get_one(Task, task_id)
        sender, code = self._handler(task.office_key), custody.code_of(task.case_id, "result")
        consignment_id = desk.scan(code, task.office_key, sender).consignment_id or 0
        desk.close_registry(consignment_id, sender)
        desk.hand_over(consignment_id, sender)

    def _receive(self, office: str, to: str) -> None:
        receiver = self._handler(to)
        for each in self._consignments("in_transit", office, to):
            for line, item in custody.lines(each.id):
                if not self.stories[item.case_id][1].missing:
                    desk.scan(line.code, to, receiver, unpacking=each.id)
            desk.finish_receiving(each.id, receiver)

    def _body(self, psc: str) -> str:
        return self.registry.row("offices", psc)["parent"]

    def _consignments(self, state: str, office: str, to: str | None = None) -> list[custody.Consignment]:
        wanted = select(custody.Consignment).filter_by(state=state, from_key=office)
        if to is not None:
            wanted = wanted.filter_by(to_key=to)
        return list(db.session.scalars(wanted.order_by(custody.Consignment.id)))

    def _person(self, office: str, role: str, at: int = 0) -> directory.Person:
        people = self._people(office, role)
        return people[at % len(people)]

    def _handler(self, office: str) -> directory.Person:
        """Whoever puts papers on registries there."""
        return self._person(office, self.registry.role_that("handles_paper", office))

    def _people(self, office: str, role: str) -> list[directory.Person]:
        if (office, role) not in self.people:
            self.people[office, role] = directory.staff_at(office, role)
        return self.people[office, role]

    def _answers(self, task: Task, at: int, story: Story) -> dict[str, object]:
        """What anybody would write in any of the forms; each takes what it asks."""
        told, own = self.demo.told, self.demo.steps.get(task.step, {})
        refused = told["refused"] if story.refuse else {}
        returned = told["returned"] if task.round <= story.returned else {}
        said = {**told["answers"], **refused, **returned, **own}
        surname, given, patronymic = _name(at)
        executors = self._people(task.office_key, self.registry.role_that("executes", task.office_key))
        share = int(self.registry.row("parameters", "share_percent")["value"])
        billed, income = 26000 + at % 5 * 1500, 38000 + at % 9 * 2000
        known = {
            "surname": surname, "given": given, "patronymic": patronymic, "name": f"{surname} {given} {patronymic}",
            "language": ("kk", "ru")[at % 2], "house": at % 40 + 1, "flat": at * 7 % 60 + 1, "two": f"{at:02}",
            "body": self.registry.row("offices", story.office)["parent"], "refuse": story.refuse, "way": story.way,
            "executor": executors[at % len(executors)].id if executors else "",
            "today": f"{deadlines.local(self.registry, task.office_key, clock.now()):%d.%m.%Y}",
            "income": income, "billed": billed, "granted": billed - income * share // 100, "months": self._months(task),
            # what the scanner reads from the paper that is to be signed
            "code": custody.code_of(task.case_id, "result") if "{code}" in own.values() else "",
        }  # fmt: skip
        return {field: text.format_map(known) for field, text in said.items()}

    def _months(self, task: Task) -> int:
        """From the month in which it was taken in to the end of the term."""
        opened_at = db.session.get_one(Case, task.case_id).opened_at
        month = deadlines.local(self.registry, task.office_key, opened_at).month
        return cases.term_of(self.registry, task.office_key, opened_at)[1].month - month + 1


def _name(at: int) -> tuple[str, str, str]:
    """Surname, given name and patronymic that nobody has, all of words for "sample"."""
    ending, child = (MALE, FEMALE)[at % 2]
    surname, given, father = STEMS[at % 5], STEMS[(at // 5 + at + 2) % 5], STEMS[(at // 25 + at * 2 + 1) % 5]
    return surname + ending, given, father + child
