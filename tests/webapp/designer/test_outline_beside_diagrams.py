"""Beside every diagram stands the same as text: who does what by when, where the case is, links both ways."""

import pytest
from flask import Flask
from lxml import html
from playwright.sync_api import Page, expect

from tests.people.hands import Hands
from tests.people.office import Office


def outline(text: str) -> html.HtmlElement:
    (found,) = html.fromstring(text).find_class("outline-box")
    return found


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_case_tells_its_diagram_as_text_with_where_it_is(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    box = outline(office.person("clerk").get(f"/cases/{case_id}").text)
    register = box.get_element_by_id("o-direct-Task_Register")
    assert words(register).startswith("Өтінішті қабылдап, тіркеу — кеңсе қызметкері D1 15 жұмыс минуты")
    assert register.get("class") == "done"
    review = box.get_element_by_id("o-direct-Task_Review")
    assert (review.get("class"), "қазір осында" in words(review)) == ("active", True)
    gateway = box.get_element_by_id("o-direct-Gateway_Delivery")
    assert "егер «беруге дайын»" in words(gateway)
    assert "әйтпесе" in words(gateway)
    jumps = [link.get("href") for jump in box.find_class("jump") for link in jump.iter("a")]
    assert "#o-direct-Gateway_Delivered" in jumps
    assert all(box.get_element_by_id(href[1:]) is not None for href in jumps)


def test_a_case_says_under_which_version_it_runs(house: Flask) -> None:
    office = Office(house)
    page = office.person("clerk").get(f"/cases/{office.run(until=1)}").text
    assert "1-нұсқасымен жүреді" in page


def test_the_outline_is_in_the_readers_language(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    clerk = office.person("clerk")
    clerk.get("/")
    clerk.submit("/language", {"language": "ru"})
    box = outline(clerk.get(f"/cases/{case_id}").text)
    assert words(box.get_element_by_id("o-direct-Task_Register")).startswith(
        "Принять и зарегистрировать заявление — сотрудник канцелярии"
    )


def test_time_on_the_diagram_has_the_outline_too(house: Flask) -> None:
    office = Office(house)
    office.run()
    box = outline(office.person("head").get("/boards/heat").text)
    assert box.get_element_by_id("o-direct-Task_Review") is not None


@pytest.mark.browser
def test_a_name_in_the_text_leads_to_its_element_and_an_element_to_its_line(house: Flask, page: Page) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    Hands(page).sign_in("head.taldykorgan", f"/cases/{case_id}#diagram")
    page.wait_for_selector("#canvas[data-drawn]")
    page.locator(".outline-box summary").press("Enter")
    page.locator("#o-resolution-Start_Resolution > a, [data-outline=resolution] a[data-element]").first.press("Enter")
    expect(page.locator("#canvas .pointed-at")).to_have_count(1)
    expect(page.locator("[data-diagram$='/resolution.bpmn']")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-diagram$='/direct.bpmn']").click()
    page.wait_for_selector("#canvas[data-drawn$='/direct.bpmn']")
    page.locator("#canvas [data-element-id=Task_Review]").click()
    expect(page.locator("#o-direct-Task_Review")).to_have_class("active here")
