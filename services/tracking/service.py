"""Giving a case its code, and comparing what somebody says with it. Only a salted, slow digest of it is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from services import clock
from services.db import db
from services.tracking.codes import new_code
from services.tracking.models import TrackingCode

#: rounds of PBKDF2: under a millisecond, and ten bits more than the code's own 66 for whoever has the table
ROUNDS = 1000


@dataclass(frozen=True)
class KeptCode:
    """What is kept of a code; `NOBODYS` fits none and takes as long."""

    salt: bytes
    digest: bytes

    def fits(self, code: str) -> bool:
        """Whether that is the code, in the same time whatever it is."""
        return hmac.compare_digest(_digest(code, self.salt), self.digest)


NOBODYS = KeptCode(bytes(16), bytes(32))


def give_code(case_id: int) -> str:
    """A new code for that case, in the caller's transaction; one of before is none any more."""
    code, salt = new_code(), secrets.token_bytes(16)
    row = {"salt": salt, "digest": _digest(code, salt), "given_at": clock.now()}
    given = insert(TrackingCode).values(case_id=case_id, **row)
    db.session.execute(given.on_conflict_do_update(index_elements=["case_id"], set_=row))
    return code


def has_code(case_id: int) -> bool:
    """Whether that case was given one."""
    return bool(db.session.scalar(select(exists().where(TrackingCode.case_id == case_id))))


def forget_codes(case_ids: Sequence[int]) -> None:
    """Nobody asks about those cases any more; in the caller's transaction."""
    db.session.execute(
        delete(TrackingCode).where(TrackingCode.case_id.in_(case_ids)), execution_options={"synchronize_session": False}
    )


def _digest(code: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", code.encode(), salt, ROUNDS)
