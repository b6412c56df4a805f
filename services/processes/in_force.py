"""Which deployments are the law: put in force by a second person, with the number and the day of an act."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, text, update

from services import bpmn, clock, directory, journal
from services.db import db, transaction
from services.errors import Conflict, Forbidden, InvalidAnswers, NotFound
from services.loaded import Loaded
from services.processes.beginnings import replan
from services.processes.models import Deployment, Enactment, InForce, ProcessDefinition, Resource
from services.processes.said import check_why, wrong_of_act
from services.processes.telling import tell_law

DESIGNER = "designer"
#: who look after diagrams: they look at all of it, and put in force what somebody else deployed
LOOK_AFTER = frozenset({DESIGNER, directory.ADMIN})
#: one deployment or enactment at a time, over all nodes
LOCK = 4210001


class UnknownProcess(NotFound):
    """No process %(key)s is in force."""


class NoSuchDeployment(NotFound):
    """There is no deployment %(id)s."""


class NotTheirs(Forbidden):
    """Process diagrams are looked after by process designers and administrators."""


class OwnDeployment(Forbidden):
    """You deployed this yourself: a second person has to put it in force."""


class Outdated(Conflict):
    """Since this was deployed, another version of %(keys)s was put in force. Look at both, and deploy once more."""


class InForceAlready(Conflict):
    """This is in force already."""


class Withdrawn(Conflict):
    """This was withdrawn: deploy it once more, if it is to come into force after all."""


class NoCandidate(Conflict):
    """Only a candidate can be withdrawn: this was put in force, and stays in the list of what was the law."""


@dataclass(frozen=True)
class Law:
    """A version that is or was in force."""

    key: str
    definition_id: int
    since: datetime
    until: datetime | None
    enactment: Enactment


def looks_after(person: directory.Person) -> bool:
    """Whether diagrams are this person's: a process designer or an administrator."""
    return bool(LOOK_AFTER & person.roles())


def check_looks_after(person: directory.Person) -> None:
    """Raises NotTheirs."""
    if not looks_after(person):
        raise NotTheirs


def find_deployment(deployment_id: int) -> Deployment:
    """Raises NoSuchDeployment."""
    row = db.session.get(Deployment, deployment_id, populate_existing=True) if 0 < deployment_id < 2**63 else None
    if row is None:
        raise NoSuchDeployment(id=deployment_id)
    return row


def in_force(key: str) -> int:
    """The id of the definition under which new cases of that process begin. Raises UnknownProcess."""
    wanted = select(InForce.definition_id).where(InForce.key == key, InForce.until.is_(None))
    found = db.session.scalar(wanted)
    if found is None:
        raise UnknownProcess(key=key)
    return found


def in_force_now() -> dict[str, int]:
    """Process -> its definition in force."""
    return dict(_IN_FORCE.all())


_IN_FORCE = Loaded(select(InForce.key, InForce.definition_id).where(InForce.until.is_(None)))


def versions_in_force() -> dict[str, int]:
    """Process -> the number of its version in force."""
    law = select(ProcessDefinition.key, ProcessDefinition.version)
    rows = law.join(InForce, InForce.definition_id == ProcessDefinition.id).where(InForce.until.is_(None))
    return dict(iter(db.session.execute(rows)))


def laws(key: str) -> Sequence[Law]:
    """All versions of a process that are or were in force, the newest first."""
    wanted = select(InForce, Enactment).join(Enactment, Enactment.id == InForce.enactment_id)
    rows = db.session.execute(wanted.where(InForce.key == key).order_by(InForce.id.desc()))
    return [Law(key, row.definition_id, row.since, row.until, enactment) for row, enactment in rows]


def not_withdrawn() -> ColumnElement[bool]:
    """Of a version: that nobody has withdrawn it."""
    withdrawn = select(Deployment.id).where(Deployment.withdrawn_at.is_not(None))
    return ProcessDefinition.deployment_id.not_in(withdrawn)


def was_in_force(deployment_id: int) -> bool:
    """Whether it was ever put in force."""
    return db.session.scalar(select(Enactment.id).filter_by(deployment_id=deployment_id).limit(1)) is not None


def enact(
    deployment_id: int,
    person: directory.Person,
    *,
    act_number: str,
    act_on: date | None,
    why: str = "",
    keys: Collection[str] | None = None,
) -> Enactment:
    """Put a deployment in force, or a former one again: new cases begin under it, and staff are told.

    Of one that was in force before, `keys` are the processes that go back to it; all of them when it is None.
    Raises NoSuchDeployment, NotTheirs, OwnDeployment, Withdrawn, Outdated, InForceAlready, InvalidAnswers.
    """
    check_looks_after(person)
    if errors := wrong_of_act(act_number, act_on, why):
        raise InvalidAnswers(errors)
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        deployment = find_deployment(deployment_id)
        if deployment.deployed_by == f"staff:{person.id}":
            raise OwnDeployment
        if deployment.withdrawn_at is not None:
            raise Withdrawn
        wanted = select(ProcessDefinition).filter_by(deployment_id=deployment_id)
        rows = db.session.scalars(wanted.order_by(ProcessDefinition.id)).all()
        if not was_in_force(deployment_id):
            _check_base(deployment, rows)
        elif keys is not None:
            rows = [row for row in rows if row.key in keys]
            _check_chosen(rows)
        files, act_number, why = resources(deployment_id), act_number.strip(), why.strip()
        to = f"staff:{person.id}", deployment_id, rows, files
        enactment = enact_as(*to, act_number=act_number, act_on=act_on, why=why)
        tell_law(enactment, rows, files)
        return enactment


def withdraw(deployment_id: int, person: directory.Person, *, why: str) -> None:
    """Nobody wants this candidate any more: it is not put in force, and its files may be deployed anew.

    Raises NoSuchDeployment, NotTheirs, NoCandidate, Withdrawn, InvalidAnswers.
    """
    check_looks_after(person)
    check_why(why, "withdrawn_why")
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        deployment = find_deployment(deployment_id)
        if was_in_force(deployment_id):
            raise NoCandidate
        if deployment.withdrawn_at is not None:
            raise Withdrawn
        deployment.withdrawn_at, deployment.withdrawn_by = clock.now(), f"staff:{person.id}"
        deployment.withdrawn_why = why.strip()
        told = {"deployment": deployment_id, "why": deployment.withdrawn_why}
        line = journal.NewLine("deployment.withdrawn", deployment.withdrawn_by, told)
        db.session.flush()
        journal.append("deployment", [line], at=deployment.withdrawn_at)


def enact_as(
    actor: str,
    deployment_id: int,
    rows: Sequence[ProcessDefinition],
    files: bpmn.FileSet,
    *,
    act_number: str = "",
    act_on: date | None = None,
    why: str = "",
    since: datetime | None = None,
    held_from: datetime | None = None,
) -> Enactment:
    """The rows of it, and its line in the journal; `files` are the deployment's. In the caller's transaction.

    Its timers that begin cases are planned from `since` on, now if it is not said. `held_from`: it was the law before
    it was deployed, of an act that began before Komek. Raises InForceAlready.
    """
    now, before = clock.now(), in_force_now()
    new = [row for row in rows if before.get(row.key) != row.id]
    if not new:
        raise InForceAlready
    keys = [row.key for row in new]
    begins = _not_before_the_former(keys, held_from or now)
    enactment = Enactment(deployment_id=deployment_id, keys=keys, enacted_at=now, enacted_by=actor)
    enactment.act_number, enactment.act_on, enactment.why = act_number, act_on, why
    db.session.add(enactment)
    ended = update(InForce).where(InForce.key.in_(keys), InForce.until.is_(None)).values(until=begins)
    db.session.execute(ended)
    db.session.flush()
    for row in new:
        db.session.add(InForce(key=row.key, definition_id=row.id, enactment_id=enactment.id, since=begins))
    replan(before, new, files, since)
    details = {"deployment": deployment_id, "act": act_number, "on": act_on.isoformat() if act_on else ""}
    changed = {row.key: {"from": before.get(row.key), "to": row.id} for row in new}
    line = journal.NewLine("deployment.enacted", actor, {**details, "processes": changed, "why": why})
    db.session.flush()
    journal.append("deployment", [line], at=now)
    return enactment


def _not_before_the_former(keys: Sequence[str], begins: datetime) -> datetime:
    """When the next versions of these processes begin: at `begins`, never before those that they follow began."""
    latest = select(func.max(InForce.since)).where(InForce.key.in_(keys), InForce.until.is_(None))
    return max(begins, db.session.scalar(latest) or begins)


def put_by_console(key: str) -> bool:
    """Whether nobody's act stands behind what is in force for that process."""
    wanted = select(Enactment.enacted_by).join(InForce, InForce.enactment_id == Enactment.id)
    actor = db.session.scalar(wanted.where(InForce.key == key, InForce.until.is_(None)))
    return actor is None or not actor.startswith("staff:")


def files_in_force() -> bpmn.FileSet:
    """The files of what is in force now, each with what it hangs on; of two that give the same, the later law's."""
    read = bpmn.FileSet({})
    given = _given_in_force(read).values()
    return read.others(_named_apart((name, content) for _, name, content in given))


def deployment_in_force(gives: bpmn.Thing) -> int | None:
    """The deployment whose file gives that now; None when nothing in force does."""
    return _given_in_force(bpmn.FileSet({})).get(gives, (None,))[0]


def _given_in_force(read: bpmn.FileSet) -> dict[bpmn.Thing, tuple[int, str, bytes]]:
    """What the files in force give -> of which deployment, the file's name and content."""
    wanted = select(ProcessDefinition.deployment_id, InForce.key).join(
        InForce, InForce.definition_id == ProcessDefinition.id
    )
    rows = db.session.execute(wanted.where(InForce.until.is_(None)).order_by(InForce.enactment_id, InForce.id)).all()
    laws_of: dict[int, set[str]] = {}
    for deployment_id, key in rows:
        laws_of.setdefault(deployment_id, set()).add(key)
    elsewhere = {key for _, key in rows}
    found: dict[bpmn.Thing, tuple[int, str, bytes]] = {}
    for deployment_id, keys in laws_of.items():
        files = read.others(resources(deployment_id))
        for name, content in files.items():
            there = files.contents(name)
            if not set(there.executable) & (elsewhere - keys):  # its processes are the law from here, or nowhere
                for thing in there.gives:  # put behind what former laws give: of two files the later law's stands last
                    found.pop(thing, None)
                    found[thing] = (deployment_id, name, content)
    return found


def _named_apart(found: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, content in dict.fromkeys(found):
        at, called = 2, name
        while called in files:
            called, at = f"{at}-{name}", at + 1
        files[called] = content
    return files


def resources(deployment_id: int) -> bpmn.FileSet:
    """File name -> bytes, of a whole deployment, to be looked at by today's rules; those that were sent first."""
    wanted = select(Resource.name, Resource.content).filter_by(deployment_id=deployment_id)
    return bpmn.FileSet(dict(iter(db.session.execute(wanted.order_by(Resource.sent.desc(), Resource.name)))))


def _check_base(deployment: Deployment, rows: Sequence[ProcessDefinition]) -> None:
    """Raises Outdated when putting it in force would silently undo what came into force since it was made."""
    now = in_force_now()
    moved = sorted(row.key for row in rows if now.get(row.key) != deployment.base.get(row.key))
    if moved:
        raise Outdated(keys=", ".join(moved))


def _check_chosen(rows: Sequence[ProcessDefinition]) -> None:
    """Raises InvalidAnswers when no process was chosen to go back."""
    if not rows:
        raise InvalidAnswers({"keys": "Please choose at least one process."})
