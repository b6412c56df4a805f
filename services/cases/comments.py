"""What the staff of one office say of a case among themselves, with scans beside it: no answer of any form.

Who reads and who writes is declared by the region's roles (`reads_comments`, `writes_comments`). A comment belongs to
the office where it was written and is read there alone: a PSC does not learn by it what the body thinks of a case.
The journal says that there was one and by whom, never what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, Text, any_, bindparam, func, select

from services import attachments, clock, directory, registry
from services.cases.errors import CaseDestroyed, NoSuchComment, NotYourCase, TooManyComments
from services.cases.forgetting import is_destroyed
from services.cases.history import write_line
from services.cases.models import Applicant, Case, Comment
from services.cases.reading import lock_case
from services.cases.rights import case_seen_by, check_sees
from services.db import db, transaction
from services.errors import InvalidAnswers
from services.filekinds import accepted
from services.letters import is_printable
from services.loaded import Loaded
from services.msgids import _
from services.plugin import AttachedFile

LONGEST = 4000  #: letters of one comment
MOST = 300  #: of one case
MOST_FILES = 10  #: of one comment
NOTHING_SAID = _("Please write something, or choose a file.")
NOT_LETTERS = _("There is something in it that is no letter.")
TOO_LONG = _("At most 4,000 letters.")


@dataclass(frozen=True)
class CommentLine:
    """One comment as its office reads it."""

    id: int
    office_key: str
    by: str
    at: datetime
    text: str
    files: Sequence[AttachedFile]
    own: bool  #: of whoever looks: they may take it back


def comment(case_id: int, text: str, sent: Sequence[attachments.Sent], person: directory.Person, *, key: str) -> int:
    """Keep what this person says of the case, and the files beside it: the comment's id.

    The same `key` again changes nothing. Raises NoSuchCase, NotYours, CaseDestroyed, InvalidAnswers for `text`,
    FileRefused, TooManyAttachments, TooManyComments.
    """
    _where_written(case_seen_by(case_id, person), person)
    said = _checked(text, sent)
    held = attachments.check_all(sent, accepted(""))
    with transaction():
        case = lock_case(case_id)
        check_sees(case, person)
        office_key = _where_written(case, person)
        if case.closed_at is not None and is_destroyed(db.session.get(Applicant, case.id, populate_existing=True)):
            raise CaseDestroyed
        there = db.session.scalar(select(Comment.id).filter_by(case_id=case.id, written_by_id=person.id, key=key))
        if there is not None:
            return there
        if (db.session.scalar(select(func.count()).where(Comment.case_id == case.id)) or 0) >= MOST:
            raise TooManyComments(most=MOST)
        row = Comment(case_id=case.id, office_key=office_key, text=said, written_at=clock.now(),
                      written_by_id=person.id, key=key)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        attachments.keep(case.id, held, person, task_id=None, field=None, most=MOST_FILES, comment_id=row.id)
        write_line(case.id, "case.commented", person, comment=row.id, files=len(held))
        return row.id


def take_comment_back(comment_id: int, person: directory.Person) -> int:
    """Take back what one said oneself, with its files: the case's id. Raises NoSuchComment, NotYours."""
    with transaction():
        case_id = (
            db.session.scalar(select(Comment.case_id).filter_by(id=comment_id)) if 0 < comment_id < 2**63 else None
        )
        if case_id is None:
            raise NoSuchComment
        check_sees(lock_case(case_id), person)
        row = db.session.get(Comment, comment_id, populate_existing=True)
        if row is None:  # another window was faster
            raise NoSuchComment
        if row.written_by_id != person.id:
            raise NotYourCase
        db.session.delete(row)
        write_line(row.case_id, "case.comment_taken_back", person, comment=row.id)
        return row.case_id


_OF_CASE = Loaded(
    select(Comment)
    .where(Comment.case_id == bindparam("case_id"), Comment.office_key == any_(bindparam("offices", type_=ARRAY(Text))))
    .order_by(Comment.id.desc())
)


def comments_of(case: Case, person: directory.Person) -> list[CommentLine]:
    """Comments on a case that this person reads, the newest first."""
    offices = _where_read(case, person)
    rows = _OF_CASE.all(case_id=case.id, offices=sorted(offices)) if offices else []
    if not rows:
        return []
    files = attachments.files_of_comments([each.id for each in rows])
    names = directory.names({each.written_by_id for each in rows})
    return [
        CommentLine(each.id, each.office_key, names.get(each.written_by_id, ""), each.written_at, each.text,
                    files.get(each.id, ()), each.written_by_id == person.id and case.archived_at is None)
        for each in rows
    ]  # fmt: skip


def check_reads_comment(comment_id: int, case: Case, person: directory.Person) -> None:
    """Raises NoSuchFile: whoever may not read it is told of none."""
    row = db.session.get(Comment, comment_id)
    if row is None or row.office_key not in _where_read(case, person):
        raise attachments.NoSuchFile


def reads_comments(case: Case, person: directory.Person) -> bool:
    """Whether this person reads any comments of that case."""
    return bool(_where_read(case, person))


def may_comment(case: Case, applicant: Applicant | None, person: directory.Person) -> bool:
    """Whether this person may write one; nobody of a case that was destroyed or archived."""
    if not _offices(case, person, "writes_comments"):
        return False
    return case.closed_at is None or (case.archived_at is None and not is_destroyed(applicant))


def _where_written(case: Case, person: directory.Person) -> str:
    """The office at which this person writes; the body's before the PSC's. Raises NotYours."""
    offices = _offices(case, person, "writes_comments")
    if not offices:
        raise NotYourCase
    return offices[0]


def _where_read(case: Case, person: directory.Person) -> list[str]:
    return _offices(case, person, "reads_comments")


def _offices(case: Case, person: directory.Person, column: str) -> list[str]:
    """The case's offices at which one of this person's roles has a yes in that column; none of a rehearsal."""
    roles = registry.current().roles_that(column)
    keys = dict.fromkeys((case.body_key, case.office_key)) if case.plays is None else ()
    return [key for key in keys if person.roles_at(key) & roles]


def _checked(text: str, sent: Sequence[attachments.Sent]) -> str:
    """Raises InvalidAnswers."""
    said = text.replace("\r\n", "\n").strip()
    wrong = "" if said or sent else NOTHING_SAID
    if len(said) > LONGEST:
        wrong = TOO_LONG
    elif not is_printable(said):
        wrong = NOT_LETTERS
    if wrong:
        raise InvalidAnswers({"text": wrong})
    return said
