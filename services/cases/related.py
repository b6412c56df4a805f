"""Cases that have to do with one another: applications of one person, or for one dwelling, in the same term.

The act does not speak of a second application; the region says for how many months assistance is assigned at a time,
and two of one such term are put beside each other before the second is taken in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, or_, select, text
from sqlalchemy import case as case_when

from services import clock, deadlines, directory
from services.cases import finding
from services.cases.models import Applicant, Case, Related
from services.cases.rights import outcomes_known_to, seen_by, sees
from services.cases.terms import LATELY, granted, is_followed, term_of
from services.db import db
from services.errors import Invalid
from services.loaded import Loaded
from services.plugin import Applicant as ApplicantFacts
from services.registry import Registry
from services.written import Once

#: so many are shown beside a new one
MOST = 5


class NotRelated(Invalid):
    """The other application is none of this body, or is not registered."""


@dataclass(frozen=True)
class RelatedLine:
    """A case that the one on the page has to do with."""

    case_id: int
    number: str
    opened_at: datetime
    relation: str  #: `repeats`, `joined`, `follows`
    earlier: bool  #: it is the earlier of the two: the one on the page repeats it, was joined to it, follows it
    closed_at: datetime | None
    outcome: str | None
    may_see: bool  #: whether the reader may look at it


def alike(
    registry: Registry, case: Case, applicant: ApplicantFacts, body_key: str
) -> Sequence[tuple[Case, Applicant, bool, bool]]:
    """Other registered applications of that person, or for that dwelling, of the term in which this one was taken in;
    whether it is the same IIN, and whether the same address.

    Of those that somebody decided or will decide; what was withdrawn, sent on or annulled stands in nobody's way. At
    the same body or office only: by one look into the index that the search uses.
    """
    keys = finding.keys_of_application(applicant.iin, applicant.address)
    if case.plays is not None or not keys:
        return ()
    decided = {*registry.ends_that("granted"), *registry.ends_that("denied")}
    found = db.session.execute(
        select(Case, Applicant)
        .join(Applicant, Applicant.case_id == Case.id)
        .where(
            finding.holds_any({case.office_key, body_key}, keys),
            Case.id != case.id,
            Case.id.not_in(select(Related.to_id).where(Related.case_id == case.id, Related.relation == "follows")),
            Case.number.is_not(None),
            Case.opened_at >= _since(registry, case),
            or_(Case.closed_at.is_(None), Case.outcome.in_(decided)),
        )
        .order_by((Applicant.case_id + 0).desc())
        .limit(MOST)
    )
    dwelling = finding.keys_of_application("", applicant.address)
    return [
        (other, row, row.iin == applicant.iin != "", finding.keys_of_application("", row.address) == dwelling)
        for other, row in found
    ]


@dataclass(frozen=True)
class GrantedBefore:
    """What was assigned before to that person, or for that dwelling, and how it is like what is asked now."""

    case: Case
    applicant: Applicant
    same_iin: bool
    same_address: bool
    another_person: bool  #: both have an IIN, and it is another
    over: bool


def granted_before(
    registry: Registry, case: Case, applicant: ApplicantFacts, body_key: str, person: directory.Person
) -> Sequence[GrantedBefore]:
    """What was assigned to that person, or for that dwelling, and runs or ended lately, the last to end first; nothing
    that another application follows already.

    Of cases that this person may look at, and whose outcome they may know: of others not even that there is one.
    """
    keys = finding.keys_of_application(applicant.iin, applicant.address)
    if case.plays is not None or not keys:
        return ()
    today = deadlines.local(registry, case.office_key, clock.now()).date()
    found = db.session.execute(
        select(Case, Applicant)
        .join(Applicant, Applicant.case_id == Case.id)
        .where(
            finding.holds_any({case.office_key, body_key}, keys),
            Case.id != case.id,
            granted(),
            Case.assigned_until >= today - timedelta(days=LATELY),
            Case.archived_at.is_(None),
            ~is_followed(Case.id),
            seen_by(person),
            outcomes_known_to(person),
        )
        .order_by((Applicant.case_id + 0).desc())
        .limit(MOST)
    )
    lines = [_compared(other, row, applicant, today) for other, row in found]
    return sorted(lines, key=lambda each: _last(each.case), reverse=True)


def _compared(other: Case, row: Applicant, applicant: ApplicantFacts, today: date) -> GrantedBefore:
    dwelling = finding.keys_of_application("", applicant.address)
    same_address = bool(dwelling) and finding.keys_of_application("", row.address) == dwelling
    another = "" not in (row.iin, applicant.iin) and row.iin != applicant.iin
    return GrantedBefore(other, row, row.iin == applicant.iin != "", same_address, another, _last(other) < today)


def _last(case: Case) -> date:
    assert case.assigned_until is not None
    return case.assigned_until


def _since(registry: Registry, case: Case) -> datetime:
    """The first moment of the term in which it was taken in."""
    first, _ = term_of(registry, case.office_key, case.opened_at)
    return datetime.combine(first, time(), deadlines.zone(registry, case.office_key))


#: one text for any number of earlier cases: writes those down that may be, and counts them
_KEEP = Once(text("""
    WITH known AS (
        SELECT said.to_id, said.relation FROM unnest(:to_ids, :relations) AS said (to_id, relation)
        JOIN "case" ON "case".id = said.to_id
        WHERE "case".id <> :case_id AND "case".number IS NOT NULL
            AND ("case".office_key = ANY(:offices) OR "case".body_key = ANY(:offices))
    ), kept AS (
        INSERT INTO related_case (case_id, to_id, relation) SELECT :case_id, to_id, relation FROM known
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM known
""").bindparams(
    bindparam("case_id", type_=BigInteger()),
    bindparam("to_ids", type_=ARRAY(BigInteger)),
    bindparam("relations", type_=ARRAY(Text)),
    bindparam("offices", type_=ARRAY(Text)),
))  # fmt: skip


def keep_beside(case: Case, related: Iterable[tuple[str, int]]) -> None:
    """Write down which earlier cases a case has to do with. Raises NotRelated for one of other offices."""
    wanted, offices = sorted(set(related)), sorted({case.office_key, case.body_key})
    relations, to_ids = [relation for relation, _ in wanted], [to_id for _, to_id in wanted]
    (kept,) = _KEEP.one(case_id=case.id, to_ids=to_ids, relations=relations, offices=offices)
    if kept != len(wanted):
        raise NotRelated


def _both_ways() -> Loaded:
    own = bindparam("case_id", type_=BigInteger())
    other_id = case_when((Related.case_id == own, Related.to_id), else_=Related.case_id)
    cases = select(Related, Case).select_from(Related).join(Case, Case.id == other_id)
    return Loaded(cases.where(or_(Related.case_id == own, Related.to_id == own)).order_by(Case.id), with_case=True)


_BOTH_WAYS = _both_ways()


def related_lines(case: Case, person: directory.Person) -> Sequence[RelatedLine]:
    """The cases that a case has to do with, both ways, the earlier first; one not to be seen by its number alone."""
    return [
        RelatedLine(
            other.id, other.number or "", other.opened_at, each.relation, each.case_id == case.id,
            other.closed_at, other.outcome if (seen := sees(other, person)) else None, seen,
        )
        for each, other in _BOTH_WAYS.all(case_id=case.id)
    ]  # fmt: skip
