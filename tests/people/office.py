"""A body and a PSC at work: their people at their browsers, and the shortest way through a case of each route."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, wraps
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from komek.testing.rows import Stands
from komek.testing.surfer import Surfer
from services import custody, directory, registry

OFFICE = "TALDYKORGAN"
PSC = "PSC_TALDYKORGAN"

#: one of each of the required documents
ALL_PAPERS = {
    f"documents-{key}": "1"
    for key in (
        "application", "identity", "dwelling_title", "address_certificate", "income", "bank_account",
        "maintenance_bill", "utility_bills",
    )
}  # fmt: skip
APPLICATION = {
    "surname": "Үлгібаев",
    "given_name": "Мысал",
    "patronymic": "Сынақұлы",
    "iin": "850101100012",
    "address": "Талдықорған қаласы, Үлгі көшесі, 1-үй, 1-пәтер",
    "phone": "8 700 000 00 01",
    # one applicant stands at the counter in a hundred tests: each time it is another application of one term
    "again_reason": "Басқа ай үшін",
    **ALL_PAPERS,
}
#: who came for the result, and by which paper they were known
RECEIVED = {"received_by": "Үлгібаев Мысал Сынақұлы", "identified_by": "identity"}
FIGURES = {
    "papers": "complete",
    "members-0-income": "40000",
    "expenses-0-kind": "heating",
    "expenses-0-amount": "30000",
}


def with_code(case_id: int, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers; whoever says that a paper was signed scans the code on it."""
    scans = answers.get("verdict") == "sign" and "code" not in answers
    return {**answers, **({"code": custody.code_of(case_id, "result")} if scans else {})}


def once_from_each_state(way: Callable[..., Any]) -> Callable[..., Any]:
    """Whatever these people do this way from one and the same state is done once, in haste, and put back."""

    @wraps(way)
    def gone(self: "People", *details: object, **more: object) -> Any:
        def go() -> tuple[Any, dict[str, Any]]:
            with self.in_haste():
                return way(self, *details, **more), {login: surfer.left for login, surfer in self._surfers.items()}

        before = repr([(login, surfer.left) for login, surfer in self._surfers.items()])
        said, left = Stands.after((way, type(self), self.key, self.body, before, repr(details), repr(more)), go)
        for login, each in left.items():
            self._surfers.setdefault(login, Surfer(self.app)).left = each
        return said

    return gone


class People:
    """Those of one office, each with a browser of their own, and what they do with any case."""

    #: who opens a case, and on which route
    opener: str
    route: str
    #: whether they look at the page that a form sent leads to, or only see that it was taken
    look = True

    def __init__(self, app: Flask, key: str, body: str) -> None:
        self.app, self.key, self.body = app, key, body
        self._surfers: dict[str, Surfer] = {}

    @contextmanager
    def in_haste(self) -> Iterator[None]:
        """What they come to by the way is looked at by nobody."""
        looked, self.look = self.look, False
        try:
            yield
        finally:
            self.look = looked

    @cached_property
    def executor_id(self) -> int:
        return directory.staff_at(self.body, "executor")[0].id

    def at(self, role: str) -> str:
        """The office at which somebody has that role."""
        return self.key

    def person(self, role: str, number: int = 0) -> Surfer:
        """The n-th of those with that role, signed in."""
        login = directory.staff_at(self.at(role), role)[number].login
        if login not in self._surfers:
            self._surfers[login] = Surfer(self.app).sign_in(login)
        return self._surfers[login]

    def open(self, **more: object) -> int:
        """A new application's case, open in its opener's browser."""
        opener = self.person(self.opener)
        opener.get("/")
        page = opener.submit("/cases", {"route": self.route, **more})
        found = re.search(r"/cases/(\d+)", page.request.path)
        assert found, page.text
        return int(found[1])

    def lines(self, case_id: int) -> list[dict]:
        return self.person(self.opener).json(f"/cases/{case_id}/steps.json")["steps"]  # type: ignore[index]

    def open_line(self, case_id: int, code: str | None = None) -> dict:
        """The step that is open: with that code, else the first that has one, else the first."""
        lines = [line for line in self.lines(case_id) if not line["done_at"] and not line["cancelled"]]
        if code:
            return next(line for line in lines if line["code"] == code)
        return min(lines, key=lambda line: not line["code"])

    def task(self, case_id: int) -> str:
        """The id of the step that is open."""
        return self.open_line(case_id)["task_id"]

    def work(
        self,
        case_id: int,
        role: str,
        answers: Mapping[str, object] | None = None,
        *,
        take: bool = True,
        together: bool = False,
    ) -> TestResponse:
        """Take the open step, fill in its form, send it; together with the one that goes with it.

        The page that it leads to; in haste the answer alone, 303.
        """
        surfer, task = self.person(role), self.task(case_id)
        page = surfer.get(f"/cases/{case_id}")
        if take and f'action="/inbox/{task}/claim"' in page.text:
            page = surfer.submit(f"/inbox/{task}/claim")
        if page.request.path != f"/cases/{case_id}":
            surfer.get(f"/cases/{case_id}")
        sent = with_code(case_id, answers or {}) | ({"_together": "1"} if together else {})
        return (surfer.submit if self.look else surfer.send)(f"/inbox/{task}/complete", sent)


class Office(People):
    """The people of one body."""

    opener, route = "clerk", "direct"

    def __init__(self, app: Flask, key: str = OFFICE) -> None:
        super().__init__(app, key, key)

    def steps(self) -> list[tuple[str, dict[str, object]]]:
        """Role and answers of every step of the shortest way: approved at once, handed over at once."""
        return [
            ("clerk", dict(APPLICATION)),
            ("head", {"executor": self.executor_id}),
            ("executor", dict(FIGURES)),
            ("executor", {}),
            ("head", {"verdict": "agree"}),
            ("head", {"verdict": "sign"}),
            ("executor", {"way": "handed_over", **RECEIVED}),
        ]

    @once_from_each_state
    def run(self, until: int | None = None) -> int:
        """A case taken that many steps along (all of them when not told)."""
        case_id = self.open()
        for role, answers in self.steps()[:until]:
            page = self.work(case_id, role, answers)
            assert page.status_code == 303, page.text
        return case_id


class Psc(People):
    """The people of one PSC, of its body and the courier between them."""

    opener, route = "psc_inspector", "psc"

    def __init__(self, app: Flask, key: str = PSC) -> None:
        super().__init__(app, key, registry.current().row("offices", key)["parent"])

    def at(self, role: str) -> str:
        """A courier is one of the PSC."""
        return self.key if role.startswith("psc") or role == "courier" else self.body

    def work(self, case_id: int, role: str, answers: Mapping[str, object] | None = None, **how: bool) -> TestResponse:
        """The same, and nothing was refused."""
        page = super().work(case_id, role, answers, **how)
        assert page.status_code == (200 if self.look else 303), page.text
        return page

    @once_from_each_state
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

    @once_from_each_state
    def carry(self, case_id: int) -> None:
        """From the PSC to the body: sent, and scanned in."""
        self.send("psc_accum", self.folder(case_id))
        page = self.scan("clerk", self.folder(case_id))
        assert 'data-word="received"' in page.text, page.text

    @once_from_each_state
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
