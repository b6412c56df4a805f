"""Going over to another region in one press, and coming in from one."""

from flask import Blueprint, current_app, g, jsonify, redirect, render_template, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from services import boards, directory, neighbours
from services.regions import Neighbourhood
from webapp import asked, standby
from webapp.account import begin
from webapp.language.i18n import language, remember
from webapp.standby import by_standby

bp = Blueprint("neighbours", __name__, template_folder="templates", url_prefix="/regions")


def here() -> Neighbourhood:
    """The regions beside this one. Raises NoSuchNeighbour where it stands alone."""
    found: Neighbourhood | None = current_app.config["KOMEK_NEIGHBOURHOOD"]
    if found is None:
        raise neighbours.NoSuchNeighbour(region="")
    return found


@bp.post("/go")
@login_required
def go() -> Response:
    """Over to the region that was pressed. Raises NotTied."""
    return redirect(neighbours.go(g.person, asked.form.text("region"), here=here()), 303)


@bp.get("/enter")
def enter() -> Response:
    """In from another region, by a ticket; whoever was signed in at this browser is signed out. Raises TicketOver."""
    came_from, ticket = asked.address.text("from"), asked.address.text("ticket")
    person = neighbours.enter(came_from, ticket, here=here())
    if current_user.is_authenticated:
        directory.end_session(current_user.session_key)
    begin(person)
    return remember(redirect(url_for("inbox.show_list"), 303))


@bp.get("/")
@login_required
@by_standby
def show() -> str:
    """How the regions stand just now, side by side. Raises NotComparing."""
    found = neighbours.across(g.person, standby.moment(), here=here())
    heard = [each for _, each in found if each is not None]
    whole = sum(each.open for each in heard), sum(each.late for each in heard)
    told = {"found": found, "whole": whole, "silent": len(heard) < len(found)}
    return render_template("neighbours/across.html", here_key=here().here, **told)


@bp.get("/figures")
@by_standby
def figures() -> Response:
    """What this region tells a neighbour's processes; nobody is signed in. Raises FiguresNotShown."""
    return jsonify(neighbours.tell(asked.header(neighbours.HEADER), standby.moment(), here=here()))


def compares(person: directory.Person) -> bool:
    """Whether other regions show their figures to this person."""
    street: Neighbourhood | None = current_app.config["KOMEK_NEIGHBOURHOOD"]
    return street is not None and boards.may_compare(person) and bool(neighbours.shown_to(street))


def switches(person: directory.Person | None) -> list[tuple[str, str]]:
    """Key and name of this region and of those to which this person goes over; nothing where there is none."""
    street: Neighbourhood | None = current_app.config["KOMEK_NEIGHBOURHOOD"]
    if street is None or person is None:
        return []
    theirs = set(neighbours.regions_of(person.id))
    shown = [each for each in street.regions.values() if each.key == street.here or each.key in theirs]
    return [(each.key, each.names[language()]) for each in shown] if len(shown) > 1 else []


def origins() -> str:
    """Where a form may lead beside this region, for a page's policy; a blank before each."""
    street: Neighbourhood | None = current_app.config["KOMEK_NEIGHBOURHOOD"]
    return "".join(f" {each.address}" for each in street.others) if street is not None else ""
