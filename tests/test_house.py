"""What holds for every room of the tree: one word for one thing."""

import ast
from collections import defaultdict

from services.config import ROOT

SOURCES = [file for room in ("services", "plugins", "webapp") for file in sorted((ROOT / room).rglob("*.py"))]
#: a class name that stands in two places, and why it may
TWICE = {
    "Applicant": "the contract tells a plugin of whom `services.cases` keeps a row",
    "Paper": "a plugin declares what `services.documents` keeps a row of",
}
#: what is still to be told apart: nothing is added here
LEFT = {
    "Asked", "Asking", "Call", "Change", "Decided", "Decision", "Drawing", "Line", "Message", "NoFiles", "Node",
    "Operation", "Scope", "Server", "Sheet", "Stop", "TooOften", "Way", "Words", "WrongDay", "_Sent",
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
