"""Off the counter's usual way, over the pages: a representative, a letter that comes back, a result nobody fetches."""

import re
from datetime import datetime

import pytest
from flask import Flask
from lxml import html

from services import cases, clock, custody, documents, jobs, journal
from services.cases.models import Applicant
from services.db import db
from tests.people.life import DEATH, case_of, open_steps, tell
from tests.people.office import APPLICATION, OFFICE, RECEIVED, Office, Psc

MONDAY = datetime.fromisoformat("2026-03-02T10:00+05:00")
BY_POWER = {
    "represented": "yes",
    "representative": "Сынақова Үлгі Мысалқызы",
    "power_number": "77-Д",
    "power_on": "02.02.2026",
    "power_until": "06.03.2026",
    "power_by": "Нотариус Н. Н. Нұсқаев",
    "application_signed_by": "representative",
    "notice_taken_by": "representative",
}


@pytest.fixture
def office(house: Flask) -> Office:
    return Office(house)


@pytest.fixture
def psc(house: Flask) -> Psc:
    return Psc(house)


def faults(page: str) -> list[str]:
    return [str(each.text_content()).strip() for each in html.fromstring(page).xpath("//*[@id='summary']//li")]


def applied(office: Office, **more: object) -> int:
    case_id = office.open()
    page = office.work(case_id, "clerk", {**APPLICATION, **BY_POWER, **more})
    assert page.status_code == 200, faults(page.text)
    return case_id


# ---------------------------------------------------------------- a representative applies


def test_a_representative_applies_and_talon_notice_book_and_search_say_so(office: Office) -> None:
    with clock.stopped(MONDAY):
        case_id = applied(office)
        for role, answers in office.steps()[1:6]:
            assert office.work(case_id, role, answers).status_code == 200
        made = {paper.item: paper.content for paper in documents.papers_of(case_id)}
        talon = made["doc.talon"]
        assert (talon["representative_name"], talon["power"]) == ("Сынақова Үлгі Мысалқызы", "№ 77-Д, 02.02.2026")
        assert (talon["power_until"], talon["signed_by_representative"]) == ("06.03.2026", True)
        assert made["doc.notice_signed"]["representative_name"] == "Сынақова Үлгі Мысалқызы"
        day = MONDAY.date()
        (line,) = cases.register(OFFICE, day, day)
        assert line.applicant.endswith("(өкілі: Сынақова Үлгі Мысалқызы, сенімхат № 77-Д, 02.02.2026)")
        assert f'"/cases/{case_id}"' in office.person("clerk").find("Сынақова").text, (
            "by the representative's name, too"
        )
        assert "Сынақова Үлгі Мысалқызы" in office.person("clerk").get(f"/cases/{case_id}").text


def test_a_power_of_attorney_that_ran_out_or_says_too_little_is_refused_at_the_counter(office: Office) -> None:
    with clock.stopped(MONDAY):
        case_id = office.open()
        for answers, words in (
            ({"power_until": "01.03.2026"}, "Сенімхаттың мерзімі өтіп кеткен"),
            ({"power_on": "03.03.2026"}, "Бұл күн әлі келген жоқ"),
            ({"power_number": ""}, "Сенімхаттың нөмірі"),
            ({"application_signed_by": None}, "Өтініште кімнің қолы тұр"),
        ):
            page = office.work(case_id, "clerk", {**APPLICATION, **BY_POWER, **answers})
            assert page.status_code == 422
            assert any(words in each for each in faults(page.text)), faults(page.text)
        page = office.work(
            case_id, "clerk", {**APPLICATION, **BY_POWER, "represented": None, "power_until": "01.03.2026"}
        )
        assert page.status_code == 200, "the applicant came: nothing of it is asked"
        assert db.session.get_one(Applicant, case_id).representative is None


def test_who_takes_the_notice_by_the_power_of_attorney_is_kept_to_its_term_and_words(office: Office) -> None:
    handed = {"way": "handed_over", "received_by": BY_POWER["representative"], "identified_by": "power_of_attorney",
              "power_of_attorney": "№ 77-Д, 02.02.2026"}  # fmt: skip
    with clock.stopped(MONDAY):
        takes, only_applies = applied(office), applied(office, notice_taken_by="applicant")
        for case_id in (takes, only_applies):
            for role, answers in office.steps()[1:6]:
                assert office.work(case_id, role, answers).status_code == 200
        page = office.work(only_applies, "executor", handed)
        assert page.status_code == 422
        assert "хабарламаны ала алмайды" in faults(page.text)[0]
    with clock.stopped(datetime.fromisoformat("2026-03-09T10:00+05:00")):
        page = office.work(takes, "executor", handed)
        assert (page.status_code, "мерзімі өтіп кеткен" in faults(page.text)[0]) == (422, True)
        page = office.work(takes, "executor", {**handed, "power_of_attorney": "№ 90, 07.03.2026"})
        assert page.status_code == 200, faults(page.text)


def test_a_representative_at_a_psc_stands_on_the_receipt_and_withdraws_by_a_power_in_force(psc: Psc) -> None:
    withdrawn = {
        "asked_by": "representative",
        "asked_on": "02.03.2026",
        "power_of_attorney": "77-Д",
        "reason": "Өтініш",
    }
    with clock.stopped(MONDAY):
        case_id = psc.accept(**BY_POWER)
        receipt = next(paper.content for paper in documents.papers_of(case_id) if paper.item == "doc.receipt")
        assert receipt["representative_name"] == BY_POWER["representative"]
    with clock.stopped(datetime.fromisoformat("2026-03-09T10:00+05:00")):
        page = tell(psc.person("psc_inspector"), case_id, "Қайтарып алды", withdrawn, 422)
        assert "мерзімі өтіп кеткен" in faults(page)[0]


# ---------------------------------------------------------------- a letter comes back

POSTED = {"way": "posted", "postal_number": "RR123456785KZ", "received_by": None}
BACK = {"came_on": "02.03.2026", "because": "moved", "reason": "Пошта бөлімшесінің белгісі бойынша"}


def posted(office: Office) -> int:
    """A case that is closed: its notice went by post."""
    case_id = office.run(6)
    assert office.work(case_id, "executor", POSTED).status_code == 200
    assert case_of(case_id).outcome == "approved"
    return case_id


def custody_of(case_id: int) -> list[str]:
    ((_, events),) = custody.papers_of(case_id)
    return [event.event for event in events]


def test_a_letter_that_came_back_is_sent_once_more_and_neither_decision_nor_clock_moves(office: Office) -> None:
    with clock.stopped(MONDAY):
        case_id = posted(office)
        before = case_of(case_id).outer_stopped_at
    with clock.stopped(datetime.fromisoformat("2026-03-16T10:00+05:00")):
        tell(office.person("clerk"), case_id, "Хат қайтып келді", BACK)
        case = case_of(case_id)
        assert (case.closed_at, case.outcome, case.outer_stopped_at) == (None, "approved", before)
        assert open_steps(case_id) == ["redeliver"]
        assert custody.paper(custody.code_of(case_id, "result")).state == "here"
        again = {**POSTED, "postal_number": "RR123456799KZ"}
        assert office.work(case_id, "executor", again).status_code == 200
        case = case_of(case_id)
        assert (case.outcome, case.outer_stopped_at, open_steps(case_id)) == ("approved", before, [])
        assert [paper.item for paper in documents.papers_of(case_id)].count("doc.envelope") == 2
        assert custody_of(case_id)[-3:] == ["posted", "came_back", "posted"]
        lines = [line.event for line in journal.read(f"case:{case_id}", limit=100)]
        assert {"case.happened", "paper.came_back"} <= {*lines} and lines.count("case.closed") == 2


def test_a_letter_that_came_back_is_kept_with_the_file_or_handed_over_at_the_counter(office: Office) -> None:
    with clock.stopped(MONDAY):
        kept, handed = posted(office), posted(office)
        for case_id in (kept, handed):
            tell(office.person("executor"), case_id, "Хат қайтып келді", BACK)
        page = office.work(kept, "executor", {"way": "kept"})
        assert page.status_code == 422, "it says why"
        assert office.work(kept, "executor", {"way": "kept", "kept_why": "Жаңа мекенжайы белгісіз"}).status_code == 200
        note = documents.papers_of(kept)[-1]
        assert (note.item, note.content["because"]) == ("doc.undelivered", "Өтініш беруші көшіп кеткен")
        assert (case_of(kept).outcome, custody_of(kept)[-1]) == ("approved", "kept")
        assert office.work(handed, "executor", {"way": "handed_over", **RECEIVED}).status_code == 200
        assert (case_of(handed).outcome, custody_of(handed)[-1]) == ("approved", "issued")


def test_no_letter_comes_back_of_a_case_whose_notice_was_handed_over_and_none_twice(office: Office) -> None:
    with clock.stopped(MONDAY):
        assert "Хат қайтып келді" not in office.person("clerk").get(f"/cases/{office.run()}").text
        case_id = posted(office)
        surfer = office.person("clerk")
        link = re.search(r'href="([^"]+)"><span class="code">LP</span>', surfer.get(f"/cases/{case_id}").text)
        assert link
        surfer.get(link[1])
        tell(office.person("executor"), case_id, "Хат қайтып келді", BACK)
        assert surfer.submit(link[1], BACK).status_code in (404, 409), "it was told meanwhile"
        assert open_steps(case_id) == ["redeliver"]


# ---------------------------------------------------------------- a result that nobody fetches


def test_a_result_that_nobody_fetches_is_settled_after_the_regions_month_and_told_of_again(office: Office) -> None:
    with clock.stopped(MONDAY):
        case_id = office.run(6)
        assert (
            office.work(case_id, "executor", {"way": "ready", "told_how": "phone", "received_by": None}).status_code
            == 200
        )
        stopped = case_of(case_id).outer_stopped_at
    jobs.work_off(datetime.fromisoformat("2026-04-01T10:00+05:00"))
    assert open_steps(case_id) == ["hand_over"], "a month is not over"
    for month in ("2026-04-02", "2026-05-03"):
        jobs.work_off(datetime.fromisoformat(f"{month}T10:00:01+05:00"))
        assert open_steps(case_id) == ["unclaimed"]
        with clock.stopped(datetime.fromisoformat(f"{month}T11:00+05:00")):
            if month == "2026-04-02":
                assert office.work(case_id, "clerk", {"way": "ready", "told_how": "message"}).status_code == 200
                assert open_steps(case_id) == ["hand_over"]
            else:
                answers = {"way": "kept", "kept_why": "Екі рет хабарланды, келген жоқ"}
                assert office.work(case_id, "clerk", answers).status_code == 200
    case = case_of(case_id)
    assert (case.outcome, case.outer_stopped_at, custody_of(case_id)[-1]) == ("approved", stopped, "kept")
    assert documents.papers_of(case_id)[-1].item == "doc.undelivered"


def test_an_applicant_who_comes_after_the_month_is_handed_the_result_that_day_by_whoever_may_take_it(
    office: Office,
) -> None:
    with clock.stopped(MONDAY):
        case_id = applied(office, notice_taken_by="applicant")
        for role, answers in office.steps()[1:6]:
            assert office.work(case_id, role, answers).status_code == 200
        ready = {"way": "ready", "told_how": "phone", "received_by": None}
        assert office.work(case_id, "executor", ready).status_code == 200
    late = datetime.fromisoformat("2026-04-02T11:00+05:00")
    jobs.work_off(late)
    with clock.stopped(late):
        by_power = {"received_by": BY_POWER["representative"], "identified_by": "power_of_attorney",
                    "power_of_attorney": "77-Д"}  # fmt: skip
        page = office.work(case_id, "clerk", {"way": "handed_over", **by_power})
        assert (page.status_code, "мерзімі өтіп кеткен" in faults(page.text)[0]) == (422, True), (
            "LU knows that power, too"
        )
        assert office.work(case_id, "clerk", {"way": "handed_over", **RECEIVED}).status_code == 200
    assert (case_of(case_id).outcome, custody_of(case_id)[-1], open_steps(case_id)) == ("approved", "issued", [])


def test_no_representative_stands_in_the_facts_of_a_case_without_one(office: Office) -> None:
    with clock.stopped(MONDAY):
        alone = office.run(1)
        assert "Өкіл сенімхатпен жүгініп отыр" not in office.person("clerk").get(f"/cases/{alone}").text


def test_a_power_of_attorney_ends_with_the_death_of_who_gave_it(office: Office) -> None:
    with clock.stopped(MONDAY):
        case_id = applied(office)
        tell(office.person("clerk"), case_id, "Қайтыс болды", DEATH)
        by_power = {"way": "handed_over", "received_by": BY_POWER["representative"],
                    "identified_by": "power_of_attorney"}  # fmt: skip
        page = office.work(case_id, "clerk", {"way": "handed_over"})
        assert (page.status_code, "№ 77-Д, 02.02.2026" in page.text) == (422, False), "nor is it offered"
        page = office.work(case_id, "clerk", {**by_power, "power_of_attorney": "№ 77-Д, 02.02.2026"})
        assert (page.status_code, "қайтыс болуымен" in faults(page.text)[0]) == (422, True)
        heirs = office.work(case_id, "clerk", {**by_power, "power_of_attorney": "№ 90, 02.03.2026"})
        assert heirs.status_code == 200, "the heirs may send somebody"
