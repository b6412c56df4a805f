"""Notices by mail: plain text in the reader's language, without anything of the applicant's."""

import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from services import cases, clock, deadlines, directory, notices, registry
from services.config import THIS_MACHINE, Config
from services.db import transaction
from services.errors import Invalid
from services.jobs import Job
from services.notices.models import Notice
from services.plugin import TemporaryFailure
from webapp.language import dates
from webapp.language.i18n import language, reading_in
from webapp.language.laws import not_in_act
from webapp.language.words import office_name, t

#: for each answer of the server; shorter than the lease of a job with an effect outside
TIMEOUT_S = 15.0

#: (kind, clock) -> what has happened, as one sentence
SENTENCES = {
    ("warned", "step"): _("This step is due today."),
    ("warned", "outer"): _("The whole case is due today."),
    ("overdue", "step"): _("This step is overdue."),
    ("overdue", "outer"): _("The whole case is overdue."),
    ("escalated", "step"): _("This step is overdue and still not finished: the control level is told."),
    ("escalated", "outer"): _("The whole case is overdue and still not finished: the control level is told."),
    ("called_off", "step"): _("A step that you had in hand is no longer needed: the case went another way."),
    ("missing", "paper"): _("A paper did not arrive with its consignment."),
    ("edition", "law"): _("Another edition of the act begins: cases accepted from today on are decided by it."),
    ("recheck_due", "period"): _("An assignment ends soon: its recheck is due."),
    ("assignment_ended", "period"): _("The period of an assignment is over."),
    ("lookups", "calls"): _("More applications than usual were looked up for callers within an hour."),
    ("law", "law"): _("Another version of a process is in force: new cases begin under it."),
}


WHY_MAIL = _("You get this because you switched mail on in Komek; switch it off in your account.")


class MailNotTaken(TemporaryFailure):
    """The mail server could not be reached, or did not take the mail now (%(answer)s)."""


class MailRefused(Invalid):
    """The mail server refused the mail for good (%(answer)s)."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    user: str
    password: str
    tls: str  #: "at_once", "starttls" or "none"


def server(config: Config) -> MailServer | None:
    """The mail server of the settings; None when there is none. Raises ValueError, naming the setting."""
    if not config.smtp_url:
        return None
    parts = urlsplit(config.smtp_url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("KOMEK_SMTP_URL must be smtp://user:password@host:port?starttls or smtps://…")
    if "@" not in parseaddr(config.mail_from)[1]:
        raise ValueError("KOMEK_MAIL_FROM must name the address that mail comes from")
    starttls = "starttls" in parse_qs(parts.query, keep_blank_values=True)
    tls = "at_once" if parts.scheme == "smtps" else "starttls" if starttls else "none"
    if parts.username and tls == "none" and parts.hostname not in THIS_MACHINE:
        raise ValueError("KOMEK_SMTP_URL would send a password over an open line: add ?starttls or use smtps://")
    port = parts.port or (465 if tls == "at_once" else 587 if tls == "starttls" else 25)
    return MailServer(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)


def send(job: Job) -> None:
    """Hand one notice to the mail server, for one reader; nothing when they have switched mail off meanwhile.

    At least once, always with the same Message-ID. Raises MailNotTaken, MailRefused.
    """
    config: Config = current_app.config["KOMEK"]
    with transaction():
        told = notices.notice(int(str(job.args["notice"])))
        readers = directory.mail_readers(int(str(job.args["staff"])))
        mail = _write(job.key, told, readers[0], config) if told is not None and readers else None
    if mail is not None:
        _hand_in(mail, config)


def sent(job: Job, result: object) -> None:
    """Nothing more: that it was sent is that its job is gone."""


def _write(key: str, told: Notice, reader: directory.MailReader, config: Config) -> EmailMessage:
    mail, sender = EmailMessage(), parseaddr(config.mail_from)[1]
    with reading_in(reader.language):
        said = str(SENTENCES[told.kind, told.clock])
        mail["Subject"] = f"{told.number if told.case_id and told.number else 'Komek'}: {said}"
        mail.set_content("\n".join(_lines(told, said, config.public_url.rstrip("/"))))
    mail["From"], mail["To"] = config.mail_from, reader.email
    mail["Date"] = format_datetime(clock.real())
    mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _lines(told: Notice, said: str, address: str) -> list[str]:
    plugins = registry.current()
    zone = deadlines.zone(plugins, told.office_key)
    if told.clock == "law":
        return _lines_of_law(told, said, address)
    lines = [said, ""]
    if told.clock == "calls":
        lines.append(f"{told.title}: {told.number}")
    elif told.clock != "period":
        lines.append(f"{gettext('Number')}: {told.number or gettext('no number yet')}")
    if told.clock == "step":
        lines.append(f"{gettext('Step')}: {told.code} {t(told.title)}")
    elif told.clock == "paper":
        lines.append(f"{gettext('Paper')}: {told.code}")
    lines.append(f"{gettext('Office')}: {office_name(told.office_key)}")
    if told.due_at is not None:
        own = cases.lives_under([told.case_id] if told.case_id and told.due_default else ())
        mark = f" ({not_in_act(own.get(told.case_id or 0))})" if told.due_default else ""
        lines.append(f"{gettext('Due')}: {dates.exactly(told.due_at, language(), zone)}{mark}")
    if address:
        lines += ["", f"{address}/notices/"]
    return [*lines, "", str(WHY_MAIL)]


def _lines_of_law(told: Notice, said: str, address: str) -> list[str]:
    said_of = gettext("act № %(number)s", number=told.number) if told.kind == "edition" else None
    version = said_of or gettext("version %(version)s", version=told.number)
    lines = [said, "", f"{t(told.title)}: {version}"]
    if address:
        page = "act" if told.kind == "edition" else "processes/law"
        lines += ["", f"{address}/{page}/{told.code}"]
    return [*lines, "", str(WHY_MAIL)]


def _hand_in(mail: EmailMessage, config: Config) -> None:
    to = server(config)
    if to is None:
        raise MailNotTaken(answer="KOMEK_SMTP_URL")
    try:
        context = ssl.create_default_context()
        made = (
            smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT_S, context=context)
            if to.tls == "at_once"
            else smtplib.SMTP(to.host, to.port, timeout=TIMEOUT_S)
        )
        with made as line:
            if to.tls == "starttls":
                line.starttls(context=context)
            if to.user:
                line.login(to.user, to.password)
            line.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        raise (MailRefused if min(codes) >= 500 else MailNotTaken)(answer=min(codes)) from None
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        raise (MailRefused if error.smtp_code >= 500 else MailNotTaken)(answer=error.smtp_code) from None
    except smtplib.SMTPResponseException as error:  # of the whole server: a wrong password is set right by a person
        raise MailNotTaken(answer=error.smtp_code) from None
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotTaken(answer=getattr(error, "strerror", None) or str(error)[:80] or to.host) from None
