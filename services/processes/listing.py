"""What was deployed, as lists: deployments for those who deploy or enact, versions of processes for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from services import directory
from services.db import db
from services.errors import NotFound
from services.processes.in_force import check_looks_after, find_deployment, not_withdrawn
from services.processes.models import Deployment, ProcessDefinition, Resource


class NoSuchDefinition(NotFound):
    """There is no process definition %(id)s."""


class NoSuchResource(NotFound):
    """There is no file %(name)s in this deployment."""


@dataclass(frozen=True)
class Wanted:
    """Which versions are asked for; nothing is asked by None."""

    key: str | None = None
    version: int | None = None
    deployment_id: int | None = None
    latest: bool = False


def definitions(wanted: Wanted, *, first: int = 0, most: int = 100) -> Sequence[ProcessDefinition]:
    """Versions of processes, by key, the newest of each first; one page of at most `most`."""
    found = _definitions(wanted).order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
    return db.session.scalars(found.offset(first).limit(most)).all()


def count_definitions(wanted: Wanted) -> int:
    """How many there are of them."""
    return db.session.scalar(select(func.count()).select_from(_definitions(wanted).subquery())) or 0


def find_definition(definition_id: int, key: str, version: int) -> ProcessDefinition:
    """The row that these three name together. Raises NoSuchDefinition."""
    row = db.session.get(ProcessDefinition, definition_id) if 0 < definition_id < 2**63 else None
    if row is None or (row.key, row.version) != (key, version):
        raise NoSuchDefinition(id=f"{key}:{version}:{definition_id}")
    return row


def latest_definition(key: str) -> ProcessDefinition:
    """A process as it was deployed last and not withdrawn, in force or not. Raises NoSuchDefinition."""
    found = definitions(Wanted(key=key, latest=True), most=1)
    if not found:
        raise NoSuchDefinition(id=key)
    return found[0]


def diagram_file(row: ProcessDefinition) -> bytes:
    """The file that draws it, byte for byte."""
    content = db.session.scalar(select(Resource.content).filter_by(deployment_id=row.deployment_id, name=row.resource))
    if content is None:
        raise NoSuchDefinition(id=row.id)
    return content


def deployments(
    person: directory.Person, *, name: str | None = None, first: int = 0, most: int = 100
) -> Sequence[Deployment]:
    """What was deployed, the newest first; one page. Raises NotTheirs."""
    check_looks_after(person)
    wanted = select(Deployment).order_by(Deployment.id.desc()).offset(first).limit(most)
    return db.session.scalars(wanted.where(Deployment.name == name) if name is not None else wanted).all()


def deployment(deployment_id: int, person: directory.Person) -> Deployment:
    """One of them. Raises NotTheirs, NoSuchDeployment."""
    check_looks_after(person)
    return find_deployment(deployment_id)


def resource_names(deployment_id: int, person: directory.Person) -> Sequence[str]:
    """The names of its files, those that were sent first. Raises NotTheirs, NoSuchDeployment."""
    wanted = select(Resource.name).filter_by(deployment_id=deployment(deployment_id, person).id)
    return db.session.scalars(wanted.order_by(Resource.sent.desc(), Resource.name)).all()


def resource(deployment_id: int, name: str, person: directory.Person) -> bytes:
    """One of its files, byte for byte. Raises NotTheirs, NoSuchResource."""
    check_looks_after(person)
    content = db.session.scalar(select(Resource.content).filter_by(deployment_id=deployment_id, name=name))
    if content is None:
        raise NoSuchResource(name=name)
    return content


def _definitions(wanted: Wanted) -> Select[ProcessDefinition]:
    row = ProcessDefinition
    asked: list[ColumnElement[bool]] = [
        column == value
        for column, value in ((row.key, wanted.key), (row.version, wanted.version),
                              (row.deployment_id, wanted.deployment_id))
        if value is not None
    ]  # fmt: skip
    if wanted.latest:
        newest = select(row.id).where(not_withdrawn()).ext(distinct_on(row.key)).order_by(row.key, row.version.desc())
        asked.append(row.id.in_(newest))
    return select(row).where(*asked)
