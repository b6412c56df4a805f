"""Put diagrams in force, and hand them out again, parsed."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from sqlalchemy import func, select, text

from services import clock, engine, journal
from services.db import db, transaction
from services.errors import Invalid, NotFound
from services.processes.models import Deployment, ProcessDefinition, Resource
from services.registry import Registry

#: one deployment at a time, over all nodes
DEPLOY_LOCK = 4210001


class UnknownProcess(NotFound):
    """No process %(key)s is in force."""


class NotDeployable(Invalid):
    """The diagrams name something that no plugin provides: %(names)s."""


def deploy(resources: Mapping[str, bytes], registry: Registry, *, name: str, actor: str) -> Deployment:
    """Put these files in force together, as the next version of each executable process in them.

    The same files again are the deployment that is there already. Raises BadDiagram, NotDeployable.
    """
    sha256 = _fingerprint(resources)
    definitions = {key: engine.parse(resources, key) for key in engine.processes(resources)}
    _check_names(definitions.values(), registry)
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": DEPLOY_LOCK})
        known = db.session.scalar(select(Deployment).filter_by(sha256=sha256))
        if known is not None:
            return known
        now = clock.now()
        deployment = Deployment(name=name, sha256=sha256, deployed_at=now, deployed_by=actor)
        db.session.add(deployment)
        db.session.flush()
        for resource, content in resources.items():
            db.session.add(Resource(deployment_id=deployment.id, name=resource, content=content))
        latest = _latest_versions()
        for key, definition in definitions.items():
            version = latest.get(key, 0) + 1
            db.session.add(
                ProcessDefinition(key=key, version=version, deployment_id=deployment.id, name=definition.name)
            )
        db.session.flush()
        line = journal.Line(
            "deployment.made", actor, {"deployment": deployment.id, "sha256": sha256, "processes": sorted(definitions)}
        )
        journal.append("deployment", [line], at=now)
    return deployment


def deploy_registry(registry: Registry, *, actor: str) -> Deployment:
    """Put every diagram and decision of the switched-on plugins in force, the region's own before the common ones."""
    files = {**registry.matching("bpmn/*.bpmn"), **registry.matching("bpmn/*.dmn")}
    resources = {place.rpartition("/")[2]: file.read_bytes() for place, file in sorted(files.items())}
    return deploy(resources, registry, name=registry.region, actor=actor)


def latest(key: str) -> int:
    """The id of the definition in force for that process. Raises UnknownProcess."""
    newest = select(ProcessDefinition.id).filter_by(key=key).order_by(ProcessDefinition.version.desc()).limit(1)
    found = db.session.scalar(newest)
    if found is None:
        raise UnknownProcess(key=key)
    return found


@lru_cache(maxsize=256)
def definition(definition_id: int) -> engine.Definition:
    """That definition, parsed: read once by each web process, then shared. Raises NotFound."""
    row = db.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound("There is no process definition %(id)s.", id=definition_id)
    return engine.parse(_resources(row.deployment_id), row.key)


@lru_cache(maxsize=256)
def begun_by(definition_id: int, message: str) -> int | None:
    """The definition, deployed together with that one, that begins with this message; None when no pool does."""
    deployed = select(ProcessDefinition.deployment_id).filter_by(id=definition_id).scalar_subquery()
    beside = select(ProcessDefinition.id).where(ProcessDefinition.deployment_id == deployed)
    return next((each for each in db.session.scalars(beside) if definition(each).begins_with == message), None)


def _resources(deployment_id: int) -> dict[str, bytes]:
    rows = db.session.execute(select(Resource.name, Resource.content).filter_by(deployment_id=deployment_id))
    return dict(iter(rows))


def _latest_versions() -> dict[str, int]:
    rows = db.session.execute(
        select(ProcessDefinition.key, func.max(ProcessDefinition.version)).group_by(ProcessDefinition.key)
    )
    return dict(iter(rows))


def _fingerprint(resources: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(resources.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _check_names(definitions: Iterable[engine.Definition], registry: Registry) -> None:
    """Raises NotDeployable when a diagram names an operation, a form or a step that nobody provides."""
    missing = set()
    steps = {row["key"] for row in registry.table("steps")}
    for definition in definitions:
        for element in definition.elements.values():
            if element.operation and element.operation not in registry.operations():
                missing.add(f"{element.name} ({element.id}): {element.operation}")
            if element.step and element.step not in steps:
                missing.add(f"{element.name} ({element.id}): {element.step}")
            if element.form and element.form not in registry.forms():
                missing.add(f"{element.name} ({element.id}): {element.form}")
    if missing:
        raise NotDeployable(names="; ".join(sorted(missing)))
