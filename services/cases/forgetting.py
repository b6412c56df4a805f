"""Cases that are taken back or destroyed: what was answered and sent, and what was still to be done or told."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from services import jobs, notices, telling, tracking
from services.cases.models import Answer, Applicant, Comment, ExternalTask, Message, Related, Task
from services.db import db


def is_destroyed(applicant: Applicant | None) -> bool:
    """Whether nothing is left by which that applicant could be known; a case that never had one was not destroyed."""
    return applicant is not None and not (applicant.surname or applicant.iin or applicant.sort_key)


def added_to(case_ids: Sequence[int]) -> set[int]:
    """Of those cases, the ones on which somebody commented, or that another case was put beside; one statement."""
    commented = select(Comment.case_id).where(Comment.case_id.in_(case_ids))
    later = select(Related.to_id).where(Related.to_id.in_(case_ids))
    earlier = select(Related.case_id).where(Related.case_id.in_(case_ids))
    return set(db.session.scalars(commented.union(later, earlier)))


def forget_cases(case_ids: Sequence[int]) -> None:
    """Nothing is to be done about those locked cases any more, and what was said in them is gone.

    In the caller's transaction; their tasks stay.
    """
    jobs.forget_cases(case_ids)
    notices.forget_cases(case_ids)
    tracking.forget_codes(case_ids)
    telling.forget_cases(case_ids)
    tasks = select(Task.id).where(Task.case_id.in_(case_ids))
    db.session.execute(delete(ExternalTask).where(ExternalTask.task_id.in_(tasks)))
    for said in (Answer, Message, Comment):
        db.session.execute(delete(said).where(said.case_id.in_(case_ids)))
