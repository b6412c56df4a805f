"""The operator's page: what a caller hears, what is kept of it, and what becomes of what they ask."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import calls, cases, clock, directory, journal, notices
from services.calls.models import CallLookup
from services.cases.models import Case
from services.db import db
from tests.people.office import APPLICATION, Office, Psc

#: what an operator must never see of a case (DIGEST: no amount, decision, IIN, other people)
NEVER = ("Мысал", "Сынақұлы", APPLICATION["iin"], "Үлгі көшесі", "теңге", "700 000 00 01")


@pytest.fixture
def operator(house: Flask) -> Iterator[Surfer]:
    yield Surfer(house).sign_in("operator")


def number_of(case_id: int) -> str:
    return db.session.get_one(Case, case_id).number or ""


def ask(operator: Surfer, **said: str) -> Any:
    operator.get("/calls/")
    return operator.submit("/calls/", {"reason": "where", **said})


def spoken(operator: Surfer, language: str) -> str:
    (said,) = operator.tree.xpath(f"//blockquote[@lang='{language}']")
    return " ".join(said.text_content().split())


def test_the_operator_begins_at_the_callers_and_reads_out_what_the_applicants_own_page_says(
    house: Flask, operator: Surfer
) -> None:
    case_id = Office(house).run(until=2)
    assert operator.get("/").request.path == "/calls/"
    page = ask(operator, number=number_of(case_id), who="Үлгібаев")
    assert page.status_code == 200 and number_of(case_id) in page.text
    found = cases.said_to_applicant(db.session.get_one(Case, case_id))
    assert found.now[0].words["kk"] in spoken(operator, "kk") and found.now[0].words["ru"] in spoken(operator, "ru")
    assert not [each for each in NEVER if each in page.text]


@pytest.mark.parametrize(
    ("said", "finds"),
    [
        ({"phone": "8 (700) 000-00-01"}, True),
        ({"phone": "+77000000001"}, True),
        ({"phone": "7000000001"}, True),
        ({"phone": "8 700 000 00 02"}, False),
        ({"name": "Улгибаев Мысал", "address": "улги кошеси"}, True),
        ({"name": "мысал үлгібаев", "address": "Үлгі көшесі, 1"}, True),
        ({"name": "Үлгібаев Мысал", "address": "Абай даңғылы"}, False),
        ({"name": "Үлгібаев Басқа", "address": "Үлгі көшесі"}, False),
        ({"number": "", "who": "", "phone": "8 700 000 00 01"}, True),
    ],
)
def test_a_caller_is_found_by_the_whole_phone_however_it_is_written_or_by_name_and_a_part_of_the_address(
    house: Flask, operator: Surfer, said: dict[str, str], finds: bool
) -> None:
    case_id = Office(house).run(until=1)
    page = ask(operator, **said)
    assert page.status_code == 200 and (number_of(case_id) in page.text) == finds
    if not finds:
        assert "Үлгібаев" not in page.text


#: the same case once more, under another number and of somebody who lives elsewhere
NAMESAKE = (
    """INSERT INTO "case" SELECT (jsonb_populate_record(c, jsonb_build_object('id', c.id + :at,
    'number', c.number || :at, 'open_key', :at, 'opened_at', c.opened_at + interval '1 day'))).*
    FROM "case" c WHERE id = :id""",
    """INSERT INTO applicant SELECT (jsonb_populate_record(a, jsonb_build_object('case_id', a.case_id + :at,
    'address', 'Абай даңғылы'))).* FROM applicant a WHERE case_id = :id""",
)


def test_whoever_has_many_namesakes_is_found_by_the_address_among_all_of_them(house: Flask, operator: Surfer) -> None:
    case_id = Office(house).run(until=1)
    for at in range(1, 61):
        for said in NAMESAKE:
            db.session.execute(text(said), {"id": case_id, "at": at})
    db.session.commit()
    page = ask(operator, name="Үлгібаев Мысал", address="Үлгі көшесі")
    assert page.status_code == 200 and number_of(case_id) in page.text


def test_a_number_alone_finds_nothing_and_a_wrong_surname_no_more_than_a_number_that_nobody_has(
    house: Flask, operator: Surfer
) -> None:
    number = number_of(Office(house).run(until=1))
    assert ask(operator, number=number).status_code == 422
    bodies = set()
    for typed in (number, f"{number[:-5]}77777"):
        page = ask(operator, number=typed, who="Басқаев")
        assert page.status_code == 200
        bodies.add(re.sub(r'="[^"]*"', "", page.text))
    assert len(bodies) == 1
    assert ask(operator, number=number, who=APPLICATION["iin"][-4:]).text.count(number) >= 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "number"),
        ({"phone": "12"}, "phone"),
        ({"phone": "8 700 000 00 01", "number": "1"}, "number"),
        ({"name": "Үлгібаев", "address": "Үлгі көшесі"}, "name"),
        ({"name": "Үлгібаев Мысал", "address": "ү"}, "address"),
        ({"phone": "8 700 000 00 01", "reason": ""}, "reason"),
        ({"phone": "8 700 000 00 01", "reason": "curious"}, "reason"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_looked_up(
    operator: Surfer, said: dict[str, str], field: str
) -> None:
    page = ask(operator, **said)
    assert page.status_code == 422 and f'id="error-{field}"' in page.text
    assert db.session.query(CallLookup).count() == 0


def test_each_look_up_is_a_line_of_the_case_and_of_the_control_level_and_holds_no_word_that_was_typed(
    house: Flask, operator: Surfer
) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    ask(operator, phone="8 700 000 00 01", reason="letter")
    ask(operator, phone="8 700 999 99 99", reason="other")
    (line,) = (each for each in journal.read(f"case:{case_id}") if each.event == "case.looked_up")
    assert line.details == {"way": "phone", "reason": "letter"}
    assert [each.details["found"] for each in journal.read("calls")] == [0, 1]
    assert "өтініш қоңырау шалушы үшін қаралды" in office.person("clerk").get(f"/cases/{case_id}").text
    control = Surfer(house).sign_in("control")
    page = control.get("/calls/looked-up").text
    assert number_of(case_id) in page and "700" not in page.partition("<main")[2]
    assert control.get(f"/boards/cases/{case_id}").status_code == 200
    assert journal.verify() == []


def test_more_look_ups_than_the_region_allows_in_an_hour_are_told_to_the_control_level_once(house: Flask) -> None:
    people = {each.login: each for each in directory.everybody()}
    with clock.stopped(clock.now()):
        for _ in range(62):
            calls.look_up(calls.CallerSaid(phone="8 700 000 00 01"), "where", people["operator"])
    told = [each.notice for each in notices.notices_of(people["control"]).rows]
    assert [(each.kind, each.number, each.title) for each in told] == [("lookups", "61", people["operator"].full_name)]
    assert "/calls/looked-up" in Surfer(house).sign_in("control").get("/notices/").text


def test_what_a_caller_asks_is_a_task_of_the_bodys_clerk_with_a_term_and_is_answered_there(
    house: Flask, operator: Surfer
) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    ask(operator, phone="8 700 000 00 01")
    address = f"/calls/{case_id}/request"
    operator.get(address)
    assert operator.submit(address, {"asks": "call_back", "said": ""}).status_code == 422
    asked = {"asks": "call_back", "said": "Кешке қоңырау шалсын", "phone": "8 701 123 45 67"}
    for _ in range(2):  # of one caller, twice: both stand
        operator.get(address)
        assert operator.submit(address, asked).request.path == "/calls/"
    lines = [each for each in office.lines(case_id) if each["key"] == "answer_call"]
    assert [(each["role"], each["rule"], each["default"], bool(each["due_at"])) for each in lines] == [
        ("clerk", "R-WD(2)", True, True)
    ] * 2
    clerk, task = office.person("clerk"), lines[0]["task_id"]
    assert task in clerk.get("/?list=role").text
    clerk.get(f"/cases/{case_id}?task={task}")
    clerk.submit(f"/inbox/{task}/claim")
    page = clerk.get(f"/cases/{case_id}?task={task}")
    assert "Кешке қоңырау шалсын" in page.text
    clerk.submit(f"/inbox/{task}/complete", {"done": "called", "answered": "Айтылды"})
    done = next(each for each in office.lines(case_id) if each["task_id"] == task)
    assert done["outcome"] == "call_answered"
    assert db.session.get_one(Case, case_id).closed_at is None, "what is asked aside ends no case"


def test_a_request_is_taken_down_only_within_an_hour_of_the_look_up_and_by_nobody_else(
    house: Flask, operator: Surfer
) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    address = f"/calls/{case_id}/request"
    assert operator.get(address).status_code == 403
    ask(operator, phone="8 700 000 00 01")
    assert operator.get(address).status_code == 200
    with clock.stopped(clock.now() + timedelta(minutes=61)):
        assert operator.get(address).status_code == 403
    for role in ("clerk", "head", "executor"):
        for each in (address, "/calls/", "/calls/looked-up"):
            assert office.person(role).get(each).status_code == 403, (role, each)
    assert operator.get("/calls/looked-up").status_code == 403
    assert operator.get(f"/cases/{case_id}").status_code == 403


def test_a_request_may_be_left_about_a_closed_case_and_leaves_its_outcome_as_it_is(
    house: Flask, operator: Surfer
) -> None:
    office = Office(house)
    case_id = office.run()
    before = db.session.get_one(Case, case_id)
    outcome, closed_at = before.outcome, before.closed_at
    assert closed_at is not None
    page = ask(operator, phone="8 700 000 00 01")
    assert outcome and outcome not in page.text and "Өтініш жабылды." in spoken(operator, "kk")
    (person,) = (each for each in directory.everybody() if each.login == "operator")
    calls.take_down(case_id, {"asks": "note", "said": "Хабарлама келмеді"}, person, key="k")
    task = next(each["task_id"] for each in office.lines(case_id) if each["key"] == "answer_call")
    clerk = office.person("clerk")
    clerk.get(f"/cases/{case_id}?task={task}")
    clerk.submit(f"/inbox/{task}/claim")
    clerk.get(f"/cases/{case_id}?task={task}")
    clerk.submit(f"/inbox/{task}/complete", {"done": "nothing", "answered": "Жіберілген"})
    db.session.expire_all()
    after = db.session.get_one(Case, case_id)
    assert (after.outcome, after.closed_at) == (outcome, closed_at)


@pytest.mark.parametrize(
    ("login", "place"),
    [("operator", "/calls/"), ("designer", "/processes/"), ("admin", "/admin/"), ("control", "/boards/region"),
     ("courier.taldykorgan", "/desk/"), ("clerk.taldykorgan", "/")],
)  # fmt: skip
def test_every_role_begins_where_it_works_and_finds_its_inbox_all_the_same(
    house: Flask, login: str, place: str
) -> None:
    surfer = Surfer(house).sign_in(login)
    assert surfer.get("/").request.path.startswith(place)
    assert surfer.get("/inbox").request.path == "/inbox"


def test_a_psc_case_is_found_before_the_body_has_registered_it(house: Flask, operator: Surfer) -> None:
    case_id = Psc(house).accept()
    assert number_of(case_id) in ask(operator, phone="8 700 000 00 01").text


def test_the_control_level_sees_on_a_case_who_looked_it_up_when_and_why_and_its_office_reads_it_in_the_history(
    house: Flask, operator: Surfer
) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    ask(operator, number=number_of(case_id), who="Үлгібаев", reason="complains")
    ask(operator, phone="8 700 000 00 01", reason="result")
    page = Surfer(house).sign_in("control").get(f"/boards/cases/{case_id}").text
    (shown,) = re.findall(r'id="lookups-title".*?</section>', page, re.S)
    rows = re.findall(r"<tr><td>.*?</tr>", shown, re.S)
    assert len(rows) == 2 and "нәтиже дайын ба" in rows[0].lower() and "шағым" in rows[1].lower(), rows
    assert all(each.count("<time") == 1 for each in rows)
    assert not [each for each in (APPLICATION["iin"], "Үлгі көшесі", "700 000 00 01", "теңге") if each in page]
    history = office.person("clerk").get(f"/cases/{case_id}").text.partition('id="history"')[2]
    assert "шағым" in history.lower()
    assert "lookups-title" not in office.person("head").get(f"/boards/cases/{case_id}").text
