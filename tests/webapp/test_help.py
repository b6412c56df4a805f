"""Every page opens the staff guide at a chapter that is there, in the reader's language."""

import re

from flask import Flask, g
from markupsafe import Markup
from werkzeug.routing import Rule

from services import directory
from services.languages import LANGUAGES
from tests.people.office import Office
from webapp.help.views import chapters, help_chapter


def address(app: Flask, rule: Rule) -> str:
    values = {each: "kk" if each == "language" else "1" for each in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_page_names_a_chapter_that_the_guide_has_in_every_language(region: Flask) -> None:
    kinds = {each.role: each for person in directory.everybody() for each in person.appointments}
    people = {role: directory.staff_at(each.office_key, role)[0] for role, each in kinds.items()}
    assert len(people) > 8
    pages = [
        rule for rule in region.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]
    assert len(pages) > 60
    opened = set()
    for rule in pages:
        for role, person in [("", None), *people.items()]:
            with region.test_request_context(address(region, rule)):
                g.person, g.office_key = person, kinds[role].office_key if person else None
                opened.add(help_chapter())
    for language in LANGUAGES:
        assert opened <= chapters(language).keys(), language
        assert chapters(language).keys() == chapters("kk").keys()
    assert len(opened) > 8


def test_the_guide_is_every_regions_and_names_no_act_of_one() -> None:
    for language in LANGUAGES:
        found = re.search(r"(№|\bNo?\.?)\s?\d{2,}", Markup(" ").join(chapters(language).values()).striptags())
        assert found is None, f"{language}: {found}"


def test_the_chapter_stands_on_the_page_that_help_opens_and_none_of_its_links_leads_astray(house: Flask) -> None:
    office = Office(house)
    case_id, head = office.run(until=1), office.person("head")
    head.get(f"/cases/{case_id}")
    (link,) = head.tree.xpath("//a[contains(@class, 'help-button')]/@href")
    assert link == "/help/#head"
    assert head.get(link.partition("#")[0]).status_code == 200
    assert head.tree.xpath("//section[@id='head']/h2")[0].text_content() == "Басшы"
    assert head.tree.xpath("//section[@id='counter'][.//a[@id='clerk']]/h2")[0].text_content() == "Кеңсе қызметкері"
    assert not head.tree.xpath("//article//p[starts-with(., '!')]")  # what stands for a picture in the file
    links = head.tree.xpath("//article//a/@href")
    assert all(each.startswith("https://") for each in links), links
