"""A decision of a case on the drawing that its designers made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services import engine, processes
from services.cases.decided import DecidedLine, fired_of, line_of
from services.cases.errors import NoSuchTask
from services.cases.models import Case, Instance
from services.cases.rights import case_seen_by
from services.db import db
from services.directory import Person


@dataclass(frozen=True)
class DecidedPicture:
    """A decision as its designers drew it, with what was found there."""

    case_id: int
    line: DecidedLine
    xml: str
    decision: str
    fired: Mapping[str, Sequence[str]]  #: decision -> ids of its rules that fired
    values: Mapping[str, object]  #: decision -> what it came to


def decided_picture(case_id: int, key: str, person: Person) -> DecidedPicture:
    """The decision's own drawing. Raises NoSuchCase, NotYours, NoSuchTask for what was not decided there."""
    case = case_seen_by(case_id, person)
    instance_id, _, number = key.partition("-")
    instances = db.session.scalars(select(Instance).filter_by(case_id=case_id)).all()
    whole = bool(person.roles_at(case.body_key)) or case.closed_at is not None
    for instance in instances:
        mine = str(instance.id) == instance_id and (whole or person.roles_at(instance.office_key))
        if mine and number.isascii() and number.isdigit() and int(number) < len(instance.decided):
            return _picture(case, instance, key, instance.decided[int(number)])
    raise NoSuchTask


def _picture(case: Case, instance: Instance, key: str, entry: Mapping[str, Any]) -> DecidedPicture:
    decision = str(entry["decision"])
    file = engine.drawing_of(processes.definition(instance.definition_id), decision)
    if file is None:
        raise NoSuchTask
    fired = fired_of(entry)
    values = {key: value for key, _, value in entry["behind"]}
    outputs = entry["outputs"]
    values[decision] = next(iter(outputs.values()), None) if len(outputs) == 1 else outputs
    marks = {each.decision: [rule.id for rule in each.rules] for each in fired}
    return DecidedPicture(case.id, line_of(key, entry, ""), file.decode(), decision, marks, values)
