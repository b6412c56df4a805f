"""Deploy diagrams, and hand them out again, parsed."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

from sqlalchemy import func, select, text

from services import bpmn, clock, directory, engine, journal
from services.db import db, transaction
from services.errors import Forbidden, Invalid, NotFound
from services.processes import apart, doctor
from services.processes.brought import brought
from services.processes.in_force import (
    DESIGNER,
    LOCK,
    enact_as,
    files_in_force,
    in_force_now,
    not_withdrawn,
    put_by_console,
    versions_in_force,
)
from services.processes.models import Deployment, ProcessDefinition, Resource
from services.processes.names import Translations, all_translations
from services.processes.whole import Whole, gather
from services.registry import Registry

MOST_FILES = 50
#: endings of what is deployed
KINDS = (".bpmn", ".dmn", ".form")
_ENDING = re.compile(r"(\.bpmn|\.dmn|\.form)(?![a-z])", re.IGNORECASE)
MOST_TOLD, LONGEST_TOLD = 5, 60


class NotDeployable(Invalid):
    """The files cannot be deployed:
    %(findings)s
    """

    def __init__(self, report: doctor.Report) -> None:
        self.report = report
        super().__init__(findings=doctor.Lines(report.errors))


class NothingToDeploy(Invalid):
    """There is nothing to deploy: send .bpmn, .dmn or .form files."""


class NotOfAKind(Invalid):
    """Files that end in %(kinds)s are looked at, and these do not: %(names)s. Rename them, or leave them out."""


class NameTwice(Invalid):
    """Two of the files sent are called %(name)s."""


class TooManyFiles(Invalid):
    """These are too many files: %(count)s, and at most %(most)s are deployed together."""


class NotDesigner(Forbidden):
    """Only a process designer deploys diagrams and rehearses them."""


@dataclass(frozen=True)
class Deployed:
    """What one act of deploying came to."""

    deployment: Deployment
    definitions: Sequence[ProcessDefinition]  #: of every process it brings; the first file's first process first
    new: bool  #: False: all of it was deployed before, and nothing was written
    files: bpmn.FileSet = field(repr=False)  #: all of it, as it was read
    #: process -> number of the version in force, when it was to be in force at once; none when nothing is
    law: Mapping[str, int] = field(default_factory=dict)


def deploy(
    files: Mapping[str, bytes],
    registry: Registry,
    *,
    name: str,
    actor: str = "",
    source: str = "",
    person: directory.Person | None = None,
) -> Deployed:
    """Keep these files, what they use and what uses them, as candidates: the next version of each process that changes.

    A person must be a process designer; without one, `actor` says who (the console).
    Raises NotDeployable with all that is wrong, NothingToDeploy, NotOfAKind, TooManyFiles,
    NotDesigner.
    """
    if person is not None and DESIGNER not in person.roles():
        raise NotDesigner
    wanted = _deployable(files)
    by = f"staff:{person.id}" if person else actor
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        whole = _examined(wanted, registry, _looked_at_apart if person else _looked_at)
        known = {key: _same(key, digest) for key, digest in whole.processes.items()}
        definitions = {key: engine.parse(whole.files, key) for key, row in known.items() if row is None}
        if known and all(known.values()):
            found = [each for each in known.values() if each is not None]
            return Deployed(db.session.get_one(Deployment, found[0].deployment_id), found, False, whole.files)
        return _keep(whole, definitions, known, Deployment(name=name, source=source, deployed_by=by))


def install(
    files: Mapping[str, bytes], registry: Registry, *, name: str, actor: str, held_from: datetime | None = None
) -> Deployed:
    """Deploys files, in force at once: from the console, where nobody's act put another version in force.

    What people have put in force stays; over it, this is a candidate. So does whatever is in force when nothing is
    new, be the files those of an older version: starting again undoes nothing. `law` of the answer tells. `held_from`:
    since when it was the law before Komek was there.
    """
    with transaction():
        done = deploy(files, registry, name=name, actor=actor)
        mine = [each for each in done.definitions if put_by_console(each.key)]
        if done.new and mine:
            enact_as(actor, done.deployment.id, mine, done.files, why=name, held_from=held_from)
        return replace(done, law=versions_in_force())


def enact_files(
    files: Mapping[str, bytes],
    registry: Registry,
    *,
    actor: str,
    name: str,
    act_number: str,
    act_on: date | None,
    since: datetime,
    held_from: datetime | None = None,
) -> Deployed:
    """Deploys files that an edition of the region's act brings, and puts them in force with it.

    What its timers were to begin from `since` on begins, however late this is. `held_from`: as `install` has it.

    In the caller's transaction. Raises NotDeployable, InForceAlready.
    """
    done = deploy(files, registry, name=name, actor=actor)
    to = actor, done.deployment.id, done.definitions, done.files
    enact_as(*to, act_number=act_number, act_on=act_on, why=name, since=since, held_from=held_from)
    return done


def install_registry(registry: Registry, *, actor: str, held_from: datetime | None = None) -> Deployed:
    """Install every diagram, decision and form that the region's deployment brings."""
    return install(brought(registry), registry, name=registry.region, actor=actor, held_from=held_from)


@lru_cache(maxsize=256)
def definition(definition_id: int) -> engine.Definition:
    """The definition with that id, parsed: read once by each web process, then shared. Raises NotFound."""
    wanted = select(ProcessDefinition.key, Deployment.id, Deployment.reading).join(Deployment)
    row = db.session.execute(wanted.where(ProcessDefinition.id == definition_id)).one_or_none()
    if row is None:
        raise NotFound("There is no process definition %(id)s.", id=definition_id)
    files = files_of(row.id)
    with _READING:
        return _parsed(files, row.key, row.reading)


@lru_cache(maxsize=4)
def files_of(deployment_id: int) -> tuple[tuple[str, bytes], ...]:
    """Name and content of each file of that deployment, which nobody changes: all its processes are read from them."""
    files = select(Resource.name, Resource.content).filter_by(deployment_id=deployment_id)
    return tuple((name, content) for name, content in db.session.execute(files))


#: one thread of a process reads and the others wait for it: each reading the same, they would all wait for all of them
_READING = Lock()


@lru_cache(maxsize=256)
def _parsed(files: tuple[tuple[str, bytes], ...], key: str, reading: int) -> engine.Definition:
    """What these files say, whichever deployment they came with."""
    return engine.parse(_together(files, reading), key, reading=reading)


@lru_cache(maxsize=4)
def _together(files: tuple[tuple[str, bytes], ...], reading: int) -> bpmn.FileSet:
    """What was deployed together: each process that is read of it needs the other files, too."""
    return bpmn.FileSet(dict(files), reading=reading)


@lru_cache(maxsize=256)
def starts(definition_id: int) -> tuple[bpmn.Start, ...]:
    """Where that version begins. Raises NotFound.

    Only the start events are read: a worker that was just begun looks through every version in force for those that a
    signal begins, inside of somebody's transaction.
    """
    wanted = select(ProcessDefinition.key, ProcessDefinition.resource, Resource.content).join_from(
        ProcessDefinition,
        Resource,
        (Resource.deployment_id == ProcessDefinition.deployment_id) & (Resource.name == ProcessDefinition.resource),
    )
    row = db.session.execute(wanted.where(ProcessDefinition.id == definition_id)).one_or_none()
    if row is None:
        return definition(definition_id).starts  # deployed before the file that draws it was written down
    return bpmn.FileSet({row.resource: row.content}).starts(row.key)


@lru_cache(maxsize=256)
def begun_by(definition_id: int, message: str) -> int | None:
    """The definition, deployed together with that one, that begins with this message; None when no pool does.

    Where several do, a pool of the same file goes before those of others: each route has its own body.
    """
    own = select(ProcessDefinition.deployment_id, ProcessDefinition.resource).filter_by(id=definition_id)
    deployment_id, resource = db.session.execute(own).one()
    beside = select(ProcessDefinition.id).where(ProcessDefinition.deployment_id == deployment_id)
    own_first = beside.order_by(ProcessDefinition.resource != resource, ProcessDefinition.id)
    wanted = ("message", message)
    begun = (each for each in db.session.scalars(own_first) if wanted in {(of.kind, of.says) for of in starts(each)})
    return next(begun, None)


def begun_by_hand() -> list[int]:
    """The definitions in force that people begin beside a case, by a message start event of theirs."""
    found = sorted(in_force_now().items())
    return [
        definition_id
        for _, definition_id in found
        if any(engine.start_by_hand(definition(definition_id), each) for each in definition(definition_id).starts)
    ]


def is_aside(definition: engine.Definition) -> bool:
    """Whether its pool goes on aside, by the extension property `aside` = `yes` of its start event.

    Its end is no end of the case, it keeps none open, and several may go on at once.
    """
    return any(each.properties.get("aside") == "yes" for each in definition.starts)


def begun_by_desk(message: str) -> int | None:
    """The definition in force that begins beside a case when the desk says that of a paper for which nobody waits."""
    for _, definition_id in sorted(in_force_now().items()):
        for start in starts(definition_id):
            if (start.kind, start.says, start.properties.get("sender")) == ("message", message, "desk"):
                return definition_id
    return None


def examine(files: Mapping[str, bytes], registry: Registry) -> doctor.Report:
    """What the doctor says of these files beside those in force, as when they are deployed.

    Raises NothingToDeploy, NotOfAKind, TooManyFiles.
    """
    return _looked_at_apart(_deployable(files), registry)[1]


Seen = tuple[Whole | None, doctor.Report]


def _examined(
    files: Mapping[str, bytes], registry: Registry, looked_at: Callable[[Mapping[str, bytes], Registry], Seen]
) -> Whole:
    """The files and those that belong to them, as far as the doctor lets them pass. Raises NotDeployable."""
    whole, report = looked_at(files, registry)
    if whole is None or not report.deployable:
        raise NotDeployable(report)
    return whole


def _looked_at(files: Mapping[str, bytes], registry: Registry) -> Seen:
    """What belongs together, unless a file cannot be read at all; and what the doctor says of it."""
    return _look(files, files_in_force(), registry, all_translations(registry))


def _looked_at_apart(files: Mapping[str, bytes], registry: Registry) -> Seen:
    """What was found in a stranger's files, in a process of their own."""
    try:
        return apart.look(_look, files, files_in_force(), registry, all_translations(registry))  # type: ignore[no-any-return]
    except apart.TakesTooMuch:
        return None, apart.too_much(files)


def _look(
    files: Mapping[str, bytes], in_force: Mapping[str, bytes], registry: Registry, known: Mapping[str, Translations]
) -> Seen:
    beside = bpmn.FileSet.of(in_force)
    read = beside.others(files)
    try:
        whole = gather(read, beside)
    except bpmn.BadDiagram:
        return None, doctor.examine(read, registry, beside=beside, translated=known)
    used = whole.files.some(name for name in whole.files if name not in whole.sent)
    return whole, doctor.examine(read, registry, beside=used, translated=known)


def _deployable(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, all of a kind that is deployed. Raises NothingToDeploy, NotOfAKind, TooManyFiles."""
    if not files:
        raise NothingToDeploy
    check_kinds(files)
    if len(files) > MOST_FILES:
        raise TooManyFiles(count=len(files), most=MOST_FILES)
    return dict(files)


def files_to_deploy(found: Iterable[Path]) -> list[Path]:
    """The files of a kind among these, in the order of the kinds; with those whose ending only comes near (A.BPMN)."""
    kinds = {file: ending[1].lower() for file in found if (ending := _ENDING.search(file.name)) and file.is_file()}
    return sorted(kinds, key=lambda file: (KINDS.index(kinds[file]), file))


def check_kinds(files: Iterable[str], kinds: tuple[str, ...] = KINDS) -> None:
    """Whether each of these is the name of a file that is looked at: none is left out in silence. Raises NotOfAKind."""
    others = [name for name in files if not name.endswith(kinds)]
    if others:
        told = [name[:LONGEST_TOLD] for name in others[:MOST_TOLD]]
        raise NotOfAKind(kinds=", ".join(kinds), names=", ".join(told) + (" …" if len(others) > MOST_TOLD else ""))


def _keep(
    whole: Whole,
    definitions: Mapping[str, engine.Definition],
    known: Mapping[str, ProcessDefinition | None],
    deployment: Deployment,
) -> Deployed:
    """The rows of a deployment: every file of it, and a version of each process that is new. In a transaction."""
    deployment.deployed_at = now = clock.now()
    now_in_force = in_force_now()
    deployment.base = {key: now_in_force[key] for key in whole.processes if key in now_in_force}
    db.session.add(deployment)
    db.session.flush()
    for name, content in whole.files.items():
        kept = Resource(deployment_id=deployment.id, name=name, content=content, sent=name in whole.sent)
        db.session.add(kept)
    found, latest = [], _latest_versions()
    for key, digest in whole.processes.items():
        row = known[key]
        if row is None:
            row = ProcessDefinition(key=key, version=latest.get(key, 0) + 1, deployment_id=deployment.id)
            row.name, row.resource, row.sha256 = definitions[key].name, whole.resources[key], digest
            db.session.add(row)
        found.append(row)
    db.session.flush()
    told = {"deployment": deployment.id, "processes": sorted(key for key, row in known.items() if row is None)}
    line = journal.NewLine("deployment.made", deployment.deployed_by, {**told, "source": deployment.source})
    journal.append("deployment", [line], at=now)
    return Deployed(deployment, found, True, whole.files)


def _same(key: str, digest: str) -> ProcessDefinition | None:
    """The version that these very files made before, unless it was withdrawn; the newest, when several did.

    Not one that is read as files were before: these mean something else now.
    """
    read_now = ProcessDefinition.deployment_id == Deployment.id, Deployment.reading == engine.READING
    wanted = select(ProcessDefinition).filter_by(key=key, sha256=digest).where(*read_now, not_withdrawn())
    newest = wanted.order_by(ProcessDefinition.version.desc()).limit(1)
    return db.session.scalars(newest).one_or_none()


def _latest_versions() -> dict[str, int]:
    rows = db.session.execute(
        select(ProcessDefinition.key, func.max(ProcessDefinition.version)).group_by(ProcessDefinition.key)
    )
    return dict(iter(rows))
