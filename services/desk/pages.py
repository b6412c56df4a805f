"""What the desk and the consignments show: values, read in a handful of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from services import cases, clock, custody, deadlines, directory, registry
from services.errors import Forbidden


class NotYourConsignment(Forbidden):
    """This consignment goes neither from nor to an office of yours."""


#: a paper under way that nobody scanned for so long is shown: courier runs are twice a day (N421/11a/psc/courier)
SILENT = timedelta(hours=24)


@dataclass(frozen=True)
class PaperRow:
    """A folder or a result on a list."""

    code: str
    kind: str
    case_id: int
    applicant: str  #: surname and initials; empty for whoever does not look at cases
    state: str
    office: str  #: key: where it was last scanned
    destination: str | None
    since: datetime
    originals: tuple[str, ...] = ()
    line: str = ""  #: state of its line on the registry that is looked at
    damage: str = ""
    photos: Sequence[int] = ()  #: ids
    was_missing: bool = False  #: not in the consignment when that was unpacked, whatever came of it since


@dataclass(frozen=True)
class ConsignmentRow:
    """One consignment in a list."""

    id: int
    number: str | None
    sender: str  #: key of the office
    receiver: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    handed_over_at: datetime | None
    received_at: datetime | None
    counts: Mapping[str, int]  #: state of its lines -> how many
    delivered_at: datetime | None = None  #: as its courier says
    overdue: bool = False  #: still open after the sender's hour of closing

    @property
    def papers(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class DeskPage:
    """What lies here and what is expected."""

    handles: bool  #: this person puts papers on registries, hands over and receives here
    to_send: Sequence[PaperRow]
    in_transit: Sequence[PaperRow]  #: to here
    gone: Sequence[PaperRow]  #: on their way from here
    longest: Sequence[PaperRow]  #: nobody scanned them for longer than a courier run takes
    missing: Sequence[PaperRow]  #: sent from here, or expected here
    apart: Sequence[PaperRow]  #: not where their process is: an alarm at both offices
    returned: Sequence[PaperRow]  #: results that came back unclaimed, at the body
    drafts: Sequence[ConsignmentRow]  #: open or closed here, not gone yet
    arriving: Sequence[ConsignmentRow]  #: on their way to here
    ready: Sequence[cases.Ready]  #: results that lie here until their applicants come
    most: int = custody.MOST_LISTED  #: of each list, those that lie longest

    @property
    def cut(self) -> bool:
        """Whether one of the lists may leave something out."""
        lists = (self.gone, self.apart, self.returned, self.to_send, self.in_transit, self.missing, self.ready)
        return any(len(each) >= self.most for each in lists)


@dataclass(frozen=True)
class ConsignmentPage:
    """One consignment with every paper on it."""

    row: ConsignmentRow
    courier: str | None  #: whose badge was scanned when it went
    papers: Sequence[PaperRow]
    differs: bool  #: something is missing, extra or damaged: an act of discrepancy belongs to it
    may_send: bool
    may_receive: bool
    cutoff: time  #: when the day's registry is closed, on the sender's clock; not in the act
    run: time  #: the courier run that takes it
    act_signed: datetime | None = None  #: when the act of discrepancy was signed
    act_signers: tuple[str, str] = ("", "")  #: who recorded it, and who signed for the other side


def desk_page(office_key: str, person: directory.Person) -> DeskPage:
    """The desk of that office as this person sees it."""
    to_send = custody.lying_here(office_key, "to_send")
    transit = custody.coming(office_key, "in_transit")
    gone = custody.lying_here(office_key, "in_transit")
    missing = [*custody.lying_here(office_key, "missing"), *custody.coming(office_key, "missing")]
    apart = cases.disagreeing(office_key)
    returned = (
        custody.returned_to(office_key) if registry.current().row("offices", office_key)["kind"] == "body" else []
    )
    known = _applicants([*to_send, *transit, *gone, *missing, *apart, *returned], office_key, person)
    rows = _rows(custody.consignments([office_key], under_way=True))
    silent = sorted((item for item in [*to_send, *transit, *gone] if item.since < clock.now() - SILENT), key=_since)
    return DeskPage(
        handles=custody.may_handle(person, office_key),
        gone=[_paper(item, known) for item in gone],
        longest=[_paper(item, known) for item in silent[:20]],
        apart=[_paper(item, known) for item in apart],
        returned=[_paper(item, known) for item in returned],
        to_send=[_paper(item, known) for item in to_send],
        in_transit=[_paper(item, known) for item in transit],
        missing=[_paper(item, known) for item in missing],
        drafts=[row for row in rows if row.sender == office_key and row.state in ("draft", "closed")],
        arriving=[row for row in rows if row.receiver == office_key and row.state == "in_transit"],
        ready=cases.ready_results(person, office_key),
    )


@dataclass(frozen=True)
class Round:
    """What a courier has to do: take what is closed, deliver what is on the way."""

    take: Sequence[ConsignmentRow]
    deliver: Sequence[ConsignmentRow]
    delivered: Sequence[ConsignmentRow]  #: by them, and not unpacked yet: a slip of the thumb is taken back
    next_run: time  #: not in the act


def round_page(person: directory.Person) -> Round:
    """The courier's next round, over all offices of this person."""
    offices = list(person.offices())
    found = custody.consignments(offices, under_way=True) if offices else []
    rows = _rows([each for each in found if each.courier_id in (None, person.id)])
    under_way = [row for row in rows if row.state == "in_transit" and not row.counts.get("received")]
    run = deadlines.run_after(registry.current(), offices[0], clock.now()) if offices else time(0)
    return Round(
        take=[row for row in rows if row.state == "closed"],
        # what somebody has begun to unpack there was delivered
        deliver=[row for row in under_way if row.delivered_at is None],
        delivered=[row for row in under_way if row.delivered_at is not None],
        next_run=run,
    )


def consignments_page(office_keys: Sequence[str], *, before: int | None = None) -> list[ConsignmentRow]:
    """Consignments from and to those offices, the newest first; one page."""
    return _rows(custody.consignments(office_keys, before=before))


def consignment_page(consignment_id: int, person: directory.Person) -> ConsignmentPage:
    """One consignment with its lines. Raises NoSuchConsignment, NotYourConsignment."""
    consignment = custody.consignment_of(consignment_id)
    office_key = _own_side(consignment, person)
    lines = custody.lines(consignment_id)
    known = _applicants([item for _, item in lines], office_key, person)
    photos = custody.photos_of(consignment_id)
    names = directory.names([each for each in (consignment.courier_id, consignment.act_signed_by_id) if each])
    return ConsignmentPage(
        row=_rows([consignment])[0],
        courier=names.get(consignment.courier_id or 0),
        act_signed=consignment.act_signed_at,
        act_signers=(names.get(consignment.act_signed_by_id or 0, ""), consignment.act_signed_with or ""),
        papers=[
            replace(
                _paper(item, known),
                line=line.state,
                damage=line.damage,
                photos=photos.get(item.code, ()),
                was_missing=_was_missing(line, consignment),
            )
            for line, item in lines
        ],
        differs=any(line.state == "extra" or line.damage or _was_missing(line, consignment) for line, _ in lines),
        may_send=custody.may_handle(person, consignment.from_key),
        may_receive=custody.may_handle(person, consignment.to_key),
        cutoff=deadlines.day_plan(registry.current()).registry_cutoff,
        run=_run(consignment),
    )


def _was_missing(line: custody.ConsignmentLine, consignment: custody.Consignment) -> bool:
    """Whether it was not there when the consignment was unpacked: what an act of discrepancy says, also later."""
    unpacked = consignment.received_at
    late = unpacked is not None and line.scanned_at is not None and line.scanned_at > unpacked
    return line.state in ("missing", "misrouted") or (line.state == "received" and late)


def _own_side(consignment: custody.Consignment, person: directory.Person) -> str:
    for office_key in (consignment.from_key, consignment.to_key):
        if person.roles_at(office_key):
            return office_key
    raise NotYourConsignment


def _rows(found: Sequence[custody.Consignment]) -> list[ConsignmentRow]:
    counts = custody.counts([each.id for each in found]) if found else {}
    return [
        ConsignmentRow(
            each.id,
            each.number,
            each.from_key,
            each.to_key,
            each.state,
            each.opened_at,
            each.closed_at,
            each.handed_over_at,
            each.received_at,
            counts.get(each.id, {}),
            each.delivered_at,
            each.state == "draft" and _past_closing(each),
        )
        for each in found
    ]


def _applicants(items: Sequence[custody.Item], office_key: str, person: directory.Person) -> Mapping[int, str]:
    """Case -> surname and initials; nothing for whoever does not look at cases (a courier)."""
    if not items or not cases.looks_at_cases(person, office_key):
        return {}
    return cases.applicants([item.case_id for item in items])


def photo(photo_id: int, person: directory.Person) -> bytes:
    """A photo of a damaged paper (JPEG), for the two offices of its registry. Raises NotFound, NotYourConsignment."""
    found = custody.photo(photo_id)
    _own_side(custody.consignment_of(found.consignment_id), person)
    return found.jpeg


def _since(item: custody.Item) -> datetime:
    return item.since


def _paper(item: custody.Item, known: Mapping[int, str]) -> PaperRow:
    return PaperRow(
        item.code,
        item.kind,
        item.case_id,
        known.get(item.case_id, ""),
        item.state,
        item.office_key,
        item.destination_key,
        item.since,
        tuple(item.originals),
    )


def _run(consignment: custody.Consignment) -> time:
    leaves_at = consignment.handed_over_at or clock.now()
    return deadlines.run_after(registry.current(), consignment.from_key, leaves_at)


def _past_closing(consignment: custody.Consignment) -> bool:
    """Whether an open registry should have been closed: the hour of closing after its first paper is over."""
    plugins = registry.current()
    calendar = deadlines.calendar_for(plugins, consignment.from_key)
    cutoff = deadlines.day_plan(plugins).registry_cutoff
    day = calendar.local(consignment.opened_at).date()
    in_time = calendar.works_on(day) and consignment.opened_at <= calendar.moment(day, cutoff)
    return clock.now() >= calendar.moment(day if in_time else calendar.next_working_day(day), cutoff)
