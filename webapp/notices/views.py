"""What this person was told in time, and marking it as read."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask_babel import lazy_gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from services import boards, cases, deadlines, directory, notices, registry
from services.notices.models import Notice
from webapp import asked

bp = Blueprint("notices", __name__, template_folder="templates", url_prefix="/notices")

#: what the list and the mails call each kind
KINDS = {
    "warned": _("Warning"),
    "overdue": _("Overdue"),
    "escalated": _("Told to the control level"),
    "missing": _("Did not arrive"),
    "law": _("New version in force"),
    "edition": _("New edition of the act"),
    "called_off": _("No longer needed"),
    "recheck_due": _("Recheck is due"),
    "assignment_ended": _("The assignment is over"),
    "lookups": _("Many look-ups"),
}


@bp.get("/")
@login_required
def show() -> str:
    """One page of them, the newest first."""
    page = notices.notices_of(g.person, before=asked.address.number("before"))
    holders = directory.names([each.notice.staff_id for each in page.rows if each.notice.staff_id])
    told = [each.notice for each in page.rows]
    marked = {each.case_id for each in told if each.case_id and each.due_default}
    return render_template(
        "notices/list.html",
        page=page,
        lives_under=cases.lives_under(marked),
        holders=holders,
        kinds=KINDS,
        page_of=_page_of,
        unread=notices.unread(g.person),
        terms=deadlines.escalation_terms(registry.current()),
    )


@bp.post("/<int:notice_id>/read")
@login_required
def mark_read(notice_id: int) -> Response:
    """A notice is read."""
    notices.mark_read(notice_id, g.person)
    return redirect(url_for("notices.show", before=asked.form.number("before")), 303)


@bp.post("/read")
@login_required
def mark_all_read() -> Response:
    """Everything up to the newest one on the page is read; what came meanwhile is not."""
    notices.mark_all_read(g.person, up_to=asked.form.number("up_to") or 0)
    return redirect(url_for("notices.show"), 303)


def _page_of(notice: Notice) -> str:
    """Where this person reads on: the case, or how it stands for the control level; empty where neither is theirs."""
    offices = {notice.office_key, notice.to_office_key or notice.office_key}
    if notice.staff_id == g.person.id or any(cases.looks_at_cases(g.person, each) for each in offices):
        return url_for("case.show", case_id=notice.case_id)
    return url_for("boards.case", case_id=notice.case_id) if boards.may_compare(g.person) else ""
