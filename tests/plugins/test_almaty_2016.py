"""Almaty oblast of 2016: the State Corporation came after the centres; each case goes and speaks by its own act."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from lxml import html
from pypdf import PdfReader
from sqlalchemy import func, select

from komek.testing.region import deployed
from komek.testing.rows import Kept
from komek.testing.surfer import Surfer
from services import clock, deadlines, directory, editions, law, loading, processes, registry, takeover
from services.cases.models import Instance
from services.config import PLUGINS, ROOT
from services.custody.models import Consignment, Item
from services.db import db
from services.documents.models import Paper
from services.processes.models import ProcessDefinition
from services.processes.service import files_of
from services.registry import Registry
from tests.conftest import kept
from tests.people.life import BACK, WITHDRAWAL, open_steps, tell
from tests.people.office import ALL_PAPERS, PSC, Psc
from tests.services.cases.a_morning import at
from tests.services.law.two_editions import admin, case

#: Monday, 29 February 2016, and the next day
BEFORE, AFTER = at("2016-02-29T10:00"), at("2016-03-01T10:00")
CENTRE, CORPORATION = "ХҚКО", "Мемлекеттік корпорация"


def three_acts() -> Registry:
    return loading.load(tuple("almaty_2016" if name == "almaty_oblast" else name for name in PLUGINS), ROOT)


@pytest.fixture
def third(app: Flask, kept_states: dict[str, tuple[Kept, Any]]) -> Iterator[Flask]:
    """Three acts of one oblast, deployed the day before the last of them begins: once for all that begin so."""
    before = registry.shipped()
    if "three_acts" not in kept_states:
        with clock.stopped(BEFORE):
            registry.use(rules := three_acts())
            deployed(rules, app.config["KOMEK"])
            kept_states["three_acts"] = kept("three_acts"), rules
    standing, rules = kept_states["three_acts"]
    registry.use(rules)
    with clock.stopped(BEFORE):
        standing.restore()
    yield app
    law.forget()
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


class Corporation(Psc):
    """The people of the State Corporation, who send copies where the centres sent a folder."""

    def send_copies(self, case_id: int) -> None:
        self.work(case_id, "psc_accum", {"all_sent": "yes"})


def consignments() -> int:
    return db.session.scalars(select(func.count()).select_from(Consignment)).one()


def test_on_one_days_inbox_an_old_case_waits_for_its_registry_and_a_new_one_ends_without(third: Flask) -> None:
    with clock.stopped(BEFORE):
        old = Psc(third).accept()
    with clock.stopped(AFTER):
        editions.begin_today()
        people = Corporation(third)
        new = people.accept()
        listed = html.fromstring(people.person("psc_inspector").get("/inbox?list=waiting").text)
        waits = [row.text_content() for row in listed.xpath("//main//tr[@data-row]")]
        assert ["Тізілімге қосып, курьерге беру" in each for each in waits] == [True, False], "one inbox, two acts"
        assert "Құжаттардың көшірмелерін органға жіберу" in waits[1]
        assert {each: open_steps(each) for each in (old, new)} == {old: ["registry"], new: ["send_copies"]}
        kept = db.session.scalars(select(Item).filter_by(kind="folder").where(Item.case_id.in_((old, new)))).all()
        assert [(each.case_id, each.state) for each in kept] == [(old, "to_send")], "no paper of the new one travels"
        people.send_copies(new)
        assert "receive" in open_steps(new), "the body has it at once"
        assert consignments() == 0, "no registry was asked of anybody on the way there"
        people.decide(new)
        people.give_back(new)
        assert case(new).outcome == "approved" and case(old).closed_at is None
        assert consignments() == 1, "the signed sheet alone travelled back"
        people.carry(old)
        assert "receive" in open_steps(old)


def test_what_is_withdrawn_before_the_copies_go_ends_at_the_counter_and_after_at_the_body(third: Flask) -> None:
    with clock.stopped(AFTER):
        editions.begin_today()
        people = Corporation(third)
        before, after = people.accept(), people.accept()
        people.send_copies(after)
        for each in (before, after):
            asked = {**WITHDRAWAL, "asked_on": "01.03.2016"}
            tell(people.person("psc_inspector"), each, "Қайтарып алды", asked)
        (here,) = [line for line in people.lines(before) if not line["done_at"] and not line["cancelled"]]
        assert (here["key"], here["role"]) == ("give_back", "psc_inspector")
        assert "give_back" in open_steps(after) and people.open_line(after, "LR")["role"] == "clerk"
        people.work(after, "clerk", BACK)
        assert case(after).closed_at is not None


def test_two_acts_side_by_side_say_each_its_own_routes_whatever_is_the_law_today(third: Flask) -> None:
    """Fault: both were told in the words of today's act."""
    with clock.stopped(BEFORE):
        before, after = (each.edition for each in law.BOOK.held()[1:])
        page = html.fromstring(Surfer(third).sign_in("designer2").get(f"/act/compare?a={before}&b={after}").text)
        said = {
            each: " ".join(str(row.text_content()) for row in page.xpath(f"//li[@class='{each}']"))
            for each in ("removed", "added")
        }
        assert "ХҚКО арқылы жүгіну" in said["removed"] and "Мемлекеттік корпорация арқылы" not in said["removed"]
        assert "Мемлекеттік корпорация арқылы" in said["added"] and "ХҚКО" not in said["added"]
        routes = page.xpath("//li[@class='changed']//span[@class='quiet']/text()")
        assert "Мемлекеттік корпорация арқылы жүгіну" in routes and "ХҚКО арқылы жүгіну" not in routes


def test_a_notice_of_another_act_names_it_by_its_number_and_not_by_its_whole_title(third: Flask) -> None:
    """Fault: half a page of the act's title stood in the column of steps."""
    with clock.stopped(AFTER):
        editions.begin_today()
        listed = html.fromstring(Psc(third).person("clerk").get("/notices/").text)
        (row,) = listed.xpath("//main//tr[@data-notice]")
        assert "№ 319" in row.text_content() and "бұйрығымен" not in row.text_content()


#: accepted in the last days of the centres, on paper at the executor
PAPER = {"office": "TALDYKORGAN", "number": "58", "registered_on": "24.02.2016 10:00", "surname": "Үлгібаев",
         "given_name": "Мысал", "address": "Талдықорған қаласы, Үлгі көшесі, 1", **ALL_PAPERS, "step": "review",
         "since": "25.02.2016 10:00"}  # fmt: skip
#: what a drawing says of the step at which a folder waits for its registry
REGISTRY = b'<camunda:property name="step" value="registry" />'


def drawn(definition_id: int) -> bytes:
    deployment = db.session.get_one(ProcessDefinition, definition_id).deployment_id
    return b"".join(content for _, content in files_of(deployment))


def test_komek_that_begins_after_three_acts_has_each_ones_drawings_for_the_cases_of_its_days(app: Flask) -> None:
    before = registry.shipped()
    try:
        registry.use(rules := three_acts())
        with clock.stopped(AFTER):
            deployed(rules, app.config["KOMEK"])
            now, centres, first = processes.laws("psc")
            days = [each.since.astimezone(AFTER.tzinfo).date() for each in (now, centres, first)]
            assert days == [date(2016, 3, 1), date(2014, 6, 2), date(2013, 1, 21)]
            assert [REGISTRY in drawn(each.definition_id) for each in (now, centres, first)] == [False, True, True]
            row = {**PAPER, "executor": directory.staff_at("TALDYKORGAN", "executor")[0].login}
            takeover.take(f"{';'.join(row)}\n{';'.join(row.values())}\n", "paper.csv", person=admin())
            (paper,) = db.session.scalars(select(Instance)).all()
            assert registry.of(case(paper.case_id)).act["key"] == "S185"
            assert paper.definition_id == processes.laws("direct")[1].definition_id
            assert open_steps(Psc(app).accept()) == ["send_copies"]
    finally:
        law.forget()
        registry.use(before)


def test_the_closing_hour_of_a_registry_is_said_to_bear_on_steps_only_where_one_is_counted_by_it(third: Flask) -> None:
    """Fault: the list of what is not in the act named a rule by which nothing is counted any more."""
    said = {}
    for moment in (BEFORE, AFTER):
        rules = law.registry_on(moment)
        waiting, _ = deadlines.unsettled(rules, deadlines.region_at(rules))
        (hour,) = [each for each in waiting if each.key == "parameters/registry_cutoff"]
        said[moment] = hour.rests
    assert said == {BEFORE: ("R-REG",), AFTER: ()}
