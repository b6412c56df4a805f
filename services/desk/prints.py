"""Long lists on paper: registries, acts of discrepancy, the register. Counted first, then drawn with its progress."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services import cases, clock, custody, directory, documents, journal, registry
from services.db import transaction
from services.desk.pages import consignment_page


@dataclass(frozen=True)
class Print:
    """A list that was asked for and written into the journal: what it says is fixed, its PDF is still to be made."""

    item: str
    content: Mapping[str, object]
    at: datetime
    file_name: str
    mark: documents.Mark = ""

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return sum(len(value) for value in self.content.values() if isinstance(value, list))

    def make(self) -> documents.Printed:
        """The PDF, at once."""
        pdf = documents.print_form(self.item, self.content, registry.current(), at=self.at, mark=self.mark)
        return documents.Printed(pdf, self.file_name)

    def make_in_parts(self) -> Iterator[int | documents.Printed]:
        """How many of its lines are drawn, time and again; when all are, the PDF."""
        yield from documents.draw_codes(self.content)
        yield self.lines
        yield self.make()


def print_registry(consignment_id: int, person: directory.Person) -> Print:
    """The registry on paper: its lines, their barcodes, three signatures; counted. Raises NotYourConsignment."""
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
    return _count("doc.registry", content, consignment, person)


def print_discrepancy_act(consignment_id: int, person: directory.Person) -> Print:
    """The act of discrepancy of a consignment that was unpacked (worked case C05). Raises NotYourConsignment."""
    page, consignment = consignment_page(consignment_id, person), custody.consignment_of(consignment_id)
    if consignment.received_at is None:
        raise custody.ConsignmentMoved
    who = directory.names([consignment.received_by_id or 0])
    on_it = [row for row in page.papers if row.line != "extra"]
    missing = [row for row in on_it if row.was_missing]
    content: dict[str, object] = {
        "number": consignment.number or "",
        "office_name": _name(consignment.to_key),
        "from_name": _name(consignment.from_key),
        "made_on": consignment.received_at.isoformat(),
        "made_by": who.get(consignment.received_by_id or 0, ""),
        "listed": len(on_it),
        "received": len(on_it) - len(missing),
        "missing": [{"number": row.code} for row in missing],
        "extra": [{"number": row.code} for row in page.papers if row.line == "extra"],
        "damaged": [{"number": row.code, "what": row.damage} for row in page.papers if row.damage],
    }
    return _count("doc.discrepancy_act", content, consignment, person, may_be_copy=False)


def print_register_book(
    office_key: str, since: date, until: date, person: directory.Person, *, called: Callable[[str], str]
) -> Print:
    """The register of an office (тіркеу журналы): applications and complaints registered in those days, in order.

    `called` says what an outcome is called in Kazakh, whichever a diagram ends with. The act has no form of the book.
    Raises custody.NotYourPaper for whoever does not look at cases there.
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
             "executor": each.executor, "outcome": called(each.outcome), "period": each.period,
             "outgoing": each.outgoing, "complaints": list(each.complaints)}
            for each in cases.register(office_key, since, until)
        ],
        "complaints": [
            {"no": each.number, "at": f"{each.at:%d.%m.%Y %H:%M}", "about": each.about, "applicant": each.applicant,
             "came": called(each.came), "verdict": called(each.verdict)}
            for each in cases.complaints_of(office_key, since, until)
        ],
    }  # fmt: skip
    documents.check_content("doc.register_book", content, registry.current())
    details = {"from": since.isoformat(), "until": until.isoformat()}
    with transaction():
        line = journal.NewLine("register.printed", f"staff:{person.id}", details)
        journal.append(f"office:{office_key}", [line], at=clock.now())
    return Print("doc.register_book", content, clock.now(), f"register-{office_key}-{since}-{until}.pdf")


def _count(
    item: str,
    content: dict[str, object],
    consignment: custody.Consignment,
    person: directory.Person,
    *,
    may_be_copy: bool = True,
) -> Print:
    documents.check_content(item, content, registry.current())
    name = f"{item.removeprefix('doc.')}-{consignment.number or consignment.id}.pdf"
    with transaction():
        copy = consignment.copies > 0 and may_be_copy
        consignment.copies += int(may_be_copy)
        line = journal.NewLine("consignment.printed", f"staff:{person.id}", {"item": item, "copy": copy})
        journal.append(f"consignment:{consignment.id}", [line], at=clock.now())
    return Print(item, content, clock.now(), name, "copy" if copy else "")


def _name(office_key: str) -> str:
    return registry.current().row("offices", office_key)["name_kk"]
