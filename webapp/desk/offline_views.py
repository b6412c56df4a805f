"""What a desk kept while nobody answered: sent again until it is answered, merged once, or decided by a person."""

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from services import desk
from services.errors import KomekError
from webapp.desk.views import bp, cards_of
from webapp.errors import message_of


@bp.get("/outbox.json")
@login_required  # type: ignore[untyped-decorator]
def outbox() -> Response:
    """Whose desk this is now, and the token with which it sends what it kept."""
    waiting = desk.count_conflicts(g.office_key)
    told = {"person": g.person.id, "name": g.person.full_name, "office": g.office_key}
    return jsonify({**told, "csrf": generate_csrf(), "conflicts": waiting})


@bp.post("/merge")
@login_required  # type: ignore[untyped-decorator]
def merge() -> Response:
    """Each entry on its own: what became of it, in the order in which they came. 400 for what is no list of entries."""
    sent = request.get_json(silent=True)
    entries = sent.get("entries") if isinstance(sent, dict) else None
    if not isinstance(entries, list) or not 0 < len(entries) <= desk.MOST_ENTRIES:
        abort(400)
    return jsonify({"results": [_merged(each) for each in entries]})


@bp.get("/conflicts")
@login_required  # type: ignore[untyped-decorator]
def conflicts() -> str:
    """What could not be merged and waits for a person."""
    return render_template("desk/conflicts.html", rows=desk.conflicts(g.office_key, g.person), said=message_of)


@bp.post("/conflicts/<entry_id>/again")
@login_required  # type: ignore[untyped-decorator]
def apply_again(entry_id: str) -> Response:
    """Try it once more, as it was scanned."""
    done = desk.apply_again(entry_id, {}, g.person)
    if done.error is not None:
        flash(message_of(done.error), "warning")
    else:
        flash(gettext("Done now."), "plain")
    return redirect(url_for("desk.conflicts"), 303)


@bp.post("/conflicts/<entry_id>/aside")
@login_required  # type: ignore[untyped-decorator]
def set_aside(entry_id: str) -> Response:
    """It is not to be done, for a reason."""
    desk.set_aside(entry_id, request.form.get("reason", ""), g.person)
    flash(gettext("Set aside; the reason is kept."), "plain")
    return redirect(url_for("desk.conflicts"), 303)


def _merged(raw: object) -> dict[str, object]:
    """An entry that cannot be read, or is another's, stays where it was kept, and is told of."""
    entry_id = str(raw.get("id"))[:64] if isinstance(raw, dict) else ""
    try:
        done = desk.merge_entry(desk.read_entry(raw), g.person)
    except KomekError as error:
        scanned = desk.Scanned("", "refused", error=error)
        return {"id": entry_id, "state": "unreadable", "card": _cards([scanned])}
    again = done.scanned is None
    return {"id": done.id, "state": done.state, "card": "" if again or done.scanned is None else _cards([done.scanned])}


def _cards(scans: list[desk.Scanned]) -> str:
    return render_template("desk/_cards.html", cards=cards_of(scans))
