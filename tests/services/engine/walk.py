"""A random walk through a process, the same for every engine, and the log it leaves. Standard library only."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

LONGEST = 40


@dataclass(frozen=True, order=True)
class Place:
    """Somewhere an instance waits: `do` for people and operations, `timer`, `message`."""

    kind: str
    element: str
    data: str  #: what is known there, as JSON, keys sorted
    key: str  #: how the engine calls it


class Walker(Protocol):
    """An instance in an engine."""

    def places(self) -> list[Place]: ...

    def move(self, place: Place, answers: dict[str, Any]) -> list[str]:
        """The elements passed."""

    def end(self) -> dict[str, Any] | None:
        """The variables of a finished instance."""


def walk(walker: Walker, seed: int, answers: dict[str, dict[str, list[Any]]]) -> list[Any]:
    """Where it waited, what was done and what was passed, until it ended or forty moves were made."""
    chance = random.Random(seed)
    log: list[Any] = []
    for _ in range(LONGEST):
        places = sorted(walker.places(), key=lambda place: (place.kind, place.element, place.data))
        end = walker.end()
        if end is not None or not places:
            log.append(["end", end, places == []])
            break
        log.append([[place.kind, place.element, place.data] for place in places])
        place = chance.choice(places)
        said = _answers(chance, place, answers)
        passed = walker.move(place, said)
        log.append([place.kind, place.element, said, sorted(passed)])
    return log


def _answers(chance: random.Random, place: Place, answers: dict[str, dict[str, list[Any]]]) -> dict[str, Any]:
    if place.kind != "do":
        return {}
    said = {f"k_{place.element}": chance.randint(0, 99)}
    return said | {name: chance.choice(values) for name, values in answers.get(place.element, {}).items()}


def first_difference(one: Iterable[Any], other: Iterable[Any]) -> str:
    """Where two logs part, for people."""
    for number, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return f"entry {number}:\n  {a}\n  {b}"
    return "one log is longer than the other"
