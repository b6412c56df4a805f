"""Kazakh first, then Russian, then English: nothing is left untranslated, on any page."""

import re
from pathlib import Path

import pytest
from flask import Flask
from lxml import html

from komek.testing.surfer import Surfer
from tests.conftest import Once
from tests.people.office import Office
from webapp.cli.extract import extract, unmarked
from webapp.cli.languages import LANGUAGES, faults_of

#: the same in every language, or a part of other words
SAME = {"Komek"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_complete_and_clean(language: str) -> None:
    assert faults_of(language) == []


def test_words_of_forms_errors_and_templates_are_all_found() -> None:
    found = extract()
    for word in ("Surname", "Heating", "Please fill this in.", "There is no such task.", "Take into work", "signed"):
        assert word in found, word


def visible(page: str) -> str:
    tree = html.fromstring(page)
    for node in tree.xpath("//script|//style"):
        node.drop_tree()
    shown = [*tree.itertext(), *tree.xpath("//@placeholder|//@title|//@aria-label")]
    return "\n".join(" ".join(str(text).split()) for text in shown)


def pages(office: Office) -> dict[str, str]:
    """Sign-in, every list, a form of every step, a case at its end, errors: name -> the page."""
    seen: dict[str, str] = {}
    case_id = office.open()
    seen["application"] = office.person("clerk").get(f"/cases/{case_id}").text
    seen["faults"] = office.person("clerk").submit(f"/inbox/{office.task(case_id)}/complete", {"iin": "1"}).text
    for number, (role, answers) in enumerate(office.steps()):
        surfer = office.person(role)
        seen[f"step {number} {role}"] = surfer.get(f"/cases/{case_id}").text
        seen[f"after {number}"] = office.work(case_id, role, answers).text
        for each in ("mine", "role", "record", "waiting", "done"):
            seen[f"list {each} of {role}"] = surfer.get(f"/inbox?list={each}").text
    seen["end"] = office.person("clerk").get(f"/cases/{case_id}").text
    seen["found"] = office.person("clerk").find("Үлгібаев").text
    seen["nothing there"] = office.person("clerk").get("/cases/999999").text
    seen["no such page"] = office.person("clerk").get("/nowhere").text
    seen["door"] = Surfer(office.app).get("/sign-in").text
    return seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_english_word_is_left_on_any_page(house: Flask, language: str) -> None:
    office = Office(house)
    for role in ("clerk", "head", "executor"):
        surfer = office.person(role)
        surfer.get("/")
        surfer.submit("/language", {"language": language})
    english = [msgid for msgid in extract() if len(msgid) > 3 and "%(" not in msgid and msgid not in SAME]
    for name, page in pages(office).items():
        text = visible(page)
        for msgid in english:
            found = msgid in text and re.search(rf"(?m)(^|[ «“(]){re.escape(msgid)}($|[ .,:;»”)])", text)
            if name == "door" and language != "kk":
                continue  # nobody has chosen a language there yet
            assert not found, f"{name} in {language}: {msgid!r}"


def test_the_page_says_which_language_it_is_in(house: Flask) -> None:
    surfer = Surfer(house)
    assert '<html lang="kk"' in surfer.get("/sign-in").text
    surfer.submit("/language", {"language": "ru"})
    page = surfer.get("/sign-in")
    assert '<html lang="ru"' in page.text
    assert "Войти" in page.text
    assert page.headers["Content-Language"] == "ru"


def kazakh_pages(house: Flask) -> dict[str, str]:
    """As they are for whoever has chosen no language."""
    return pages(Office(house))


def test_every_page_says_that_the_act_was_repealed(once: Once) -> None:
    for name, page in once(kazakh_pages).items():
        assert "2014 жылғы 2 маусымдағы № 196" in page, name


#: keys of code and tables: "registration.register", "R-MIN(15)", "N421/11a/direct/2"
JARGON = re.compile(r"\b[a-z]{3,}_?[a-z]*\.(?!kz\b|ru\b)[a-z]+_?[a-z]+\b|\bR-[A-Z]{2,}|\bN\d{2,4}/")


def test_no_key_of_code_or_tables_is_shown_to_staff(once: Once) -> None:
    for name, page in once(kazakh_pages).items():
        lines = [line for line in visible(page).splitlines() if JARGON.search(line)]
        assert lines == [], name


def test_a_sentence_that_nobody_marked_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    (tmp_path / "said.py").write_text(
        '"""Words."""\nlogger.warning("The disk is nearly full.")\nerrors = {"name": "Write the whole of it."}\n'
        'known = "Please fill this in."\n'
    )
    assert unmarked(tmp_path) == [f"{tmp_path.name}/said.py:3: Write the whole of it."]
    assert unmarked() == []
