"""The worked cases of both routes, replayed through HTTP with a stopped clock, step by step.

`WORKED_CASES` names another file of the same form; whatever cases it holds are replayed.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import clock, custody, directory, jobs, notices, registry
from services.config import ROOT
from services.db import db
from services.jobs.models import JobRow
from services.notices.models import Notice
from tests.people.office import ALL_PAPERS
from tests.people.surfer import Surfer

FILE = Path(os.environ.get("WORKED_CASES") or ROOT / "tests/data/worked-cases.json")
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]

#: words for one thing that the file's form leaves open
SAME_OUTCOME = {
    "resubmitted": "supplemented",
    "draft_supplemented": "supplemented",
    "returned_for_supplement": "returned",
}
SAME_OUTPUT = {
    "fact.postal_no": "doc.postal_no",
    "fact.postal_dispatch_no": "doc.postal_no",
    "doc.dispatch_list": "doc.registry",
}

#: what the file calls what people are told
KINDS = {
    "warning": "warned",
    "overdue": "overdue",
    "outer_limit_overdue": "overdue",
    "escalation": "escalated",
    "notify": "missing",
}
ADDRESSEES = {
    "warned": {"{holder}"},
    "overdue": {"{holder} and head"},
    "escalated": {"control"},
    "missing": {"psc_accum", "psc_head"},
}

ONE_BILL = {"expenses-0-kind": "heating"}
ENTITLED = ONE_BILL | {"members-0-income": "40000", "expenses-0-amount": "30000"}
NOT_ENTITLED = ONE_BILL | {"members-0-income": "400000", "expenses-0-amount": "5000"}


class Replay:
    """One worked case, and the people of its offices."""

    def __init__(self, app: Flask, case: dict) -> None:
        self.app, self.case = app, case
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

    def worker_until(self, moment: datetime) -> None:
        """A worker that is awake all the time: each job at its own moment, up to that one."""
        while (due_at := db.session.scalar(select(func.min(JobRow.due_at)))) is not None and due_at <= moment:
            db.session.rollback()
            jobs.work_off(due_at)
        db.session.rollback()

    def lines(self) -> list[dict]:
        return self.person(self.opener).json(f"/cases/{self.case_id}/steps.json")["steps"]  # type: ignore[index]

    def open_line(self, code: str | None = None) -> dict:
        lines = [line for line in self.lines() if line["done_at"] is None and not line["cancelled"]]
        return next(line for line in lines if line["code"] == code or (code is None and line["code"]))

    def complete(self, role: str, answers: dict[str, object]) -> None:
        surfer = self.person(role)
        task = self.open_line()["task_id"]
        page = surfer.get(f"/cases/{self.case_id}")
        if f'action="/inbox/{task}/claim"' in page.text:
            page = surfer.submit(f"/inbox/{task}/claim")
            surfer.get(f"/cases/{self.case_id}")
        if 'name="delay_reason"' in page.text:
            answers = answers | {"delay_reason": "Анықтама кеш келді"}
        answer = surfer.submit(f"/inbox/{task}/complete", answers)
        assert answer.status_code == 200, answer.text
        assert task not in [line["task_id"] for line in self.lines() if line["done_at"] is None], answer.text

    def do(self, step: dict) -> None:
        code, outcome = step["code"], step["outcome_key"]
        refused = self.case["final_outcome"] == "refused" or outcome == "draft_refusal"
        returned = SAME_OUTCOME.get(outcome, outcome) == "returned"
        figures = (NOT_ENTITLED if refused else ENTITLED) | {"papers": "complete"}
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
            }[code]
            self.complete(role, answers)

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
        self.worker_until(told_at - timedelta(seconds=1))
        assert notices.of_case(self.case_id) == []
        self.worker_until(found_at)
        assert {notice.at for notice in notices.of_case(self.case_id)} == {told_at}
        with clock.stopped(found_at):
            scan(sender, mine, "found")
            self.others = ()
            send(sender, [mine])

    def application(self) -> dict[str, object]:
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
            **ALL_PAPERS,
        }

    def received(self) -> dict[str, object]:
        return {"received_by": self.case["applicant"]["name_kk"], "identified_by": "identity"}

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
        return {"way": "posted", "postal_number": "RR123456785KZ", "received_by": None}
    if step["outcome_key"] == "ready":
        return {"way": "ready", "told_how": "phone", "received_by": None}
    return {}


@pytest.fixture(params=CASES, ids=lambda case: case["id"])
def replay(request: pytest.FixtureRequest, house: Flask) -> Iterator[Replay]:
    with clock.stopped(datetime.fromisoformat(request.param["received_at"])):
        yield Replay(house, request.param)


def test_the_file_holds_cases_of_both_routes() -> None:
    assert {case["route"] for case in CASES} == {"direct", "psc"}


def test_a_worked_case_runs_as_the_file_says(replay: Replay) -> None:
    case = replay.case
    replay.open()
    lost = next((event for event in case["events"] if event["type"] == "registry_discrepancy"), None)
    for step in case["steps"]:
        replay.worker_until(at(step["started_at"]))
        with clock.stopped(at(step["started_at"])):
            if step["code"] == "P12":  # the clock of the issuing starts when the applicant comes
                replay.person("psc_inspector").get(f"/cases/{replay.case_id}")
                replay.person("psc_inspector").submit(f"/desk/cases/{replay.case_id}/came")
            line = replay.open_line(step["code"])
            assert line["role"] == step["role"]
            assert at(line["due_at"]) == at(step["due_at"]), step["code"]
            assert at(line["started_at"]) == at(step["started_at"]), step["code"]
        if step["code"] == "PC" and lost:
            replay.lose_and_find(lost, at(step["done_at"]) - timedelta(minutes=20))
        replay.worker_until(at(step["done_at"]))
        with clock.stopped(at(step["done_at"])):
            if step["code"] == "P2" and lost:
                replay.take_in_others(4)
            replay.do(step)
    with clock.stopped(at(case["steps"][-1]["done_at"])):
        page = replay.person("clerk").json(f"/cases/{replay.case_id}/steps.json")
    check_steps(case, page["steps"])  # type: ignore[index]
    check_whole(case, page)  # type: ignore[arg-type]
    replay.worker_until(at(case["steps"][-1]["done_at"]) + timedelta(days=60))
    check_told(replay)


def test_a_case_of_any_other_office_is_replayed_too(house: Flask) -> None:
    """Body 8 and PSC 14, where none of our own cases is; fewer outputs listed than a step brings."""
    case = deepcopy(next(case for case in CASES if case["route"] == "psc" and not case["overall"]["late"]))
    case["authorised_body_no"], case["psc_no"] = "8", "14)"
    for step in case["steps"]:
        step["output_keys"] = step["output_keys"][:1]
    with clock.stopped(datetime.fromisoformat(case["received_at"])):
        test_a_worked_case_runs_as_the_file_says(Replay(house, case))


def check_steps(case: dict, lines: list[dict]) -> None:
    stamped = [line for line in lines if not line["cancelled"] and line["done_at"] and line["code"]]
    grouped = [list(group) for _, group in groupby(stamped, key=lambda line: (line["code"], line["round"]))]
    assert len(grouped) >= len(case["steps"])
    for group, step in zip(grouped, case["steps"], strict=False):
        last = group[-1]
        assert last["code"] == step["code"]
        assert at(group[0]["started_at"]) == at(step["started_at"])
        assert at(last["done_at"]) == at(step["done_at"])
        assert at(last["due_at"]) == at(step["due_at"])
        assert last["late"] is step["late"]
        assert last["outcome"] == SAME_OUTCOME.get(step["outcome_key"], step["outcome_key"])
        wanted = {SAME_OUTPUT.get(key, key) for key in step["output_keys"]}
        brought = {output for line in group for output in line["outputs"]}
        assert wanted <= brought, step["code"]


def check_told(replay: Replay) -> None:
    """Everything the system tells, at its moment, and nothing else (R-ESC)."""
    told = notices.of_case(replay.case_id)
    assert [notice.told_at for notice in told] == [notice.at for notice in told]
    wanted = [event for event in replay.case["events"] if event["type"] in KINDS and "R-COUR" not in event["detail"]]
    for event in wanted:
        same = (at(event["at"]), KINDS[event["type"]], event.get("clock", "paper"), event.get("step", ""))
        whom = {addressee(replay, notice) for notice in told if facts(notice) == same}
        assert whom, f"not told: {event}"
        open_step = next(s for s in replay.case["steps"] if at(s["started_at"]) <= at(event["at"]) < at(s["done_at"]))
        assert whom == {each.format(holder=open_step["role"]) for each in ADDRESSEES[KINDS[event["type"]]]}, event
    assert len({facts(notice) for notice in told}) == len(wanted)
    replay.see_on_screen(told)


def facts(notice: Notice) -> tuple[datetime, str, str, str]:
    return notice.at, notice.kind, notice.clock, "" if notice.clock == "paper" else notice.code


def addressee(replay: Replay, notice: Notice) -> str:
    who = {replay.executor.id: "executor"}.get(notice.staff_id, str(notice.staff_id)) if notice.staff_id else ""
    return " and ".join(each for each in (who, notice.to_role) if each)


def check_whole(case: dict, page: dict) -> None:
    overall = case["overall"]
    assert at(page["outer"]["due_at"]) == at(overall["due_at"])
    assert page["outer"]["default"] is True
    if overall.get("measured_at"):
        assert at(page["outer"]["stopped_at"]) == at(overall["measured_at"])
        assert page["outer"]["late"] is overall["late"]
    if page["closed_at"]:
        assert page["outcome"] == case["final_outcome"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
