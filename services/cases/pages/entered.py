"""What was entered in a case: every answer of every form, with who gave it and when, as far as a person needs it.

Whoever looks at cases at the office where it was entered reads it; the case's other office reads the forms that say so
(`Form.shared`). How to reach the applicant (`Field.contact`) is read by the roles of the region's table that need it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, partial

from sqlalchemy import bindparam, select

from services import attachments, clock, deadlines, directory, documents, engine, processes, registry
from services.answers import as_form, asked, so_far, typed_name
from services.cases.facts import applicant_facts, case_facts, former_of
from services.cases.models import Answer, Applicant, Case, Instance, Task
from services.cases.reading import read_former
from services.cases.rights import may_reach, may_read_entered
from services.db import db
from services.errors import KomekError
from services.guarded import PluginFault, call_plugin
from services.loaded import Loaded
from services.plugin import Applicant as ApplicantFacts
from services.plugin import Decided, Field, Form, FormCall, PersonFacts

NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Fact:
    """One answer, and the question it answers."""

    field: Field
    value: object
    names: Mapping[str, str]  #: id -> name, of a question whose choices are people
    #: the form that asked, where nobody knows the question any more: its words were kept under that name
    form: str = ""


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
    half_typed: bool = False  #: kept while it is typed, and not given yet


@dataclass(frozen=True)
class EnteredFacts:
    """All that this person may read of what was entered."""

    applicant: ApplicantFacts | None  #: address and phone empty for whoever does not need them
    said: Sequence[Entered]

    @property
    def stands_out(self) -> list[tuple[Entered, Fact]]:
        """What whoever decides looks at first: remarks, and the reasons for what is unusual."""
        return [(each, fact) for each in self.said for fact in each.facts if fact.field.stands_out]


_GIVEN = Loaded(
    select(Answer).where(Answer.case_id == bindparam("case_id"), Answer.given_at.is_not(None)), with_case=True
)


def entered_facts(
    case: Case,
    instances: Sequence[Instance],
    tasks: Sequence[Task],
    applicant: Applicant | None,
    names: Mapping[int, directory.Holder],
    person: directory.Person,
) -> EnteredFacts:
    """What was entered in that case, in the order in which it was. Three statements, whatever the number of steps."""
    given = {row.task_id: row for row in _GIVEN.all(case_id=case.id)}
    known = applicant_facts(applicant)
    reaches = may_reach(case, person)
    reading = FormsRead(case, {each.id: each for each in instances}, applicant)
    found: list[_Read] = []
    for task in tasks:
        if task.closed_at is None or task.id not in given:  # done here, or on paper before
            continue
        form = reading.form(task)
        if not may_read_entered(form, task, case, person):
            continue
        questions = reading.asked(form, task, given[task.id].answers or {})
        found.append((task, given[task.id], [each for each in questions if reaches or not each[0].contact]))
    return EnteredFacts(_reached(known, reaches), _entered(found, known, names))


def everything_entered(case: Case, *, after: Applicant | None) -> list[Entered]:
    """All that was entered in that case, and what is half typed in it, whoever may read it: for a person's file.

    Without what is said `after` the applicant already. The caller has checked who reads it.
    """
    rows = db.session.execute(
        select(Task, Answer).join(Answer, Answer.task_id == Task.id).where(Task.case_id == case.id).order_by(Task.seq)
    ).all()
    instances = db.session.scalars(select(Instance).filter_by(case_id=case.id)).all()
    reading = FormsRead(case, {each.id: each for each in instances}, db.session.get(Applicant, case.id))
    names = directory.holders(
        each for task, _ in rows for each in (task.done_by_id, task.done_for_id, task.assignee_id) if each
    )
    found: list[_Read] = []
    for task, answer in rows:
        form = reading.form(task)
        if answer.answers is not None:
            found.append((task, answer, reading.asked(form, task, answer.answers)))
        else:
            found.append((task, answer, reading.half_typed(form, task, answer.draft or {})))
    return _entered(found, applicant_facts(after), names)


#: a task, what was entered in it, and each question with its answer
_Read = tuple[Task, Answer, list[tuple[Field, object]]]


def _entered(
    found: Sequence[_Read], applicant: ApplicantFacts | None, names: Mapping[int, directory.Holder]
) -> list[Entered]:
    """Each thing once: not what stands with the applicant, nor what was said before in the same words."""
    people = _people(found)
    last = {task.form: task.id for task, *_ in found}
    said, before = [], _applicants_own(applicant)
    for task, answer, questions in found:
        facts = [_fact(task, field, value, people) for field, value in _not_said(task, questions, before)]
        half_typed = answer.given_at is None
        by = names.get((task.assignee_id if half_typed else task.done_by_id) or 0)
        for_whom = names.get(task.done_for_id or 0)
        said.append(
            Entered(task.id, task.name, task.code, task.office_key, task.round, by.name if by else "",
                    answer.given_at or answer.draft_at or clock.now(), for_whom.name if for_whom else "",
                    task.done_order, facts, replaced=last[task.form] != task.id, half_typed=half_typed)
        )  # fmt: skip
    return said


def _fact(task: Task, field: Field, value: object, people: Mapping[str, str]) -> Fact:
    """A question that stands under its name alone is one that no plugin asks any more."""
    return Fact(field, value, people, (task.form or "") if field.label == field.name else "")


def _reached(applicant: ApplicantFacts | None, reaches: bool) -> ApplicantFacts | None:
    if applicant is None or reaches:
        return applicant
    hidden = {"address": "", "phone": "", "phone_raw": ""}
    return ApplicantFacts(**{**vars(applicant), **hidden})


class FormsRead:
    """The forms of one case's steps, asked for what they ask."""

    def __init__(self, case: Case, instances: Mapping[int, Instance], applicant: Applicant | None) -> None:
        self.case, self.instances, self.applicant = case, instances, applicant
        self.plugins = registry.of(case)
        self.files = attachments.FilesOfCase(case.id, "").all
        self.former = cache(lambda: former_of(self.plugins, case, partial(read_former, case.id)))

    def form(self, task: Task) -> Form | None:
        """None when no plugin that is switched on has it any more."""
        definition = processes.definition(self.instances[task.instance_id].definition_id)
        try:
            return processes.form(definition, task.form)
        except KomekError:
            return None

    def asked(self, form: Form | None, task: Task, answers: Mapping[str, object]) -> list[tuple[Field, object]]:
        """Question and answer, in the form's order; an answer that no question is known for stands under its name."""
        left = {name: value for name, value in answers.items() if value not in NOTHING}
        found = []
        for field in self._known(form, task, as_form(answers)):
            if field.name in left:
                value = left.pop(field.name)
                found.append(
                    (field, left.pop(typed_name(field.name), value) if field.kind in ("phone", "number") else value)
                )
        return found + [(Field(name, "text", name), value) for name, value in left.items()]

    def half_typed(self, form: Form | None, task: Task, draft: Mapping[str, object]) -> list[tuple[Field, object]]:
        """Question and answer of a form that is still filled in; what cannot be read yet stands as it was typed."""
        try:
            read = so_far(self._known(form, task, draft), draft)
        except PluginFault:
            read = {}
        whole = tuple(f"{name}-" for name in read)
        left = {name: said for name, said in draft.items() if not f"{name}-".startswith(whole)}
        return self.asked(form, task, {**left, **read})

    def _known(self, form: Form | None, task: Task, sent: Mapping[str, object]) -> list[Field]:
        """None of a form whose plugin fails: then each answer stands under its name."""
        try:
            return list(self._fields(form, task, sent)) if form else []
        except PluginFault:
            return []

    def _fields(self, form: Form, task: Task, sent: Mapping[str, object]) -> Iterator[Field]:
        """What the form asked, with those answers, of whoever does the step, and of whoever records it for them."""
        for role in (task.role, task.recorder):
            if role:
                call = self._call(task, role)
                # all of it at arm's length, on one way there
                yield from call_plugin(task.form or "", lambda call=call: asked(form.fields(call), sent).fields)  # type: ignore[misc]

    def _call(self, task: Task, role: str) -> FormCall:
        asker = PersonFacts(task.done_by_id or 0, "", frozenset({role}))
        instance = self.instances[task.instance_id]
        return FormCall(
            case=case_facts(self.plugins, self.case, instance, self.applicant, {}, _KnownLate(instance)),
            person=asker,
            step=task.step,
            now=deadlines.local(self.plugins, task.office_key, task.done_at or clock.now()),
            table=lambda name: deadlines.table(self.plugins, name),
            staff=lambda role: (),
            decide=_nothing,
            read_code=documents.read_payload,
            files=attachments.FilesOfCase(self.case.id, task.id, self.files),
            former=self.former,
            first_language=self.plugins.first_language(),
            tells=True,  # what was answered when it was asked is read as an answer to it
        )


class _KnownLate(Mapping[str, object]):
    """What the diagram of a pool knows, read when a form asks for it: by it some forms ask one thing or another."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    @cached_property
    def _now(self) -> Mapping[str, object]:
        """Nothing of a case that was destroyed."""
        definition = processes.definition(self._instance.definition_id)
        return engine.known(definition, self._instance.state) if self._instance.state else {}

    def __getitem__(self, name: str) -> object:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)


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
        said = _in_words(field, value)
        if before.get(("", field.name)) == said and (plugin, field.name) not in before:
            before[plugin, field.name] = said
        elif before.get((plugin, field.name)) != said:
            before[plugin, field.name] = said
            yield field, value


def _in_words(field: Field, value: object) -> object:
    """The answer as it is read: one key may stand for other words where another step asks the question anew."""
    return next((each.label for each in field.choices if each.key == value), value)


def _people(found: Sequence[_Read]) -> dict[str, str]:
    ids = {str(value) for *_, asked in found for field, value in asked if field.people}
    return {str(key): name for key, name in directory.names({int(each) for each in ids if each.isdigit()}).items()}
