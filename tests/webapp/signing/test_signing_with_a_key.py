"""The head signs several answers at once with a key of their own; what was signed is proven, and nothing else is."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import directory, documents, journal, signing
from services.cases.models import Task
from services.db import db
from services.documents.models import Paper
from tests.people.hands import Hands
from tests.people.office import OFFICE, Office, Psc
from tests.services.signing.keys import NOW, PASSPHRASE, person_key


def head_name() -> str:
    surname, given_name, *_ = directory.staff_at(OFFICE, "head")[0].full_name.split()
    return f"{surname} {given_name}".upper()


def sign(head: Surfer, case_ids: list[int], office: Office, key: bytes, passphrase: str = PASSPHRASE):  # type: ignore[no-untyped-def]
    tasks = [office.task(case_id) for case_id in case_ids]
    page = head.get("/signing/")
    for case_id in case_ids:
        assert f"/cases/{case_id}" in page.text
    file = (io.BytesIO(key), "key.p12")
    return head.submit("/signing/", {"task": tasks, "passphrase": passphrase, "key": file})


def answer_of(case_id: int) -> Paper:
    wanted = select(Paper).filter_by(case_id=case_id).where(Paper.item.in_(("doc.notice_signed", "doc.refusal_signed")))
    return db.session.scalars(wanted).one()


def test_several_answers_are_signed_at_once_and_each_is_proven(house: Flask) -> None:
    office = Office(house)
    case_ids = [office.run(until=5) for _ in range(3)]
    head = office.person("head")
    page = sign(head, case_ids[:2], office, person_key(head_name()))
    assert page.text.count("қолтаңба тексерілді") == 2, page.text
    for case_id in case_ids[:2]:
        pdf = head.get(f"/papers/{answer_of(case_id).id}.pdf").data
        proof = signing.verify_pdf(pdf)
        assert (proof.whole, proof.by) == (True, head_name())
        assert head.get(f"/papers/{answer_of(case_id).id}.pdf").data == pdf  # the same file whenever it is asked for
        events = [entry.event for entry in journal.read(f"case:{case_id}", limit=200)]
        assert "paper.signed" in events
    assert (
        office.task(case_ids[2])
        == db.session.scalars(select(Task.id).filter_by(case_id=case_ids[2], closed_at=None)).one()
    )
    assert journal.verify() == []


@pytest.mark.parametrize("wrong", ["passphrase", "owner", "expired", "junk"])
def test_a_wrong_key_signs_nothing(house: Flask, wrong: str) -> None:
    office = Office(house)
    case_id = office.run(until=5)
    keys = {
        "passphrase": (person_key(head_name()), "x"),
        "owner": (person_key("ӨЗГЕ АДАМ"), PASSPHRASE),
        "expired": (person_key(head_name(), since=NOW - timedelta(9), until=NOW - timedelta(8)), PASSPHRASE),
        "junk": (b"%PDF-1.7", PASSPHRASE),
    }
    page = sign(office.person("head"), [case_id], office, *keys[wrong])
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert not [paper for paper in documents.papers_of(case_id) if paper.signed_pdf]


def test_a_returned_draft_can_never_be_signed(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=5)
    head, task = Surfer(house).sign_in(directory.staff_at(OFFICE, "head")[0].login), office.task(case_id)
    head.get("/signing/")
    office.work(case_id, "head", {"verdict": "return", "reason": "Есеп-қисап жоқ"})
    file = (io.BytesIO(person_key(head_name())), "key.p12")
    page = head.submit("/signing/", {"task": task, "passphrase": PASSPHRASE, "key": file})
    assert page.status_code == 200
    assert not [paper for paper in documents.papers_of(case_id) if paper.signed_pdf]


def test_only_who_may_sign_a_paper_sees_it_in_the_list(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=5)
    for person in (office.person("executor"), office.person("clerk")):
        person.get("/")  # what was just done is said once
        assert f"/cases/{case_id}" not in person.get("/signing/").text
    stranger = Psc(house).person("psc_inspector")
    assert stranger.get(f"/papers/{documents.papers_of(case_id)[0].id}.svg").status_code == 403


@pytest.mark.browser
def test_the_head_sees_each_draft_and_signs_with_a_file(house: Flask, page: Page) -> None:
    office = Office(house)
    for _ in range(2):
        office.run(until=5)
    Hands(page).sign_in("head.taldykorgan")
    page.click("nav.places >> text=Қол қоюға")
    pictures = page.locator(".sheets img")
    expect(pictures).to_have_count(2)
    assert pictures.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    for box in page.locator(".sheets input[type=checkbox]").all():
        box.check()
    page.set_input_files(
        "#key", {"name": "key.p12", "mimeType": "application/x-pkcs12", "buffer": person_key(head_name())}
    )
    page.fill("#passphrase", PASSPHRASE)
    page.click("form.to-sign:not(.agree) button.primary")
    expect(page.locator(".signed .good")).to_have_count(2)
    expect(page.locator(".sheets")).to_have_count(0)


def test_a_key_does_not_sign_what_its_owner_drafted(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=5)
    executor, today = directory.staff_at(OFFICE, "executor")[0], directory.today()
    task_id = office.task(case_id)
    directory.enter_absence(
        directory.staff_at(OFFICE, "head")[0].id, from_on=today, until_on=today + timedelta(days=3), order_number="3",
        order_on=today, deputy_id=executor.id, actor="console",
    )  # fmt: skip
    deputy = Surfer(house).sign_in(executor.login)
    deputy.get("/signing/")
    surname, given_name, *_ = executor.full_name.split()
    file = (io.BytesIO(person_key(f"{surname} {given_name}".upper())), "key.p12")
    page = deputy.submit("/signing/", {"task": [task_id], "passphrase": PASSPHRASE, "key": file})
    assert 'class="wrong"' in page.text, page.text
    assert not [paper for paper in documents.papers_of(case_id) if paper.signed_pdf]
