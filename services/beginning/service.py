"""The first day: the first administrator, the offices in use, and what was looked at and found right.

Each verb is one transaction with its line in the journal. Every step can be left and taken up again, in any order.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services import clock, directory, documents, journal, registry
from services.beginning.errors import (
    HasBegun,
    NoOffices,
    NoSuchStep,
    OfficeHasStaff,
    PscWithoutBody,
    WrongSecret,
)
from services.beginning.models import OfficeInUse, SetupSecret, SetupStep
from services.config import Config
from services.db import db, transaction

#: what an administrator looks at and finds right
STEPS = ("hours", "holidays", "numbers")
#: after this a secret that nobody used is good for nothing
SECRET_LIFE = timedelta(days=3)
#: 80 bits, in letters that nobody takes for another
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
_GROUPS, _GROUP = 4, 4
STREAM = "offices"
#: series that only the office which decides gives
_OF_THE_BODY = frozenset({"out", "appeal"})


def has_begun() -> bool:
    """Whether anybody is administrator today. One statement."""
    return directory.has_administrator()


def make_secret() -> str:
    """A new setup secret, to be shown once and kept nowhere; the one before is good for nothing. Raises HasBegun."""
    secret = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    with transaction():
        _alone()
        if has_begun():
            raise HasBegun
        now = clock.now()
        db.session.execute(update(SetupSecret).where(SetupSecret.ended_at.is_(None)).values(ended_at=now))
        db.session.add(SetupSecret(hash=_hash(secret), made_at=now))
        journal.append(STREAM, [journal.NewLine("setup.secret_made", "console", {})], at=now)
    return secret


def has_secret() -> bool:
    """Whether a secret was made that still opens."""
    return db.session.scalar(select(SetupSecret.id).where(_good()).limit(1)) is not None


def begin(
    secret: str, login: str, full_name: str, password: str, *, config: Config, phone: str = "", language: str = ""
) -> int:
    """The first administrator, of the region's control level; the secret is used up.

    Raises HasBegun, WrongSecret, InvalidAnswers, WeakPassword, LoginTaken.
    """
    with transaction():
        _alone()
        if has_begun():
            raise HasBegun
        kept = db.session.scalars(select(SetupSecret).where(_good())).one_or_none()
        if kept is None or not hmac.compare_digest(kept.hash, _hash(secret)):
            raise WrongSecret
        staff_id = first_administrator(
            login, full_name, password, actor="setup", config=config, phone=phone, language=language
        )
        kept.ended_at = clock.now()
    return staff_id


def first_administrator(
    login: str,
    full_name: str,
    password: str,
    *,
    actor: directory.Actor,
    config: Config,
    phone: str = "",
    language: str = "",
) -> int:
    """Somebody who looks after everything, at the office that the region's facts name.

    Raises HasBegun, InvalidAnswers, WeakPassword, LoginTaken.
    """
    plugins = registry.current()
    with transaction():
        if has_begun():
            raise HasBegun
        directory.import_offices(plugins)
        staff_id = directory.add_staff(
            login, full_name, password, actor=actor, config=config, phone=phone, language=language, own_password=True
        )
        directory.appoint(staff_id, str(plugins.facts()["control_office"]), directory.ADMIN, actor=actor)
    return staff_id


def offices_in_use() -> list[str]:
    """Keys of the offices that an administrator chose, and of those where anybody works today."""
    chosen = set(db.session.scalars(select(OfficeInUse.office_key)))
    return sorted(chosen | set(directory.staffed_offices()))


def use_offices(keys: Iterable[str], *, actor: directory.Actor) -> None:
    """Says which offices work with Komek; the control level always does.

    Raises NotAdministrator, NoSuchOffice, NoOffices, PscWithoutBody, OfficeHasStaff.
    """
    directory.check_administers(actor)
    control = str(registry.current().facts()["control_office"])
    wanted = {directory.office(key).key for key in dict.fromkeys(keys)} | {control}
    if wanted == {control}:
        raise NoOffices
    with transaction():
        _alone()
        parents = {each.key: each.parent for each in directory.offices()}
        for key in sorted(wanted):
            parent = parents[key]
            if key != control and parent and parent not in wanted:
                raise PscWithoutBody(office=key, body=parent)
        for key in directory.staffed_offices():
            if key not in wanted:
                raise OfficeHasStaff(office=key)
        before = set(db.session.scalars(select(OfficeInUse.office_key)))
        db.session.execute(delete(OfficeInUse).where(OfficeInUse.office_key.not_in(sorted(wanted))))
        rows = [{"office_key": key, "since": clock.now()} for key in sorted(wanted - before)]
        if rows:
            db.session.execute(insert(OfficeInUse).values(rows))
        if before != wanted:
            _note("offices.in_use", actor, offices=sorted(wanted))


def confirm(step: str, *, actor: directory.Actor) -> None:
    """An administrator has looked at the hours, the holidays, the numbers, and they are right.

    Raises NotAdministrator, NoSuchStep.
    """
    directory.check_administers(actor)
    if step not in STEPS:
        raise NoSuchStep
    with transaction():
        row = {"done_at": clock.now(), "done_by": _who(actor)}
        kept = insert(SetupStep).values(key=step, **row)
        db.session.execute(kept.on_conflict_do_update(index_elements=["key"], set_=row))
        _note("setup.confirmed", actor, step=step)


def confirmed() -> frozenset[str]:
    """What was looked at and found right."""
    return frozenset(db.session.scalars(select(SetupStep.key)))


def series_at(kind: str) -> tuple[str, ...]:
    """The series of numbers that an office of that kind gives, in the order of their books."""
    return tuple(each for each in documents.MARKS if kind == "body" or each not in _OF_THE_BODY)


def continue_numbers(last: Mapping[tuple[str, str], int], *, actor: directory.Actor) -> None:
    """(Office, series) -> the last number of its paper book this year: it goes on after that. All of them, or none.

    Raises NotAdministrator, NoSuchOffice, NoSuchSeries, NumberGiven.
    """
    directory.check_administers(actor)
    with transaction():
        year = directory.today().year
        for (office_key, series), number in sorted(last.items()):
            if documents.continue_after(directory.office(office_key).number, series, year, number):
                _note("offices.numbers_continued", actor, office=office_key, series=series, year=year, last=number)


def _good() -> ColumnElement[bool]:
    return and_(SetupSecret.ended_at.is_(None), SetupSecret.made_at > clock.now() - SECRET_LIFE)


def _hash(secret: str) -> bytes:
    plain = "".join(each for each in secret.casefold() if each in _LETTERS)
    return hashlib.sha256(plain.encode()).digest()


def _alone() -> None:
    """One first day at a time, over all nodes."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("komek.beginning"))))


def _who(actor: directory.Actor) -> str:
    return f"staff:{actor.id}" if isinstance(actor, directory.Person) else actor


def _note(event: str, actor: directory.Actor, **details: object) -> None:
    journal.append(STREAM, [journal.NewLine(event, _who(actor), details)], at=clock.now())
