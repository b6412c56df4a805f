"""Applicants told without asking: asked at the counter, handed to a gateway, reported, withdrawn; over HTTP."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from komek.testing.surfer import Surfer
from plugins.applicant_told.gateway import tell
from services import cases, clock, editions, jobs, journal, registry, telling
from services.cases.models import Answer
from services.db import db
from services.documents.models import Paper
from services.jobs.models import JobRow
from services.plugin.telling import Gateway, Outgoing
from services.telling.models import TellingAgreement, TellingMessage
from tests.counting import counted
from tests.people.gateway import SECRET, TOKEN, FakeGateway, told_by
from tests.people.office import APPLICATION, OFFICE, Office, Psc, with_code
from tests.people.public import words_of

#: eleven in the morning at the office
MORNING = datetime(2013, 12, 9, 5, tzinfo=UTC)
EVENING = datetime(2013, 12, 9, 16, tzinfo=UTC)
AGREES = {"told": "yes", "told_phone": "8 701 123 45 67", "told_email": "ulgi@example.kz", "told_language": "ru"}
PHONE = "+77011234567"
VEILED = "+7701•••••67"
REGISTERED = "Заявление зарегистрировано. Ход дела можно узнать по коду на талоне."
READY = "Ответ на заявление готов. Придите с удостоверением личности."


@pytest.fixture
def gateway(house: Flask) -> Iterator[FakeGateway]:
    with told_by(house) as fake, clock.stopped(MORNING):
        yield fake


def registered(house: Flask, **more: object) -> int:
    """A case whose applicant agreed at the counter."""
    office = Office(house)
    case_id = office.open()
    page = office.work(case_id, "clerk", {**APPLICATION, **AGREES, **more})
    assert page.status_code == 200, page.text
    return case_id


def states(case_id: int) -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(each.fact, each.channel, each.state) for each in telling.messages_of(case_id)]


def events(case_id: int) -> list[str]:
    return [line.event for line in journal.read(f"case:{case_id}", limit=100)]


def report(house: Flask, key: str, state: str, **more: object) -> TestResponse:
    body, at = json.dumps({"key": key, "state": state, **more}).encode(), str(int(clock.real().timestamp()))
    signature = f"v1,{telling.signature_of('r1', at, body, SECRET)}"
    headers = {"webhook-id": "r1", "webhook-timestamp": at, "webhook-signature": signature}
    return house.test_client().post("/told/reports", data=body, headers=headers)


def test_without_a_gateway_nobody_is_asked_and_what_is_sent_all_the_same_counts_for_nothing(house: Flask) -> None:
    with clock.stopped(MORNING):
        office = Office(house)
        case_id = office.open()
        assert 'name="told"' not in office.person("clerk").get(f"/cases/{case_id}").text
        task, clerk = office.task(case_id), office.person("clerk")
        with counted(db.engine) as count:
            answer = clerk.submit(f"/inbox/{task}/complete", {**APPLICATION, **AGREES}, follow=False)
        assert answer.status_code == 303 and not [each for each in count.statements if "telling_" in each]
        assert not db.session.scalars(select(TellingAgreement)).all()
        assert not db.session.scalars(select(JobRow).where(JobRow.kind.in_((telling.TELL, telling.HAND_ON)))).all()
        assert not [name for each in db.session.scalars(select(Answer.answers)) for name in each if "told" in name]
        assert 'id="telling"' not in clerk.get(f"/cases/{case_id}").text
        talon = db.session.scalars(select(Paper).filter_by(item="doc.talon")).one()
        assert "told_ways" not in talon.content
        admin = Surfer(house).sign_in("admin")
        assert 'class="flash plain"' in admin.get("/admin/told/").text
        assert house.test_client().post("/told/reports", data=b"{}").status_code == 403


def test_who_agreed_is_told_once_each_way_without_a_word_of_who_they_are(house: Flask, gateway: FakeGateway) -> None:
    case_id = registered(house)
    jobs.work_off(MORNING)
    said = list(gateway.taken.values())
    assert {(each["channel"], each["to"]) for each in said} == {("sms", PHONE), ("email", "ulgi@example.kz")}
    assert {each["text"] for each in said} == {REGISTERED}
    number = db.session.scalar(text('SELECT number FROM "case"'))
    for secret in (*map(str, APPLICATION.values()), str(number), f'"{case_id}"'):
        assert len(secret) < 3 or secret not in json.dumps(said, ensure_ascii=False), secret
    assert states(case_id) == [("registered", "sms", "sent"), ("registered", "email", "sent")]
    assert events(case_id).count("case.told") == 2 and "case.telling_agreed" in events(case_id)
    lines = str(list(journal.read(f"case:{case_id}", limit=100)))
    assert PHONE not in lines and "ulgi@" not in lines
    telling.tell(case_id, "registered", _occasion(case_id), OFFICE, MORNING)
    db.session.commit()
    jobs.work_off(MORNING + timedelta(hours=1))
    assert len(gateway.tried) == 2


def _occasion(case_id: int) -> str:
    return str(db.session.scalar(select(TellingMessage.occasion).filter_by(case_id=case_id).limit(1)))


def test_nothing_is_ticked_beforehand_and_half_an_agreement_is_refused(house: Flask, gateway: FakeGateway) -> None:
    office = Office(house)
    case_id = office.open()
    clerk, task = office.person("clerk"), office.task(case_id)
    clerk.get(f"/cases/{case_id}")
    form = clerk.form(f"/inbox/{task}/complete")
    assert not form.fields.get("told") and not form.fields.get("told_phone") and not form.fields.get("told_language")
    for more in ({"told_phone": "", "told_email": ""}, {"told_phone": "8 7282 21 04 91"}, {"told_email": "a@b"},
                 {"told_language": ""}):  # fmt: skip
        page = clerk.submit(f"/inbox/{task}/complete", {**APPLICATION, **AGREES, **more})
        assert page.status_code == 422, (more, page.text)
    page = clerk.submit(f"/inbox/{task}/complete", {**APPLICATION, **AGREES, "told": ""})
    assert page.status_code == 200 and not db.session.scalars(select(TellingAgreement)).all()


def test_a_psc_asks_as_well_and_says_that_the_answer_is_there(house: Flask, gateway: FakeGateway) -> None:
    psc = Psc(house)
    case_id = psc.accept(**{**AGREES, "told_email": "", "told_language": "kk"})
    receipt = db.session.scalars(select(Paper).filter_by(item="doc.receipt")).one()
    assert receipt.content["told_ways"] == VEILED
    psc.carry(case_id)
    psc.decide(case_id)
    psc.send("clerk", psc.result(case_id))
    psc.scan("psc_accum", psc.result(case_id))
    psc.work(case_id, "psc_accum")
    jobs.work_off(MORNING)
    assert sorted(fact for fact, _, _ in states(case_id)) == ["ready", "registered"]


def test_the_talon_says_how_they_are_told(house: Flask, gateway: FakeGateway) -> None:
    registered(house)
    talon = db.session.scalars(select(Paper).filter_by(item="doc.talon")).one()
    clerk = Office(house).person("clerk")
    pdf = clerk.get(f"/papers/{talon.id}.pdf").data
    said = "".join(words_of(pdf).split())
    assert f"{VEILED},u•••••@example.kz;келісімді" in said and PHONE not in said


def test_every_step_of_who_agreed_is_one_commit_and_at_most_eight_turns_and_ready_is_told(
    house: Flask, gateway: FakeGateway
) -> None:
    editions.receive(registry.shipped())
    office = Office(house)
    case_id = office.open()
    for role, answers in office.steps():
        surfer, task = office.person(role), office.task(case_id)
        if f'action="/inbox/{task}/claim"' in surfer.get(f"/cases/{case_id}").text:
            surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}")
        said = (
            {**answers, **AGREES}
            if role == "clerk"
            else {"way": "ready", "told_how": "phone"}
            if "way" in answers
            else answers
        )
        with counted(db.engine) as count:
            answer = surfer.submit(f"/inbox/{task}/complete", with_code(case_id, said), follow=False)
        assert answer.status_code == 303, answer.text
        assert count.commits == 1 and count.turns <= 8, "\n\n".join((role, *count.statements))
        assert len(count.statements) <= 16  # what is agreed, and the job that reads it, are sent with the others
    jobs.work_off(MORNING)
    assert sorted(each[0] for each in states(case_id)) == ["ready", "ready", "registered", "registered"]


def test_at_a_quiet_hour_it_waits_until_nine(house: Flask, gateway: FakeGateway) -> None:
    with clock.stopped(EVENING):
        case_id = registered(house, told_email="")
    jobs.work_off(EVENING)
    assert not gateway.tried and states(case_id) == [("registered", "sms", "waits")]
    jobs.work_off(EVENING + timedelta(hours=10, minutes=59))
    assert not gateway.tried
    jobs.work_off(EVENING + timedelta(hours=11))
    assert len(gateway.taken) == 1


def test_a_worker_that_woke_late_in_the_evening_puts_it_off(house: Flask, gateway: FakeGateway) -> None:
    case_id = registered(house, told_email="")
    jobs.work_off(MORNING, limit=1)
    jobs.work_off(EVENING)
    assert not gateway.tried and states(case_id) == [("registered", "sms", "waits")]
    jobs.work_off(EVENING + timedelta(hours=11))
    assert states(case_id) == [("registered", "sms", "sent")]


def test_a_worker_killed_between_sending_and_noting_tells_nobody_twice(house: Flask, gateway: FakeGateway) -> None:
    case_id = registered(house, told_email="")
    jobs.work_off(MORNING, limit=1)
    with clock.stopped(MORNING):  # as a worker does, which is lost before it writes down what it did
        job = jobs.queue.claim([telling.HAND_ON], [telling.HAND_ON])
        db.session.commit()
        assert job is not None and telling.hand_on(job) is not None
    assert states(case_id) == [("registered", "sms", "waits")]
    jobs.work_off(MORNING + timedelta(minutes=2))
    assert len(gateway.tried) == 2 and len(gateway.taken) == 1
    assert states(case_id) == [("registered", "sms", "sent")] and events(case_id).count("case.told") == 1


def test_facts_of_one_case_go_out_in_the_order_in_which_they_happened_when_the_gateway_fails_once(
    house: Flask, gateway: FakeGateway
) -> None:
    gateway.answers = [503]
    case_id = registered(house, told_email="")
    jobs.work_off(MORNING)
    assert len(gateway.tried) == 1 and not gateway.taken
    office = Office(house)
    for role, answers in office.steps()[1:-1]:
        office.work(case_id, role, answers)
    office.work(case_id, "executor", {"way": "ready", "told_how": "phone"})
    jobs.work_off(MORNING + timedelta(seconds=1))
    assert len(gateway.tried) == 1, "what came later waits behind what did not go out yet"
    jobs.work_off(MORNING + timedelta(seconds=10))
    assert [each["text"] for each in gateway.tried] == [REGISTERED, REGISTERED, READY]


def test_the_two_ways_do_not_wait_for_each_other(house: Flask, gateway: FakeGateway) -> None:
    gateway.answers = [503]
    case_id = registered(house)
    jobs.work_off(MORNING)
    assert sorted(states(case_id)) == [("registered", "email", "sent"), ("registered", "sms", "waits")]


def test_what_is_put_off_until_the_morning_keeps_its_place_before_what_happened_later(
    house: Flask, gateway: FakeGateway
) -> None:
    """The first, planned by day, is put off after the second was planned; the third happens just before nine."""
    nine = EVENING + timedelta(hours=11)
    case_id = registered(house, told_email="")
    jobs.work_off(MORNING, limit=1)
    for fact, at in (("stopped", EVENING), ("ready", nine - timedelta(milliseconds=1))):
        with clock.stopped(at):
            telling.tell(case_id, fact, "then", OFFICE, at)
            db.session.commit()
    jobs.work_off(EVENING + timedelta(hours=1))
    assert not gateway.tried
    jobs.work_off(nine)
    assert [fact for fact, _, state in states(case_id) if state == "sent"] == ["registered", "stopped", "ready"]
    assert [each["text"] for each in gateway.tried] == [REGISTERED, telling.words_of("stopped")["ru"], READY]


def test_what_was_given_up_is_not_sent_any_more_once_later_news_went_out(house: Flask, gateway: FakeGateway) -> None:
    gateway.answers = [422]
    case_id = registered(house, told_email="")
    jobs.work_off(MORNING)
    telling.tell(case_id, "ready", "then", OFFICE, MORNING + timedelta(seconds=1))
    db.session.commit()
    jobs.work_off(MORNING + timedelta(seconds=1))
    assert states(case_id) == [("registered", "sms", "given_up"), ("ready", "sms", "sent")]
    (job,) = db.session.scalars(select(JobRow.id).where(JobRow.incident_at.is_not(None)))
    jobs.try_again([job])
    db.session.commit()
    jobs.work_off(MORNING + timedelta(minutes=1))
    assert states(case_id)[0] == ("registered", "sms", "overtaken") and len(gateway.taken) == 1


def test_what_the_gateway_does_not_take_now_is_tried_again_and_what_it_refuses_is_an_incident(
    house: Flask, gateway: FakeGateway
) -> None:
    gateway.answers = [503, 429]
    case_id = registered(house, told_email="")
    for after in (0, 10, 30):
        jobs.work_off(MORNING + timedelta(seconds=after))
    assert states(case_id) == [("registered", "sms", "sent")] and len(gateway.tried) == 3
    gateway.answers = [422]
    second = registered(house, told_email="")
    jobs.work_off(MORNING + timedelta(minutes=1))
    assert states(second) == [("registered", "sms", "given_up")] and "case.incident" in events(second)
    admin = Surfer(house).sign_in("admin")
    assert "422" in admin.get("/admin/incidents/").text and PHONE not in admin.get("/admin/incidents/").text
    (job,) = db.session.scalars(select(JobRow.id).where(JobRow.incident_at.is_not(None)))
    admin.submit("/admin/incidents/retry", {"job": str(job)})
    jobs.work_off(MORNING + timedelta(minutes=2))
    assert states(second) == [("registered", "sms", "sent")]


def test_a_gateway_that_cannot_be_reached_or_leads_elsewhere_is_no_message(house: Flask, gateway: FakeGateway) -> None:
    message = Outgoing("k" * 32, "sms", PHONE, "kk", "Komek", "Сынақ")
    url = house.config["KOMEK"].told_url
    from plugins.applicant_told.gateway import NotTaken, Refused

    gateway.answers = [302, 401, 500]
    for fault in (Refused, Refused, NotTaken):
        with pytest.raises(fault) as raised:
            tell(message, Gateway(url, TOKEN))
        assert TOKEN not in str(raised.value) and PHONE not in str(raised.value)
    with pytest.raises(NotTaken):
        tell(message, Gateway("http://127.0.0.1:9/", TOKEN))
    assert not gateway.taken


def test_withdrawn_at_a_counter_nothing_that_waits_is_sent_and_the_number_is_forgotten(
    house: Flask, gateway: FakeGateway
) -> None:
    with clock.stopped(EVENING):
        case_id = registered(house)
        jobs.work_off(EVENING)
        clerk = Office(house).person("clerk")
        page = clerk.get(f"/cases/{case_id}")
        assert PHONE in page.text and VEILED in page.text
        page = clerk.submit(f"/cases/{case_id}/told/withdraw")
        assert page.status_code == 200 and PHONE not in page.text and "ulgi@" not in page.text
    jobs.work_off(EVENING + timedelta(hours=12))
    assert not gateway.tried and {state for _, _, state in states(case_id)} == {"withdrawn"}
    assert "case.telling_withdrawn" in events(case_id)
    kept = f"{db.session.scalars(select(Answer.answers)).all()} {db.session.scalars(select(Paper.content)).all()}"
    assert VEILED in kept and "1234567" not in kept and "ulgi@" not in kept
    row = db.session.get_one(TellingAgreement, case_id)
    assert (row.phone, row.email) == ("", "") and row.withdrawn_at is not None
    with pytest.raises(cases.NotAgreed):
        cases.withdraw_agreement(case_id, _person(house, "clerk"))


def _person(house: Flask, role: str, office: str = OFFICE):  # type: ignore[no-untyped-def]
    from services import directory

    return directory.person(directory.staff_at(office, role)[0].id)


def test_only_who_reaches_applicants_at_the_cases_office_withdraws(house: Flask, gateway: FakeGateway) -> None:
    case_id = registered(house)
    for person in (_person(house, "clerk", "KERBULAK"), _person(house, "courier", "PSC_TALDYKORGAN")):
        with pytest.raises(cases.NotYours):
            cases.withdraw_agreement(case_id, person)
    jobs.work_off(MORNING)
    assert len(gateway.taken) == 2


def test_reports_of_delivery_are_kept_once_and_a_copied_one_changes_nothing(house: Flask, gateway: FakeGateway) -> None:
    case_id = registered(house)
    jobs.work_off(MORNING)
    sms, mail = sorted(gateway.taken, key=lambda key: gateway.taken[key]["channel"], reverse=True)
    assert report(house, sms, "delivered", parts=1, cost="12.50").status_code == 204
    assert report(house, sms, "failed").status_code == 204  # what came first stays
    assert report(house, mail, "failed").status_code == 204
    assert report(house, "0" * 32, "failed").status_code == 204
    assert states(case_id) == [("registered", "sms", "delivered"), ("registered", "email", "failed")]
    assert events(case_id).count("case.telling_failed") == 1
    client = house.test_client()
    assert client.post("/told/reports", data=b"{}").status_code == 403
    assert report(house, sms, "lost").status_code == 400


def test_a_report_before_the_answer_is_not_lost(house: Flask, gateway: FakeGateway) -> None:
    case_id = registered(house, told_email="")
    jobs.work_off(MORNING, limit=1)
    key = db.session.scalars(select(TellingMessage.handle).filter_by(case_id=case_id)).one()
    assert report(house, key, "delivered").status_code == 204
    jobs.work_off(MORNING)
    assert states(case_id) == [("registered", "sms", "delivered")]


def test_administrators_see_messages_parts_and_costs_by_month_and_nobody_else_does(
    house: Flask, gateway: FakeGateway
) -> None:
    gateway.more = {"parts": 2, "cost": "30.25"}
    registered(house)
    jobs.work_off(MORNING)
    gateway.more = {}
    registered(house, told_email="")
    jobs.work_off(MORNING)
    (sms, mail) = telling.months("Asia/Almaty")
    assert (sms.month, sms.channel, sms.sent, sms.parts) == ("2013-12", "sms", 2, 3)
    assert (sms.cost, sms.unpriced) == (Decimal("30.25"), 1) and (mail.sent, mail.parts) == (1, 2)
    page = Surfer(house).sign_in("admin").get("/admin/told/")
    assert page.status_code == 200 and "127.0.0.1" in page.text and "2013-12" in page.text
    assert TOKEN not in page.text and SECRET not in page.text and PHONE not in page.text
    admin = Surfer(house).sign_in("admin")
    admin.get("/admin/person-file")
    page = admin.submit("/admin/person-file", {"iin": APPLICATION["iin"], "request_number": "1-ЖА"})
    assert page.text.count(PHONE) == 2 and REGISTERED not in page.text and "ulgi@example.kz" in page.text
    assert Office(house).person("clerk").get("/admin/told/").status_code == 403


def test_the_clocks_that_stop_are_told_once_for_each_time(house: Flask, gateway: FakeGateway) -> None:
    facts = telling.facts_of("case.clocks_stopped", {"stop": "x"}), telling.facts_of("case.clocks_resumed", {})
    assert facts == (["stopped"], ["resumed"])
    assert telling.facts_of("case.happened", {"step": "complaint", "outcome": "x"}) == ["complaint_registered"]
    assert telling.facts_of("case.task_completed", {"step": "answer_complaint"}) == ["complaint_answered"]
    assert telling.facts_of("case.task_completed", {"step": "review", "outcome": "checked"}) == []
