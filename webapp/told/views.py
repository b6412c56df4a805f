"""What telling applicants comes to, for administrators: figures, nobody's number or address."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, render_template
from flask_login import login_required

from services import directory, registry, telling
from services.config import Config
from webapp.language import dates, i18n

bp = Blueprint("told", __name__, template_folder="templates", url_prefix="/admin/told")


@bp.get("/")
@login_required
def show() -> str:
    """Month by month; and where messages go, without the secrets. Raises NotAdministrator."""
    directory.check_administers(g.person)
    config: Config = current_app.config["KOMEK"]
    return render_template(
        "told/months.html",
        months=telling.months(str(registry.current().facts()["time_zone"])),
        waiting=telling.waiting(),
        is_on=telling.is_on(),
        host=urlsplit(config.told_url).hostname or "",
        hears_reports=bool(config.told_report_secret),
        decimal=lambda number: dates.decimal(number, i18n.language()),
    )
