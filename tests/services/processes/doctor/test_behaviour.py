"""How a process behaves: what gets stuck, what never ends, what nobody comes to; told before it is deployed."""

import random
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from lxml import etree

from services import engine
from services.bpmn.graph import graphs
from services.expressions import ExpressionError
from services.processes.doctor import Finding, examine
from services.processes.doctor.explore import explore
from services.registry import Registry
from tests.examples import tried
from tests.services.engine.drawings import (
    boundary,
    catch,
    drawn,
    error,
    gateways,
    message,
    node,
    people,
    sub_process,
    timer,
)
from tests.services.engine.ours import parsed, world

BEHAVIOUR = frozenset({
    "deadlock", "may-deadlock", "never-ends", "may-never-end", "never-reached", "not-connected", "leaves-work",
    "twice-at-once", "piles-up", "spins", "too-many-states",
})  # fmt: skip
END = node("endEvent", "stop", "<terminateEventDefinition/>")
LEFT_RIGHT = people("A", "B", "Z")


def behaviour(content: bytes, region: Registry) -> list[Finding]:
    return [each for each in examine({"x.bpmn": content}, region).findings if each.rule in BEHAVIOUR]


SAID: dict[str, tuple[bytes, str, str, str]] = {
    # element, rule, severity
    "a parallel join behind a choice stands still for ever": (
        drawn(LEFT_RIGHT + gateways("exclusive", "x") + gateways("parallel", "j"),
              "start>x x>A[a == 1] x>B[default] A>j B>j j>Z Z>end"), "j", "deadlock", "error"),
    "a join that waits for a way which is sometimes not taken": (
        drawn(LEFT_RIGHT + gateways("parallel", "g", "j") + gateways("exclusive", "x"),
              "start>g g>A g>x x>B[a == 1] x>end[default] A>j B>j j>Z Z>end"), "j", "may-deadlock", "warning"),
    "a choice between inclusive ways, joined as if all were taken": (
        drawn(LEFT_RIGHT + gateways("inclusive", "g") + gateways("parallel", "j"),
              "start>g g>A[a == 1] g>B[default] A>j B>j j>Z Z>end"), "j", "deadlock", "error"),
    "a join inside a sub-process": (
        drawn(sub_process("S", LEFT_RIGHT + gateways("exclusive", "x") + gateways("parallel", "j"),
                          "S_start>x x>A[a == 1] x>B[default] A>j B>j j>Z Z>S_end"), "start>S S>end"),
        "j", "deadlock", "error"),
    "a loop without a way out": (
        drawn(people("A", "B") + gateways("exclusive", "m"), "start>m m>A A>B B>m"), "A", "never-ends", "error"),
    "a loop without a way out, by some choice": (
        drawn(people("A", "B") + gateways("exclusive", "m", "x"), "start>x x>m[a == 1] x>end[default] m>A A>B B>m"),
        "A", "may-never-end", "warning"),
    "a step that nothing leads to": (
        drawn(people("A", "B"), "start>A A>end B>end"), "B", "not-connected", "warning"),
    "steps that lead only to each other": (
        drawn(people("A", "B") + gateways("exclusive", "x"), "start>A A>end B>x x>B[a == 1] x>end[default]"),
        "B", "never-reached", "warning"),
    "an end that breaks off parallel work": (
        drawn(people("A", "B") + gateways("parallel", "g") + END, "start>g g>A g>B A>end B>stop"),
        "stop", "leaves-work", "warning"),
    "parallel ways that meet without a join": (
        drawn(LEFT_RIGHT + gateways("parallel", "g"), "start>g g>A g>B A>Z B>Z Z>end"),
        "Z", "twice-at-once", "warning"),
    "ways of different length that meet without a join": (
        drawn(people("A", "B", "C", "Z") + gateways("parallel", "g") + gateways("exclusive", "m"),
              "start>g g>A g>B B>C A>m C>m m>Z Z>end"), "Z", "twice-at-once", "warning"),
    "a loop that brings more tokens at each round": (
        drawn(people("A", "B") + gateways("parallel", "g") + gateways("exclusive", "m"),
              "start>m m>A A>g g>m g>B B>end"),
        "B", "piles-up", "warning"),
    "a loop that waits for nobody": (
        drawn(people("A") + gateways("exclusive", "m", "x"), "start>m m>x x>m[a == 1] x>A[default] A>end"),
        "m", "spins", "warning"),
}  # fmt: skip


@pytest.mark.parametrize("what", SAID)
def test_it_is_found_and_the_element_is_named(what: str, region: Registry) -> None:
    content, element, rule, severity = SAID[what]
    found = behaviour(content, region)
    assert (element, rule, severity) in [(each.element, each.rule, each.severity) for each in found], found


@pytest.mark.parametrize(
    "what", [name for name in SAID if SAID[name][2] not in ("not-connected", "never-reached", "spins")]
)
def test_the_path_leads_there_along_the_flows(what: str, region: Registry) -> None:
    content, element, rule, _ = SAID[what]
    (found,) = [each for each in behaviour(content, region) if (each.element, each.rule) == (element, rule)]
    root = etree.fromstring(content)
    flows = {each.get("id"): each for each in root.iter("{*}sequenceFlow")}
    assert found.path[0].endswith("start")
    passed = set()
    for each in found.path:
        if each in flows:
            assert flows[each].get("sourceRef") in passed, f"{each} before what it leaves"
        passed.add(each)
    assert element in passed or any(flows[each].get("targetRef") == element for each in found.path if each in flows)


CLEAN = {
    "nested parallel ways": drawn(
        people("A", "B", "C", "Z") + gateways("parallel", "g", "g2", "j2", "j"),
        "start>g g>A g>g2 g2>B g2>C B>j2 C>j2 j2>j A>j j>Z Z>end"),
    "inclusive ways": drawn(
        people("A", "B", "C", "Z") + gateways("inclusive", "g", "j"),
        "start>g g>A[a == 1] g>B[b == 1] g>C[default] A>j B>j C>j j>Z Z>end"),
    "an event gateway": drawn(
        people("A", "B") + gateways("eventBased", "g") + catch("c1", timer()) + catch("c2", message()),
        "start>g g>c1 g>c2 c1>A c2>B A>end B>end"),
    "events on a task": drawn(
        people("A", "B", "C") + boundary("b", "A", timer()) + boundary("b2", "A", message(), interrupting=False),
        "start>A A>end b>B B>end b2>C C>end"),
    "an error caught around a sub-process": drawn(
        sub_process("S", people("I") + gateways("exclusive", "x") + node("endEvent", "broke", error()),
                    "S_start>I I>x x>broke[bad == 1] x>S_end[default]")
        + boundary("b", "S", error()) + people("B", "Z"), "start>S S>Z Z>end b>B B>end"),
    "parallel ways that both end": drawn(people("A", "B") + gateways("parallel", "g"), "start>g g>A g>B A>end B>end"),
    "a loop with a way out": drawn(
        people("A", "Z") + gateways("exclusive", "m", "x"), "start>m m>A A>Z Z>x x>m[again == 1] x>end[default]"),
    "a terminate end that ends nothing else": drawn(
        people("A", "B") + gateways("exclusive", "x") + END, "start>x x>A[a == 1] x>B[default] A>stop B>end"),
}  # fmt: skip


@pytest.mark.parametrize("what", CLEAN)
def test_nothing_is_said_of_what_is_sound(what: str, region: Registry) -> None:
    assert behaviour(CLEAN[what], region) == []


def test_two_hundred_parallel_branches_are_played_through() -> None:
    names = [f"T{number}" for number in range(200)]
    ways = " ".join(f"g>{name} {name}>j" for name in names)
    content = drawn(people(*names) + gateways("parallel", "g", "j"), f"start>g {ways} j>end")
    (scope,) = graphs(etree.fromstring(content))
    found = explore(scope)
    assert found.ended and not found.stuck and not found.limited


def test_a_limit_that_was_reached_is_said(region: Registry) -> None:
    rows = "".join(people(*(f"T{row}_{n}" for n in range(6))) for row in range(6))
    line = " ".join(
        [f"g>T{row}_0" for row in range(6)]
        + [f"T{row}_{n}>T{row}_{n + 1}" for row in range(6) for n in range(5)]
        + [f"T{row}_5>{'stop' if row == 0 else 'end'}" for row in range(6)]
    )
    content = drawn(rows + gateways("parallel", "g") + END, f"start>g {line}")
    said = [each for each in behaviour(content, region) if each.rule == "too-many-states"]
    assert [each.severity for each in said] == ["info"]


# ---------------------------------------------------------------- the game and the engine agree

UNDO, CANCEL = "<compensateEventDefinition/>", "<cancelEventDefinition/>"
CONDITION = "<conditionalEventDefinition><condition>${c == 1}</condition></conditionalEventDefinition>"
KINDS = st.sampled_from(["exclusive", "parallel", "inclusive"])
BLOCKS = st.deferred(
    lambda: st.one_of(
        st.just("task"),
        st.tuples(st.just("row"), st.lists(BLOCKS, min_size=1, max_size=3)),
        st.tuples(KINDS, KINDS, st.lists(BLOCKS, min_size=2, max_size=3)),
        st.tuples(st.just("loop"), BLOCKS),
        st.tuples(st.just("timer"), BLOCKS, st.booleans()),
        st.tuples(st.just("inside"), BLOCKS),
        st.tuples(st.just("condition"), BLOCKS),
        st.tuples(st.just("undo"), BLOCKS),
        st.tuples(st.just("cancel"), BLOCKS),
    )
)  # fmt: skip


class Drawing:
    """A process out of blocks: a way in, a way out, and joins that need not fit their splits."""

    def __init__(self, block: object) -> None:
        self.nodes, self.line, self.count = "", [], 0
        self.close("start", block, "end")

    def new(self, tag: str, body: str = "", **more: str) -> str:
        self.count += 1
        key = f"{tag[:2]}{self.count}"
        self.nodes += node(tag, key, body, **more)
        return key

    def close(self, source: str, block: object, target: str) -> None:
        first, last = self.draw(block)
        self.line += [f"{source}>{first}", f"{last}>{target}"]

    def draw(self, block: object) -> tuple[str, str]:
        if block == "task":
            task = self.new("userTask")
            return task, task
        kind = block[0]  # type: ignore[index]
        if kind == "row":
            parts = [self.draw(each) for each in block[1]]  # type: ignore[index]
            self.line += [f"{a[1]}>{b[0]}" for a, b in pairwise(parts)]
            return parts[0][0], parts[-1][1]
        if kind == "loop":
            merge, split = self.new("exclusiveGateway"), None
            first, last = self.draw(block[1])  # type: ignore[index]
            asked = self.new("userTask")
            split = self.new("exclusiveGateway")
            after = self.new("userTask")
            self.line += [
                f"{merge}>{first}",
                f"{last}>{asked}",
                f"{asked}>{split}",
                f"{split}>{merge}[c == 1]",
                f"{split}>{after}[default]",
            ]
            return merge, after
        if kind in ("timer", "condition"):
            task, end = self.new("userTask"), self.new("endEvent")
            self.count += 1
            key = f"b{self.count}"
            what, interrupts = (timer(), block[2]) if kind == "timer" else (CONDITION, True)  # type: ignore[index]
            self.nodes += boundary(key, task, what, interrupting=interrupts)
            first, last = self.draw(block[1])  # type: ignore[index]
            self.line += [f"{key}>{first}", f"{last}>{end}"]
            return task, task
        if kind in ("undo", "cancel"):
            return (self.undoing if kind == "undo" else self.cancelled)(block[1])  # type: ignore[index]
        if kind == "inside":
            outer = self.nodes, self.line
            self.nodes, self.line = "", []
            self.count += 1
            key = f"S{self.count}"
            self.close(f"{key}_start", block[1], f"{key}_end")  # type: ignore[index]
            inner = sub_process(key, self.nodes, " ".join(self.line))
            self.nodes, self.line = outer[0] + inner, outer[1]
            return key, key
        split_kind, join_kind, blocks = block  # type: ignore[misc]
        asked, split, join = self.new("userTask"), self.new(f"{split_kind}Gateway"), self.new(f"{join_kind}Gateway")
        self.line.append(f"{asked}>{split}")
        for number, each in enumerate(blocks):
            first, last = self.draw(each)
            said = "" if split_kind == "parallel" else "[default]" if number == 0 else f"[c{number} == 1]"
            self.line += [f"{split}>{first}{said}", f"{last}>{join}"]
        return asked, join

    def undone(self) -> tuple[str, str]:
        """A task, what undoes it, and what throws compensation."""
        task, handler = self.new("userTask"), self.new("userTask", isForCompensation="true")
        undoes = self.new("intermediateThrowEvent", UNDO)
        self.count += 1
        key = f"b{self.count}"
        self.nodes += boundary(key, task, UNDO) + f'<association id="a{key}" sourceRef="{key}" targetRef="{handler}"/>'
        return task, undoes

    def undoing(self, block: object) -> tuple[str, str]:
        """Something done after it, before it is undone."""
        task, undoes = self.undone()
        first, last = self.draw(block)
        self.line += [f"{task}>{first}", f"{last}>{undoes}"]
        return task, undoes

    def cancelled(self, block: object) -> tuple[str, str]:
        """A transaction that may be cancelled after something in it."""
        outer = self.nodes, self.line
        self.nodes, self.line = "", []
        self.count += 1
        key = f"S{self.count}"
        (task, _), split, end = self.undone(), self.new("exclusiveGateway"), self.new("endEvent", CANCEL)
        first, last = self.draw(block)
        self.line += [f"{key}_start>{task}", f"{task}>{first}", f"{last}>{split}"]
        self.line += [f"{split}>{end}[c == 1]", f"{split}>{key}_end[default]"]
        inner = sub_process(key, self.nodes, " ".join(self.line)).replace("subProcess", "transaction")
        self.nodes, self.line = outer[0] + inner + boundary(f"{key}_b", key, CANCEL), outer[1]
        after, away = self.new("userTask"), self.new("endEvent")
        self.line += [f"{key}_b>{after}", f"{after}>{away}"]
        return key, key

    def content(self) -> bytes:
        return drawn(self.nodes, " ".join(self.line))


def outcomes(content: bytes, walks: int) -> set[str]:
    """How random walks through the engine went out: ended, stuck, or still going."""
    definition, found = parsed(content), set()
    for seed in range(walks):
        try:
            found |= {"ended"} if _ends(definition, random.Random(seed)) else set()
        except ExpressionError as fault:
            assert "nothing more can come" in str(fault)
            found.add("stuck")
    return found


def _ends(definition: engine.Definition, chance: random.Random) -> bool:
    step = engine.start(definition, {}, world())
    for _ in range(40):
        if step.finished:
            return True
        step = _moved(definition, step, chance)
    return False


def _moved(definition: engine.Definition, step: engine.Step, chance: random.Random) -> engine.Step:
    stop = chance.choice([each for each in step.stops if each.waits_for != "condition"])
    if stop.waits_for == "timer":
        return engine.wake(definition, step.state, [stop.id], world())
    answers = {f"c{n}": chance.randint(0, 1) for n in ("", 1, 2)}
    return engine.complete(definition, step.state, stop.id, answers, world())


@tried(30, suppress_health_check=list(HealthCheck))
@given(BLOCKS)
def test_the_game_and_the_engine_agree_on_what_is_stuck_and_what_ends(block: object) -> None:
    content = Drawing(block).content()
    (scope,) = graphs(etree.fromstring(content))
    game = explore(scope)
    if game.limited or game.piles or game.twice:
        return  # two tokens at one step: the engine counts them by a tree, the game by places
    real = outcomes(content, 12)
    assert not ("ended" in real and not game.ended), "the engine ends, the game does not"
    assert not ("stuck" in real and not game.stuck), "the engine is stuck, the game is not"
