"""The files of worked cases: read, and refused in words where they say what nobody would replay.

Their form is told in tests/data/README.md. What is silently passed over would be attested without having been played.
"""

import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from services.config import ROOT

Case = dict[str, Any]
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


def _words(said: str) -> frozenset[str]:
    return frozenset(said.split())


CASE = _words(
    "id title_en route authorised_body_no authorised_body_kk psc_no psc_kk applicant received_at overall steps events "
    "happens final_outcome expected_outputs expected_papers what_it_tests note follows assigned"
)
ASSIGNED = _words("from until")
NEEDED = _words("id route authorised_body_no applicant received_at overall steps final_outcome")
OVERALL = _words("rule last_calendar_day due_at measured_at measured_event late")
STEP = _words(
    "seq code role action_kk action_en text_ref table_ref started_at rule due_at done_at late outcome outputs "
    "outcome_key output_keys answers"
)
STEP_NEEDED = _words("code role started_at due_at done_at late outcome_key output_keys")
EVENT = _words("at who type clock step detail")
TOLD = _words("warning overdue outer_limit_overdue escalation notify registry_discrepancy late_arrival called_off")
HAPPENS = _words("event at step role reason answers outcome_key output_keys papers opens refused detail")
HAPPENS_NEEDED = _words("event at step role reason")
OPENS = _words("code role due_at")


class NotOfTheForm(ValueError):
    """A file of worked cases says something that is not of its form: which case, and which key."""


def read(file: Path) -> list[Case]:
    """The cases of a file, every list there. Raises NotOfTheForm."""
    cases: list[Case] = json.loads(file.read_text(encoding="utf-8"))["cases"]
    known: dict[str, Case] = {}
    for case in cases:
        check(case)
        case.setdefault("events", [])
        case.setdefault("happens", [])
        if "follows" in case:
            _one_of(case["id"], "follows", case["follows"], known)
            case["former"] = known[case["follows"]]
        known[case["id"]] = case
    return cases


def check(case: Case) -> None:
    """Raises NotOfTheForm for a key, an event or a notice that nobody would replay."""
    name = str(case.get("id") or "without an id")
    _keys(name, "the case", case, CASE, NEEDED)
    _keys(name, "overall", case["overall"], OVERALL, frozenset({"due_at"}))
    if "assigned" in case:
        _keys(name, "assigned", case["assigned"], ASSIGNED, ASSIGNED)
    for number, step in enumerate(case["steps"], 1):
        _keys(name, f"steps[{number}]", step, STEP, STEP_NEEDED)
    for number, event in enumerate(case.get("events", ()), 1):
        where = f"events[{number}]"
        _keys(name, where, event, EVENT, frozenset({"at", "type"}))
        _one_of(name, f"{where}.type", event["type"], TOLD)
    for number, told in enumerate(case.get("happens", ()), 1):
        where = f"happens[{number}]"
        _keys(name, where, told, HAPPENS, HAPPENS_NEEDED)
        _one_of(name, f"{where}.event", told["event"], told_by_hand())
        for opened in told.get("opens", ()):
            _keys(name, f"{where}.opens", opened, OPENS, frozenset({"code"}))


def _keys(name: str, where: str, said: Mapping[str, object], known: Collection[str], needed: Collection[str]) -> None:
    for key in said:
        if key not in known:
            raise NotOfTheForm(
                f"worked case {name}: {where} has a key {key!r} that nobody reads; known: {_said(known)}"
            )
    for key in sorted(needed):
        if key not in said:
            raise NotOfTheForm(f"worked case {name}: {where} has no key {key!r}")


def _one_of(name: str, where: str, said: str, known: Collection[str]) -> None:
    if said not in known:
        raise NotOfTheForm(f"worked case {name}: {where} is {said!r}, which nobody can play; known: {_said(known)}")


def _said(known: Collection[str]) -> str:
    return ", ".join(sorted(known))


@cache
def told_by_hand() -> frozenset[str]:
    """What people may tell of a case, by the diagrams: the steps of the elements whose sender is the staff."""
    found = set()
    for file in sorted([*ROOT.glob("bpmn/*.bpmn"), *ROOT.glob("plugins/*/bpmn/*.bpmn")]):
        for each in etree.parse(file).iter(f"{_CAMUNDA}properties"):
            said = {prop.get("name"): prop.get("value") for prop in each.iterfind(f"{_CAMUNDA}property")}
            if said.get("sender") == "staff" and said.get("step"):
                found.add(str(said["step"]))
    return frozenset(found)
