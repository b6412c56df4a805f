"""The worked cases, and how one is replayed over the pages by the people of its route.

`WORKED_CASES` names another file of the same form; whatever cases it holds are replayed.
"""

import os
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from komek.testing.played import worker_until
from komek.testing.surfer import Surfer
from services import clock, custody, directory, notices, registry
from services.cases.models import Case
from services.config import ROOT
from services.db import db
from services.notices.models import Notice
from tests.people import public, worked
from tests.people.office import ALL_PAPERS

DATA = ROOT / "tests/data"
OURS = (DATA / "worked-cases.json", DATA / "worked-events.json")
ASKED = os.environ.get("WORKED_CASES")
CASES = [case for file in ([Path(ASKED)] if ASKED else OURS) for case in worked.read(file)]
#: words for one thing that the file's form leaves open
SAME_OUTCOME = {
    "resubmitted": "supplemented",
    "draft_supplemented": "supplemented",
    "returned_for_supplement": "returned",
}
#: papers that lie in the former case's file
HELD = {f"documents-{key}" for key in ("identity", "dwelling_title", "bank_account")}
POSTED = {"way": "posted", "postal_number": "RR123456785KZ"}
ONE_BILL = {"expenses-0-kind": "heating"}
ENTITLED = ONE_BILL | {"members-0-income": "40000", "expenses-0-amount": "30000"}
NOT_ENTITLED = ONE_BILL | {"members-0-income": "400000", "expenses-0-amount": "5000"}


class Replay:
    """One worked case, and the people of its offices; not all `look` at the page that each step leads to."""

    def __init__(self, app: Flask, case: dict, *, look: bool = True) -> None:
        self.app, self.case, self.look = app, case, look
        self.body = office("body", str(case["authorised_body_no"]))
        self.intake = office("psc", psc_number(case["psc_no"])) if case["route"] == "psc" else self.body
        self.surfers: dict[str, Surfer] = {}
        self.executor = directory.staff_at(self.body, "executor")[0]
        self.case_id = 0

    def person(self, role: str) -> Surfer:
        if role not in self.surfers:
            at = self.intake if role.startswith("psc") else self.body
            login = self.executor.login if role == "executor" else directory.staff_at(at, role)[0].login
            self.surfers[role] = Surfer(self.app).sign_in(login)
        return self.surfers[role]

    def decided_by_others(self) -> None:
        """From now on the body's head and executor are people who did not decide this case before."""
        for role in ("head", "executor"):
            before = {self.executor.id, directory.staff_at(self.body, "head")[0].id}
            other = next(each for each in directory.staff_at(self.body, role) if each.id not in before)
            self.surfers[role] = Surfer(self.app).sign_in(other.login)
        self.executor = other

    @property
    def opener(self) -> str:
        return "psc_inspector" if self.case["route"] == "psc" else "clerk"

    def open(self) -> int:
        surfer = self.person(self.opener)
        surfer.get("/")
        page = surfer.submit("/cases", {"route": self.case["route"], "office": self.intake})
        found = re.search(r"/cases/(\d+)", page.request.path)
        assert found, page.text
        self.case_id = int(found[1])
        return self.case_id

    def follow(self, former: "Replay") -> int:
        """From the list of rechecks to the application for the next term, which is open then."""
        surfer, number = self.person(self.opener), Case.number
        said = db.session.scalar(select(number).where(Case.id == former.case_id))
        page = surfer.get("/rechecks/")
        assert said and said in page.text, page.text
        page = surfer.submit(f"/cases/{former.case_id}/follow")
        found = re.search(r"/cases/(\d+)$", page.request.path)
        assert found, page.text
        self.case_id = int(found[1])
        return self.case_id

    def lines(self) -> list[dict]:
        public.says_where(self.case_id)  # whatever was done, the applicant is told something true
        return self.person(self.opener).json(f"/cases/{self.case_id}/steps.json")["steps"]  # type: ignore[index]

    def open_line(self, code: str | None = None) -> dict:
        lines = [line for line in self.lines() if line["done_at"] is None and not line["cancelled"]]
        return next(line for line in lines if line["code"] == code or (code is None and line["code"]))

    def complete(self, role: str, answers: dict[str, object], code: str | None = None) -> None:
        surfer = self.person(role)
        task = self.open_line(code)["task_id"]
        page = surfer.get(f"/cases/{self.case_id}")
        if f'action="/inbox/{task}/claim"' in page.text:
            page = surfer.submit(f"/inbox/{task}/claim")
            assert page.request.path == f"/cases/{self.case_id}", page.request.path
        if 'name="delay_reason"' in page.text:
            answers = answers | {"delay_reason": "Анықтама кеш келді"}
        answer = (surfer.submit if self.look else surfer.send)(f"/inbox/{task}/complete", answers)
        assert answer.status_code == (200 if self.look else 303), answer.text
        assert task not in [line["task_id"] for line in self.lines() if line["done_at"] is None], answer.text

    def do(self, step: dict) -> None:
        code, outcome = step["code"], step["outcome_key"]
        refused = self.case["final_outcome"] == "refused" or outcome == "draft_refusal"
        returned = SAME_OUTCOME.get(outcome, outcome) == "returned"
        figures = (NOT_ENTITLED if refused else ENTITLED) | {"papers": "complete"}
        figures |= {"household_confirmed": "yes"} if "former" in self.case else {}
        refusal = {"explanation": "Шығыстар шекті үлестен аспайды"} if refused else {}
        verdict = {"verdict": "return", "reason": "Есептеуді нақтылау"} if returned else {"verdict": "agree"}
        if code == "D3":
            self.complete("executor", figures)
            self.complete("executor", refusal)
        elif code in ("D4", "P8"):
            self.complete("head", verdict)
            if not returned:  # the numbered paper is signed by ink, and the code on it is scanned
                self.complete("head", {"verdict": "sign", "code": self.paper("result")})
        elif code in self.by_scan():
            self.by_scan()[code]()
        else:
            role, answers = {
                "D1": ("clerk", self.application()),
                "P1": ("psc_inspector", self.application()),
                "D2": ("head", {"executor": self.executor.id}),
                "P5": ("head", {"executor": self.executor.id}),
                "P3": ("clerk", {"papers": "match"}),
                "P4": ("clerk", {}),
                "P6": ("executor", figures),
                "P7": ("executor", {"decision": "refuse" if refused else "approve", **refusal}),
                "DR": ("executor", {}),
                "P9": ("executor", {}),
                "D5": ("executor", self.delivery(step)),
                "P11": ("psc_accum", {}),
                "P12": ("psc_inspector", {**self.received(), "receipt": "shown"}),
                "LR": (step["role"], self.papers_back(outcome)),
                "LS": (step["role"], {"told_how": "letter", **POSTED}),
            }.get(code, (step["role"], {}))
            self.complete(role, answers | as_typed(step.get("answers", {})), code)

    # ---------------------------------------------------------------- paper

    def by_scan(self) -> dict[str, Callable[[], object]]:
        return {
            "P2": lambda: send(self.person("psc_accum"), self.folders()),
            "PC": lambda: scan(self.person("clerk"), self.folders()[0], "received"),
            "P10": lambda: send(self.person("clerk"), [self.paper("result")]),
            "PB": lambda: scan(self.person("psc_accum"), self.paper("result"), "received"),
        }

    def see_on_screen(self, told: list[Notice]) -> None:
        """The control level sees that it is late, and where; it sees neither the applicant nor the case."""
        control = Surfer(self.app).sign_in("control")
        page = control.get("/notices/").text
        rows = [row.text_content() for row in control.tree.xpath("//tr[@data-notice]")]
        late = [notice for notice in told if notice.kind == "escalated"]
        assert len([row for row in rows if any(notice.number in row for notice in told)]) == len(late)
        assert self.case["applicant"]["name_kk"] not in page and '"/cases/' not in page

    def paper(self, kind: str, case_id: int = 0) -> str:
        return custody.code_of(case_id or self.case_id, kind)

    def folders(self) -> list[str]:
        return [self.paper("folder", case_id) for case_id in (self.case_id, *self.others)]

    others: tuple[int, ...] = ()

    def take_in_others(self, count: int) -> None:
        """Folders of other people that go with the same registry."""
        mine = self.case_id
        made = []
        for _ in range(count):
            made.append(self.open())
            self.complete("psc_inspector", self.application())
        self.others, self.case_id = tuple(made), mine

    def lose_and_find(self, event: dict, found_at: datetime) -> None:
        """The registry is unpacked without this case's folder, which is found where it was sent from."""
        clerk, sender = self.person("clerk"), self.person("psc_accum")
        mine, *others = self.folders()
        with clock.stopped(at(event["at"])):
            for code in others:
                scan(clerk, code, "received")
            number = custody.paper(mine).consignment_id
            page = clerk.get(f"/desk/consignments/{number}")
            page = clerk.submit(f"/desk/consignments/{number}/finish")
            assert mine in page.text
            assert custody.paper(mine).state == "missing"
            assert self.open_line("PC")["due_at"] < event["at"]
        for late in (each for each in self.case["events"] if "R-COUR" in each["detail"]):
            for seconds, is_late in ((0, False), (1, True)):
                with clock.stopped(at(late["at"]) + timedelta(seconds=seconds)):
                    assert self.open_line(late["step"])["late"] is is_late
        told_at = next(at(each["at"]) for each in self.case["events"] if each["type"] == "notify")
        worker_until(told_at - timedelta(seconds=1))
        assert notices.of_case(self.case_id) == []
        worker_until(found_at)
        assert {notice.at for notice in notices.of_case(self.case_id)} == {told_at}
        with clock.stopped(found_at):
            scan(sender, mine, "found")
            self.others = ()
            send(sender, [mine])

    def application(self) -> dict[str, object]:
        if "former" in self.case:  # all that was said before stands in the form
            return {**{name: one for name, one in ALL_PAPERS.items() if name not in HELD}, "carried_confirmed": "yes"}
        who = self.case["applicant"]
        surname, given_name, *patronymic = who["name_kk"].split()
        usual = registry.current().row("offices", self.intake)["parent"] if self.case["route"] == "psc" else self.body
        other = {"body": self.body, "body_reason": "Мекенжайы бойынша"} if usual != self.body else {}
        return other | {
            "surname": surname,
            "given_name": given_name,
            "patronymic": " ".join(patronymic),
            "iin": who.get("iin") or "",
            "address": who["address_kk"],
            "phone": who["phone"],
            "again_reason": "Басқа іс",  # one house replays them all, and people come again
            **ALL_PAPERS,
        }

    def received(self) -> dict[str, object]:
        return {"received_by": self.case["applicant"]["name_kk"], "identified_by": "identity"}

    def papers_back(self, outcome: str) -> dict[str, object]:
        if outcome == "kept_with_file":
            return {"way": "kept", "received_by": None, "identified_by": None}
        return {"way": "handed_over", **self.received()}

    def delivery(self, step: dict) -> dict[str, object]:
        return delivery(step) or {"way": "handed_over", **self.received()}


def office(kind: str, number: str) -> str:
    rows = registry.current().table("offices")
    return next(row["key"] for row in rows if row["kind"] == kind and row["number"] == number)


def psc_number(said: str) -> str:
    """`P7` for line «7)» of appendix 2; the branch above the offices is its «1.», without a bracket."""
    return f"P{said.rstrip(')')}" if said.endswith(")") else "P0"


def scan(surfer: Surfer, code: str, word: str) -> None:
    surfer.get("/desk/")
    page = surfer.submit("/desk/scan", {"codes": code})
    assert f'data-word="{word}"' in page.text, page.text


def send(surfer: Surfer, codes: list[str]) -> None:
    """Put them on a registry, close it, hand it to the courier."""
    surfer.get("/desk/")
    page = surfer.submit("/desk/scan", {"codes": "\n".join(codes)})
    assert page.text.count('data-word="listed"') == len(codes), page.text
    number = custody.paper(codes[0]).consignment_id
    surfer.get(f"/desk/consignments/{number}")
    surfer.submit(f"/desk/consignments/{number}/close")
    surfer.submit(f"/desk/consignments/{number}/hand-over")


def delivery(step: dict) -> dict[str, object]:
    if step["outcome_key"] == "posted":
        return POSTED | {"received_by": None}
    if step["outcome_key"] == "ready":
        return {"way": "ready", "told_how": "phone", "received_by": None}
    return {}


def as_typed(answers: Mapping[str, object]) -> dict[str, object]:
    """As people type them: days as 05.03.2013, an authorised body by its number in appendix 1."""
    typed = dict(answers)
    for name, value in answers.items():
        if isinstance(value, int) and name.endswith("body"):
            typed[name] = office("body", str(value))
        elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            typed[name] = f"{date.fromisoformat(value):%d.%m.%Y}"
    return typed


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
