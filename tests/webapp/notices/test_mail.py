"""Notices by mail, through a real SMTP server that listens on this machine."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import clock, directory, jobs, journal, notices
from services.config import Config
from services.db import db
from services.jobs.models import JobRow
from tests.people.office import OFFICE, Office
from tests.webapp.signing.certificate import certificate_for
from webapp.notices import mail

RECEIVED = datetime(2013, 12, 9, 6, 40, tzinfo=UTC)
OVERDUE = datetime(2013, 12, 19, 12, tzinfo=UTC)


class Box:
    """A mail server's inbox: answers what it is told to, keeps what it took."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.tried: list[str] = []
        self.answers: list[str] = []  #: one a mail; then it takes everything

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        came = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(came, EmailMessage)
        self.tried.append(str(came["Message-ID"]))
        if self.answers and (answer := self.answers.pop(0)) != "250 OK":
            return answer
        self.mails.append(came)
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def box() -> Iterator[tuple[Box, Controller]]:
    handler = Box()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller
    with suppress(AssertionError, RuntimeError):  # a test has stopped it
        controller.stop()


def port_of(controller: Controller) -> int:
    assert controller.server is not None
    return int(controller.server.sockets[0].getsockname()[1])


@pytest.fixture
def office(house: Flask, box: tuple[Box, Controller]) -> Iterator[Office]:
    with configured(house, f"smtp://127.0.0.1:{port_of(box[1])}"), clock.stopped(RECEIVED):
        yield Office(house)


class configured:
    """The application with that mail server."""

    def __init__(self, app: Flask, smtp_url: str) -> None:
        self.app, self.before = app, app.config["KOMEK"]
        self.config = replace(
            self.before, smtp_url=smtp_url, mail_from="Көмек <komek@example.kz>", public_url="https://komek.example.kz/"
        )

    def __enter__(self) -> None:
        self.app.config["KOMEK"] = self.config
        notices.by_mail(mail.server(self.config) is not None)

    def __exit__(self, *error: object) -> None:
        self.app.config["KOMEK"] = self.before
        notices.by_mail(False)


def wants_mail(office: Office, language: str = "ru") -> None:
    head = office.person("head")
    head.get("/account")
    head.submit("/language", {"language": language})
    head.get("/account")
    page = head.submit("/account/mail", {"email": "Head@Example.KZ", "mailed": "yes"})
    assert 'value="head@example.kz"' in page.text and "checked" in page.text


def test_a_notice_comes_by_mail_in_the_readers_language_without_the_applicant(
    office: Office, box: tuple[Box, Controller]
) -> None:
    wants_mail(office)
    office.run(until=2)
    jobs.work_off(OVERDUE)
    (came,) = box[0].mails
    assert came["To"] == "head@example.kz" and came["From"] == "Көмек <komek@example.kz>"
    assert came["Subject"] == "19-2013-00001: Срок всего дела истёк."
    assert came["Auto-Submitted"] == "auto-generated"
    text = came.get_content()
    assert "Срок: 19 декабря 2013 года, 18:00 (в акте нет)" in text
    assert "https://komek.example.kz/notices/" in text and "города Талдыкорган" in text
    assert not any(secret in text for secret in ("Үлгібаев", "Мысал", "850101100012", "Үлгі көшесі", "700 000"))
    jobs.work_off(OVERDUE + timedelta(days=1))
    assert len(box[0].mails) == 1


def test_who_did_not_switch_it_on_gets_none_and_who_switches_it_off_meanwhile_neither(
    office: Office, box: tuple[Box, Controller]
) -> None:
    office.run(until=2)
    jobs.work_off(OVERDUE)
    assert box[0].mails == []
    wants_mail(office)
    box[0].answers = ["451 not now"]
    jobs.work_off(datetime(2013, 12, 23, 12, tzinfo=UTC))
    office.person("head").get("/account")
    office.person("head").submit("/account/mail", {"mailed": None})
    jobs.work_off(datetime(2013, 12, 24, 12, tzinfo=UTC))
    assert len(box[0].tried) == 1 and box[0].mails == []


def test_a_server_that_refuses_for_a_while_gets_the_same_mail_later(
    office: Office, box: tuple[Box, Controller]
) -> None:
    wants_mail(office)
    office.run(until=2)
    box[0].answers = ["451 4.7.1 greylisted", "421 busy"]
    for seconds in (0, 4, 5, 30):
        jobs.work_off(OVERDUE + timedelta(seconds=seconds))
    assert len(box[0].tried) == 3 and len(set(box[0].tried)) == 1
    assert [each["Message-ID"] for each in box[0].mails] == box[0].tried[-1:]


def test_what_is_refused_for_good_is_an_incident_and_the_notice_stands_all_the_same(
    office: Office, box: tuple[Box, Controller]
) -> None:
    wants_mail(office)
    case_id = office.run(until=2)
    box[0].answers = ["550 no such box"]
    jobs.work_off(OVERDUE)
    failed = db.session.scalars(select(JobRow).filter_by(kind="mail")).one()
    assert failed.incident_at == OVERDUE and failed.case_id == case_id and failed.error_details == {"answer": 550}
    told = [line for line in journal.read(f"case:{case_id}", limit=99) if line.event == "case.incident"]
    assert [(line.details["kind"], line.details["error"]) for line in told] == [("mail", "MailRefused")]
    assert "data-unread-count>1<" in office.person("head").get("/").text


def test_a_server_that_is_not_there_is_tried_ten_times(office: Office, box: tuple[Box, Controller]) -> None:
    wants_mail(office)
    office.run(until=2)
    box[1].stop()
    at = OVERDUE
    for _ in range(12):
        jobs.work_off(at)
        at += timedelta(minutes=16)
    failed = db.session.scalars(select(JobRow).filter_by(kind="mail").where(JobRow.incident_at.is_not(None))).one()
    assert failed.attempts == 10


def test_over_tls_with_a_password(house: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = certificate_for("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    known: list[tuple[bytes, bytes]] = []

    def authenticate(server: SMTP, session: Session, envelope: Envelope, way: str, given: LoginPassword) -> AuthResult:
        known.append((given.login, given.password))
        return AuthResult(success=given == LoginPassword(b"komek@kz", b"a/b"))

    handler = Box()
    controller = Controller(handler, hostname="localhost", port=free_port(), tls_context=context, require_starttls=True,
                            authenticator=authenticate, auth_required=True)  # fmt: skip
    controller.start()
    try:
        address = f"smtp://komek%40kz:a%2Fb@localhost:{port_of(controller)}?starttls"
        with configured(house, address), clock.stopped(RECEIVED):
            office = Office(house)
            wants_mail(office, "kk")
            office.run(until=2)
            jobs.work_off(OVERDUE)
    finally:
        controller.stop()
    assert known == [(b"komek@kz", b"a/b")]
    assert [each["Subject"] for each in handler.mails] == ["19-2013-00001: Бүкіл істің мерзімі өтті."]


@pytest.mark.parametrize(
    ("smtp_url", "mail_from", "said"),
    [
        ("http://mail.example.kz", "k@example.kz", "KOMEK_SMTP_URL"),
        ("smtp://", "k@example.kz", "KOMEK_SMTP_URL"),
        ("smtp://user:secret@mail.example.kz", "k@example.kz", "open line"),
        ("smtps://mail.example.kz", "", "KOMEK_MAIL_FROM"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(smtp_url: str, mail_from: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as fault:
        mail.server(Config(smtp_url=smtp_url, mail_from=mail_from))
    assert "secret" not in str(fault.value)


def test_without_the_setting_there_is_no_mail_and_no_job(house: Flask) -> None:
    with clock.stopped(RECEIVED):
        office = Office(house)
        wants_mail(office)
        office.run(until=2)
        jobs.work_off(OVERDUE)
        assert "data-unread-count>1<" in office.person("head").get("/").text
    assert db.session.scalars(select(JobRow).filter_by(kind="mail")).all() == []


@pytest.mark.parametrize(
    "address", ["x", "a@b", "a b@c.kz", "a@c.kz\r\nBcc: all@c.kz", "<a@c.kz>", "a@c.kz, b@c.kz", "ү@c.kz",
                "a" * 250 + "@c.kz"]
)  # fmt: skip
def test_an_address_that_is_none_is_refused_beside_its_field(house: Flask, address: str) -> None:
    head = Surfer(house).sign_in("head.taldykorgan")
    head.get("/account")
    page = head.submit("/account/mail", {"email": address, "mailed": "yes"})
    assert page.status_code == 422 and 'id="error-email"' in page.text
    assert directory.mail_readers(directory.staff_at(OFFICE, "head")[0].id) == []


def test_mail_cannot_be_switched_on_without_an_address(house: Flask) -> None:
    head = Surfer(house).sign_in("head.taldykorgan")
    head.get("/account")
    assert head.submit("/account/mail", {"email": "", "mailed": "yes"}).status_code == 422
