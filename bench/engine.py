"""The full cycle of one move - load, complete, go on, save - through our door and on stock SpiffWorkflow, in turns.

The same process, the same answers, the same run; stock in a process of its own, without anything of ours. Medians.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from bench import ratios
from services import engine, expressions
from services.config import ROOT

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORLD = expressions.World(NOW, lambda step, start: start + timedelta(days=1))
LOOPS = 50
ROUNDS, TIMES = 12, 4  #: rounds that alternate between the two, cycles a round
AIM = 10
#: the route and the processes that it calls
PARTS = ("direct", "resolution", "signing", "handing_over", "giving_back", "sending_on")
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'

Move = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Course:
    """A process, the way through it, and the moves to time, by name."""

    name: str
    process: str
    files: dict[str, str]
    variables: dict[str, Any]
    moves: list[Move]
    timed: dict[str, int]


def direct() -> Course:
    """The state service itself, from the application to the notice; the draft goes back fifty times."""
    names = [ROOT / f"bpmn/{name}.bpmn" for name in PARTS]
    # the region's decision as one table: stock reads no requirements diagram
    files = {file.name: file.read_text() for file in (*names, ROOT / "bench/entitlement.dmn")}
    money = {"papers_complete": True, "expense": 21000, "income": 150000, "share_percent": 10}
    back: list[Move] = [
        ("Task_Agree", {"agreed": False, "remarks": "Сома түзетілсін"}),
        ("Task_Supplement", {"draft": 2}),
    ]
    before: list[Move] = [
        (
            "Task_Register",
            {"applicant": "Ахметова Айгүл", "iin": "850101400123", "phone": "+77010000000", "members": 4},
        ),
        ("Service_Register", {"number": "421-0001", "barcode": "4210001"}),
        ("Task_Resolution", {"executor": "e.omarov", "resolution": "Қарап, жауап дайындаңыз"}),
        ("Task_Review", money),
        ("Task_Draft", {"decision": "approve", "amount": 6000, "period_months": 3, "reason": "entitled"}),
    ]
    after: list[Move] = [
        ("Task_Agree", {"agreed": True}), ("Service_Seal", {"sealed": "a1b2"}), ("Task_Sign", {"signed": True}),
        ("Service_Prepare", {"envelope": "c3"}),
        ("Task_Deliver", {"delivery": "posted"}),
    ]  # fmt: skip
    moves = [*before, *back * LOOPS, *after]
    timed = {"start": 0, "middle": 3, "after 50 loops": len(before) + 2 * LOOPS, "end": len(moves) - 1}
    return Course("direct", "direct", files, {"route": "direct"}, moves, timed)


def twenty() -> Course:
    """Twenty tasks in a row, two of them at once; the last five are done again fifty times."""
    tasks = [f"T{number:02}" for number in range(1, 21)]
    ways = [(a, b) for a, b in pairwise(tasks) if {a, b} & {"T08", "T09", "T15"} == set() or b == "T15"]
    ways += [("start", "T01"), ("T07", "f"), ("f", "T08"), ("f", "T09"), ("T08", "j"), ("T09", "j"), ("j", "T10")]
    ways += [("T15", "m"), ("m", "T16"), ("T20", "x")]
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(ways))
    flows += '<sequenceFlow id="on" sourceRef="x" targetRef="end"/><sequenceFlow id="back" sourceRef="x" targetRef="m">'
    flows += "<conditionExpression>again == 1</conditionExpression></sequenceFlow>"
    nodes = "".join(f'<userTask id="{task}" name="{task}"/>' for task in tasks)
    nodes += '<startEvent id="start"/><endEvent id="end"/><parallelGateway id="f"/><parallelGateway id="j"/>'
    nodes += '<exclusiveGateway id="m"/><exclusiveGateway id="x" default="on"/>'
    file = f'{HEAD}<process id="twenty" name="twenty" isExecutable="true">{nodes}{flows}</process></definitions>'
    round_: list[Move] = [(task, {f"said_{task}": "Қабылданды", "again": 1}) for task in tasks[15:]]
    first: list[Move] = [(task, {f"said_{task}": "Қабылданды", "again": 1}) for task in tasks]
    moves = [*first, *round_ * LOOPS, *round_[:-1], ("T20", {"again": 0})]
    timed = {"start": 0, "middle": 9, "after 50 loops": 20 + 5 * LOOPS, "end": len(moves) - 1}
    return Course("twenty tasks", "twenty", {"twenty.bpmn": file}, {"route": "direct"}, moves, timed)


class Ours:
    """Our door: nothing is kept between two moves but the bytes."""

    def __init__(self, course: Course) -> None:
        self.course = course
        contents = {name: text.encode() for name, text in course.files.items()}
        self.definition = engine.parse(contents, course.process)
        self.steps = [engine.start(self.definition, course.variables, WORLD)]
        for move in course.moves:
            self.steps.append(self.move(self.steps[-1], move))
        assert self.steps[-1].finished

    def move(self, step: engine.Step, move: Move) -> engine.Step:
        element, answers = move
        (stop,) = [stop for stop in step.stops if stop.element == element]
        return engine.complete(self.definition, step.state, stop.id, answers, WORLD)

    def timed(self, at: int, times: int) -> list[float]:
        found = []
        for _ in range(times):
            began = time.perf_counter()
            self.move(self.steps[at], self.course.moves[at])
            found.append((time.perf_counter() - began) * 1e6)
        return found


class Stock:
    """SpiffWorkflow in a process of its own."""

    def __init__(self, running: subprocess.Popen[str], course: Course) -> None:
        self.running = running
        setup = {"files": course.files, "process": course.process, "variables": course.variables, "moves": course.moves}
        self.sizes_b: list[int] = self.ask(setup)

    def ask(self, question: Any) -> Any:
        assert self.running.stdin is not None and self.running.stdout is not None
        self.running.stdin.write(json.dumps(question) + "\n")
        self.running.stdin.flush()
        return json.loads(self.running.stdout.readline())

    def timed(self, at: int, times: int) -> list[float]:
        found: list[float] = self.ask({"at": at, "times": times})
        return found


@contextmanager
def stock(course: Course) -> Iterator[Stock]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.stock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as running:
        try:
            yield Stock(running, course)
        finally:
            assert running.stdin is not None
            running.stdin.close()


@dataclass(frozen=True)
class Figure:
    """One move, measured on both."""

    course: str
    place: str
    ours_us: float
    stock_us: float
    ours_b: int
    stock_b: int

    @property
    def ratio(self) -> float:
        return self.stock_us / self.ours_us


def measure(course: Course, rounds: int = ROUNDS) -> list[Figure]:
    """Every timed move of the course, in rounds that alternate between the two."""
    ours = Ours(course)
    with stock(course) as theirs:
        taken: dict[str, tuple[list[float], list[float]]] = {place: ([], []) for place in course.timed}
        for number in range(rounds + 1):
            for place, at in course.timed.items():
                times = ours.timed(at, TIMES), theirs.timed(at, TIMES)
                if number:  # the first round warms both up
                    taken[place][0].extend(times[0])
                    taken[place][1].extend(times[1])
        return [
            Figure(course.name, place, median(taken[place][0]), median(taken[place][1]),
                   len(ours.steps[at].state), theirs.sizes_b[at])
            for place, at in course.timed.items()
        ]  # fmt: skip


def main() -> None:
    """Prints the table and the ratios."""
    print("One move: load, complete, go on, save. Medians, microseconds; state in bytes.")  # noqa: T201
    print(f"{'process':14}{'place':16}{'ours':>8}{'stock':>10}{'times':>8}{'ours B':>9}{'stock B':>10}")  # noqa: T201
    figures = [figure for course in (direct(), twenty()) for figure in measure(course)]
    for each in figures:
        sizes = f"{each.ours_b:>9}{each.stock_b:>10}"
        line = f"{each.course:14}{each.place:16}{each.ours_us:>8.0f}{each.stock_us:>10.0f}{each.ratio:>8.1f}{sizes}"
        print(line)  # noqa: T201
        ratios.note(f"engine {each.course}, {each.place}", each.ours_us, each.stock_us)
    smallest = min(figures, key=lambda figure: figure.ratio)
    print(  # noqa: T201
        f"\nAt least {smallest.ratio:.1f} times as fast as stock, "
        f"{median(f.ratio for f in figures):.1f} in the middle; "
        f"the aim is {AIM}."
    )


if __name__ == "__main__":
    main()
