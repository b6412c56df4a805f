"""Which rules fired on which values: kept with the case, on its page, on the decision's picture, on its papers."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from komek.testing.axe import faults_of_axe
from services import directory
from services.cases.models import Instance
from services.db import db
from services.documents.models import Paper
from tests.people.hands import Hands
from tests.people.office import Psc
from tests.webapp.axe import opened


def test_the_rule_that_fired_is_kept_shown_and_said_on_the_papers(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    psc.work(case_id, "head", {"executor": psc.executor_id})
    psc.determine(case_id)
    executor = psc.person("executor")
    executor.get(f"/cases/{case_id}")
    (section,) = executor.tree.xpath("//section[@id='decided']")
    said = " ".join(section.text_content().split())
    assert "Көмек алу құқығын анықтау: 3-қағида" in said and "(кемінде шекті шығыс + 0,5)" in said
    assert "Жан басына шаққандағы табыс, теңге: 40 000" in said
    links = [each.get("href") for each in section.xpath(".//a")]
    page = executor.get(links[0])
    assert page.status_code == 200 and "Rule_Entitled" in page.text and "entitlement" in page.text
    assert executor.tree.xpath("//div[@id='decision']/@data-fired")
    inspector = psc.person("psc_inspector")  # who may not know yet what it came to
    assert 'id="decided"' not in inspector.get(f"/cases/{case_id}").text
    assert inspector.get(links[0]).status_code == 404
    assert executor.get(f"/cases/{case_id}/decided/0-0").status_code == 404
    assert executor.get(f"/cases/{case_id}/decided/x").status_code == 404
    with house.app_context():
        kept = [each for row in db.session.scalars(select(Instance).filter_by(case_id=case_id)) for each in row.decided]
        assert {each["decision"] for each in kept} == {"entitlement"}
        assert all(each["tables"][0]["rules"][0]["id"] == "Rule_Entitled" for each in kept)
        assert any(each["task"] for each in kept)
        wanted = select(Paper).filter_by(case_id=case_id, item="doc.calculation")
        sheet = db.session.scalars(wanted.order_by(Paper.id.desc())).first()
        assert sheet is not None and "3-қағида" in sheet.content["rules"][0]
        assert "(кемінде шекті шығыс + 0,5)" in sheet.content["rules"][0]


@pytest.mark.browser
def test_the_picture_marks_the_rule_that_fired_and_what_was_found(house: Flask, browser: Browser, address: str) -> None:
    page = opened(browser, address)
    faults: list[str] = []  # the viewer's own inline styles are refused, which the console says
    page.on("pageerror", lambda error: faults.append(str(error)))
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    psc.work(case_id, "head", {"executor": psc.executor_id})
    psc.determine(case_id)
    Hands(page).sign_in(directory.staff_at(psc.body, "executor")[0].login, f"/cases/{case_id}#decided")
    page.locator("#decided a").first.click()
    page.wait_for_selector("#decision[data-drawn=entitlement]")
    expect(page.locator("#decision tr.rule-fired")).to_have_count(1)
    page.set_viewport_size({"width": 683, "height": 384})
    assert faults_of_axe(page) == []
    page.locator(".views button").first.click()
    page.wait_for_selector("#decision .value-here")
    expect(page.locator("#decision .value-here")).to_have_count(4)
    page.context.close()
    assert not faults
