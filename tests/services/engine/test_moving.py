"""An open case comes over to another version: what is new begins to wait, what is missed is named, nothing is dropped."""

import pytest

from services import engine
from services.engine import CannotMigrate, Definition, Step
from services.expressions import ExpressionError
from tests.oracle.drawing import Drawing
from tests.services.engine.ours import stop_at, waits, world

LINE = "start > A > Z > end"
TIMED = f"b on A timer PT1H\n{LINE}\nb > B > end1"
FORK = "g parallel\nj parallel\nstart > g > A > j > Z > end\ng > B > j"
SEVERAL = "M user ; times 2\nstart > A > {} > M > end"


def drawn(text: str) -> Definition:
    return engine.parse(Drawing(text).files(), "p")


def moved(old: str, new: str, renamed: dict[str, str] | None = None) -> tuple[Definition, Step]:
    before, after = drawn(old), drawn(new)
    return after, engine.migrate(before, after, engine.start(before, {}, world()).state, renamed or {}, world())


def go(definition: Definition, step: Step, element: str) -> Step:
    """What it waits for there comes."""
    stop = stop_at(step, element)
    if stop.waits_for == "timer":
        return engine.wake(definition, step.state, [stop.id], world(stop.due_at))
    move = engine.receive if stop.waits_for == "message" else engine.complete
    return move(definition, step.state, stop.id, {}, world())


COMES = {
    "a timer on a border": (LINE, TIMED, ["A", "b"], "b", ["B"]),
    "one more event on a border": (TIMED, f"c on A message M\n{TIMED}\nc > C > end2", ["A", "b", "c"], "c", ["C"]),
    "an event on the border of a sub-process": (
        "S sub {\n  start1 > A > end1\n}\nstart > S > Z > end",
        "S sub {\n  start1 > A > end1\n}\nb on S message M\nstart > S > Z > end\nb > B > end2", ["A", "b"], "b", ["B"]),
    "an event sub-process": (LINE, f"T eventsub {{\n  m start message M\n  m > B > end2\n}}\n{LINE}", ["A", "m"], "m", ["B"]),
    "an event behind an event gateway": (
        "g event\na catch message M\nb catch timer PT1H\nstart > g > a > end\ng > b > end",
        "g event\na catch message M\nb catch timer PT1H\nc catch message N\nstart > g > a > end\ng > b > end\ng > c > C > end",
        ["a", "b", "c"], "c", ["C"]),
    "another way on, where something is done several times": (SEVERAL.format("Z"), SEVERAL.format("Y > Z"), ["A"], "A", ["Y"]),
    "another way on, behind what is several": (LINE.replace("A", "M") + "\nM user ; times 1", "M user ; times 1\nstart > M > Y > end", ["M"], "M", ["Y"]),
    "several, where there were none": (LINE, SEVERAL.format("Z"), ["A"], "A", ["Z"]),
    "none, where there were several": (SEVERAL.format("Z"), LINE, ["A"], "A", ["Z"]),
}  # fmt: skip


@pytest.mark.parametrize("what", COMES)
def test_what_is_new_where_the_case_waits_comes_about(what: str) -> None:
    old, new, there, then, after = COMES[what]
    definition, step = moved(old, new)
    assert waits(step) == there
    assert waits(go(definition, step, then)) == after


MISSED = {
    "a service in the place of a person": ("A service x\n" + LINE, "A"),
    "a sub-process in its place": ("A sub {\n  start1 > B > end1\n}\n" + LINE, "A"),
    "a receive task in its place": ("A receive M\n" + LINE, "A"),
    "several in its place": ("A user ; times 2\n" + LINE, "A"),
    "it in a sub-process": ("S sub {\n  start1 > A > end1\n}\nstart > S > Z > end", "A"),
}


@pytest.mark.parametrize("what", MISSED)
def test_a_case_does_not_come_over_to_what_is_of_another_kind_or_elsewhere(what: str) -> None:
    new, named = MISSED[what]
    with pytest.raises(CannotMigrate) as refused:
        moved(LINE, new)
    assert refused.value.details["elements"] == named


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (TIMED, LINE, "b"),
        (FORK, FORK.replace("g", "h"), "g"),
        ("c catch message M\nstart > c > end", "c catch timer PT1H\nstart > c > end", "c"),
        ("A user ; times 2 ; sequential\n" + LINE, "A user ; times 2\n" + LINE, "A"),
    ],
)
def test_what_the_case_needs_and_the_diagram_has_no_more_is_named(old: str, new: str, named: str) -> None:
    with pytest.raises(CannotMigrate) as refused:
        moved(old, new)
    assert refused.value.details["elements"] == named


def test_an_activity_with_events_on_its_border_may_be_renamed() -> None:
    definition, step = moved(TIMED, TIMED.replace("A", "D"), {"A": "D"})
    assert waits(step) == ["D", "b"] and waits(go(definition, step, "D")) == ["Z"]


def test_a_case_for_which_nothing_can_come_any_more_says_so() -> None:
    definition, step = moved(LINE, FORK)
    with pytest.raises(ExpressionError, match="«j»: nothing more can come to it"):
        go(definition, step, "A")
