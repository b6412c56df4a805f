"""Cases that wait in a database go on under this engine: states saved by earlier ones, of every diagram of the tree."""

import base64
import json
import zlib
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services import engine
from services.engine import Definition, Step, Stop
from services.expressions import ExpressionError
from tests.services.engine.ours import MONDAY, world

SAVED = json.loads((Path(__file__).parent / "saved_states.json").read_text())
MOST_MOVES = 120
COUNTED = {"loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"}
#: its parallel join has three ways in, of which two can be taken: drawn so, the case cannot go on, and says so
STANDS_STILL = {"calls in two branches"}


@cache
def definition(name: str) -> Definition:
    entry = next(each for each in SAVED if each["name"] == name)
    files = entry["files"]
    if isinstance(files, str):
        files = next(each["files"] for each in SAVED if each["name"] == "of the tree: direct")
    return engine.parse({key: zlib.decompress(base64.b64decode(text)) for key, text in files.items()}, entry["process"])


def told(process: Definition, state: bytes, stop: Stop) -> dict[str, Any]:
    """What the one who saved it wrote down of a stop."""
    seen = engine.variables(process, state, stop.id) if stop.waits_for in ("person", "operation") else None
    due = stop.due_at.isoformat() if stop.due_at else None
    return {"element": stop.element, "process": stop.process, "waits_for": stop.waits_for, "message": stop.message,
            "due": due, "inputs": dict(stop.inputs), "variables": seen}  # fmt: skip


@pytest.mark.parametrize("name", [each["name"] for each in SAVED])
def test_every_saved_state_opens_where_it_was(name: str) -> None:
    entry = next(each for each in SAVED if each["name"] == name)
    for saved in entry["states"]:
        state = base64.b64decode(saved["state"])
        stops = [each for each in engine.look(definition(name), state) if each.waits_for != "signal"]  # was no stop
        found = {stop.id: told(definition(name), state, stop) for stop in stops}
        wanted = {each["id"]: each for each in saved["stops"]}
        assert found.keys() == wanted.keys()
        for key, each in found.items():
            check_variables(each.pop("variables"), wanted[key]["variables"] or {}, entry["answers"])
            assert each == {word: wanted[key][word] for word in each}


def check_variables(now: dict[str, Any] | None, then: dict[str, Any], answers: dict[str, dict[str, Any]]) -> None:
    """Nothing is lost: what was seen there is seen, and beside it only what people entered in other branches."""
    if now is None:
        return
    assert then.keys() <= now.keys()
    entered = {name for name in now if name.startswith("k_")} | {name for each in answers.values() for name in each}
    assert {name: now[name] for name in then.keys() - entered} == {name: then[name] for name in then.keys() - entered}
    assert now.keys() - then.keys() <= entered | COUNTED


@pytest.mark.parametrize("name", [each["name"] for each in SAVED])
def test_every_saved_state_goes_on_to_its_end(name: str) -> None:
    entry = next(each for each in SAVED if each["name"] == name)
    for saved in entry["states"]:
        state, moves = base64.b64decode(saved["state"]), 0
        stops: tuple[Stop, ...] = engine.look(definition(name), state)
        while stops:
            try:
                step = moved(definition(name), state, stops[0], entry["answers"], moves)
            except ExpressionError as fault:
                assert name in STANDS_STILL and "nothing more can come" in str(fault)
                break
            state, stops, moves = step.state, step.stops, moves + 1
            assert moves < MOST_MOVES
            assert step.finished == (not stops)


def moved(process: Definition, state: bytes, stop: Stop, answers: dict[str, Any], number: int) -> Step:
    """The stop is done, by some answers of those that may be given there."""
    if stop.waits_for in ("message", "signal"):
        return engine.receive(process, state, stop.id, {}, world())
    if stop.waits_for == "timer":
        return engine.wake(process, state, [stop.id], world(stop.due_at or MONDAY))
    given = {key: Random(number).choice(values) for key, values in answers.get(stop.element, {}).items()}
    return engine.complete(process, state, stop.id, given, world())


def test_the_saved_states_are_many() -> None:
    assert len(SAVED) == 46
    assert sum(len(each["states"]) for each in SAVED) == 468
    assert all(datetime.fromisoformat(stop["due"]) for each in SAVED for state in each["states"]
               for stop in state["stops"] if stop["due"])  # fmt: skip
