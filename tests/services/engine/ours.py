"""Our door, driven like the API drives it: nothing is kept between two moves but the bytes of the state."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from services import engine
from services.engine import Definition, Step, Stop
from services.expressions.world import World
from tests.services.engine.walk import Place

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LARGEST_B = 4096


def world(at: datetime = MONDAY) -> World:
    """A world in which every step takes two days."""
    return World(at, lambda step, start: start + timedelta(days=2))


@cache
def parsed(*contents: bytes, process: str = "p") -> Definition:
    """The process of these files; a decision table is told by its namespace."""
    files = {f"file{n}.{'dmn' if b'spec/DMN' in each else 'bpmn'}": each for n, each in enumerate(contents)}
    return engine.parse(files, process)


def begin(*contents: bytes, at: datetime = MONDAY, **variables: Any) -> tuple[Definition, Step]:
    definition = parsed(*contents)
    return definition, engine.start(definition, variables, world(at))


def stop_at(step: Step, element: str) -> Stop:
    """The one stop at that element."""
    (stop,) = [each for each in step.stops if each.element == element]
    return stop


def done(definition: Definition, step: Step, element: str, **answers: Any) -> Step:
    return engine.complete(definition, step.state, stop_at(step, element).id, answers, world())


def waits(step: Step) -> list[str]:
    """Where it waits, in order of the names."""
    return sorted(stop.element for stop in step.stops)


def passed(step: Step) -> list[str]:
    return [each.element for each in step.passed]


class OurWalker:
    """An instance behind our door."""

    def __init__(self, definition: Definition, variables: Mapping[str, Any]) -> None:
        self.definition = definition
        self.step = engine.start(definition, variables, world())
        self.largest_b = 0

    def places(self) -> list[Place]:
        self.largest_b = max(self.largest_b, len(self.step.state))
        stops = engine.look(self.definition, self.step.state)
        assert {stop.id for stop in stops} == {stop.id for stop in self.step.stops}
        found = []
        for stop in stops:
            if stop.waits_for in ("person", "operation"):
                data = engine.variables(self.definition, self.step.state, stop.id)
                found.append(Place("do", stop.element, json.dumps(data, sort_keys=True), stop.id))
                continue
            found += [Place("timer", stop.element, "", stop.id)] * (stop.due_at is not None)
            found += [Place("message", stop.element, "", stop.id)] * (stop.message is not None)
        return found

    def move(self, place: Place, answers: dict[str, Any]) -> list[str]:
        before = {stop.id: stop for stop in self.step.stops}
        if place.kind == "do":
            self.step = engine.complete(self.definition, self.step.state, place.key, answers, world())
        elif place.kind == "timer":
            self.step = engine.wake(self.definition, self.step.state, [place.key], world())
        else:
            self.step = engine.receive(self.definition, self.step.state, place.key, {}, world())
        self._check(before)
        return passed(self.step)

    def _check(self, before: Mapping[str, Stop]) -> None:
        """What a step says of itself is true."""
        after = {stop.id: stop for stop in self.step.stops}
        assert {stop.id for stop in self.step.opened} == after.keys() - before.keys()
        assert set(self.step.closed) == before.keys() - after.keys()
        assert self.step.finished == (not after)
        known = {(each.process, each.id): each.kind for each in self.definition.elements.values()}
        for each in self.step.passed:
            assert known[each.process, each.element] == each.kind
        for stop in self.step.stops:
            assert (stop.process, stop.element) in known

    def end(self) -> dict[str, Any] | None:
        return dict(self.step.variables) if self.step.finished else None
