"""A message, a signal, an error is what its own file says, whatever files are deployed together: ids are a file's."""

from collections.abc import Callable

import pytest

from services import engine
from tests.services.engine.drawings import (
    boundary,
    catch,
    diagram,
    drawn,
    error,
    message,
    node,
    people,
    process,
    signal,
)
from tests.services.engine.ours import begin, done, stop_at, waits, world

Order = Callable[[list[bytes]], list[bytes]]
ORDERS: list[Order] = [list, lambda files: files[::-1]]

SENDS = people("A", "B") + node("parallelGateway", "g") + node("intermediateThrowEvent", "t", message())
#: a copy of the same file, in which somebody gave the message and the signal other names, and the errors other codes
OTHER = (
    diagram(process("other", people("other_A"), "start>other_A other_A>end"))
    .replace(b'name="news"', b'name="other news"')
    .replace(b'name="gong"', b'name="other gong"')
    .replace(b"BROKEN", b"OTHER")
)


@pytest.mark.parametrize("order", ORDERS)
def test_a_message_is_called_as_in_the_file_that_throws_it_or_waits_for_it(order: Order) -> None:
    own = drawn(SENDS + catch("c", message()), "start>g g>A g>B A>t t>end B>c c>end")
    definition, first = begin(*order([own, OTHER]))
    waiting = done(definition, first, "B")
    assert stop_at(waiting, "c").message == "news"
    assert [each.message for each in done(definition, waiting, "A").thrown] == ["news"]


@pytest.mark.parametrize("order", ORDERS)
def test_a_signal_is_called_as_in_the_file_that_hears_it(order: Order) -> None:
    definition, first = begin(*order([drawn(people("B") + catch("c", signal()), "start>B B>c c>end"), OTHER]))
    assert stop_at(done(definition, first, "B"), "c").signal == "gong"


@pytest.mark.parametrize("order", ORDERS)
def test_an_error_is_caught_by_the_code_of_the_file_that_catches_it(order: Order) -> None:
    """Both files say E, and mean other codes; what is called throws the catcher's under another id."""
    fails = node("endEvent", "q_end", error("E9"))
    called = diagram(f"""<process id="q" name="q" isExecutable="true">{node("startEvent", "q_start")}{fails}
        <sequenceFlow id="q_f" sourceRef="q_start" targetRef="q_end"/></process>""")
    called = called.replace(b"BROKEN", b"OTHER").replace(b"<signal", b'<error id="E9" errorCode="BROKEN"/><signal', 1)
    nodes = people("B", "mended") + node("callActivity", "s", calledElement="q") + boundary("b", "s", error())
    definition, first = begin(*order([drawn(nodes, "start>B B>s s>end b>mended mended>end"), called]))
    assert waits(done(definition, first, "B")) == ["mended"]


def test_where_it_was_deployed_before_the_last_files_name_stays() -> None:
    """What was deployed keeps what it meant then."""
    files = {"a.bpmn": drawn(people("B") + catch("c", message()), "start>B B>c c>end"), "b.bpmn": OTHER}
    definition = engine.parse(files, "p", reading=3)
    first = engine.start(definition, {}, world())
    assert stop_at(done(definition, first, "B"), "c").message == "other news"
