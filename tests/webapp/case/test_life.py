"""What happens to an application off the act's way, played over the pages by the people of both routes."""

import re

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from services import custody, documents, journal
from services.cases.models import Case, Instance, Task
from services.db import db
from tests.people.office import APPLICATION, Office, Psc
from tests.people.surfer import Surfer

WITHDRAWAL = {"asked_by": "applicant", "asked_on": "02.03.2026", "reason": "02.03.2026 жазбаша өтініші бойынша"}
BACK = {"way": "handed_over", "received_by": "Үлгібаев Мысал Сынақұлы", "known_by": "identity"}


def tell(surfer: Surfer, case_id: int, title: str, answers: dict[str, object], status: int = 200) -> str:
    """From the case's page: what happened, by its name in Kazakh, and what is asked of it."""
    page = surfer.get(f"/cases/{case_id}").text
    found = re.search(rf'href="(/cases/{case_id}/happenings/[^"]+)">(?:<span class="code">\w+</span> )?{title}<', page)
    assert found, page
    surfer.get(found[1])
    answered = surfer.submit(found[1], answers)
    assert answered.status_code == status, answered.text
    return answered.text


def offered(surfer: Surfer, case_id: int) -> list[str]:
    """What this person may tell of the case, by its name."""
    tree = html.fromstring(surfer.get(f"/cases/{case_id}").text)
    links = tree.xpath("//a[contains(@href, '/happenings/')]")
    return [str(each.xpath("string(text()[last()])")).strip() for each in links]


def case_of(case_id: int) -> Case:
    db.session.rollback()
    return db.session.get_one(Case, case_id, populate_existing=True)


def open_steps(case_id: int) -> list[str]:
    db.session.rollback()
    wanted = select(Task.step).where(Task.case_id == case_id, Task.closed_at.is_(None), Task.step != "")
    return sorted(db.session.scalars(wanted))


def papers(case_id: int) -> list[str]:
    return [paper.item for paper in documents.papers_of(case_id)]


@pytest.fixture
def office(house: Flask) -> Office:
    return Office(house)


@pytest.fixture
def psc(house: Flask) -> Psc:
    return Psc(house)


# ---------------------------------------------------------------- the applicant withdraws


@pytest.mark.parametrize("steps", [1, 3, 5])
def test_an_applicant_withdraws_at_the_body_and_the_papers_go_back_against_a_signature(
    office: Office, steps: int
) -> None:
    case_id = office.run(steps)
    number = case_of(case_id).number
    tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL)
    assert open_steps(case_id) == ["give_back"]
    office.work(case_id, "clerk", BACK)
    case = case_of(case_id)
    assert (case.outcome, case.number) == ("application_withdrawn", number)
    assert case.outer_stopped_at is not None
    assert "doc.papers_back" in papers(case_id)
    told = office.person("clerk").get(f"/cases/{case_id}").text
    assert "02.03.2026 жазбаша өтініші бойынша" in told and "өтініш беруші қайтарып алды" in told
    lines = {line.event for line in journal.read(f"case:{case_id}", limit=100)}
    assert {"case.happened", "case.task_cancelled", "case.closed"} <= lines


def test_an_answer_that_is_signed_is_not_withdrawn(office: Office) -> None:
    case_id = office.run(6)
    refused = tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL, 422)
    assert "Жауапқа қол қойылған" in refused
    assert open_steps(case_id) == ["deliver"]


def test_an_answer_that_waits_for_its_signature_is_annulled_and_its_number_stays_used(office: Office) -> None:
    case_id = office.run(5)
    code = custody.code_of(case_id, "result")
    tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL)
    assert custody.paper(code).state == "annulled"


def test_withdrawn_while_the_folder_is_at_the_psc_it_leaves_the_registry_and_goes_back_there(psc: Psc) -> None:
    case_id = psc.accept()
    folder = psc.folder(case_id)
    psc.scan("psc_accum", folder)
    assert custody.paper(folder).state == "listed"
    tell(psc.person("psc_inspector"), case_id, "Қайтарып алды", WITHDRAWAL)
    assert (custody.paper(folder).state, open_steps(case_id)) == ("here", ["give_back"])
    psc.work(case_id, "psc_inspector", BACK)
    assert (case_of(case_id).outcome, custody.paper(folder).state) == ("application_withdrawn", "gone")


def test_withdrawn_while_the_folder_is_at_the_body_the_body_gives_it_back_and_the_psc_is_told(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    psc.work(case_id, "head", {"executor": psc.executor_id})
    tell(psc.person("psc_inspector"), case_id, "Қайтарып алды", WITHDRAWAL)
    assert open_steps(case_id) == ["await_given_back", "give_back"]
    psc.work(case_id, "clerk", BACK)
    case = case_of(case_id)
    assert (case.outcome, case.kept, open_steps(case_id)) == ("application_withdrawn", 0, [])
    assert all(each.finished_at for each in db.session.scalars(select(Instance).filter_by(case_id=case_id)))


def test_withdrawn_while_the_folder_is_on_its_way_it_is_given_back_where_it_arrives(psc: Psc) -> None:
    case_id = psc.accept()
    psc.send("psc_accum", psc.folder(case_id))
    tell(psc.person("psc_inspector"), case_id, "Қайтарып алды", WITHDRAWAL)
    assert open_steps(case_id) == ["courier_out"]
    psc.scan("clerk", psc.folder(case_id))
    assert open_steps(case_id) == ["await_given_back", "give_back"]
    psc.work(case_id, "clerk", BACK)
    assert case_of(case_id).outcome == "application_withdrawn"


# ---------------------------------------------------------------- the applicant dies

DEATH = {
    "certificate": "№ 77, 01.03.2026",
    "died_on": "01.03.2026",
    "told_by": "Үлгібаева Дерек",
    "reason": "Жұбайы хабарлады",
}


def test_after_a_death_papers_that_nobody_takes_are_kept_with_the_file(office: Office) -> None:
    case_id = office.run(3)
    tell(office.person("executor"), case_id, "Қайтыс болды", DEATH)
    office.work(case_id, "clerk", {"way": "kept"})
    assert case_of(case_id).outcome == "died"
    assert "doc.papers_back" not in papers(case_id)


def test_a_death_told_at_the_psc_ends_the_case_at_both_offices(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    tell(psc.person("psc_inspector"), case_id, "Қайтыс болды", DEATH)
    psc.work(case_id, "clerk", {"way": "kept"})
    assert (case_of(case_id).outcome, open_steps(case_id)) == ("died", [])


# ---------------------------------------------------------------- another district

DISTRICT = {"right_body": "ALAKOL", "reason": "Мекенжайы Алакөл ауданында"}
POSTED = {"way": "posted", "postal_number": "RR123456785KZ", "told_how": "letter"}


def test_an_application_of_another_district_goes_on_with_a_letter_and_the_applicant_is_told(office: Office) -> None:
    case_id = office.run(1)
    number = case_of(case_id).number
    tell(office.person("head"), case_id, "Басқа аудан", DISTRICT)
    assert open_steps(case_id) == ["send_on"]
    letter = documents.papers_of(case_id)[-1]
    assert (letter.item, letter.content["number"]) == ("doc.sent_on", number)
    assert "Алакөл" in str(letter.content["body_name"])
    office.work(case_id, "clerk", POSTED)
    case = case_of(case_id)
    assert (case.outcome, case.number) == ("sent_on", number)


def test_the_psc_is_told_that_the_body_sent_its_application_on(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    tell(psc.person("head"), case_id, "Басқа аудан", DISTRICT)
    psc.work(case_id, "clerk", POSTED)
    case = case_of(case_id)
    assert (case.outcome, case.kept, open_steps(case_id)) == ("sent_on", 0, [])


# ---------------------------------------------------------------- a registration is annulled

ANNULLED = {"ground": "twice", "order": "№ 12, 02.03.2026", "reason": "Бір өтініш екі рет тіркелген"}


def test_an_annulled_registration_keeps_its_number_and_the_next_one_gets_another(office: Office) -> None:
    case_id = office.run(2)
    number = case_of(case_id).number
    assert "Күші жойылды" not in offered(office.person("clerk"), case_id), "only the head annuls"
    tell(office.person("head"), case_id, "Күші жойылды", ANNULLED)
    office.work(case_id, "clerk", BACK)
    assert (case_of(case_id).outcome, case_of(case_id).number) == ("registration_annulled", number)
    assert case_of(office.run(1)).number != number


def test_the_body_annuls_what_a_psc_took_in_and_the_case_ends_there_too(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    tell(psc.person("head"), case_id, "Күші жойылды", ANNULLED)
    psc.work(case_id, "clerk", BACK)
    assert (case_of(case_id).outcome, open_steps(case_id)) == ("registration_annulled", [])


# ---------------------------------------------------------------- the applicant's data are corrected


def corrected(surfer: Surfer, case_id: int, **more: str) -> None:
    answers = {name: APPLICATION[name] for name in ("surname", "given_name", "patronymic", "iin", "address")}
    tell(surfer, case_id, "Деректер қате екен", {**answers, **more, "reason": "Жеке куәлігі бойынша"})


def test_a_misspelt_name_is_corrected_the_former_one_kept_and_the_talon_made_anew(office: Office) -> None:
    case_id = office.run(2)
    corrected(office.person("clerk"), case_id, surname="Үлгібаевский")
    made = {paper.item: paper.content for paper in documents.papers_of(case_id)}
    assert made["doc.talon"]["applicant_name"] == "Үлгібаевский Мысал Сынақұлы"
    assert made["doc.correction"]["former"] == [{"what": "Тегі", "was": "Үлгібаев", "now": "Үлгібаевский"}]
    assert papers(case_id).count("doc.talon") == 2
    assert open_steps(case_id) == ["review"], "the case goes on where it was"
    assert "Үлгібаевский" in office.person("clerk").get(f"/cases/{case_id}").text
    refused = tell(office.person("clerk"), case_id, "Деректер қате екен", {"reason": "тағы"}, 422)
    assert "Ештеңе өзгертілген жоқ" in refused


def test_a_psc_corrects_what_it_took_in_and_its_receipt_is_made_anew(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    corrected(psc.person("psc_inspector"), case_id, address="Талдықорған қаласы, Мысал көшесі, 2-үй")
    made = {paper.item: paper.content for paper in documents.papers_of(case_id)}
    assert made["doc.receipt"]["applicant_address"] == "Талдықорған қаласы, Мысал көшесі, 2-үй"


def test_a_closed_case_is_corrected_too_and_stays_closed(office: Office) -> None:
    case_id = office.run()
    before = case_of(case_id).closed_at
    corrected(office.person("clerk"), case_id, given_name="Мысалбек")
    assert (case_of(case_id).closed_at, case_of(case_id).outcome) == (before, "approved")


# ---------------------------------------------------------------- a case is taken up again


def test_a_case_closed_by_mistake_is_taken_up_again_and_decided_anew(office: Office) -> None:
    case_id = office.run(2)
    number = case_of(case_id).number
    tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL)
    office.work(case_id, "clerk", BACK)
    due = case_of(case_id).outer_due_at
    assert offered(office.person("clerk"), case_id) == ["Деректер қате екен"]
    tell(office.person("head"), case_id, "Іс қайта ашылды", {"order": "№ 13, 02.03.2026", "reason": "Қате жабылған"})
    case = case_of(case_id)
    assert (case.closed_at, case.outer_stopped_at, case.outer_due_at, case.number) == (None, None, due, number)
    for role, answers in office.steps()[1:]:
        page = office.work(case_id, role, answers)
        assert page.status_code == 200, page.text
    case = case_of(case_id)
    assert (case.outcome, case.number, open_steps(case_id)) == ("approved", number, [])


# ---------------------------------------------------------------- the head decides otherwise


@pytest.mark.parametrize("steps", [4, 5])
def test_the_head_takes_a_draft_back_to_a_resolution_of_its_own(office: Office, steps: int) -> None:
    case_id = office.run(steps)
    codes = [custody.code_of(case_id, "result")] if steps == 5 else []
    tell(office.person("head"), case_id, "Басшы өзгеше шешті", {"reason": "Басқа негізбен қаралсын"})
    assert open_steps(case_id) == ["resolution"]
    assert [custody.paper(code).state for code in codes] == ["annulled"] * len(codes)
    for role, answers in office.steps()[1:]:
        page = office.work(case_id, role, answers)
        assert page.status_code == 200, page.text
    assert case_of(case_id).outcome == "approved"


def test_the_head_decides_otherwise_on_the_way_through_a_psc(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    psc.work(case_id, "head", {"executor": psc.executor_id})
    psc.determine(case_id)
    tell(psc.person("head"), case_id, "Басшы өзгеше шешті", {"reason": "Басқа негізбен қаралсын"})
    assert open_steps(case_id) == ["await_result", "resolution"]
