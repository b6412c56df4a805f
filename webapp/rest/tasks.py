"""People's tasks, as they stand in the inbox of whoever asks."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import Response, g

from services import attachments, cases, directory
from services.answers import as_form, so_far
from services.asking import put
from services.cases.programs import records
from services.plugin import Field
from webapp.asked import header, number_in
from webapp.language.words import t
from webapp.rest.instances import REHEARSAL, definition_number, number
from webapp.rest.operations import PAGE, ApiRequest, operation
from webapp.rest.shapes import (
    BOOLEAN,
    MOMENT,
    MOMENT_OR_NULL,
    NULL,
    NUMBER,
    STRING,
    STRING_OR_NULL,
    Shape,
    WrongValue,
    a_moment,
    answered,
    list_of,
    one_of,
    record,
    text,
    whole,
    yes_no,
)
from webapp.rest.typed import SENT_WITH_FILES, VARIABLES, SentFile, all_typed, file_typed, moment

TASK = answered(
    id=STRING, name=STRING, assignee=STRING_OR_NULL, created=MOMENT, lastUpdated=NULL, due=MOMENT_OR_NULL,
    followUp=MOMENT_OR_NULL, delegationState=NULL, description=NULL, executionId=STRING, owner=NULL, parentTaskId=NULL,
    priority=NUMBER, processDefinitionId=STRING, processInstanceId=STRING, taskDefinitionKey=STRING,
    caseExecutionId=NULL, caseInstanceId=NULL, caseDefinitionId=NULL, suspended=BOOLEAN, formKey=STRING_OR_NULL,
    camundaFormRef=NULL, tenantId=STRING_OR_NULL,
)  # fmt: skip
FILTERS: dict[str, Shape] = {
    "candidateGroup": text(200), "candidateGroups": text(2000), "assignee": text(200), "assigned": yes_no(),
    "unassigned": yes_no(), "processInstanceBusinessKey": text(200), "processInstanceId": text(200),
    "processDefinitionKey": text(300), "processDefinitionId": text(300), "taskDefinitionKey": text(300),
    "candidateUser": text(200), "priority": whole(-(2**31)), "minPriority": whole(-(2**31)),
    "maxPriority": whole(-(2**31)), "dueAfter": a_moment(), "dueBefore": a_moment(), "followUpAfter": a_moment(),
    "followUpBefore": a_moment(), "followUpBeforeOrNotExistent": a_moment(),
    "sortBy": one_of(*sorted(set(records.SORTED_BY) - {"urgency"})), "sortOrder": one_of("asc", "desc"),
}  # fmt: skip
#: of `complete`: what a person says beside the form, under these names
DELAY, CONFLICT = "delay_reason", "conflict_reason"


@operation("GET", "/task", "Open tasks in your inbox, the most urgent first.", query={**FILTERS, **PAGE},
           answer=list_of(TASK))  # fmt: skip
def several(asked: ApiRequest) -> list[dict[str, Any]]:
    query = asked.query
    groups = [query["candidateGroup"]] if query["candidateGroup"] else []
    groups += [each.strip() for each in (query["candidateGroups"] or "").split(",") if each.strip()]
    instance = query["processInstanceId"]
    asking = records.RecordsAsked(
        business_key=query["processInstanceBusinessKey"],
        instance_ids=[number(instance)] if instance is not None else None,
        definition_key=query["processDefinitionKey"],
        definition_id=definition_number(query["processDefinitionId"]),
        element=query["taskDefinitionKey"],
        roles=groups or None,
        assignee=query["assignee"],
        assigned=True if query["assigned"] else False if query["unassigned"] else None,
        candidate=query["candidateUser"],
        least_priority=query["priority"] if query["priority"] is not None else query["minPriority"],
        most_priority=query["priority"] if query["priority"] is not None else query["maxPriority"],
        due_after=query["dueAfter"],
        due_before=query["dueBefore"],
        follow_up_after=query["followUpAfter"],
        follow_up_before=query["followUpBefore"] or query["followUpBeforeOrNotExistent"],
        or_no_follow_up=query["followUpBeforeOrNotExistent"] is not None,
    )
    by, order = query["sortBy"], query["sortOrder"]
    if (by is None) != (order is None):  # as in Camunda 7
        raise WrongValue("These are given together: %(where)s.", where="sortBy, sortOrder")
    found = records.tasks(
        asking, g.person, first=asked.first, most=asked.most, by=by or "urgency", descending=order == "desc"
    )
    return [_shown(each) for each in found]


@operation("GET", "/task/<name:task_id>", "One open task of a case that you may see.", answer=TASK)
def one(asked: ApiRequest, task_id: str) -> dict[str, Any]:
    return _shown(records.task(task_id, g.person))


@operation("POST", "/task/<name:task_id>/claim", "Take it into work.", body=record(userId=text(200)))
def claim(asked: ApiRequest, task_id: str) -> None:
    """For oneself: a task is put into another's hands on the pages, by the head of the office."""
    whose = asked.body["userId"]
    if whose is not None and directory.id_of(whose) != g.person.id:
        raise WrongValue("This must be the name you sign in with: %(where)s.", where="userId")
    cases.claim_task(task_id, g.person)


@operation("POST", "/task/<name:task_id>/unclaim", "Give it back to its role.")
def unclaim(asked: ApiRequest, task_id: str) -> None:
    cases.release_task(task_id, g.person)


@operation("GET", "/task/<name:task_id>/form-variables", "The fields of its form, with what stands in them.",
           answer=VARIABLES)  # fmt: skip
def form_variables(asked: ApiRequest, task_id: str) -> dict[str, Any]:
    form = records.form_of(task_id, g.person)
    if form is None:
        return {}
    typed = typed_fields(form.fields, form.answers)
    there = cases.files_of_task(task_id)
    alone = (field for field in form.fields if field.kind == "files" and field.maximum == 1 and field.name in typed)
    return {**typed, **{field.name: file_typed(held[0]) for field in alone if (held := there(field.name))}}


def typed_fields(fields: Sequence[Field], answers: Mapping[str, object]) -> dict[str, Any]:
    """What a form asks, with what stands in it."""
    given = so_far([_lenient(field) for field in fields], answers)
    shown: dict[str, object] = {}
    for field in fields:
        value = field.stands if field.is_only_shown else given.get(field.name)
        if field.kind == "files" and field.seen is not None:
            value = field.seen(value) or None
        if not field.asks_nothing:
            put(shown, field.name, value)
    return all_typed(shown)


ATTACHMENT = answered(
    id=STRING, name=STRING, taskId=STRING, description=STRING_OR_NULL, type=STRING, url=STRING_OR_NULL,
    createTime=MOMENT_OR_NULL, removalTime=NULL, rootProcessInstanceId=STRING_OR_NULL,
)  # fmt: skip


@operation("GET", "/task/<name:task_id>/attachment", "The files attached in it that you may read, done or not.",
           answer=list_of(ATTACHMENT))  # fmt: skip
def attached(asked: ApiRequest, task_id: str) -> list[dict[str, Any]]:
    return [_attachment(each) for each in cases.attached_in(task_id, g.person)]


@operation("GET", "/task/<name:task_id>/attachment/<name:file_id>/data", "The bytes of one.",
           answer=STRING, answers_as="application/octet-stream")  # fmt: skip
def attached_data(asked: ApiRequest, task_id: str, file_id: str) -> Response:
    found = cases.attached_file(number_in(file_id) or 0, g.person)
    if found.task_id != task_id:
        raise attachments.NoSuchFile
    return Response(found.content, mimetype="application/octet-stream")


@operation("GET", "/task/<name:task_id>/variables/<name:variable>/data", "The bytes of a variable of the type File.",
           answer=STRING, answers_as="application/octet-stream")  # fmt: skip
def variable_data(asked: ApiRequest, task_id: str, variable: str) -> Response:
    """The last one, where a question takes several."""
    found = [each for each in cases.attached_in(task_id, g.person) if each.field == variable]
    if not found:
        raise attachments.NoSuchFile
    return Response(cases.attached_file(found[-1].id, g.person).content, mimetype="application/octet-stream")


@operation("POST", "/task/<name:task_id>/complete", "Complete it with the answers of its form.",
           body=record(variables=SENT_WITH_FILES, withVariablesInReturn=yes_no()))  # fmt: skip
def complete(asked: ApiRequest, task_id: str) -> None:
    """The form checks the answers as on the page. The same `Idempotency-Key` again changes nothing.

    A file is a variable of the type File, under the name of its question; one more with every call.
    """
    answers = _files_attached(task_id, dict(asked.body["variables"]))
    delay, conflict = (str(answers.pop(name, None) or "")[:500] for name in (DELAY, CONFLICT))
    key = header("Idempotency-Key")[:200] or secrets.token_urlsafe(12)
    given = as_form(rows_checked(answers))
    cases.complete_task(task_id, given, cases.Click(g.person, key, cases.Reasons(delay, conflict)))


def _files_attached(task_id: str, answers: dict[str, object]) -> dict[str, object]:
    """The answers without their files, which are attached."""
    for name in [name for name, value in answers.items() if isinstance(value, SentFile)]:
        sent = answers.pop(name)
        if isinstance(sent, SentFile) and sent.content is not None:
            with suppress(cases.TaskAlreadyDone):  # perhaps by this very call, sent twice: completing it says so
                cases.attach(task_id, name, [attachments.Sent(sent.name, sent.content)], g.person)
    return answers


def _lenient(field: Field) -> Field:
    """The question, not asked in earnest: what is half filled in is shown so."""
    columns = tuple(replace(each, required=False, fault=None) for each in field.columns)
    return replace(field, required=False, readonly=False, fault=None, columns=columns)


def rows_checked(answers: Mapping[str, object]) -> Mapping[str, object]:
    """Lines of a table, or what was chosen of several."""
    for name, value in answers.items():
        kinds = {type(each) for each in value} if isinstance(value, list) else set()
        if list in kinds or (dict in kinds and len(kinds) > 1):
            raise WrongValue("This must be a list of objects, or of texts and numbers: %(where)s.", where=name)
    return answers


def _attachment(each: attachments.Attachment) -> dict[str, Any]:
    return {
        "id": str(each.id), "name": each.name, "taskId": each.task_id, "description": each.field,
        "type": each.media_type, "url": None, "createTime": moment(each.added_at), "removalTime": None,
        "rootProcessInstanceId": None,
    }  # fmt: skip


def _shown(each: records.TaskRecord) -> dict[str, Any]:
    """As Camunda shows it; of whom the case is, no list says."""
    task, row = each.task, each.definition
    return {
        "id": task.id, "name": t(task.name), "assignee": each.assignee, "created": moment(task.opened_at),
        "lastUpdated": None, "due": moment(task.due_at), "followUp": moment(task.follow_up_at), "delegationState": None,
        "description": None, "executionId": str(task.instance_id), "owner": None, "parentTaskId": None,
        "priority": task.priority, "processDefinitionId": f"{row.key}:{row.version}:{row.id}",
        "processInstanceId": str(task.instance_id), "taskDefinitionKey": task.element, "caseExecutionId": None,
        "caseInstanceId": None, "caseDefinitionId": None, "suspended": False, "formKey": task.form,
        "camundaFormRef": None, "tenantId": REHEARSAL if each.rehearsal else None,
    }  # fmt: skip
