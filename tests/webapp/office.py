"""One body at work: its people at their browsers, and the shortest way through a case of the direct route."""

import re
from collections.abc import Mapping

from flask import Flask
from werkzeug.test import TestResponse

from services import custody, directory
from tests.surfer import Surfer

OFFICE = "TALDYKORGAN"

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


class Office:
    """The people of one body, each with a browser of their own."""

    def __init__(self, app: Flask, key: str = OFFICE) -> None:
        self.app, self.key = app, key
        self._surfers: dict[str, Surfer] = {}
        self.executor_id = directory.staff_at(key, "executor")[0].id

    def person(self, role: str, number: int = 0) -> Surfer:
        """The n-th of those with that role, signed in."""
        who = directory.staff_at(self.key, role)[number]
        if who.login not in self._surfers:
            self._surfers[who.login] = Surfer(self.app).sign_in(who.login)
        return self._surfers[who.login]

    def open(self) -> int:
        """A new application's case, open in the clerk's browser."""
        clerk = self.person("clerk")
        clerk.get("/")
        page = clerk.submit("/cases", {"route": "direct"})
        found = re.search(r"/cases/(\d+)", page.request.path)
        assert found, page.text
        return int(found[1])

    def task(self, case_id: int) -> str:
        """The id of the step that is open."""
        lines = self.person("clerk").json(f"/cases/{case_id}/steps.json")["steps"]  # type: ignore[index]
        return next(line["task_id"] for line in lines if not line["done_at"] and not line["cancelled"])

    def work(self, case_id: int, role: str, answers: dict[str, object], *, take: bool = True) -> TestResponse:
        """Take the open step, fill in its form, send it."""
        surfer, task = self.person(role), self.task(case_id)
        page = surfer.get(f"/cases/{case_id}")
        if take and f'action="/inbox/{task}/claim"' in page.text:
            surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}")
        return surfer.submit(f"/inbox/{task}/complete", with_code(case_id, answers))

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

    def run(self, until: int | None = None) -> int:
        """A case taken that many steps along (all of them when not told)."""
        case_id = self.open()
        for role, answers in self.steps()[:until]:
            page = self.work(case_id, role, answers)
            assert page.status_code == 200, page.text
        return case_id
