"""Notices on the screens: counted in the inbox, listed, marked as read; each person's own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from komek.testing.surfer import Surfer
from services import clock, directory, jobs, notices
from services.db import db, transaction
from tests.counting import counted
from tests.people.hands import Hands
from tests.people.office import OFFICE, Office

RECEIVED = datetime(2013, 12, 9, 6, 40, tzinfo=UTC)
#: both clocks of a case that stays with the executor have run out, and the control level was told of both
END = RECEIVED + timedelta(days=30)


@pytest.fixture
def office(house: Flask) -> Iterator[Office]:
    with clock.stopped(RECEIVED):
        yield Office(house)


def late_case(office: Office) -> int:
    case_id = office.run(until=2)
    jobs.work_off(END)
    return case_id


def rows(surfer: Surfer, path: str = "/notices/") -> list[str]:
    surfer.get(path)
    return [" ".join(row.text_content().split()) for row in surfer.tree.xpath("//tr[@data-notice]")]


def executor(office: Office) -> Surfer:
    login = next(each.login for each in directory.staff_at(OFFICE, "executor") if each.id == office.executor_id)
    return Surfer(office.app).sign_in(login)


def test_the_inbox_counts_what_is_not_read_yet(office: Office) -> None:
    case_id = late_case(office)
    page = executor(office).get("/").text
    assert '<span class="count" data-unread-count>4</span>' in page
    assert f'<a href="/cases/{case_id}">' in executor(office).get("/notices/").text


def test_one_is_marked_as_read_then_all_and_each_reader_reads_for_themselves(office: Office) -> None:
    late_case(office)
    head, holder = office.person("head"), executor(office)
    first = rows(head) and head.tree.xpath("//tr[@data-notice]")[0].get("data-notice")
    head.submit(f"/notices/{first}/read")
    assert head.page is not None and head.page.text.count('class="unread"') == 1
    assert "data-unread-count>1<" in head.get("/").text
    head.get("/notices/")
    head.submit("/notices/read")
    assert "data-unread-count>0<" in head.get("/").text
    assert len(rows(head)) == 2 and "data-unread-count>4<" in holder.get("/").text


def test_all_are_read_only_up_to_the_newest_that_was_on_the_page(office: Office) -> None:
    late_case(office)
    head = office.person("head")
    head.get("/notices/")
    form = head.form("/notices/read")
    assert form.fields["up_to"] == str(max(each.notice.id for each in all_of(head)))
    sent = dict(form.form_values())
    with clock.stopped(RECEIVED):
        office.run(until=2)
    jobs.work_off(END)
    head._ask("POST", "/notices/read", data=sent)
    assert "data-unread-count>2<" in head.get("/").text


def all_of(surfer: Surfer) -> list[notices.NoticeShown]:
    return list(notices.notices_of(directory.staff_at(OFFICE, "head")[0]).rows)


def test_nobody_reads_or_sees_what_is_not_theirs(office: Office) -> None:
    late_case(office)
    others = Surfer(office.app).sign_in("head.kapshagai")
    assert rows(others) == []
    mine = all_of(office.person("head"))[0].notice.id
    head = office.person("head")
    head.get("/notices/")
    token = head.form(f"/notices/{mine}/read").fields["csrf_token"]
    for number, status in ((mine, 303), (10**30, 404), (0, 404)):
        answer = head._ask("POST", f"/notices/{number}/read", data={"csrf_token": token}, follow_redirects=False)
        assert answer.status_code == status
    others.get("/account")
    token = others.form("/account/mail").fields["csrf_token"]
    assert others._ask("POST", f"/notices/{mine}/read", data={"csrf_token": token}).status_code == 404
    assert Surfer(office.app).get("/notices/").request.path == "/sign-in"


def test_the_control_level_sees_which_case_of_which_office_is_late_and_nothing_of_the_applicant(office: Office) -> None:
    case_id = late_case(office)
    control = Surfer(office.app).sign_in("control")
    listed = rows(control)
    assert len(listed) == 2 and all("19-2013-00001" in row and "Талдықорған" in row for row in listed)
    assert control.page is not None and "Үлгібаев" not in control.page.text
    assert control.get(f"/cases/{case_id}").status_code == 403
    control.get("/notices/")
    address = f"/boards/cases/{case_id}"
    assert set(control.tree.xpath("//td[@class='number']//a/@href")) == {address}
    page = control.get(address)
    assert page.status_code == 200 and "19-2013-00001" in page.text
    assert not [word for word in ("Үлгібаев", "Үлгі көшесі", "850101100012") if word in page.text]
    assert control.submit("/scan", {"code": "19-2013-00001"}).request.path == address


def test_the_case_shows_beside_its_clocks_and_in_its_history_what_was_told(office: Office) -> None:
    case_id = late_case(office)
    office.person("head").get(f"/cases/{case_id}")
    tree = office.person("head").tree
    assert len(tree.xpath('//dl[@class="clocks"]//small[@class="told"]')) == 2
    events = [each.text_content() for each in tree.xpath('//ol[@class="history"]//b')]
    for said in ("ескертілді: мерзімі сол күні", "мерзімі өтті: басшыға хабарланды"):
        assert events.count(said) == 2


def test_the_list_is_read_page_by_page_and_costs_the_same_however_long_it_is(office: Office) -> None:
    head = directory.staff_at(OFFICE, "head")[0]
    surfer = office.person("head")
    tell(head, 3)
    with counted(db.engine) as few:
        surfer.get("/notices/")
    tell(head, 120)
    with counted(db.engine) as many:
        surfer.get("/notices/")
    assert len(few.statements) == len(many.statements)
    seen, path = [], "/notices/"
    while path:
        rows(surfer, path)
        seen += [row.get("data-notice") for row in surfer.tree.xpath("//tr[@data-notice]")]
        path = next(iter(surfer.tree.xpath('//p[@class="more"]/a[contains(., "→")]/@href')), "")
    assert len(seen) == 123 and seen == sorted(seen, key=int, reverse=True)
    assert surfer.get("/notices/?before=x").status_code == 400


def tell(person: directory.Person, count: int) -> None:
    with transaction():
        for number in range(count):
            fact = f"{count}.{number}"
            assert notices.give(
                notices.NewNotice(fact, "overdue", "step", 1, "D3", "", fact, OFFICE, RECEIVED, staff_id=person.id)
            )
        assert not notices.give(
            notices.NewNotice(fact, "overdue", "step", 1, "D3", "", fact, OFFICE, RECEIVED, staff_id=person.id)
        )


@pytest.mark.browser
def test_the_count_changes_and_is_said_while_the_inbox_is_looked_at(house: Flask, page: Page) -> None:
    head = directory.staff_at(OFFICE, "head")[0]
    Hands(page).sign_in(head.login)
    expect(page.locator("[data-unread-count]")).to_have_text("0")
    tell(head, 2)
    page.evaluate("htmx.ajax('GET', '/?list=mine', {source: '#rows', swap: 'none'})")
    expect(page.locator("[data-unread-count]")).to_have_text("2")
    expect(page.locator("[data-unread-said]")).to_have_text("Жаңа хабарландырулар: 2")
