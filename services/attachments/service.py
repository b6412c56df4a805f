"""Keeping the files of a case. Who may is asked by `services.cases`, which has locked the case."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import delete, func, select, update

from services import clock, directory, processes, registry
from services.attachments.checks import LATE, KeptFile, Sent, look
from services.attachments.errors import FileRefused, NoSuchFile, TooManyAttachments
from services.attachments.models import Attachment
from services.attachments.refusals import TAKES_TOO_MUCH
from services.db import db
from services.plugin import AttachedFile
from services.shown import Words

MOST_OF_A_CASE = 200


def check_all(sent: Sequence[Sent], wanted: frozenset[str]) -> Sequence[KeptFile]:
    """What is kept of those files, each looked at in the process for strangers' files.

    Raises FileRefused for the first that is not kept.
    """
    kinds = " ".join(sorted(wanted))
    held: list[KeptFile] = []
    for at, each in enumerate(sent):  # one by one: the memory for one look is one file's
        name = each.name.replace("\n", " ")[-300:]
        try:
            file = {f"{at}\n{kinds}\n{name}": each.content}
            found = processes.look_apart(look, file, {}, registry.current(), {}, needs=LATE)[0]
        except processes.TakesTooMuch:
            found = TAKES_TOO_MUCH
        if isinstance(found, str):
            shown = "".join(letter for letter in name if letter.isprintable())[:100]
            raise FileRefused(name=shown, why=Words(found, {}))
        held.append(found)
    return held


def keep(
    case_id: int,
    held: Sequence[KeptFile],
    person: directory.Person,
    *,
    task_id: str | None,
    field: str | None,
    most: int,
    comment_id: int | None = None,
) -> list[int]:
    """Keeps the files with the case, of a task's question or of a comment: their ids. Raises TooManyAttachments."""
    place = {"case_id": case_id, "task_id": task_id, "field": field, "comment_id": comment_id}
    of_field = func.count().filter(Attachment.task_id == task_id, Attachment.field == field)
    there, in_case = db.session.execute(select(of_field, func.count()).where(Attachment.case_id == case_id)).one()
    if there + len(held) > most or in_case + len(held) > MOST_OF_A_CASE:
        raise TooManyAttachments(most=most, case=MOST_OF_A_CASE)
    return [_kept(each, person, place) for each in held]


def _kept(held: KeptFile, person: directory.Person, place: Mapping[str, Any]) -> int:
    """The id of a row for it; the same file sent again is the same row."""
    same = select(Attachment.id).filter_by(**place, name=held.name)
    found = db.session.scalar(same.filter_by(size=len(held.content), content=held.content).limit(1))
    if found is not None:
        return found
    row = Attachment(
        **place, name=held.name, media_type=held.media_type, size=len(held.content), content=held.content,
        added_at=clock.now(), added_by_id=person.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def file(file_id: int) -> Attachment:
    """Raises NoSuchFile."""
    found = db.session.get(Attachment, file_id) if 0 < file_id < 2**63 else None
    if found is None:
        raise NoSuchFile
    return found


def files_of(case_id: int) -> Sequence[AttachedFile]:
    """All files of a case, without their bytes, in the order in which they came."""
    rows = db.session.scalars(select(Attachment).filter_by(case_id=case_id).order_by(Attachment.id))
    return [_told(row) for row in rows]


def files_of_comments(comment_ids: Sequence[int]) -> dict[int, list[AttachedFile]]:
    """Comment -> its files, without their bytes, in the order in which they came."""
    wanted = select(Attachment).where(Attachment.comment_id.in_(list(comment_ids))).order_by(Attachment.id)
    found: dict[int, list[AttachedFile]] = {}
    for row in db.session.scalars(wanted):
        found.setdefault(row.comment_id or 0, []).append(_told(row))
    return found


def _told(row: Attachment) -> AttachedFile:
    return AttachedFile(row.id, row.name, row.media_type, row.size, row.task_id, row.field, row.given_at is not None)


def give(task_id: str, chosen: Sequence[int], at: datetime) -> None:
    """With the step done, those stay; what was chosen and is not asked any more goes."""
    of_task = (Attachment.task_id == task_id, Attachment.given_at.is_(None))
    db.session.execute(delete(Attachment).where(*of_task, Attachment.id.not_in(chosen)))
    if chosen:
        db.session.execute(update(Attachment).where(*of_task, Attachment.id.in_(chosen)).values(given_at=at))


def take_away(found: Attachment) -> None:
    """Delete one file; whether it may be is asked before."""
    db.session.delete(found)


def erase(case_id: int) -> None:
    """Every file of a case that is no case any more: opened by mistake, or a rehearsal at its end."""
    db.session.execute(delete(Attachment).where(Attachment.case_id == case_id))


class FilesOfCase:
    """What a form may ask about files: those chosen in a task for a question; without one, all given in the case.

    Read once, when it first asks; `all_files`, of another reading of the same case, saves the asking.
    """

    def __init__(
        self, case_id: int, task_id: str, all_files: Callable[[], Sequence[AttachedFile]] | None = None
    ) -> None:
        self.task_id = task_id
        self.all = all_files or cache(lambda: files_of(case_id))

    def __call__(self, field: str | None) -> Sequence[AttachedFile]:
        if field is None:
            return [each for each in self.all() if each.given]
        return [each for each in self.all() if each.task == self.task_id and each.field == field]
