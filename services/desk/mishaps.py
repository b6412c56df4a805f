"""The desk's verbs for what went wrong: astray, damaged, lost, unclaimed; and labels printed beforehand."""

from services import cases, clock, custody, directory, documents, journal, registry
from services.db import db, transaction


def take_in_stray(code: str, office_key: str, person: directory.Person) -> None:
    """A paper for another office came here: this office holds it now and sends it on. Its case stays where it is.

    Raises NotYourPaper, UnknownPaper, NotExpected.
    """
    with transaction():
        item = _held(code)
        custody.take_in_stray(item.code, office_key, person)
        _tell(item, "misrouted", person, office=office_key)


def note_damage(
    consignment_id: int, code: str, what: str, person: directory.Person, *, photo: bytes | None = None
) -> None:
    """Say what is wrong with a paper that was unpacked, and show it; its case goes on.

    Raises NotYourPaper, DamageMissing, NotAPicture.
    """
    with transaction():
        item = _held(code)
        custody.note_damage(consignment_id, item.code, what, person)
        if photo is not None:
            custody.add_photo(consignment_id, item.code, photo, person)
        _tell(item, "damaged", person, consignment=consignment_id)


def replace_paper(code: str, office_key: str, why: str, person: directory.Person) -> None:
    """A missing paper is lost for good: its duplicate goes with the next registry from here.

    Raises NotYourPaper, UnknownPaper, NotExpected, ReasonMissing.
    """
    with transaction():
        item = _held(code)
        custody.replace(item.code, office_key, why, person)
        _tell(item, "replaced", person, office=office_key)


def replace_label(code: str, office_key: str, why: str, person: directory.Person, *, label: str = "") -> None:
    """The label of a paper that lies here was lost: it is printed anew, or another one of ours is put on it.

    Raises NotYourPaper, UnknownPaper, LabelTaken, ReasonMissing, Misread.
    """
    with transaction():
        item = _held(code)
        if item.office_key != office_key or not cases.looks_at_cases(person, office_key):
            raise custody.NotYourPaper
        if label.strip():
            custody.put_label(documents.read_payload(label), item.code, why, office_key, person)
        else:
            custody.note_new_label(item.code, why, office_key, person)
        _tell(item, "relabelled", person, office=office_key)


def send_back_unclaimed(case_id: int, person: directory.Person) -> None:
    """Nobody came for the result within the region's term: it goes back to the body, whose case still waits.

    Raises NotYours, NotReady, StillWanted, ResultElsewhere.
    """
    with transaction():
        cases.lock_cases([case_id])
        code, body_key = cases.unclaimed_result(case_id, person)
        custody.send_back(code, body_key, person)
        _tell(custody.paper(code), "unclaimed", person, to=body_key)


def send_again(code: str, office_key: str, person: directory.Person) -> None:
    """A result that came back unclaimed goes to its counter again: its applicant has asked for it.

    Raises NotYourPaper, UnknownPaper, NotExpected.
    """
    with transaction():
        custody.check_may_handle(person, office_key)
        item = _held(code)
        case = cases.case_seen_by(item.case_id, person)
        if item.office_key != office_key or not custody.has_come_back(item):
            raise custody.NotExpected(code=item.code)
        custody.send_back(item.code, case.office_key, person)
        _tell(item, "unclaimed", person, to=case.office_key)


def print_labels(office_key: str, count: int, person: directory.Person) -> documents.Printed:
    """A sheet of labels for papers that are still to come. Raises NotYourPaper, WrongCount."""
    if not cases.looks_at_cases(person, office_key):
        raise custody.NotYourPaper
    plugins = registry.current()
    with transaction():
        codes = custody.make_labels(office_key, count, person)
        line = journal.NewLine("labels.made", f"staff:{person.id}", {"first": codes[0], "count": count})
        journal.append(f"office:{office_key}", [line], at=clock.now())
        content = {
            "office_name": plugins.row("offices", office_key)["name_kk"],
            "labels": [{"number": code} for code in codes],
        }
        documents.check_content("doc.label_sheet", content, plugins)
        pdf = documents.print_form("doc.label_sheet", content, plugins, at=clock.now(), mark="")
    return documents.Printed(pdf, f"labels-{codes[0]}.pdf")


def print_badge(office_key: str, person: directory.Person) -> documents.Printed:
    """The person's own badge: it says who they are, and signs nobody in."""
    plugins = registry.current()
    titles = [row["title_kk"] for row in plugins.table("roles") if row["key"] in person.roles_at(office_key)]
    content = {
        "person_name": person.full_name,
        "badge": documents.badge_payload(person.id),
        "titles": titles,
        "office_name": plugins.row("offices", office_key)["name_kk"],
    }
    documents.check_content("doc.badge", content, plugins)
    pdf = documents.print_form("doc.badge", content, plugins, at=clock.now(), mark="")
    return documents.Printed(pdf, f"badge-{person.id}.pdf")


def _held(code: str) -> custody.Item:
    """The paper as it is once nobody else may move it: its case is locked. Raises UnknownPaper."""
    item = custody.paper(code)
    cases.lock_cases([item.case_id])
    db.session.refresh(item)
    return item


def _tell(item: custody.Item, event: str, person: directory.Person, **details: object) -> None:
    line = journal.NewLine(f"custody.{event}", f"staff:{person.id}", {"code": item.code, **details})
    journal.append(f"case:{item.case_id}", [line], at=clock.now())
