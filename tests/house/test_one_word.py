"""What holds for every room of the tree: one word for one thing, and a docstring that says what it speaks of."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from services.config import ROOT

SOURCES = [file for room in ("services", "plugins", "webapp") for file in sorted((ROOT / room).rglob("*.py"))]
#: a class name that stands in two places, and why it may
TWICE = {
    "Applicant": "the contract tells a plugin of whom `services.cases` keeps a row",
    "Paper": "a plugin declares what `services.documents` keeps a row of",
}


def test_a_class_name_stands_in_one_place() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for file in SOURCES:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{file.relative_to(ROOT)}:{node.lineno}")
    several = {name: places for name, places in found.items() if len(places) > 1}
    assert {name: places for name, places in several.items() if name not in TWICE} == {}
    assert set(TWICE) <= set(several), "an exception that is none any more"


#: words by which nobody knows what a docstring speaks of
PRONOUN = re.compile(r"(It|Its|They|Them|Their|Those|These|This|That|The same|He|She)\b")
#: an error's docstring is what people read: it speaks to whoever stands before the thing
MESSAGES = {"KomekError", "Invalid", "Forbidden", "NotFound", "Conflict", "Unavailable", "InvalidAnswers"}


def _documented(file: Path) -> Iterator[tuple[str, str | None, bool]]:
    """Name, docstring and whether others may use it: of the module, its functions, its classes and what is in them."""
    tree = ast.parse(file.read_text())
    yield "module", ast.get_docstring(tree), bool(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            api = any(getattr(getattr(each, "func", None), "id", "") == "operation" for each in node.decorator_list)
            yield node.name, ast.get_docstring(node), node in tree.body and not node.name.startswith("_") and not api


def _messages() -> set[str]:
    """Names of all errors whose docstring is a message."""
    bases = {
        node.name: {ast.unparse(base).split(".")[-1] for base in node.bases}
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    known = set(MESSAGES)
    while new := {name for name, over in bases.items() if over & known} - known:
        known |= new
    return known


def test_every_docstring_says_what_it_speaks_of_and_everything_that_others_use_has_one() -> None:
    missing, vague, messages = [], [], _messages()
    for file in SOURCES:
        if "versions" in file.parts:  # a migration is not used by others
            continue
        for name, said, is_public in _documented(file):
            if said is None and is_public:
                missing.append(f"{file.relative_to(ROOT)}: {name}")
            elif said and name not in messages and PRONOUN.match(said):
                vague.append(f"{file.relative_to(ROOT)}: {name}: {said.splitlines()[0]}")
    assert (missing, vague) == ([], [])
