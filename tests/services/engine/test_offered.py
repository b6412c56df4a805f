"""What people may tell an instance by hand: it waits for none of it, and goes its way as if it were not there."""

from services import engine
from tests.services.engine.drawings import diagram, extended, message, node, people, process, scope
from tests.services.engine.ours import world

WORLD = world()

BY_HAND = extended(
    '<camunda:properties><camunda:property name="sender" value="staff"/>'
    '<camunda:property name="role" value="clerk,head"/></camunda:properties>'
)


def happening(key: str, inside: str, line: str, *, interrupting: bool = True) -> str:
    """An event sub-process that begins with a message which people send."""
    start = node(
        "startEvent", f"{key}_start", BY_HAND + message(), isInterrupting=str(interrupting).lower(),
        camunda__formKey="plugin.form",
    )  # fmt: skip
    nodes = start + inside + node("endEvent", f"{key}_end")
    return node("subProcess", key, scope(nodes, line, f"{key}_f"), triggeredByEvent="true")


def begun(*, interrupting: bool = True) -> tuple[engine.Definition, engine.Step]:
    nodes = people("A", "B") + happening("out", people("C"), "out_start>C C>out_end", interrupting=interrupting)
    definition = engine.parse({"p.bpmn": diagram(process("p", nodes, "start>A A>B B>end"))}, "p")
    return definition, engine.start(definition, {}, WORLD)


def offered(step: engine.Step) -> engine.Stop:
    (found,) = [each for each in step.stops if each.offered]
    return found


def test_what_is_offered_says_who_may_what_is_asked_and_whether_it_ends_the_rest() -> None:
    definition, step = begun()
    stop = offered(step)
    assert definition.offers
    assert (stop.element, stop.message, stop.groups, stop.form) == (
        "out_start",
        "news",
        ("clerk", "head"),
        "plugin.form",
    )
    assert stop.interrupts
    assert not offered(begun(interrupting=False)[1]).interrupts


def test_nothing_waits_for_it_and_nothing_of_it_closes_when_the_instance_ends() -> None:
    definition, step = begun()
    assert [each.element for each in step.opened] == ["A"]
    first = engine.complete(definition, step.state, step.opened[0].id, {}, WORLD)
    assert (first.closed, [each.element for each in first.opened]) == ((step.opened[0].id,), ["B"])
    last = engine.complete(definition, first.state, first.opened[0].id, {}, WORLD)
    assert last.finished
    assert last.closed == (first.opened[0].id,)


def test_told_by_hand_it_ends_what_goes_on_and_its_own_way_ends_the_instance() -> None:
    definition, step = begun()
    told = engine.receive(definition, step.state, offered(step).id, {"why": "asked"}, WORLD)
    assert (told.closed, [each.element for each in told.opened]) == ((step.opened[0].id,), ["C"])
    assert told.variables["why"] == "asked"
    last = engine.complete(definition, told.state, told.opened[0].id, {}, WORLD)
    assert (last.finished, last.ended_by) == (True, "out_end")


def test_what_does_not_interrupt_may_be_told_again() -> None:
    definition, step = begun(interrupting=False)
    once = engine.receive(definition, step.state, offered(step).id, {}, WORLD)
    twice = engine.receive(definition, once.state, offered(once).id, {}, WORLD)
    assert sorted(each.element for each in twice.stops if not each.offered) == ["A", "C", "C"]
    assert (once.closed, twice.closed) == ((), ())
