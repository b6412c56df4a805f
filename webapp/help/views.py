"""The staff guide, in the reader's language; every page opens it at the chapter that is about that page."""

import re
from functools import lru_cache

from flask import Blueprint, g, render_template, request
from markupsafe import Markup

from services import directory, registry
from services.config import ROOT
from webapp.language.i18n import language

bp = Blueprint("help", __name__, template_folder="templates")

#: pages -> chapter; an endpoint goes before its folder. What is not named hangs on the reader's work: `_by_work`
CHAPTERS = {
    "account": "everybody", "inbox": "everybody", "help": "everybody", "notices": "dues", "boards": "head",
    "case.happening": "life", "case.happen": "life", "calendar.why_step": "dues", "calendar.why_case": "dues",
    "signing": "key", "calls": "calls", "recheck": "recheck", "act": "act", **dict.fromkeys(
        ("absences", "admin", "beginning", "calendar", "designer", "incidents", "retention", "staff", "takeover",
         "time_machine"), "administration"),
}  # fmt: skip
#: a role's column that says yes -> whose day it is; the first that fits
DAYS = (("answers_calls", "calls"), ("carries", "courier"), ("assigns", "head"), ("executes", "executor"))
#: a chapter begins with its name; the names that it had before stand behind it, for marked and printed addresses
_ANCHOR = re.compile(r'^<a id="([a-z]+)"></a>', re.MULTILINE)
#: links to the guide's other files lead nowhere from here
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")
#: nor are its pictures there
_PICTURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)$\n?", re.MULTILINE)


@bp.get("/help/")
def show() -> str:
    """All of it; the address says at which chapter it opens."""
    return render_template("help/page.html", chapters=chapters(language()))


@bp.app_template_global()
def help_chapter() -> str:
    """The chapter about the page that is being shown, for whoever looks at it."""
    endpoint = request.endpoint or ""
    found = CHAPTERS.get(endpoint) or CHAPTERS.get(endpoint.partition(".")[0])
    return found or _by_work(g.get("person"), g.get("office_key"))


def _by_work(person: directory.Person | None, office_key: str | None) -> str:
    """Told by what the region's table says of their roles, and by the kind of their office."""
    if person is None or office_key is None:
        return "everybody"
    plugins, roles = registry.current(), person.roles_at(office_key)
    for column, chapter in DAYS:
        if roles & plugins.roles_that(column):
            return chapter
    if plugins.by_key("offices").get(office_key, {}).get("kind", "body") not in ("body", "control"):
        return "psc"  # whatever kind it is: it takes applications in for a body
    if not roles & plugins.roles_that("uses_desk"):
        return "everybody"
    return "department" if request.blueprint == "desk" else "counter"


@lru_cache(maxsize=8)
def chapters(said_in: str) -> dict[str, Markup]:
    """Chapter -> its text as HTML, what stands before the first under an empty name. Our own words: all is shown."""
    from markdown_it import MarkdownIt

    text = (ROOT / "docs" / f"staff.{said_in}.md").read_text(encoding="utf-8")
    text = _LINK.sub(r"\1", _PICTURE.sub("", text))
    parts, shown = _ANCHOR.split(text), MarkdownIt("commonmark").enable("table")
    return {name: Markup(shown.render(said)) for name, said in zip(["", *parts[1::2]], parts[::2], strict=True)}
