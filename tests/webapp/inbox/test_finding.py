"""What is found says how it ended; addresses of forms lead back to their case; refusals are words alone."""

from flask import Flask

from komek.testing.surfer import Surfer
from services import cases
from tests.people.office import Office


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


def test_after_a_step_one_lands_on_the_next_of_the_same_narrowed_list_with_what_was_done_above_it(house: Flask) -> None:
    office = Office(house)
    first, second = office.run(until=1), office.run(until=1)
    head = office.person("head")
    head.get("/inbox?list=role&route=direct")
    page = head.submit("/lists/next")
    assert page.request.path == f"/cases/{first}"
    page = head.submit(f"/inbox/{office.task(first)}/complete", {"executor": office.executor_id})
    assert page.request.path == f"/cases/{second}" and page.request.args["list"] == "role&route=direct"
    said = head.tree.xpath("//*[contains(@class, 'flash recorded')]")[0]
    assert (
        said.xpath("a/@href")[0].startswith(f"/cases/{first}?done=") and "орындаушы белгіленді" in said.text_content()
    )
    assert head.tree.xpath("//*[@data-back]/@href") == ["/?list=role&route=direct"]
    head.submit(f"/inbox/{office.task(second)}/claim")  # only a press takes it
    done = head.submit(f"/inbox/{office.task(second)}/complete", {"executor": office.executor_id})
    assert done.request.path == "/" and "/complete" not in done.text


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
    shown = clerk.tree.xpath("//section[@class='just-done no-print']")[0]
    number = cases.number_at(case_id, "TALDYKORGAN")
    assert shown.xpath("h2")[0].text_content() == f"Өтініш № {number} тіркелді"
    assert [each.text_content() for each in shown.xpath(".//a | .//button")] == ["Басып шығару: Талон", "Келесі өтініш"]
    assert clerk.submit("/cases", {"route": "direct"}).request.path == f"/cases/{case_id + 1}"
    assert "just-done-title" not in clerk.get(f"/cases/{case_id}").text


def test_after_an_act_the_case_says_what_was_done_offers_its_papers_first_and_what_is_next(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=5)
    head = office.person("head")  # agreed with the draft; the numbered answer is theirs to sign
    shown = head.tree.xpath("//section[@class='just-done no-print']")[0]
    assert shown.xpath("h2")[0].text_content() == "Жазылды: мақұлданды, қол қойылады."
    assert [each.text_content() for each in shown.xpath(".//button | .//a")] == [
        "Басып шығару: Тағайындау туралы хабарлама", "Жалғастыру: Жауапқа қол қою"
    ]  # fmt: skip
    address = head.page.request.full_path  # type: ignore[union-attr]
    assert "just-done" not in office.person("clerk").get(address).text  # nobody is told that they did another's work
    page = office.work(case_id, "head", {"verdict": "sign"})
    assert page.request.path == "/"  # with others now: the list says it, and leads back to the papers
    (back,) = head.tree.xpath("//div[contains(@class, 'flash recorded')]/a/@href")
    head.get(back)
    shown = head.tree.xpath("//section[@class='just-done no-print']")[0]
    (following,) = shown.xpath(".//a/@href")
    assert "қол қойылды" in shown.text_content() and head.get(following).request.args["next"] == "1"


def test_next_in_the_list_opens_the_next_case_of_the_list_that_what_was_done_was_taken_from(house: Flask) -> None:
    office = Office(house)
    first, second = office.run(until=1), office.run(until=1)
    head = office.person("head")
    head.get("/inbox?list=role&route=direct")
    head.submit("/lists/next")
    head.submit(f"/inbox/{office.task(first)}/complete", {"executor": office.executor_id})
    (back,) = head.tree.xpath("//div[contains(@class, 'flash recorded')]/a/@href")
    head.get(back)  # to look at what was done once more
    (following,) = head.tree.xpath("//section[@class='just-done no-print']//a[text()='Тізімдегі келесісі']/@href")
    page = head.get(following)
    assert page.request.path == f"/cases/{second}" and page.request.args["list"] == "role&route=direct"


def test_what_was_given_back_is_taken_again_by_one_press(house: Flask) -> None:
    office = Office(house)
    case_id, head = office.run(until=1), office.person("head")
    task = office.task(case_id)
    head.get(f"/cases/{case_id}")
    head.submit(f"/inbox/{task}/claim")
    page = head.submit(f"/inbox/{task}/release")
    assert "Қайтарылды" in page.text
    (undo,) = head.tree.xpath("//form[@class='undo']/@action")
    assert undo == f"/inbox/{task}/claim"
    assert "/release" in head.submit(undo).text
