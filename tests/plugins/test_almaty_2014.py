"""Almaty oblast after act N 421: its successor goes on in the same database, over the package of N 421."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select, update

from komek.testing import Conformance
from komek.testing.region import deployed
from komek.testing.surfer import Surfer
from services import clock, continued, directory, editions, law, loading, processes, registry, takeover
from services.cases.models import Case, Instance, Task
from services.config import PLUGINS, ROOT
from services.db import db
from services.registry import Registry
from tests.people.office import ALL_PAPERS, Office
from tests.plugins.soaked import left_to_the_soak
from tests.services.cases.a_morning import at
from tests.services.law.two_editions import admin, case

HOME = ROOT / "plugins/almaty_2014"
#: N 421 was repealed on Monday, 2 June 2014
BEFORE, AFTER = at("2014-05-30T10:00"), at("2014-06-03T10:00")
#: accepted in the last week of N 421, on paper at the executor
PAPER = {"office": "TALDYKORGAN", "number": "412", "registered_on": "26.05.2014 10:00", "surname": "Үлгібаев",
         "given_name": "Мысал", "address": "Талдықорған қаласы, Үлгі көшесі, 1", **ALL_PAPERS, "step": "review",
         "since": "27.05.2014 10:00"}  # fmt: skip
#: no longer asked for
GONE = ("address_certificate", "dwelling_title")


@pytest.fixture
def office(house: Flask, done_anew: None) -> Iterator[Office]:
    """N 421 is the law; a Friday of May 2014."""
    before = registry.shipped()
    with clock.stopped(BEFORE):
        editions.receive(before)
        yield Office(house)
    law.forget()
    registry.use(before)


@left_to_the_soak("ways", "terms", "papers", "deputies", "readers", "killed", "amended")
class TestAlmaty2014(Conformance):
    region = "almaty_2014"


def going_on() -> Registry:
    names = tuple("almaty_2014" if name == "almaty_oblast" else name for name in PLUGINS)
    return loading.load(names, ROOT)


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


def _marks(page: str) -> dict[int, str]:
    """Case -> how the row of the list says that its date is not in the act."""
    said = {}
    for row in html.fromstring(page).xpath("//tr[.//abbr[@class='default']]"):
        (case_id,) = {int(each) for each in re.findall(r"/cases/(\d+)", " ".join(row.xpath(".//a/@href")))}
        said[case_id] = str(row.xpath(".//abbr[@class='default']")[0].text_content())
    return said


def test_a_row_of_a_list_speaks_by_the_act_of_its_own_case(office: Office) -> None:
    """Fault: lists, boards and search said of every case what today's act calls a value that is none of it."""
    old = office.run(1)
    succeeded()
    with clock.stopped(AFTER):
        editions.begin_today()
        new = office.run(1)
        db.session.execute(update(Task).values(due_default=True))  # both rest on days that nobody has confirmed
        db.session.commit()
        own = {old: "актіде жоқ", new: "стандартта жоқ"}
        head = office.person("head")
        assert _marks(head.get("/inbox?list=role").text) == own
        assert _marks(head.get("/boards/head").text) == own
        assert _marks(head.submit("/scan", {"code": "Үлгібаев"}).text) == own
        for each in (old, new):
            for place in (f"/cases/{each}", f"/cases/{each}/why"):
                marks = html.fromstring(head.get(place).text).xpath("//main//abbr[@class='default']")
                assert {str(mark.text_content()) for mark in marks} == {own[each]}


def test_komek_that_begins_under_the_next_act_knows_the_former_for_cases_from_paper(app: Flask) -> None:
    """Fault: of two acts that had begun before Komek only the newer's diagrams were ever in force."""
    before = registry.shipped()
    try:
        registry.use(rules := going_on())
        with clock.stopped(AFTER):
            deployed(rules, app.config["KOMEK"])
            now, former = processes.laws("direct")
            days = [each and each.date() for each in (former.since, former.until, now.since, now.until)]
            assert days == [date(2013, 1, 20), date(2014, 6, 1), date(2014, 6, 1), None], "midnight there, in UTC"
            row = {**PAPER, "executor": directory.staff_at("TALDYKORGAN", "executor")[0].login}
            takeover.take(f"{';'.join(row)}\n{';'.join(row.values())}\n", "paper.csv", person=admin())
            paper, new = latest(), Office(app).run(2)
            assert (case(paper).edition, definition_of(paper)) == (law.BOOK.first(), former.definition_id)
            assert db.session.scalars(select(Task.rule).filter_by(case_id=paper, step="review")).one() == "R-WD(8)"
            assert (case(new).edition, definition_of(new)) == (registry.current().edition, now.definition_id)
            deployed(rules, app.config["KOMEK"])
            again = [each.definition_id for each in processes.laws("direct")]
            assert again == [now.definition_id, former.definition_id]
    finally:
        law.forget()
        registry.use(before)


def latest() -> int:
    return db.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(1)).one()


def definition_of(case_id: int) -> int:
    return db.session.scalars(select(Instance.definition_id).filter_by(case_id=case_id)).one()


def test_the_next_act_is_rehearsed_before_its_day_and_told_beside_the_former(office: Office) -> None:
    successor = succeeded()
    designer = Surfer(office.app).sign_in("designer2")
    designer.get(f"/act/{successor}")
    played = designer.submit(f"/act/{successor}/rehearse", {"route": "direct"})
    assert case(int(played.request.path.rpartition("/")[2])).edition == successor
    beside = texts(designer, f"/act/compare?a={law.BOOK.first()}&b={successor}")
    assert "Мекенжай анықтамасы" in beside and "5 жұмыс күні" in beside
    changes = texts(designer, f"/act/{successor}")
    assert "стандарттың 9-тармағы" in changes and "S185/" not in changes, "each edition calls its clauses itself"
    assert "Басқа тілдерде" in changes and "title_" not in changes
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
