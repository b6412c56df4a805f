"""Nobody passes by a room's face, and a face hands on what is used."""

from pathlib import Path

import pytest

from services.config import ROOT
from tests.house.faces import INSIDE, SECOND, idle, passing_by


def test_nobody_passes_by_the_face_of_a_room_but_whom_the_list_names_with_a_reason() -> None:
    assert passing_by(ROOT) == []


def test_a_face_hands_on_nothing_that_nobody_takes() -> None:
    assert idle(ROOT) == []


def test_what_the_lists_name_stands_in_the_house() -> None:
    named = {*SECOND, *(each for pair in INSIDE for each in pair)}
    places = {each: ROOT.joinpath(*each.split(".")) for each in named}
    there = {each for each, place in places.items() if place.is_dir() or place.with_suffix(".py").exists()}
    assert there == named


@pytest.fixture
def small(tmp_path: Path) -> Path:
    files = {
        "services/low/__init__.py": 'from services.low.deep import go, stay\n__all__ = ["go", "stay"]\n',
        "services/low/deep.py": "def go(): ...\ndef stay(): ...\n",
        "services/low/models.py": "class Row: ...\n",
        "webapp/fair.py": "from services import low\nfrom services.low.models import Row\nlow.go()\n",
        "webapp/sly.py": "def later():\n    from services.low import deep\n    from services.low.deep import stay\n",
    }
    for place, text in files.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, "utf-8")
    return tmp_path


def test_who_passes_by_a_face_is_found_also_inside_functions_and_models_are_free(small: Path) -> None:
    assert passing_by(small) == ["webapp/sly.py: services.low.deep", "webapp/sly.py: services.low.deep"]


def test_what_only_the_room_itself_and_those_who_pass_by_take_is_handed_on_for_nobody(small: Path) -> None:
    assert idle(small) == ["services.low.stay"]
