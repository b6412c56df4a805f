"""A name is written with letters, and with nothing that no paper prints and nobody looks for."""

import pytest

from services.plugin import NO_LETTER, named
from services.plugin.forms import SIGNS

NAMES = (
    "Үлгібаев", "Д’Арк-О'Нил",
    "Сынақова (Мысалова)", "محمد", "Ёлкин-оглы Ә.", "Müller", "Ўткир`ов", "Үлгі бөлімі № 3", "",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_is_one(name: str) -> None:
    assert named(name) == ""


@pytest.mark.parametrize("name", ["Үлгі😀", "<b>Үлгі</b>", "=Үлгі", "Үлгі+1", "$Үлгі", "★ Үлгі"])
def test_pictures_and_signs_of_reckoning_are_no_part_of_a_name(name: str) -> None:
    """The papers' letters have no pictures: on the talon stood an empty box."""
    assert named(name) == SIGNS


@pytest.mark.parametrize("name", ["123", "№", "…"])
def test_a_name_has_a_letter(name: str) -> None:
    assert named(name) == NO_LETTER
