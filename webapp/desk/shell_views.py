"""The desk without the server: pages that are the same for everybody, and the worker that keeps them in the browser.

No person, no token and no moment may stand in them: they are fetched without a cookie and lie on the computer's disk.
"""

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

from flask import Response, abort, current_app, render_template, url_for
from markupsafe import Markup

from services import cases, registry
from services.answers import as_form
from services.languages import LANGUAGES, on_papers
from webapp.desk.views import bp
from webapp.language.i18n import reading_in

_STATIC = re.compile(r'"(/[^"]*/?static/[^"?]+(?:\?[^"]*)?)"')
_IN_STYLES = re.compile(r'url\("?([^")]+)"?\)')


@bp.get("/offline/<language>")
@bp.get("/offline/<language>/<route>")
def shell(language: str, route: str | None = None) -> str:
    """The desk, or the form of a new application, as it works while the server is away."""
    if language not in LANGUAGES:
        abort(404)
    return _drawn(language, route)


@bp.get("/worker.js")
def worker() -> Response:
    """What keeps the desk in the browser: another one, byte for byte, when a page or a file of it is another one."""
    answer = Response(_worker(cases.routes_opened()), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = url_for("desk.show").rstrip("/")
    return answer


@lru_cache(maxsize=4)
def _worker(opened: tuple[tuple[str, int], ...]) -> str:
    """Once for each version of the diagrams by which applications are opened."""
    addresses = {(language, route): url_for("desk.shell", language=language, route=route)
                 for language in LANGUAGES for route in (None, *(name for name, _ in opened))}  # fmt: skip
    pages = {address: _drawn(*of) for of, address in addresses.items()}
    files = sorted({found for page in pages.values() for found in _STATIC.findall(page)})
    files += sorted({found for file in files for found in _in_styles(file)} - set(files))
    code = (_folder() / "worker.js").read_text(encoding="utf-8")
    version = hashlib.sha256("".join([*pages.values(), *files, code]).encode()).hexdigest()[:16]
    shells = {language: addresses[language, None] for language in LANGUAGES}
    told = {
        "version": version,
        "files": [*addresses.values(), *files],
        "pages": shells,
        "first": registry.first_language(),
    }
    return f"const SHELL = {json.dumps(told)};\n{code}"


def _drawn(language: str, route: str | None) -> str:
    """Raises NoSuchRoute, NoForm."""
    offices = cases.counters()
    if route is None:
        with reading_in(language):
            return render_template("desk/shell.html", routes=list(offices), route=None)
    form = cases.intake_form(route, offices.get(route, ""))
    slips = [{"language": each, "html": _slip(form, each)} for each in on_papers(registry.first_language())]
    with reading_in(language):
        initial = as_form(form.initial)
        return render_template("desk/shell_intake.html", form=form, initial=initial, slips=slips, route=route)


def _slip(form: cases.IntakeForm, language: str) -> Markup:
    """In the region's first language always; the other one beside it is a translation."""
    with reading_in(language):
        return Markup(
            render_template("desk/_slip.html", fields=form.fields, translated=language != registry.first_language())
        )


def _in_styles(address: str) -> list[str]:
    """Fonts and pictures that a style sheet names."""
    bare = address.split("?")[0]
    file = _folder() / bare.split("/static/", 1)[1]
    if file.suffix != ".css":
        return []
    named = _IN_STYLES.findall(file.read_text(encoding="utf-8"))
    return [f"{bare.rsplit('/', 1)[0]}/{name}" for name in named if not name.startswith("data:")]


def _folder() -> Path:
    return Path(str(current_app.static_folder))
