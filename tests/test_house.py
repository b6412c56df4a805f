"""What holds for every room of the tree: one word for one thing."""

import ast
from collections import defaultdict
from graphlib import TopologicalSorter

import grimp
import pytest

from services.config import ROOT

SOURCES = [file for room in ("services", "plugins", "webapp") for file in sorted((ROOT / room).rglob("*.py"))]
#: a class name that stands in two places, and why it may
TWICE = {
    "Applicant": "the contract tells a plugin of whom `services.cases` keeps a row",
    "Paper": "a plugin declares what `services.documents` keeps a row of",
}
#: what is still to be told apart: nothing is added here
LEFT = {
    "Asking", "Call", "Change", "Decided", "Decision", "Message", "Node",
    "Scope", "Stop", "Way", "_Sent",
}  # fmt: skip


def test_a_class_name_stands_in_one_place() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for file in SOURCES:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{file.relative_to(ROOT)}:{node.lineno}")
    several = {name: places for name, places in found.items() if len(places) > 1}
    assert {name: places for name, places in several.items() if name not in TWICE and name not in LEFT} == {}
    assert set(TWICE) <= set(several), "an exception that is none any more"


@pytest.fixture(scope="module")
def arrows() -> dict[str, set[str]]:
    """Module -> what it imports of ours, also inside of its functions."""
    graph = grimp.build_graph("services", "plugins", "webapp", cache_dir=None)
    return {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}


def test_no_circle_is_left_among_modules_also_counting_imports_within_functions(arrows: dict[str, set[str]]) -> None:
    assert "services.cases.completing" in arrows["services.cases"], "the graph is of this tree"
    TopologicalSorter(arrows).prepare()  # raises CycleError, which names the circle


def test_the_verbs_of_a_case_know_nothing_of_pages_and_programs_and_pages_nothing_of_programs(
    arrows: dict[str, set[str]],
) -> None:
    pages, programs = "services.cases.pages.", "services.cases.programs."
    for module, imported in arrows.items():
        if not module.startswith("services.cases.") or module.startswith(programs):
            continue
        above = (programs,) if module.startswith(pages) else (pages, programs)
        assert not [each for each in imported if f"{each}.".startswith(above)], module
