"""docs/developers.md names what is there: every file, and every room of the map."""

import re
from pathlib import Path

import pytest

from services.config import ROOT

PAGE = (ROOT / "docs/developers.md").read_text(encoding="utf-8")


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"(?:services|webapp|plugins|tests|docs)/[\w/-]*\w(?:\.\w+)?", PAGE))
    assert len(named) > 40
    assert {each for each in named if not (ROOT / each).exists() and not (ROOT / f"{each}.py").exists()} == set()


def test_the_map_has_every_room_of_the_services() -> None:
    rooms = {file.parent.name for file in ROOT.glob("services/*/__init__.py")} - {"migrations"}
    drawn = set(re.findall(r"\w+", PAGE.partition("```")[2].partition("```")[0]))
    assert rooms - drawn == set()


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))], ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"tests/[\w/-]*\w(?:\.\w+)?", page.read_text(encoding="utf-8")))
    assert {each for each in named if not (ROOT / each).exists()} == set()
