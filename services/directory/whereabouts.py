"""Where somebody is signed in: for themselves and for administrators, to see and to end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.engine import CursorResult

from services.db import db, transaction
from services.directory.errors import NoSuchSession
from services.directory.held import Person
from services.directory.models import Session, Staff
from services.directory.people import Actor, check_administers
from services.directory.service import lock, note
from services.directory.sessions import key_hash


@dataclass(frozen=True)
class OpenSession:
    """A browser at which somebody is signed in now."""

    id: int
    began_at: datetime
    seen_at: datetime  #: within `SEEN_AGAIN` of the last thing asked for
    place: str  #: network address
    browser: str  #: User-Agent
    here: bool = False  #: it is the session that asks


def sessions_of(staff_id: int, *, actor: Actor, key: str = "") -> list[OpenSession]:
    """Where that person is signed in now, the one seen last first; `key` is that of the session that asks.

    Raises NotAdministrator when it is somebody else's to see.
    """
    _check_may(staff_id, actor)
    columns = (Session.id, Session.began_at, Session.seen_at, Session.place, Session.browser)
    here = (Session.key_hash == key_hash(key)).label("here")
    wanted = select(*columns, here).join(Staff, Staff.id == Session.staff_id).where(*_open(staff_id))
    return [OpenSession(*row) for row in db.session.execute(wanted.order_by(Session.seen_at.desc(), Session.id.desc()))]


def end_session_of(staff_id: int, session_id: int, *, actor: Actor) -> None:
    """One session of that person is over, on every node. Raises NotAdministrator, NoSuchSession."""
    _check_may(staff_id, actor)
    with transaction():
        if not _end(Session.staff_id == staff_id, Session.id == session_id):
            raise NoSuchSession
        note("staff.session_ended", actor, staff=staff_id, sessions=1)


def end_other_sessions(key: str, *, actor: Person) -> int:
    """All of one's own but the one with that key are over; how many there were."""
    with transaction():
        ended = _end(Session.staff_id == actor.id, Session.key_hash != key_hash(key))
        if ended:
            note("staff.session_ended", actor, staff=actor.id, sessions=ended)
    return ended


def end_sessions_of(staff_id: int, *, actor: Actor) -> None:
    """Every session of that person is over, and so is what programs are known by.

    Raises NotAdministrator, NoSuchStaff.
    """
    check_administers(actor)
    with transaction():
        lock(staff_id).session_version += 1
        note("staff.session_ended", actor, staff=staff_id, sessions=_end(Session.staff_id == staff_id))


def _open(staff_id: int) -> tuple[ColumnElement[bool], ...]:
    return Session.staff_id == staff_id, Session.version == Staff.session_version, Session.ends_at > func.now()


def _end(*which: ColumnElement[bool]) -> int:
    ended = db.session.execute(delete(Session).where(*which), execution_options={"synchronize_session": False})
    return ended.rowcount if isinstance(ended, CursorResult) else 0


def _check_may(staff_id: int, actor: Actor) -> None:
    """Nothing, when it is about the actor, or the actor is an administrator. Raises NotAdministrator."""
    if not (isinstance(actor, Person) and actor.id == staff_id):
        check_administers(actor)
