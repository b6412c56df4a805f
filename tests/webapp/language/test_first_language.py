"""A region's own first language: what it speaks to whoever has chosen none, and which stands first."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from lxml import html

from plugins.registration import application
from services import directory, registry
from services.config import ROOT
from services.db import db
from services.directory.models import Staff
from services.plugin import Plugin
from services.registry import Registry
from tests import the_region
from tests.plugins import drafting
from webapp.language.i18n import languages


@pytest.fixture
def russian_first(house: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Almaty oblast's package with the one line that says it speaks Russian first."""
    before = registry.shipped()
    folder = Path(shutil.copytree(the_region.FOLDER, tmp_path / "r"))
    facts = folder / "region.toml"
    said = facts.read_text(encoding="utf-8").replace('first_language = "kk"', 'first_language = "ru"')
    facts.write_text(said.replace("name_kk", 'name_ru = "Алматинская область"\nname_kk', 1), encoding="utf-8")
    others = [plugin for plugin in before.plugins if not plugin.region]
    registry.use(Registry([Plugin(folder, "Russian first.", region=before.region), *others], ROOT))
    yield house
    registry.use(before)


def read_in(app: Flask, accepted: str, address: str = "/sign-in") -> str:
    """The language of the page that a browser with that Accept-Language gets, who was never here before."""
    answer = app.test_client().get(address, headers={"Accept-Language": accepted}, follow_redirects=True)
    return str(html.fromstring(answer.text).get("lang"))


@pytest.mark.parametrize("address", ["/sign-in", "/service", "/status", "/nothing-here"])
def test_whoever_chose_no_language_reads_what_the_browser_names_else_the_regions_first(
    russian_first: Flask, address: str
) -> None:
    found = {said: read_in(russian_first, said, address) for said in ("kk-KZ,kk;q=0.9,ru;q=0.1", "en", "de", "*", "")}
    assert found == {"kk-KZ,kk;q=0.9,ru;q=0.1": "kk", "en": "en", "de": "ru", "*": "ru", "": "ru"}


def test_a_region_that_declares_nothing_speaks_kazakh_first(house: Flask) -> None:
    assert (read_in(house, "de"), languages()) == ("kk", ("kk", "ru", "en"))


def test_the_first_language_stands_first_where_languages_are_chosen(russian_first: Flask) -> None:
    client = russian_first.test_client()
    offered = html.fromstring(client.get("/sign-in").text).xpath("//form[starts-with(@class, 'languages')]//@value")
    assert offered[-3:] == ["ru", "kk", "en"]
    page = html.fromstring(client.get("/service/kk/").text)
    assert page.xpath("//nav[@class='languages']/a/@lang") == ["ru", "kk", "en"]
    by_default = page.xpath("//link[@hreflang='x-default']/@href")
    assert by_default == page.xpath("//link[@hreflang='ru']/@href") and by_default[0].endswith("/service/ru/")
    addresses = client.get("/service/sitemap.xml").text
    assert addresses.index("/service/ru/") < addresses.index("/service/kk/")


def test_somebody_new_on_the_staff_reads_it(russian_first: Flask) -> None:
    with russian_first.app_context():
        added = directory.add_staff(
            "zhana.kyzmetker", "Үлгіұлы Мысал", "Tauly-2013-zher", actor="console", config=russian_first.config["KOMEK"]
        )
        assert db.session.get_one(Staff, added).language == "ru"


def test_the_counter_asks_whether_kazakh_stands_beside_russian_on_papers() -> None:
    call = drafting.call(first_language="ru")
    asked = next(each for each in application.fields(call) if each.name == "language")
    assert [each.key for each in asked.choices] == ["ru", "kk"] and application.initial(call)["language"] == "ru"
