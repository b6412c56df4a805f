"""The worked cases of the direct route, replayed through HTTP with a stopped clock, step by step.

`WORKED_CASES` names another file of the same form; whatever direct cases it holds are replayed.
"""

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

import pytest
from flask import Flask

from services import clock, directory, registry
from tests.surfer import Surfer

FILE = Path(os.environ.get("WORKED_CASES") or Path(__file__).parent.parent / "data" / "worked-cases.json")
CASES = [case for case in json.loads(FILE.read_text(encoding="utf-8"))["cases"] if case["route"] == "direct"]

#: words for one thing that the file's form leaves open
SAME_OUTCOME = {
    "resubmitted": "supplemented",
    "draft_supplemented": "supplemented",
    "returned_for_supplement": "returned",
}
SAME_OUTPUT = {"fact.postal_no": "doc.postal_no", "fact.postal_dispatch_no": "doc.postal_no"}

ONE_BILL = {"expenses-0-kind": "heating"}
ENTITLED = ONE_BILL | {"members-0-income": "40000", "expenses-0-amount": "30000"}
NOT_ENTITLED = ONE_BILL | {"members-0-income": "400000", "expenses-0-amount": "5000"}


class Replay:
    """One worked case, and the people of its office."""

    def __init__(self, app: Flask, case: dict) -> None:
        self.app, self.case = app, case
        rows = registry.current().table("offices")
        number = str(case["authorised_body_no"])
        self.office = next(row["key"] for row in rows if row["kind"] == "body" and row["number"] == number)
        self.surfers: dict[str, Surfer] = {}
        self.executor = directory.staff_at(self.office, "executor")[0]
        self.case_id = 0

    def person(self, role: str) -> Surfer:
        if role not in self.surfers:
            login = self.executor.login if role == "executor" else directory.staff_at(self.office, role)[0].login
            self.surfers[role] = Surfer(self.app).sign_in(login)
        return self.surfers[role]

    def open(self) -> None:
        clerk = self.person("clerk")
        clerk.get("/")
        page = clerk.submit("/cases", {"route": "direct", "office": self.office})
        found = re.search(r"/cases/(\d+)", page.request.path)
        assert found, page.text
        self.case_id = int(found[1])

    def lines(self) -> list[dict]:
        return self.person("clerk").json(f"/cases/{self.case_id}/steps.json")["steps"]  # type: ignore[index]

    def open_line(self) -> dict:
        return next(line for line in self.lines() if line["done_at"] is None and not line["cancelled"])

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
        if code == "D1":
            self.complete("clerk", self.application())
        elif code == "D2":
            self.complete("head", {"executor": self.executor.id})
        elif code == "D3":
            figures = NOT_ENTITLED if refused else ENTITLED
            self.complete("executor", figures | {"papers": "complete"})
            refusal = {"explanation": "Шығыстар шекті үлестен аспайды"} if refused else {}
            self.complete("executor", refusal)
        elif code == "D4":
            returned = SAME_OUTCOME.get(outcome, outcome) == "returned"
            self.complete(
                "head", {"verdict": "return", "reason": "Есептеуді нақтылау"} if returned else {"verdict": "sign"}
            )
        elif code == "DR":
            self.complete("executor", {})
        elif code == "D5":
            self.complete("executor", delivery(step))
        else:
            raise AssertionError(f"no such step on the direct route: {code}")

    def application(self) -> dict[str, object]:
        who = self.case["applicant"]
        surname, given_name, *patronymic = who["name_kk"].split()
        return {
            "surname": surname,
            "given_name": given_name,
            "patronymic": " ".join(patronymic),
            "iin": who.get("iin") or "",
            "address": who["address_kk"],
            "phone": who["phone"],
        }


def delivery(step: dict) -> dict[str, object]:
    if step["outcome_key"] == "posted":
        return {"way": "posted", "postal_number": "RR123456789KZ", "received_by": None}
    if step["outcome_key"] == "ready":
        return {"way": "ready", "told_how": "phone", "received_by": None}
    return {"way": "handed_over"}


@pytest.fixture(params=CASES, ids=lambda case: case["id"])
def replay(request: pytest.FixtureRequest, house: Flask) -> Iterator[Replay]:
    with clock.stopped(datetime.fromisoformat(request.param["received_at"])):
        yield Replay(house, request.param)


def test_the_file_holds_direct_cases() -> None:
    assert CASES


def test_a_worked_case_runs_as_the_file_says(replay: Replay) -> None:
    case = replay.case
    replay.open()
    for step in case["steps"]:
        with clock.stopped(datetime.fromisoformat(step["started_at"])):
            line = replay.open_line()
            assert (line["code"], line["role"]) == (step["code"], step["role"])
            assert at(line["due_at"]) == at(step["due_at"]), step["code"]
            assert at(line["started_at"]) == at(step["started_at"]), step["code"]
        with clock.stopped(datetime.fromisoformat(step["done_at"])):
            replay.do(step)
    with clock.stopped(datetime.fromisoformat(case["steps"][-1]["done_at"])):
        page = replay.person("clerk").json(f"/cases/{replay.case_id}/steps.json")
    check_steps(case, page["steps"])  # type: ignore[index]
    check_whole(case, page)  # type: ignore[arg-type]


def check_steps(case: dict, lines: list[dict]) -> None:
    stamped = [line for line in lines if not line["cancelled"] and line["done_at"]]
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
        assert {output for line in group for output in line["outputs"]} == wanted, step["code"]


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
