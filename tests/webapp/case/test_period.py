"""An assignment has its period: its end is told, its recheck listed, the next application carries what did not change.

The rule of the period: «from the month of application to the end of the quarter», balkhash.gov.kz (DIGEST, section 4).
"""

import io
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, clock, directory, documents, jobs, journal, registry
from services.cases.models import Case
from services.cases.pages import rechecks
from services.cases.terms import period_of
from services.db import db
from services.notices.models import Notice
from tests.people.contesting import COMPLAINT, DISMISSED, POSTED, TITLE, another, work
from tests.people.life import tell
from tests.people.office import OFFICE, Office, Psc

FEBRUARY = datetime(2026, 2, 10, 5, 0, tzinfo=UTC)
MARCH_20 = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)
APRIL_3 = datetime(2026, 4, 3, 5, 0, tzinfo=UTC)
#: what is asked of whoever comes again beside the answers that are carried over
ANEW = {
    **{f"documents-{key}": "1" for key in ("application", "address_certificate", "income", "maintenance_bill",
                                           "utility_bills")},
    "carried_confirmed": "yes",
}  # fmt: skip
FIGURES_ANEW = {
    "papers": "complete", "members-0-income": "45000", "expenses-0-kind": "heating", "expenses-0-amount": "28000",
    "household_confirmed": "yes",
}  # fmt: skip


@pytest.fixture
def office(house: Flask) -> Office:
    return Office(house)


def granted(office: Office, until: int | None = None) -> int:
    with clock.stopped(FEBRUARY):
        return office.run(until)


def case_of(case_id: int) -> Case:
    db.session.rollback()
    return db.session.get_one(Case, case_id, populate_existing=True)


@pytest.mark.parametrize(
    ("opened", "after", "first", "last"),
    [
        ((2013, 3, 4), None, (2013, 3, 1), (2013, 3, 31)),
        ((2013, 12, 31), None, (2013, 12, 1), (2013, 12, 31)),
        ((2024, 1, 1), None, (2024, 1, 1), (2024, 3, 31)),
        ((2026, 3, 20), (2026, 3, 31), (2026, 4, 1), (2026, 6, 30)),
        ((2026, 5, 2), (2026, 3, 31), (2026, 5, 1), (2026, 6, 30)),
        ((2026, 12, 20), (2026, 12, 31), (2027, 1, 1), (2027, 3, 31)),
    ],
)
def test_an_assignment_runs_from_the_month_of_the_application_to_the_end_of_the_quarter_and_after_what_it_follows(
    house: Flask, opened: tuple[int, int, int], after: tuple[int, int, int] | None, first: tuple, last: tuple
) -> None:
    case = Case(body_key=OFFICE, opened_at=datetime(*opened, 8, tzinfo=UTC))
    found = period_of(registry.current(), case, date(*after) if after else None)
    assert found is not None and (found.first, found.last) == (date(*first), date(*last))


def test_the_period_is_shown_before_it_is_signed_and_stands_on_the_notice_the_case_and_in_the_book(
    office: Office,
) -> None:
    case_id = granted(office, 4)
    with clock.stopped(FEBRUARY):
        assert case_of(case_id).assigned_from is None, "nothing runs before it is signed"
        page = office.person("head").get(f"/cases/{case_id}").text
        assert 'datetime="2026-02-01"' in page and 'datetime="2026-03-31"' in page
        office.work(case_id, "head", {"verdict": "agree"})
        office.work(case_id, "head", {"verdict": "sign"})
        office.work(case_id, "executor", dict(office.steps()[6][1]))
        case = case_of(case_id)
        assert (case.assigned_from, case.assigned_until) == (date(2026, 2, 1), date(2026, 3, 31))
        notice = documents.newest_paper(case_id, "doc.notice_signed")
        assert notice is not None
        assert (notice.content["period_from_on"], notice.content["period_until_on"]) == ("2026-02-01", "2026-03-31")
        assert "01.02.2026" in office.person("clerk").get(f"/cases/{case_id}").text
        (line,) = [
            each for each in cases.register(OFFICE, directory.today(), directory.today()) if each.number == case.number
        ]
        assert line.period == "01.02.2026 – 31.03.2026"


def test_another_day_or_more_months_than_the_rule_says_need_a_reason(office: Office) -> None:
    case_id = granted(office, 3)
    with clock.stopped(FEBRUARY):
        for changed in ({"period_from": "01.03.2026"}, {"period_from": "01.02.2026", "period_months": "3"}):
            assert office.work(case_id, "executor", changed).status_code == 422
        slip = {"period_from": "31.12.9999", "period_months": "12", "departure_reason": "Бір жолғы шешім"}
        refused = office.work(case_id, "executor", slip)
        assert refused.status_code == 422 and "Бұл күнге әлі он жылдан астам уақыт бар." in refused.text
        kept = office.work(case_id, "executor", {**changed, "departure_reason": "Бір жолғы шешім"})
        assert kept.status_code == 200
        assert 'datetime="2026-04-30"' in office.person("head").get(f"/cases/{case_id}").text


def told_of() -> list[tuple[str, str | None, datetime]]:
    db.session.rollback()
    told = db.session.scalars(select(Notice).where(Notice.clock == "period").order_by(Notice.id))
    return [(each.kind, each.to_role, each.at) for each in told]


def test_the_end_comes_by_itself_and_a_quarter_s_end_is_told_once_to_the_office_however_many_end(
    office: Office,
) -> None:
    case_id = granted(office)
    granted(office)
    due, over = datetime(2026, 3, 16, 4, tzinfo=UTC), datetime(2026, 4, 1, 4, tzinfo=UTC)
    known: list[tuple[str, str | None, datetime]] = []
    for at, kind in ((due, "recheck_due"), (over, "assignment_ended")):
        jobs.work_off(at - timedelta(minutes=1))
        assert told_of() == known
        jobs.work_off(at)
        known += [(kind, "clerk", at), (kind, "executor", at)]
        assert told_of() == known
    with clock.stopped(APRIL_3):
        executor = office.person("executor")
        assert "тағайындау мерзімі өздігінен аяқталды" in executor.get(f"/cases/{case_id}").text
        assert "мерзімі аяқталды" in executor.get("/notices/").text
        assert executor.tree.xpath("//a[@href='/rechecks/?last=2026-03-31&state=missed']")
        tell(office.person("clerk"), case_id, TITLE, {**COMPLAINT, "known_on": "01.04.2026"})
        assert work(office, another(office, "head"), case_id, DISMISSED).status_code == 200
        office.work(case_id, "clerk", POSTED)
        jobs.work_off(APRIL_3 + timedelta(minutes=1))
        assert case_of(case_id).outcome == "approved"
        ended = [each.event for each in journal.read(f"case:{case_id}")].count("case.assignment_ended")
        assert ended == 1, "a complaint that changes nothing does not end it once more"


def test_the_next_application_carries_what_did_not_change_and_nothing_counts_before_it_is_confirmed(
    office: Office,
) -> None:
    former = granted(office)
    clerk = office.person("clerk")
    with clock.stopped(MARCH_20):
        page = clerk.get("/rechecks/?state=due").text
        assert case_of(former).number in page and "31.03.2026" in page
        clerk.submit(f"/cases/{former}/follow")
        second = int(clerk.page.request.path.rpartition("/")[2])
        form = clerk.tree
        assert form.xpath("string(//input[@name='surname']/@value)") == "Үлгібаев"
        assert form.xpath("//input[@name='documents_carried-identity']/@checked")
        assert not form.xpath("//input[@name='documents_carried-income']"), "what is of a quarter is brought anew"
        assert form.xpath("count(//p[@class='carried'])") == 8
        refused = office.work(second, "clerk", {**ANEW, "carried_confirmed": ""})
        assert refused.status_code == 422 and case_of(second).number is None
        assert office.work(second, "clerk", ANEW).status_code == 200, "the former case is no second one of its term"
        assert f'href="/cases/{former}"' in clerk.get(f"/cases/{second}").text
        entered = clerk.tree.xpath("string(//section[@id='facts'])")
        assert entered and "carried_confirmed" not in entered and "documents_carried" not in entered, (
            "each question in its words"
        )
        assert f'href="/cases/{second}"' in clerk.get(f"/cases/{former}").text
        assert case_of(second).number in clerk.get("/rechecks/?state=came").text
        again = clerk.get(f"/cases/{former}").text
        assert f'action="/cases/{former}/follow"' not in again, "nobody begins it twice"
        office.work(second, "head", {"executor": office.executor_id})
        executor = office.person("executor")
        executor.get(f"/cases/{second}")
        assert executor.tree.xpath("string(//input[@name='members-0-name']/@value)") == "Үлгібаев Мысал Сынақұлы"
        assert not executor.tree.xpath("string(//input[@name='members-0-income']/@value)"), "incomes are asked anew"
        unchecked = office.work(second, "executor", {**FIGURES_ANEW, "household_confirmed": ""})
        assert unchecked.status_code == 422
        office.work(second, "executor", FIGURES_ANEW)
        for role, answers in office.steps()[3:]:
            assert office.work(second, role, answers).status_code == 200
    assert (case_of(second).assigned_from, case_of(second).assigned_until) == (date(2026, 4, 1), date(2026, 6, 30))


def test_who_missed_the_recheck_is_listed_and_a_later_application_counts_from_its_own_month(office: Office) -> None:
    former = granted(office)
    clerk = office.person("clerk")
    with clock.stopped(datetime(2026, 5, 12, 5, tzinfo=UTC)):
        clerk.get("/rechecks/")
        page = clerk.submit("/rechecks/", {"words": "850101100012", "state": "missed"}).text
        assert case_of(former).number in page
        assert case_of(former).number not in clerk.submit("/rechecks/", {"words": "Басқабаев", "state": ""}).text
        clerk.get("/rechecks/")
        clerk.submit(f"/cases/{former}/follow")
        second = int(clerk.page.request.path.rpartition("/")[2])
        found = period_of(registry.current(), case_of(second), date(2026, 3, 31))
    assert found is not None and (found.first, found.last) == (date(2026, 5, 1), date(2026, 6, 30))


def test_an_assignment_is_found_by_a_frequent_name_or_the_list_says_that_it_looked_at_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = granted(office)
    for _ in range(3):
        office.run(until=1)
    clerk = office.person("clerk")
    with clock.stopped(datetime(2026, 5, 12, 5, tzinfo=UTC)):
        for looked_at, is_found in ((3, False), (4, True)):
            monkeypatch.setattr(rechecks, "CAP", looked_at)
            clerk.get("/rechecks/")
            page = clerk.submit("/rechecks/", {"words": "Үлгібаев", "state": ""}).text
            assert (case_of(former).number in page) is is_found
            assert ("Сөздерді толығырақ жазыңыз" in page) is not is_found
            assert "Мұнда ештеңе жоқ" not in page, "nothing is said to be nowhere that was not looked for"


def test_an_applicant_is_told_by_a_letter_with_its_number_or_by_word_of_mouth(office: Office) -> None:
    first, second = granted(office), granted(office)
    clerk = office.person("clerk")
    with clock.stopped(MARCH_20):
        clerk.get("/rechecks/")
        clerk.submit("/rechecks/remind", {"way": "letter", "case": str(first)})
        clerk.get("/rechecks/")
        clerk.submit("/rechecks/remind", {"way": "spoken", "case": str(second)})
        letter = documents.newest_paper(first, "doc.reminder")
        assert letter is not None and letter.content["outgoing_number"]
        assert documents.newest_paper(second, "doc.reminder") is None
        clerk.get("/rechecks/")
        twice = clerk.submit("/rechecks/remind", {"way": "letter", "case": str(first)})
        assert [each.item for each in documents.papers_of(first)].count("doc.reminder") == 1, "once a day"
        assert len(clerk.tree.xpath("//tr[@class='wrong']")) == 1 and "бүгін айтылған" in twice.text
        for case_id in (first, second):
            assert case_of(case_id).recheck_told_at == MARCH_20
            assert case_of(case_id).number in clerk.get("/rechecks/?state=told").text
        assert clerk.tree.xpath("//form[contains(@action, '.pdf')]/@action") == [f"/papers/{letter.id}.pdf"]
        refused = clerk.submit("/rechecks/remind", {"way": "spoken"})
        assert "Кемінде бір жолды" in refused.text
    with clock.stopped(APRIL_3):
        executor = office.person("executor")
        executor.get("/rechecks/")
        assert not executor.tree.xpath("//form[@id='remind']"), "what is over is not reminded of"


def test_several_are_told_at_once_with_a_verdict_each_and_their_letters_are_printed_as_one_file(office: Office) -> None:
    first, second, third = granted(office), granted(office), granted(office, 2)
    clerk = office.person("clerk")
    with clock.stopped(MARCH_20):
        clerk.get("/rechecks/")
        clerk.submit("/rechecks/remind", {"way": "letter", "case": [first, second, third, 10**9]})
        done = {
            row.xpath("string(td[1])").strip(): row.xpath("string(td[2])")
            for row in clerk.tree.xpath("//section[@class='verdicts']//tbody/tr")
        }
        numbers = {case_of(each).number for each in (first, second)}
        assert {number for number in done if "хат дайындалды" in done[number]} == numbers
        assert "орындалмады" in done[case_of(third).number or ""] and "орындалмады" in done["—"]
        printed = clerk.submit("/rechecks/letters.pdf")
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(printed.data)).pages]
        assert len(pages) == 3, "the list in front, and a letter each"
        assert all(str(number) in pages[0] for number in numbers)
        assert {paper.copies for each in (first, second) for paper in documents.papers_of(each)
                if paper.item == "doc.reminder"} == {1}  # fmt: skip
        nothing = clerk._ask("POST", "/rechecks/letters.pdf", data={**token(clerk), "case": [str(third)]})
        assert nothing.status_code == 409


def token(surfer: Surfer) -> dict[str, str]:
    surfer.get("/")
    return {"csrf_token": surfer.tree.xpath("string(//input[@name='csrf_token']/@value)")}


def typed_in(people: Office | Psc, role: str, **answers: str) -> tuple[int, Surfer]:
    """An application in which that stands so far, and whoever typed it, before the page that looked it up."""
    case_id = people.open()
    surfer = people.person(role)
    surfer.get(f"/cases/{case_id}")
    surfer.submit(f"/inbox/{people.task(case_id)}/complete", {**answers, "_preview": "1"})
    return case_id, surfer


def carry(surfer: Surfer) -> list[str]:
    return list(surfer.tree.xpath("//button[@name='_carry']/@value"))


def test_the_counter_is_told_of_what_was_assigned_before_and_one_press_carries_it_over_and_keeps_what_was_typed(
    office: Office,
) -> None:
    former = granted(office)
    with clock.stopped(APRIL_3):
        second, clerk = typed_in(office, "clerk", iin="850101100012", phone="8 701 000 00 02", given_name="Басқа")
        task = office.task(second)
        (told,) = clerk.tree.xpath("//section[contains(@class, 'alike')]")
        assert all(said in told.text_content() for said in (str(case_of(former).number), "01.02.2026", "31.03.2026"))
        assert carry(clerk) == [str(former)]
        live = clerk._ask("POST", f"/inbox/{task}/beside", data={**dict(clerk.form("/complete").form_values())})
        assert f'value="{former}"' in live.text and "<html" not in live.text
        clerk.submit(f"/inbox/{task}/complete", {"_carry": str(former)})
        stands = {
            name: clerk.tree.xpath(f"string(//input[@name='{name}']/@value)")
            for name in ("surname", "given_name", "phone", "address")
        }
        assert stands == {"surname": "Үлгібаев", "given_name": "Басқа", "phone": "8 701 000 00 02",
                          "address": "Талдықорған қаласы, Үлгі көшесі, 1-үй, 1-пәтер"}  # fmt: skip
        marked = {each.removeprefix("carried-") for each in clerk.tree.xpath("//p[@class='carried']/@id")}
        assert {"surname", "address", "iin"} <= marked and not {"given_name", "phone"} & marked, "typed is not carried"
        assert carry(clerk) == [], "it follows one already"
        assert office.work(second, "clerk", ANEW).status_code == 200
        assert f'href="/cases/{former}"' in clerk.get(f"/cases/{second}").text
        third, clerk = typed_in(office, "clerk", iin="850101100012")
        assert carry(clerk) == [], "nobody begins it twice"
        again = clerk._ask("POST", f"/inbox/{office.task(third)}/complete", data={**token(clerk), "_carry": former})
        assert again.status_code == 409


def test_another_person_of_the_dwelling_is_told_of_it_and_carries_nothing_over(office: Office) -> None:
    former = granted(office)
    with clock.stopped(APRIL_3):
        address = "талдықорған қаласы Үлгі көшесі 1-үй 1 пәтер"
        _, clerk = typed_in(office, "clerk", iin="900101300018", address=address)
        assert case_of(former).number in clerk.page.text and carry(clerk) == []
        _, clerk = typed_in(office, "clerk", address=address)
        assert carry(clerk) == [str(former)], "the act asks for no IIN: whoever stands there says who they are"


def test_of_what_another_office_assigned_the_counter_is_told_nothing(house: Flask, office: Office) -> None:
    former = granted(office)
    with clock.stopped(APRIL_3):
        for people, role in ((Office(house, "TALGAR"), "clerk"), (Psc(house), "psc_inspector")):
            case_id, stranger = typed_in(people, role, iin="850101100012")
            assert case_of(former).number not in stranger.page.text and carry(stranger) == [], role
            sent = {**token(stranger), "_carry": str(former), "surname": "Жаңа"}
            assert stranger._ask("POST", f"/inbox/{people.task(case_id)}/complete", data=sent).status_code == 403
            stranger.get(f"/cases/{case_id}")
            assert stranger.tree.xpath("string(//input[@name='surname']/@value)") == "Жаңа", "what was typed is kept"


def test_a_psc_learns_what_was_assigned_when_the_result_is_handed_out_and_not_before(house: Flask) -> None:
    psc = Psc(house)
    inspector = psc.person("psc_inspector")
    with clock.stopped(FEBRUARY):
        former = psc.accept()
        psc.carry(former)
        psc.decide(former)
        assert case_of(former).assigned_until == date(2026, 3, 31)
        assert case_of(former).number not in inspector.get("/rechecks/").text
        assert f"/cases/{former}/follow" not in inspector.get(f"/cases/{former}").text
        assert inspector._ask("POST", f"/cases/{former}/follow", data=token(inspector)).status_code == 409
        _, inspector = typed_in(psc, "psc_inspector", iin="850101100012")
        assert carry(inspector) == []
        psc.give_back(former)
        second, inspector = typed_in(psc, "psc_inspector", iin="850101100012")
        assert carry(inspector) == [str(former)], "of this quarter: beside the one that it may repeat"
        inspector.submit(f"/inbox/{psc.task(second)}/complete", {"_carry": str(former)})
        psc.work(second, "psc_inspector", ANEW)
        assert f'href="/cases/{former}"' in inspector.get(f"/cases/{second}").text


def test_boards_count_what_ends_what_was_rechecked_and_what_was_missed_and_each_figure_leads_there(
    house: Flask, office: Office
) -> None:
    first, second = granted(office), granted(office)
    with clock.stopped(APRIL_3):
        clerk = office.person("clerk")
        clerk.get(f"/cases/{first}")
        clerk.submit(f"/cases/{first}/follow")
        for login, path in (("control", "region"), ("head.taldykorgan", "offices/TALDYKORGAN")):
            who = Surfer(house).sign_in(login)
            who.get(f"/boards/{path}?since=2026-03-01&until=2026-03-31")
            found = {}
            for link in who.tree.xpath("//dl[@class='numbers']//a[contains(@href, 'what=ends')]"):
                found[dict(parse_qsl(urlsplit(link.get("href")).query)).get("of", "")] = (
                    link.text_content(),
                    link.get("href"),
                )
            assert {of: said for of, (said, _) in found.items()} == {"": "2", "rechecked": "1", "missed": "1"}, login
            for said, address in found.values():
                who.get(address)
                assert who.tree.xpath("//dd/@data-total") == [said]
            who.get(found["missed"][1])
            assert case_of(second).number in who.page.text and case_of(first).number not in who.page.text
            who.get(f"/boards/{path}?since=2026-04-01&until=2026-06-30")
            assert not who.tree.xpath("//a[contains(@href, 'what=ends')]")


def test_the_end_stands_where_one_looks_for_it_in_the_search_and_in_the_history(office: Office) -> None:
    case_id = granted(office)
    with clock.stopped(MARCH_20):
        executor = office.person("executor")
        executor.find(str(case_of(case_id).number)[-5:])
        executor.find("Үлгібаев")
        assert "31.03.2026" in executor.tree.xpath("string(//tr[@data-row]//td[contains(@class, 'when')])")
        executor.get(f"/cases/{case_id}")
        lines = [line.text_content() for line in executor.tree.xpath("//ol[@class='history']/li")]
        assert any("01.02.2026 – 31.03.2026" in line for line in lines)


def test_an_application_that_was_discarded_follows_nothing(office: Office) -> None:
    former = granted(office)
    clerk = office.person("clerk")
    with clock.stopped(MARCH_20):
        clerk.get(f"/cases/{former}")
        clerk.submit(f"/cases/{former}/follow")
        second = int(clerk.page.request.path.rpartition("/")[2])
        clerk.submit(f"/cases/{second}/discard")
        clerk.get(f"/cases/{former}")
        assert clerk.tree.xpath(f"//form[@action='/cases/{former}/follow']")


def test_who_has_no_role_there_sees_no_list_and_begins_nothing(house: Flask, office: Office) -> None:
    former = granted(office)
    stranger = Psc(house, "PSC_TEKELI").person("psc_inspector")
    with clock.stopped(MARCH_20):
        stranger.get("/rechecks/")
        assert case_of(former).number not in stranger.page.text
        token = {"csrf_token": stranger.tree.xpath("string(//input[@name='csrf_token']/@value)")}
        assert stranger._ask("POST", f"/cases/{former}/follow", data=token).status_code == 403
        told = stranger._ask("POST", "/rechecks/remind", data={**token, "case": former, "way": "letter"})
        assert case_of(former).number not in told.text and f"/cases/{former}" not in told.text
        assert case_of(former).recheck_told_at is None and documents.newest_paper(former, "doc.reminder") is None
        assert stranger._ask("POST", "/rechecks/letters.pdf", data={**token, "case": former}).status_code == 409
        courier = Psc(house).person("courier")
        assert courier.get("/rechecks/").status_code == 403


def test_a_psc_lists_what_it_took_in_and_begins_the_next_application_there(house: Flask) -> None:
    psc = Psc(house)
    with clock.stopped(FEBRUARY):
        former = psc.run()
    assert case_of(former).assigned_until == date(2026, 3, 31)
    inspector = psc.person("psc_inspector")
    with clock.stopped(MARCH_20):
        assert case_of(former).number in inspector.get("/rechecks/?state=due").text
        assert not inspector.tree.xpath("//form[@id='remind']"), "the body writes letters"
        inspector.submit(f"/cases/{former}/follow")
        second = int(inspector.page.request.path.rpartition("/")[2])
        assert case_of(second).route == "psc"
        psc.work(second, "psc_inspector", ANEW)
        psc.carry(second)
        psc.work(second, "clerk", {"papers": "match"}, together=True)
        psc.work(second, "head", {"executor": psc.executor_id})
        executor, task = psc.person("executor"), psc.task(second)
        executor.get(f"/cases/{second}")
        executor.submit(f"/inbox/{task}/complete", {**FIGURES_ANEW, "_preview": "1"})
        assert executor.submit(f"/inbox/{task}/complete", {"_together": "1"}).status_code == 200
        psc.work(second, "head", {"verdict": "agree"})
        psc.work(second, "head", {"verdict": "sign"})
    assert (case_of(second).assigned_from, case_of(second).assigned_until) == (date(2026, 4, 1), date(2026, 6, 30))
