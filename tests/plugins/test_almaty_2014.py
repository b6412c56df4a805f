"""Almaty oblast after act N 421: its successor goes on in the same database, over the package of N 421."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import clock, continued, directory, editions, law, processes, registry
from services.cases.models import Instance
from services.config import PLUGINS, ROOT
from services.db import db
from services.registry import Registry
from tests.people.office import Office
from tests.services.cases.a_morning import at
from tests.services.law.two_editions import admin, case

HOME = ROOT / "plugins/almaty_2014"
#: N 421 was repealed on Monday, 2 June 2014
BEFORE, AFTER = at("2014-05-30T10:00"), at("2014-06-03T10:00")
#: no longer asked for
GONE = ("address_certificate", "dwelling_title")


@pytest.fixture
def office(house: Flask, done_anew: None) -> Iterator[Office]:
    """N 421 is the law; a Friday of May 2014."""
    before = registry.shipped()
    with clock.stopped(BEFORE):
        editions.receive(before)
        yield Office(house)
    law.notice("")
    registry.use(before)


def going_on() -> Registry:
    names = tuple("almaty_2014" if name == "almaty_oblast" else name for name in PLUGINS)
    return registry.load(names, ROOT)


def succeeded() -> int:
    """The package is exchanged and deployed, and a second person puts the next act in force for its day."""
    registry.use(going_on())
    received = editions.receive(registry.shipped())
    assert [(each.edition.key, each.state) for each in received] == [("N421", "known"), ("S185", "candidate")]
    editions.enact(received[1].edition.id, admin(), from_on=date(2014, 6, 2), act_number="196", act_on=date(2014, 6, 2))
    return received[1].edition.id


def texts(surfer: Surfer, address: str) -> str:
    return " ".join(html.fromstring(surfer.get(address).text).text_content().split())


def test_on_one_days_inbox_a_case_of_each_act_goes_its_own_way_to_its_end(office: Office) -> None:
    old = office.run(2)
    successor = succeeded()
    with clock.stopped(AFTER):
        editions.begin_today()
        new = office.run(2)
        assert (case(old).edition, case(new).edition) == (law.BOOK.first(), successor)
        executor = office.person("executor")
        inbox = html.fromstring(executor.get("/").text)
        assert {f"/cases/{old}", f"/cases/{new}"} <= {each.split("?")[0] for each in inbox.xpath("//a/@href")}
        told = {each: texts(executor, f"/cases/{each}") for each in (old, new)}
        assert "№ 421" in told[old].partition("Қадамдар")[0] and "8 жұмыс күні" in told[old]
        assert "5 жұмыс күні" in told[new] and "8 жұмыс күні" not in told[new]
        asked = {each: {row["key"] for row in registry.of(case(each)).table("documents")} for each in (old, new)}
        assert asked[old] - asked[new] == {*GONE} and asked[new] < asked[old]
        for each in (old, new):
            for role, answers in office.steps()[2:]:
                assert office.work(each, role, answers).status_code == 200
            assert case(each).outcome == "approved"


def test_the_next_act_is_rehearsed_before_its_day_and_told_beside_the_former(office: Office) -> None:
    successor = succeeded()
    designer = Surfer(office.app).sign_in("designer2")
    designer.get(f"/act/{successor}")
    played = designer.submit(f"/act/{successor}/rehearse", {"route": "direct"})
    assert case(int(played.request.path.rpartition("/")[2])).edition == successor
    beside = texts(designer, f"/act/compare?a={law.BOOK.first()}&b={successor}")
    assert "Мекенжай анықтамасы" in beside and "5 жұмыс күні" in beside
    covered = texts(designer, f"/act/coverage?law={successor}")
    assert "стандарттың 9-тармағы" in covered


def test_under_the_next_act_the_former_is_rehearsed_with_the_common_diagrams_that_it_had(office: Office) -> None:
    """Fault: what a later edition draws anew stayed, where the former had no drawing of its own."""
    before = processes.in_force("direct")
    succeeded()
    with clock.stopped(AFTER):
        editions.begin_today()
        assert processes.in_force("direct") != before
        first = law.BOOK.first()
        assert first is not None
        played = editions.rehearse(first, "direct", directory.staff_at("OBLAST", "designer")[0])
        assert db.session.scalars(select(Instance.definition_id).filter_by(case_id=played)).one() == before


def test_a_package_goes_on_with_another_by_editions_alone(tmp_path: Path) -> None:
    laid = going_on().folders[0]
    assert [each["key"] for each in law.read_editions(laid)] == ["N421", "S185"] and laid.name == "almaty_2014"
    wrong = Path(shutil.copytree(HOME, tmp_path / "wrong"))
    (wrong / "steps.csv").write_text("route*,key*\n", encoding="utf-8")
    with pytest.raises(continued.CannotContinue, match=r"steps\.csv"):
        continued.whole(wrong)
    alone = Path(shutil.copytree(HOME, tmp_path / "alone"))
    (alone / "region.toml").write_text('continues = "nobody"\n', encoding="utf-8")
    with pytest.raises(continued.CannotContinue, match="nobody"):
        continued.whole(alone)
