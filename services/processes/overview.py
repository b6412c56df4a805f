"""Every process with its versions: which is in force, by which act, which are candidates, which were the law before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, bindparam, select

from services import bpmn, directory
from services.db import db
from services.errors import NotFound
from services.loaded import Loaded
from services.processes.in_force import check_looks_after, find_deployment, in_force_now, resources
from services.processes.models import Deployment, Enactment, InForce, ProcessDefinition, Resource
from services.processes.whole import closure

#: of how many versions the newest are looked at
MOST = 500
State = Literal["in_force", "candidate", "former", "passed_over", "withdrawn"]


class NoSuchEnactment(NotFound):
    """Nothing came into force by that number."""


@dataclass(frozen=True)
class VersionLine:
    """One version of a process, and how it stands."""

    definition_id: int
    deployment_id: int
    key: str
    version: int
    name: str  #: in Kazakh, as drawn
    resource: str
    deployed_at: datetime
    deployed_by: str
    source: str
    state: State
    since: datetime | None = None
    until: datetime | None = None
    enacted_by: str = ""
    act_number: str = ""
    act_on: date | None = None
    why: str = ""


@dataclass(frozen=True)
class ProcessLine:
    """A process, its versions the newest first."""

    key: str
    versions: Sequence[VersionLine]

    @property
    def in_force(self) -> VersionLine | None:
        return next((each for each in self.versions if each.state == "in_force"), None)

    @property
    def name(self) -> str:
        return (self.in_force or self.versions[0]).name


@dataclass(frozen=True)
class File:
    """A file of a deployment."""

    name: str
    size: int
    sent: bool  #: sent with it; else in force already, and here because the others need it


@dataclass(frozen=True)
class DeploymentPage:
    """What there is to know of one deployment."""

    deployment: Deployment
    files: Sequence[File]
    versions: Sequence[VersionLine]
    enactments: Sequence[Enactment]  #: every time it was put in force, the newest first
    beside: Sequence[VersionLine]  #: what is in force now of the same processes, from other deployments

    @property
    def state(self) -> State:
        """In force as soon as one of its versions is; a candidate as long as one may become it."""
        states = {each.state for each in self.versions}
        order: tuple[State, ...] = ("in_force", "candidate", "former", "passed_over", "withdrawn")
        return next((each for each in order if each in states), "passed_over")

    @property
    def to_enact(self) -> Sequence[VersionLine]:
        """Which of its versions that are not in force, and may be."""
        return [] if self.deployment.withdrawn_at else [each for each in self.versions if each.state != "in_force"]


def all_processes(person: directory.Person) -> list[ProcessLine]:
    """Every process with its newest versions: one statement. Raises NotTheirs."""
    check_looks_after(person)
    found: dict[str, list[VersionLine]] = {}
    for line in _lines():
        found.setdefault(line.key, []).append(line)
    return [ProcessLine(key, lines) for key, lines in found.items()]


def versions_of(definition_ids: Collection[int]) -> list[VersionLine]:
    """Versions in order of their ids, each with the last time it came into force: one statement."""
    lines = _in_lines(_VERSIONS.all(ids=sorted(set(definition_ids))))
    return sorted(lines, key=lambda line: line.definition_id)


def deployment_page(deployment_id: int, person: directory.Person) -> DeploymentPage:
    """One deployment. Raises NotTheirs, NoSuchDeployment."""
    check_looks_after(person)
    deployment = find_deployment(deployment_id)
    rows = db.session.execute(
        select(Resource.name, Resource.content, Resource.sent)
        .filter_by(deployment_id=deployment_id)
        .order_by(Resource.sent.desc(), Resource.name)
    )
    files = [File(name, len(content), sent) for name, content, sent in rows]
    own = select(ProcessDefinition.key).filter_by(deployment_id=deployment_id)
    lines = _lines(ProcessDefinition.key.in_(own))
    versions = [line for line in lines if line.deployment_id == deployment_id]
    enactments = select(Enactment).filter_by(deployment_id=deployment_id).order_by(Enactment.id.desc())
    return DeploymentPage(
        deployment,
        files,
        sorted(versions, key=lambda line: line.definition_id),
        db.session.scalars(enactments).all(),
        [line for line in lines if line.state == "in_force" and line.deployment_id != deployment_id],
    )


def _lines(*where: ColumnElement[bool]) -> list[VersionLine]:
    return _in_lines(db.session.execute(_wanted(*where)))


def _wanted(*where: ColumnElement[bool]) -> Select[ProcessDefinition, Deployment, InForce, Enactment]:
    return (
        select(ProcessDefinition, Deployment, InForce, Enactment)
        .select_from(ProcessDefinition)
        .join(Deployment, Deployment.id == ProcessDefinition.deployment_id)
        .outerjoin(InForce, InForce.definition_id == ProcessDefinition.id)
        .outerjoin(Enactment, Enactment.id == InForce.enactment_id)
        .where(*where)
        .order_by(ProcessDefinition.key, ProcessDefinition.version.desc(), InForce.id)
        .limit(MOST)
    )


_VERSIONS = Loaded(_wanted(ProcessDefinition.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))))


def _in_lines(rows: Iterable[Sequence[Any]]) -> list[VersionLine]:
    """Of a version that was the law more than once, the last time counts."""
    found = {row.id: _line(row, deployment, law, enactment) for row, deployment, law, enactment in rows}
    latest = {line.key: line.version for line in found.values() if line.state == "in_force"}
    return [_passed_over(line) if line.version < latest.get(line.key, 0) else line for line in found.values()]


def _passed_over(line: VersionLine) -> VersionLine:
    return replace(line, state="passed_over") if line.state == "candidate" else line


def _line(
    row: ProcessDefinition, deployment: Deployment, law: InForce | None, enactment: Enactment | None
) -> VersionLine:
    line = VersionLine(
        row.id, row.deployment_id, row.key, row.version, row.name, row.resource,
        deployment.deployed_at, deployment.deployed_by, deployment.source, "candidate",
    )  # fmt: skip
    if law is None or enactment is None:
        return replace(line, state="withdrawn") if deployment.withdrawn_at else line
    state: State = "former" if law.until else "in_force"
    line = replace(line, state=state, since=law.since, until=law.until, enacted_by=enactment.enacted_by)
    return replace(line, act_number=enactment.act_number, act_on=enactment.act_on, why=enactment.why)


@dataclass(frozen=True)
class LawPage:
    """What came into force at one time: of which processes, and the files before and now."""

    enactment: Enactment
    versions: Sequence[VersionLine]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


def law_page(enactment_id: int) -> LawPage:
    """Raises NoSuchEnactment."""
    enactment = db.session.get(Enactment, enactment_id) if 0 < enactment_id < 2**63 else None
    if enactment is None:
        raise NoSuchEnactment
    of_key = select(InForce).where(InForce.key.in_(enactment.keys)).order_by(InForce.key, InForce.id)
    former: dict[str, int] = {}
    for law in db.session.scalars(of_key):
        if law.enactment_id < enactment_id:
            former[law.key] = law.definition_id  # the last one before it
    versions = [line for line in _lines(ProcessDefinition.key.in_(enactment.keys))
                if line.deployment_id == enactment.deployment_id]  # fmt: skip
    return LawPage(enactment, versions, _files_of(former.values()), resources(enactment.deployment_id))


def _files_of(definition_ids: Collection[int]) -> bpmn.FileSet:
    """The files that these versions hang on."""
    rows = select(ProcessDefinition).where(ProcessDefinition.id.in_(definition_ids)).order_by(ProcessDefinition.id)
    found: dict[str, bytes] = {}
    for row in db.session.scalars(rows):
        found |= closure(row.resource, resources(row.deployment_id))
    return bpmn.FileSet(found)


def before_and_after(page: DeploymentPage) -> tuple[bpmn.FileSet, bpmn.FileSet]:
    """The files it is compared with, and its own: what is not in force with what is in force now, for that is what
    putting it in force would change; what is in force with what was in force when it was deployed.
    """
    after, now = resources(page.deployment.id), in_force_now()
    drawn = {key for name in after for key in after.contents(name).executable}
    own = {each.key for each in page.versions if each.state == "in_force"}
    law, before = now.items(), page.deployment.base.items()
    base = {**{key: one for key, one in law if key in drawn - own}, **{key: one for key, one in before if key in own}}
    return _files_of(base.values()), after
