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

from sqlalchemy import select, text

from services import cases, clock, custody, deadlines, desk, directory
from services.cases.models import Case, Task
from services.custody.models import Item
from services.db import db, transaction
from services.deadlines.rules import add_working_minutes
from services.registry import Registry

#: one at a time, over all nodes
PLAY_LOCK = 4210002
DAY = 480
NEVER = 10**6

#: working minutes that a step takes when nothing is said of it
PACE = {
    "register": 11, "accept": 14, "resolution": 21, "review": 2 * DAY + 70, "draft": 95, "agree": 9, "sign": 7,
    "supplement": 13,
    "deliver": 24, "hand_over": 3 * DAY, "receive": 9, "pass": 8, "pass_result": 12, "arrive": 19, "issue": 11,
    "came": 2 * DAY, "send": 9,
}  # fmt: skip
#: of the way there: when the registry is closed, when the courier takes it, when it is unpacked
RUN = (("close", time(15, 5)), ("take", time(15, 20)), ("unpack", time(15, 50)))
#: of the way back: when results are unpacked at the PSC
BACK = (time(10, 58), time(15, 58))

STEMS = ("Үлгі", "Мысал", "Сынақ", "Дерек", "Нұсқа")
MALE, FEMALE = ("баев", "ұлы"), ("баева", "қызы")
ADDRESS = "Үлгі көшесі, {house}-үй, {flat}-пәтер"
DELAY = "Табыс туралы анықтама кеш келді."


@dataclass(frozen=True)
class Story:
    """One application: where and when it begins, and what is out of the ordinary about it."""

    office: str
    days: int  #: working days before today
    at: str = "10:05"
    pace: Mapping[str, int] = field(default_factory=dict)  #: step -> working minutes
    refuse: str = ""  #: ground
    returned: int = 0  #: how often the head returns it
    way: str = "handed_over"
    missing: bool = False  #: its folder is not in the bag

    @property
    def route(self) -> str:
        return "psc" if self.office.startswith("PSC_") else "direct"


_T, _K, _P, _E, _G, _L = "TALDYKORGAN", "KAPSHAGAI", "PANFILOV", "ENBEKSHIKAZAKH", "TALGAR", "TEKELI"
_PT, _PN, _PS, _PL = "PSC_TALDYKORGAN", "PSC_NURA", "PSC_SHELEK", "PSC_TEKELI"
_STAYS, _SLOW = {"review": NEVER}, {"review": 6 * DAY}
_LATE = {"review": 9 * DAY}

STORIES = (
    # finished: most in time, some late, some refused, some returned on the way
    Story(_T, 20, "09:20"), Story(_T, 19, "11:10", _SLOW), Story(_T, 19, "15:05", _LATE), Story(_K, 20, "10:15"),
    Story(_T, 18, "09:40", refuse="expenses_within_share"), Story(_P, 18, "12:10"), Story(_G, 19, "16:20", _SLOW),
    Story(_K, 17, "09:30", {"resolution": 75}, way="posted"), Story(_T, 17, "10:35", returned=1),
    Story(_E, 18, "11:25", refuse="incomplete_documents"), Story(_L, 16, "14:40"), Story(_T, 16, "16:45", way="posted"),
    Story(_P, 16, "10:10", _LATE), Story(_G, 15, "09:15", refuse="expenses_within_share"), Story(_K, 14, "12:25"),
    Story(_T, 14, "09:10", way="ready"), Story(_T, 13, "11:50", {"sign": 130}), Story(_E, 13, "15:35", _SLOW),
    Story(_P, 12, "09:25", refuse="false_data"), Story(_L, 11, "10:45", returned=2), Story(_T, 10, "14:15"),
    # through a PSC: there and back
    Story(_PT, 20, "09:35"), Story(_PT, 19, "12:20"), Story(_PN, 19, "10:25"), Story(_PL, 18, "11:30"),
    Story(_PT, 17, "09:05", {"accept": 34}), Story(_PS, 17, "14:30", {"review": 8 * DAY}), Story(_PN, 16, "16:10"),
    Story(_PT, 15, "10:50", refuse="expenses_within_share"), Story(_PL, 14, "09:45", returned=1),
    Story(_PS, 13, "11:05"), Story(_PT, 12, "12:35", {"came": NEVER}), Story(_PN, 11, "15:10", refuse="not_eligible"),
    # under way: overdue, due today, due soon, at every desk
    Story(_T, 10, "10:00", _STAYS), Story(_T, 8, "09:50", _STAYS), Story(_T, 7, "11:15", _STAYS),
    Story(_K, 9, "10:30", _STAYS), Story(_P, 8, "15:25", _STAYS), Story(_T, 5, "12:05", _STAYS),
    Story(_T, 4, "09:30", {"review": DAY, "draft": NEVER}), Story(_T, 3, "10:40", {"review": 300, "sign": NEVER}),
    Story(_T, 2, "16:30", {"resolution": NEVER}), Story(_T, 0, "09:05", {"resolution": NEVER}),
    Story(_K, 1, "11:40", {"resolution": NEVER}), Story(_T, 9, "14:50", {"hand_over": NEVER}, way="ready"),
    Story(_G, 6, "10:20", {"sign": NEVER}), Story(_E, 3, "09:55"), Story(_T, 1, "15:15"), Story(_L, 0, "09:40"),
    Story(_T, 2, "09:45", {"review": DAY, "draft": 60, "supplement": NEVER}, returned=1),
    Story(_PT, 3, "10:55", {"review": DAY, "draft": NEVER}),
    Story(_PT, 6, "09:30", missing=True), Story(_PT, 5, "10:20", _STAYS), Story(_PT, 2, "11:35", _STAYS),
    Story(_PT, 1, "16:05"), Story(_PT, 0, "09:12"), Story(_PN, 3, "10:10"), Story(_PN, 2, "16:10"),
    Story(_PN, 1, "16:05"), Story(_PS, 2, "14:10", _STAYS),
    Story(_PL, 1, "09:20"), Story(_PT, 9, "15:20", {"came": NEVER}), Story(_PN, 8, "11:20", {"pass_result": NEVER}),
)  # fmt: skip
#: its last bag is still on the road
ON_THE_ROAD = _PN


def play_demo_cases(registry: Registry) -> int:
    """How many cases were played: none when the database has a case already, or the region other offices."""
    offices = registry.by_key("offices")
    stories = [story for story in STORIES if story.office in offices]
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PLAY_LOCK})
        if not stories or db.session.scalar(select(Case.id).limit(1)) is not None:
            return 0
        _Play(registry, stories).run()
    return len(stories)


class _Play:
    """Everybody at work, one act after the other."""

    def __init__(self, registry: Registry, stories: list[Story]) -> None:
        self.registry, self.now = registry, clock.now()
        self.stories: dict[int, tuple[int, Story]] = {}  #: case -> its number among the stories, and the story
        self.seen = 0  #: the last of the places that were looked at
        self.people: dict[tuple[str, str], list[directory.Person]] = {}
        self.order = count()
        #: moment, order, what, which
        self.acts: list[tuple[datetime, int, str, object]] = []
        for at, story in enumerate(stories):
            self._plan(self._moment(story.office, story.days, time.fromisoformat(story.at)), "open", (at, story))
        for psc in sorted({story.office for story in stories if story.route == "psc"}):
            for days in range(20, -1, -1):
                for what, hour in RUN:
                    self._plan(self._moment(psc, days, hour), what, psc)
                for hour in BACK:
                    self._plan(self._moment(psc, days, hour), "unpack_results", psc)

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
            what = {"applicant.came": "come", "result.handed_over": "dispatch"}.get(task.message or "", "work")
            if task.waits_for == "person" or what != "work":
                self._plan_work(task, what)

    def _plan_work(self, task: Task, what: str) -> None:
        at, story = self.stories[task.case_id]
        step = "came" if what == "come" else task.step
        pace = story.pace.get(step)
        if pace is None:  # nobody takes the same time every time
            pace = round(PACE[step] * (0.55 + (at * 7 + len(step) * 3) % 10 / 12))
        if pace < NEVER:
            calendar = deadlines.calendar_for(self.registry, task.office_key)
            self._plan(add_working_minutes(calendar, task.opened_at, max(pace, 1)), what, task.id)

    # ------------------------------------------------------------ what people do

    def _open(self, which: tuple[int, Story]) -> None:
        at, story = which
        role = "psc_inspector" if story.route == "psc" else "clerk"
        case_id = cases.open_case(story.route, story.office, self._person(story.office, role, at), key=f"demo-{at}")
        self.stories[case_id] = which

    def _work(self, task_id: str) -> None:
        task = db.session.get_one(Task, task_id)
        at, story = self.stories[task.case_id]
        person = directory.person(task.assignee_id) if task.assignee_id else None
        person = person or self._person(task.office_key, task.role, at)
        reason = DELAY if task.due_at and clock.now() > task.due_at else ""
        answers = self._answers(task, at, story)
        cases.complete_task(task_id, answers, person=person, key=f"demo-{task_id}", delay_reason=reason)

    def _come(self, task_id: str) -> None:
        task = db.session.get_one(Task, task_id)
        at, _ = self.stories[task.case_id]
        cases.applicant_came(task.case_id, self._person(task.office_key, "psc_inspector", at))

    def _close(self, psc: str) -> None:
        sender, body = self._person(psc, "psc_accum"), self._body(psc)
        ready = select(Item.code).where(Item.office_key == psc, Item.destination_key == body, Item.state == "to_send")
        codes = db.session.scalars(ready.order_by(Item.since, Item.code)).all()
        for consignment_id in {desk.scan(code, psc, sender).consignment_id for code in codes}:
            desk.close_registry(consignment_id or 0, sender)

    def _take(self, psc: str) -> None:
        for each in self._consignments("closed", psc):
            desk.hand_over(each.id, self._person(psc, "psc_accum"))

    def _unpack(self, psc: str) -> None:
        later = [act for act in self.acts if act[2:] == ("take", psc) and act[0] <= self.now]
        if psc != ON_THE_ROAD or later:
            self._receive(psc, self._body(psc), "clerk")

    def _unpack_results(self, psc: str) -> None:
        self._receive(self._body(psc), psc, "psc_accum")

    def _dispatch(self, task_id: str) -> None:
        task = db.session.get_one(Task, task_id)
        sender, code = self._person(task.office_key, "clerk"), custody.code_of(task.case_id, "result")
        consignment_id = desk.scan(code, task.office_key, sender).consignment_id or 0
        desk.close_registry(consignment_id, sender)
        desk.hand_over(consignment_id, sender)

    def _receive(self, office: str, to: str, role: str) -> None:
        receiver = self._person(to, role)
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

    def _people(self, office: str, role: str) -> list[directory.Person]:
        if (office, role) not in self.people:
            self.people[office, role] = directory.staff_at(office, role)
        return self.people[office, role]

    def _answers(self, task: Task, at: int, story: Story) -> dict[str, object]:
        """What anybody would write in any of the forms; each takes what it asks."""
        surname, given, patronymic = _name(at)
        name = " ".join((surname, given, patronymic))
        executors = self._people(task.office_key, "executor")
        refuse = story.refuse
        return {
            "surname": surname, "given_name": given, "patronymic": patronymic, "language": ("kk", "ru")[at % 2],
            "address": ADDRESS.format(house=at % 40 + 1, flat=at * 7 % 60 + 1), "phone": f"8 700 000 {at:02} 01",
            "documents-application": "1", "documents-identity": "1", "documents-income": "2",
            "missing_reason": "Қалған құжаттарды үш күнде әкеледі",
            "body": self.registry.row("offices", story.office)["parent"],
            "executor": str(executors[at % len(executors)].id) if executors else "",
            "text": "Қарап, жауап жобасын дайындаңыз.",
            "papers": "match" if task.step == "receive" else "complete",
            "members-0-name": name, "members-0-relation": "applicant",
            "members-0-income": "400000" if refuse else str(38000 + at % 9 * 2000),
            "expenses-0-kind": "heating", "expenses-0-amount": str(26000 + at % 5 * 1500),
            "decision": "refuse" if refuse else "approve", "ground": refuse, "explanation": "Есептеу парағын қараңыз.",
            "explanation_ru": "См. лист расчёта.",
            "amount": str(26000 + at % 5 * 1500 - (38000 + at % 9 * 2000) // 10), "period_months": "12",
            "departure_reason": "Үлгі іс.",
            "verdict": _verdict(task, story), "code": _code(task), "reason": "Табыс анықтамасын қосыңыз.",
            "way": story.way, "postal_number": "RR000000005KZ", "postal_proof": "Түбіртек 1", "told_how": "phone",
            "received_by": name, "identified_by": "identity", "receipt": "shown",
        }  # fmt: skip


def _verdict(task: Task, story: Story) -> str:
    if task.step == "sign":
        return "sign"
    return "return" if task.round <= story.returned else "agree"


def _code(task: Task) -> str:
    """What the scanner reads from the paper that is to be signed."""
    return custody.code_of(task.case_id, "result") if task.step == "sign" else ""


def _name(at: int) -> tuple[str, str, str]:
    """Surname, given name and patronymic that nobody has, all of words for "sample"."""
    ending, child = (MALE, FEMALE)[at % 2]
    surname, given, father = STEMS[at % 5], STEMS[(at // 5 + at + 2) % 5], STEMS[(at // 25 + at * 2 + 1) % 5]
    return surname + ending, given, father + child
