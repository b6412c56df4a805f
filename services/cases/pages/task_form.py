"""The form on the page of a case: of the open task that this person may work on."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services import clock, directory, documents, processes, registry
from services.answers import as_form, asked, begun_lines, parse, so_far
from services.asking import AskedNow
from services.cases.completing import asks_delay_reason, drafter_may_sign
from services.cases.facts import form_call
from services.cases.form_faults import FAULTS, tell_fault
from services.cases.models import Task
from services.cases.pages.shown import (
    TaskForm,
    Together,
)
from services.cases.reading import Work, read_task
from services.cases.rights import acting_of, check_may_work, check_open, in_hands_of, works_as
from services.errors import InvalidAnswers
from services.guarded import call_plugin
from services.plugin import Answers, Field, Form, FormCall


def task_form(
    tasks: Sequence[Task], person: directory.Person, task_id: str | None, typed: Answers | None
) -> TaskForm | None:
    """The form of the open task that this person may work on. Raises UnknownForm, PluginFault."""
    task = next_task(tasks, person, task_id)
    if task is None:
        return None
    return _form_of(read_task(task.id), person, typed)


def form_as_typed(task_id: str, typed: Answers, person: directory.Person) -> TaskForm:
    """The task's form with what was typed so far. Raises NoSuchTask, NotYours, TaskAlreadyDone, PluginFault."""
    work = read_task(task_id)
    check_open(work, person)
    check_may_work(work, person)
    return _form_of(work, person, typed)


def _form_of(work: Work, person: directory.Person, typed: Answers | None) -> TaskForm:
    """The form of that task as it stands before this person; `typed` stands in it instead of the draft."""
    task, call = work.task, form_call(registry.of(work.case), work, person)
    definition = processes.definition(work.instance.definition_id)
    form = processes.form(definition, task.form)
    following = processes.form(definition, form.goes_with) if form.goes_with else None
    draft = work.answer.draft if work.answer is not None else None
    name = task.form or ""
    # all of it at arm's length, on one way there
    said = call_plugin(name, lambda: _said_by(name, form, following, call, typed, draft))
    recording = not works_as(task, person)
    held = task.assignee_id is not None and in_hands_of(task, person)
    own_draft = task.form in registry.current().forms_that_sign() and work.drafted_by == person.id
    paper_id = documents.newest_of([work.case.id], form.shows).get(work.case.id) if form.shows else None
    return TaskForm(
        task_id=task.id,
        title=task.name,
        code=task.code,
        step=task.step,
        form_name=name,
        form=form,
        fields=said.fields,
        answers=said.answers,
        hidden=said.hidden,
        preview=said.preview,
        may_complete=held or recording,
        may_claim=task.assignee_id is None and not recording,
        may_release=held and not task.named,
        asks_delay_reason=asks_delay_reason(task, work.case.stopped_since or clock.now()),
        recording=recording,
        acting=acting_of(task, person),
        own_draft=own_draft and not recording,
        asks_conflict_reason=_asks_conflict_reason(work, own_draft, recording),
        key=secrets.token_urlsafe(12),
        together=Together(said.more, form.submit_with) if following else None,
        shows=paper_id,
        gist=documents.gists_of([paper_id]).get(paper_id) if paper_id else None,
        edition=work.case.edition,
    )


@dataclass(frozen=True)
class _FormSaid:
    """What the plugins of a form, and of one that goes with it, say of it as it stands."""

    fields: Sequence[Field]
    answers: Answers
    hidden: frozenset[str]
    more: Sequence[Field]  #: what the form that goes with it asks beyond
    preview: Mapping[str, object]


def _said_by(
    name: str, form: Form, following: Form | None, call: FormCall, typed: Answers | None, draft: Answers | None
) -> _FormSaid:
    """What the form of that name, and the one that goes with it, say."""
    now, answers = _as_it_stands(form, call, typed, draft)
    fields = _carried_or_typed(now.fields, answers, form, call)
    more = _fields_beside(following, fields, call) if following else []
    if following:
        answers = {**_suggested(following, name, fields, answers, call), **_filled(answers)}
    preview = _preview(form, following, call, so_far([*fields, *more], answers))
    return _FormSaid(fields, answers, now.hidden, more, preview)


def _preview(form: Form, following: Form | None, call: FormCall, answers: Answers) -> Mapping[str, object]:
    """What the answers come to so far, as the form's plugin tells it, else that of the form which goes with it."""
    preview = form.preview or (following.preview if following else None)
    return preview(call, answers) if preview else {}


def shown_form(
    tasks: Sequence[Task], person: directory.Person, task_id: str | None, typed: Answers | None
) -> TaskForm | None:
    """The form on the case's page; none where its plugin cannot give it, which is an incident as long as it is so."""
    try:
        form = task_form(tasks, person, task_id, typed)
    except FAULTS as fault:
        task = next_task(tasks, person, task_id)
        if task is None:
            raise
        tell_fault(task.id, fault)
        return None
    return form


def next_task(tasks: Sequence[Task], person: directory.Person, task_id: str | None) -> Task | None:
    """The open task whose form stands on the page: the one asked for, else theirs, else one of their role."""
    mine = [task for task in tasks if task.closed_at is None and task.waits_for == "person" and _may_look(task, person)]
    mine.sort(key=lambda task: (task.id != task_id, not in_hands_of(task, person), task.urgent_at))
    return mine[0] if mine else None


def _as_it_stands(form: Form, call: FormCall, typed: Answers | None, draft: Answers | None) -> tuple[AskedNow, Answers]:
    """How the form is asked now, and what stands in it: what was typed, else the draft, else what it begins with."""
    initial, fields = form.initial(call), form.fields(call)
    answers = typed if typed is not None else draft if draft is not None else as_form(initial)
    answers = {**answers, **_looked_at(fields, initial)}
    now = asked(fields, answers)
    return now, {**answers, **begun_lines(now.fields, answers)}


def _looked_at(fields: Sequence[Field], initial: Answers) -> dict[str, object]:
    """What is only shown stands as it is, whatever was typed or kept."""
    shown = {field.name for field in fields if field.readonly}
    return as_form({name: value for name, value in initial.items() if name in shown})


def asked_now(task_id: str, answers: Answers, person: directory.Person) -> AskedNow:
    """How the task's form is asked with these answers. Raises NoSuchTask, NotYours, TaskAlreadyDone."""
    work = read_task(task_id)
    check_open(work, person)
    check_may_work(work, person)
    form = processes.form(processes.definition(work.instance.definition_id), work.task.form)
    return asked(form.fields(form_call(registry.of(work.case), work, person)), answers)


def _asks_conflict_reason(work: Work, own_draft: bool, recording: bool) -> bool:
    """Where the region allows it: of whoever drafted it, and of the one who records it when a possible signer did."""
    if not drafter_may_sign(registry.of(work.case)):
        return False
    signs = work.task.form in registry.current().forms_that_sign()
    return own_draft or (signs and recording and work.drafted_by is not None)


def _fields_beside(following: Form, fields: Sequence[Field], call: FormCall) -> list[Field]:
    """What the next step asks beyond this one."""
    asked = {field.name for field in fields}
    return [field for field in following.fields(call) if field.name not in asked and field.kind != "note"]


def _suggested(
    following: Form, name: str, fields: Sequence[Field], answers: Answers, call: FormCall
) -> dict[str, object]:
    """What the next step would begin with, given what stands in this one; nothing while this one is not complete."""
    try:
        given = parse(fields, answers)
    except InvalidAnswers:
        return {}
    known = replace(call.case, answers={**call.case.answers, name: given})
    return as_form(following.initial(replace(call, case=known)))


def _carried_or_typed(fields: Sequence[Field], answers: Answers, form: Form, call: FormCall) -> list[Field]:
    """The fields, said to be carried over only while what stands there is what was carried."""
    if not any(each.carried for each in fields):
        return [*fields]
    begun = as_form(form.initial(call))
    return [replace(each, carried=each.carried if _is_as_begun(each, answers, begun) else "") for each in fields]


def _is_as_begun(field: Field, answers: Answers, begun: Answers) -> bool:
    """Whether what stands in it is what it began with; of lines, of which some cells are carried and others are asked,
    always.
    """
    return field.kind == "rows" or _stands_in(field, answers) == _stands_in(field, begun)


def _stands_in(field: Field, answers: Answers) -> object:
    """One answer, or the keys of those that are ticked, however they were sent."""
    said = answers.get(field.name)
    if field.kind != "choices":
        return said or ""
    ticked = {str(each) for each in said} if isinstance(said, list | tuple) else set()
    before = f"{field.name}-"
    return ticked | {name.removeprefix(before) for name, yes in answers.items() if name.startswith(before) and yes}


def _filled(answers: Answers) -> dict[str, object]:
    return {name: value for name, value in answers.items() if value not in (None, "")}


def _may_look(task: Task, person: directory.Person) -> bool:
    roles = person.roles_at(task.office_key)
    if works_as(task, person):
        return task.assignee_id is None or in_hands_of(task, person)
    return task.recorder is not None and task.recorder in roles
