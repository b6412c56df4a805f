"""docs/developers.md names what is there: every file, and every room of the map."""

import re
from pathlib import Path

import pytest

from services.config import ROOT
from tests.house.rooms import rooms

PAGE = (ROOT / "docs/developers.md").read_text(encoding="utf-8")
NAMED = re.compile(r"(?<![\w{/])(?:services|webapp|plugins|tests|docs)/[\w/-]*\w(?:\.\w+)?")


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(NAMED.findall(PAGE))
    assert len(named) > 40
    assert {each for each in named if not is_there(each)} == set()


def test_the_pages_of_the_first_tasks_name_what_is_there_or_what_they_make() -> None:
    made = ("plugins/neighbours", "webapp/workers", "services/cases/pages/workers", "services/migrations/versions/NNNN")
    pages = {file.stem: file.read_text(encoding="utf-8") for file in (ROOT / "docs/developers").glob("*.md")}
    assert set(pages) == {"field", "operation", "rule", "page", "column"}
    for name, text in pages.items():
        assert f"developers/{name}.md" in PAGE
        missing = {each for each in set(NAMED.findall(text)) if not is_there(each) and not each.startswith(made)}
        assert missing == set(), name


def test_the_list_of_the_map_has_every_room_and_none_that_is_gone() -> None:
    listed = set(
        re.findall(r"^\| `([^`]+)` \|", PAGE.partition("<!-- rooms -->")[2].partition("<!-- /rooms -->")[0], re.M)
    )
    assert listed == set(rooms(ROOT)), "make map"
    assert all(said.endswith((".", "?")) for said in rooms(ROOT).values()), "every room says what it is"


def is_there(path: str) -> bool:
    return any((ROOT / f"{path}{ending}").exists() for ending in ("", ".py"))


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))], ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"tests/[\w/-]*\w(?:\.\w+)?", page.read_text(encoding="utf-8")))
    assert {each for each in named if not (ROOT / each).exists()} == set()
