"""Whose time a step takes: the rule of `services.cases.pages.holders`, each kind of office apart, and that in SQL."""

from sqlalchemy import ColumnElement, case, literal, null, or_

from services import cases, registry
from services.cases import APPLICANT_CAME
from services.cases.models import Task
from services.figures import DrawnAt

CARRIED = cases.CARRIED


def holders() -> tuple[str, ...]:
    """All of them, in the order in which they are told: kinds of offices, then who carries, then the applicant."""
    return (*registry.current().kinds(), CARRIED, "citizen")


def waits_for(task: Task) -> str:
    """Whom a place waits for; the PSC that waits for an answer waits for the body."""
    holder = cases.holder_of(task)
    if holder is None:
        return "body"
    return registry.current().row("offices", task.office_key)["kind"] if holder == "office" else holder


def holder_at(kind: str, place: DrawnAt) -> str | None:
    """`holder` of what was done at a place of a diagram, at an office of that kind."""
    plugins = registry.current()
    if place.step in plugins.steps_that("counted_elsewhere"):
        return None
    if place.role in plugins.roles_that("carries"):
        return CARRIED
    if place.came or place.step in plugins.steps_that("only_applicant"):
        return "citizen"
    return kind


def holder() -> ColumnElement[str]:
    """Whose time a finished step was, in SQL; NULL for time that is counted at another place already."""
    plugins = registry.current()
    rows = plugins.known("offices")
    offices = {kind: [row["key"] for row in rows if row["kind"] == kind] for kind in plugins.kinds()}
    return case(
        (Task.step.in_(plugins.steps_that("counted_elsewhere")), null()),
        (Task.role.in_(plugins.roles_that("carries")), literal(CARRIED)),
        (or_(Task.message == APPLICANT_CAME, Task.step.in_(plugins.steps_that("only_applicant"))), literal("citizen")),
        *((Task.office_key.in_(keys), literal(kind)) for kind, keys in offices.items() if kind != "body"),
        else_=literal("body"),
    )
