"""The stand's sheet: printed by heads for their office, by administrators for any; which of them are out of date."""

from dataclasses import dataclass

from flask import Blueprint, Response, g, render_template
from flask_login import login_required

from services import clock, deadlines, directory, public, registry
from services.directory import NotAdministrator
from services.languages import LANGUAGES
from webapp import asked
from webapp.language import dates
from webapp.language.i18n import reading_in
from webapp.printed import as_pdf
from webapp.public import kept
from webapp.stands.sheet import content_of

bp = Blueprint("stands", __name__, template_folder="templates", url_prefix="/admin/stands")


@dataclass(frozen=True)
class StandLine:
    """An office, and its sheets as they were printed last: each with whether it still says what holds."""

    office: public.PublicOffice
    printed: list[tuple[public.PrintedStand, bool]]


@bp.get("/")
@login_required
def show() -> str:
    """Every office of this person with what was printed for its wall, the outdated first. Raises NotAdministrator."""
    offices = _theirs()
    region = deadlines.region_at(registry.current())
    printed = public.stands_printed([each.key for each in offices])
    lines = [
        StandLine(each, [(one, _holds(region, each, one)) for one in printed.get(each.key, ())]) for each in offices
    ]
    lines.sort(key=lambda line: all(holds for _, holds in line.printed))
    names = directory.names([one.printed_by_id for line in lines for one, _ in line.printed])
    return render_template("stands/page.html", lines=lines, names=names, sizes=public.STAND_SIZES)


@bp.post("/print")
@login_required
def print_sheet() -> Response:
    """The sheet as a PDF. Raises NotYourStand, NoSuchPublicOffice, NoSuchSize, UnknownLanguage."""
    key, chosen, size = (asked.form.text(name) for name in ("office", "language", "size"))
    if chosen not in LANGUAGES:
        raise directory.UnknownLanguage(language=chosen)
    plugins = registry.current()
    region = deadlines.region_at(plugins)
    office = next((each for each in public.offices_told(region) if each.key == key), None)
    if office is None:
        raise public.NoSuchPublicOffice(office=key)
    with reading_in(chosen):
        content = content_of(region, office, kept.root())
    day = dates.whole_day(office.calendar.local(clock.now()).date(), chosen)
    printed = public.print_stand(key, content, size=size, language=chosen, day=day, person=g.person, registry=plugins)
    return as_pdf(printed)


def outdated(person: directory.Person) -> list[str]:
    """Keys of the offices whose sheet on the wall no longer says what holds, for whoever looks after them."""
    plugins = registry.current()
    region = deadlines.region_at(plugins)
    told = {each.key: each for each in public.offices_told(region) if public.may_print_stand(person, each.key, plugins)}
    printed = public.stands_printed(list(told))
    return [key for key, sheets in printed.items() if not all(_holds(region, told[key], each) for each in sheets)]


def _theirs() -> list[public.PublicOffice]:
    plugins = registry.current()
    told = public.offices_told(deadlines.region_at(plugins))
    theirs = [each for each in told if public.may_print_stand(g.person, each.key, plugins)]
    if not theirs:
        raise NotAdministrator
    return theirs


def _holds(region: deadlines.RegionTime, office: public.PublicOffice, printed: public.PrintedStand) -> bool:
    with reading_in(printed.language):
        return public.edition_of(content_of(region, office, kept.root())) == printed.edition
