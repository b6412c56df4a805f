"""A second application of one term: seen at the counter before it is registered; joined, or not considered."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from services import cases, custody, directory, documents
from services.cases.models import Case, Related
from services.cases.related import NotRelated, keep_beside
from services.db import db
from tests.people.life import BACK, WITHDRAWAL, tell
from tests.people.office import APPLICATION, OFFICE, Office, Psc

PLAIN = {name: answer for name, answer in APPLICATION.items() if name != "again_reason"}
OTHER = {"iin": "", "surname": "Мысалов", "given_name": "Дерек", "patronymic": ""}
ELSEWHERE = {"address": "Талдықорған қаласы, Басқа көшесі, 9-үй"}
TITLE = "Қосарланған"


@pytest.fixture
def office(house: Flask) -> Office:
    return Office(house)


@pytest.fixture
def psc(house: Flask) -> Psc:
    return Psc(house)


def duplicate(former: int, verdict: str) -> dict[str, object]:
    return {"former": str(former), "verdict": verdict, "told_why": "Бір тоқсанда екі өтініш", "reason": "Сол өтініш"}


def case_of(case_id: int) -> Case:
    db.session.rollback()
    return db.session.get_one(Case, case_id, populate_existing=True)


def relations(case_id: int) -> list[tuple[str, int]]:
    wanted = select(Related.relation, Related.to_id).where(Related.case_id == case_id)
    return [(relation, to_id) for relation, to_id in db.session.execute(wanted)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, 2),
        (ELSEWHERE, 1),
        ({**OTHER, "address": "талдықорған қаласы Үлгі көшесі 1-үй 1 пәтер"}, 1),
        ({**OTHER, **ELSEWHERE}, 0),
    ],
    ids=["the same person and dwelling", "the same person", "the same dwelling, typed otherwise", "neither"],
)
def test_the_counter_sees_an_application_of_the_same_person_or_dwelling_before_it_registers_another(
    office: Office, changed: dict[str, str], said: int
) -> None:
    first = office.run(1)
    case_id = office.open()
    page = office.work(case_id, "clerk", {**PLAIN, **changed})
    assert page.status_code == (422 if said else 200)
    if said:
        beside = office.person("clerk").tree.xpath("//section[contains(@class, 'alike')]//table")[0]
        assert beside.xpath("count(.//b)") == said, "what is the same stands out"
        assert beside.xpath(f".//a[@href='/cases/{first}']") and case_of(case_id).number is None
        again = office.work(case_id, "clerk", {**PLAIN, **changed, "again_reason": "Екінші тұрғын үйі"})
        assert again.status_code == 200
        assert "Екінші тұрғын үйі" in office.person("head").get(f"/cases/{case_id}").text
    assert relations(case_id) == ([("repeats", first)] if said else [])


def test_what_was_withdrawn_stands_in_nobody_s_way(office: Office) -> None:
    first = office.run(1)
    tell(office.person("clerk"), first, "Қайтарып алды", WITHDRAWAL)
    office.work(first, "clerk", BACK)
    assert office.work(office.open(), "clerk", PLAIN).status_code == 200


def test_a_second_application_is_joined_to_the_first_with_a_letter_and_each_page_leads_to_the_other(
    office: Office,
) -> None:
    first, second = office.run(2), office.run(2)
    number = case_of(second).number
    tell(office.person("head"), second, TITLE, duplicate(first, "joined"))
    letter = documents.papers_of(second)[-1]
    assert (letter.item, letter.content["former_number"]) == ("doc.duplicate", case_of(first).number)
    assert office.work(second, "clerk", {"way": "together"}).status_code == 200
    assert (case_of(second).outcome, case_of(second).number) == ("joined", number)
    assert sorted(relations(second)) == [("joined", first), ("repeats", first)]
    assert f'href="/cases/{second}"' in office.person("executor").get(f"/cases/{first}").text
    executor = office.person("executor")
    assert f'href="/cases/{first}"' in executor.get(f"/cases/{second}").text
    assert case_of(first).number in executor.tree.xpath("string(//section[@id='facts'])"), "by its number"
    (line, *_) = [
        each for each in cases.register(OFFICE, directory.today(), directory.today()) if each.number == number
    ]
    assert (line.outcome, line.outgoing) == ("joined", letter.content["outgoing_number"])


def test_a_second_application_is_not_considered_and_its_papers_go_back(office: Office) -> None:
    first, second = office.run(2), office.run(1)
    tell(office.person("head"), second, TITLE, duplicate(first, "not_twice"))
    assert office.work(second, "clerk", {"way": "together"}).status_code == 422, "only what is joined lies together"
    office.work(second, "clerk", {"way": "kept"})
    assert case_of(second).outcome == "not_twice"


def test_the_first_application_repeats_nothing(office: Office) -> None:
    first, second = office.run(2), office.run(2)
    head = office.person("head")
    refused = tell(head, first, TITLE, duplicate(second, "joined"), 422)
    assert "former" in refused and case_of(first).outcome is None
    (said,) = head.tree.xpath("//*[@id='help-former']/text()")
    assert "бұрын берілген өтініші жоқ" in said, "the page says that there is none to choose"


def test_on_the_way_through_a_psc_the_body_joins_it_and_the_psc_is_told(psc: Psc) -> None:
    first, second = psc.accept(), psc.accept()
    psc.carry(second)
    tell(psc.person("head"), second, TITLE, duplicate(first, "joined"))
    psc.work(second, "clerk", {"way": "together"})
    assert case_of(second).outcome == "joined"
    assert custody.paper(psc.folder(second)).state != "gone"


def test_no_case_has_to_do_with_itself_with_none_or_with_one_of_another_office(office: Office) -> None:
    first, second = office.run(1), office.run(1)
    case = case_of(second)
    for wrong in (second, 10**9):
        with pytest.raises(NotRelated):
            keep_beside(case, [("follows", first), ("follows", wrong)])
        db.session.rollback()
    db.session.execute(update(Case).where(Case.id == first).values(office_key="KORDAI", body_key="KORDAI"))
    with pytest.raises(NotRelated):
        keep_beside(case, [("follows", first)])
    db.session.rollback()
    keep_beside(case, [("follows", first)])
    assert ("follows", first) in relations(second)
