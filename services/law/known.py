"""Which editions of the act hold as somebody read it, and for whom.

What a transaction has read, or has put in force itself, is the law for as long as it lasts and for nobody else: another
thread may be in the middle of a verb under the law of before, and what was put in force may never be saved. So it hangs
on the session's transaction. Everybody else knows of it once it is saved, or was read where nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from flask import has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from services.db import READS_BY, RoutedSession, db, in_transaction
from services.registry import Registry

#: of a session: by which law it goes, and in which transaction
_LAW = "law"
_numbers = count(1)


def next_number() -> int:
    """Higher than any before."""
    return next(_numbers)


@dataclass(frozen=True)
class HeldFrom:
    """An edition, in force from a day on."""

    edition: int
    from_on: date
    enactment: int
    begun: bool  #: whether its diagrams and offices are in force, as whoever read it knows: false may be out of date


@dataclass(frozen=True)
class HoldsToday:
    """What holds on one day of a region, as long as nobody puts anything else in force."""

    shipped: Registry
    since: datetime
    until: datetime
    plugins: Registry


@dataclass
class HeldLaw:
    """What holds, as it was read once."""

    version: str = ""
    held: tuple[HeldFrom, ...] = ()
    #: the region under each edition: of one version the same, however often it is read
    registries: dict[tuple[Registry, int], Registry] = field(default_factory=dict)
    today: HoldsToday | None = None
    #: what is read later has a higher one; the law of a process that has read nothing is older than any
    number: int = field(default_factory=next_number)


@dataclass(frozen=True)
class _Own:
    within: SessionTransaction | None
    law: HeldLaw


def own_law() -> HeldLaw | None:
    """What the transaction of this thread's session goes by; None where it has read nothing yet."""
    if not has_app_context():
        return None
    session = db.session()
    own: _Own | None = session.info.get(_LAW)
    if own is None or own.within is not session.get_transaction():
        return None
    return own.law


def go_by(law: HeldLaw) -> bool:
    """Has the transaction of this thread's session go by that law.

    Whether everybody may: where it writes nothing, and reads what is saved now.
    """
    if not has_app_context():
        return True
    session = db.session()
    if (within := session.get_transaction()) is not None:
        session.info[_LAW] = _Own(within, law)
    return READS_BY not in session.info and not in_transaction()


def leave_law() -> None:
    """Has the transaction of this thread's session go by what everybody knows."""
    if has_app_context():
        db.session().info.pop(_LAW, None)


def once_saved(publish: Callable[[HeldLaw], None]) -> None:
    """What a transaction goes by is told to everybody when it is committed, and forgotten when it is not."""

    def told(session: Session) -> None:
        if _LAW in session.info and not session.in_nested_transaction():
            own: _Own = session.info.pop(_LAW)
            if READS_BY not in session.info:
                publish(own.law)

    def dropped(session: Session, _: SessionTransaction) -> None:
        session.info.pop(_LAW, None)

    event.listen(RoutedSession, "after_commit", told)
    event.listen(RoutedSession, "after_soft_rollback", dropped)
