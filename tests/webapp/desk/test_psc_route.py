"""A case through two organisations and a courier, over HTTP."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from services import clock, custody
from services.db import db
from tests.counting import counted
from tests.people.office import APPLICATION, FIGURES, RECEIVED, Psc


def test_a_case_goes_from_the_psc_to_the_body_and_back(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.run()
    page = psc.person("psc_inspector").json(f"/cases/{case_id}/steps.json")
    assert page["outcome"] == "approved"  # type: ignore[index]
    codes = [line["code"] for line in page["steps"] if line["code"]]  # type: ignore[index]
    assert codes == ["P1", "P2", "PC", "P3", "P4", "P5", "P6", "P7", "P8", "P8", "P9", "P10", "PB", "P11", "P12"]


@pytest.mark.usefixtures("done_anew")
def test_every_act_on_the_psc_route_is_one_commit_and_a_handful_of_statements(house: Flask) -> None:
    """At most 15 for a task, in ten turns; 26 where the other pool is told: each says where it lies.

    Two stamps in one click are two.
    """
    psc = Psc(house)
    psc.run()  # what is read once by every process is read now
    case_id = psc.open()

    @contextmanager
    def act(name: str, most: int, turns: int = 28) -> Iterator[None]:
        with counted(db.engine) as count:
            yield
        assert count.commits == 1, name + "\n" + "\n\n".join(count.statements)
        assert count.turns <= turns, f"{name}: {count.turns} turns"
        assert len(count.statements) <= most, f"{name}: {len(count.statements)}\n" + "\n\n".join(count.statements)

    def complete(role: str, name: str, answers: dict[str, object], most: int = 15) -> None:
        surfer, task = psc.person(role), psc.open_line(case_id)["task_id"]
        if f'action="/inbox/{task}/claim"' in surfer.get(f"/cases/{case_id}").text:
            surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}")
        with act(name, most, turns=10):
            answer = surfer.submit(f"/inbox/{task}/complete", answers, follow=False)
        assert answer.status_code == 303, answer.text

    def scan(role: str, name: str, code: str, most: int = 26) -> None:
        surfer = psc.person(role)
        told = surfer.json("/desk/outbox.json")
        entry = {"id": secrets.token_hex(16), "office": told["office"], "kind": "scan", "waited": False,
                 "happened_at": clock.now().isoformat(), "content": {"code": code, "unpacking": None}}  # fmt: skip
        with act(name, most):
            sent = {"json": {"person": told["person"], "entries": [entry]}, "headers": {"X-CSRFToken": told["csrf"]}}
            answer = surfer._ask("POST", "/desk/merge", **sent)
        assert answer.get_json()["results"][0]["state"] == "merged", answer.text

    def hand_over(role: str, name: str, code: str) -> None:
        number = custody.paper(code).consignment_id
        surfer = psc.person(role)
        surfer.get(f"/desk/consignments/{number}")
        surfer.submit(f"/desk/consignments/{number}/close")
        with act(name, 26):
            surfer.submit(f"/desk/consignments/{number}/hand-over", follow=False)

    complete("psc_inspector", "P1", APPLICATION, most=16)  # the paper's keys are a statement of their own
    scan("psc_accum", "P2 listed", psc.folder(case_id), 15)
    hand_over("psc_accum", "P2 handed over", psc.folder(case_id))
    # the last paper of a registry ends it: its row, and a line in its own stream of the journal
    scan("clerk", "PC", psc.folder(case_id), 29)
    complete("clerk", "P3 and P4", {"papers": "match", "_together": "1"}, 30)
    complete("head", "P5", {"executor": psc.executor_id})
    complete("executor", "P6", FIGURES)
    complete("executor", "P7", {})
    complete("head", "P8 agreed", {"verdict": "agree"})
    complete("head", "P8", {"verdict": "sign", "code": psc.result(case_id)})
    complete("executor", "P9", {})
    scan("clerk", "P10 listed", psc.result(case_id), 15)
    hand_over("clerk", "P10 handed over", psc.result(case_id))
    scan("psc_accum", "PB", psc.result(case_id), 29)
    complete("psc_accum", "P11", {})
    inspector = psc.person("psc_inspector")
    inspector.get(f"/cases/{case_id}")
    with act("came", 25):
        inspector.submit(f"/desk/cases/{case_id}/came", follow=False)
    complete("psc_inspector", "P12", {**RECEIVED, "receipt": "shown"})
