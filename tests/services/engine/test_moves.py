"""What a move says of itself, and what we do where the stock engine stands still or goes wrong."""

from itertools import product

import pytest

from services import bpmn, engine
from services.bpmn import UnknownDecision
from services.engine import NoBoundary, Passed, Step, StopGone, Thrown
from services.expressions.errors import ExpressionError
from tests.services.engine.drawings import (
    boundary,
    catch,
    diagram,
    drawn,
    each_of,
    error,
    extended,
    gateways,
    message,
    node,
    operation,
    parameters,
    people,
    process,
    signal,
    sub_process,
    table,
    timer,
)
from tests.services.engine.ours import begin, done, parsed, passed, stop_at, waits, world
from tests.services.engine.zoo import ZOO

SEQUENCE = drawn(people("A") + operation("O"), "start>A A>O O>end")
PARALLEL = drawn(people("A", "B", "Z") + gateways("parallel", "g", "j"), "start>g g>A g>B A>j B>j j>Z Z>end")

# ---------------------------------------------------------------- steps


def test_a_step_says_what_opened_closed_and_was_passed() -> None:
    definition, first = begin(SEQUENCE, place="Talgar")
    (a,) = first.stops
    assert (a.element, a.process, a.name, a.waits_for) == ("A", "p", "A", "person")
    assert first.opened == (a,)
    assert first.closed == ()
    assert first.passed == (Passed("start", "p", "startEvent"),)
    assert first.variables == {"place": "Talgar"}
    second = engine.complete(definition, first.state, a.id, {"k": 1}, world())
    (o,) = second.stops
    assert (o.element, o.waits_for, o.operation) == ("O", "operation", "plugin.work")
    assert (second.opened, second.closed) == ((o,), (a.id,))
    assert second.passed == (Passed("A", "p", "userTask"),)
    assert (second.finished, second.ended_by) == (False, None)
    last = engine.complete(definition, second.state, o.id, {"number": 7}, world())
    assert (last.stops, last.opened, last.closed) == ((), (), (o.id,))
    assert last.passed == (Passed("O", "p", "serviceTask"), Passed("end", "p", "endEvent"))
    assert last.variables == {"place": "Talgar", "k": 1, "number": 7}
    assert (last.finished, last.ended_by) == (True, "end")


def test_a_task_is_completed_once() -> None:
    definition, first = begin(SEQUENCE)
    after = done(definition, first, "A")
    with pytest.raises(StopGone):
        engine.complete(definition, after.state, first.stops[0].id, {}, world())
    with pytest.raises(StopGone):
        engine.complete(definition, after.state, "no such stop", {}, world())


def test_nothing_happens_to_a_finished_instance() -> None:
    definition, step = begin(SEQUENCE)
    last = done(definition, done(definition, step, "A"), "O")
    assert engine.look(definition, last.state) == ()
    assert engine.wake(definition, last.state, ["x"], world()).finished
    with pytest.raises(StopGone):
        engine.complete(definition, last.state, step.stops[0].id, {}, world())


def test_a_state_is_a_value_that_can_be_moved_from_twice() -> None:
    definition, first = begin(PARALLEL)
    one, other = done(definition, first, "A"), done(definition, first, "B")
    assert (waits(one), waits(other)) == (["B"], ["A"])
    assert waits(done(definition, one, "B")) == waits(done(definition, other, "A")) == ["Z"]


def test_a_stop_keeps_its_id_while_others_come_and_go() -> None:
    definition, first = begin(PARALLEL)
    after = done(definition, first, "A")
    assert stop_at(after, "B") == stop_at(first, "B")
    assert after.opened == ()


def test_the_end_event_that_was_reached_is_named() -> None:
    picture = drawn(
        people("A") + gateways("exclusive", "x"), "start>A A>x x>yes[ok == true] x>no[default]", ends="yes no"
    )
    definition, first = begin(picture)
    assert done(definition, first, "A", ok=True).ended_by == "yes"
    assert done(definition, first, "A", ok=False).ended_by == "no"


def test_the_end_of_a_called_process_is_not_the_end_of_the_case() -> None:
    picture = diagram(
        process("p", node("callActivity", "C", calledElement="inner"), "start>C C>end"),
        process("inner", people("I"), "start>I I>end"),
    )
    definition, first = begin(picture)
    assert (first.stops[0].process, first.stops[0].element) == ("inner", "I")
    last = done(definition, first, "I")
    assert last.passed[:2] == (Passed("I", "inner", "userTask"), Passed("inner_end", "inner", "endEvent"))
    assert last.ended_by == "end"


def test_what_lies_in_a_sub_process_belongs_to_the_process_around_it() -> None:
    definition, first = begin(drawn(sub_process("S", people("I"), "S_start>I I>S_end"), "start>S S>end"))
    assert (first.stops[0].process, first.stops[0].element) == ("p", "I")
    assert set(done(definition, first, "I").passed) >= {Passed("S", "p", "subProcess"), Passed("I", "p", "userTask")}


def test_a_terminate_event_closes_what_is_still_open() -> None:
    picture = drawn(
        people("A", "B") + gateways("parallel", "g") + node("endEvent", "stop", "<terminateEventDefinition/>"),
        "start>g g>A g>B A>end B>stop",
    )
    definition, first = begin(picture)
    last = done(definition, first, "B")
    assert (last.finished, last.ended_by, last.stops) == (True, "stop", ())
    assert set(last.closed) == {stop.id for stop in first.stops}


# ---------------------------------------------------------------- what stands at a stop


def test_a_person_s_stop_tells_who_may_do_it_where_and_by_when() -> None:
    body = extended(
        '<camunda:properties><camunda:property name="step" value="review"/></camunda:properties>',
        '<camunda:formData><camunda:formField id="sum" label="Sum" type="long" defaultValue="3">'
        '<camunda:validation><camunda:constraint name="required"/></camunda:validation></camunda:formField>'
        '<camunda:formField id="way" label="Way" type="enum">'
        '<camunda:value id="post" name="By post"/></camunda:formField>'
        "</camunda:formData>",
    )
    said = {"assignee": "${who}", "candidateGroups": "clerk, ${group}", "dueDate": "${by}"}
    task = node("userTask", "A", body, **{f"camunda__{name}": value for name, value in said.items()})
    definition, first = begin(drawn(task, "start>A A>end"), who="Aigul", group="head", by="2026-03-09T18:00:00+05:00")
    (stop,) = first.stops
    assert (stop.assignee, stop.groups, stop.form, stop.step) == ("Aigul", ("clerk", "head"), "fields:p/A", "review")
    assert stop.due_at is not None and stop.due_at.isoformat() == "2026-03-09T13:00:00+00:00"
    assert [field["id"] for field in stop.form_fields] == ["sum", "way"]
    assert stop.form_fields[0]["validation"] == {"required": None}
    assert stop.form_fields[1]["values"] == [("post", "By post")]
    assert engine.look(definition, first.state) == first.stops


def test_a_stop_without_anything_said_has_nothing() -> None:
    _, first = begin(drawn(node("userTask", "A", camunda__assignee="${who}"), "start>A A>end"))
    (stop,) = first.stops
    assert (stop.assignee, stop.groups, stop.form, stop.due_at, stop.step) == (None, (), None, None, None)


def test_a_due_date_that_is_none_is_said_to_be_wrong() -> None:
    task = node("userTask", "A", camunda__dueDate="${by}")
    with pytest.raises(ExpressionError, match="soon"):
        begin(drawn(task, "start>A A>end"), by="soon")


def test_an_operation_gets_its_inputs_and_gives_only_its_outputs() -> None:
    body = extended(
        '<camunda:inputOutput><camunda:inputParameter name="amount">${sum * 2}</camunda:inputParameter>'
        '<camunda:inputParameter name="note">plain "text"</camunda:inputParameter>'
        '<camunda:outputParameter name="number">${result.number}</camunda:outputParameter></camunda:inputOutput>'
    )
    definition, first = begin(drawn(operation("O", body=body), "start>O O>end"), sum=21)
    assert first.stops[0].inputs == {"amount": 42, "note": 'plain "text"'}
    last = done(definition, first, "O", result={"number": "N-1", "secret": 1})
    assert last.variables == {"sum": 21, "number": "N-1"}


def test_a_decision_s_result_goes_where_the_designer_wants_it() -> None:
    rules = table(["sum"], ["kind", "fee"], [["< 5", '"little"', "1"], [">= 5", '"much"', "2"]])
    for mapping, expected in (
        (
            {"camunda__resultVariable": "r", "camunda__mapDecisionResult": "singleResult"},
            {"r": {"kind": "much", "fee": 2}},
        ),
        ({"camunda__resultVariable": "r", "camunda__mapDecisionResult": "singleEntry"}, {"r": "much"}),
        ({}, {"kind": "much", "fee": 2}),
    ):
        task = node("businessRuleTask", "D", camunda__decisionRef="sort", **mapping)
        definition, step = begin(drawn(task, "start>D D>end"), rules, sum=9)
        assert step.variables == {"sum": 9, **expected}
        assert step.passed[1] == Passed("D", "p", "businessRuleTask")
    assert bpmn.decide_over(definition.decisions, "sort", {"sum": 1}).outputs == {"kind": "little", "fee": 1}
    with pytest.raises(UnknownDecision):
        bpmn.decide_over(definition.decisions, "other", {})


@pytest.mark.parametrize("said", ["99999999999", "-99999999999", "1_0", "high"])
def test_a_priority_that_cannot_be_kept_is_an_error_in_words(said: str) -> None:
    """Also of what was deployed before it was refused: it would break off where it is written to the database."""
    written = engine.parse({"p.bpmn": task_of(priority=said)}, "p", reading=4)
    for definition in (written, parsed(task_of(priority="${p}"))):
        with pytest.raises(ExpressionError, match="no whole number"):
            engine.start(definition, {"p": said}, world())


def test_blanks_around_a_date_or_a_priority_say_nothing() -> None:
    """As where they are looked at before they are deployed."""
    _, first = begin(task_of(dueDate=" P1D", priority=" 70 ", followUpDate=" ", assignee=" "))
    (stop,) = first.stops
    assert stop.due_at is not None and (stop.priority, stop.follow_up_at, stop.assignee) == (70, None, None)


def task_of(**said: str) -> bytes:
    """A process of one person's task with these attributes of Camunda's."""
    return drawn(node("userTask", "A", **{f"camunda__{name}": each for name, each in said.items()}), "start>A A>end")


def test_where_no_rule_fits_no_earlier_answer_stands_for_this_one() -> None:
    """A table that is asked again says what it says now; what an earlier reading of the files began keeps its ways."""
    one, many = (
        table(["sum"], ["kind", "fee"], [["< 5", '"little"', "1"]]),
        table(["sum"], ["kind"], [["< 5", "1"]], policy="COLLECT"),
    )
    drawing = drawn(node("businessRuleTask", "D", camunda__decisionRef="sort"), "start>D D>end")
    _, step = begin(drawing, one, sum=9, kind="much", fee=2)
    assert step.variables == {"sum": 9, "kind": None, "fee": None}
    assert begin(drawing, many, sum=9, kind=[1])[1].variables == {"sum": 9, "kind": []}
    before = engine.parse({"p.bpmn": drawing, "s.dmn": one}, "p", reading=4)
    assert engine.start(before, {"sum": 9, "kind": "much"}, world()).variables == {"sum": 9, "kind": "much"}


# ---------------------------------------------------------------- messages, signals, calls


def test_a_message_brings_its_payload_and_is_taken_once() -> None:
    definition, first = begin(drawn(catch("c", message()) + people("A"), "start>c c>A A>end"))
    (stop,) = first.stops
    assert (stop.waits_for, stop.message, stop.due_at) == ("message", "news", None)
    after = engine.receive(definition, first.state, stop.id, {"answer": 42}, world())
    assert engine.variables(definition, after.state, stop_at(after, "A").id) == {"answer": 42}
    with pytest.raises(StopGone):
        engine.receive(definition, after.state, stop.id, {}, world())
    with pytest.raises(StopGone):
        engine.receive(definition, after.state, stop_at(after, "A").id, {}, world())
    with pytest.raises(StopGone):
        engine.complete(definition, first.state, stop.id, {}, world())


def test_a_boundary_message_comes_again_and_again_or_takes_the_task_away() -> None:
    beside = boundary("b", "A", message(), interrupting=False) + boundary("b2", "A", message("M2"))
    definition, first = begin(drawn(people("A", "B", "C") + beside, "start>A A>end b>B B>end b2>C C>end"))
    assert waits(first) == ["A", "b", "b2"]
    heard = engine.receive(definition, first.state, stop_at(first, "b").id, {}, world())
    assert waits(heard) == ["A", "B", "b", "b2"]
    assert heard.closed == (stop_at(first, "b").id,), "each message has a stop of its own"
    heard = engine.receive(definition, heard.state, stop_at(heard, "b").id, {}, world())
    assert waits(heard) == ["A", "B", "B", "b", "b2"]
    taken = engine.receive(definition, heard.state, stop_at(heard, "b2").id, {}, world())
    assert waits(taken) == ["B", "B", "C"]


def test_a_thrown_message_carries_what_its_parameters_name_and_nothing_else() -> None:
    throw = node("intermediateThrowEvent", "t", parameters(number="${n + 1}") + message())
    definition, first = begin(drawn(people("A") + throw, "start>A A>t t>end"), n=1, secret="x")
    assert done(definition, first, "A").thrown == (Thrown("news", {"number": 2}),)
    assert first.thrown == ()


def test_a_signal_is_heard_inside_the_case_and_by_its_end_event() -> None:
    picture = drawn(
        people("U", "A") + gateways("parallel", "g") + catch("c", signal()) + node("endEvent", "gong", signal()),
        "start>g g>c g>U U>gong c>A A>end",
    )
    definition, first = begin(picture)
    assert sorted(waits(first)) == ["U", "c"]
    after = done(definition, first, "U")
    assert waits(after) == ["A"]
    assert [(each.signal, dict(each.payload)) for each in after.signals] == [("gong", {})]


def test_a_call_takes_and_gives_what_is_named() -> None:
    mapping = extended(
        '<camunda:in sourceExpression="${a + 1}" target="x"/>', '<camunda:in source="b" target="y"/>',
        '<camunda:out source="result" target="answer"/>',
    )  # fmt: skip
    picture = diagram(
        process("p", node("callActivity", "C", mapping, calledElement="inner") + people("Z"), "start>C C>Z Z>end"),
        process("inner", people("I"), "start>I I>end"),
    )
    definition, first = begin(picture, a=1, b="two", c="kept")
    assert engine.variables(definition, first.state, first.stops[0].id) == {"x": 2, "y": "two"}
    after = done(definition, first, "I", result="fine", other="forgotten")
    expected = {"a": 1, "b": "two", "c": "kept", "answer": "fine"}
    assert engine.variables(definition, after.state, after.stops[0].id) == expected


def test_several_one_after_another_have_each_their_item() -> None:
    task = node("userTask", "A", each_of("items", "it", sequential=True))
    definition, step = begin(drawn(task + people("Z"), "start>A A>Z Z>end"), items=["a", "b", "c"])
    seen = []
    while waits(step) == ["A"]:
        seen.append(engine.variables(definition, step.state, step.stops[0].id)["it"])
        step = done(definition, step, "A", last=seen[-1])
    assert (seen, waits(step)) == (["a", "b", "c"], ["Z"])
    left = engine.variables(definition, step.state, step.stops[0].id)
    assert left == {"items": ["a", "b", "c"], "last": "c"}


def test_several_at_once_have_each_their_item() -> None:
    task = node("userTask", "A", each_of("items", "it", sequential=False))
    definition, step = begin(drawn(task, "start>A A>end"), items=["a", "b", "c"])
    seen = {engine.variables(definition, step.state, stop.id)["it"] for stop in step.stops}
    assert seen == {"a", "b", "c"}
    assert begin(drawn(task, "start>A A>end"), items=[])[1].finished


@pytest.mark.parametrize("name", ["several, at once", "three times, one after another", "several sub-processes"])
def test_several_go_on_in_another_process_than_began_them(name: str) -> None:
    """After a restart, or at another worker: nothing but the bytes and the diagram is there."""

    def fresh() -> engine.Definition:
        return engine.parse({"file.bpmn": ZOO[name].diagram}, "p")

    step, moves = engine.start(fresh(), ZOO[name].variables, world()), 0
    while step.stops:
        step, moves = engine.complete(fresh(), step.state, step.stops[0].id, {}, world()), moves + 1
    assert step.finished
    assert moves == (3 if name == "several sub-processes" else 4)


@pytest.mark.parametrize("items", [None, 3, "text", list(range(501))])
def test_too_many_and_no_list_at_all_are_refused(items: object) -> None:
    task = node("userTask", "A", each_of("items", "it", sequential=False))
    with pytest.raises(ExpressionError, match="items"):
        begin(drawn(task, "start>A A>end"), items=items)


# ---------------------------------------------------------------- errors


FAILING = drawn(operation("O") + boundary("b", "O", error()) + people("B"), "start>O O>end b>B B>end")


def test_a_failed_operation_goes_its_error_s_way() -> None:
    definition, first = begin(FAILING)
    assert waits(first) == ["O"], "nobody waits at an error boundary"
    after = engine.fail(definition, first.state, first.stops[0].id, "BROKEN", world())
    assert (waits(after), after.closed, passed(after)) == (["B"], (first.stops[0].id,), ["b"])


def test_an_error_that_no_boundary_treats_changes_nothing() -> None:
    definition, first = begin(FAILING)
    with pytest.raises(NoBoundary, match="OTHER"):
        engine.fail(definition, first.state, first.stops[0].id, "OTHER", world())
    definition, first = begin(SEQUENCE)
    with pytest.raises(NoBoundary):
        engine.fail(definition, first.state, first.stops[0].id, "BROKEN", world())


def test_the_boundary_of_that_very_error_comes_before_the_one_for_all() -> None:
    both = boundary("every", "O", "<errorEventDefinition/>") + boundary("that", "O", error())
    definition, first = begin(
        drawn(operation("O") + both + people("B", "C"), "start>O O>end every>B B>end that>C C>end")
    )
    stop_id = first.stops[0].id
    assert waits(engine.fail(definition, first.state, stop_id, "BROKEN", world())) == ["C"]
    assert waits(engine.fail(definition, first.state, stop_id, "OTHER", world())) == ["B"]


def test_an_error_inside_is_treated_around_it() -> None:
    picture = diagram(
        process("p", node("callActivity", "C", calledElement="inner") + boundary("b", "C", error()) + people("B"),
                "start>C C>end b>B B>end"),
        process("inner", sub_process("S", operation("O"), "S_start>O O>S_end"), "start>S S>end"),
    )  # fmt: skip
    definition, first = begin(picture)
    assert waits(engine.fail(definition, first.state, first.stops[0].id, "BROKEN", world())) == ["B"]


def test_what_is_wrong_with_the_data_is_an_expression_error_and_nothing_moves() -> None:
    picture = drawn(people("A") + gateways("exclusive", "x"), "start>A A>x x>end[n > 1] x>no[default]", ends="end no")
    definition, first = begin(picture)
    with pytest.raises(ExpressionError, match="cannot be compared"):
        done(definition, first, "A", n="many")
    assert done(definition, first, "A", n=2).ended_by == "end"


# ---------------------------------------------------------------- parallel


def looping(kind: str) -> bytes:
    """Both ways in every round, joined by that kind of gateway."""
    return drawn(
        people("A", "B", "Z") + gateways("parallel", "g") + gateways(kind, "j") + gateways("exclusive", "m", "x"),
        "start>m m>g g>A g>B A>j B>j j>Z Z>x x>m[again == true] x>end[default]",
    )


ORDERS = [order for rounds in range(1, 6) for order in product(("AB", "BA"), repeat=rounds)]


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
@pytest.mark.parametrize("orders", ORDERS, ids="-".join)
def test_a_join_in_a_loop_waits_for_both_in_every_round(orders: tuple[str, ...], kind: str) -> None:
    definition, step = begin(looping(kind))
    for number, (first, second) in enumerate(orders, start=1):
        assert waits(step) == ["A", "B"]
        step = done(definition, step, first, **{first: number})
        assert waits(step) == [second]
        step = done(definition, step, second, **{second: number})
        assert waits(step) == ["Z"]
        data = engine.variables(definition, step.state, step.stops[0].id)
        assert (data["A"], data["B"]) == (number, number), "what a branch said in this round is not overwritten"
        step = done(definition, step, "Z", again=number < len(orders))
    assert step.finished


def test_there_are_62_orders_of_five_rounds() -> None:
    assert len(ORDERS) == 62


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_branch_does_not_undo_what_the_other_one_said(order: str) -> None:
    definition, step = begin(PARALLEL, k=0, both=[1], gone="x")
    answers: dict[str, dict[str, object]] = {"A": {"k": "A", "both": [3, 3, 2]}, "B": {"b": 2}}
    for task in order:
        step = done(definition, step, task, **answers[task])
    assert engine.variables(definition, step.state, step.stops[0].id) == {
        "k": "A",
        "both": [3, 3, 2],
        "b": 2,
        "gone": "x",
    }


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_a_state_does_not_grow_with_the_rounds(kind: str) -> None:
    definition, step = begin(looping(kind))
    sizes = []
    for number in range(1, 51):
        for task in "AB" if number % 3 else "BA":
            step = done(definition, step, task, **{task: 1})
        step = done(definition, step, "Z", again=True)
        sizes.append(len(step.state))
    assert max(sizes[10:]) - min(sizes[10:]) < 64
    assert sizes[-1] < 1024


def test_a_step_is_made_of_values() -> None:
    _, first = begin(PARALLEL)
    assert isinstance(first, Step)
    assert isinstance(first.state, bytes)
    with pytest.raises(AttributeError):
        first.finished = True  # type: ignore[misc]


def test_a_timer_is_no_message() -> None:
    definition, first = begin(drawn(catch("c", timer()) + people("A"), "start>c c>A A>end"))
    with pytest.raises(StopGone):
        engine.receive(definition, first.state, first.stops[0].id, {}, world())


@pytest.mark.parametrize("inside", ["", "call"])
def test_a_circle_without_anybody_to_wait_for_is_broken_off(inside: str) -> None:
    called = (
        node("callActivity", "C", calledElement="inner")
        if inside
        else node("businessRuleTask", "C", camunda__decisionRef="sort")
    )
    line = "start>A A>m m>C C>x x>m[again == true] x>end[default]"
    circle = process("p", people("A") + called + gateways("exclusive", "m", "x"), line)
    inner = process("inner", gateways("exclusive", "i"), "start>i i>end")
    definition, first = begin(diagram(circle, inner), table(["n"], ["kind"], [["-", "1"]]))
    assert done(definition, first, "A", again=False).finished
    with pytest.raises(ExpressionError, match="round and round"):
        done(definition, first, "A", again=True)


def test_an_instance_never_catches_its_own_message() -> None:
    throw = node("intermediateThrowEvent", "t", message())
    drawing = drawn(people("A") + throw + catch("c", message()), "start>A A>t t>c c>end")
    definition, first = begin(drawing)
    step = done(definition, first, "A")
    assert [each.message for each in step.thrown] == ["news"]
    assert [stop.element for stop in step.stops] == ["c"]


def test_a_process_that_begins_with_a_message_has_got_it_when_it_begins() -> None:
    drawing = drawn(people("A"), "start>A A>end").replace(b'name="start">', b'name="start">' + message().encode())
    definition, first = begin(drawing)
    assert definition.begun_by("message", "news") == definition.starts[0]
    assert [stop.element for stop in first.stops] == ["A"]
