"""Almaty oblast of 2016: the State Corporation took the centres' place, and each case speaks by its own act."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from lxml import html
from pypdf import PdfReader
from sqlalchemy import select

from komek.testing.region import deployed
from komek.testing.surfer import Surfer
from services import clock, directory, editions, law, registry
from services.config import PLUGINS, ROOT
from services.db import db
from services.documents.models import Paper
from tests.people.office import PSC, Psc
from tests.services.cases.a_morning import at
from tests.services.law.two_editions import case

#: Monday, 29 February 2016, and the next day
BEFORE, AFTER = at("2016-02-29T10:00"), at("2016-03-01T10:00")
CENTRE, CORPORATION = "ХҚКО", "Мемлекеттік корпорация"


@pytest.fixture
def third(app: Flask) -> Iterator[Flask]:
    """Three acts of one oblast, deployed the day before the last of them begins."""
    before = registry.shipped()
    names = tuple("almaty_2016" if name == "almaty_oblast" else name for name in PLUGINS)
    registry.use(rules := registry.load(names, ROOT))
    with clock.stopped(BEFORE):
        deployed(rules, app.config["KOMEK"])
    yield app
    law.notice("")
    registry.use(before)


def words(surfer: Surfer, address: str) -> str:
    """All that the page says of a case: its main part."""
    return " ".join(str(html.fromstring(surfer.get(address).text).xpath("string(//main)")).split())


def receipt(surfer: Surfer, case_id: int) -> str:
    paper = db.session.scalars(select(Paper.id).filter_by(case_id=case_id, item="doc.receipt")).one()
    pdf = surfer.get(f"/papers/{paper}.pdf").data
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_case_of_the_centres_and_one_of_the_corporation_speak_each_by_its_act(third: Flask) -> None:
    with clock.stopped(BEFORE):
        old = Psc(third).accept()
    with clock.stopped(AFTER):
        editions.begin_today()
        new = Psc(third).accept()
        assert [registry.of(case(each)).act["key"] for each in (old, new)] == ["S185", "S319"]
        inspector = Psc(third).person("psc_inspector")
        listed = html.fromstring(inspector.get("/inbox?list=waiting").text).xpath("//main//tr/@data-row")
        assert len(listed) == 2, "one inbox"
        said = {each: words(inspector, f"/cases/{each}") for each in (old, new)}
        assert CENTRE in said[old] and CORPORATION not in said[old]
        assert CORPORATION in said[new] and CENTRE not in said[new]
        for each in (old, new):  # whoever looks is at an office of today's, whatever they look at
            (who,) = html.fromstring(inspector.get(f"/cases/{each}").text).xpath("//*[@class='who-role']")
            assert CORPORATION in who.text_content() and CENTRE not in who.text_content()
        papers = {each: receipt(inspector, each) for each in (old, new)}
        assert "ХҚКО-ның инспекторының" in papers[old] and CORPORATION not in papers[old].replace("корпорациясы", "")
        assert CENTRE not in papers[new] and "мемлекеттік корпорациясының" in papers[new]
        assert directory.office(PSC).name_kk.startswith("«Азаматтарға арналған үкімет»"), "where one goes today"
