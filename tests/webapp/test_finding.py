"""What is found says how it ended; addresses of forms lead back to their case; refusals are words alone."""

from flask import Flask

from tests.surfer import Surfer
from tests.webapp.office import Office


def test_a_closed_case_that_was_found_shows_its_outcome_and_no_step(house: Flask) -> None:
    office = Office(house)
    office.run()
    cells = office.person("clerk").get("/inbox?q=Үлгібаев") and office.person("clerk").tree.xpath("//td[@class='step']")
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
