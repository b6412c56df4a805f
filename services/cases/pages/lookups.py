"""Cases found by what is said of them: words, numbers, labels; and what stands beside a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, and_, bindparam, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from services import custody, directory, documents, processes
from services.cases import finding
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages.lists import Listed, inbox_row
from services.cases.pages.shown import InboxRow
from services.cases.rights import looks_at_cases
from services.db import Prepared, db
from services.processes.models import ProcessDefinition


@dataclass(frozen=True)
class CasesFound:
    """What a search finds."""

    rows: Sequence[InboxRow] = ()  #: the newest first
    more: bool = False  #: there are others, which are older


def find(person: directory.Person, office_key: str, words: str, *, limit: int = 50) -> CasesFound:
    """Cases of that office by what `finding` knows them by; newest first."""
    matches = finding.matches(office_key, words, limit)
    real, rehearsed = looks_at_cases(person, office_key), processes.DESIGNER in person.roles_at(office_key)
    if matches is None or not (real or rehearsed):
        return CasesFound()
    theirs = [Case.plays.is_(None)] * real + [Case.plays.is_not(None)] * rehearsed
    found = db.session.execute(
        select(Case, Applicant)
        .outerjoin(Applicant, Applicant.case_id == Case.id)
        .where(Case.id.in_(matches.ids))
        .where(or_(Case.office_key == office_key, Case.body_key == office_key))
        .where(or_(*theirs))
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(limit)
    ).all()
    newest = _newest_tasks([case.id for case, _ in found])
    holders = directory.holders([task.assignee_id for task, *_ in newest.values() if task.assignee_id])
    rows = [
        inbox_row(person, Listed(newest[case.id][0], case, applicant, *newest[case.id][1:]), holders)
        for case, applicant in found
        if case.id in newest
    ]
    return CasesFound(rows, matches.more or len(matches.ids) > limit)


@dataclass(frozen=True)
class LivesUnder:
    """By which edition of the act a case is told."""

    edition: int | None


def lives_under(case_ids: Iterable[int]) -> dict[int, LivesUnder]:
    """Case -> its edition of the act, for what names cases without reading them; asks nothing for none."""
    ids = set(case_ids)
    found = db.session.execute(select(Case.id, Case.edition).where(Case.id.in_(ids))) if ids else ()
    return {case_id: LivesUnder(edition) for case_id, edition in found}


def applicants(case_ids: Sequence[int]) -> dict[int, str]:
    """Case -> the applicant's surname and initials."""
    wanted = select(Applicant).where(Applicant.case_id.in_(set(case_ids)))
    return {
        row.case_id: " ".join([row.surname, *[f"{name[0]}." for name in (row.given_name, row.patronymic) if name]])
        for row in db.session.scalars(wanted)
    }


#: as many papers as are shown, or counted, at once
MOST_APART = 50
#: of each side and state so many are looked at, those that lie longest: the desk says where it lists no more
LOOKED_AT = 299
UNDER_WAY = ("to_send", "listed", "in_transit", "missing")


def disagreeing(office_key: str) -> list[custody.Item]:
    """Papers of this office that are not where their process is: the longest first, at most `MOST_APART`.

    The body works on a case whose folder has not come, or a case is closed while its result is still on the way.
    """
    wanted = select(custody.Item).where(custody.Item.code.in_(_apart()))
    wanted = wanted.order_by(custody.Item.since, custody.Item.code).limit(MOST_APART)
    return list(db.session.scalars(wanted, {"office": office_key}))


def how_many_disagree(office_key: str) -> int:
    """How many `disagreeing` shows."""
    return int(_how_many_apart().one(office=office_key).many)


@cache
def _how_many_apart() -> Prepared:
    codes = _apart().distinct().limit(MOST_APART)
    return Prepared(select(func.count().label("many")).select_from(codes.subquery()))


def _apart() -> Select[str]:
    """The codes of such papers, of either side's first ones, at `office`."""
    works = select(Instance.id).where(
        Instance.case_id == custody.Item.case_id, Instance.office_key == custody.Item.destination_key
    )
    closed = select(Case.id).where(Case.id == custody.Item.case_id, Case.closed_at.is_not(None))
    apart = or_(
        and_(custody.Item.kind == "folder", works.exists()), and_(custody.Item.kind == "result", closed.exists())
    )
    # by the index of each side; whether one is apart is asked of these alone
    longest = [
        select(custody.Item.code.label("code"))
        .where(side == bindparam("office"), custody.Item.state == state)
        .order_by(custody.Item.since, custody.Item.code)
        .limit(LOOKED_AT)
        .subquery()
        for side in (custody.Item.office_key, custody.Item.destination_key)
        for state in UNDER_WAY
    ]
    under_way = union_all(*[select(each) for each in longest]).subquery()
    return (
        select(custody.Item.code).join(under_way, under_way.c.code == custody.Item.code).where(apart).limit(MOST_APART)
    )


def number_at(case_id: int, office_key: str) -> str:
    """The case's number in that office's register, else the one it is called by; empty before it has any."""
    own = select(Instance.number).where(Instance.case_id == case_id, Instance.office_key == office_key)
    called = select(Case.number).where(Case.id == case_id)
    return db.session.scalar(select(func.coalesce(own.limit(1).scalar_subquery(), called.scalar_subquery()))) or ""


def case_by_number(number: str) -> int | None:
    """The id of the case with that number, in whichever office's register, or on its folder or its result."""
    arms = [
        select(Case.id).where(Case.number == number),
        select(Instance.case_id).where(Instance.number == number),
        select(custody.Item.case_id).where(custody.Item.code == number),
        select(custody.Item.case_id).join(custody.Label).where(custody.Label.code == number),
        select(custody.Label.case_id).where(custody.Label.code == number, custody.Label.case_id.is_not(None)),
    ]
    found = db.session.scalar(union_all(*arms).limit(1))
    return found if found is not None else documents.case_of_outgoing(number)


def _newest_tasks(case_ids: Sequence[int]) -> dict[int, tuple[Task, str | None, str, int]]:
    """Case -> where it is, its number in the register of that office, and its process there, by name and version."""
    # which these are is told first: pools and processes are read of them alone
    newest = (
        select(Task.id)
        .ext(distinct_on(Task.case_id))
        .where(Task.case_id.in_(case_ids))
        .order_by(Task.case_id, Task.closed_at.is_not(None), Task.seq.desc())
        .subquery()
    )
    wanted = (
        select(Task, Instance.number, ProcessDefinition.name, ProcessDefinition.version)
        .join(newest, newest.c.id == Task.id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == Instance.definition_id)
    )
    return {row[0].case_id: (row[0], row[1], row[2], row[3]) for row in db.session.execute(wanted)}
