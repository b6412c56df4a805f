"""The core's tests play one region, and one place names it: another region in the tree is another line there."""

import re

from services.config import ROOT

NAMES = re.compile("|".join(each.parent.name for each in (ROOT / "plugins").glob("*/region.toml")))
#: where regions are meant: their own tests, and the one place
MEANT = ("tests/plugins/", "tests/the_region.py", "tests/house/")
#: how many other files of tests know an office of that region by its name; none may be added
KNOW_AN_OFFICE = 102


def test_no_test_of_the_core_names_a_region_of_the_tree() -> None:
    named = [place for place, text in _tests() if NAMES.search(text)]
    assert not named, f"take it from tests/the_region.py: {', '.join(named)}"


def test_no_more_tests_of_the_core_know_an_office_by_its_name_than_did() -> None:
    """A new one asks the tables: `registry.current().table("offices")`, or the people of tests/people."""
    assert len([place for place, text in _tests() if re.search("taldykorgan", text, re.I)]) <= KNOW_AN_OFFICE


def _tests() -> list[tuple[str, str]]:
    files = ((each.relative_to(ROOT).as_posix(), each) for each in (ROOT / "tests").rglob("*.py"))
    return [(place, each.read_text(encoding="utf-8")) for place, each in sorted(files) if not place.startswith(MEANT)]
