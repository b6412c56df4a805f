"""What happens to an application off the act's way, played over the pages by the people of both routes."""

import re

import pytest
from flask import Flask
from lxml import etree, html
from sqlalchemy import func, select

from komek.testing.surfer import Surfer
from services import cases, custody, directory, documents, journal, processes, registry
from services.cases.models import Instance, Task
from services.config import ROOT
from services.custody.models import CustodyEvent
from services.db import db
from services.documents.models import NumberSeries
from tests.people.life import ANNULLED, BACK, DEATH, DISTRICT, POSTED, WITHDRAWAL, case_of, corrected, open_steps, tell
from tests.people.office import ALL_PAPERS, APPLICATION, OFFICE, Office, Psc


def offered(surfer: Surfer, case_id: int) -> list[str]:
    """What this person may tell of the case, by its name."""
    tree = html.fromstring(surfer.get(f"/cases/{case_id}").text)
    links = tree.xpath("//a[contains(@href, '/happenings/')]")
    return [str(each.xpath("string(text()[last()])")).strip() for each in links]


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


def test_what_is_not_registered_yet_has_nothing_to_end(office: Office) -> None:
    case_id = office.open()
    refused = tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL, 422)
    assert "Өтініш әлі тіркелмеген" in refused
    assert open_steps(case_id) == ["register"]


def test_papers_go_back_to_the_applicant_a_representative_with_a_power_or_by_a_number_that_the_post_gives(
    office: Office,
) -> None:
    case_id = office.run(2)
    tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL)
    stranger = {**BACK, "received_by": "Бөтенов Нұсқа"}
    mistyped = {"way": "posted", "postal_number": "RR123456784KZ"}
    for answers in (stranger, {**stranger, "identified_by": "power_of_attorney"}, mistyped):
        assert office.work(case_id, "clerk", answers).status_code == 422, answers
    power = {**stranger, "identified_by": "power_of_attorney", "power_of_attorney": "№ 5, 01.03.2026"}
    assert office.work(case_id, "clerk", power).status_code == 200
    paper = documents.papers_of(case_id)[-1]
    assert (paper.item, paper.content["received_by"]) == ("doc.papers_back", "Бөтенов Нұсқа")


@pytest.mark.parametrize("way", ["handed_over", "posted"])
def test_nobody_signs_for_papers_of_which_none_goes_back(office: Office, way: str) -> None:
    case_id = office.run(2)
    tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL)
    none = dict.fromkeys(ALL_PAPERS, "0")
    page = office.work(case_id, "clerk", {**BACK, "way": way, "postal_number": "RR123456785KZ", **none})
    assert page.status_code == 422
    assert "ештеңе қайтарылмайды" in page.text.lower()
    assert "doc.papers_back" not in {each.item for each in documents.papers_of(case_id)}
    assert office.work(case_id, "clerk", {"way": "kept", **none}).status_code == 200


def test_the_history_names_what_was_told_and_why(office: Office) -> None:
    case_id = office.run(2)
    tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL)
    office.person("clerk").get(f"/cases/{case_id}")
    history = " ".join(office.person("clerk").tree.xpath("//section[@id='history']")[0].text_content().split())
    assert "қолмен хабарланды — Қайтарып алды — 02.03.2026 жазбаша өтініші бойынша" in history


# ---------------------------------------------------------------- the applicant dies


def test_after_a_death_papers_that_nobody_takes_are_kept_with_the_file(office: Office) -> None:
    case_id = office.run(3)
    tell(office.person("executor"), case_id, "Қайтыс болды", DEATH)
    office.work(case_id, "clerk", {"way": "kept"})
    assert case_of(case_id).outcome == "died"
    assert "doc.papers_back" not in papers(case_id)


def test_after_a_death_an_heir_signs_for_the_papers(psc: Psc) -> None:
    case_id = psc.accept()
    tell(psc.person("psc_inspector"), case_id, "Қайтыс болды", DEATH)
    psc.work(case_id, "psc_inspector", {**BACK, "received_by": "Нұсқабаева Дерек"})
    page = psc.person("psc_inspector").get(f"/cases/{case_id}").text
    assert "қолхатпен берілді" in page and "өтініш берушіге берілді" not in page
    assert custody.paper(psc.folder(case_id)).state == "gone"


def test_a_death_told_at_the_psc_ends_the_case_at_both_offices(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    tell(psc.person("psc_inspector"), case_id, "Қайтыс болды", DEATH)
    psc.work(case_id, "clerk", {"way": "kept"})
    assert (case_of(case_id).outcome, open_steps(case_id)) == ("died", [])


# ---------------------------------------------------------------- another district


def test_an_application_of_another_district_goes_on_with_a_letter_and_the_applicant_is_told(office: Office) -> None:
    case_id = office.run(1)
    number = case_of(case_id).number
    tell(office.person("head"), case_id, "Басқа аудан", DISTRICT)
    assert open_steps(case_id) == ["send_on"]
    letter = documents.papers_of(case_id)[-1]
    assert (letter.item, letter.content["number"]) == ("doc.sent_on", number)
    assert letter.content["applicant_address"] == APPLICATION["address"], "by it the other body sees that it is theirs"
    assert "Алакөл" in str(letter.content["body_name"])
    office.work(case_id, "clerk", POSTED)
    case = case_of(case_id)
    assert (case.outcome, case.number) == ("sent_on", number)


def test_the_letter_s_number_stands_in_the_register_beside_how_the_application_ended(office: Office) -> None:
    case_id = office.run(1)
    tell(office.person("head"), case_id, "Басқа аудан", DISTRICT)
    office.work(case_id, "clerk", {**POSTED, "way": "messenger", "received_by": "Бөтенов Нұсқа"})
    today = directory.today()
    (line,) = cases.register(OFFICE, today, today)
    letter = documents.papers_of(case_id)[-1]
    assert (line.outcome, line.outgoing) == ("sent_on", letter.content["outgoing_number"])


def test_the_psc_is_told_that_the_body_sent_its_application_on(psc: Psc) -> None:
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    tell(psc.person("head"), case_id, "Басқа аудан", DISTRICT)
    psc.work(case_id, "clerk", POSTED)
    case = case_of(case_id)
    assert (case.outcome, case.kept, open_steps(case_id)) == ("sent_on", 0, [])
    psc.person("clerk").get(f"/cases/{case_id}")
    lies = psc.person("clerk").tree.xpath("//section[@id='custody']")[0].text_content()
    assert "берген не жіберген" in lies and "өтініш беруші" not in lies


# ---------------------------------------------------------------- a registration is annulled


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


def test_an_iin_is_corrected_to_one_that_can_be_and_is_not_shown_to_whoever_corrects_a_name(office: Office) -> None:
    case_id = office.run(2)
    clerk, known = office.person("clerk"), APPLICATION["iin"]
    page = clerk.get(f"/cases/{case_id}").text
    address = re.search(rf'href="(/cases/{case_id}/happenings/begin-[^"]+)"', page)
    assert address and known not in clerk.get(address[1]).text
    answers = {name: APPLICATION[name] for name in ("surname", "given_name", "patronymic", "address")}
    refused = tell(clerk, case_id, "Деректер қате екен", {**answers, "iin": "850101100013", "reason": "x"}, 422)
    assert "бақылау цифры" in refused
    corrected(clerk, case_id, iin="", surname="Үлгібаевский")
    assert cases.reveal_iin(case_id, directory.staff_at(OFFICE, "clerk")[0]) == known


def test_whoever_corrects_a_name_is_told_that_a_drafted_answer_keeps_the_former_one(office: Office) -> None:
    for steps, told in ((2, False), (5, True)):
        case_id = office.run(steps)
        page = office.person("clerk").get(f"/cases/{case_id}").text
        address = re.search(rf'href="(/cases/{case_id}/happenings/begin-[^"]+)"', page)
        assert address and ("бұрынғы деректер қалады" in office.person("clerk").get(address[1]).text) == told


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


# ---------------------------------------------------------------- under a diagram of before, and in a rehearsal

OFF = ("Lane_Life", "Sub_Withdrawal", "Sub_Death", "Sub_WrongDistrict", "Sub_Annulment", "Event_Overruled",
       "Service_Overrule", "Flow_Overruled", "Flow_ToNewResolution")  # fmt: skip


def drawn_before() -> bytes:
    """The direct route as it was drawn before any of this could happen on it."""
    root = etree.fromstring((ROOT / "bpmn" / "direct.bpmn").read_bytes())
    gone = {each.get("id") for name in OFF for each in root.xpath(f"//*[@id='{name}']//@id/..")}
    for each in list(root.iter("{*}*")):
        if {each.get("id"), each.get("bpmnElement"), (each.text or "").strip()} & gone:
            each.getparent().remove(each)
    return etree.tostring(root)


def test_a_case_under_a_diagram_that_knew_none_of_it_is_corrected_and_taken_up_again(office: Office) -> None:
    plugins = registry.current()
    every = {file.name: file.read_bytes() for file in plugins.matching("bpmn/*.bpmn").values()}
    every |= {file.name: file.read_bytes() for file in plugins.matching("bpmn/*.dmn").values()}
    processes.install({**every, "direct.bpmn": drawn_before()}, plugins, name="before", actor="test")
    case_id = office.run(2)
    before = processes.in_force("direct")
    processes.install(
        {**every, "direct.bpmn": every["direct.bpmn"] + b"<!-- of today -->"}, plugins, name="now", actor="test"
    )
    assert processes.in_force("direct") != before
    assert offered(office.person("clerk"), case_id) == ["Деректер қате екен"]
    assert offered(office.person("head"), case_id) == ["Қосарланған"]
    corrected(office.person("clerk"), case_id, surname="Үлгібаевский")
    for steps, outcome in ((office.steps()[2:-1], None), (office.steps()[-1:], "approved")):
        for role, answers in steps:
            assert office.work(case_id, role, {**answers, "received_by": "Үлгібаевский Мысал"}).status_code == 200
        assert case_of(case_id).outcome == outcome
    notice = [paper.content for paper in documents.papers_of(case_id) if paper.item == "doc.notice_signed"][-1]
    assert notice["applicant_name"] == "Үлгібаевский Мысал Сынақұлы"
    tell(office.person("head"), case_id, "Іс қайта ашылды", {"order": "№ 13, 02.03.2026", "reason": "Қате шешім"})
    assert (case_of(case_id).outcome, open_steps(case_id)) == (None, ["resolution"])
    for role, answers in office.steps()[1:]:
        assert office.work(case_id, role, {**answers, "received_by": "Үлгібаевский Мысал"}).status_code == 200
    assert (case_of(case_id).outcome, open_steps(case_id)) == ("approved", [])


@pytest.mark.parametrize(
    ("title", "answers", "then", "outcome"),
    [("Қайтарып алды", WITHDRAWAL, BACK, "application_withdrawn"), ("Басқа аудан", DISTRICT, POSTED, "sent_on")],
)
def test_a_designer_rehearses_what_happens_and_no_register_no_paper_and_no_person_knows_of_it(
    house: Flask, title: str, answers: dict[str, object], then: dict[str, object], outcome: str
) -> None:
    designer = directory.staff_at(str(registry.current().facts()["control_office"]), "designer")[0]
    numbers = db.session.scalar(select(func.count()).select_from(NumberSeries))
    case_id = cases.rehearse(processes.in_force("direct"), designer, office_key=OFFICE)
    surfer = Surfer(house).sign_in(designer.login)

    def work(said: dict[str, object]) -> None:
        wanted = select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None), Task.waits_for == "person")
        task_id = db.session.scalars(wanted).one()
        surfer.get(f"/cases/{case_id}")
        page = surfer.submit(f"/inbox/{task_id}/complete", said)
        assert page.status_code == 200, page.text
        db.session.rollback()

    work(dict(APPLICATION))
    tell(surfer, case_id, title, answers)
    work(then)
    assert case_of(case_id).outcome == outcome
    assert db.session.scalar(select(func.count()).select_from(NumberSeries)) == numbers
    assert db.session.scalar(select(func.count()).select_from(CustodyEvent)) == 0
