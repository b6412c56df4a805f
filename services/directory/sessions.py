"""Who is signed in where. A session is a row here: it ends for every node when the row goes, whatever a cookie says.

Moments are the database's own, one clock for all nodes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, update

from services.db import db, transaction
from services.directory.held import Person, person_of, statement, today
from services.directory.models import Session, Staff

#: a session ends so long after signing in, or after the last thing done in it
LIFE = timedelta(hours=12)
#: what is done sooner after the last lengthening does not lengthen it: one write an hour, not one a click
SPARE = timedelta(hours=1)


def begin_session(person: Person) -> str:
    """The key of a new session, for the browser alone to keep; sessions that ran out are forgotten."""
    key = secrets.token_urlsafe(24)
    with transaction():
        old = delete(Session).where(Session.ends_at <= func.now())
        db.session.execute(old, execution_options=_UNTRACKED)
        row = {"key_hash": _hash(key), "staff_id": person.id, "version": person.session_version}
        db.session.add(Session(**row, ends_at=func.now() + LIFE))
    return key


@dataclass(frozen=True)
class InSession:
    """Whose session it is, as of today."""

    person: Person
    ends_soon: bool  #: something done now has to lengthen it
    left_s: int  #: seconds until it ends by itself, by the database's clock


def person_in(key: str) -> InSession | None:
    """Whose session that is; None when it ended, or they may no more. One statement."""
    rows = db.session.execute(_one(), {"today": today(), "key_hash": _hash(key)}).mappings().all()
    return InSession(person_of(rows), rows[0]["ends_soon"], int(rows[0]["left_s"])) if rows else None


def lengthen_session(key: str) -> None:
    """Something was done in it, so it ends later; nothing when it ended already."""
    mine = update(Session).where(Session.key_hash == _hash(key), Session.ends_at > func.now())
    with transaction():
        db.session.execute(mine.values(ends_at=func.now() + LIFE), execution_options=_UNTRACKED)


def end_session(key: str) -> None:
    """Nobody is in it any more, wherever its cookie was copied to."""
    with transaction():
        db.session.execute(delete(Session).where(Session.key_hash == _hash(key)), execution_options=_UNTRACKED)


@cache
def _one() -> Select[Any]:
    """The person of a session by `key_hash`: asked with every request, so made once."""
    theirs = statement(Session.key_hash == bindparam("key_hash"), Session.ends_at > func.now(), Staff.active)
    soon = (Session.ends_at < func.now() + LIFE - SPARE).label("ends_soon")
    left = func.extract("epoch", Session.ends_at - func.now()).label("left_s")
    held = (Session.staff_id == Staff.id) & (Session.version == Staff.session_version)
    return theirs.join(Session, held).add_columns(soon, left)


def _hash(key: str) -> bytes:
    """What is kept of it: whoever reads the table gets into no session."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


#: the session of the database holds none of these rows
_UNTRACKED = {"synchronize_session": False}
