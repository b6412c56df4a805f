"""A case under way goes on under another version of its diagram: with its stops, its timers and its data."""

from datetime import timedelta
from typing import Any

import pytest
from drawings import boundary, catch, diagram, drawn, gateways, node, operation, people, process, timer
from ours import MONDAY, begin, done, parsed, stop_at, waits, world

from services import engine
from services.engine import CannotMigrate, Definition, Step

OLD = drawn(people("A", "B") + boundary("b", "A", timer("PT5H"), interrupting=False), "start>A A>B B>end b>end")
LATER = MONDAY + timedelta(days=3)


def moved(old: Definition, new: Definition, step: Step, **names: str) -> Step:
    return engine.migrate(old, new, step.state, names, world(LATER))


def test_stops_timers_and_data_are_kept() -> None:
    old, step = begin(OLD, place="Talgar")
    new = parsed(drawn(people("A", "B", "C") + boundary("b", "A", timer("PT9H"), interrupting=False),
                       "start>A A>C C>B B>end b>end"))  # fmt: skip
    there = moved(old, new, step)
    assert there.stops == step.stops, "ids are the same, and the timer falls due when it fell due"
    assert (there.opened, there.closed, there.passed, there.finished) == ((), (), (), False)
    assert engine.variables(new, there.state, stop_at(there, "A").id) == {"place": "Talgar"}
    after = done(new, there, "A", said=1)
    assert waits(after) == ["C"], "it goes on by the new diagram"
    last = done(new, done(new, after, "C"), "B")
    assert last.variables == {"place": "Talgar", "said": 1}


def test_an_element_with_another_id_is_found_by_its_new_one() -> None:
    old, step = begin(OLD, place="Talgar")
    new = parsed(OLD.replace(b'"A"', b'"Review"').replace(b'"b"', b'"Late"'))
    there = moved(old, new, step, A="Review", b="Late")
    assert waits(there) == ["Late", "Review"]
    assert {stop.id for stop in there.stops} == {stop.id for stop in step.stops}
    assert stop_at(there, "Late").due_at == MONDAY + timedelta(hours=5)
    assert waits(engine.wake(new, there.state, [stop_at(there, "Late").id], world())) == ["Review"]
    assert waits(done(new, there, "Review")) == ["B"]


def test_it_names_every_element_that_is_not_there_any_more() -> None:
    old, step = begin(OLD)
    new = parsed(drawn(people("X"), "start>X X>end"))
    with pytest.raises(CannotMigrate, match=r"\bA, b\b") as caught:
        moved(old, new, step)
    assert "Boundary" not in str(caught.value), "only what was drawn is named"
    with pytest.raises(CannotMigrate, match=r"at b,"):
        moved(old, new, step, A="X")


def test_what_is_behind_the_case_may_be_gone() -> None:
    old, first = begin(OLD, place="Talgar")
    step = done(old, first, "A", said=1)
    new = parsed(drawn(people("B", "C"), "start>B B>C C>end"))
    there = moved(old, new, step)
    assert there.stops == step.stops
    last = done(new, done(new, there, "B"), "C")
    assert (last.finished, last.variables) == (True, {"place": "Talgar", "said": 1})


def test_what_is_ahead_of_the_case_may_be_gone() -> None:
    old, step = begin(drawn(people("A", "B") + gateways("inclusive", "g", "j"),
                            "start>A A>g g>B[x == 1] g>j[default] B>j j>end"))  # fmt: skip
    new = parsed(drawn(people("A", "C") + gateways("inclusive", "g2", "j2"),
                       "start>A A>g2 g2>C[x == 1] g2>j2[default] C>j2 j2>end"))  # fmt: skip
    there = moved(old, new, step)
    assert waits(there) == ["A"]
    assert waits(done(new, there, "A", x=1)) == ["C"]


PARALLEL = drawn(people("A", "B", "Z") + gateways("parallel", "g", "j"), "start>g g>A g>B A>j B>j j>Z Z>end")


def test_a_join_that_waits_keeps_who_has_arrived() -> None:
    old, first = begin(PARALLEL, n=0)
    step = done(old, first, "A", n=1)
    longer = drawn(people("A", "B", "Y", "Z") + gateways("parallel", "g", "j"), "start>g g>A g>B A>j B>j j>Y Y>Z Z>end")
    new = parsed(longer)
    after = done(new, moved(old, new, step), "B", m=2)
    assert waits(after) == ["Y"]
    assert engine.variables(new, after.state, after.stops[0].id) == {"n": 1, "m": 2}


def test_a_branch_that_has_arrived_cannot_be_taken_away() -> None:
    old, first = begin(PARALLEL)
    step = done(old, first, "A")
    new = parsed(drawn(people("A2", "B", "Z") + gateways("parallel", "g", "j"), "start>g g>A2 g>B A2>j B>j j>Z Z>end"))
    with pytest.raises(CannotMigrate, match=r"at A,"):
        moved(old, new, step)
    assert waits(done(new, moved(old, new, step, A="A2"), "B")) == ["Z"]


def called(inner: str, line: str, *, outer: str = "C", called: str = "inner") -> bytes:
    call = node("callActivity", outer, calledElement=called) + people("Z")
    return diagram(process("p", call, f"start>{outer} {outer}>Z Z>end"), process(called, people(*inner.split()), line))


def test_a_called_process_moves_along() -> None:
    old, step = begin(called("I", "start>I I>end"), n=1)
    new = parsed(called("I J", "start>I I>J J>end"))
    there = moved(old, new, step)
    assert there.stops == step.stops
    after = done(new, done(new, there, "I", m=2), "J")
    assert engine.variables(new, after.state, stop_at(after, "Z").id) == {"n": 1, "m": 2}


def test_what_a_called_process_waits_at_must_be_in_that_process() -> None:
    old, step = begin(called("I", "start>I I>end"))
    elsewhere = diagram(
        process("p", node("callActivity", "C", calledElement="inner") + people("Z", "I"), "start>C C>I I>Z Z>end"),
        process("inner", people("J"), "start>J J>end"),
    )
    with pytest.raises(CannotMigrate, match=r"at I,"):
        moved(old, parsed(elsewhere), step)
    with pytest.raises(CannotMigrate, match=r"at C, I,"):
        moved(old, parsed(drawn(people("Z"), "start>Z Z>end")), step)


def test_a_call_of_another_process_takes_the_case_there() -> None:
    old, step = begin(called("I", "start>I I>end"))
    new = parsed(called("I", "start>I I>end", outer="C2", called="second"))
    there = moved(old, new, step, C="C2")
    assert (there.stops[0].element, there.stops[0].process) == ("I", "second")
    assert waits(done(new, there, "I")) == ["Z"]


def test_a_task_cannot_become_something_else() -> None:
    old, step = begin(drawn(people("A"), "start>A A>end"))
    for other in (operation("A"), catch("A", timer())):
        with pytest.raises(CannotMigrate, match=r"at A,"):
            moved(old, parsed(drawn(other, "start>A A>end")), step)


@pytest.mark.parametrize("changes", [{}, {"A": "A"}])
def test_the_same_diagram_changes_nothing(changes: dict[str, str]) -> None:
    old, step = begin(PARALLEL, n=1)
    again: Any = moved(old, parsed(PARALLEL), step, **changes)
    assert again.stops == step.stops
    assert again.state == step.state


def test_a_finished_case_moves_and_stays_finished() -> None:
    old, first = begin(drawn(people("A"), "start>A A>end"))
    last = done(old, first, "A", n=1)
    new = parsed(drawn(people("B"), "start>B B>end"))
    there = moved(old, new, last)
    assert (there.finished, there.stops, there.variables) == (True, (), {"n": 1})
