"""How an edition of the region's act comes, is put in force for a day, begins, and is taken back.

What a deployment brings is a candidate like a diagram; only the first, over which nothing was the law, is in force at
once. A second person puts it in force, for today or a day to come. On that day offices, diagrams and decisions become
those of the edition, staff are told, and the cases that its transitional clause names go over (docs/decisions/0079).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from services import cases, clock, deadlines, directory, jobs, journal, law, processes, registry, soundness
from services.db import db, transaction
from services.editions.carried_over import carry_over
from services.editions.errors import (
    AnotherBase,
    DayHasCome,
    EditionWithdrawn,
    HoldsAlready,
    NotACandidate,
    NotEnacted,
    OwnEdition,
)
from services.editions.telling import tell_begun
from services.errors import InvalidAnswers
from services.law import Edition, EditionFile, EditionInForce, NoSuchEdition, Shipped
from services.msgids import _
from services.registry import Registry

#: kind of the job that has an edition begin on its day
BEGINS = "edition"
STREAM = "law"
#: one who sends, enacts or takes back at a time, over all nodes
LOCK = 4210003
#: what the first edition holds from, where its table says no day
ALWAYS = date(1, 1, 1)
CONSOLE = "console"
NOT_BEFORE_TODAY = _("An edition comes into force today or later: cases that were accepted before keep their law.")


@dataclass(frozen=True)
class Received:
    """What a deployment made of one edition of the package."""

    edition: Edition
    state: str  #: "in force", "to come", "candidate", "known"


def receive(plugins: Registry, *, actor: str = CONSOLE, at_once: bool = False) -> Sequence[Received]:
    """Keep what the region's package says of its act, edition by edition.

    The first time it is the law, each edition from its day. Afterwards whatever is new or was changed is a candidate,
    and what was put in force stays as it was; `at_once`, on a demo system, it is put in force for its day, or today.
    Raises BadRegion, BadEditions, NotDeployable.
    """
    found = []
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        deadlines.take_version(plugins.region)
        law.read()
        known = db.session.scalars(select(Edition).filter_by(region=plugins.region).order_by(Edition.id.desc())).all()
        for each in law.shipped_editions(plugins):
            same = next((row for row in known if row.digest == each.digest and row.withdrawn_at is None), None)
            if same is not None:
                found.append(Received(same, "known"))
                continue
            soundness.check_edition(plugins.under(law.laid_out(each.files)))
            row = _keep(plugins.region, each, actor)
            if not known or at_once:
                from_on = each.from_on or ALWAYS
                day = from_on if not known else max(from_on, directory.today())
                begun = _enact(row, actor, day, first=not known)
                if known and not begun:
                    _deploy_drawn(row, actor)
                found.append(Received(row, "in force" if begun else "to come"))
            else:
                _deploy_drawn(row, actor)
                found.append(Received(row, "candidate"))
        db.session.flush()
    return found


def enact(
    edition_id: int,
    person: directory.Person,
    *,
    from_on: date | None,
    act_number: str,
    act_on: date | None,
    why: str = "",
    base: str | None = None,
) -> EditionInForce:
    """Put an edition in force for a day, today or to come; a former one, too: that is the way back.

    `base` is the law that was looked at beside it (`law.version_of`). Raises NoSuchEdition, NotTheirs, OwnEdition,
    EditionWithdrawn, HoldsAlready, AnotherBase, InvalidAnswers.
    """
    processes.check_looks_after(person)
    _check_said(from_on, act_number, act_on, why)
    assert from_on is not None
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        deadlines.take_version(registry.shipped().region)
        row = find_edition(edition_id)
        by = f"staff:{person.id}"
        if row.made_by == by:
            raise OwnEdition
        if row.withdrawn_at is not None:
            raise EditionWithdrawn
        if base is not None and base != law.version_of(law.read_held()):
            raise AnotherBase
        law.read()
        if law.BOOK.on(from_on) == edition_id:
            raise HoldsAlready
        _enact(row, by, from_on, act_number=act_number.strip(), act_on=act_on, why=why.strip())
        return db.session.scalars(select(EditionInForce).order_by(EditionInForce.id.desc()).limit(1)).one()


def cancel(enactment_id: int, person: directory.Person, *, why: str) -> None:
    """Takes an edition back before its day: a candidate again, it does not come into force.

    Raises NotEnacted, NotTheirs, DayHasCome, InvalidAnswers.
    """
    processes.check_looks_after(person)
    processes.check_why(why, "cancelled_why")
    with transaction():
        deadlines.take_version(registry.shipped().region)
        law.read()
        row = db.session.get(EditionInForce, enactment_id, with_for_update=True, populate_existing=True)
        if row is None or row.cancelled_at is not None:
            raise NotEnacted(enactment=enactment_id)
        if row.from_on <= directory.today():
            raise DayHasCome
        row.cancelled_at, row.cancelled_by, row.cancelled_why = clock.now(), f"staff:{person.id}", why.strip()
        jobs.forget_all(f"{BEGINS}:{row.id}:")
        _say(row.region)
        _note("edition.cancelled", row.cancelled_by, edition=row.edition_id, why=row.cancelled_why, **_day(row))


def withdraw(edition_id: int, person: directory.Person, *, why: str) -> None:
    """Nobody wants this candidate any more. Raises NoSuchEdition, NotTheirs, NotACandidate, InvalidAnswers."""
    processes.check_looks_after(person)
    processes.check_why(why, "withdrawn_why")
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})  # nobody puts it in force now
        row = find_edition(edition_id)
        if row.withdrawn_at is not None:
            raise EditionWithdrawn
        if db.session.scalar(select(EditionInForce.id).filter_by(edition_id=edition_id, cancelled_at=None).limit(1)):
            raise NotACandidate
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = clock.now(), f"staff:{person.id}", why.strip()
        _note("edition.withdrawn", row.withdrawn_by, edition=row.id, why=row.withdrawn_why)


def rehearse(edition_id: int, route: str, person: directory.Person, *, key: str = "") -> int:
    """Begin a rehearsal of that route under an edition, in force or not, with the diagrams that it brings; the case.

    Those of a former one that has other diagrams than today's are a candidate from then on. `key`: of the form that
    asks, so that pressed twice it begins one. Raises NoSuchEdition,
    EditionWithdrawn, UnknownProcess, NotDesigner, NotDeployable.
    """
    if processes.DESIGNER not in person.roles():
        raise processes.NotDesigner
    with transaction():
        deadlines.hold_version(registry.shipped().region)
        edition = find_edition(edition_id)
        if edition.withdrawn_at is not None:
            raise EditionWithdrawn
        brought = _deploy_drawn(edition, CONSOLE)
        return cases.rehearse(brought.get(route) or processes.in_force(route), person, edition=edition_id, key=key)


def begin(job: jobs.Job, result: object) -> None:
    """The day of an edition has come. Inside the transaction that ends the job."""
    begin_today()


def begin_today() -> None:
    """Have what holds today begin, if it has not: the worker's job, or whoever begins a case before the worker."""
    with transaction():
        deadlines.take_version(registry.shipped().region)
        law.read()
        _begin_due()


def find_edition(edition_id: int) -> Edition:
    """Raises NoSuchEdition."""
    row = db.session.get(Edition, edition_id, populate_existing=True) if 0 < edition_id < 2**63 else None
    if row is None:
        raise NoSuchEdition(edition=edition_id)
    return row


# ---------------------------------------------------------------- inside the transaction


def _keep(region: str, each: Shipped, actor: str) -> Edition:
    row = Edition(region=region, key=each.key, act=dict(each.act), digest=each.digest, made_at=clock.now())
    row.made_by = actor
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        EditionFile(edition_id=row.id, place=place, content=content) for place, content in each.files.items()
    )
    db.session.flush()
    _note("edition.made", actor, edition=row.id, key=row.key, digest=row.digest)
    return row


def _enact(
    edition: Edition,
    actor: str,
    from_on: date,
    *,
    act_number: str = "",
    act_on: date | None = None,
    why: str = "",
    first: bool = False,
) -> bool:
    """Whether it begins at once: its day is today, or past, as only that of a first edition is."""
    now = clock.now()
    row = EditionInForce(region=edition.region, edition_id=edition.id, from_on=from_on, enacted_at=now)
    row.enacted_by, row.act_number, row.act_on, row.why = actor, act_number, act_on, why
    db.session.add(row)
    db.session.flush()
    _say(edition.region)
    deadlines.tie_values(law.BOOK.under(registry.shipped(), None), actor=actor)
    _note("edition.enacted", actor, edition=edition.id, act=act_number, act_on=_iso(act_on), why=why, **_day(row))
    if from_on > directory.today():
        args = {"enactment": row.id}
        jobs.enqueue([jobs.NewJob(BEGINS, f"{BEGINS}:{row.id}:", morning(from_on), args=args)])
        return False
    if first:  # nothing was the law before: nobody is told, and the deployment installs its diagrams
        row.begun_at = now
    else:
        _begin_due()
    return True


def _begin_due() -> None:
    """Whatever was to begin until today and has not, in the order of its days: a worker may have been away for long.

    Not what another took the place of for the very same day; and of several, the last alone brings its diagrams. Inside
    `take_version`, with the law as it was read.
    """
    before, holds = _begun_last(), law.BOOK.holder(directory.today())
    held = [each for each in law.BOOK.held() if each.from_on <= directory.today()]
    due = [each.enactment for each in held if law.BOOK.holder(each.from_on) == each]
    wanted = select(EditionInForce).where(EditionInForce.id.in_(due), EditionInForce.begun_at.is_(None))
    wanted = wanted.order_by(EditionInForce.from_on).execution_options(populate_existing=True)
    for row in db.session.scalars(wanted).all():
        edition = find_edition(row.edition_id)
        if holds is not None and row.id == holds.enactment:
            _become(row, edition, before)
        count = carry_over(edition, actor=row.enacted_by) if edition.act.get("transitional") == "open" else 0
        row.begun_at = clock.now()
        _note("edition.begun", row.enacted_by, edition=row.edition_id, cases=count, **_day(row))


def _become(row: EditionInForce, edition: Edition, before: int | None) -> None:
    """From now on the directory and the diagrams are of that edition, as until now of the one `before`; staff know."""
    plugins = law.BOOK.under(registry.shipped(), row.edition_id)
    directory.import_offices(plugins, actor=row.enacted_by)
    said = {"act_number": row.act_number, "act_on": row.act_on, "since": max(row.enacted_at, morning(row.from_on))}
    if drawn := processes.drawn_otherwise(edition.id, before):
        with suppress(processes.InForceAlready):
            processes.enact_files(drawn, plugins, actor=row.enacted_by, name=called(edition), **said)  # type: ignore[arg-type]
    tell_begun(row, edition, plugins)


def _begun_last() -> int | None:
    """The edition whose diagrams came into force last."""
    begun = select(EditionInForce.edition_id).where(EditionInForce.begun_at.is_not(None))
    latest = (EditionInForce.begun_at.desc(), EditionInForce.from_on.desc(), EditionInForce.id.desc())
    return db.session.scalar(begun.order_by(*latest).limit(1))


def _deploy_drawn(edition: Edition, actor: str) -> dict[str, int]:
    """Deploys the diagrams that it has otherwise than today's, as a candidate: examined now, in force on its day.

    Process that they change -> its definition. Raises NotDeployable.
    """
    before = law.BOOK.on(directory.today())
    return processes.bring_diagrams(edition, before=before, name=called(edition), actor=actor)


def called(edition: Edition) -> str:
    """By the number of its act, else its key."""
    return edition.act.get("number") or edition.key or edition.region


def _say(region: str) -> None:
    """Everybody who counts a date knows of it from now on."""
    db.session.flush()
    deadlines.put_law(region, law.version_of(law.read_held()))


def _note(event: str, actor: str, **details: object) -> None:
    db.session.flush()
    journal.append(STREAM, [journal.NewLine(event, actor, details)], at=clock.now())


def _day(row: EditionInForce) -> dict[str, object]:
    return {"enactment": row.id, "from_on": row.from_on.isoformat()}


def morning(on: date) -> datetime:
    """The day's first moment on the region's clock."""
    return datetime.combine(on, time.min, ZoneInfo(str(registry.shipped().facts()["time_zone"])))


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""


def _check_said(from_on: date | None, act_number: str, act_on: date | None, why: str) -> None:
    errors = processes.wrong_of_act(act_number, act_on, why)
    if from_on is None:
        errors["from_on"] = "Please fill this in."
    elif from_on < directory.today():
        errors["from_on"] = NOT_BEFORE_TODAY
    if errors:
        raise InvalidAnswers(errors)
