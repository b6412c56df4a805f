"""The worked cases of both routes, replayed through HTTP with a stopped clock, step by step.

`WORKED_CASES` names another file of the same form; whatever cases it holds are replayed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

import pytest
from flask import Flask

from komek.testing.played import worker_until
from services import clock, notices
from services.cases.models import Case
from services.db import db
from services.notices.models import Notice
from tests.people import worked
from tests.people.happens import codes_of, papers_of, tell
from tests.people.replay import CASES, OURS, SAME_OUTCOME, Replay, at
from tests.unbroken import assert_unbroken

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
    "called_off": "called_off",
}
ADDRESSEES = {
    "warned": {"{holder}"},
    "overdue": {"{holder} and head"},
    "escalated": {"control"},
    "missing": {"psc_accum", "psc_head"},
}


@pytest.fixture(params=CASES, ids=lambda case: case["id"])
def replay(request: pytest.FixtureRequest, house: Flask) -> Iterator[Replay]:
    with clock.stopped(datetime.fromisoformat(request.param["received_at"])):
        yield Replay(house, request.param)


def test_our_file_holds_cases_of_both_routes() -> None:
    assert {case["route"] for case in worked.read(OURS[0])} == {"direct", "psc"}


def test_a_worked_case_runs_as_the_file_says(replay: Replay) -> None:
    case = replay.case
    if former := case.get("former"):
        with clock.stopped(at(former["received_at"])):
            test_a_worked_case_runs_as_the_file_says(earlier := Replay(replay.app, former))
        replay.follow(earlier)
    else:
        replay.open()
    lost = next((event for event in case["events"] if event["type"] == "registry_discrepancy"), None)
    for step in steps_and_events(replay):
        worker_until(at(step["started_at"]))
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
        worker_until(at(step["done_at"]))
        with clock.stopped(at(step["done_at"])):
            if step["code"] == "P2" and lost:
                replay.take_in_others(4)
            replay.do(step)
    ended = max(at(each) for each in (case["steps"][-1]["done_at"], *(told["at"] for told in case["happens"])))
    with clock.stopped(ended):
        page = replay.person("clerk").json(f"/cases/{replay.case_id}/steps.json")
    check_steps(case, page["steps"])  # type: ignore[index]
    check_whole(case, page)  # type: ignore[arg-type]
    if granted := case.get("assigned"):
        row = db.session.get_one(Case, replay.case_id, populate_existing=True)
        assert (str(row.assigned_from), str(row.assigned_until)) == (granted["from"], granted["until"])
    assert Counter(case.get("expected_papers", ())) <= Counter(papers_of(replay))
    worker_until(ended + timedelta(days=60))
    check_told(replay)
    assert_unbroken()


def steps_and_events(replay: Replay) -> Iterator[dict]:
    """The steps of the file in their order; before each, what happened until it was done."""
    happens = list(replay.case["happens"])
    for step in replay.case["steps"]:
        while happens and at(happens[0]["at"]) < at(step["done_at"]):
            tell(replay, happens.pop(0))
        yield step
    for told in happens:
        tell(replay, told)


def test_a_case_of_any_other_office_is_replayed_too(house: Flask) -> None:
    """Body 8 and PSC 14, where none of our own cases is; fewer outputs listed than a step brings."""
    case = next(case for case in worked.read(OURS[0]) if case["route"] == "psc" and not case["overall"]["late"])
    case["authorised_body_no"], case["psc_no"] = "8", "14)"
    for step in case["steps"]:
        step["output_keys"] = step["output_keys"][:1]
    with clock.stopped(datetime.fromisoformat(case["received_at"])):
        test_a_worked_case_runs_as_the_file_says(Replay(house, case))


def check_steps(case: dict, lines: list[dict]) -> None:
    stamped = [line for line in lines if not line["cancelled"] and line["done_at"] and line["code"]]
    stamped.sort(key=lambda line: at(line["done_at"]))  # what was told while a step was open stands before it
    parted = [list(group) for _, group in groupby(stamped, key=lambda line: (line["code"], line["round"]))]
    grouped = [group for group in parted if group[0]["code"] not in codes_of(case)]  # those are checked as they happen
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
        if event["type"] == "called_off":  # whoever had the step in hand, when an event took it away
            assert whom == {event["who"]}, event
            continue
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
    if page["closed_at"] or case["happens"]:
        assert page["outcome"] == case["final_outcome"]


def wrong(**more: object) -> dict:
    """The first case of ours with an event, and what is wrong with it."""
    case = worked.read(OURS[1])[0]
    case["happens"][0] |= more
    return case


def test_a_file_that_says_what_nobody_would_replay_is_refused_and_the_case_and_the_key_are_named() -> None:
    faults = {
        "happens[1] has a key 'reson'": wrong(reson="?"),
        "happens[1].event is 'moved_house'": wrong(event="moved_house"),
        "the case has a key 'hapens'": wrong() | {"hapens": []},
        "happens[1].opens has a key 'due'": wrong(opens=[{"code": "LR", "due": "2013-03-05T18:00+06:00"}]),
        "events[1].type is 'told'": wrong() | {"events": [{"at": "2013-03-05T18:00+06:00", "type": "told"}]},
    }
    for words, case in faults.items():
        with pytest.raises(worked.NotOfTheForm, match=re.escape(words)) as refused:
            worked.check(case)
        assert "E01" in str(refused.value)
    lacking = wrong()
    del lacking["happens"][0]["reason"]
    with pytest.raises(worked.NotOfTheForm, match=re.escape("happens[1] has no key 'reason'")):
        worked.check(lacking)


def test_an_answer_that_no_form_asks_and_a_due_date_that_is_wrong_fail(house: Flask) -> None:
    strange = wrong(answers={"asked_by": "applicant", "asked_on": "2013-03-04", "asked_why": "?"})
    late = wrong(opens=[{"code": "LR", "role": "clerk", "due_at": "2013-03-06T18:00+06:00"}])
    with clock.stopped(at(strange["received_at"])):
        replay = Replay(house, strange)
        replay.open()
        with clock.stopped(at(strange["steps"][0]["done_at"])):
            replay.do(strange["steps"][0])
        with pytest.raises(worked.NotOfTheForm, match="E01: the form of 'withdrawal' asks no 'asked_why'"):
            tell(replay, strange["happens"][0])
        with pytest.raises(AssertionError, match="withdrawal"):
            tell(replay, late["happens"][0])
