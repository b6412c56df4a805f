"""Files attached in the form of a task; afterwards they are read by whoever reads what was entered there."""

from collections.abc import Sequence
from contextlib import suppress

from services import attachments, directory, processes, registry
from services.cases.comments import check_reads_comment
from services.cases.facts import form_call
from services.cases.models import Case, Instance, Task
from services.cases.reading import Work, case_of_task, read_task
from services.cases.rights import case_seen_by, check_may_work, check_open, may_read_entered
from services.db import db, transaction
from services.errors import Forbidden, NotFound
from services.filekinds import accepted
from services.plugin import Field


def attach(task_id: str, name: str, sent: Sequence[attachments.Sent], person: directory.Person) -> list[int]:
    """Attach those files to the question of that name; all of them or none. Their ids.

    Chosen so, they wait in the form until the task is completed, whatever becomes of its draft.
    Raises NotYours, HeldByAnother, TaskAlreadyDone, NoFileAsked, FileRefused, TooManyAttachments.
    """
    field = _asked(_mine(task_id, person), name, person)
    held = attachments.check_all(sent, accepted(field.accept))
    most = int(field.maximum or attachments.MOST_OF_A_FIELD)
    with transaction():
        work = _mine(task_id, person, lock=True)
        if most == 1:  # the one that is chosen last
            for each in attachments.FilesOfCase(work.case.id, task_id)(name):
                attachments.take_away(attachments.file(each.id))
            db.session.flush()
        return attachments.keep(work.case.id, held, person, task_id=task_id, field=name, most=most)


def detach(file_id: int, person: directory.Person) -> None:
    """Take away a file that is only chosen. Raises NoSuchFile, NotYours, HeldByAnother, TaskAlreadyDone."""
    with transaction():
        task_id = attachments.file(file_id).task_id
        if task_id is None:
            raise attachments.NoSuchFile
        _mine(task_id, person, lock=True)
        attachments.take_away(attachments.file(file_id))


def attached_file(file_id: int, person: directory.Person) -> attachments.Attachment:
    """A file of a case, with its bytes. Raises NoSuchFile, NotYours."""
    found = attachments.file(file_id)
    case = case_seen_by(found.case_id, person)
    if found.comment_id is not None:
        check_reads_comment(found.comment_id, case, person)
        return found
    task = db.session.get(Task, found.task_id) if found.task_id else None
    if task is None:
        return found
    if found.given_at is None:
        check_may_work(read_task(task.id), person)
    elif not _may_read(task, case, person):
        raise attachments.NoSuchFile
    return found


def attached_in(task_id: str, person: directory.Person) -> list[attachments.Attachment]:
    """The files attached in a task, done or not, that this person may read. Raises NoSuchTask, NotYours."""
    case = case_seen_by(case_of_task(task_id), person)
    ids = [each.id for each in attachments.files_of(case.id) if each.task == task_id]
    found = []
    for file_id in ids:
        with suppress(Forbidden, NotFound):
            found.append(attached_file(file_id, person))
    return found


def files_of_task(task_id: str) -> attachments.FilesOfCase:
    """FilesOfCase chosen in a task, question by question; for whoever was let at its form. Raises NoSuchTask."""
    return attachments.FilesOfCase(case_of_task(task_id), task_id)


def _mine(task_id: str, person: directory.Person, *, lock: bool = False) -> Work:
    work = read_task(task_id, lock=lock)
    check_open(work, person)
    check_may_work(work, person)
    return work


def _asked(work: Work, name: str, person: directory.Person) -> Field:
    """The question of that name in the task's form. Raises NoFileAsked."""
    form = processes.form(processes.definition(work.instance.definition_id), work.task.form)
    fields = form.fields(form_call(registry.of(work.case), work, person))
    found = next((field for field in fields if field.name == name and field.kind == "files"), None)
    if found is None or found.is_only_shown:
        raise attachments.NoFileAsked(field=name[:100])
    return found


def _may_read(task: Task, case: Case, person: directory.Person) -> bool:
    instance = db.session.get(Instance, task.instance_id)
    form = processes.form(processes.definition(instance.definition_id), task.form) if instance else None
    return may_read_entered(form, task, case, person)
