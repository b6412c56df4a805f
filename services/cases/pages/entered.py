"""What was entered in a case: every answer of every form, with who gave it and when, as far as a person needs it.

Whoever looks at cases at the office where it was entered reads it; the case's other office reads the forms that say so
(`Form.shared`). How to reach the applicant (`Field.contact`) is read by the roles of the region's table that need it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from services import attachments, clock, deadlines, directory, documents, processes, registry
from services.answers import as_form, asked, typed_name
from services.cases.facts import applicant_facts, case_facts
from services.cases.models import Answer, Applicant, Case, Instance, Task
from services.cases.rights import may_reach, may_read_entered
from services.db import db
from services.errors import KomekError
from services.guarded import PluginFault
from services.plugin import Applicant as ApplicantFacts
from services.plugin import Decided, Field, Form, FormCall, PersonFacts

NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Fact:
    """One answer, and the question it answers."""

    field: Field
    value: object
    names: Mapping[str, str]  #: id -> name, of a question whose choices are people


@dataclass(frozen=True)
class Entered:
    """What one person entered in one step."""

    task_id: str
    title: str  #: of the step, in Kazakh as drawn
    code: str
    office_key: str
    round: int
    by: str
    at: datetime
    done_for: str  #: whose deputy entered it, and by which order
    done_order: str
    facts: Sequence[Fact]  #: without what was said before in the same words
    replaced: bool  #: the same form was filled in again later


@dataclass(frozen=True)
class EnteredFacts:
    """All that this person may read of what was entered."""

    applicant: ApplicantFacts | None  #: address and phone empty for whoever does not need them
    said: Sequence[Entered]

    @property
    def stands_out(self) -> list[tuple[Entered, Fact]]:
        """What whoever decides looks at first: remarks, and the reasons for what is unusual."""
        return [(each, fact) for each in self.said for fact in each.facts if fact.field.stands_out]


def entered_facts(
    case: Case,
    instances: Sequence[Instance],
    tasks: Sequence[Task],
    applicant: Applicant | None,
    names: Mapping[int, directory.Holder],
    person: directory.Person,
) -> EnteredFacts:
    """What was entered in that case, in the order in which it was. Two statements, whatever the number of steps."""
    given = {
        row.task_id: row
        for row in db.session.scalars(select(Answer).where(Answer.case_id == case.id, Answer.given_at.is_not(None)))
    }
    known = applicant_facts(applicant)
    reaches = may_reach(case, person)
    reading = FormsRead(case, {each.id: each for each in instances}, applicant)
    found: list[tuple[Task, Answer, Form | None, list[tuple[Field, object]]]] = []
    for task in tasks:
        if task.done_at is None or task.id not in given:
            continue
        form = reading.form(task)
        if not may_read_entered(form, task, case, person):
            continue
        asked = reading.asked(form, task, given[task.id])
        found.append((task, given[task.id], form, [each for each in asked if reaches or not each[0].contact]))
    people = _people(found)
    last = {task.form: task.id for task, *_ in found}
    said, before = [], _applicants_own(known)
    for task, answer, _, asked in found:
        facts = [Fact(field, value, people) for field, value in _not_said(task, asked, before)]
        by, for_whom = names.get(task.done_by_id or 0), names.get(task.done_for_id or 0)
        said.append(
            Entered(task.id, task.name, task.code, task.office_key, task.round, by.name if by else "",
                    answer.given_at or clock.now(), for_whom.name if for_whom else "", task.done_order, facts,
                    replaced=last[task.form] != task.id)
        )  # fmt: skip
    return EnteredFacts(_reached(known, reaches), said)


def _reached(applicant: ApplicantFacts | None, reaches: bool) -> ApplicantFacts | None:
    if applicant is None or reaches:
        return applicant
    hidden = {"address": "", "phone": "", "phone_raw": ""}
    return ApplicantFacts(**{**vars(applicant), **hidden})


class FormsRead:
    """The forms of one case's steps, asked for what they ask."""

    def __init__(self, case: Case, instances: Mapping[int, Instance], applicant: Applicant | None) -> None:
        self.case, self.instances, self.applicant = case, instances, applicant
        self.plugins = registry.current()
        self.files = attachments.FilesOfCase(case.id, "").all

    def form(self, task: Task) -> Form | None:
        """None when no plugin that is switched on has it any more."""
        definition = processes.definition(self.instances[task.instance_id].definition_id)
        try:
            return processes.form(definition, task.form)
        except KomekError:
            return None

    def asked(self, form: Form | None, task: Task, answer: Answer) -> list[tuple[Field, object]]:
        """Question and answer, in the form's order; an answer that no question is known for stands under its name."""
        left = {name: value for name, value in (answer.answers or {}).items() if value not in NOTHING}
        found = []
        for field in self._known(form, task, answer):
            if field.name in left:
                value = left.pop(field.name)
                found.append(
                    (field, left.pop(typed_name(field.name), value) if field.kind in ("phone", "number") else value)
                )
        return found + [(Field(name, "text", name), value) for name, value in left.items()]

    def _known(self, form: Form | None, task: Task, answer: Answer) -> list[Field]:
        """None of a form whose plugin fails: then each answer stands under its name."""
        try:
            return list(self._fields(form, task, answer)) if form else []
        except PluginFault:
            return []

    def _fields(self, form: Form, task: Task, answer: Answer) -> Iterator[Field]:
        """What the form asked, with those answers, of whoever does the step, and of whoever records it for them."""
        for role in (task.role, task.recorder):
            if role:
                yield from asked(form.fields(self._call(task, role)), as_form(answer.answers or {})).fields

    def _call(self, task: Task, role: str) -> FormCall:
        asker = PersonFacts(task.done_by_id or 0, "", frozenset({role}))
        instance = self.instances[task.instance_id]
        return FormCall(
            case=case_facts(self.plugins, self.case, instance, self.applicant, {}, {}),
            person=asker,
            step=task.step,
            now=deadlines.local(self.plugins, task.office_key, task.done_at or clock.now()),
            table=lambda name: deadlines.table(self.plugins, name),
            staff=lambda role: (),
            decide=_nothing,
            read_code=documents.read_payload,
            files=attachments.FilesOfCase(self.case.id, task.id, self.files),
        )


def _nothing(decision: str, inputs: Mapping[str, object]) -> Decided:
    return Decided({}, ())


def _applicants_own(applicant: ApplicantFacts | None) -> dict[tuple[str, str], object]:
    """What stands at the head of all: the form that asked for it need not say it again."""
    if applicant is None:
        return {}
    said = {("", name): value for name, value in vars(applicant).items() if name not in ("phone_raw", "language")}
    return {**said, ("", "phone"): applicant.phone_raw or applicant.phone}


def _not_said(
    task: Task, asked: Sequence[tuple[Field, object]], before: dict[tuple[str, str], object]
) -> Iterator[tuple[Field, object]]:
    """Answers that say something new; the same plugin's question of one name is one question."""
    plugin = (task.form or "").partition(".")[0]
    for field, value in asked:
        if before.get(("", field.name)) == value and (plugin, field.name) not in before:
            before[plugin, field.name] = value
        elif before.get((plugin, field.name)) != value:
            before[plugin, field.name] = value
            yield field, value


def _people(found: Sequence[tuple[Task, Answer, Form | None, list[tuple[Field, object]]]]) -> dict[str, str]:
    ids = {str(value) for *_, asked in found for field, value in asked if field.people}
    return {str(key): name for key, name in directory.names({int(each) for each in ids if each.isdigit()}).items()}
