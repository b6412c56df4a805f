"""Lists under a name, and the next one of a list."""

from dataclasses import replace

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import cases
from services.errors import InvalidAnswers, KomekError
from webapp import undo
from webapp.asked import address, form
from webapp.inbox import listing
from webapp.inbox.views import bp


@bp.post("/lists/next")
@login_required
def take_next() -> Response:
    """Take what is most urgent of a list, and open it; in one's own list, only open it."""
    here = listing.read_said(form.text("_list") or "role")
    if here.list == "role":
        case_id = cases.take_next(g.person, g.office_key, order=here.order, only=here.only)
    else:
        case_id = cases.first_of(g.person, g.office_key, here.list, here.order, here.only)
    if case_id is None:
        flash(gettext("Nothing is left in this list."), "plain")
        return redirect(url_for("inbox.show_list", **here.query), 303)
    return redirect(url_for("case.show", case_id=case_id, list=here.said), 303)


@bp.get("/lists/following")
@login_required
def show_following() -> Response:
    """What stands next in a list, opened without taking it; the list itself when nothing does."""
    try:
        here = listing.read_said(address.text("list"))
    except KomekError:  # it was removed meanwhile: what was done in it stands
        return redirect(url_for("inbox.show_list", list="mine", next=1))
    following = cases.first_of(g.person, g.office_key, here.list, here.order, here.only)
    if following is None:
        return redirect(url_for("inbox.show_list", **here.query, next=1))
    return redirect(url_for("case.show", case_id=following, list=here.said, next=1))


@bp.post("/lists/")
@login_required
def keep() -> Response:
    """Keep the list that one looks at under a name."""
    here = listing.read_said(form.text("_list"))
    shared = form.text("shared") == "yes"
    try:
        list_id = cases.keep_list(
            g.person, g.office_key, form.text("name"), list=here.list, order=here.order, only=here.only, shared=shared
        )
    except InvalidAnswers as faults:
        return _refused(faults, here)
    flash(gettext("The list is kept: it stands beside the others."), "plain")
    return redirect(url_for("inbox.show_list", saved=list_id), 303)


@bp.post("/lists/<int:list_id>/rename")
@login_required
def rename(list_id: int) -> Response:
    """Give it another name."""
    former = cases.saved_list(list_id, g.person, g.office_key).name
    try:
        cases.rename_list(list_id, form.text("name"), g.person, g.office_key)
    except InvalidAnswers as faults:
        return _refused(faults, listing.read({"saved": str(list_id)}))
    said, back = gettext("The list has another name."), gettext("Undo: call it «%(name)s» again", name=former)
    undo.offer(said, back, url_for("inbox.rename", list_id=list_id), [("name", former)])
    return redirect(url_for("inbox.show_list", saved=list_id), 303)


@bp.post("/lists/<int:list_id>/remove")
@login_required
def remove(list_id: int) -> Response:
    """Keep it no longer; what it asks for stays on the page."""
    here = listing.read({"saved": str(list_id)})
    cases.remove_list(list_id, g.person, g.office_key)
    former = replace(here, saved=None)
    sent = [("name", here.saved.name if here.saved else ""), ("_list", former.said)]
    sent += [("shared", "yes")] if here.saved and here.saved.shared else []
    said = gettext("The list «%(name)s» is no longer kept.", name=sent[0][1])
    undo.offer(said, gettext("Undo: keep it again"), url_for("inbox.keep"), sent)
    return redirect(url_for("inbox.show_list", **here.asking()), 303)


def _refused(faults: InvalidAnswers, here: listing.Listing) -> Response:
    """Back to the list, with what is wrong with the name."""
    for said in faults.errors.values():
        flash(gettext(said), "warning")
    return redirect(url_for("inbox.show_list", **here.query), 303)
