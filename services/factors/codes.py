"""One-time codes of somebody's authenticator, and what is kept for the day it is lost."""

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services import clock, directory
from services.config import Config
from services.db import db, transaction
from services.directory import Person
from services.factors import totp
from services.factors.errors import AlreadySetUp, CodeRefused, NothingToConfirm
from services.factors.models import CodeKey, RecoveryCode

#: bytes of a secret, as RFC 4226 wants it
SECRET = 20
#: codes for the day the authenticator is lost
RECOVERY = 10
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"


def begin_codes(person: Person) -> bytes:
    """A new secret, which counts for nothing until a first code of it was right.

    The caller has asked for the password, or for what was shown before. Raises AlreadySetUp.
    """
    secret = secrets.token_bytes(SECRET)
    with transaction():
        directory.lock(person.id)
        if has_codes(person.id):
            raise AlreadySetUp
        row = upsert(CodeKey).values(staff_id=person.id, secret=secret, last_step=0)
        db.session.execute(row.on_conflict_do_update(index_elements=["staff_id"], set_={"secret": secret}))
    return secret


def pending_secret(person: Person) -> bytes | None:
    """The secret that waits for its first code; None when nothing was begun."""
    mine = select(CodeKey.secret).where(CodeKey.staff_id == person.id, CodeKey.confirmed_at.is_(None))
    return db.session.scalar(mine)


def confirm_codes(person: Person, typed: str, config: Config) -> list[str]:
    """From now on a code is asked for at every sign-in; recovery codes, shown this once.

    Raises NothingToConfirm, CodeRefused, TooManyAttempts.
    """
    _check_right(person, lambda: _takes(person.id, typed, confirmed=False), config)
    with transaction():
        row = db.session.get(CodeKey, person.id, with_for_update=True, populate_existing=True)
        if row is None or row.confirmed_at is not None:
            raise NothingToConfirm
        row.confirmed_at = clock.real()
        directory.note("staff.codes_set_up", person, staff=person.id)
        return _new_recovery_codes(person)


def check_code(person: Person, typed: str, config: Config) -> None:
    """Nothing, when it is the authenticator's code of now, or a recovery code; either is taken once.

    Guesses are counted apart from passwords. Commits by itself. Raises CodeRefused, TooManyAttempts.
    """
    _check_right(person, lambda: _takes(person.id, typed) or _takes_recovery(person, typed), config)


def renew_recovery_codes(person: Person) -> list[str]:
    """Ten new ones, shown this once; those of before hold no more. The caller has asked for the password."""
    with transaction():
        return _new_recovery_codes(person)


def remove_codes(person: Person) -> None:
    """One's authenticator is asked no more. The caller has asked for the password."""
    with transaction():
        forget_codes(person.id)
        directory.note("staff.codes_removed", person, staff=person.id)


def forget_codes(staff_id: int) -> None:
    """The secret and the recovery codes of that person are gone; inside the caller's transaction."""
    for table in (RecoveryCode, CodeKey):
        db.session.execute(delete(table).where(table.staff_id == staff_id))


def has_codes(staff_id: int) -> bool:
    """Whether an authenticator's codes are asked of that person."""
    mine = select(CodeKey.staff_id).where(CodeKey.staff_id == staff_id, CodeKey.confirmed_at.is_not(None))
    return db.session.scalar(mine) is not None


def recovery_left(staff_id: int) -> int:
    """How many recovery codes that person has not used yet."""
    return db.session.scalar(select(func.count()).where(RecoveryCode.staff_id == staff_id)) or 0


def _check_right(person: Person, right: Callable[[], bool], config: Config) -> None:
    """Raises CodeRefused, TooManyAttempts."""
    if not directory.guessed_right(person, right, config):
        raise CodeRefused


def _takes(staff_id: int, typed: str, *, confirmed: bool = True) -> bool:
    """Whether it is a code of now that was not taken yet; it is taken."""
    row = db.session.get(CodeKey, staff_id, with_for_update=True, populate_existing=True)
    if row is None or (row.confirmed_at is not None) != confirmed:
        return False
    said = "".join(typed.split())
    step = totp.step_of(row.secret, said[:10], clock.real().timestamp(), row.last_step)
    if step is not None:
        row.last_step = step
    return step is not None


def _takes_recovery(person: Person, typed: str) -> bool:
    used = delete(RecoveryCode).where(RecoveryCode.staff_id == person.id, RecoveryCode.code_hash == _hash(typed))
    if db.session.scalar(used.returning(RecoveryCode.staff_id)) is None:
        return False
    directory.note("staff.recovery_code_used", person, staff=person.id)
    return True


def _new_recovery_codes(person: Person) -> list[str]:
    made = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == person.id))
    db.session.execute(insert(RecoveryCode), [{"staff_id": person.id, "code_hash": _hash(each)} for each in made])
    directory.note("staff.recovery_codes_made", person, staff=person.id)
    return made


def _hash(code: str) -> bytes:
    letters = "".join(each for each in code.casefold()[:100] if each.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).digest()
