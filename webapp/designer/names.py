"""Names in three languages: all of a process on one page, what is missing first."""

from flask import Response, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from services import processes, registry
from services.errors import Invalid, InvalidAnswers, NotFound
from services.processes import key_of
from services.processes.catalogues import LARGEST, read_catalogue, write_catalogue
from webapp import asked
from webapp.designer.rooms import bp, designers


class NoFile(Invalid):
    """Choose a file first."""


@bp.get("/names/<key>")
@designers
def names(key: str) -> str:
    """Every text of a process with its translations."""
    return _page(key, {}, {})


@bp.post("/names/<key>")
@designers
def save_names(key: str) -> AnyResponse | tuple[str, int]:
    """Keep all that was changed on the page."""
    typed = asked.form.all.to_dict()
    said = {
        (field.partition("-")[2], field.partition("-")[0]): words
        for field, words in typed.items()
        if field.partition("-")[0] in processes.LANGUAGES
    }
    try:
        _said(processes.translate(key, said, g.person, registry.current()))
    except InvalidAnswers as error:
        return _page(key, typed, error.errors), 422
    return redirect(url_for("designer.names", key=key), 303)


@bp.get("/names/<key>.<language>.po")
@designers
def catalogue(key: str, language: str) -> Response:
    """The names as a file for translators."""
    if language not in processes.LANGUAGES:
        raise NotFound
    named = processes.names_of(key, g.person, registry.current())
    content = write_catalogue([(each.text, each.said[language]) for each in named], language)
    answer = Response(content, mimetype="text/x-gettext-translation")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{key}.{language}.po")
    return answer


@bp.post("/names/<key>/file")
@designers
def take_catalogue(key: str) -> AnyResponse:
    """Take the translations out of such a file; texts that are not in this process are left alone."""
    file, language = asked.file("file"), asked.form.text("language")
    if file is None or language not in processes.LANGUAGES:
        raise NoFile
    found = read_catalogue(file.read(LARGEST + 1), language)
    said = {(key_of(context, msgid), language): words for (context, msgid), words in found.items() if words}
    _said(processes.translate(key, said, g.person, registry.current()))
    return redirect(url_for("designer.names", key=key), 303)


def _said(changed: int) -> None:
    said = gettext("Translations kept: %(count)s.", count=changed)
    flash(said if changed else gettext("Nothing was changed."), "plain")


def _page(key: str, typed: dict[str, str], errors: dict[str, str]) -> str:
    named = processes.names_of(key, g.person, registry.current())
    missing = {language: sum(not each.said[language] for each in named) for language in processes.LANGUAGES}
    return render_template("designer/names.html", key=key, named=named, missing=missing, typed=typed, errors=errors)
