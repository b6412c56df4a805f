"""A PSC, its body and the courier at work: the shortest way through a case of the PSC route, over HTTP."""

import re

from flask import Flask
from werkzeug.test import TestResponse

from services import custody, directory, registry
from tests.surfer import Surfer
from tests.webapp.office import APPLICATION, FIGURES, RECEIVED, with_code

PSC = "PSC_TALDYKORGAN"


class Psc:
    """The people of one PSC and of its body, each with a browser of their own."""

    def __init__(self, app: Flask, key: str = PSC) -> None:
        self.app, self.key = app, key
        self.body = registry.current().row("offices", key)["parent"]
        self._surfers: dict[str, Surfer] = {}
        self.executor_id = directory.staff_at(self.body, "executor")[0].id

    def person(self, role: str) -> Surfer:
        """The first of those with that role, signed in; a courier at the PSC."""
        at = self.key if role.startswith("psc") or role == "courier" else self.body
        login = directory.staff_at(at, role)[0].login
        if login not in self._surfers:
            self._surfers[login] = Surfer(self.app).sign_in(login)
        return self._surfers[login]

    def open(self) -> int:
        inspector = self.person("psc_inspector")
        inspector.get("/")
        page = inspector.submit("/cases", {"route": "psc"})
        found = re.search(r"/cases/(\d+)", page.request.path)
        assert found, page.text
        return int(found[1])

    def lines(self, case_id: int) -> list[dict]:
        return self.person("psc_inspector").json(f"/cases/{case_id}/steps.json")["steps"]  # type: ignore[index]

    def open_line(self, case_id: int, code: str | None = None) -> dict:
        """The step that is open: with that code, else the first that has one."""
        lines = [line for line in self.lines(case_id) if not line["done_at"] and not line["cancelled"]]
        return next(line for line in lines if line["code"] == code or (code is None and line["code"]))

    def work(
        self, case_id: int, role: str, answers: dict[str, object] | None = None, *, together: bool = False
    ) -> TestResponse:
        """Take the open step, fill in its form, send it; together with the one that goes with it."""
        surfer, task = self.person(role), self.open_line(case_id)["task_id"]
        if f'action="/inbox/{task}/claim"' in surfer.get(f"/cases/{case_id}").text:
            surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}")
        sent = {**with_code(case_id, answers or {}), **({"_together": "1"} if together else {})}
        page = surfer.submit(f"/inbox/{task}/complete", sent)
        assert page.status_code == 200, page.text
        return page

    def accept(self, **more: object) -> int:
        """A folder that waits for the courier."""
        case_id = self.open()
        self.work(case_id, "psc_inspector", {**APPLICATION, **more})
        return case_id

    def folder(self, case_id: int) -> str:
        return custody.code_of(case_id, "folder")

    def result(self, case_id: int) -> str:
        return custody.code_of(case_id, "result")

    def scan(self, role: str, *codes: str) -> TestResponse:
        surfer = self.person(role)
        surfer.get("/desk/")
        return surfer.submit("/desk/scan", {"codes": "\n".join(codes)})

    def send(self, role: str, *codes: str) -> int:
        """Put them on a registry, close it, hand it over; the id of the consignment."""
        page = self.scan(role, *codes)
        assert page.text.count('data-word="listed"') == len(codes), page.text
        consignment_id = custody.paper(codes[0]).consignment_id
        assert consignment_id is not None
        surfer = self.person(role)
        surfer.get(f"/desk/consignments/{consignment_id}")
        surfer.submit(f"/desk/consignments/{consignment_id}/close")
        surfer.submit(f"/desk/consignments/{consignment_id}/hand-over")
        return consignment_id

    def carry(self, case_id: int) -> None:
        """From the PSC to the body: sent, and scanned in."""
        self.send("psc_accum", self.folder(case_id))
        page = self.scan("clerk", self.folder(case_id))
        assert 'data-word="received"' in page.text, page.text

    def decide(self, case_id: int) -> None:
        """At the body, from the arrived folder to the result that waits for the courier."""
        self.work(case_id, "clerk", {"papers": "match"}, together=True)
        self.work(case_id, "head", {"executor": self.executor_id})
        self.determine(case_id)
        self.work(case_id, "head", {"verdict": "agree"})
        self.work(case_id, "head", {"verdict": "sign"})
        self.work(case_id, "executor")

    def determine(self, case_id: int) -> None:
        """The executor enters the figures, has the proposal calculated, and sends both steps by one click."""
        surfer, task = self.person("executor"), self.open_line(case_id)["task_id"]
        surfer.get(f"/cases/{case_id}")
        surfer.submit(f"/inbox/{task}/complete", {**FIGURES, "_preview": "1"})
        page = surfer.submit(f"/inbox/{task}/complete", {"_together": "1"})
        assert page.status_code == 200, page.text

    def give_back(self, case_id: int) -> None:
        """From the body to the applicant."""
        self.send("clerk", self.result(case_id))
        self.scan("psc_accum", self.result(case_id))
        self.work(case_id, "psc_accum")
        inspector = self.person("psc_inspector")
        inspector.get(f"/cases/{case_id}")
        inspector.submit(f"/desk/cases/{case_id}/came")
        self.work(case_id, "psc_inspector", {**RECEIVED, "receipt": "shown"})

    def run(self) -> int:
        """A whole case, approved and issued."""
        case_id = self.accept()
        self.carry(case_id)
        self.decide(case_id)
        self.give_back(case_id)
        return case_id
