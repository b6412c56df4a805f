"""What was done and can be undone: how it is kept in the state, moved to another version, and bounded; conditions."""

import itertools

import pytest

from services import engine
from services.engine import Definition, Step
from services.engine.budget import MOST_UNDONE
from services.expressions.errors import ExpressionError
from services.expressions.world import World
from tests.oracle.drawing import Drawing
from tests.oracle.play import MONDAY

WORLD = World(MONDAY, lambda step, start: start)
LOOP = """
x exclusive
b on A compensate
U user ; .isForCompensation=true
b ~ U
w throw compensate
start > A > x
x > A if ${again == true}
x > w else
w > Z > end
"""
INSIDE = """
S sub {
  b on A compensate
  U user ; .isForCompensation=true
  b ~ U
  start1 > A > end1
}
w throw compensate
start > S > B > w > Z > end
"""


def drawn(text: str) -> Definition:
    return engine.parse(Drawing(text).files(), "p")


def done(definition: Definition, step: Step, **answers: object) -> Step:
    (stop,) = [each for each in step.stops if each.waits_for == "person"]
    return engine.complete(definition, step.state, stop.id, answers, WORLD)


def waits(step: Step) -> list[str]:
    return sorted(each.element for each in step.stops)


def test_what_is_done_again_and_again_does_not_make_the_state_longer() -> None:
    definition = drawn(LOOP)
    step = engine.start(definition, {}, WORLD)
    sizes = []
    for _ in range(60):
        step = done(definition, step, again=True)
        sizes.append(len(step.state))
    assert sizes[-1] <= sizes[0] + 16 < 4096
    step = done(definition, step, again=False)
    for _ in range(60):
        assert waits(step) == ["U"]
        step = done(definition, step)
    assert waits(step) == ["U"] and waits(done(definition, step)) == ["Z"]


def test_more_than_is_kept_stops_the_case_with_words_and_says_where() -> None:
    rounds = MOST_UNDONE // 2 + 5
    definition = drawn(f"""
    x exclusive
    A script juel ${{1}}
    B script juel ${{n + 1}} ; @resultVariable=n
    b on A compensate
    c on B compensate
    U user ; .isForCompensation=true
    V user ; .isForCompensation=true
    b ~ U
    c ~ V
    start > A > B > x
    x > A if ${{n < {rounds}}}
    x > Z else
    Z > end
    """)
    with pytest.raises(ExpressionError, match=f"«[AB]».* {MOST_UNDONE} times"):
        engine.start(definition, {"n": 0}, WORLD)


def test_what_was_done_under_one_version_is_undone_as_the_next_one_says() -> None:
    old, new = drawn(INSIDE), drawn(INSIDE.replace("A", "A2").replace("U", "U2").replace("S ", "S2 "))
    step = done(old, engine.start(old, {}, WORLD))
    moved = engine.migrate(old, new, step.state, {"A": "A2", "U": "U2", "S": "S2"}, WORLD)
    assert waits(moved) == ["B"]
    undoing = done(new, moved)
    assert waits(undoing) == ["U2"] and waits(done(new, undoing)) == ["Z"]


def test_what_the_next_version_does_not_undo_is_passed_over() -> None:
    old, new = drawn(INSIDE), drawn("S sub {\n  start1 > A > end1\n}\nw throw compensate\nstart > S > B > w > Z > end")
    step = done(old, engine.start(old, {}, WORLD))
    assert waits(done(new, engine.migrate(old, new, step.state, {}, WORLD))) == ["Z"]


def test_while_something_is_being_undone_its_element_may_be_renamed() -> None:
    old, new = drawn(INSIDE), drawn(INSIDE.replace("U", "U2").replace("S ", "S2 "))
    step = done(old, done(old, engine.start(old, {}, WORLD)))
    assert waits(step) == ["U"]
    moved = engine.migrate(old, new, step.state, {"U": "U2", "S": "S2"}, WORLD)
    assert waits(moved) == ["U2"] and waits(done(new, moved)) == ["Z"]


def test_a_condition_that_fails_is_named_and_not_what_was_just_done() -> None:
    definition = drawn("""
    g parallel
    c catch condition ${k}
    start > g > A > end
    g > c > B > end1
    """)
    step = engine.start(definition, {"k": False}, WORLD)
    with pytest.raises(ExpressionError, match="«c»"):
        done(definition, step, k="yes")


def test_a_process_without_conditions_watches_nothing() -> None:
    plain, waiting = drawn("start > A > end"), drawn("c catch condition ${k}\nstart > c > A > end")
    assert (plain.spec.watches, waiting.spec.watches) == (False, True)


def test_conditions_see_what_is_set_by_hand() -> None:
    definition = drawn("c catch condition ${k == 1}\nstart > c > A > end")
    step = engine.start(definition, {"k": 0}, WORLD)
    assert [each.waits_for for each in step.stops] == ["condition"]
    assert waits(engine.change(definition, step.state, {"k": 2}, WORLD)) == ["c"]
    assert waits(engine.change(definition, step.state, {"k": 1}, WORLD)) == ["A"]


def test_several_scopes_are_undone_each_by_itself() -> None:
    """Two branches undo at once: each takes what it finds, and nothing twice."""
    definition = drawn("""
    g parallel
    b on A compensate
    U user ; .isForCompensation=true
    b ~ U
    v throw compensate
    w throw compensate
    start > A > g
    g > v > Y > end1
    g > w > Z > end2
    """)
    step = done(definition, engine.start(definition, {}, WORLD))
    (stop,) = [each for each in step.stops if each.element == "U"]
    places = list(itertools.chain(waits(step), waits(engine.complete(definition, step.state, stop.id, {}, WORLD))))
    assert places.count("U") == 1 and {"Y", "Z"} <= set(places)
