"""Diagrams with forms drawn in Modeler, and the visit to a dwelling that they ask for."""

from pathlib import Path

from services import cases, directory, processes, registry
from tests.services.cases.small_cases import OFFICE
from tests.services.engine.drawings import drawn, extended, node

VISIT = (Path(__file__).parents[2] / "data/forms/home_visit.form").read_bytes()
HOUSEHOLD = (Path(__file__).parents[2] / "data/forms/household.form").read_bytes()
ANSWERS = {"visited_on": "05.03.2026", "area": "48,5", "lives": "yes", "people": "3", "members-0-kin": "бала"}


def visit(**attributes: str) -> str:
    """A clerk's task that asks what the file asks."""
    said = {"camunda__formRef": "home_visit", "camunda__formRefBinding": "deployment", **attributes}
    return node("userTask", "Visit", camunda__candidateGroups="clerk", **said)


def fields(*each: str, key: str = "Ask") -> str:
    """A clerk's task with fields drawn on it."""
    return node("userTask", key, extended(f"<camunda:formData>{''.join(each)}</camunda:formData>"),
                camunda__candidateGroups="clerk")  # fmt: skip


def one(key: str, kind: str, label: str, inside: str = "", **attributes: str) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<camunda:formField id="{key}" label="{label}" type="{kind}"{said}>{inside}</camunda:formField>'


def constraints(**each: str) -> str:
    inside = "".join(f'<camunda:constraint name="{name}" config="{config}"/>' for name, config in each.items())
    return f"<camunda:validation>{inside}</camunda:validation>"


def put_in_force(nodes: str, line: str, **files: bytes) -> None:
    """That drawing as the process `p`, with the form files beside it."""
    named = {f"{name}.form": content for name, content in files.items()}
    processes.install({"p.bpmn": drawn(nodes, line), **named}, registry.current(), name="forms", actor="test")


def begin(nodes: str, line: str, *, key: str = "one", **files: bytes) -> int:
    put_in_force(nodes, line, **files)
    return cases.open_case("p", OFFICE, clerk(), key=key)


def clerk() -> directory.Person:
    return directory.staff_at(OFFICE, "clerk")[0]
