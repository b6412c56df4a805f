"""Play a row behind the engine's door, and say how it differs from what must be true; None when it does not."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from services import engine
from services.bpmn import BadDiagram
from services.engine import Definition, NoBoundary, Step, Stop
from services.expressions.errors import ExpressionError
from services.expressions.world import World
from tests.oracle.drawing import Drawing
from tests.oracle.table import Row

LONGEST_S = 2.0
ENDS = ("refused", "incident", "unhandled")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Different(AssertionError):
    """The row is not true: what was expected, and what is."""


@cache
def parsed(text: str) -> Definition:
    return engine.parse(Drawing(text).files(), "p")


class Case:
    """One instance; between two moves nothing is kept but the bytes of its state."""

    def __init__(self, drawing: str) -> None:
        self.drawing, self.now = drawing, MONDAY
        self.step: Step | None = None

    @property
    def definition(self) -> Definition:
        return parsed(self.drawing)

    @property
    def here(self) -> Step:
        assert self.step is not None
        return self.step

    def world(self) -> World:
        return World(self.now, lambda step, start: start + timedelta(days=2))

    # ------------------------------------------------------------ moves

    def start(self, words: list[str]) -> None:
        self.step = engine.start(self.definition, answers(words), self.world())

    def start_at(self, element: str, words: list[str]) -> None:
        self.step = engine.start(self.definition, answers(words), self.world(), at=element)  # type: ignore[call-arg]

    def do(self, key: str, words: list[str]) -> None:
        stop = self._stop(key, ("person", "operation"))
        self.step = engine.complete(self.definition, self.here.state, stop.id, answers(words), self.world())

    def error(self, key: str, words: list[str]) -> None:
        code, *rest = words
        stop = self._stop(key, ("operation",))
        self.step = engine.fail(self.definition, self.here.state, stop.id, code, self.world(), answers(rest))

    def timer(self, key: str, words: list[str]) -> None:
        """At its moment, or `late P3D` after it."""
        stop = self._stop(key, ("timer",))
        assert stop.due_at is not None, f"{key} has no moment"
        self.now = max(self.now, stop.due_at)
        if words[:1] == ["late"]:
            self.now += timedelta(days=int(words[1][1:-1]))
        self.step = engine.wake(self.definition, self.here.state, [stop.id], self.world())

    def message(self, name: str, words: list[str]) -> None:
        """To the one stop that waits for it; `at ELEMENT` says which."""
        at = words[1] if words[:1] == ["at"] else None
        stops = [each for each in self.here.stops if each.message == name and at in (None, each.element)]
        if not stops:
            raise Different(f"nothing waits for the message {name}")
        given = answers(words[2:] if at else words)
        self.step = engine.receive(self.definition, self.here.state, stops[0].id, given, self.world())

    def signal(self, name: str, words: list[str]) -> None:
        """To everything of this case that waits for it."""
        ids = {each.id for each in self.here.stops if getattr(each, "signal", None) == name}
        if not ids:
            raise Different(f"nothing waits for the signal {name}")
        for each in sorted(ids):
            if each in {stop.id for stop in self.here.stops}:
                self.step = engine.receive(self.definition, self.here.state, each, answers(words), self.world())

    def wait(self, key: str, words: list[str]) -> None:
        """Time goes by, and nobody does anything."""
        self.now += timedelta(hours=int(key))

    def _stop(self, key: str, kinds: tuple[str, ...]) -> Stop:
        element, _, number = key.partition("#")
        found = [each for each in self.here.stops if each.element == element and each.waits_for in kinds]
        if len(found) < int(number or 1):
            raise Different(f"the case does not wait at {key}, but at {' '.join(self.waits())}")
        return found[int(number or 1) - 1]

    # ------------------------------------------------------------ what must be true

    def waits(self) -> list[str]:
        return sorted(each.element for each in self.here.stops)

    def check(self, wanted: str) -> Iterator[str]:
        places, facts = [], []
        for word in split(wanted):
            (places if re.fullmatch(r"\w+", word) else facts).append(word)
        if places == ["end"]:
            if not self.here.finished:
                yield f"it should have ended, and waits at {' '.join(self.waits()) or 'nothing'}"
        elif self.here.finished or self.waits() != sorted(places):
            yield f"it should wait at {' '.join(sorted(places))}; it {self._told()}"
        for fact in facts:
            yield from self._fact(fact)

    def _told(self) -> str:
        return "has ended" if self.here.finished else f"waits at {' '.join(self.waits())}"

    def _fact(self, fact: str) -> Iterator[str]:
        names = [each.element for each in self.here.passed]
        if fact[0] in "+-":
            element, _, times = fact[1:].partition("*")
            wanted = int(times or 1) if fact[0] == "+" else 0
            if names.count(element) != wanted:
                yield f"{element} should be passed {wanted} times, and was {names.count(element)} times"
        elif fact.startswith("thrown:"):
            name, _, payload = fact[7:].partition("{")
            found = [dict(each.payload) for each in self.here.thrown if each.message == name]
            if found != [json.loads("{" + payload if payload else "{}")]:
                yield f"the message {name} should be thrown so: {payload}; thrown: {list(self.here.thrown)}"
        elif "@" in fact:
            element, _, moment = fact.partition("@")
            due = self._stop(element, ("timer", "person")).due_at
            if due != datetime.fromisoformat(moment).astimezone(UTC):
                yield f"{element} should be due at {moment}, and is at {due}"
        else:
            yield from self._value(fact)

    def _value(self, fact: str) -> Iterator[str]:
        """`x=1` of the case, `A.x=1` as seen at A, `A:inputs.x=1` and other fields of the stop."""
        path, _, text = fact.partition("=")
        wanted = value(text)
        if ":" in path:
            element, _, name = path.partition(":")
            stop = self._stop(element, ("person", "operation", "message", "timer", "signal"))
            name, _, key = name.partition(".")
            found = getattr(stop, name, "nothing that a stop says")
            found = found.get(key) if key else list(found) if isinstance(found, tuple) else found
        elif "." in path:
            element, _, name = path.rpartition(".")
            stop = self._stop(element, ("person", "operation", "message", "timer", "signal"))
            found = engine.variables(self.definition, self.here.state, stop.id).get(name)
        else:
            found = self.here.variables.get(path)
        if json.loads(json.dumps(found, default=str)) != wanted or type(found) is bool is not type(wanted):
            yield f"{path} should be {wanted!r}, and is {found!r}"


def play(row: Row) -> None:
    """Raises Different where the row is not true."""
    case = Case(row.drawing)
    for said, wanted in row.moves:
        came = _outcome(case, said)
        if came.split(maxsplit=1)[0] in ENDS or wanted.split()[0] in ENDS:
            wrong = [] if came.startswith(wanted.split(" (")[0]) else [f"{wanted} was expected; it is {came}"]
        else:
            wrong = _wrong(case, wanted)
        if wrong:
            raise Different(f"{row.id}: {said}: {'; '.join(wrong)}")


def _out_of_time(*_: object) -> None:
    raise Different("it goes on and on")


@contextmanager
def in_time() -> Iterator[None]:
    """A row that takes longer than that is not true; the tests would wait for it for ever."""
    before = signal.signal(signal.SIGALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _outcome(case: Case, said: str) -> str:
    """How the move came out: `moved`, or why not."""
    try:
        with in_time():
            _move(case, said)
    except BadDiagram as bad:
        codes = sorted({each.rule.code for each in bad.problems})
        return f"refused {' '.join(codes)} ({[each.text for each in bad.problems]})"
    except NoBoundary:
        return "unhandled"
    except ExpressionError as fault:
        return f"incident ({fault})"
    except Different:
        raise
    except Exception as fault:
        raise Different(f"{said}: {type(fault).__name__}: {fault}") from fault
    return "moved"


def _wrong(case: Case, wanted: str) -> list[str]:
    try:
        return list(case.check(wanted))
    except Different as fault:
        return [str(fault)]


def _move(case: Case, said: str) -> None:
    verb, *words = split(said)
    if verb == "start":
        if words[:1] == ["at"]:
            case.start_at(words[1], words[2:])
        else:
            case.start(words)
    else:
        key, *rest = words
        getattr(case, verb)(key, rest)


def answers(words: list[str]) -> dict[str, Any]:
    return {name: value(text) for name, _, text in (word.partition("=") for word in words)}


def value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def split(text: str) -> list[str]:
    """At blanks outside of brackets and quotes."""
    return re.findall(r'(?:"[^"]*"|\[[^\]]*\]|\{[^}]*\}|[^\s"\[{])+', text)
