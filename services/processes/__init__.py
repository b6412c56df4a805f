"""Deployments and versions: which diagrams are in force, and which one a case began under."""

from services.processes.diagrams import diagram, drawing_of, name_of, names
from services.processes.service import (
    NotDeployable,
    UnknownProcess,
    begun_by,
    definition,
    deploy,
    deploy_registry,
    latest,
)

__all__ = [
    "NotDeployable",
    "UnknownProcess",
    "begun_by",
    "definition",
    "deploy",
    "deploy_registry",
    "diagram",
    "drawing_of",
    "latest",
    "name_of",
    "names",
]
