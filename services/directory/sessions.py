"""Who is signed in. A session is a row here: it ends for every node when the row goes, whatever a cookie says.

Moments are the database's own, one clock for all nodes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import bindparam, delete, func, insert, update

from services.db import Prepared, db, transaction
from services.directory.held import Person, person_of, statement, today
from services.directory.models import Session, Staff

#: a session ends so long after signing in, or after the last thing done in it
LIFE = timedelta(hours=12)
#: what is done sooner after the last lengthening does not lengthen it: one write an hour, not one a click
SPARE = timedelta(hours=1)
#: that a session is used is not written down more often: looking writes nothing as a rule
SEEN_AGAIN = timedelta(minutes=10)
MOST_OF_PLACE, MOST_OF_BROWSER = 64, 300


def begin_session(person: Person, *, place: str = "", browser: str = "", asked: bool = False, proved: str = "") -> str:
    """The key of a new session, for the browser alone to keep; sessions that ran out are forgotten.

    `place` is the network address, `browser` what the browser says of itself; `asked` that more than a password is
    wanted, `proved` what of it was shown.
    """
    key = secrets.token_urlsafe(24)
    with transaction():
        old = delete(Session).where(Session.ends_at <= func.now())
        db.session.execute(old, execution_options=_UNTRACKED)
        row = {"key_hash": key_hash(key), "staff_id": person.id, "version": person.session_version}
        told = {
            "place": _told(place, MOST_OF_PLACE),
            "browser": _told(browser, MOST_OF_BROWSER),
            "asked": asked,
            "proved": proved,
        }
        db.session.execute(insert(Session).values(**row, **told, ends_at=func.now() + LIFE))
    return key


@dataclass(frozen=True)
class InSession:
    """Whose session it is, as of today."""

    person: Person
    ends_soon: bool  #: something done now has to lengthen it
    left_s: int  #: seconds until it ends by itself, by the database's clock
    asked: bool  #: more than a password is wanted of it
    proved: str  #: what was shown beside the password, or in its place
    unseen: bool = False  #: that something is asked for in it was not written down lately


def person_in(key: str) -> InSession | None:
    """Whose session that is; None when it ended, or they may no more. One statement."""
    rows = _one().all(today=today(), key_hash=key_hash(key))
    if not rows:
        return None
    first = rows[0]
    told = (first.asked, first.proved, first.unseen)
    return InSession(person_of(rows), first.ends_soon, int(first.left_s), *told)


def lengthen_session(key: str) -> None:
    """Something was done in it, so it ends later; nothing when it ended already."""
    mine = update(Session).where(Session.key_hash == key_hash(key), Session.ends_at > func.now())
    with transaction():
        db.session.execute(mine.values(ends_at=func.now() + LIFE), execution_options=_UNTRACKED)


def see_session(key: str, place: str) -> None:
    """Something was asked for in it, from that network address."""
    mine = update(Session).where(Session.key_hash == key_hash(key), Session.ends_at > func.now())
    told = mine.values(seen_at=func.now(), place=_told(place, MOST_OF_PLACE))
    with transaction():
        db.session.execute(told, execution_options=_UNTRACKED)


def end_session(key: str) -> None:
    """Nobody is in it any more, wherever its cookie was copied to."""
    with transaction():
        db.session.execute(delete(Session).where(Session.key_hash == key_hash(key)), execution_options=_UNTRACKED)


@cache
def _one() -> Prepared:
    """The person of a session by `key_hash`: asked with every request, so made once."""
    theirs = statement(Session.key_hash == bindparam("key_hash"), Session.ends_at > func.now(), Staff.active)
    soon = (Session.ends_at < func.now() + LIFE - SPARE).label("ends_soon")
    left = func.extract("epoch", Session.ends_at - func.now()).label("left_s")
    unseen = (Session.seen_at < func.now() - SEEN_AGAIN).label("unseen")
    held = (Session.staff_id == Staff.id) & (Session.version == Staff.session_version)
    more = (soon, left, unseen, Session.asked, Session.proved)
    return Prepared(theirs.join(Session, held).add_columns(*more))


def key_hash(key: str) -> bytes:
    """What is kept of a session's key: whoever reads the table gets into no session."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _told(said: str, most: int) -> str:
    """What can be kept of what a browser says."""
    return "".join(letter for letter in said if letter.isprintable())[:most]


#: the session of the database holds none of these rows
_UNTRACKED = {"synchronize_session": False}
