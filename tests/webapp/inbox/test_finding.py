"""What is found says how it ended; addresses of forms lead back to their case; refusals are words alone."""

from flask import Flask

from services import cases
from tests.people.office import Office
from tests.people.surfer import Surfer


def test_a_closed_case_that_was_found_shows_its_outcome_and_no_step(house: Flask) -> None:
    office = Office(house)
    office.run()
    cells = office.person("clerk").find("Үлгібаев") and office.person("clerk").tree.xpath("//td[@class='step']")
    assert [cell.text_content().strip() for cell in cells] == ["көмек тағайындалды"]


def test_opening_the_address_of_a_form_leads_to_its_case(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task = office.person("clerk"), office.task(case_id)
    faulty = clerk.get(f"/cases/{case_id}") and clerk.submit(f"/inbox/{task}/complete", {"surname": ""})
    assert faulty.status_code == 422
    for action in (f"/inbox/{task}/complete", f"/inbox/{task}/claim", f"/cases/{case_id}/stop"):
        answer = clerk.get(action)
        assert (answer.status_code, answer.request.path) == (200, f"/cases/{case_id}"), action


def test_refusals_name_no_class_and_nothing_stands_for_a_missing_word(house: Flask) -> None:
    case_id = Office(house).run(until=1)
    stranger = Surfer(house).sign_in("clerk.aksu")
    for path, status in ((f"/cases/{case_id}", 403), ("/nowhere", 404)):
        page = stranger.get(path)
        said = stranger.tree.xpath("//main")[0].text_content()
        assert page.status_code == status
        assert "NotYour" not in said and "PageNotFound" not in said and ": -" not in said and "-, " not in said


def test_the_icon_that_browsers_ask_for_by_habit_is_there(house: Flask) -> None:
    assert Surfer(house).get("/favicon.ico").mimetype == "image/svg+xml"


def test_after_a_step_the_same_list_stands_there_with_the_next_one_first(house: Flask) -> None:
    office = Office(house)
    first, second = office.run(until=1), office.run(until=1)
    head = office.person("head")
    assert "Келесісін алу" not in head.get("/inbox?list=role").text
    task = office.task(first)
    assert head.submit(f"/inbox/{task}/claim").request.args["list"] == "role"
    page = head.submit(f"/inbox/{task}/complete", {"executor": office.executor_id})
    assert (page.request.path, page.request.args["list"]) == ("/", "role")
    form = head.form(f"/inbox/{office.task(second)}/claim")
    assert [each.text_content() for each in form.xpath(".//button")] == ["Келесісін алу"]
    head.submit(f"/inbox/{office.task(second)}/claim")
    done = head.submit(f"/inbox/{office.task(second)}/complete", {"executor": office.executor_id})
    assert "Келесісін алу" not in done.text and "/complete" not in done.text


def test_a_list_that_is_done_gives_way_to_one_with_work(house: Flask) -> None:
    office = Office(house)
    first, _ = office.run(until=1), office.run(until=1)
    office.person("head").get("/inbox?list=role")
    office.person("head").submit(f"/inbox/{office.task(first)}/claim")
    office.person("head").get(f"/cases/{first}")  # opened from nowhere in particular
    page = office.person("head").submit(f"/inbox/{office.task(first)}/complete", {"executor": office.executor_id})
    assert page.request.args["list"] == "role" and "Келесісін алу" in page.text


def test_a_registration_leads_with_its_paper_and_the_next_application(house: Flask) -> None:
    office = Office(house)
    clerk = office.person("clerk")
    case_id = office.run(until=1)
    shown = clerk.tree.xpath("//section[@class='registered no-print']")[0]
    number = cases.number_at(case_id, "TALDYKORGAN")
    assert shown.xpath("h2")[0].text_content() == f"Өтініш № {number} тіркелді"
    assert [each.text_content() for each in shown.xpath(".//a | .//button")] == ["Басып шығару: Талон", "Келесі өтініш"]
    assert clerk.submit("/cases", {"route": "direct"}).request.path == f"/cases/{case_id + 1}"
    assert "registered-title" not in clerk.get(f"/cases/{case_id}").text
