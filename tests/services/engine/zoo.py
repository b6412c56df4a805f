"""Every element we promise, alone and mixed, for random walks. Standard library only: stock reads it, too."""

from dataclasses import dataclass, field
from typing import Any

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
    people,
    process,
    signal,
    sub_process,
    table,
    timer,
    times,
)

ALL = extended('<camunda:in variables="all"/>', '<camunda:out variables="all"/>')
HOUR = '"PT1H"'  # quoted: the same text to us and to Python


@dataclass(frozen=True)
class Animal:
    """A process, what it starts with, and what people may answer where (beside a number that says where they were)."""

    diagram: bytes
    variables: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    decisions: bytes | None = None


AGAIN = {"Z": {"again": [0, 1]}}
CALLED = process("inner", people("I") + operation("O"), "start>I I>O O>end")
DEEPEST = process("deepest", people("D1", "D2") + gateways("parallel", "df", "dj"),
                  "start>df df>D1 df>D2 D1>dj D2>dj dj>end")  # fmt: skip
MIDDLE = process("middle", people("N1") + node("callActivity", "Mcall", ALL, calledElement="deepest") + people("N2"),
                 "start>N1 N1>Mcall Mcall>N2 N2>end")  # fmt: skip
BETWEEN = process("between", people("N1") + node("callActivity", "Ncall", ALL, calledElement="inner"),
                  "start>N1 N1>Ncall Ncall>end")  # fmt: skip

ZOO: dict[str, Animal] = {
    "sequence": Animal(drawn(people("A", "B") + operation("O"), "start>A A>O O>B B>end")),
    "choice in a loop": Animal(
        drawn(people("A", "Z") + gateways("exclusive", "m", "x"), "start>m m>A A>Z Z>x x>m[again == 1] x>end[default]"),
        {}, AGAIN),
    "nested parallel": Animal(
        drawn(people("A", "B", "C", "D", "Z") + gateways("parallel", "g", "g2", "j2", "j"),
              "start>g g>A g>g2 g2>B g2>C B>j2 C>j2 j2>D D>j A>j j>Z Z>end")),
    "unbalanced parallel": Animal(
        drawn(people("A", "A2", "B", "C", "Z") + gateways("parallel", "g", "j") + gateways("exclusive", "x", "y"),
              "start>g g>A g>B A>A2 A2>j B>x x>C[r == 1] x>y[default] C>y y>j j>Z Z>end"),
        {}, {"B": {"r": [0, 1]}}),
    "three branches, two joins": Animal(
        drawn(people("A", "B", "C", "D", "Z") + gateways("parallel", "g", "j", "j2"),
              "start>g g>A g>B g>C A>j B>j j>D D>j2 C>j2 j2>Z Z>end")),
    "inclusive": Animal(
        drawn(people("P", "A", "B", "C", "Z") + gateways("inclusive", "g", "j"),
              "start>P P>g g>A[x == 1] g>B[y == 1] g>C[default] A>j B>j C>j j>Z Z>end"),
        {}, {"P": {"x": [0, 1], "y": [0, 1]}}),
    "message and timer in a loop": Animal(
        drawn(people("A") + gateways("exclusive", "m", "x") + catch("c", message()) + catch("t", timer(HOUR)),
              "start>m m>c c>t t>A A>x x>m[again == 1] x>end[default]"), {}, {"A": {"again": [0, 1]}}),
    "event gateway": Animal(
        drawn(people("P", "A", "B") + gateways("eventBased", "g") + catch("c1", timer(HOUR)) + catch("c2", message()),
              "start>P P>g g>c1 g>c2 c1>A c2>B A>end B>end")),
    "boundary timers": Animal(
        drawn(people("A", "B", "C") + boundary("b", "A", timer(HOUR))
              + boundary("b2", "A", timer('"PT2H"'), interrupting=False),
              "start>A A>end b>B B>end b2>C C>end")),
    "boundary cycle": Animal(
        drawn(people("A", "C") + boundary("b", "A", timer('"R3/PT1H"', "timeCycle"), interrupting=False),
              "start>A A>end b>C C>end")),
    "boundary messages": Animal(
        drawn(people("A", "B", "C") + boundary("b", "A", message())
              + boundary("b2", "A", message("M2"), interrupting=False),
              "start>A A>end b>B B>end b2>C C>end")),
    "two messages that interrupt": Animal(
        drawn(people("P", "A", "B", "C") + boundary("b", "A", message()) + boundary("b2", "A", message("M2")),
              "start>P P>A A>end b>B B>end b2>C C>end")),
    "boundary in a loop": Animal(
        drawn(people("A", "B", "Z") + gateways("exclusive", "m", "x") + boundary("b", "A", timer(HOUR)),
              "start>m m>A A>Z b>B B>Z Z>x x>m[again == 1] x>end[default]"),
        {}, AGAIN),
    "waiting for a message": Animal(
        drawn(people("A", "B") + catch("c", message()) + node("receiveTask", "R", messageRef="M2"),
              "start>A A>c c>R R>B B>end")),
    "several, at once": Animal(
        drawn(node("userTask", "A", each_of("items", "it", sequential=False)) + people("Z"), "start>A A>Z Z>end"),
        {"items": ["a", "b", "c"]}),
    "several, one after another": Animal(
        drawn(node("userTask", "A", each_of("items", "it", sequential=True)) + people("Z"), "start>A A>Z Z>end"),
        {"items": ["a", "b", "c"]}),
    "three times, at once": Animal(
        drawn(node("userTask", "A", times("3", sequential=False)) + people("Z"), "start>A A>Z Z>end")),
    "three times, one after another": Animal(
        drawn(node("userTask", "A", times("3", sequential=True)) + people("Z"), "start>A A>Z Z>end")),
    "sub-process": Animal(
        drawn(people("A") + sub_process("S", people("I", "J"), "S_start>I I>J J>S_end") + people("Z"),
              "start>A A>S S>Z Z>end")),
    "boundary of a sub-process": Animal(
        drawn(sub_process("S", people("I", "J"), "S_start>I I>J J>S_end") + boundary("b", "S", timer(HOUR))
              + boundary("b2", "S", message(), interrupting=False) + people("B", "C", "Z"),
              "start>S S>Z Z>end b>B B>end b2>C C>end")),
    "sub-process in a loop": Animal(
        drawn(gateways("exclusive", "m", "x") + sub_process("S", people("I", "J"), "S_start>I I>J J>S_end")
              + people("Z"), "start>m m>S S>Z Z>x x>m[again == 1] x>end[default]"),
        {}, AGAIN),
    "several sub-processes": Animal(
        drawn(sub_process("S", people("I"), "S_start>I I>S_end", times("2", sequential=False)) + people("Z"),
              "start>S S>Z Z>end")),
    "called process": Animal(
        diagram(process("p", people("A", "Z") + node("callActivity", "C", ALL, calledElement="inner"),
                        "start>A A>C C>Z Z>end"), CALLED)),
    "two calls at once": Animal(
        diagram(process("p", node("callActivity", "C", ALL, calledElement="inner") + people("B", "Z")
                        + node("callActivity", "C2", ALL, calledElement="inner") + gateways("parallel", "g", "j"),
                        "start>g g>C g>C2 g>B C>j C2>j B>j j>Z Z>end"), CALLED)),
    "calls two deep": Animal(
        diagram(process("p", people("A", "Z") + node("callActivity", "C", ALL, calledElement="middle")
                        + boundary("b", "C", timer(HOUR)), "start>A A>C C>Z Z>end b>Z"), MIDDLE, DEEPEST)),
    "call in a loop": Animal(
        diagram(process("p", people("Z") + node("callActivity", "C", ALL, calledElement="between")
                        + gateways("exclusive", "m", "x"),
                        "start>m m>C C>Z Z>x x>m[again == 1] x>end[default]"), BETWEEN, CALLED),
        {}, AGAIN),
    "terminate": Animal(
        drawn(people("A", "B") + gateways("parallel", "g") + node("endEvent", "stop", "<terminateEventDefinition/>"),
              "start>g g>A g>B A>end B>stop")),
    "signal": Animal(
        drawn(gateways("parallel", "g") + catch("c", signal()) + node("intermediateThrowEvent", "t", signal())
              + people("U", "A", "V"), "start>g g>c g>U U>t t>V V>end c>A A>end")),
    "error end of a sub-process": Animal(
        drawn(sub_process("S", people("I") + gateways("exclusive", "x") + node("endEvent", "broke", error()),
                          "S_start>I I>x x>broke[bad == 1] x>S_end[default]") + boundary("b", "S", error())
              + people("B", "Z"), "start>S S>Z Z>end b>B B>end"),
        {}, {"I": {"bad": [0, 1]}}),
    "two tokens, one element": Animal(
        drawn(people("A", "B", "Z") + gateways("parallel", "g"), "start>g g>A g>B A>Z B>Z Z>end")),
    "decision": Animal(
        drawn(people("A", "B", "C") + node("businessRuleTask", "D", camunda__decisionRef="sort")
              + gateways("exclusive", "x"), 'start>A A>D D>x x>B[kind == "much"] x>C[default] B>end C>end'),
        {}, {"A": {"sum": [1, 5, 9]}}, table(["sum"], ["kind"], [["< 5", '"little"'], [">= 5", '"much"']])),
}  # fmt: skip
