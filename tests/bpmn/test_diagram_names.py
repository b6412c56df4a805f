"""Everything drawn is in Kazakh, and has its Russian and English name in the folder of translations beside it."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.bpmn.names import named_files, names_in

KAZAKH_ONLY = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
folders = sorted({file.parent for file in named_files()})
files = pytest.mark.parametrize("file", named_files(), ids=lambda file: file.name)
catalogues = pytest.mark.parametrize(("folder", "language"), [(f, lang) for f in folders for lang in ("ru", "en")])


def catalogue(folder: Path, language: str) -> Catalog:
    with (folder / f"translations/{language}/LC_MESSAGES/diagrams.po").open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


@files
def test_every_element_that_people_see_has_a_name(file: Path) -> None:
    assert len(names_in(file)) > 5


@files
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_name_is_translated(file: Path, language: str) -> None:
    known = catalogue(file.parent, language)
    for name in names_in(file):
        message = known.get(name.kazakh, name.context)
        assert message and message.string and not message.fuzzy, name


@catalogues
def test_nothing_is_translated_that_is_not_drawn(folder: Path, language: str) -> None:
    drawn = {(name.context, name.kazakh) for file in named_files() if file.parent == folder for name in names_in(file)}
    translated = {(message.context, message.id) for message in catalogue(folder, language) if message.id}
    assert translated == drawn


@files
def test_kazakh_is_written_without_latin_letters(file: Path) -> None:
    for name in names_in(file):
        assert not re.search("[A-Za-z]", re.sub(r"\[[DRSV]\]", "", name.kazakh)), name


@catalogues
def test_a_translation_is_written_in_its_own_letters(folder: Path, language: str) -> None:
    for message in catalogue(folder, language):
        words = str(message.string)
        assert not KAZAKH_ONLY & set(words), words
        assert message.id == "" or language == "ru" or not re.search("[А-я]", words), words
