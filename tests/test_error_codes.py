"""An error's code is its class's name (`KomekError.code`), and programs rely on it: it is unique, and it stays."""

import ast
from collections import defaultdict

from services.config import ROOT

#: the codes that releases answer: a line may be added, none is taken away. `python -m tests.test_error_codes` adds
KNOWN = ROOT / "tests" / "error_codes.txt"
ROOMS = ("services", "plugins", "webapp")


def codes() -> dict[str, list[str]]:
    """Code -> where its class stands: of every class that follows from `KomekError`, in whatever file."""
    classes = [
        (node, f"{file.relative_to(ROOT)}:{node.lineno}")
        for room in ROOMS
        for file in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    found: dict[str, list[str]] = defaultdict(list)
    errors, before = {"KomekError"}, 0
    while len(errors) > before:
        before = len(errors)
        errors |= {
            node.name for node, _ in classes if {ast.unparse(base).split(".")[-1] for base in node.bases} & errors
        }
    for node, place in classes:
        if node.name in errors:
            found[node.name].append(place)
    return dict(found)


def test_no_two_errors_have_one_code() -> None:
    assert {code: places for code, places in codes().items() if len(places) > 1} == {}


def test_no_code_that_a_release_answered_is_taken_away() -> None:
    known = KNOWN.read_text().split()
    assert known == sorted(set(known))
    assert set(known) - set(codes()) == set(), "programs know these: keep them"


if __name__ == "__main__":  # at a release
    KNOWN.write_text("\n".join(sorted({*KNOWN.read_text().split(), *codes()})) + "\n")
