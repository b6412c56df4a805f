"""Where a row stands does not matter: in a sub-process, in a called process, or where the engine has to look ahead."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.oracle.play import play
from tests.oracle.table import Row, not_yet, rows

LEFT_OUT = {"compensation.of-a-process"}  #: it speaks of a process
KINDS = ("compensation", "transaction", "conditional", "eventsub")


def parted(drawing: str) -> tuple[list[str], list[str]]:
    """The lines of the process itself; those of other processes and of decisions."""
    own: list[str] = []
    others: list[str] = []
    depth = 0
    for line in drawing.splitlines():
        if depth or line.startswith(("process ", "decision ")) or ("->" in line and line.startswith("rule ")):
            others.append(line)
            depth += line.rstrip().endswith("{")
            depth -= line.strip() == "}"
        else:
            own.append(line)
    return own, others


def in_a_sub_process(own: list[str]) -> list[str]:
    return ["Around sub {", *own, "}", "start9 > Around > end9"]


def in_a_call(own: list[str]) -> list[str]:
    return ["Around call called ; pass all ; back all", "start9 > Around > end9", "process called {", *own, "}"]


def where_the_engine_looks_ahead(own: list[str]) -> list[str]:
    """SpiffWorkflow's inclusive gateways and loops ask what is still to come: another way of keeping tasks."""
    drawn: list[str] = []
    for number, line in enumerate(own):
        found = re.fullmatch(r"(.*) > (end\d*)", line)
        if found is None:
            drawn.append(line)
        else:
            drawn += [f"ahead{number} inclusive", f"{found[1]} > ahead{number} > {found[2]}"]
    return drawn


@pytest.mark.parametrize("around", [in_a_sub_process, in_a_call, where_the_engine_looks_ahead])
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_as_true_elsewhere(kind: str, around: Callable[[list[str]], list[str]]) -> None:
    chosen = [row for row in rows() if row.kind == kind and row.id not in not_yet().keys() | LEFT_OUT]
    assert len(chosen) > 15
    for row in chosen:
        play(moved(row, around))


def moved(row: Row, around: Callable[[list[str]], list[str]]) -> Row:
    own, others = parted(row.drawing)
    return replace(row, id=f"{row.id} {around.__name__}", drawing="\n".join([*around(own), *others]))
