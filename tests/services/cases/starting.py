"""Processes that begin by themselves, and the cases that they began."""

from sqlalchemy import select

from services import processes, registry
from services.cases.models import Case
from services.db import db
from tests.services.cases.small_cases import OFFICE, people
from tests.services.engine.drawings import diagram, extended, node, scope


def property_of(**said: str) -> str:
    given = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in said.items())
    return extended(f"<camunda:properties>{given}</camunda:properties>")


def beginning(key: str, event: str, *, more: str = "", line: str = "s>A A>e", **said: str) -> bytes:
    """A process that begins with that event at an office, then a clerk's task."""
    start = node("startEvent", "s", (property_of(office=OFFICE, **said)) + event)
    body = scope(start + more + people("A") + node("endEvent", "e"), line, f"{key}_f")
    return diagram(f'<process id="{key}" name="{key}" isExecutable="true">{body}</process>')


def in_force(content: bytes, name: str = "q.bpmn") -> None:
    processes.install({name: content}, registry.current(), name="small", actor="test")


def begun(route: str) -> list[Case]:
    db.session.rollback()
    return list(db.session.scalars(select(Case).filter_by(route=route).order_by(Case.id)))
