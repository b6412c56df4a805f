"""A complaint about a decision, over the pages: taken in, considered by somebody else, answered, decided anew."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from komek.testing.surfer import Surfer
from services import boards, cases, clock, custody, desk, directory, documents, registry
from services.cases.errors import DecidedBefore
from services.cases.models import Task
from services.db import db
from services.documents.printing import form_data
from tests.people.contesting import COMPLAINT, DISMISSED, POSTED, TITLE, UPHELD, another, decide_anew, hired, work
from tests.people.life import case_of, open_steps, tell
from tests.people.office import FIGURES, OFFICE, RECEIVED, Office, Psc


@pytest.fixture
def office(house: Flask) -> Office:
    return Office(house)


@pytest.fixture
def psc(house: Flask) -> Psc:
    return Psc(house)


def paper(case_id: int, item: str) -> dict[str, object]:
    """What the newest paper of that kind says."""
    return dict([each for each in documents.papers_of(case_id) if each.item == item][-1].content)


def test_a_complaint_that_is_upheld_has_the_case_decided_anew_by_others_and_the_new_answer_says_what_it_replaces(
    office: Office,
) -> None:
    case_id = office.run()
    dated = paper(case_id, "doc.notice_signed")["dated_on"]
    former, stopped = custody.code_of(case_id, "result"), case_of(case_id).outer_stopped_at
    tell(office.person("clerk"), case_id, TITLE, COMPLAINT)
    assert open_steps(case_id) == ["consider"]
    number = custody.code_of(case_id, "appeal")
    assert number.startswith("19-C") and paper(case_id, "doc.complaint_slip")["complaint_number"] == number
    clocks = re.findall(r'<div class="clock( counts)?">', office.person("clerk").get(f"/cases/{case_id}").text)
    assert clocks == [" counts", ""], "the complaint's clock counts: that of the whole case stopped before"
    assert work(office, another(office, "head"), case_id, UPHELD).status_code == 200
    answer = paper(case_id, "doc.complaint_answer")
    assert (answer["verdict"], answer["order"], answer["about"]) == ("upheld", UPHELD["order"], former)
    office.work(case_id, "clerk", POSTED)
    decide_anew(office, case_id)
    case, new = case_of(case_id), custody.code_of(case_id, "result")
    assert (case.outcome, case.outer_stopped_at, open_steps(case_id)) == ("approved", stopped, []) and new != former
    notice = paper(case_id, "doc.notice_signed")
    assert (notice["replaces_number"], notice["replaces_order"]) == (former, UPHELD["order"])
    assert notice["replaces_on"] == dated, "the moment from which the paper takes its day on the region's clock"
    page = office.person("clerk").get(f"/cases/{case_id}").text
    assert f"орнына {new} берілді" in page, "the former decision stays, and says what came in its place"
    assert custody.paper(number).state == "here"
    the_book_and_the_boards_know_of(office, case_id, number)


def the_book_and_the_boards_know_of(office: Office, case_id: int, number: str) -> None:
    """The complaint stands in the book under its number, is found by it, and each of its figures leads to the case."""
    clerk, today = directory.staff_at(OFFICE, "clerk")[0], directory.today()
    (line,) = cases.complaints_of(OFFICE, today, today)
    assert (line.number, line.about, line.verdict) == (number, case_of(case_id).number, "complaint_upheld")
    book = desk.print_register_book(OFFICE, today, today, clerk, called=str.upper).content
    assert [each["complaints"] for each in book["lines"]] == [[number]]  # type: ignore[attr-defined]
    assert [each["no"] for each in book["complaints"]] == [number]  # type: ignore[attr-defined]
    office.person("clerk").get("/")
    assert office.person("clerk").submit("/scan", {"code": number}).request.path == f"/cases/{case_id}"
    control = Surfer(office.app).sign_in("control")
    figures = boards.figures_of(
        boards.look(boards.preset("days_30"), directory.person(directory.id_of("control") or 0), OFFICE)
    )
    assert figures.complaints == boards.Complaints(came=1, considered=1, upheld=1, late=0)
    for board in ("region", f"offices/{OFFICE}"):
        page = control.get(f"/boards/{board}").text
        for of in ("came", "considered", "upheld"):
            assert f"what=complaints&amp;of={of}" in page, (board, of)
            assert case_of(case_id).number in control.get(f"/boards/counted?what=complaints&of={of}").text


def test_the_barcode_of_the_slip_is_the_number_of_the_complaint_and_leads_to_its_case(office: Office) -> None:
    case_id = office.run()
    tell(office.person("clerk"), case_id, TITLE, COMPLAINT)
    number = custody.code_of(case_id, "appeal")
    said = form_data(paper(case_id, "doc.complaint_slip"), registry.current(), clock.now())["code"]
    payload = documents.barcode_payload(number)
    assert said and said["payload"] == payload  # type: ignore[index]
    assert documents.read_payload(payload) == number and custody.paper(number).case_id == case_id


def test_a_complaint_that_is_dismissed_leaves_the_decision_and_its_answer_says_where_else_to_go(office: Office) -> None:
    case_id = office.run()
    tell(office.person("clerk"), case_id, TITLE, COMPLAINT)
    work(office, another(office, "head"), case_id, DISMISSED)
    assert open_steps(case_id) == ["answer_complaint"]
    office.work(case_id, "clerk", {"way": "handed_over", **RECEIVED})
    assert (case_of(case_id).outcome, open_steps(case_id)) == ("approved", [])
    assert paper(case_id, "doc.complaint_answer")["reasons"] == DISMISSED["reasons"]


def test_whoever_made_the_decision_is_kept_from_deciding_on_the_complaint_also_by_a_deputy_or_by_being_chosen(
    office: Office,
) -> None:
    case_id = office.run()
    (signer, second), drafter = directory.staff_at(OFFICE, "head"), directory.staff_at(OFFICE, "executor")[0]
    deputy = directory.staff_at(OFFICE, "clerk")[1]
    tell(office.person("clerk"), case_id, TITLE, COMPLAINT)
    task, today, chief, reviewer = office.task(case_id), directory.today(), second, another(office, "head")
    for verb in (
        lambda: cases.claim_task(task, signer),
        lambda: cases.complete_task(task, UPHELD, cases.Click(signer, "k")),
        lambda: cases.reassign_task(task, signer.id, chief),
    ):
        with pytest.raises(DecidedBefore, match=signer.full_name):
            verb()
    directory.enter_absence(
        signer.id, from_on=today, until_on=today + timedelta(days=3), order_number="7", order_on=today,
        deputy_id=deputy.id, scope=(f"{OFFICE}/head",), actor="console",
    )  # fmt: skip
    with pytest.raises(DecidedBefore):
        cases.claim_task(task, directory.person(deputy.id) or deputy)
    assert task not in {row.task_id for row in cases.inbox(directory.person(deputy.id) or deputy, OFFICE, "role").rows}
    assert work(office, reviewer, case_id, UPHELD).status_code == 200
    office.work(case_id, "clerk", POSTED)
    page = reviewer.get(f"/cases/{case_id}").text
    assert f'value="{signer.id}"' not in page and f'value="{drafter.id}"' not in page, (
        "the former executor is not offered for the resolution"
    )
    assert work(office, reviewer, case_id, {"executor": drafter.id}).status_code == 422
    assert open_steps(case_id) == ["resolution"]


def test_whoever_decided_before_reads_that_they_cannot_do_it_and_who_can_and_whom_to_ask_where_nobody_is_left(
    office: Office,
) -> None:
    case_id = office.run()
    signer, second = directory.staff_at(OFFICE, "head")
    head, clerk = office.person("head"), office.person("clerk")
    tell(clerk, case_id, TITLE, COMPLAINT)

    def read(surfer: Surfer) -> str:
        surfer.get(f"/cases/{case_id}")
        return " ".join(surfer.tree.xpath("string(//p[contains(@class, 'kept-from')])").split())

    said = read(head)
    assert "бұрын өзіңіз шешкенсіз" in said and second.full_name in said and signer.full_name not in said
    assert read(clerk) == read(another(office, "head")) == ""
    assert "/claim" not in head.get(f"/cases/{case_id}").text
    (held,) = directory.appointments_of(second.id, actor="console")
    directory.end_appointment(held.id, actor="console")
    (stuck,) = [each for each in cases.stuck_tasks() if each.role == "head"]
    assert (stuck.count.value, stuck.decided) == (1, True), "an administrator sees that nobody here may do it, and why"
    assert "бұрын шешкен: тағы бір адамды" in Surfer(office.app).sign_in("admin").get("/staff/").text
    (admin,) = directory.staff_at(str(registry.current().facts()["control_office"]), directory.ADMIN)
    for surfer, first in ((head, "бұрын өзіңіз шешкенсіз"), (clerk, signer.full_name)):
        said = read(surfer)
        assert first in said and admin.full_name in said and second.full_name not in said, said
    reviewer = hired(office.app, OFFICE, "head")
    assert read(clerk) == "" and "Басқаев Дерек" in read(head)
    assert work(office, reviewer, case_id, DISMISSED).status_code == 200
    assert read(head) == "", "the next step is for everybody of its role"


def test_a_clerk_records_no_signature_of_somebody_who_decided_before(office: Office) -> None:
    case_id = office.run()
    signer, second = directory.staff_at(OFFICE, "head")
    clerk, head, executor = office.person("clerk"), another(office, "head"), another(office, "executor")
    tell(clerk, case_id, TITLE, COMPLAINT)
    work(office, head, case_id, UPHELD)
    office.work(case_id, "clerk", POSTED)
    work(office, head, case_id, {"executor": directory.staff_at(OFFICE, "executor")[1].id})
    for answers in (FIGURES, {}):
        work(office, executor, case_id, answers)
    assert f'value="{signer.id}"' not in clerk.get(f"/cases/{case_id}").text, "who agreed: never the former signer"
    assert work(office, clerk, case_id, {"signed_by": signer.id}).status_code == 422
    assert work(office, clerk, case_id, {"signed_by": second.id}).status_code == 200
    # the name under the paper turns out to be that of somebody who decided
    db.session.execute(update(Task).where(Task.id == office.task(case_id)).values(not_by=[second.id]))
    db.session.commit()
    code = custody.code_of(case_id, "result")
    refused = work(office, clerk, case_id, {"code": code})
    assert refused.status_code == 403 and second.full_name in refused.text
    assert custody.paper(code).signature == "awaited" and open_steps(case_id) == ["sign"]


def test_a_late_complaint_is_registered_with_the_reason_and_may_be_left_unconsidered(office: Office) -> None:
    with clock.stopped(datetime.fromisoformat("2026-03-02T10:00+05:00")):
        case_id = office.run()
    with clock.stopped(datetime.fromisoformat("2026-06-02T12:00+05:00")):
        tell(office.person("clerk"), case_id, TITLE, {**COMPLAINT, "known_on": "02.03.2026"})
    with clock.stopped(datetime.fromisoformat("2026-06-03T12:00+05:00")):
        in_time = office.run()
    with clock.stopped(datetime.fromisoformat("2026-09-04T12:00+05:00")):
        clerk = office.person("clerk")
        tell(clerk, in_time, TITLE, {**COMPLAINT, "known_on": "31.12.9999"}, 422)
        refused = tell(clerk, in_time, TITLE, {**COMPLAINT, "known_on": "03.06.2026"}, 422)
        assert "мерзімінен кеш" in refused
        tell(clerk, in_time, TITLE, {**COMPLAINT, "known_on": "03.06.2026", "late_reason": "Ауруханада жатқан."})
        assert paper(in_time, "doc.complaint_slip")["late"] is True
        reviewer = another(office, "head")
        assert "Ауруханада жатқан." in reviewer.get(f"/cases/{in_time}").text
        left = {"verdict": "late", "reasons": "Мерзімі өткен, дәлелі жоқ."}
        assert work(office, reviewer, in_time, left).status_code == 200
        office.work(in_time, "clerk", POSTED)
        assert (case_of(in_time).outcome, open_steps(in_time)) == ("approved", [])
    assert paper(case_id, "doc.complaint_slip")["late"] is False, "the last day of the third month is in time"
    with clock.stopped(datetime.fromisoformat("2026-09-07T12:00+05:00")):
        chief = directory.staff_at(OFFICE, "head")[1]
        slow = {**DISMISSED, "delay_reason": "Сот құжаттары кеш келді."}
        assert work(office, another(office, "head"), case_id, slow).status_code == 200
        figures = boards.figures_of(boards.look(boards.period("2026-06-01", "2026-09-30"), chief, OFFICE))
        assert figures.complaints == boards.Complaints(came=2, considered=2, upheld=0, late=1)


def test_a_case_of_a_psc_is_contested_at_the_body_decided_anew_there_and_goes_out_from_there(psc: Psc) -> None:
    case_id = psc.run()
    former = custody.code_of(case_id, "result")
    tell(psc.person("clerk"), case_id, TITLE, COMPLAINT)
    assert work(psc, another(psc, "head"), case_id, {**UPHELD, "order_by": "court"}).status_code == 200
    psc.work(case_id, "clerk", POSTED)
    decide_anew(psc, case_id)
    assert paper(case_id, "doc.complaint_answer")["order_by"] == "court"
    assert paper(case_id, "doc.notice_signed")["replaces_by"] == "court"
    assert (case_of(case_id).outcome, open_steps(case_id)) == ("approved", [])
    assert paper(case_id, "doc.notice_signed")["replaces_number"] == former
