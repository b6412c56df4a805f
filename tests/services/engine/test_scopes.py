"""A scope has one set of variables, as BPMN and Camunda 7 have it: seen by all its branches, lost by none."""

import pytest

from services import engine
from services.engine import Step
from services.expressions.errors import ExpressionError
from tests.services.engine.drawings import (
    boundary,
    diagram,
    drawn,
    each_of,
    extended,
    gateways,
    message,
    node,
    parameters,
    people,
    process,
    scope,
    sub_process,
    timer,
)
from tests.services.engine.ours import LARGEST_B, begin, done, stop_at, waits, world

BRANCHES = drawn(
    people("A", "B", "C", "D", "Z") + gateways("parallel", "g", "j") + gateways("exclusive", "x"),
    "start>g g>A g>B A>j B>x x>C[seen == 1] x>D[default] C>j D>end j>Z Z>end",
)


def seen(definition: engine.Definition, step: Step, element: str) -> dict[str, object]:
    return engine.variables(definition, step.state, stop_at(step, element).id)


def test_what_one_branch_sets_the_other_s_gateway_sees() -> None:
    definition, first = begin(BRANCHES)
    after = done(definition, done(definition, first, "A", seen=1), "B")
    assert waits(after) == ["C"]
    assert seen(definition, after, "C") == {"seen": 1}


def test_of_two_changes_in_two_branches_none_is_lost() -> None:
    definition, step = begin(BRANCHES, list=[1], other=[1])
    step = done(definition, step, "A", list=[1, 2], seen=1)
    step = done(definition, done(definition, step, "B", other=[1, 3]), "C")
    assert seen(definition, step, "Z") == {"list": [1, 2], "other": [1, 3], "seen": 1}


@pytest.mark.parametrize("kind", ["timer", "message"])
def test_what_was_entered_in_an_interrupted_sub_process_is_kept(kind: str) -> None:
    event = timer("PT1H") if kind == "timer" else message()
    picture = drawn(
        sub_process("S", people("I", "J"), "S_start>I I>J J>S_end") + boundary("b", "S", event) + people("B", "Z"),
        "start>S S>Z Z>end b>B B>end",
    )
    definition, first = begin(picture, k=1)
    step = done(definition, first, "I", k=2, n=7)
    if kind == "timer":
        step = engine.wake(definition, step.state, [stop_at(step, "b").id], world())
    else:
        step = engine.receive(definition, step.state, stop_at(step, "b").id, {"said": "stop"}, world())
    assert seen(definition, step, "B") == {"k": 2, "n": 7} | ({"said": "stop"} if kind == "message" else {})


def test_a_called_process_has_variables_of_its_own() -> None:
    mapping = extended('<camunda:in source="a" target="x"/>', '<camunda:out source="x" target="a"/>')
    picture = diagram(
        process("p", node("callActivity", "C", mapping, calledElement="inner") + people("Z"), "start>C C>Z Z>end"),
        process("inner", people("I"), "start>I I>end"),
    )
    definition, first = begin(picture, a=1, b=2)
    assert seen(definition, first, "I") == {"x": 1}
    assert seen(definition, done(definition, first, "I", x=5, y=6), "Z") == {"a": 5, "b": 2}


VOTES = (
    '<multiInstanceLoopCharacteristics{mark} camunda:collection="{over}" camunda:elementVariable="who">'
    "<completionCondition>{until}</completionCondition></multiInstanceLoopCharacteristics>"
)


def voting(*, sequential: bool, over: str = "five", until: str = "${nrOfCompletedInstances >= 3}") -> bytes:
    mark = ' isSequential="true"' if sequential else ""
    task = node("userTask", "A", VOTES.format(mark=mark, over=over, until=until.replace(">", "&gt;")))
    return drawn(task + people("Z"), "start>A A>Z Z>end")


@pytest.mark.parametrize("sequential", [False, True])
def test_three_of_five_are_enough(sequential: bool) -> None:
    """Camunda 7 manual, «Multiple Instance»: nrOfInstances, nrOfCompletedInstances, nrOfActiveInstances, loopCounter."""
    definition, step = begin(voting(sequential=sequential), five=["a", "b", "c", "d", "e"])
    assert len(step.stops) == (1 if sequential else 5)
    for number in range(3):
        now = engine.variables(definition, step.state, step.stops[0].id)
        assert (now["loopCounter"], now["who"]) == (number, "abcde"[number])
        assert (now["nrOfInstances"], now["nrOfCompletedInstances"]) == (5, number)
        assert now["nrOfActiveInstances"] == (1 if sequential else 5 - number)
        step = engine.complete(definition, step.state, step.stops[0].id, {f"vote_{now['who']}": True}, world())
    assert waits(step) == ["Z"]
    assert seen(definition, step, "Z") == {"five": ["a", "b", "c", "d", "e"], "vote_a": True, "vote_b": True,
                                           "vote_c": True}  # fmt: skip


def test_a_collection_may_be_an_expression() -> None:
    definition, step = begin(voting(sequential=False, over="${form.rows}"), form={"rows": ["x", "y"]})
    assert sorted(engine.variables(definition, step.state, stop.id)["who"] for stop in step.stops) == ["x", "y"]


def test_the_item_hides_a_variable_of_its_name_and_leaves_it_alone() -> None:
    task = node("userTask", "A", each_of("items", "it", sequential=False))
    definition, step = begin(drawn(task + people("Z"), "start>A A>Z Z>end"), items=["a"], it="mine")
    assert seen(definition, step, "A")["it"] == "a"
    assert seen(definition, done(definition, step, "A"), "Z")["it"] == "mine"


def test_a_person_s_inputs_are_the_task_s_own() -> None:
    task = node("userTask", "A", parameters(x="${x + 9}", y="${x * 2}"))
    definition, step = begin(drawn(task + people("Z"), "start>A A>Z Z>end"), x=1)
    assert seen(definition, step, "A") == {"x": 10, "y": 20}
    assert seen(definition, done(definition, step, "A", z=3), "Z") == {"x": 1, "z": 3}


def test_the_state_holds_the_variables_once() -> None:
    long = "".join(chr(0x430 + n * 7 % 32) + str(n * n) for n in range(300))
    definition, step = begin(BRANCHES, long=long)
    alone = len(step.state)
    step = done(definition, step, "A", seen=1)
    assert len(done(definition, step, "B").state) - alone < 100
    assert alone < LARGEST_B


def test_a_collection_that_is_none_says_so_in_words() -> None:
    with pytest.raises(ExpressionError, match="no list") as fault:
        begin(voting(sequential=False, over="${nothing}"))
    assert "Exception" not in str(fault.value)


def test_sub_processes_of_one_id_in_two_called_files_are_two_things() -> None:
    def called(key: str, inside: str) -> bytes:
        nodes = node("startEvent", "start1") + people(inside) + node("endEvent", "end1")
        sub = node("subProcess", "S", scope(nodes, f"start1>{inside} {inside}>end1", "g"))
        return drawn(sub, "start>S S>end").replace(b'id="p"', f'id="{key}"'.encode())

    calls = node("callActivity", "C", calledElement="q") + node("callActivity", "D", calledElement="r")
    files = {"p.bpmn": drawn(calls, "start>C C>D D>end"), "q.bpmn": called("q", "A"), "r.bpmn": called("r", "B")}
    definition = engine.parse(files, "p")
    step = engine.start(definition, {}, world())
    assert [(stop.process, stop.element) for stop in step.stops] == [("q", "A")]
    step = engine.complete(definition, step.state, step.stops[0].id, {}, world())
    assert [(stop.process, stop.element) for stop in step.stops] == [("r", "B")]
    assert engine.complete(definition, step.state, step.stops[0].id, {}, world()).finished
