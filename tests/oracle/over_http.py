"""Play a row as people, programs and the clock do: deployed, started and completed over HTTP; waits ended on the page.

What a person answers becomes the form of that task. What only the engine's door can see (`+a`, variables) is left out;
the places at which the case waits, and its end, must be as the row says.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services.cases.models import Instance, Task
from services.db import db
from services.jobs.models import JobRow
from tests.oracle.drawing import Drawing
from tests.oracle.play import ENDS, Different, answers, split
from tests.oracle.table import Row
from tests.webapp.rest.programs import DESIGNER, Program

#: what begins by itself begins there
AT_AN_OFFICE = (
    '<extensionElements><camunda:properties><camunda:property name="office" value="TALDYKORGAN"/></camunda:properties>'
    "</extensionElements>"
)
TYPES = {bool: "boolean", int: "long", str: "string"}


class Office:
    """A designer with a program and a browser."""

    def __init__(self, house: Flask) -> None:
        self.program, self.surfer = Program(house, DESIGNER), Surfer(house).sign_in(DESIGNER)

    def play(self, row: Row) -> None:
        """Raises Different."""
        case = _Case(self, row)
        for said, wanted in row.moves:
            status = case.move(said)
            if wanted.split()[0] in ENDS:
                if not 400 <= status < 500 and not (wanted == "incident" and case.has_incident()):
                    raise Different(f"{said}: {wanted} was expected; it was answered {status}")
                return
            if status >= 400:
                raise Different(f"{said}: answered {status}")
            for each in case.check(wanted):
                raise Different(f"{said}: {each}")


class _Case:
    def __init__(self, office: Office, row: Row) -> None:
        self.office, self.row, self.id, self.instance = office, row, 0, ""

    def move(self, said: str) -> int:
        """The status with which it was answered."""
        verb, *words = split(said)
        if verb == "start":
            return self._start(words)
        key, *rest = words
        if rest[:1] == ["at"]:
            key, rest = rest[1], rest[2:]
        task = self._task(verb, key)
        if verb == "do" and task.waits_for == "person":
            sent = {name: {"value": value} for name, value in answers(rest).items()}
            return self.office.program.ask("POST", f"/task/{task.id}/complete", json={"variables": sent}).status_code
        code = rest.pop(0) if verb == "error" else ""
        outputs = "" if verb == "timer" else json.dumps(answers(rest))
        hear = [each.id for each in self._open(verb, key)] if verb == "signal" else [task.id]
        status = 0
        for each in hear:  # everybody who waited for it as it came, and still does
            if each == task.id or each in [other.id for other in self._open(verb, key)]:
                status = max(status, self._on(each, outputs, code))
        return status

    def _on(self, task_id: str, outputs: str, code: str) -> int:
        self.office.surfer.get(f"/cases/{self.id}")
        said = {"outputs": outputs or None, "error_code": code or None}
        return self.office.surfer.submit(f"/rehearsals/{task_id}/on", said).status_code

    def _start(self, words: list[str]) -> int:
        made = self.office.program.deploy(deployable(self.row))
        if made.status_code != 200:
            return made.status_code
        found = {each["key"]: each["id"] for each in made.get_json()["deployedProcessDefinitions"].values()}
        at, words = (words[1], words[2:]) if words[:1] == ["at"] else ("", words)
        body: dict[str, Any] = {"variables": {name: {"value": value} for name, value in answers(words).items()}}
        if at:
            body["startInstructions"] = [{"type": "startBeforeActivity", "activityId": at}]
        answer = self.office.program.ask("POST", f"/process-definition/{found['p']}/start", json=body)
        if answer.status_code == 200:
            self.instance = answer.get_json()["id"]
            self.id = db.session.get_one(Instance, int(self.instance)).case_id
            db.session.remove()
        return answer.status_code

    def has_incident(self) -> bool:
        """What was said is kept, and the case does not go on (decision 48)."""
        db.session.remove()
        kept = select(JobRow.id).where(JobRow.case_id == self.id, JobRow.incident_at.is_not(None))
        return db.session.scalar(kept.limit(1)) is not None

    def waits(self) -> list[str]:
        db.session.remove()
        found = db.session.scalars(select(Task.element).filter_by(case_id=self.id, closed_at=None))
        return sorted(found)

    def _open(self, verb: str, element: str) -> list[Task]:
        db.session.remove()
        wanted = select(Task).filter_by(case_id=self.id, closed_at=None).order_by(Task.seq, Task.id)
        return [each for each in db.session.scalars(wanted) if _meant(each, verb, element)]

    def _task(self, verb: str, key: str) -> Task:
        element, _, number = key.partition("#")
        found = self._open(verb, element)
        if len(found) < int(number or 1):
            raise Different(f"the case does not wait at {key}, but at {' '.join(self.waits())}")
        return found[int(number or 1) - 1]

    def check(self, wanted: str) -> Iterator[str]:
        places = sorted(word for word in split(wanted) if re.fullmatch(r"\w+", word))
        if places == ["end"]:
            if not self.office.program.get(f"/process-instance/{self.instance}")["ended"]:
                yield f"it should have ended, and waits at {' '.join(self.waits())}"
        elif self.waits() != places:
            yield f"it should wait at {' '.join(places)}; it waits at {' '.join(self.waits())}"


def _meant(task: Task, verb: str, element: str) -> bool:
    if verb in ("message", "signal"):
        return element in (task.message, task.signal, task.element) and task.waits_for == verb
    return task.element == element


def deployable(row: Row) -> dict[str, bytes]:
    """The drawing with a role at each person's task, a form that asks what the row answers there, and an office."""
    asked: dict[str, dict[str, Any]] = defaultdict(dict)
    for said, _ in row.moves:
        verb, *words = split(said)
        if verb == "do":
            asked[words[0].partition("#")[0]] |= answers(words[1:])
    drawing = Drawing(row.drawing)
    files = drawing.files()
    text = files["drawn.bpmn"].decode()
    for key in set(re.findall(r'<userTask id="(\w+)"', text)):
        text = _with_form(text, key, asked.get(key, {}), drawing.prefix)
    text = re.sub(r'(<startEvent id="\w+" name="\w+">)(?=<\w+EventDefinition)', rf"\1{AT_AN_OFFICE}", text)
    return files | {"drawn.bpmn": text.replace("camunda:", f"{drawing.prefix}:").encode()}


def _with_form(text: str, key: str, asked: dict[str, Any], prefix: str) -> str:
    fields = "".join(
        f'<{prefix}:formField id="{name}" label="{name}" type="{TYPES.get(type(value), "string")}"/>'
        for name, value in asked.items()
    )
    form = f"<{prefix}:formData>{fields}</{prefix}:formData>" if fields else ""
    head = re.search(rf'<userTask id="{key}"[^>]*>(<extensionElements>)?', text)
    assert head is not None
    start = head.group()
    role = "" if "candidateGroups" in start or "assignee" in start else f' {prefix}:candidateGroups="clerk"'
    opened = start.removesuffix("<extensionElements>")
    inside = form if start != opened else f"<extensionElements>{form}</extensionElements>" if form else ""
    return text.replace(start, opened[:-1] + role + ">" + ("<extensionElements>" if start != opened else "") + inside)
