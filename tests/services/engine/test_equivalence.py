"""What our engine does is what SpiffWorkflow does, element by element, at every step of random walks."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.services.engine.ours import LARGEST_B, OurWalker, parsed
from tests.services.engine.walk import first_difference, walk
from tests.services.engine.zoo import ZOO

HERE = Path(__file__).parent
WALKS = 20
#: the stock engine breaks off at the second item; ours goes on: see test_moves.py. And with a task that ends it takes
#: away what a repeated timer on it began: see test_timers.py. To stock a message that does not interrupt comes once; and
#: it says of a sub-process that an error left that it was passed; and at an event gateway it waits at the gateway
BEYOND_STOCK = frozenset({
    "several, one after another", "boundary cycle", "boundary messages", "boundary of a sub-process",
    "error end of a sub-process", "event gateway",
})  # fmt: skip
#: where several tokens are on their way, each has its own copy of the variables in stock; here, as BPMN has it, they see
#: the same ones (test_scopes.py): there only where the case waits, what is done and what is passed is compared
BRANCHES = frozenset({
    "nested parallel", "unbalanced parallel", "three branches, two joins", "inclusive", "boundary timers",
    "several, at once", "three times, at once", "three times, one after another", "several sub-processes",
    "two calls at once", "terminate", "signal", "two tokens, one element", "calls two deep",
})  # fmt: skip


def compared(name: str, log: Any) -> Any:
    if name not in BRANCHES:
        return log
    without = []
    for entry in log:
        if entry[0] == "end":
            without.append(["end", entry[2]])
        elif isinstance(entry[0], str):
            without.append(entry)
        else:
            without.append(sorted([place[0], place[1]] for place in entry))
    return without


@cache
def stock_logs() -> dict[str, Any]:
    """Of a process in which nothing of ours is loaded."""
    said = subprocess.run(
        [sys.executable, HERE / "stock.py", str(WALKS)],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        check=True,
        timeout=120,
    )
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def our_log(name: str, seed: int) -> Any:
    animal = ZOO[name]
    files = [animal.diagram] + ([animal.decisions] if animal.decisions else [])
    walker = OurWalker(parsed(*files), animal.variables)
    log = walk(walker, seed, animal.answers)
    assert walker.largest_b <= LARGEST_B
    return json.loads(json.dumps(log))


@pytest.mark.parametrize("name", sorted(ZOO.keys() - BEYOND_STOCK))
def test_saved_at_every_step_it_walks_like_stock_kept_in_memory(name: str) -> None:
    for seed, log in enumerate(stock_logs()[f"kept: {name}"]):
        ours, log = compared(name, our_log(name, seed)), compared(name, log)
        assert ours == log, f"walk {seed}, {first_difference(ours, log)}"


@pytest.mark.parametrize("name", sorted(ZOO.keys() - BEYOND_STOCK))
def test_it_walks_like_stock_saved_by_its_own_serializer(name: str) -> None:
    for seed, log in enumerate(stock_logs()[f"saved: {name}"]):
        ours, log = compared(name, our_log(name, seed)), compared(name, log)
        assert ours == log, f"walk {seed}, {first_difference(ours, log)}"


def test_the_walks_see_every_kind_of_move() -> None:
    """A comparison of empty logs would prove nothing."""
    kinds: dict[str, int] = {}
    for key, logs in stock_logs().items():
        for log in logs if key.startswith("kept: ") and key[6:] not in BEYOND_STOCK else ():
            for entry in log:
                if isinstance(entry[0], str):
                    kinds[entry[0]] = kinds.get(entry[0], 0) + 1
    assert {kind: count > 50 for kind, count in kinds.items()} == dict.fromkeys(("do", "timer", "message", "end"), True)
