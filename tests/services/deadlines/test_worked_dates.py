"""Every date of the worked cases, computed from the region's tables."""

import json
from datetime import date, datetime
from typing import Any

import pytest

from services.config import ROOT
from services.deadlines.calendar import Calendar
from services.deadlines.region import RegionTime
from services.deadlines.terms import due, escalation_moments, parse_rule

CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/data/worked-cases.json").read_text(encoding="utf-8"))["cases"]
STEPS = [
    pytest.param(case, step, id=f"{case['id']}-{step['seq']}-{step['code']}")
    for case in CASES
    for step in case["steps"]
]
BY_ID = [pytest.param(case, id=case["id"]) for case in CASES]
NAMES = {"warn": "warning", "overdue": "overdue", "escalate": "escalation"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_all_six_cases_and_both_routes_are_there() -> None:
    assert {case["id"] for case in CASES} == {"C01", "C02", "C04", "C05", "C07", "C09"}
    assert {case["route"] for case in CASES} == {"direct", "psc"}
    assert {step["rule"] for case in CASES for step in case["steps"]} >= {"R-REG", "R-COUR", "R-WD(8)", "R-MIN(15)"}


@pytest.mark.parametrize(("case", "step"), STEPS)
def test_each_step_is_due_when_the_case_says(
    case: dict[str, Any], step: dict[str, Any], region: RegionTime, calendar: Calendar
) -> None:
    ours = {rule.rule for rule in region.steps.values() if rule.route == case["route"] and rule.code == step["code"]}
    assert ours == {step["rule"]}
    start = at(step["started_at"])
    found = due(parse_rule(step["rule"]), start, calendar, calendar, region.plan)
    assert found == at(step["due_at"])
    assert found.utcoffset() is not None and found.tzname() == "UTC"
    assert (at(step["done_at"]) > found) is step["late"]


@pytest.mark.parametrize(("case", "step"), STEPS)
def test_each_step_has_the_role_of_the_case(case: dict[str, Any], step: dict[str, Any], region: RegionTime) -> None:
    roles = {rule.role for rule in region.steps.values() if rule.route == case["route"] and rule.code == step["code"]}
    assert roles == {step["role"]}


@pytest.mark.parametrize("case", BY_ID)
def test_the_whole_case_is_due_when_it_says(case: dict[str, Any], region: RegionTime, calendar: Calendar) -> None:
    limit = region.parameter("outer_limit_calendar_days")["value"]
    found = due(parse_rule(f"R-TOTAL({limit})"), at(case["received_at"]), calendar)
    assert found == at(case["overall"]["due_at"])
    assert (at(case["overall"]["measured_at"]) > found) is case["overall"]["late"]
    assert calendar.local(found).date() >= date.fromisoformat(case["overall"]["last_calendar_day"])


@pytest.mark.parametrize("case", BY_ID)
def test_people_are_told_exactly_when_the_case_says(case: dict[str, Any], calendar: Calendar) -> None:
    clocks = [
        (step["code"], at(step["started_at"]), at(step["due_at"]), at(step["done_at"]))
        for step in case["steps"]
        if parse_rule(step["rule"]).escalates
    ]
    outer = case["overall"]
    clocks.append((None, at(case["received_at"]), at(outer["due_at"]), at(outer["measured_at"])))
    told = {
        (NAMES[kind], code, moment)
        for code, started_at, due_at, done_at in clocks
        for kind, moment in escalation_moments(due_at, calendar)._asdict().items()
        if started_at <= moment < done_at
    }
    said = {
        (event["type"].removeprefix("outer_limit_"), event.get("step"), at(event["at"]))
        for event in case["events"]
        if (event["who"] == "system" and "R-ESC" in event["detail"]) or event["type"] == "outer_limit_overdue"
    }
    assert told == said
