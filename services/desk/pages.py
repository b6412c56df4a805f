"""What the desk and the consignments show: values, read in a handful of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from services import cases, clock, custody, deadlines, directory, documents, journal, registry
from services.db import transaction
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


@dataclass(frozen=True)
class ConsignmentRow:
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


@dataclass(frozen=True)
class ConsignmentPage:
    row: ConsignmentRow
    courier: str | None  #: whose badge was scanned when it went
    papers: Sequence[PaperRow]
    differs: bool  #: something is missing, extra or damaged: an act of discrepancy belongs to it
    may_send: bool
    may_receive: bool
    cutoff: time  #: when the day's registry is closed, on the sender's clock; not in the act
    run: time  #: the courier run that takes it


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
    rows = _rows(custody.consignments([office_key]))
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
    next_run: time  #: not in the act


def round_page(person: directory.Person) -> Round:
    """The courier's next round, over all offices of this person."""
    offices = list(person.offices())
    rows = _rows(custody.consignments(offices)) if offices else []
    run = deadlines.run_after(registry.current(), offices[0], clock.now()) if offices else time(0)
    return Round(
        take=[row for row in rows if row.state == "closed"],
        deliver=[row for row in rows if row.state == "in_transit"],
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
    return ConsignmentPage(
        row=_rows([consignment])[0],
        courier=directory.names([consignment.courier_id]).get(consignment.courier_id)
        if consignment.courier_id
        else None,
        papers=[
            replace(_paper(item, known), line=line.state, damage=line.damage, photos=photos.get(item.code, ()))
            for line, item in lines
        ],
        differs=any(line.state in ("missing", "extra", "misrouted") or line.damage for line, _ in lines),
        may_send=custody.may_handle(person, consignment.from_key),
        may_receive=custody.may_handle(person, consignment.to_key),
        cutoff=deadlines.day_plan(registry.current()).registry_cutoff,
        run=_run(consignment),
    )


def print_registry(consignment_id: int, person: directory.Person) -> documents.Printed:
    """The registry on paper: its lines, their barcodes, three signatures. Raises NotYourConsignment."""
    page, consignment = consignment_page(consignment_id, person), custody.consignment_of(consignment_id)
    who = directory.names([each for each in (consignment.closed_by_id, consignment.opened_by_id) if each])
    content: dict[str, object] = {
        "number": consignment.number or "",
        "office_name": _name(consignment.from_key),
        "to_name": _name(consignment.to_key),
        "closed_on": (consignment.closed_at or clock.now()).isoformat(),
        "run": f"{page.run:%H:%M}",
        "made_by": who.get(consignment.closed_by_id or consignment.opened_by_id, ""),
        "lines": [
            {"number": row.code, "kind": row.kind, "applicant_surname": row.applicant, "originals": list(row.originals)}
            for row in page.papers
            if row.line != "extra"
        ],
    }
    if consignment.handed_over_at:
        content["handed_over_on"] = consignment.handed_over_at.isoformat()
    return _print("doc.registry", content, consignment, person, count=True)


def print_discrepancy_act(consignment_id: int, person: directory.Person) -> documents.Printed:
    """The act of discrepancy of a consignment that was unpacked (worked case C05). Raises NotYourConsignment."""
    page, consignment = consignment_page(consignment_id, person), custody.consignment_of(consignment_id)
    if consignment.received_at is None:
        raise custody.ConsignmentMoved
    who = directory.names([consignment.received_by_id or 0])
    on_it = [row for row in page.papers if row.line != "extra"]
    came_later = {row.code for row in page.papers if row.line == "received"}
    missing = [row for row in on_it if row.line in ("missing", "misrouted")]
    content: dict[str, object] = {
        "number": consignment.number or "",
        "office_name": _name(consignment.to_key),
        "from_name": _name(consignment.from_key),
        "made_on": consignment.received_at.isoformat(),
        "made_by": who.get(consignment.received_by_id or 0, ""),
        "listed": len(on_it),
        "received": len(came_later),
        "missing": [{"number": row.code} for row in missing],
        "extra": [{"number": row.code} for row in page.papers if row.line == "extra"],
        "damaged": [{"number": row.code, "what": row.damage} for row in page.papers if row.damage],
    }
    return _print("doc.discrepancy_act", content, consignment, person, count=False)


def _print(
    item: str, content: dict[str, object], consignment: custody.Consignment, person: directory.Person, *, count: bool
) -> documents.Printed:
    documents.check_content(item, content)
    with transaction():
        copy = consignment.copies > 0 and count
        consignment.copies += int(count)
        line = journal.Line("consignment.printed", f"staff:{person.id}", {"item": item, "copy": copy})
        journal.append(f"consignment:{consignment.id}", [line], at=clock.now())
        pdf = documents.print_form(item, content, registry.current(), at=clock.now(), copy=copy)
    return documents.Printed(pdf, f"{item.removeprefix('doc.')}-{consignment.number or consignment.id}.pdf")


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


def print_register_book(office_key: str, since: date, until: date, person: directory.Person) -> documents.Printed:
    """The register of an office (тіркеу журналы): every application it registered in those days, in their order.

    The act has no form of it. Raises custody.NotYourPaper for whoever does not look at cases there.
    """
    if not cases.looks_at_cases(person, office_key):
        raise custody.NotYourPaper
    content: dict[str, object] = {
        "office_name": _name(office_key),
        "from_on": since.isoformat(),
        "until_on": until.isoformat(),
        "made_by": person.full_name,
        "lines": [
            {"no": each.number, "at": f"{each.at:%d.%m.%Y %H:%M}", "applicant": each.applicant, "address": each.address,
             "executor": each.executor, "outcome": each.outcome, "outgoing": each.outgoing}
            for each in cases.register(office_key, since, until)
        ],
    }  # fmt: skip
    documents.check_content("doc.register_book", content)
    with transaction():
        line = journal.Line(
            "register.printed", f"staff:{person.id}", {"from": since.isoformat(), "until": until.isoformat()}
        )
        journal.append(f"office:{office_key}", [line], at=clock.now())
        pdf = documents.print_form("doc.register_book", content, registry.current(), at=clock.now(), copy=False)
    return documents.Printed(pdf, f"register-{office_key}-{since}-{until}.pdf")


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


def _name(office_key: str) -> str:
    return registry.current().row("offices", office_key)["name_kk"]
