"""Decisions as programs ask for them: by their key, what is in force; by their id, those of one deployment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services import bpmn, clock, deadlines, registry
from services.db import db
from services.errors import NotFound
from services.processes.in_force import deployment_in_force, resources
from services.processes.models import Deployment


class NoSuchDecision(NotFound):
    """There is no decision %(id)s."""


@dataclass(frozen=True)
class DecisionVersion:
    """A decision in force, or as one deployment has it."""

    key: str
    name: str
    deployment_id: int | None  #: None: as it is in force
    file: str
    decisions: Mapping[str, bpmn.CompiledDecision]  #: all that are drawn beside it


def decision_in_force(key: str) -> DecisionVersion:
    """As the deployment has it whose file is the law. Raises NoSuchDecision."""
    found = deployment_in_force(("decision", key))
    if found is None:
        raise NoSuchDecision(id=key[:100])
    return replace(decision_of(found, key), deployment_id=None)


def decision_of(deployment_id: int, key: str) -> DecisionVersion:
    """As that deployment has it, candidate or not. Raises NoSuchDecision."""
    deployment = db.session.get(Deployment, deployment_id) if 0 < deployment_id < 2**63 else None
    files = resources(deployment_id) if deployment is not None else {}
    tables = tuple(sorted((name, content) for name, content in files.items() if name.endswith(".dmn")))
    decisions = _read(tables, deployment.reading) if deployment is not None else {}
    found = decisions.get(key)
    if found is None:
        raise NoSuchDecision(id=f"{key}:{deployment_id}"[:100])
    return DecisionVersion(key, found.name, deployment_id, found.file, decisions)


def decide(version: DecisionVersion, values: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """What it says to these values now: output name -> value, once for every rule that answers.

    Raises ExpressionError.
    """
    plugins = registry.current()
    now = clock.now().astimezone(deadlines.zone(plugins, str(plugins.facts()["control_office"])))
    said = bpmn.decide_over(version.decisions, version.key, values, now).outputs
    if not version.decisions[version.key].lists:
        return [said] if said else []
    columns = {name: value for name, value in said.items() if isinstance(value, list)}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@lru_cache(maxsize=16)
def _read(tables: tuple[tuple[str, bytes], ...], reading: int) -> Mapping[str, bpmn.CompiledDecision]:
    return bpmn.FileSet(dict(tables), reading=reading).decisions
