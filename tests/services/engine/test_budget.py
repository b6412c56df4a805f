"""What a case may take: the doctor refuses what can be seen, the move breaks off in words where it cannot."""

import pytest

from services import bpmn, engine
from services.engine import CannotGoOn, budget
from services.expressions.errors import ExpressionError
from services.processes.doctor import examine
from services.registry import Registry
from tests.ends import ends
from tests.services.engine.drawings import boundary, catch, drawn, each_of, node, people, scope, timer, times
from tests.services.engine.ours import begin, done, stop_at, world

LINE = "start>A A>end"


def several(*counts: str) -> tuple[str, str]:
    """Sub-processes within one another, so many of each."""
    inside, name = people("A"), "A"
    for depth, count in reversed(list(enumerate(counts))):
        nodes = node("startEvent", f"s{depth}") + inside + node("endEvent", f"e{depth}")
        drawn_inside = scope(nodes, f"s{depth}>{name} {name}>e{depth}", f"g{depth}_")
        name = f"S{depth}"
        inside = node("subProcess", name, drawn_inside + times(count, sequential=False))
    return inside, f"start>{name} {name}>end"


#: what the doctor sees: rule -> drawings
SEEN = {
    "bad-time": [
        (catch("c", timer("P99999999999Y")), "start>c c>end"),
        (catch("c", timer("P10000Y")), "start>c c>end"),
        (people("A") + boundary("b", "A", timer("R99999999999999999999/PT1H", "timeCycle"), interrupting=False),
         "start>A A>end b>end"),
    ],
    "too-often": [
        (people("A") + boundary("b", "A", timer("R/PT1S", "timeCycle"), interrupting=False), "start>A A>end b>end"),
    ],
    "bad-number": [
        (node("userTask", "A", times(count, sequential=False)), LINE) for count in ("1000000000", "-5", "1.5", "'a'")
    ],
    "too-many-at-once": [
        several("500", "500", "500"),
        several("30", "30"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "nodes", "line"), [(rule, *each) for rule, drawings in SEEN.items() for each in drawings]
)
def test_the_doctor_refuses_what_can_be_seen_to_exceed_the_budget(
    region: Registry, rule: str, nodes: str, line: str
) -> None:
    with ends():
        found = {each.rule for each in examine({"x.bpmn": drawn(nodes, line)}, region).errors}
        assert rule in found
        with pytest.raises(bpmn.BadDiagram):
            engine.parse({"x.bpmn": drawn(nodes, line)}, "p")


def test_what_variables_multiply_breaks_off_in_words_before_it_fills_the_memory() -> None:
    begun_at_once = pytest.raises(CannotGoOn, match="more is begun at once here than a case can hold")
    with ends(), begun_at_once as fault:
        begin(drawn(*several("${n}", "${n}", "${n}")), n=500)
    assert "Error" not in str(fault.value)


@pytest.mark.parametrize("count", [10**9, -5, 1.5, "a"])
def test_a_number_of_instances_that_is_none_names_where_and_of_what_kind_it_was(count: object) -> None:
    kind = "string" if isinstance(count, str) else "number"
    with pytest.raises(ExpressionError, match=rf"At «A» the expression .* \(n: {kind}\)"):
        begin(drawn(node("userTask", "A", times("${n}", sequential=False)), LINE), n=count)


@pytest.mark.parametrize("time_", ["P99999999999Y", "P10000Y", "R99999999999999999999/PT1H"])
def test_a_time_that_a_variable_says_and_nobody_lives_to_see_breaks_off_in_words(time_: str) -> None:
    with ends(), pytest.raises(ExpressionError, match=r"At «c» the expression \$\{t\} .* \(t: string\)"):
        begin(drawn(catch("c", timer("${t}")), "start>c c>end"), t=time_)


def test_a_cycle_that_a_variable_says_comes_too_often_breaks_off_in_words() -> None:
    nodes = people("A") + boundary("b", "A", timer("${t}", "timeCycle"), interrupting=False)
    with pytest.raises(ExpressionError, match="b"):
        begin(drawn(nodes, "start>A A>end b>end"), t="R/PT1S")


def test_a_case_that_would_hold_too_much_breaks_off_and_keeps_what_it_held(monkeypatch: pytest.MonkeyPatch) -> None:
    definition, first = begin(drawn(people("A", "B"), "start>A A>B B>end"))
    monkeypatch.setattr("services.engine.service.MOST_STATE", 4096)
    with pytest.raises(CannotGoOn, match="hold more than can be kept"):
        done(definition, first, "A", text=[str(hash(n)) + str(n**7) for n in range(4000)])
    assert [stop.element for stop in engine.look(definition, first.state)] == ["A"]


def test_a_move_that_reckons_too_long_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST_SECONDS", 0.0)
    nodes = node("userTask", "A", each_of("items", "it", sequential=False))
    with pytest.raises(CannotGoOn, match="reckons longer"):
        begin(drawn(nodes, LINE), items=list(range(200)))


def test_a_repeated_timer_piles_up_no_more_than_a_case_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.engine.service.MOST_WAITING", 5)
    nodes = people("A", "B") + boundary("b", "A", timer("R/PT1M", "timeCycle"), interrupting=False)
    definition, step = begin(drawn(nodes, "start>A A>end b>B B>end"))
    for _ in range(3):
        step = engine.wake(definition, step.state, [stop_at(step, "b").id], world())
    with pytest.raises(CannotGoOn, match="more is begun at once"):
        engine.wake(definition, step.state, [stop_at(step, "b").id], world())


def test_nothing_lawful_comes_near_the_budget() -> None:
    nodes = node("userTask", "A", each_of("items", "it", sequential=False))
    _, step = begin(drawn(nodes, LINE), items=list(range(500)))
    assert len(step.stops) == 500 and len(step.state) < budget.MOST_STATE / 10
