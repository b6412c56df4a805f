"""What programs outside are for: the topics whose external tasks an account may have."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.db import db, transaction
from services.directory.models import Staff, WorkerTopic
from services.directory.people import Actor, check_administers
from services.directory.service import note, staff_member
from services.errors import InvalidAnswers

#: role of the account that a program signs in with which carries out tasks of real cases
WORKER = "external_worker"
LONGEST, MOST = 200, 200


def topics_of(staff_id: int) -> list[str]:
    """In the order of the alphabet."""
    return list(db.session.scalars(select(WorkerTopic.topic).filter_by(staff_id=staff_id).order_by(WorkerTopic.topic)))


def topics_of_anybody() -> frozenset[str]:
    """Topics that an account has which may sign in."""
    held = select(WorkerTopic.topic).join(Staff, Staff.id == WorkerTopic.staff_id).where(Staff.active)
    return frozenset(db.session.scalars(held))


def give_topics(staff_id: int, topics: Iterable[str], *, actor: Actor) -> list[str]:
    """Let that account have the tasks of these topics, and of no others. The topics as they are kept.

    Raises NotAdministrator, NoSuchStaff, InvalidAnswers({"topics": …}).
    """
    check_administers(actor)
    wanted = sorted({each.strip() for each in topics} - {""})
    if len(wanted) > MOST or any(len(each) > LONGEST or not each.isprintable() for each in wanted):
        raise InvalidAnswers({"topics": "Write one topic a line, as it stands in the diagram."})
    with transaction():
        staff_member(staff_id, actor=actor)
        db.session.execute(select(Staff.id).filter_by(id=staff_id).with_for_update())
        before = topics_of(staff_id)
        if wanted != before:
            gone = delete(WorkerTopic).where(WorkerTopic.staff_id == staff_id, WorkerTopic.topic.not_in(wanted))
            db.session.execute(gone, execution_options={"synchronize_session": False})
            add_topics({staff_id: wanted})
            note("staff.topics", actor, staff=staff_id, topics=wanted)
    return wanted


def add_topics(topics_by: dict[int, Collection[str]]) -> None:
    """Rows for those that are not there yet. In a transaction."""
    rows = [{"staff_id": staff_id, "topic": topic} for staff_id, topics in topics_by.items() for topic in topics]
    if rows:
        db.session.execute(insert(WorkerTopic).values(rows).on_conflict_do_nothing())
