"""A forgotten password: an administrator hands over a slip, and its owner chooses another; nobody else ever knows it.

The password until then stays as it is, so that a slip which lies about, or which nobody asked for, locks nobody out.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.config import Config
from services.db import db, transaction
from services.directory import passwords
from services.directory.errors import OwnSlip, PasswordElsewhere, ShutOut, WrongSlip
from services.directory.held import Person
from services.directory.models import PasswordSlip, Staff
from services.directory.people import Actor, check_administers
from services.directory.service import lock, note
from services.directory.sign_in import begin_attempt, count_attempt, counts_here

#: how long a slip may lie about
LIFE = timedelta(days=3)
#: easily told apart on paper and on every keyboard
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
_GROUPS, _IN_GROUP = 5, 4


def make_slip(staff_id: int, *, actor: Actor) -> tuple[str, datetime]:
    """The code of a new slip, kept nowhere, and until when it holds; one made before holds no more.

    Raises NotAdministrator, NoSuchStaff, OwnSlip, ShutOut.
    """
    check_administers(actor)
    if isinstance(actor, Person) and actor.id == staff_id:
        raise OwnSlip
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_IN_GROUP)) for _ in range(_GROUPS))
    code = "-".join(groups)
    with transaction():
        if not lock(staff_id).active:
            raise ShutOut
        new = {"code_hash": _hash(code), "ends_at": func.now() + LIFE}
        row = insert(PasswordSlip).values(staff_id=staff_id, **new)
        row = row.on_conflict_do_update(index_elements=["staff_id"], set_=new)
        ends_at = db.session.scalar(row.returning(PasswordSlip.ends_at))
        note("staff.slip_made", actor, staff=staff_id)
    assert ends_at is not None
    return code, ends_at


def slip_of(staff_id: int, *, actor: Actor) -> datetime | None:
    """Until when a slip of that person holds; None when there is none. Raises NotAdministrator."""
    check_administers(actor)
    mine = select(PasswordSlip.ends_at).where(PasswordSlip.staff_id == staff_id, PasswordSlip.ends_at > func.now())
    return db.session.scalar(mine)


def take_back_slip(staff_id: int, *, actor: Actor) -> None:
    """Nobody chooses a password by it any more. Raises NotAdministrator, NoSuchStaff."""
    check_administers(actor)
    with transaction():
        lock(staff_id)
        if _drop(staff_id):
            note("staff.slip_taken_back", actor, staff=staff_id)


def use_slip(login: str, code: str, new: str, address: str, config: Config) -> None:
    """Another password of one's own, by a slip; the slip and every session of before are over.

    Guesses are counted with those at signing in. Commits by itself: never call it inside a transaction.
    Raises PasswordElsewhere; TooManyAttempts;
    WrongSlip, in the same words for whatever is wrong; WeakPassword, and the slip still holds.
    """
    if not counts_here(config):
        raise PasswordElsewhere
    tried = begin_attempt(login, address, "", config)
    right = _fits(tried.staff_id, code)
    with transaction():
        count_attempt(tried, right, config)
    if not right or tried.staff_id is None:
        raise WrongSlip
    with transaction():
        row = lock(tried.staff_id)
        if not row.active or not _fits(row.id, code):  # used at this very moment
            raise WrongSlip
        _choose(row, new, config)
        _drop(row.id)
        note("staff.password_recovered", f"staff:{row.id}", staff=row.id)


def _choose(row: Staff, new: str, config: Config) -> None:
    row.password_hash = passwords.hash_password(new, row.login, row.full_name, config)
    row.session_version += 1
    row.own_password = True


def _fits(staff_id: int | None, code: str) -> bool:
    """Asked of nobody, too (no id is 0): a name costs the same."""
    wanted = (PasswordSlip.staff_id == (staff_id or 0), PasswordSlip.ends_at > func.now())
    kept = db.session.scalar(select(PasswordSlip.code_hash).where(*wanted))
    return hmac.compare_digest(kept or bytes(32), _hash(code)) and kept is not None


def _drop(staff_id: int) -> bool:
    gone = delete(PasswordSlip).where(PasswordSlip.staff_id == staff_id).returning(PasswordSlip.staff_id)
    return db.session.scalar(gone) is not None


def _hash(code: str) -> bytes:
    """Of its letters alone: dashes, blanks and capitals do not matter."""
    letters = "".join(each for each in code.casefold()[:200] if each.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).digest()
