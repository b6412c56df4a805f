"""Guards say by their name whether they answer or raise."""

import ast

import pytest

from services.config import ROOT
from tests.house.guards import OTHERS, faults, misnamed


def test_every_guard_of_the_house_says_by_its_name_whether_it_answers_or_raises() -> None:
    assert misnamed(ROOT) == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("def may_lead(p: P) -> bool:\n    return p.leads", []),
        ("def may_lead(p: P) -> bool:\n    if not p.leads:\n        raise NotYours\n    return True",
         ["is to answer, and raises"]),
        ("def may_lead(p: P) -> bool:\n    check_leads(p)\n    return True", ["is to answer, and raises"]),
        ("def is_time(t: str) -> bool:\n    try:\n        check_time(t)\n    except ValueError:\n        return False\n"
         "    return True", []),
        ("def may_read(t: str) -> frozenset[str]:\n    return names(t)", ["is to answer yes or no"]),
        ("def check_events(r: E) -> Faults:\n    yield from wrong(r)", ["is to raise, and does not"]),
        ("def check_lead(p: P) -> bool:\n    if not p:\n        raise Bad\n    return True",
         ["is to raise, and answers"]),
        ("def check_staff(n: str) -> dict[str, str]:\n    if not n:\n        raise Bad\n    return {'n': n}", []),
        ("def check_text(t: str) -> None:\n    \"\"\"Raises ExpressionError.\"\"\"\n    compiled(t)", []),
        ("def lead(p: P) -> None:\n    \"\"\"Raises.\"\"\"\n    row = of(p)\n    if not row:\n        raise NotYours",
         ["does nothing but raise: check_…"]),
        ("def authorise(p: P) -> None:\n    check_leads(p)", ["does nothing but raise: check_…"]),
        ("def close(row: R) -> None:\n    if row.closed:\n        raise Closed\n    row.closed = True", []),
        ("def enact(row: R) -> None:\n    check_leads(row)\n    write(row)", []),
    ],
)  # fmt: skip
def test_a_guard_is_read_as_it_is_written(written: str, found: list[str]) -> None:
    function = ast.parse(written).body[0]
    assert isinstance(function, ast.FunctionDef) and list(faults(function)) == found


def test_every_name_that_is_excused_still_stands_somewhere() -> None:
    rooms = ("services", "plugins", "webapp")
    written = "".join(file.read_text("utf-8") for room in rooms for file in (ROOT / room).rglob("*.py"))
    assert [name for name in OTHERS if name not in written] == []
