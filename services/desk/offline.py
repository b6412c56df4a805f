"""The merge: what was done at a counter without a network comes to the server, each entry its own transaction.

An entry's row is taken first, then the case, then everything else. What an entry does is done inside a savepoint: it
happens whole, with its number, or not at all, and then the entry is a conflict for a person to decide.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services import cases, clock, custody, directory, documents, journal, registry
from services.db import db, transaction
from services.desk.models import OfflineEntry
from services.desk.service import Scanned, scan
from services.desk.trips import carry
from services.errors import Conflict, Forbidden, Invalid, InvalidAnswers, KomekError, NotFound, ReasonMissing

#: entries in one request
MOST_ENTRIES = 50
#: characters of one entry; an application with every field full has about four thousand
LONGEST = 20_000
_ID = re.compile("[0-9a-f]{32}")
#: what is kept of an entry that is settled: codes, no person
KEPT = ("code", "label", "route", "act")


class Unreadable(Invalid):
    """This entry cannot be read: it was not made by this desk. It stays on the computer; tell the administrator."""


class NotYourEntry(Forbidden):
    """This belongs to somebody else, who has to sign in and send it."""


class NoSuchEntry(NotFound):
    """There is no such entry."""


class EntryDecided(Conflict):
    """Somebody has decided about this entry already."""


class NotAtThisOffice(Forbidden):
    """You no longer work at %(office)s."""


class _Refused(KomekError):
    """This scan was refused."""

    def __init__(self, scanned: Scanned) -> None:
        super().__init__()
        self.scanned = scanned


@dataclass(frozen=True)
class SentEntry:
    """One scan or one application as the browser kept it."""

    id: str
    office_key: str
    kind: Literal["scan", "intake", "trip"]
    happened_at: datetime
    content: Mapping[str, object]
    #: it was kept for want of an answer: a refusal is listed, because nobody may be looking any more. What was typed of
    #: an application is listed in any case: a code is scanned again, a form is not
    waited: bool = True


@dataclass(frozen=True)
class Merged:
    """What became of an entry. Whatever its state is, the server answers for it now and the browser may forget it."""

    id: str
    state: Literal["merged", "conflict", "set_aside", "refused"]
    scanned: Scanned | None = None  #: what the scan did; None when this entry was merged before
    case_id: int | None = None
    label: str = ""
    error: KomekError | None = None


@dataclass(frozen=True)
class OpenConflict:
    """An entry that a person must decide about."""

    id: str
    kind: str
    office: str
    who: str
    happened_at: datetime
    recorded_at: datetime
    content: Mapping[str, object]
    error: KomekError
    errors: Mapping[str, str]


# ---------------------------------------------------------------- the merge


def read_entry(raw: object) -> SentEntry:
    """An entry as a browser sent it, checked. Raises Unreadable."""
    try:
        sent = cast("Mapping[str, object]", raw)
        entry = SentEntry(
            id=str(sent["id"]),
            office_key=str(sent["office"]),
            kind=cast("Literal['scan', 'intake', 'trip']", sent["kind"]),
            happened_at=datetime.fromisoformat(str(sent["happened_at"])),
            content=_content(str(sent["kind"]), cast("Mapping[str, object]", sent["content"])),
            waited=sent.get("waited") is not False,
        )
        entry.happened_at.timestamp()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Unreadable from None
    known = entry.office_key in registry.current().by_key("offices")
    if not _ID.fullmatch(entry.id) or entry.happened_at.tzinfo is None or not known:
        raise Unreadable
    return entry


def _content(kind: str, sent: Mapping[str, object]) -> Mapping[str, object]:
    """Only what belongs into it, as text. Raises ValueError and the like for what was made by hand."""
    if len(json.dumps(sent, ensure_ascii=False)) > LONGEST or "\\u0000" in json.dumps(sent):
        raise ValueError
    if kind == "scan":
        unpacking = sent.get("unpacking")
        if unpacking is not None and not (type(unpacking) is int and 0 < unpacking < 2**63):
            raise ValueError
        return {"code": str(sent["code"])[:200], "unpacking": unpacking}
    if kind == "trip":
        return {"code": str(sent["code"])[:200], "act": str(sent["act"])[:20]}
    if kind == "intake":
        answers = cast("Mapping[str, object]", sent["answers"])
        return {
            "route": str(sent["route"])[:100],
            "label": str(sent["label"])[:200],
            "answers": {str(name): str(value) for name, value in answers.items()},
        }
    raise ValueError


def merge_entry(entry: SentEntry, person: directory.Person) -> Merged:
    """Do what was done at the counter, or list why it cannot be done. The same entry again changes nothing.

    Raises NotYourEntry.
    """
    with transaction():
        made = insert(OfflineEntry).values(
            id=entry.id, staff_id=person.id, office_key=entry.office_key, kind=entry.kind, state="merged",
            happened_at=entry.happened_at, recorded_at=clock.now(), content=dict(entry.content), problem={},
        )  # fmt: skip
        made = made.on_conflict_do_nothing(index_elements=["id"])
        row = db.session.scalars(made.returning(OfflineEntry)).one_or_none()
        if row is None:
            return _merged_before(entry.id, person)
        done = _settle(row, entry, person)
        if done.state == "conflict" and not entry.waited and entry.kind != "intake":
            db.session.delete(row)
            return replace(done, state="refused")
        if done.state == "conflict":
            _write(row, "offline.conflict", person)
    return done


def _merged_before(entry_id: str, person: directory.Person) -> Merged:
    row = db.session.get_one(OfflineEntry, entry_id)
    if row.staff_id != person.id:
        raise NotYourEntry
    state = cast("Literal['merged', 'conflict', 'set_aside']", row.state)
    return Merged(row.id, state, None, row.case_id, str(row.content.get("label") or ""), _error(row))


def _settle(row: OfflineEntry, entry: SentEntry, person: directory.Person) -> Merged:
    """Do it inside a savepoint, and keep in the row what came of it."""
    scanned, case_id = None, None
    try:
        if not person.roles_at(entry.office_key):
            raise NotAtThisOffice(office=entry.office_key)
        with db.session.begin_nested(), custody.happened(entry.happened_at):
            if entry.kind == "scan":
                scanned = _scan(entry, person)
                case_id = scanned.case_id
            elif entry.kind == "trip":
                scanned = carry(str(entry.content["code"]), str(entry.content["act"]), person)
            else:
                case_id = _take_in(entry, person)
    except KomekError as fault:
        error, refused = fault, Scanned(str(entry.content.get("code") or "")[:80], "refused", error=fault)
        if isinstance(fault, _Refused) and fault.scanned.error is not None:
            error, refused = fault.scanned.error, fault.scanned
        errors = error.errors if isinstance(error, InvalidAnswers) else {}
        row.state = "conflict"
        row.problem = {"message": error.message, "details": _plain(error.details), "errors": errors}
        label = str(entry.content.get("label") or "")
        return Merged(row.id, "conflict", refused if entry.kind != "intake" else None, label=label, error=error)
    row.state, row.case_id, row.problem = "merged", case_id, {}
    row.content = _without_people(entry.content)
    return Merged(row.id, "merged", scanned, case_id, str(entry.content.get("label") or ""))


def _scan(entry: SentEntry, person: directory.Person) -> Scanned:
    """As if it were scanned now. Raises what refuses it."""
    unpacking = cast("int | None", entry.content["unpacking"])
    done = scan(str(entry.content["code"]), entry.office_key, person, unpacking=unpacking)
    if done.error is not None:
        raise _Refused(done)
    return done


def _take_in(entry: SentEntry, person: directory.Person) -> int:
    """Open the case, register it, bind the label to its folder. Raises what refuses it."""
    label = documents.read_payload(str(entry.content["label"]))
    answers = cast("Mapping[str, object]", entry.content["answers"])
    key = f"offline.{entry.id}"
    case_id = cases.take_in(str(entry.content["route"]), entry.office_key, answers, person, key=key)
    line = journal.NewLine("case.taken_in_offline", f"staff:{person.id}", {"label": label, "entry": entry.id})
    journal.append(f"case:{case_id}", [line], at=clock.now())
    custody.put_first_label(label, case_id, entry.office_key, person)
    return case_id


# ---------------------------------------------------------------- conflicts


def conflicts(office_key: str, person: directory.Person, *, limit: int = 100) -> list[OpenConflict]:
    """What a person must decide about at that office, the first first. Raises NotYourEntry."""
    _check_theirs(office_key, person)
    wanted = select(OfflineEntry).filter_by(office_key=office_key, state="conflict")
    rows = list(db.session.scalars(wanted.order_by(OfflineEntry.seq).limit(limit)))
    who = directory.names([row.staff_id for row in rows])
    return [_conflict(row, who.get(row.staff_id, "?")) for row in rows]


def count_conflicts(office_key: str) -> int:
    """How many of them there are."""
    wanted = select(func.count()).select_from(OfflineEntry).filter_by(office_key=office_key, state="conflict")
    return int(db.session.scalar(wanted) or 0)


def conflict(entry_id: str, person: directory.Person) -> OpenConflict:
    """The entry that needs a decision. Raises NoSuchEntry, NotYourEntry, EntryDecided."""
    row = _open_row(entry_id, person)
    return _conflict(row, directory.names([row.staff_id]).get(row.staff_id, "?"))


def apply_again(entry_id: str, content: Mapping[str, object], person: directory.Person) -> Merged:
    """Try once more, with what was corrected, as the person who decides. It stays a conflict when it is refused again.

    Raises NoSuchEntry, NotYourEntry, EntryDecided, Unreadable.
    """
    with transaction():
        row = _open_row(entry_id, person, lock=True)
        try:
            checked = _content(row.kind, {**row.content, **content})
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Unreadable from None
        kind = cast("Literal['scan', 'intake', 'trip']", row.kind)
        entry = SentEntry(row.id, row.office_key, kind, row.happened_at, checked)
        row.content = dict(checked)
        done = _settle(row, entry, person)
        if done.state == "merged":
            row.decided_at, row.decided_by_id = clock.now(), person.id
            _write(row, "offline.applied", person)
    return done


def set_aside(entry_id: str, reason: str, person: directory.Person) -> None:
    """An entry is not to be done: what was typed of a person is removed, the reason is kept.

    Raises NoSuchEntry, NotYourEntry, EntryDecided, ReasonMissing.
    """
    with transaction():
        row = _open_row(entry_id, person, lock=True)
        if not reason.strip():
            raise ReasonMissing
        row.state, row.reason, row.content = "set_aside", reason.strip()[:300], _without_people(row.content)
        row.decided_at, row.decided_by_id = clock.now(), person.id
        _write(row, "offline.set_aside", person)


def _open_row(entry_id: str, person: directory.Person, *, lock: bool = False) -> OfflineEntry:
    row = db.session.get(OfflineEntry, entry_id, with_for_update=lock, populate_existing=True) if _ID.fullmatch(
        entry_id
    ) else None  # fmt: skip
    if row is None:
        raise NoSuchEntry
    _check_theirs(row.office_key, person)
    if row.state != "conflict":
        raise EntryDecided
    return row


def _check_theirs(office_key: str, person: directory.Person) -> None:
    if not cases.looks_at_cases(person, office_key):
        raise NotYourEntry


def _conflict(row: OfflineEntry, who: str) -> OpenConflict:
    errors = cast("Mapping[str, str]", row.problem.get("errors") or {})
    error = _error(row) or KomekError()
    return OpenConflict(
        row.id, row.kind, row.office_key, who, row.happened_at, row.recorded_at, row.content, error, errors
    )


def _error(row: OfflineEntry) -> KomekError | None:
    if row.state != "conflict":
        return None
    details = cast("Mapping[str, object]", row.problem.get("details") or {})
    return KomekError(str(row.problem.get("message") or ""), **details)


def _plain(details: Mapping[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int) else str(value) for name, value in details.items()}


def _without_people(content: Mapping[str, object]) -> dict[str, object]:
    return {name: content[name] for name in KEPT if name in content}


def _write(row: OfflineEntry, event: str, person: directory.Person) -> None:
    details: dict[str, object] = {"entry": row.id, "kind": row.kind, "staff": row.staff_id}
    if row.case_id is not None:
        details["case"] = row.case_id
    journal.append(f"office:{row.office_key}", [journal.NewLine(event, f"staff:{person.id}", details)], at=clock.now())
