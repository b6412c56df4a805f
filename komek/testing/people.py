"""Everybody who works in a region, each at a browser of their own, and what they do with any case of any route."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from komek.testing.filling import Chooses, filled, refused
from komek.testing.surfer import NoSuchForm, Surfer
from services import custody, directory, registry
from services.cases.models import Case, Task
from services.custody.models import Consignment, Item
from services.db import db
from services.directory.demo import DEMO_PASSWORD

#: how logins of those begin who are hired, and their password
HIRED, PASSWORD = "hired.", "a-word-of-another-5"
DELAY = "Анықтама кеш келді"


class Stuck(AssertionError):
    """Nobody can go on with a case that is not at its end, or a form is refused whatever stands in it."""


@dataclass(frozen=True)
class Act:
    """What was done with a case: the step, if it was one, who did it, and how the form was answered."""

    what: str  #: form, scan, send, came
    step: str
    office: str
    role: str
    answers: Mapping[str, str]


class People:
    """The staff of every office of the region in use."""

    def __init__(self, app: Flask) -> None:
        self.app, self._surfers = app, dict[str, Surfer]()
        self.opened = 0

    # ---------------------------------------------------------------- who

    def surfer(self, login: str) -> Surfer:
        """Their browser, signed in."""
        if login not in self._surfers:
            password = PASSWORD if login.startswith(HIRED) else DEMO_PASSWORD
            self._surfers[login] = Surfer(self.app).sign_in(login, password)
        return self._surfers[login]

    def person(self, office: str, role: str, number: int = 0) -> Surfer:
        """The n-th of those with that role at that office."""
        return self.surfer(directory.staff_at(office, role)[number].login)

    def holder(self, task: Task) -> Surfer:
        """Whoever may do it: who holds it, else the first of its role who is not kept from it, else one more, hired."""
        if task.assignee_id and (named := directory.person(task.assignee_id)) is not None:
            return self.surfer(named.login)
        named_ones = [each for each in (directory.person(one) for one in task.candidates or ()) if each is not None]
        staff = [*directory.staff_at(task.office_key, task.role), *named_ones]
        free = [each for each in staff if each.id not in (task.not_by or ())]
        if free:
            return self.surfer(free[0].login)
        return self.hired(task.office_key, task.role)

    def hired(self, office: str, role: str) -> Surfer:
        """One more with that role at that office, from today on: nobody who is there may do it."""
        return self.surfer(self.hire(f"{HIRED}{role}.{office.lower()}", office, role))

    def hire(self, login: str, office: str, role: str) -> str:
        """Somebody of that login, who has that role at that office from today on; the login."""
        if directory.id_of(login) is None:
            directory.add_staff(
                login, "Басқаев Дерек Нұсқаұлы", PASSWORD, actor="console", config=self.app.config["KOMEK"],
                own_password=True, place=(office, role),
            )  # fmt: skip
        return login

    def handler(self, office: str) -> Surfer:
        """Who puts papers on registries at that office, and takes them in."""
        for role in sorted(registry.current().roles_that("handles_paper")):
            if staff := directory.staff_at(office, role):
                return self.surfer(staff[0].login)
        raise Stuck(f"nobody at {office} handles paper")

    def opener(self, route: str) -> tuple[str, str]:
        """The first office at which somebody has the role that opens cases of a route, and the role."""
        rules = registry.current()
        routes: Any = rules.facts()["routes"]
        role = str(routes[route]["role"])
        kind = rules.row("roles", role)["office"]
        offices = [row["key"] for row in rules.table("offices") if kind in ("any", row["kind"])]
        return next((each for each in offices if directory.staff_at(each, role)), ""), role

    # ---------------------------------------------------------------- a case

    def open(self, route: str, office: str = "") -> int:
        """A new application's case."""
        first, role = self.opener(route)
        surfer = self.person(office or first, role)
        surfer.get("/")
        page = surfer.submit("/cases", {"route": route, "office": office or first})
        found = re.search(r"/cases/(\d+)", page.request.path)
        assert found, f"no case of {route} at {office or first}: {_said(page)}"
        self.opened += 1
        return int(found[1])

    def case(self, case_id: int) -> Case:
        """As it stands in the database now."""
        db.session.rollback()
        row = db.session.get_one(Case, case_id, populate_existing=True)
        db.session.expunge(row)
        return row

    def waits(self, case_id: int) -> list[Task]:
        """Where it waits, in order."""
        db.session.rollback()
        wanted = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None)).order_by(Task.seq)
        rows = list(db.session.scalars(wanted.execution_options(populate_existing=True)))
        db.session.expunge_all()
        return rows

    def go_on(
        self, case_id: int, said: Mapping[str, object] | None = None, chooses: Chooses | None = None
    ) -> Act | None:
        """The next thing that people do with it; None when it waits for none of them. Raises Stuck."""
        waits = self.waits(case_id)
        for task in waits:
            if task.waits_for == "person":
                return self.work(task, said, chooses)
        if (act := self._carry(case_id)) is not None:
            return act
        for task in waits:
            if task.message == "applicant.came":
                return self._came(task)
        return None

    def offer(self, task: Task) -> Surfer:
        """Whoever does it, with its form on their screen: taken into work, if it was not."""
        surfer, path = self.holder(task), f"/cases/{task.case_id}"
        surfer.get(path)
        with suppress(NoSuchForm):
            surfer.submit(f"/inbox/{task.id}/claim", follow=False)
            surfer.get(path)
        return surfer

    def work(self, task: Task, said: Mapping[str, object] | None = None, chooses: Chooses | None = None) -> Act:
        """Its form, filled in and sent: what is `said`, else what is chosen, else what is usual. Raises Stuck."""
        surfer, path = self.offer(task), f"/cases/{task.case_id}"
        at, step = f"/inbox/{task.id}/complete", task.step or task.element
        act = Act("form", task.step, task.office_key, task.role, {})
        wanted: Mapping[str, object] = said or {}
        # what was chosen may need more; where it is refused all the same, the usual is done
        for fresh, chosen in ((False, chooses), (False, None), (True, None), (False, None)):
            if fresh:
                surfer.get(path)
            form = _form(surfer, at, step)
            answers = self._known(task.case_id, form, filled(form, self._only_asked(form, wanted), chosen))
            answer = surfer.send(at, answers)
            if answer.status_code == 303:
                return Act(act.what, act.step, act.office, act.role, answers)
        told = "; ".join(refused(_form(surfer, at, step))) or _said(answer)
        raise Stuck(
            f"case {task.case_id}: the form of {step} is refused ({answer.status_code}): {told}; sent: {answers}"
        )

    def _only_asked(self, form: Any, said: Mapping[str, object]) -> dict[str, object]:
        names = {str(each) for each in form.xpath(".//@name")}
        return {name: each for name, each in said.items() if name in names}

    def _known(self, case_id: int, form: Any, answers: dict[str, str]) -> dict[str, str]:
        """With what only this case's papers say: the code on what is signed, and why a step is late."""
        more: dict[str, str] = {}
        if answers.get("verdict") == "sign" and (item := custody.of_case(case_id, "result")):
            more["code"] = item.code
        if form.xpath(".//textarea[@name='delay_reason']"):
            more["delay_reason"] = DELAY
        if "address" in answers:
            more["address"] = f"{answers['address']}, {case_id}"
        return {**answers, **more}

    # ---------------------------------------------------------------- paper

    def _carry(self, case_id: int) -> Act | None:
        """What lies to be sent is sent, what was sent is scanned in."""
        wanted = select(Item).where(Item.case_id == case_id, Item.state.in_(("to_send", "listed", "in_transit")))
        item = db.session.scalars(wanted.order_by(Item.since)).first()
        if item is None:
            return None
        code, state, here, there = item.code, item.state, item.office_key, item.destination_key or ""
        if state == "in_transit":
            self.scan(there, code, "received")
            return Act("scan", "", there, "", {})
        if state == "to_send":
            self.scan(here, code, "listed")
        self.send(here, code)
        return Act("send", "", here, "", {})

    def scan(self, office: str, code: str, word: str) -> None:
        """By whoever handles paper at that office, at the desk; what came of it is that word."""
        surfer = self.handler(office)
        surfer.get("/desk/")
        page = surfer.submit("/desk/scan", {"codes": code, **self._at(surfer, office)})
        assert f'data-word="{word}"' in page.text, f"{code} scanned at {office}: {_said(page)}"

    def _at(self, surfer: Surfer, office: str) -> dict[str, str]:
        names = surfer.form("/desk/scan").fields
        return {"office": office} if "office" in names else {}

    def send(self, office: str, code: str) -> None:
        """The registry on which it stands is closed and handed to the courier."""
        number, surfer = custody.paper(code).consignment_id, self.handler(office)
        assert number is not None, f"{code} is on no registry"
        surfer.get(f"/desk/consignments/{number}")
        if db.session.get_one(Consignment, number).state == "draft":
            surfer.submit(f"/desk/consignments/{number}/close")
        surfer.submit(f"/desk/consignments/{number}/hand-over")

    def _came(self, task: Task) -> Act:
        """The applicant stands at the counter: whoever is offered that on the case's page says so."""
        for role, row in registry.current().by_key("roles").items():
            if row["sees_cases"] != "yes":
                continue
            for each in directory.staff_at(task.office_key, role)[:1]:
                surfer = self.surfer(each.login)
                surfer.get(f"/cases/{task.case_id}")
                try:
                    surfer.submit(f"/desk/cases/{task.case_id}/came")
                except NoSuchForm:
                    continue
                return Act("came", task.step, task.office_key, role, {})
        raise Stuck(f"case {task.case_id}: nobody at {task.office_key} may say that the applicant came")


def _form(surfer: Surfer, at: str, step: str) -> Any:
    try:
        return surfer.form(at)
    except NoSuchForm:
        page = surfer.page
        raise Stuck(f"{step} is not offered to who should do it: {_said(page) if page else ''}") from None


def _said(page: TestResponse) -> str:
    """What the page says in its alarms, or its status."""
    found = re.findall(r'class="flash[^"]*"[^>]*>(.*?)</', page.text, re.S)
    return "; ".join(" ".join(each.split()) for each in found) or f"status {page.status_code} of {page.request.path}"
