"""The name of a message or a signal may be an expression in either language, as every text that Modeler marks with fx."""

from xml.sax.saxutils import escape

import pytest

from services import engine
from services.bpmn import BadDiagram
from services.expressions import ExpressionError
from tests.services.engine.drawings import catch, drawn, message, node, people, signal
from tests.services.engine.ours import begin, done, stop_at, waits, world

NAMES = ['= "news of " + n', '="news of " + n', "${'news of '}${n}", "news of #{n}"]


def named(name: str, what: str = "message") -> bytes:
    """A message, or a signal, of that name is thrown after A, or waited for after B."""
    of = message() if what == "message" else signal()
    body = people("A", "B") + node("parallelGateway", "g") + node("intermediateThrowEvent", "t", of) + catch("c", of)
    picture = drawn(body, "start>g g>A g>B A>t t>end B>c c>end")
    old = b'name="news"' if what == "message" else b'name="gong"'
    return picture.replace(old, f'name="{escape(name, {chr(34): "&quot;"})}"'.encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_message_is_thrown_and_waited_for_under_the_name_that_its_expression_comes_to(name: str) -> None:
    definition, first = begin(named(name), n="Aigul")
    waiting = done(definition, first, "B")
    assert stop_at(waiting, "c").message == "news of Aigul"
    assert [each.message for each in done(definition, waiting, "A").thrown] == ["news of Aigul"]


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_is_heard_under_the_name_that_its_expression_comes_to(name: str) -> None:
    definition, first = begin(named(name, "signal"), n="Aigul")
    waiting = done(definition, first, "B")
    assert stop_at(waiting, "c").signal == "news of Aigul"
    after = done(definition, waiting, "A")
    assert [each.signal for each in after.signals] == ["news of Aigul"] and waits(after) == []


@pytest.mark.parametrize("what", ["message", "signal"])
def test_where_it_was_deployed_before_a_name_after_an_equals_sign_is_the_name_itself(what: str) -> None:
    definition = engine.parse({"p.bpmn": named(NAMES[0], what)}, "p", reading=2)
    waiting = done(definition, engine.start(definition, {"n": "Aigul"}, world()), "B")
    assert getattr(stop_at(waiting, "c"), what) == NAMES[0]


def test_a_name_that_comes_to_no_text_is_an_error_in_words() -> None:
    definition, first = begin(named("= n + 1"), n=1)
    with pytest.raises(ExpressionError, match="comes to no text"):
        done(definition, first, "B")


@pytest.mark.parametrize("what", ["message", "signal"])
@pytest.mark.parametrize("name", ['= "news', "${n +}"])
def test_a_name_that_cannot_be_read_is_refused_when_it_is_deployed(what: str, name: str) -> None:
    with pytest.raises(BadDiagram, match="cannot be used") as refused:
        engine.parse({"p.bpmn": named(name, what)}, "p")
    assert {each.rule.code for each in refused.value.problems} == {"bad-expression"}


def test_what_was_deployed_before_opens_though_it_would_be_refused_now() -> None:
    files = {"p.bpmn": named("${n +}")}
    definition = engine.parse(files, "p", reading=engine.READING)
    assert waits(engine.start(definition, {"n": 1}, world())) == ["A", "B"]
