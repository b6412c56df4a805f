"""Two tabs beside each other are told apart by their titles, and the header says at which office somebody works."""

import re
from collections import defaultdict

from flask import Flask

from komek.testing.surfer import Surfer
from services.config import ROOT
from tests.people.office import Office

TITLE = re.compile(r"{% block title %}(.*?){% endblock %}", re.DOTALL)
#: pages of one table each: what stands there names it
FILLED = ("{{ board.title }}", "{{ message|truncate(60) }}")


def test_no_two_pages_have_the_same_words_in_their_tab() -> None:
    said = defaultdict(list)
    for file in ROOT.glob("webapp/*/templates/*/*.html"):
        for title in TITLE.findall(file.read_text(encoding="utf-8")):
            said[title].append(file.name)
    assert len(said) > 60
    assert {title: files for title, files in said.items() if len(files) > 1 and title not in FILLED} == {}


def test_the_tabs_of_what_everybody_opens_are_all_different_and_the_header_says_the_office(house: Flask) -> None:
    office = Office(house)
    office.run(until=1)
    opened = [("clerk.taldykorgan", "/"), ("clerk.taldykorgan", "/desk/"), ("clerk.taldykorgan", "/notices/"),
              ("clerk.taldykorgan", "/cases/1"), ("head.taldykorgan", "/boards/head"), ("control", "/boards/region"),
              ("control", "/boards/offices/TALDYKORGAN"), ("admin", "/admin/"), ("admin", "/staff/"),
              ("operator", "/calls/"), ("control", "/calls/looked-up"), ("clerk.taldykorgan", "/account")]  # fmt: skip
    surfers = {login: Surfer(house).sign_in(login) for login in {login for login, _ in opened}}
    titles = []
    for login, path in opened:
        assert surfers[login].get(path).status_code == 200, (login, path)
        titles.append(surfers[login].tree.findtext(".//title"))
    assert len(set(titles)) == len(opened), titles
    surfers["clerk.taldykorgan"].get("/")
    (who,) = surfers["clerk.taldykorgan"].tree.xpath("//*[@class='who-role']")
    assert "Талдықорған" in who.text_content()
    assert house.test_client().get("/favicon.ico").status_code == 301
