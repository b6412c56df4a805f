"""Whose time a step takes: the body's, the PSC's, the courier's, or the applicant's own."""

from sqlalchemy import ColumnElement, case, literal, null, or_

from services import registry
from services.cases.models import Task
from services.cases.queries import APPLICANT_CAME

HOLDERS = ("body", "psc", "courier", "citizen")
#: a step of the body in which nothing is left but that the applicant comes (I-47)
HAND_OVER = "hand_over"
#: the PSC's own view while the body works: time that is counted at the body already
MIRROR = "await_result"


def holder_of(task: Task) -> str:
    """Whom a place waits for; the PSC that waits for an answer waits for the body."""
    if task.role == "courier":
        return "courier"
    if task.message == APPLICANT_CAME or task.step == HAND_OVER:
        return "citizen"
    if task.step == MIRROR:
        return "body"
    return registry.current().row("offices", task.office_key)["kind"]


def holder() -> ColumnElement[str]:
    """The same of a finished task, in SQL; NULL for time that is counted at another place already."""
    pscs = [row["key"] for row in registry.current().table("offices") if row["kind"] == "psc"]
    return case(
        (Task.step == MIRROR, null()),
        (Task.role == "courier", literal("courier")),
        (or_(Task.message == APPLICANT_CAME, Task.step == HAND_OVER), literal("citizen")),
        (Task.office_key.in_(pscs), literal("psc")),
        else_=literal("body"),
    )
