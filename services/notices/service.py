"""Telling, listing, reading. A list or a count looks at so many rows and no more, however many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, or_, select, union
from sqlalchemy.dialects.postgresql import insert

from services import clock, directory
from services.db import Prepared, db, transaction
from services.errors import NotFound
from services.jobs import NewJob, enqueue
from services.loaded import Loaded
from services.notices.models import Clock, Kind, Notice, NoticeRead

#: kind of the job that brings one notice to one person by mail
MAIL = "mail"
#: so many of the newest count as unread, and are read by "all"; older ones stay listed
NEWEST = 200

_mailed = False


class NoSuchNotice(NotFound):
    """There is no such notice for you."""


@dataclass(frozen=True)
class NewNotice:
    """A fact, and who is told of it: `staff_id`, whoever holds `to_role` at `to_office_key`, or both."""

    fact: str
    kind: Kind
    clock: Clock
    case_id: int | None
    code: str
    title: str
    number: str
    office_key: str
    at: datetime
    due_at: datetime | None = None
    due_default: bool = False
    task_id: str | None = None
    staff_id: int | None = None
    to_office_key: str | None = None
    to_role: str | None = None


@dataclass(frozen=True)
class NoticeShown:
    """A notice as one reader sees it."""

    notice: Notice
    read: bool


@dataclass(frozen=True)
class Page:
    """One page of a reader's notices, the newest first."""

    rows: Sequence[NoticeShown]
    next: int | None  #: `before` of the page after


def by_mail(on: bool) -> None:
    """Say whether this system sends mail: called once, when the application is put together."""
    global _mailed
    _mailed = on


def give(new: NewNotice) -> bool:
    """Whether it was news: a fact is told once. In the caller's transaction, with its mails as jobs."""
    row = insert(Notice).values(**asdict(new), told_at=clock.now()).on_conflict_do_nothing(index_elements=["fact"])
    notice_id: int | None = db.session.scalar(row.returning(Notice.id))
    if notice_id is not None and _mailed:
        readers = directory.mail_readers(new.staff_id, new.to_office_key, new.to_role)
        enqueue([_mail(new, notice_id, reader.id) for reader in readers])
    return notice_id is not None


def _mail(new: NewNotice, notice_id: int, staff_id: int) -> NewJob:
    told = {"notice": notice_id, "staff": staff_id}
    return NewJob(MAIL, f"mail:{new.fact}:{staff_id}", clock.now(), case_id=new.case_id, args=told)


def notice(notice_id: int) -> Notice | None:
    """The notice with that id."""
    return db.session.get(Notice, notice_id)


def of_case(case_id: int) -> list[Notice]:
    """What was told of that case, in order."""
    return _OF_CASE.all(case_id=case_id)


_OF_CASE = Loaded(select(Notice).where(Notice.case_id == bindparam("case_id")).order_by(Notice.id), with_case=True)


def notices_of(person: directory.Person, *, before: int | None = None, limit: int = 50) -> Page:
    """What this person was told, at whichever office; one page, `before` that id."""
    ids = _ids(person, before, limit + 1).subquery()
    read = exists().where(NoticeRead.notice_id == Notice.id, NoticeRead.staff_id == person.id)
    wanted = select(Notice, read).join(ids, ids.c.id == Notice.id).order_by(Notice.id.desc())
    found = [NoticeShown(row, seen) for row, seen in db.session.execute(wanted)]
    return Page(found[:limit], found[limit - 1].notice.id if len(found) > limit else None)


def unread(person: directory.Person) -> int:
    """How many of the newest this person has not read: one statement."""
    return int(_how_many_unread(person).one().many)


@lru_cache(maxsize=500)
def _how_many_unread(person: directory.Person) -> Prepared:
    """Made once of each person as they stand today: asked with every list of theirs, and every half minute anew."""
    return Prepared(select(func.count().label("many")).select_from(_unread(person).subquery()))


def mark_read(notice_id: int, person: directory.Person) -> None:
    """A person has read a notice; again, it changes nothing. Raises NoSuchNotice for what is not theirs."""
    with transaction():
        mine = select(Notice.id).where(Notice.id == notice_id, or_(*_told(person)))
        if not 0 < notice_id < 2**63 or db.session.scalar(mine) is None:
            raise NoSuchNotice
        _keep_read([notice_id], person)


def mark_all_read(person: directory.Person, *, up_to: int) -> None:
    """A person has read everything that counts as unread, up to that id: the newest they saw."""
    with transaction():
        _keep_read([each for each in db.session.scalars(_unread(person)) if each <= up_to], person)


def _keep_read(ids: Iterable[int], person: directory.Person) -> None:
    rows = [{"notice_id": each, "staff_id": person.id, "at": clock.now()} for each in ids]
    if rows:
        db.session.execute(insert(NoticeRead).values(rows).on_conflict_do_nothing())


def _unread(person: directory.Person) -> Select[int]:
    newest = _ids(person, None, NEWEST).subquery()
    read = exists().where(NoticeRead.notice_id == newest.c.id, NoticeRead.staff_id == person.id)
    return select(newest.c.id).where(~read)


def _ids(person: directory.Person, before: int | None, limit: int) -> Select[int]:
    """Ids of the newest; each arm walks one index from its end and stops at `limit`."""
    arms = []
    for mine in _told(person):
        arm = select(Notice.id).where(mine)
        arm = arm.where(Notice.id < before) if before is not None else arm
        arms.append(select(arm.order_by(Notice.id.desc()).limit(limit).subquery()))
    joined = union(*arms).subquery()
    return select(joined.c.id).order_by(joined.c.id.desc()).limit(limit)


def _told(person: directory.Person) -> list[ColumnElement[bool]]:
    """By which a notice is this person's: by name, by a role they hold today, or told to somebody they stand in for."""
    roles = sorted({(each.office_key, each.role) for each in person.appointments})
    absent = sorted({(each.office_key, each.for_id) for each in person.appointments if each.for_id is not None})
    return [
        Notice.staff_id == person.id,
        *(and_(Notice.to_office_key == office_key, Notice.to_role == role) for office_key, role in roles),
        *(and_(Notice.office_key == office_key, Notice.staff_id == for_id) for office_key, for_id in absent),
    ]


def forget_cases(case_ids: Sequence[int]) -> None:
    """What was told of those cases was told of cases that never were, in the caller's transaction."""
    ours = select(Notice.id).where(Notice.case_id.in_(case_ids))
    db.session.execute(delete(NoticeRead).where(NoticeRead.notice_id.in_(ours)))
    db.session.execute(delete(Notice).where(Notice.case_id.in_(case_ids)))
