"""The staff: finding, adding, appointing, and leaving without leaving anything behind. For administrators."""

from collections.abc import Callable

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import cases, directory, documents, factors, kazakh, neighbours, openid, registry
from services.errors import KomekError
from webapp import asked
from webapp.account import where
from webapp.errors import sentences_of, status_of
from webapp.language.i18n import language
from webapp.neighbours import here as neighbourhood

bp = Blueprint("staff", __name__, template_folder="templates", url_prefix="/staff")
PAGE = 50


@bp.get("/")
@login_required
def show() -> str:
    """Everybody, or those whose name or login begins so; what nobody can work on today. Raises NotAdministrator."""
    return _list()


@bp.post("/add")
@login_required
def add() -> Response | tuple[str, int]:
    """Add somebody, with the role they hold from today; their page opens."""
    form = asked.form
    office_key, role = form.text("office"), form.text("role")
    try:
        staff_id = directory.add_staff(
            form.text("new_login"),
            form.text("full_name"),
            asked.secret("new_password"),
            phone=form.text("phone"),
            actor=g.person,
            config=current_app.config["KOMEK"],
            place=(office_key, role) if office_key or role else None,
        )
    except KomekError as error:
        return _list(sentences_of(error)), status_of(error)
    return redirect(url_for("staff.person", staff_id=staff_id), 303)


@bp.get("/<int:staff_id>")
@login_required
def person(staff_id: int) -> str:
    """One of the staff: roles, what is in their hands, signing in. Raises NoSuchStaff, NotAdministrator."""
    return _person(staff_id)


@bp.post("/<int:staff_id>/appoint")
@login_required
def appoint(staff_id: int) -> Response | tuple[str, int]:
    """Another role, from today."""
    office_key, role = asked.form.text("office"), asked.form.text("role")
    return _do(staff_id, lambda: directory.appoint(staff_id, office_key, role, actor=g.person))


@bp.post("/<int:staff_id>/appointments/<int:appointment_id>/end")
@login_required
def end_role(staff_id: int, appointment_id: int) -> Response | tuple[str, int]:
    """The role is no longer theirs; what is in their hands in it goes to a colleague, or back to the role."""
    return _do(
        staff_id, lambda: cases.end_role(staff_id, appointment_id, actor=g.person, hand_to=asked.form.number("hand_to"))
    )


@bp.post("/<int:staff_id>/shut-out")
@login_required
def shut_out(staff_id: int) -> Response | tuple[str, int]:
    """Nobody signs in by that name from now on."""
    return _do(staff_id, lambda: cases.shut_out(staff_id, actor=g.person, hand_to=asked.form.number("hand_to")))


@bp.post("/<int:staff_id>/let-in")
@login_required
def let_in(staff_id: int) -> Response | tuple[str, int]:
    """Somebody may sign in again."""
    return _do(staff_id, lambda: directory.set_active(staff_id, True, actor=g.person))


@bp.post("/<int:staff_id>/slip")
@login_required
def make_slip(staff_id: int) -> str | tuple[str, int]:
    """A slip to hand over, shown this once: by it whoever forgot their password chooses another."""
    try:
        code, ends_at = directory.make_slip(staff_id, actor=g.person)
    except KomekError as error:
        return _person(staff_id, sentences_of(error)), status_of(error)
    who = directory.staff_member(staff_id, actor=g.person)
    public = current_app.config["KOMEK"].public_url.rstrip("/")
    page = public + url_for("account.slip") if public else url_for("account.slip", _external=True)
    # what stands behind # is sent to no server, and stands in no log
    square = documents.square_data(f"{page}#{who.login}:{code}")
    return render_template("staff/slip.html", who=who, code=code, ends_at=ends_at, page=page, square=square)


@bp.post("/<int:staff_id>/slip/take-back")
@login_required
def take_back_slip(staff_id: int) -> Response | tuple[str, int]:
    """Nobody chooses a password by that slip any more."""
    return _do(staff_id, lambda: directory.take_back_slip(staff_id, actor=g.person))


@bp.post("/<int:staff_id>/sessions/<int:session_id>/end")
@login_required
def end_session(staff_id: int, session_id: int) -> Response | tuple[str, int]:
    """Somebody is signed out at one browser."""
    return _do(staff_id, lambda: directory.end_session_of(staff_id, session_id, actor=g.person))


@bp.post("/<int:staff_id>/openid")
@login_required
def tie_subject(staff_id: int) -> Response | tuple[str, int]:
    """Whoever the provider calls so is this member of the staff; nobody, when nothing is written."""
    subject, config = asked.form.text("subject"), current_app.config["KOMEK"]
    if not subject:
        return _do(staff_id, lambda: openid.untie_subject(staff_id, actor=g.person))
    return _do(staff_id, lambda: openid.tie_subject(staff_id, subject, config=config, actor=g.person))


@bp.post("/<int:staff_id>/factors/forget")
@login_required
def forget_factors(staff_id: int) -> Response | tuple[str, int]:
    """Somebody lost the device: codes and passkeys are gone, and they set up others when they sign in next."""
    return _do(staff_id, lambda: factors.forget_factors(staff_id, actor=g.person))


@bp.post("/<int:staff_id>/passkeys/<int:passkey_id>/remove")
@login_required
def remove_passkey(staff_id: int, passkey_id: int) -> Response | tuple[str, int]:
    """Nobody comes in by that passkey any more."""
    return _do(staff_id, lambda: factors.remove_passkey(passkey_id, actor=g.person))


@bp.post("/<int:staff_id>/sessions/end")
@login_required
def end_sessions(staff_id: int) -> Response | tuple[str, int]:
    """Somebody is signed out everywhere."""
    return _do(staff_id, lambda: directory.end_sessions_of(staff_id, actor=g.person))


@bp.post("/<int:staff_id>/unlock")
@login_required
def unlock(staff_id: int) -> Response | tuple[str, int]:
    """Somebody may try to sign in again at once."""
    return _do(staff_id, lambda: directory.unlock(staff_id, actor=g.person))


@bp.post("/<int:staff_id>/ties")
@login_required
def tie(staff_id: int) -> Response | tuple[str, int]:
    """Tie the account to one in another region, where its person works, too."""
    form = asked.form
    said = form.text("region"), form.text("login_there"), form.text("order")
    return _do(staff_id, lambda: neighbours.tie(staff_id, *said, here=neighbourhood(), actor=g.person))


@bp.post("/<int:staff_id>/ties/<int:tie_id>/end")
@login_required
def end_tie(staff_id: int, tie_id: int) -> Response | tuple[str, int]:
    """The two accounts are one person's no longer."""
    return _do(staff_id, lambda: neighbours.end_tie(staff_id, tie_id, actor=g.person))


@bp.post("/<int:staff_id>/topics")
@login_required
def give_topics(staff_id: int) -> Response | tuple[str, int]:
    """Of which topics a program gets the external tasks, one a line."""
    topics = asked.form.text("topics", most=10_000).splitlines()
    return _do(staff_id, lambda: directory.give_topics(staff_id, topics, actor=g.person))


def _do(staff_id: int, act: Callable[[], object]) -> Response | tuple[str, int]:
    try:
        act()
    except KomekError as error:
        return _person(staff_id, sentences_of(error)), status_of(error)
    flash(gettext("Recorded."), "plain")
    return redirect(url_for("staff.person", staff_id=staff_id), 303)


def _list(wrong: str = "") -> str:
    words, after = asked.address.text("q"), asked.address.text("after")
    key, _, last = after.rpartition("~")
    people = directory.find_people(
        words,
        actor=g.person,
        after=(key, number) if (number := asked.number_in(last)) is not None else None,
        limit=PAGE + 1,
    )
    following = people[PAGE - 1] if len(people) > PAGE else None
    return render_template(
        "staff/list.html",
        people=people[:PAGE],
        following=f"{kazakh.sort_key(following.full_name)}~{following.id}" if following else "",
        sought=words,
        stuck=cases.stuck_tasks(),
        of_nobody=cases.topics_of_nobody(),
        office_rows=registry.current().table("offices"),
        role_rows=registry.current().table("roles"),
        wrong=wrong,
    )


def _person(staff_id: int, wrong: str = "") -> str:
    appointments = directory.appointments_of(staff_id, actor=g.person)
    who = directory.staff_member(staff_id, actor=g.person)
    tasks = cases.open_tasks_of(staff_id)
    places = sorted({(task.office_key, task.role) for task in tasks})
    colleagues = {each.id: each for place in places for each in directory.staff_at(*place) if each.id != staff_id}
    plugins = registry.current()
    topics = directory.topics_of(staff_id)
    works_outside = topics or any(each.role == directory.WORKER for each in appointments)
    return render_template(
        "staff/person.html",
        topics=topics if works_outside else None,
        who=who,
        appointments=appointments,
        today=directory.today(),
        tasks=tasks,
        colleagues=sorted(colleagues.values(), key=lambda each: each.full_name),
        office_rows=plugins.table("offices"),
        role_rows=plugins.table("roles"),
        absences=directory.absences_of(staff_id),
        failures=directory.failures_of(who.login, current_app.config["KOMEK"]),
        sessions=where.sessions_of(staff_id),
        openid_on=openid.is_on(current_app.config["KOMEK"]),
        openid_tie=openid.tie_of(staff_id),
        passkeys=factors.passkeys_of(staff_id),
        has_codes=factors.has_codes(staff_id),
        slip_until=directory.slip_of(staff_id, actor=g.person),
        **_ties(staff_id),
        wrong=wrong,
    )


def _ties(staff_id: int) -> dict[str, object]:
    """Nothing where one region stands alone."""
    street = current_app.config["KOMEK_NEIGHBOURHOOD"]
    if street is None:
        return {"ties": None}
    ties = neighbours.ties_of(staff_id)
    others = {each.key: each.names[language()] for each in street.others}
    free = {key: name for key, name in others.items() if key not in {each.region for each in ties}}
    return {"ties": ties, "region_names": others, "regions_free": free}
