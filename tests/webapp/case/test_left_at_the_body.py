"""A result of a PSC's case that lies at the body: it came back, or was never sent. It is settled there."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from services import clock, custody, desk, directory
from tests.people.life import case_of, open_steps, tell
from tests.people.office import PSC, RECEIVED, Psc

DAY = datetime.fromisoformat("2026-03-02T10:00+05:00")
LATER = DAY + timedelta(days=40)
NEVER = {"reason": "Өтініш беруші органға өзі келді"}


@pytest.fixture
def psc(house: Flask) -> Psc:
    return Psc(house)


def came_back(psc: Psc) -> int:
    """A result for which nobody came to the PSC, back at the body."""
    with clock.stopped(DAY):
        case_id = psc.accept()
        psc.carry(case_id)
        psc.decide(case_id)
        psc.send("clerk", psc.result(case_id))
        psc.scan("psc_accum", psc.result(case_id))
        psc.work(case_id, "psc_accum")
    with clock.stopped(LATER):
        desk.send_back_unclaimed(case_id, directory.staff_at(PSC, "psc_inspector")[0])
        psc.send("psc_accum", psc.result(case_id))
        assert "unclaimed" not in open_steps(case_id)
        psc.scan("clerk", psc.result(case_id))
    return case_id


def settle(psc: Psc, case_id: int, answers: dict[str, object]) -> None:
    """The step at the body, by its clerk."""
    surfer, task = psc.person("clerk"), psc.open_line(case_id, "LU")["task_id"]
    page = surfer.get(f"/cases/{case_id}")
    if f'action="/inbox/{task}/claim"' in page.text:
        surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}")
    page = surfer.submit(f"/inbox/{task}/complete", answers)
    assert page.status_code == 200, page.text


def test_a_result_that_came_back_from_the_psc_stands_on_the_bodys_list_and_the_case_is_closed_there(psc: Psc) -> None:
    case_id = came_back(psc)
    assert "unclaimed" in open_steps(case_id), "nobody has to begin it by hand"
    with clock.stopped(LATER):
        settle(psc, case_id, {"way": "kept", "kept_why": "Өтініш беруші табылмады"})
    case = case_of(case_id)
    assert (case.outcome, open_steps(case_id), case.kept) == ("approved", [], 0)
    assert case.closed_at is not None
    assert custody.paper(psc.result(case_id)).state == "here"


def test_a_result_that_is_sent_to_its_counter_again_leaves_the_bodys_list_and_is_issued_there(psc: Psc) -> None:
    case_id = came_back(psc)
    with clock.stopped(LATER):
        desk.send_again(psc.result(case_id), psc.body, directory.staff_at(psc.body, "clerk")[0])
        psc.send("clerk", psc.result(case_id))
        assert "unclaimed" not in open_steps(case_id)
        psc.scan("psc_accum", psc.result(case_id))
        inspector = psc.person("psc_inspector")
        inspector.get(f"/cases/{case_id}")
        inspector.submit(f"/desk/cases/{case_id}/came")
        psc.work(case_id, "psc_inspector", {**RECEIVED, "receipt": "shown"})
    assert (case_of(case_id).outcome, open_steps(case_id)) == ("approved", [])


def test_a_result_that_never_went_is_handed_over_at_the_body_and_the_psc_waits_no_longer(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    psc.decide(case_id)
    tell(psc.person("clerk"), case_id, "Нәтиже ХҚКО-ға жіберілмейді", NEVER)
    assert "send" not in open_steps(case_id) and custody.paper(psc.result(case_id)).state == "here"
    settle(psc, case_id, {"way": "handed_over", **RECEIVED})
    case = case_of(case_id)
    assert (case.outcome, open_steps(case_id), case.kept) == ("approved", [], 0)
    assert case.outer_stopped_at is not None and custody.paper(psc.result(case_id)).state == "gone"
