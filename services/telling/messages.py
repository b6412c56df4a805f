"""One message a fact and a way: planned after the commit that made the fact, handed on outside, kept as it went."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services import clock, registry
from services.db import db, transaction
from services.errors import Invalid, Unavailable
from services.guarded import call_plugin
from services.jobs import Job, NewJob, enqueue
from services.plugin.telling import Channel, Outgoing, Taken
from services.telling.agreeing import Agreed, agreed_of
from services.telling.hours import opens
from services.telling.models import TellingMessage
from services.telling.parts import parts_of
from services.telling.switch import gateway

#: kinds of jobs: somebody may have to be told of a fact; one message is handed on
TELL, HAND_ON = "tell", "tell_on"
TABLE = "told"
CHANNELS: tuple[Channel, ...] = ("sms", "email")
#: of a mail; nothing of the person or the case
SUBJECT = "Көмек"
MOST_PARTS = 100
#: later news of that case went out that way already: what is old is not sent any more
OVERTAKEN = object()


class NoGateway(Unavailable):
    """No gateway is set, or no plugin hands messages to it: applicants are not told."""


class WrongAnswer(Invalid):
    """The plugin that hands messages on gave something that cannot be used."""


@dataclass(frozen=True)
class Later:
    """A message of a quiet hour is not handed on before then."""

    at: datetime


@dataclass(frozen=True)
class MessageLine:
    """A message, as those who look after it see it."""

    fact: str
    channel: str
    state: str
    at: datetime
    sent_at: datetime | None
    reported_at: datetime | None


def facts_of(event: str, details: Mapping[str, object]) -> list[str]:
    """Of what the region tells applicants when that line comes into a case's history. Words are no law: no edition."""
    said = {name: str(details.get(name) or "") for name in ("step", "outcome")}
    rows = registry.shipped().table(TABLE)
    fits = [row for row in rows if row["event"] == event and all(row[each] in ("", said[each]) for each in said)]
    return list(dict.fromkeys(row["fact"] for row in fits))


def tell(case_id: int, fact: str, occasion: str, office_key: str, at: datetime) -> None:
    """Plan a message for each way to which the applicant agreed, once. In the caller's transaction.

    Nothing, where they agreed to none.
    """
    agreed = agreed_of(case_id)
    ways = [each for each in CHANNELS if agreed is not None and agreed.to(each)]
    if not ways:
        return
    rows = [
        {"handle": secrets.token_hex(16), "case_id": case_id, "fact": fact, "occasion": occasion, "channel": each,
         "office_key": office_key, "state": "waits", "at": at, "theirs": "", "parts": 0}
        for each in ways
    ]  # fmt: skip
    made = insert(TellingMessage).values(rows).on_conflict_do_nothing().returning(TellingMessage)
    due_at = opens(registry.current(), office_key, clock.now())
    enqueue([_job(each, due_at) for each in db.session.scalars(made)])


def _job(message: TellingMessage, due_at: datetime) -> NewJob:
    """Messages of one case and way go out in the order of what they tell, also those that were put off."""
    lane = f"told:{message.case_id}:{message.channel}"
    args = {"message": message.id}
    return NewJob(HAND_ON, f"tell:{message.id}", due_at, message.case_id, lane, args, of=message.at)


def hand_on(job: Job) -> object:
    """Hand one message to the gateway: Taken, Later, OVERTAKEN, or None when the applicant wants none any more.

    In no transaction: at least once, always with the same key. Raises NoGateway, WrongAnswer, what the plugin raises.
    """
    with transaction():
        row = db.session.get(TellingMessage, _id(job), populate_existing=True)
        agreed = agreed_of(row.case_id) if row is not None else None
        if row is None or agreed is None or not agreed.to(row.channel) or row.state not in ("waits", "given_up"):
            return None
        if _is_overtaken(row):
            return OVERTAKEN
        at = opens(registry.current(), row.office_key, now := clock.now())
        outgoing = _outgoing(row, agreed)
    if at > now:
        return Later(at)
    line, plugin = gateway(), registry.current().teller()
    if line is None or plugin is None:
        raise NoGateway
    name, tells = plugin
    taken = call_plugin(name, lambda: tells(outgoing, line), raw=True)
    if not _is_usable(taken):
        raise WrongAnswer
    parts = taken.parts if taken.parts is not None else parts_of(outgoing.text) if outgoing.channel == "sms" else 1
    return Taken(taken.id, parts, taken.cost)


def _is_overtaken(row: TellingMessage) -> bool:
    """Only what nobody could hand on for long, and somebody tries again, comes after later news."""
    one = TellingMessage
    later = select(one.id).where(one.case_id == row.case_id, one.channel == row.channel, one.at > row.at)
    return db.session.scalar(later.where(one.sent_at.is_not(None)).limit(1)) is not None


def _is_usable(taken: object) -> bool:
    return (
        isinstance(taken, Taken)
        and len(taken.id) <= 200
        and (taken.parts is None or 0 <= taken.parts <= MOST_PARTS)
        and (taken.cost is None or (taken.cost.is_finite() and 0 <= taken.cost < Decimal(10) ** 8))
    )


def _outgoing(row: TellingMessage, agreed: Agreed) -> Outgoing:
    language = agreed.agreement.language
    text = words_of(row.fact)[language]
    return Outgoing(row.handle, cast(Channel, row.channel), agreed.to(row.channel), language, SUBJECT, text)


def keep_taken(job: Job, taken: Taken) -> TellingMessage | None:
    """The gateway has it; None when that is known already. In the caller's transaction, case locked."""
    row = db.session.get(TellingMessage, _id(job), populate_existing=True, with_for_update=True)
    if row is None or row.sent_at is not None:
        return None
    row.sent_at, row.theirs, row.cost = clock.now(), taken.id, taken.cost
    row.parts = taken.parts or 0
    if row.reported_at is None:  # a report may come before the answer does
        row.state = "sent"
    return row


def put_off(job: Job, later: Later) -> None:
    """Hand it on when the quiet hours are over. In the transaction that ends the job."""
    row = db.session.get(TellingMessage, _id(job), populate_existing=True)
    if row is not None:
        enqueue([_job(row, later.at)])


def leave(job: Job) -> None:
    """Nobody sends what later news overtook. In the transaction that ends the job."""
    row = db.session.get(TellingMessage, _id(job), populate_existing=True, with_for_update=True)
    if row is not None and row.sent_at is None:
        row.state = "overtaken"


def give_up(job: Job) -> None:
    """A message could not be handed on. In the transaction that makes the job an incident."""
    row = db.session.get(TellingMessage, _id(job), populate_existing=True, with_for_update=True)
    if row is not None and row.state == "waits":
        row.state = "given_up"


def messages_of(case_id: int) -> list[MessageLine]:
    """What that case's applicant was told, in order."""
    rows = db.session.scalars(select(TellingMessage).filter_by(case_id=case_id).order_by(TellingMessage.id))
    return [MessageLine(row.fact, row.channel, row.state, row.at, row.sent_at, row.reported_at) for row in rows]


def told_of(case_id: int) -> list[tuple[Mapping[str, str], MessageLine]]:
    """What that case's applicant was told, in order, each with its words by language."""
    return [(words_of(each.fact), each) for each in messages_of(case_id)]


def _id(job: Job) -> int:
    return int(str(job.args["message"]))


def words_of(fact: str) -> Mapping[str, str]:
    """Language -> what an applicant is told of that fact; its key where the region has no words any more."""
    row = next((row for row in registry.shipped().table(TABLE) if row["fact"] == fact), {})
    return {each: row.get(f"text_{each}") or fact for each in ("kk", "ru", "en")}
