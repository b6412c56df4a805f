"""Agreements: kept when an applicant said so at a counter, withdrawn there as well. In the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services import clock
from services.db import db, table_of
from services.loaded import Loaded
from services.plugin.telling import Agreement
from services.telling.models import TellingAgreement, TellingMessage
from services.written import Once

_ROW = {name: bindparam(name, type_=each.type) for name, each in table_of(TellingAgreement).columns.items()}
_AGREE = Once(
    insert(table_of(TellingAgreement))
    .values(_ROW)
    .on_conflict_do_update(
        index_elements=["case_id"], set_={name: each for name, each in _ROW.items() if name != "case_id"}
    )
)


@dataclass(frozen=True)
class Agreed:
    """An agreement that was kept. Personal data."""

    agreement: Agreement
    agreed_at: datetime
    withdrawn_at: datetime | None

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None

    def to(self, channel: str) -> str:
        """Where a message of that channel goes; empty: nowhere."""
        reached = self.agreement.phone if channel == "sms" else self.agreement.email
        return reached if self.holds else ""


def keep_agreement(case_id: int, agreement: Agreement, person_id: int) -> None:
    """Keeps that the applicant agreed at the counter of that person; once a case."""
    _AGREE.wait(
        case_id=case_id, phone=agreement.phone, email=agreement.email, language=agreement.language,
        agreed_at=clock.now(), agreed_by_id=person_id, withdrawn_at=None,
    )  # fmt: skip


def agreed_of(case_id: int, *, lock: bool = False) -> Agreed | None:
    """What the applicant of that case agreed to; None: to nothing."""
    row = (_AGREED_LOCKED if lock else _AGREED).first(case_id=case_id)
    if row is None:
        return None
    return Agreed(Agreement(row.phone, row.email, row.language), row.agreed_at, row.withdrawn_at)


_ASKED = select(TellingAgreement).where(TellingAgreement.case_id == bindparam("case_id"))
_AGREED = Loaded(_ASKED, anew=True, with_case=True)
_AGREED_LOCKED = Loaded(_ASKED.with_for_update(), anew=True)


def withdraw(case_id: int) -> bool:
    """Nothing is sent any more, nor what waits; number and address are forgotten. Whether there was an agreement."""
    ours = update(TellingAgreement).where(TellingAgreement.case_id == case_id, TellingAgreement.withdrawn_at.is_(None))
    gone = db.session.execute(
        ours.values(withdrawn_at=clock.now(), phone="", email="").returning(TellingAgreement.case_id)
    )
    if gone.first() is None:
        return False
    waits = update(TellingMessage).where(
        TellingMessage.case_id == case_id, TellingMessage.state.in_(("waits", "given_up"))
    )
    db.session.execute(waits.values(state="withdrawn"), execution_options={"synchronize_session": False})
    return True


def forget_cases(case_ids: Sequence[int]) -> None:
    """Nothing is held of how those applicants were told."""
    for table in (TellingMessage, TellingAgreement):
        db.session.execute(
            delete(table).where(table.case_id.in_(case_ids)), execution_options={"synchronize_session": False}
        )
