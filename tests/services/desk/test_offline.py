"""What was done without a network is merged once, whole, in its owner's name; or a person decides about it."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from services import cases, clock, custody, desk, directory, journal
from services.cases.models import Case
from services.custody.models import CustodyEvent, Item, Label
from services.db import db, transaction
from services.desk.models import OfflineEntry
from services.documents.models import NumberSeries, Paper
from services.errors import ReasonMissing
from tests.people.office import APPLICATION, PSC, Psc

BODY = "TALDYKORGAN"
COUNTS = {"language": "kk", "documents-identity": "1"}


def staff(office: str, role: str) -> directory.Person:
    return directory.staff_at(office, role)[0]


def labels(office: str, role: str, count: int = 3) -> list[str]:
    desk.print_labels(office, count, staff(office, role))
    return list(db.session.scalars(select(Label.code).filter_by(office_key=office).order_by(Label.code)))


def entry(kind: str, office: str, content: dict[str, object], **more: object) -> desk.SentEntry:
    happened_at = (clock.now() - timedelta(hours=3)).isoformat()
    raw = {"id": secrets.token_hex(16), "office": office, "kind": kind, "happened_at": happened_at, "content": content}
    return desk.read_entry({**raw, **more})


def answers(office: str, **more: str) -> dict[str, str]:
    return {**APPLICATION, **COUNTS, **({"body": BODY} if office == PSC else {}), **more}


def intake(office: str, label: str, **more: str) -> desk.SentEntry:
    route = "psc" if office == PSC else "direct"
    return entry("intake", office, {"route": route, "label": label, "answers": answers(office, **more)})


def last_number(office_number: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(NumberSeries.last).filter_by(office_number=office_number, series="in")) or 0


@pytest.mark.parametrize(("office", "role"), [(PSC, "psc_inspector"), (BODY, "clerk")])
def test_an_application_taken_in_offline_gets_its_number_papers_and_label_once(
    house: Flask, office: str, role: str
) -> None:
    person, label = staff(office, role), labels(office, role)[0]
    sent = intake(office, label)
    done = [desk.merge_entry(sent, person) for _ in range(3)]
    assert [each.state for each in done] == ["merged"] * 3
    assert {each.case_id for each in done} == {done[0].case_id}
    db.session.rollback()
    case = db.session.scalars(select(Case)).one()
    assert case.number is not None and case.number.endswith("-00001")
    assert cases.case_by_number(label) == case.id
    first = "doc.receipt" if office == PSC else "doc.talon"
    assert first in db.session.scalars(select(Paper.item)).all()
    if office == PSC:
        assert custody.paper(label).code == custody.code_of(case.id, "folder")
        events = db.session.scalars(select(CustodyEvent)).all()
        assert {event.happened_at for event in events} == {sent.happened_at}
    row = db.session.scalars(select(OfflineEntry)).one()
    assert row.content == {"label": label, "route": case.route} and row.happened_at < row.recorded_at
    assert desk.scan(label, office, person).word in ("look", "listed")
    assert journal.verify() == []


def test_due_dates_count_from_the_servers_clock_whatever_the_device_says(house: Flask) -> None:
    person, label = staff(BODY, "clerk"), labels(BODY, "clerk")[0]
    wrong = datetime.now(UTC) - timedelta(days=1)
    sent = intake(BODY, label)
    sent = desk.SentEntry(sent.id, BODY, "intake", wrong, sent.content)
    desk.merge_entry(sent, person)
    case = db.session.scalars(select(Case)).one()
    assert abs(clock.now() - case.opened_at) < timedelta(minutes=1)
    assert case.outer_due_at > clock.now() + timedelta(days=1)


def test_what_is_refused_gives_no_number_and_is_listed_with_what_was_typed(house: Flask) -> None:
    person, (label, other, _) = staff(BODY, "clerk"), labels(BODY, "clerk")
    assert desk.merge_entry(intake(BODY, label), person).state == "merged"
    taken = desk.merge_entry(intake(BODY, label, surname="Екіншіұлы"), person)
    wrong = desk.merge_entry(intake(BODY, other, iin="123456789012"), person)
    assert (taken.state, wrong.state) == ("conflict", "conflict")
    assert last_number("19") == 1
    first, second = desk.conflicts(BODY, person)
    assert isinstance(first.error.details["code"], str) and first.who == person.full_name
    assert first.content["answers"]["surname"] == "Екіншіұлы"  # type: ignore[index]
    assert "iin" in second.errors
    assert db.session.scalars(select(Case)).one()


def test_a_person_applies_again_with_corrected_answers_or_sets_aside_with_a_reason(house: Flask) -> None:
    person, (label, other, _) = staff(BODY, "clerk"), labels(BODY, "clerk")
    desk.merge_entry(intake(BODY, label), person)
    taken, wrong = intake(BODY, label), intake(BODY, other, iin="123456789012")
    desk.merge_entry(taken, person)
    desk.merge_entry(wrong, person)
    head = staff(BODY, "head")
    assert desk.apply_again(wrong.id, {}, person).state == "conflict"
    corrected = desk.apply_again(wrong.id, {"answers": answers(BODY)}, person)
    assert corrected.state == "merged" and last_number("19") == 2
    with pytest.raises(ReasonMissing):
        desk.set_aside(taken.id, " ", head)
    desk.set_aside(taken.id, "Екі рет енгізілген", head)
    assert desk.conflicts(BODY, person) == [] and desk.count_conflicts(BODY) == 0
    with pytest.raises(desk.EntryDecided):
        desk.apply_again(taken.id, {}, person)
    db.session.rollback()
    assert all("answers" not in row.content for row in db.session.scalars(select(OfflineEntry)))
    assert desk.merge_entry(taken, person).state == "set_aside"
    assert journal.verify() == []


def test_nobody_merges_or_decides_what_is_not_theirs(house: Flask) -> None:
    clerk, inspector, courier = staff(BODY, "clerk"), staff(PSC, "psc_inspector"), staff(PSC, "courier")
    label = labels(BODY, "clerk")[0]
    sent = intake(BODY, label, iin="1")
    desk.merge_entry(sent, clerk)
    with pytest.raises(desk.NotYourEntry):
        desk.merge_entry(sent, inspector)
    elsewhere = desk.merge_entry(intake(BODY, label), inspector)
    assert elsewhere.state == "conflict"
    for stranger in (inspector, courier):
        with pytest.raises(desk.NotYourEntry):
            desk.conflicts(BODY, stranger)
        with pytest.raises(desk.NotYourEntry):
            desk.apply_again(sent.id, {}, stranger)
        with pytest.raises(desk.NotYourEntry):
            desk.set_aside(sent.id, "x", stranger)
    assert db.session.scalar(select(Case.id)) is None


def test_a_scan_kept_offline_moves_the_paper_once_and_says_when_it_was_scanned(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    accum = staff(PSC, "psc_accum")
    sent = entry("scan", PSC, {"code": code})
    first, again = desk.merge_entry(sent, accum), desk.merge_entry(sent, accum)
    assert first.scanned is not None and first.scanned.word == "listed"
    assert (again.state, again.scanned) == ("merged", None)
    db.session.rollback()
    events = db.session.scalars(select(CustodyEvent).filter_by(code=code, event="listed")).all()
    assert [event.happened_at for event in events] == [sent.happened_at]
    assert events[0].at > sent.happened_at + timedelta(hours=2)


def test_a_paper_that_somebody_moved_meanwhile_is_a_conflict_and_a_refusal_that_was_seen_is_not(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    accum = staff(PSC, "psc_accum")
    psc.send("psc_accum", code)
    psc.scan("clerk", code)
    clerk = staff(BODY, "clerk")
    seen = desk.merge_entry(entry("scan", BODY, {"code": code}, waited=False), clerk)
    assert seen.state == "refused" and seen.scanned is not None
    assert db.session.scalar(select(OfflineEntry.id)) is None
    assert desk.merge_entry(entry("scan", BODY, {"code": code}), clerk).state == "conflict"
    assert desk.merge_entry(entry("scan", PSC, {"code": "nonsense"}), accum).state == "conflict"
    assert db.session.scalars(select(Item)).one().state == "here"


def test_an_application_that_is_refused_at_once_is_listed_all_the_same(house: Flask) -> None:
    clerk, label = staff(BODY, "clerk"), labels(BODY, "clerk")[0]
    content: dict[str, object] = {"route": "direct", "label": label, "answers": answers(BODY, iin="1")}
    done = desk.merge_entry(entry("intake", BODY, content, waited=False), clerk)
    assert done.state == "conflict"
    (listed,) = desk.conflicts(BODY, clerk)
    assert listed.content["answers"]["surname"] == APPLICATION["surname"]  # type: ignore[index]


@pytest.mark.parametrize("raw", [
    None, [], "x", 7, {}, {"id": "x"}, {"id": "0" * 32},
    {"id": "0" * 32, "office": "NOWHERE", "kind": "scan", "happened_at": "2026-01-01T00:00:00Z",
     "content": {"code": "x"}},
    {"id": "0" * 32, "office": BODY, "kind": "other", "happened_at": "2026-01-01T00:00:00Z", "content": {"code": "x"}},
    {"id": "0" * 32, "office": BODY, "kind": "scan", "happened_at": "2026-01-01T00:00:00", "content": {"code": "x"}},
    {"id": "0" * 32, "office": BODY, "kind": "scan", "happened_at": "never", "content": {"code": "x"}},
    {"id": "0" * 32, "office": BODY, "kind": "scan", "happened_at": "2026-01-01T00:00:00Z", "content": {"code": "\0"}},
    {"id": "0" * 32, "office": BODY, "kind": "scan", "happened_at": "2026-01-01T00:00:00Z",
     "content": {"code": "x", "unpacking": True}},
    {"id": "0" * 32, "office": BODY, "kind": "intake", "happened_at": "2026-01-01T00:00:00Z", "content": {"code": "x"}},
    {"id": "0" * 32, "office": BODY, "kind": "intake", "happened_at": "2026-01-01T00:00:00Z",
     "content": {"route": "direct", "label": "x", "answers": {"surname": "x" * 30_000}}},
])  # fmt: skip
def test_what_no_desk_made_is_not_read(house: Flask, raw: object) -> None:
    with pytest.raises(desk.Unreadable):
        desk.read_entry(raw)


def test_the_form_for_the_counter_opens_nothing(house: Flask) -> None:
    form = cases.intake_form("psc", PSC)
    assert form.initial["body"] == BODY
    assert {"surname", "documents", "body"} <= {field.name for field in form.fields}
    with pytest.raises(cases.NoSuchRoute):
        cases.intake_form("nonsense", PSC)
    with transaction():
        assert db.session.scalar(select(Case.id)) is None
